"""Session guides: what a guide must hold, each rule against a guide that breaks it, and the page made from one."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import small_book
import yaml
from bs4 import BeautifulSoup

from equityguide.site import guide_page, guides
from equityguide.site.build import BuildFailed, build
from equityguide.site.guides import GuideError

ROOT = Path(__file__).parents[2]
STEMS = guides.stems(ROOT)
GUIDE = guides.load(ROOT, "build-will")
# The folders of chapters, each with the emotional load of its guides; one guide is heavier than its folder.
CHAPTERS = {"field": "low", "framework": "medium", "measure": "low", "strategies": "medium"}


@pytest.mark.parametrize("stem", STEMS)
def test_every_guide_keeps_the_rules(stem: str) -> None:
    assert guides.findings(guides.load(ROOT, stem)) == []


@pytest.mark.parametrize("stem", STEMS)
def test_every_guide_has_its_page_and_its_chapter(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    assert guide.chapter.rsplit("/", 1)[-1] == stem
    assert (ROOT / "book" / f"{guide.chapter}.md").exists()
    # The title carries the load, so that a menu, a search and a link all show it.
    title = f"Host: {guide.title[0].lower()}{guide.title[1:]} ({guide.load} load)"
    page = (ROOT / guides.FOLDER / f"{stem}.md").read_text("utf-8")
    assert page == f'---\ntitle: "{title}"\n---\n\n# {title}\n\n```{{guide}} {stem}\n```\n'


def test_every_chapter_has_its_guide() -> None:
    chapters = {file.stem for folder in CHAPTERS for file in (ROOT / "book" / folder).glob("*.md")}
    assert chapters == set(STEMS)


def test_every_activity_of_the_sources_has_its_place() -> None:
    placed = {one.id for stem in STEMS for one in guides.load(ROOT, stem).activities}
    assert placed - {""} == set(guides.ACTIVITIES)


@pytest.mark.parametrize("stem", STEMS)
def test_questions_on_screen_have_their_help(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    known = {one.ask for one in guide.questions}
    assert [ask for block in guide.blocks for ask in block.asks if ask not in known] == []


@pytest.mark.parametrize("stem", STEMS)
def test_huddle_card_is_for_a_shift(stem: str) -> None:
    card = guides.load(ROOT, stem).huddle
    assert "Never within patients' hearing" in card["after"]
    assert "Keep it light:" in card["process"] or "Not for huddle: deaths, slurs, personal stories" in card["process"]


@pytest.mark.parametrize("stem", STEMS)
def test_load_follows_the_part_of_the_book(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    folder = guide.chapter.split("/", 1)[0]
    expected = "high" if stem == "racism-and-oppression" else CHAPTERS[folder]
    assert guide.load == expected


def test_links_to_a_guide_show_its_load() -> None:
    # A link with a label of its own would hide the title, and the load with it.
    labeled = re.compile(rf"(?:<|\]\()[^>)\s]*facilitate/(?:{'|'.join(STEMS)})(?:\.md)?[>)]")
    pages = [(file, file.read_text("utf-8")) for file in sorted((ROOT / "book").rglob("*.md"))]
    assert [(file.name, found[0]) for file, text in pages if (found := labeled.search(text))] == []


def test_what_needs_a_warning_is_not_met_without_one() -> None:
    guide = guides.load(ROOT, "racism-and-oppression")
    look = next(block for block in guide.blocks if block.figure)
    assert "look away or step out" in look.say
    assert "died" not in look.say_short
    assert not [day for day in guide.days if "died" in day["post"]]
    text = "\n".join(guide_page.lines_of(guide, []))
    assert "Post no chart" in text
    assert "into the first post" not in text
    assert look.say_short.strip() in text
    assert [stem for stem in STEMS if guides.load(ROOT, stem).warned] == ["racism-and-oppression"]


def test_where_the_group_guesses_the_chart_waits() -> None:
    guide = guides.load(ROOT, "improvement")
    assert [block["waits"] for block in guide_page.session(guide)["blocks"]] == [
        block.id == "look" for block in guide.blocks
    ]
    assert "into the second post" in "\n".join(guide_page.lines_of(guide, []))
    shown = guides.load(ROOT, "gaps")
    assert not any(block["waits"] for block in guide_page.session(shown)["blocks"])
    assert "into the first post" in "\n".join(guide_page.lines_of(shown, []))


def test_what_a_guide_does_first_leaves_the_shared_lines() -> None:
    shared = yaml.safe_load((ROOT / guides.FOLDER / "common.yml").read_text("utf-8"))["blocks"]["discuss"]["do"]
    done = next(block.do for block in guides.load(ROOT, "gaps").blocks if block.id == "discuss")
    assert done[0].startswith("Before the question on Riverbend")
    assert list(done[1:]) == shared


def test_one_host_has_a_second() -> None:
    for stem in STEMS:
        guide = guides.load(ROOT, stem)
        alone = any(line.startswith("One person may host. The guardian is then the second") for line in guide.safety)
        assert alone == ("co-host" not in guide.roles)


def test_shared_safety_comes_before_any_story() -> None:
    for stem in STEMS:
        guide = guides.load(ROOT, stem)
        assert guide.blocks[0].id == "arrive"
        said = guide.blocks[0].say
        assert "cannot stay here" in said
        assert "Support" in said
        assert any("report to them" in line for line in guide.safety)


def test_every_guide_has_words_for_harm() -> None:
    for stem in STEMS:
        heard = [saying["hear"] for saying in guides.load(ROOT, stem).sayings]
        assert "A remark that hurts someone in the room." in heard
        assert "Someone begins to tell of harm that they met here." in heard


@pytest.mark.parametrize("stem", STEMS)
def test_an_hour_gets_the_questions_that_fit_into_it(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    first = guide.first_questions()
    assert 2 <= len(first) <= 3
    # Three minutes each at least, after three for what the groups bring.
    discuss = next(block for block in guide.blocks if block.id == "discuss")
    assert 3 + 3 * len(first) <= discuss.minutes["60"]
    assert any(one.weak for one in first)
    asked = {one.level for one in first} | {
        one.level for one in guide.questions for block in guide.blocks if one.ask in block.asks
    }
    assert {"relate", "act"} <= asked


@pytest.mark.parametrize("stem", STEMS)
def test_one_activity_fills_the_small_groups(stem: str) -> None:
    # A host who reads three activities under one step of fifteen minutes would try all three.
    assert [one.block for one in guides.load(ROOT, stem).activities].count("groups") == 1


def test_hosts_make_the_small_groups() -> None:
    for stem in STEMS:
        guide = guides.load(ROOT, stem)
        said = next(block for block in guide.blocks if block.id == "groups").say
        assert "is on the board" in said  # nobody has to say aloud with whom they cannot sit
        assert any("small groups, made by the hosts" in line for line in guide.needs)


@pytest.mark.parametrize("stem", STEMS)
def test_cards_carry_no_answers(stem: str) -> None:
    cards = [card for one in guides.load(ROOT, stem).activities for card in one.cards]
    assert [card for card in cards if card.rstrip().endswith(")")] == []


def test_a_block_knows_its_minutes() -> None:
    assert [GUIDE.span(block, "60") for block in GUIDE.blocks][:4] == [(0, 5), (5, 10), (10, 20), (20, 35)]
    assert GUIDE.span(GUIDE.blocks[-1], "90") == (88, 90)


BREAKS = {
    "sum": (
        replace(GUIDE, blocks=(replace(GUIDE.blocks[0], minutes={"60": 9, "90": 8, "30": 4}), *GUIDE.blocks[1:])),
        "the 60-minute form adds up to 64 minutes",
    ),
    "say": (replace(GUIDE, blocks=(replace(GUIDE.blocks[0], say=" "), *GUIDE.blocks[1:])), "nothing to read aloud"),
    "role": (replace(GUIDE, blocks=(replace(GUIDE.blocks[0], who="boss"), *GUIDE.blocks[1:])), "led by 'boss'"),
    "load": (replace(GUIDE, load="mild"), "the load is 'mild'"),
    "needs": (replace(GUIDE, activities=(replace(GUIDE.activities[0], needs=()),)), "lacks materials"),
    "safety": (replace(GUIDE, activities=(replace(GUIDE.activities[0], safety=""),)), "a safety line"),
    "activity": (replace(GUIDE, activities=(replace(GUIDE.activities[0], id="song"),)), "'song' is unknown"),
    "level": (replace(GUIDE, questions=GUIDE.questions[:2]), "no question is at the level 'relate'"),
    "follow": (
        replace(GUIDE, questions=(replace(GUIDE.questions[0], follow=("One?",)), *GUIDE.questions[1:])),
        "needs two follow-ups",
    ),
    "weak": (
        replace(GUIDE, questions=tuple(replace(one, weak=False) for one in GUIDE.questions)),
        "'the example is weak evidence'",
    ),
    "question": (
        replace(GUIDE, questions=(replace(GUIDE.questions[0], ask="Say it."), *GUIDE.questions[1:])),
        "is not a question",
    ),
    "days": (replace(GUIDE, days=GUIDE.days[:4]), "has 4 days"),
    "huddle": (replace(GUIDE, huddle={"process": "x"}), "the huddle card has not"),
    "high": (replace(GUIDE, load="high"), "does not say what is not for huddle"),
    "prework": (replace(GUIDE, prework={"text": "Read."}), "five-minute version"),
    "short of time": (
        replace(GUIDE, activities=(replace(GUIDE.activities[0], leaves_out=" "),)),
        "takes 60 minutes and gets 15",
    ),
    "in its place": (
        replace(GUIDE, activities=(replace(GUIDE.activities[2], instead=("groups",)),)),
        "takes 40 minutes and its steps leave 20",
    ),
    "no such block": (replace(GUIDE, activities=(replace(GUIDE.activities[0], block="song"),)), "put into song"),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_each_rule_finds_its_fault(fault: str) -> None:
    guide, said = BREAKS[fault]
    assert any(said in sentence for sentence in guides.findings(guide))


def folder_with(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / guides.FOLDER
    folder.mkdir(parents=True)
    shutil.copy(ROOT / guides.FOLDER / "common.yml", folder)
    (folder / "one.yml").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chapter: strategies/one\n", "one.yml lacks 'load'"),
        ("chapter: [unclosed\n", "one.yml is not YAML"),
        ("- a list\n", "one.yml does not hold named parts"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(GuideError, match=said):
        guides.load(folder_with(tmp_path, text), "one")
    with pytest.raises(GuideError, match=r"There is no book/facilitate/two\.yml"):
        guides.load(tmp_path, "two")


def book_with(tmp_path: Path, figure: str) -> Path:
    pages = {
        "one": small_book.page("One", small_book.FIGURE.replace("NAME", "visits")),
        "facilitate/one": "# Host one\n\n```{guide} one\n```\n",
        # What every guide sends a new host to.
        **{f"facilitate/{name}": f"# {name}\n" for name in ("hosting", "calendar", "difficult-moments", "remote")},
    }
    folder = small_book.write(tmp_path / "book", pages)
    own = yaml.safe_load((ROOT / guides.FOLDER / "build-will.yml").read_text("utf-8"))
    own["chapter"] = "one"
    own["blocks"]["look"]["figure"] = figure
    shutil.copy(ROOT / guides.FOLDER / "common.yml", folder / guides.FOLDER)
    (folder / guides.FOLDER / "one.yml").write_text(yaml.safe_dump(own), "utf-8")
    return folder


def test_page_and_session_mode_come_from_the_same_data(tmp_path: Path) -> None:
    folder = book_with(tmp_path, "visits")
    build(folder)
    page = BeautifulSoup(small_book.output(folder / "_build" / "html", "facilitate/one"), "lxml")
    plan = page.select_one("script.eg-session-plan")
    assert plan is not None
    shown = json.loads(plan.get_text())
    assert [block["title"] for block in shown["blocks"]] == [block.title for block in GUIDE.blocks]
    discuss = shown["blocks"][4]
    assert discuss["questions"] == [one.ask for one in GUIDE.first_questions()]
    elsewhere = [ask for block in GUIDE.blocks for ask in block.asks]
    assert sorted([*discuss["questions"], *discuss["spare"], *elsewhere]) == sorted(one.ask for one in GUIDE.questions)
    assert shown["blocks"][0]["lines"] == [f"Purpose: {GUIDE.purpose}", *GUIDE.agreements]
    assert shown["blocks"][3]["changes"] == {"30": GUIDE.blocks[3].short, "90": ""}
    assert [[one["title"] for one in block["activities"]] for block in shown["blocks"]] == [
        [one.title for one in GUIDE.activities if one.block == block.id] for block in GUIDE.blocks
    ]
    assert [one["hear"] for one in shown["hand"]] == [one["hear"] for one in GUIDE.at_hand]
    text = " ".join(page.get_text().split())
    said = [" ".join(block.say.split()) for block in GUIDE.blocks]
    assert [line for line in said if line.replace("'", "\u2019") not in text.replace("'", "\u2019")] == []
    image = page.select_one(".eg-session-figure img")
    assert image is not None
    assert image["src"] == "../../figures/visits.svg"
    assert image["alt"] == "People made at most 7 visits."
    # The picture, its finding and its source stand in the step that reads them aloud, open for a printer.
    step = image.find_parent("section")
    assert step is not None
    assert step.find("h3").get_text().startswith(GUIDE.blocks[2].title)
    assert "Source: A made-up table." in step.get_text()
    assert image.find_parent("details") is None
    button = page.select_one(".eg-session-start")
    assert button is not None
    assert button.find_parent("section").find("h2").get_text().startswith("At a glance")
    headings = [heading.get_text().rstrip("#") for heading in page.select("h2")]
    assert headings.index("Keep at hand: words for a hard moment") < headings.index("The plan")
    assert headings.index("The plan") < headings.index("Activities that need more time than this plan has")
    assert (folder / "_build/html/figures/visits.svg").exists()
    assert page.select_one("script[src$='session.js']") is not None


def test_a_figure_that_no_page_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"one\.yml: no page has a figure 'vistis'"):
        build(book_with(tmp_path, "vistis"))
