"""Handouts: all of a guide on paper, in order and from its data, and PDFs that a screen reader can use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from pikepdf import Name, Pdf
from playwright.sync_api import Browser
from printed import outline, tags
from toc_pages import HANDOUTS, WORKSHEETS

from equityguide.site import environment, guides, pdf, printing
from equityguide.site.handout_page import EVIDENCE, PARTS
from equityguide.site.pdf import PAPERS, PdfError, Task

ROOT = Path(__file__).parents[2]
STEMS = guides.stems(ROOT)
MILLIMETER = 72 / 25.4  # points
PAPER = ("a4", "letter", "a4-large", "letter-large")
SIZES = {"a4": (210 * MILLIMETER, 297 * MILLIMETER), "letter": (612.0, 792.0)}


def soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text("utf-8"), "lxml")


def flat(text: str) -> str:
    return " ".join(text.split())


def handout(site: Path, stem: str) -> Tag:
    found = soup(site, f"{guides.FOLDER}/{stem}-handout.html").select_one(".eg-handout")
    assert found is not None
    return found


def parts(site: Path, stem: str) -> dict[str, Tag]:
    """Title of each part -> the part."""
    found = {str(part.h2.get_text()): part for part in handout(site, stem).select(".eg-part") if part.h2}
    assert tuple(found) == PARTS
    return found


def points(site: Path, page: str, section: str) -> list[str]:
    """The list of a chapter's section, as the chapter shows it."""
    listed = soup(site, page).select_one(f"section#{section} > ul")
    assert listed is not None
    return [flat(item.get_text()) for item in listed.find_all("li", recursive=False)]


@pytest.mark.parametrize("stem", STEMS)
def test_every_part_holds_what_guide_and_chapter_say(site: Path, stem: str) -> None:
    guide, held = guides.load(ROOT, stem), parts(site, stem)
    chapter = f"book/{guide.chapter}.html"
    text = {title: flat(part.get_text(" ")) for title, part in held.items()}
    summary, discussion, cards, votes, huddle = (text[title] for title in PARTS)
    assert [flat(item.get_text()) for item in held[PARTS[0]].select("h3 + ul > li")] == points(
        site, chapter, "key-points"
    )
    assert points(site, chapter, "what-this-does-not-show")[0] in summary
    asked = [flat(label.get_text()) for label in held[PARTS[1]].select(".eg-form-label")]
    assert asked[: len(guide.questions)] == [flat(one.ask) for one in guide.questions]
    assert all(flat(said) in discussion for said in (*guide.agreements, guide.purpose, guide.commitment))
    # The host's helps are not handed out.
    assert [one.redirect for one in guide.questions if flat(one.redirect) in discussion] == []
    for activity in guide.activities:
        assert all(flat(said) in cards for said in (activity.title, activity.safety, *activity.steps, *activity.needs))
    faces = [flat(card.get_text()) for card in held[PARTS[2]].select(".eg-card")]
    assert faces == [flat(card) for one in guide.activities for card in one.cards]
    wanted = [*points(site, chapter, "what-you-will-be-able-to-do"), EVIDENCE]
    slips = [
        [flat(vote.p.get_text()) for vote in slip.select(".eg-vote") if vote.p]
        for slip in held[PARTS[3]].select(".eg-slip")
    ]
    assert slips == [wanted, [*wanted, "Was this useful?", "Was it safe enough to speak?"]]
    assert "No name" in votes
    assert all(flat(said) in huddle for said in (*guide.huddle.values(), *guide.huddle_how))
    assert [guides.LOADS[guide.load] in said for said in text.values()] == [True] * 4 + [False]
    # It goes to a shift, whatever the load of the guide.
    assert "Load of this card: low." in huddle


@pytest.mark.parametrize("stem", STEMS)
def test_the_figure_is_the_guides_with_its_words(site: Path, stem: str) -> None:
    name = next(block.figure for block in guides.load(ROOT, stem).blocks if block.figure)
    listed = {one["name"]: one for one in json.loads((site / "figures.json").read_text("utf-8"))}
    part = parts(site, stem)[PARTS[0]]
    if guides.load(ROOT, stem).warned:
        assert not part.select("svg")
        assert "may be hard to look at" in flat(part.get_text(" "))
        return
    assert len(part.select(f"svg[role=img][aria-labelledby=fig-{name}-finding]")) == 2
    text = flat(part.get_text(" "))
    assert all(flat(listed[name][said]) in text for said in ("finding", "summary", "source", "evidence"))


