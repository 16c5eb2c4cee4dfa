"""What is taken from the chapters for trainers, and the sentence when a chapter has it wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from equityguide.site import teaching

CHAPTER = """---
id: walks
title: "Walks"
reading_minutes: 6
discussion_minutes: 30
worksheets: [map-your-community]
covers: [S1.A1, FIG2]
readers: [host]
last_reviewed: "2026-11-22"
---

# Walks

## What you will be able to do

{objectives}

## First, try it

- Not an objective.

## References

- {{covers}}`S1.A1` One *source*,
  on two lines.
"""


def book(folder: Path, *objectives: str) -> Path:
    (folder / "book").mkdir()
    listed = "\n".join(f"- {one}" for one in objectives)
    (folder / "book" / "walks.md").write_text(CHAPTER.format(objectives=listed), "utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: book/walks\n", "utf-8")
    return folder


def test_a_chapter_is_read_as_it_stands(tmp_path: Path) -> None:
    (lesson,) = teaching.lessons(book(tmp_path, "State a gap.", "Sort stories\n  into types."))
    assert lesson == teaching.Lesson(
        "book/walks", "walks", "Walks", 6, 30, ("map-your-community",), ("S1.A1", "FIG2"),
        ("State a gap.", "Sort stories into types."), ("One *source*, on two lines.",), "2026-11-22",
    )  # fmt: skip
    lines = "\n".join(teaching.objective_lines(lesson, "book/train/objectives"))
    assert "- State a gap. *(apply)*\n- Sort stories into types. *(analyze)*" in lines
    assert '<a href="../walks.html#inv-s1-a1">S1.A1</a> <a href="../walks.html#inv-fig2">FIG2</a>' in lines
    assert "{doc}`/exercises/map-your-community`" in lines
    assert "6 minutes to read, 30 to discuss" in lines


@pytest.mark.parametrize(
    ("objectives", "sentence"),
    [
        (["State a gap."], "book/walks.md: 1 objectives. Write 2 to 4."),
        (["State it."] * 5, "book/walks.md: 5 objectives. Write 2 to 4."),
        (
            ["State a gap.", "Understand racism."],
            "book/walks.md: an objective begins with 'Understand'. Begin with one of",
        ),
    ],
)
def test_a_chapter_that_has_it_wrong_is_one_sentence(tmp_path: Path, objectives: list[str], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^book/walks\.md") as error:
        teaching.lessons(book(tmp_path, *objectives))
    assert str(error.value).startswith(sentence)


def test_every_verb_has_one_level() -> None:
    verbs = [verb for listed in teaching.BLOOM.values() for verb in listed.split()]
    assert len(verbs) == len(set(verbs))
    assert "Understand" not in verbs
    assert list(teaching.BLOOM) == ["recall", "explain", "apply", "analyze", "evaluate", "create"]


def test_every_chapter_of_the_book_has_objectives_a_trainer_can_use(root: Path) -> None:
    assert len(teaching.lessons(root)) >= 15
