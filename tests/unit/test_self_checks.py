"""Self-checks: what a file of questions must hold, and how a chapter shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_book
import yaml
from bs4 import BeautifulSoup

from equityguide.site import checks
from equityguide.site.build import build

NO, YES = {"say": "Never", "why": "It did."}, {"say": "Once", "why": "In May.", "holds": True}
GOOD = {"ask": "How often?", "answers": [NO, YES]}


def kept(folder: Path, questions: object) -> Path:
    file = folder / "one.yml"
    file.write_text(yaml.safe_dump(questions), "utf-8")
    return file


def test_questions_come_as_written(tmp_path: Path) -> None:
    first, *_ = checks.load(kept(tmp_path, [GOOD] * 3))
    assert first == checks.Question(
        "How often?", (checks.Answer("Never", False, "It did."), checks.Answer("Once", True, "In May."))
    )


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([GOOD] * 2, "one.yml has 2 questions. Write 3 to 5."),
        ([GOOD] * 6, "one.yml has 6 questions. Write 3 to 5."),
        ([GOOD, GOOD, {**GOOD, "ask": "Tell."}], "one.yml, question 3 does not end with a question mark."),
        ([GOOD, {**GOOD, "answers": [NO, NO]}, GOOD], "one.yml, question 2 needs two to four answers, one of which"),
        ([GOOD, {**GOOD, "answers": [YES, YES]}, GOOD], "one.yml, question 2 needs two to four answers, one of which"),
        ([{**GOOD, "answers": [YES]}, GOOD, GOOD], "one.yml, question 1 needs two to four answers"),
        ([{"ask": "How?", "answers": [{"say": "So"}]}], "one.yml is not a list of questions ('why')."),
        (7, "one.yml is not a list of questions"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, questions: object, sentence: str) -> None:
    with pytest.raises(checks.CheckError) as caught:
        checks.load(kept(tmp_path, questions))
    assert str(caught.value).startswith(sentence)


CHAPTER = small_book.chapter("""Text.

## Key points

- It is so.

## References

- None.
""")


def test_a_chapter_shows_its_questions_before_its_references(tmp_path: Path) -> None:
    small_book.write(tmp_path, {"one": CHAPTER, "two": CHAPTER.replace("id: one", "id: two").replace("# One", "# Two")})
    (tmp_path / checks.FOLDER).mkdir(parents=True)
    kept(tmp_path / checks.FOLDER, [{**GOOD, "ask": "Is 1 < 2?"}, GOOD, GOOD])
    build(tmp_path)
    page = BeautifulSoup(small_book.output(tmp_path / "_build" / "html", "one"), "lxml")
    assert [title.get_text().strip("#") for title in page.select("article h2")] == [
        "Key points",
        checks.TITLE,
        "References",
    ]
    assert page.select_one('nav.page-toc a[href="#check-yourself"]')
    groups = page.select(".eg-question")
    assert len(groups) == 3
    assert [page.find(id=group["aria-labelledby"]).get_text() for group in groups] == [
        "Is 1 < 2?",
        "How often?",
        "How often?",
    ]
    assert [fold.get_text(" ", strip=True) for fold in groups[0].select("details")] == [
        "Never Not quite. It did.",
        "Once Yes. In May.",
    ]
    assert page.select(".eg-question [open], .eg-question input, .eg-question script") == []
    assert checks.TITLE not in small_book.output(tmp_path / "_build" / "html", "two")
