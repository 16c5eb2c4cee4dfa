"""A guide as slides: nothing lost, nothing cut, the 60-minute plan in its order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equityguide.site import deck, guides

ROOT = Path(__file__).parents[2]
STEMS = guides.stems(ROOT)
GUIDE = guides.load(ROOT, "build-will")
BLOCKS = {block.id: block for block in GUIDE.blocks}


def cost(lines: tuple[str, ...]) -> float:
    """Lines of text, as counted by hand: each point in whole lines, and half a line after it."""
    return sum(len([line[i : i + deck.LINE] for i in range(0, len(line), deck.LINE)]) + 0.5 for line in lines)


@given(st.lists(st.text(min_size=1, max_size=deck.LONGEST), min_size=1, max_size=12))
def test_a_split_loses_nothing_and_fills_no_slide_too_far(lines: list[str]) -> None:
    groups = deck.split(lines)
    assert [line for group in groups for line in group] == lines
    assert all(cost(group) <= deck.ROOM or len(group) == 1 for group in groups)


@given(st.integers(1, 12))
def test_a_split_uses_as_few_slides_as_hold_it_and_fills_them_alike(count: int) -> None:
    lines = ["x" * deck.LINE] * count  # each a line and a half: six fill a slide
    sizes = [len(group) for group in deck.split(lines)]
    assert len(sizes) == -(-count // 6)
    assert max(sizes) == -(-count // len(sizes))


@pytest.mark.parametrize("stem", STEMS)
def test_no_text_of_a_guide_is_too_long_for_a_slide(stem: str) -> None:
    assert deck.findings(guides.load(ROOT, stem)) == []


def test_a_text_that_is_too_long_is_found() -> None:
    long = replace(GUIDE.questions[0], ask="Who " + "really " * 60 + "decides?")
    (found,) = deck.findings(replace(GUIDE, questions=(long, *GUIDE.questions[1:])))
    assert found.startswith("'Who really")
    assert "write it as two" in found


@pytest.mark.parametrize("stem", STEMS)
def test_a_deck_has_the_whole_plan_in_its_order(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    shown = deck.slides(guide)
    assert (shown[0].kind, shown[0].title) == ("title", guide.title)
    assert guide.purpose in shown[0].lines
    assert [one.title for one in shown if one.kind == "step"] == [block.title for block in guide.blocks[1:]]
    assert [one.figure for one in shown if one.kind == "figure"] == [one.figure for one in guide.blocks if one.figure]
    asked = [one.title for one in shown if one.kind == "question"]
    assert [one.ask for one in guide.questions if asked.count(one.ask) != 1] == []
    lines = [line for one in shown for line in one.lines]
    steps = [step for activity in guide.activities for step in activity.steps]
    assert [line for line in (*guide.told, *guide.agreements, *steps, guide.commitment) if line not in lines] == []
    reserve = shown[[one.kind for one in shown].index("read") + 1 :]
    titles = [one.title for one in guide.activities if not one.block]
    assert [one for one in reserve if not one.label.startswith("In reserve") and one.label not in titles] == []


@pytest.mark.parametrize("stem", STEMS)
def test_a_deck_asks_in_the_hour_what_the_page_asks_in_it(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    shown = deck.slides(guide)
    end = [one.kind for one in shown].index("read")
    known = [one.ask for one in guide.questions]
    in_plan = [one.title for one in shown[:end] if one.title in known]
    pressed = [ask for block in guide.blocks for ask in block.asks]
    assert sorted(in_plan) == sorted([*(one.ask for one in guide.first_questions()), *pressed])
    reserve = [one for one in shown[end:] if one.kind == "question"]
    assert sorted(one.title for one in reserve) == sorted(set(known) - set(in_plan))
    assert all(one.label.startswith("In reserve") for one in reserve)


@pytest.mark.parametrize("stem", STEMS)
def test_what_the_host_needs_is_in_the_notes(stem: str) -> None:
    guide = guides.load(ROOT, stem)
    noted = {line for one in deck.slides(guide) for note in one.notes for line in note.lines}
    wanted = {line for block in guide.blocks for line in (block.say.strip(), *block.do)}
    wanted |= {line for one in guide.questions for line in (*one.follow, one.redirect)}
    wanted |= {card for one in guide.activities for card in one.cards} | {*guide.safety, *guide.answers, *guide.after}
    assert wanted - noted == set()


def test_a_question_that_another_step_asks_is_not_asked_twice() -> None:
    first = GUIDE.questions[-1].ask
    own = replace(BLOCKS["own"], asks=(first,))
    guide = replace(GUIDE, blocks=tuple(own if block.id == "own" else block for block in GUIDE.blocks))
    titles = [one.title for one in deck.slides(guide)]
    assert titles.count(first) == 1
    assert titles.index(own.title) < titles.index(first)


def test_a_step_without_minutes_in_the_plan_has_no_slide() -> None:
    silent = replace(BLOCKS["check-in"], minutes={"60": 0, "90": 5})
    guide = replace(GUIDE, blocks=tuple(silent if block.id == "check-in" else block for block in GUIDE.blocks))
    assert "Check in" not in [one.title for one in deck.slides(guide)]
    assert any(one.label == "Step 2 of 7 · 10 minutes" for one in deck.slides(guide))


def test_weak_evidence_is_named_to_the_host() -> None:
    weak = next(one.ask for one in GUIDE.questions if one.weak)
    (slide,) = [one for one in deck.slides(GUIDE) if one.title == weak]
    assert any("weak evidence" in line for note in slide.notes for line in note.lines)
