"""The texts of the session guides: plain enough to read aloud, with the book's words, asking nobody for a story."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import rules
import yaml
from rules import Page, parse

from equityguide.site import guides

ROOT = Path(__file__).parents[2]
STEMS = guides.stems(ROOT)
GRADE = 8
CARD = ["You may hear", "Under it", "Say first", "Then ask", "Pause when"]
# Nobody is asked to speak for a group, or to tell of racism that they met.
PERSONAL = re.compile(
    r"\b(?:have|has) you\b.*\b(?:met|felt|faced|seen|experienced)\b|\byour (?:own )?(?:experience|race|family|people|group)\b"
    r"|\bas an? [A-Z]\w+ (?:person|man|woman|colleague)\b",
    re.I,
)


def texts(part: Any) -> list[str]:
    """Every text below a part of a guide, in its order."""
    if isinstance(part, str):
        return [part]
    if isinstance(part, dict):
        return [text for value in part.values() for text in texts(value)]
    return [text for value in part for text in texts(value)] if isinstance(part, list) else []


def written(stem: str) -> dict[str, Any]:
    """What a guide's own file says, as read from YAML; what people may say to the host is quoted, so left out."""
    own: dict[str, Any] = yaml.safe_load((ROOT / guides.FOLDER / f"{stem}.yml").read_text("utf-8"))
    kept = [{key: text for key, text in one.items() if key != "hear"} for one in own.get("sayings", [])]
    return {**own, "sayings": kept}


def page(stem: str, part: Any) -> Page:
    """Texts as a page, so that the rules for pages hold for them: one paragraph each."""
    return parse(f"{guides.FOLDER}/{stem}.yml", "\n\n".join(texts(part)))


@pytest.mark.parametrize("stem", ["common", *STEMS])
def test_guide_reads_as_the_book_does(stem: str, lists: dict[str, Any]) -> None:
    whole = page(stem, written(stem))
    found = [
        *rules.check_words(whole, lists["words"]),
        *rules.check_spelling(whole, lists["spelling"]),
        *rules.check_grade(whole, GRADE, lists["left_out"]),
    ]
    assert not found, "\n" + "\n".join(map(str, found))


@pytest.mark.parametrize("stem", STEMS)
def test_huddle_card_is_plain(stem: str, lists: dict[str, Any]) -> None:
    assert rules.check_grade(page(stem, written(stem)["huddle"]), GRADE, lists["left_out"]) == []


@pytest.mark.parametrize("stem", STEMS)
def test_no_question_asks_for_a_story(stem: str) -> None:
    asked = [text for one in guides.load(ROOT, stem).questions for text in (one.ask, *one.follow)]
    assert [text for text in asked if PERSONAL.search(text)] == []


@pytest.mark.parametrize(
    "text",
    ["What does your group think?", "Have you ever met racism here?", "What do you say as a Black colleague?"],
)
def test_rule_against_stories_finds(text: str) -> None:
    assert PERSONAL.search(text)


def test_pages_for_hosts_read_at_the_guides_grade(lists: dict[str, Any]) -> None:
    files = [file for file in sorted((ROOT / guides.FOLDER).glob("*.md")) if file.stem not in STEMS]
    assert len(files) == 6
    found = [
        finding
        for file in files
        for finding in rules.check_grade(parse(file.name, file.read_text("utf-8")), GRADE, lists["left_out"])
    ]
    assert found == []


def test_each_difficult_moment_is_a_whole_card() -> None:
    text = (ROOT / guides.FOLDER / "difficult-moments.md").read_text("utf-8")
    cards = [part for part in text.split("\n## ")[1:] if not part.startswith("After ")]
    assert len(cards) == 17
    assert [card.splitlines()[0] for card in cards if re.findall(r"^- \*\*(.+?):\*\*", card, re.M) != CARD] == []


def test_action_forum_adds_up() -> None:
    text = (ROOT / guides.FOLDER / "series.md").read_text("utf-8")
    forum = text.split("## The action forum")[1].split("\n## ")[0]
    assert sum(map(int, re.findall(r"^\| (\d+) \|", forum, re.M))) == 60