@pytest.mark.parametrize("stem", STEMS)
def test_guide_and_chapter_lead_to_the_handout_and_it_leads_back(site: Path, stem: str) -> None:
    guide = guides.load(ROOT, stem)
    for page in (f"{guides.FOLDER}/{stem}.html", f"book/{guide.chapter}.html"):
        links = [str(link["href"]) for link in soup(site, page).select(".eg-reading:has(.eg-pdfs) a[href$='.html']")]
        targets = {(site / page).parent.joinpath(link).resolve().relative_to(site).as_posix() for link in links}
        assert f"{guides.FOLDER}/{stem}-handout.html" in targets
    back = [str(link["href"]) for link in handout(site, stem).select(".eg-sheet-ways > a")]
    assert back == [f"{stem}.html", f"../{guide.chapter}.html"]


def test_every_handout_and_sheet_asks_for_all_papers(site: Path) -> None:
    asked: dict[str, list[str]] = {}
    for task in printing.tasks(ROOT, site):
        asked.setdefault(task.page.relative_to(site).as_posix(), []).append(task.paper.name)
    wanted = {*HANDOUTS, *(f"{name}-sheet.html" for name in WORKSHEETS)}
    assert wanted <= set(asked)
    assert {tuple(asked[name]) for name in wanted} == {PAPER}


# --- printed ---


def task(site: Path, name: str, paper: str) -> Task:
    return next(one for one in printing.tasks(ROOT, site) if one.name == name and one.paper.name == paper)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pdf")


@pytest.fixture(scope="module")
def two(site: Path, cache: Path) -> Iterator[dict[str, Pdf]]:
    """A chapter's handout and a worksheet's sheet, printed."""
    wanted = {
        "handout": task(site, "build-will-handout", "a4"),
        "large": task(site, "build-will-handout", "letter-large"),
        "sheet": task(site, "map-your-community-sheet", "letter"),
    }
    pdf.print_all(list(wanted.values()), cache, lambda said: None)
    opened = {name: Pdf.open(pdf.kept(one, cache)) for name, one in wanted.items()}
    yield opened
    for one in opened.values():
        one.close()


