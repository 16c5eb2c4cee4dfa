"""The questions at the chapters' ends: one file for each chapter, in plain words, with no place that is always right."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import rules

from equityguide.site import checks, guides

ROOT = Path(__file__).parents[2]
STEMS = guides.stems(ROOT)
GRADE = 8


def test_every_chapter_has_its_questions() -> None:
    assert sorted(file.stem for file in (ROOT / checks.FOLDER).iterdir()) == sorted(STEMS)


@pytest.mark.parametrize("stem", STEMS)
def test_questions_read_as_the_book_does(stem: str, lists: dict[str, Any]) -> None:
    questions = checks.load(ROOT / checks.FOLDER / f"{stem}.yml")
    texts = [text for one in questions for text in (one.ask, *(t for a in one.answers for t in (a.say, a.why)))]
    page = rules.parse(f"{checks.FOLDER}/{stem}.yml", "\n\n".join(texts))
    found = [
        *rules.check_words(page, lists["words"]),
        *rules.check_spelling(page, lists["spelling"]),
        *rules.check_grade(page, GRADE, lists["left_out"]),
    ]
    assert not found, "\n" + "\n".join(map(str, found))


def test_no_place_is_right_more_often_than_half_the_time() -> None:
    places = Counter(
        next(place for place, answer in enumerate(question.answers) if answer.holds)
        for stem in STEMS
        for question in checks.load(ROOT / checks.FOLDER / f"{stem}.yml")
    )
    assert max(places.values()) * 2 <= places.total(), places