def check(found: Pdf, paper: str, title: str) -> None:
    """What every PDF has for a screen reader, and on every page the size of its paper."""
    assert bool(found.Root.MarkInfo.Marked)
    assert str(found.Root.Lang) == "en"
    assert bool(found.Root.ViewerPreferences.DisplayDocTitle)
    assert str(found.docinfo[Name.Title]).startswith(title)
    kinds = [tag.kind for tag in tags(found)]
    levels = [int(kind[1]) for kind in kinds if kind in ("H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    assert {"P", "L", "LI"} <= set(kinds)
    assert outline(found)[0][0] == title
    width, height = SIZES[paper.removesuffix("-large")]
    for sheet in found.pages:
        box = [float(edge) for edge in sheet.MediaBox]
        assert box[2] - box[0] == pytest.approx(width, abs=1.5)
        assert box[3] - box[1] == pytest.approx(height, abs=1.5)
    assert pdf.local_links(found) == []


def test_a_handout_is_tagged_and_its_drawing_has_words(two: dict[str, Pdf], site: Path) -> None:
    title = "Build will: make people want to act"
    check(two["handout"], "a4", title)
    check(two["large"], "letter-large", title)
    listed = {one["name"]: one for one in json.loads((site / "figures.json").read_text("utf-8"))}
    for name in ("handout", "large"):
        drawn = [tag.alt for tag in tags(two[name]) if tag.kind == "Figure"]
        assert drawn == [listed["chicago-life-expectancy"]["finding"]]


def test_a_sheet_is_tagged(two: dict[str, Pdf]) -> None:
    check(two["sheet"], "letter", "Map your community")


def begins(found: Pdf) -> list[int]:
    """The page on which each part of a handout begins."""
    headings = dict(reversed(outline(found)))
    return [headings[title] for title in PARTS]


def test_each_part_begins_on_new_paper_and_the_summary_is_one_page(two: dict[str, Pdf]) -> None:
    assert begins(two["handout"])[:2] == [1, 2]
    for name in ("handout", "large"):
        pages = begins(two[name])
        assert len(set(pages)) == len(PARTS)
        assert pages == sorted(pages)


@pytest.mark.full
@pytest.mark.parametrize("paper", PAPER)
def test_every_handout_and_sheet_prints_well(site: Path, paper: str) -> None:
    # Kept where `make handouts` keeps them: what it has printed is not printed again.
    cache = printing.kept(ROOT)
    wanted = [one for one in printing.tasks(ROOT, site) if one.paper.name == paper]
    pdf.print_all(wanted, cache, lambda said: None)
    for one in wanted:
        title = soup(site, one.page.relative_to(site).as_posix()).select_one("article h1")
        assert title is not None
        with Pdf.open(pdf.kept(one, cache)) as found:
            check(found, paper, flat(title.get_text()))
            if one.name.endswith("-handout"):
                pages = begins(found)
                assert pages == sorted(set(pages)), one
                assert pages[1] <= (5 if paper.endswith("-large") else 2), one
                # In large print each of the two slips has a page, and none goes on over the page.
                assert pages[4] - pages[3] == (2 if paper.endswith("-large") else 1), one


# --- what goes wrong ---


def test_a_page_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    gone = Task(tmp_path / "gone.html", PAPERS["a4"], "key", "gone")
    with pytest.raises(PdfError, match=r"^gone \(A4\) was not printed: .*gone\.html.* in a browser\.$"):
        pdf.print_all([gone], tmp_path / "kept", lambda said: None)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_page_wider_than_its_paper_is_refused_where_chromium_would_shrink_its_words(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    text = '<html lang="en"><title>A</title><body style="margin:0"><h1>A</h1><table class="{}" style="width:{}px"><tr><td>7'
    # 210 mm less two margins of 14 mm are 688 pixels.
    page.write_text(text.format("fits", 688), "utf-8")
    pdf.print_all([Task(page, PAPERS["a4"], "fits", "a")], tmp_path / "kept", lambda said: None)
    page.write_text(text.format("counts", 720), "utf-8")
    with pytest.raises(
        PdfError, match=r"^a \(A4\) is wider than its paper and would come out smaller: \w+ \w*: 7\. Let"
    ):
        pdf.print_all([Task(page, PAPERS["a4"], "wide", "a")], tmp_path / "kept", lambda said: None)


def test_without_a_browser_the_mend_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(environment.ToolMissing, match="CHROMIUM names /nowhere/chromium"):
        pdf.print_all([Task(tmp_path / "a.html", PAPERS["a4"], "key", "a")], tmp_path, lambda said: None)


def test_a_pdf_with_a_link_into_this_machine_or_without_tags_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text('<html lang="en"><title>A</title><h1>A</h1><a href="b.html">there</a></html>', "utf-8")
    with pytest.raises(PdfError, match=r"a \(A4\) links to a file of this machine: file:///.*b\.html"):
        pdf.print_all([Task(page, PAPERS["a4"], "key", "a")], tmp_path / "kept", lambda said: None)
    bare = Pdf.new()
    bare.add_blank_page()
    bare.save(tmp_path / "bare.pdf")
    with pytest.raises(PdfError, match="bare came out without tags and a language and a title"):
        pdf.finished((tmp_path / "bare.pdf").read_bytes(), "bare")


@pytest.mark.parametrize("name", ["run-a-session", "assign-20-minutes", "look-at-one-measure"])
def test_what_says_it_is_one_printed_page_is_one(browser: Browser, site: Path, name: str) -> None:
    page = browser.new_page()
    page.goto((site / f"book/start/{name}.html").as_uri())
    for paper in ("A4", "Letter"):
        with Pdf.open(BytesIO(page.pdf(format=paper))) as printed:
            assert len(printed.pages) == 1, paper
    page.close()
