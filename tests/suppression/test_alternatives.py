"""The proof is checked by itself: a table that changes what is printed, or has fewer people than none, proves nothing."""

from __future__ import annotations

import numpy as np
import pytest

from equityguide.suppression.alternatives import EVENTS, ROW, SHOWN, Alternatives, Goal, needed
from equityguide.suppression.periods import links, span
from equityguide.suppression.relations import Relation
from equityguide.suppression.simplex import maximize


@pytest.fixture
def tables() -> Alternatives:
    counts = np.array([[4, 296], [71, 329], [925, 1075]])
    small = np.array([[True, False, False], [False] * 3, [False] * 3])
    found = Alternatives(counts, small, np.ones((3, 2)), np.array([EVENTS, EVENTS, SHOWN]), 11)
    found.relate([Relation({0: 1, 1: 1, 2: 1}, "firm", ("race",))], [0, 1, 2])
    return found


def test_what_proves_and_what_does_not(tables: Alternatives) -> None:
    moves = np.array([[7, -7], [-7, 7], [0, 0]])
    assert tables.holds(moves)
    assert tables.meets(Goal(0, 0, need=7), moves)
    assert not tables.meets(Goal(0, 0, need=8), moves)
    assert not tables.meets(Goal(0, 0, boxed=True), moves), "whoever knows that it is small does not believe 11"
    assert not tables.holds(np.array([[7, -7], [-6, 6], [0, 0]])), "the sum of the events is in print"
    assert not tables.holds(np.array([[7, 0], [-7, 0], [1, 0]])), "so is the sum of the people"
    assert not tables.holds(np.array([[-5, 5], [5, -5], [0, 0]])), "nobody has fewer than no events"


def test_the_search_finds_the_cheapest(tables: Alternatives) -> None:
    found = tables.search(Goal(0, 0, need=7), movable=tables.level)
    assert found is not None
    assert found.tolist() == [[7, -7], [-7, 7], [0, 0]]
    tables.level[1] = SHOWN
    assert tables.search(Goal(0, 0, need=7), movable=tables.level) is None
    tables.prices[1] = 5
    found = tables.search(Goal(0, 0, need=7), movable=np.array([EVENTS, EVENTS, EVENTS]))
    assert found is not None
    assert needed(found).tolist() == [EVENTS, SHOWN, EVENTS]
    assert needed(np.array([[1, 0], [1, -1], [0, 0]])).tolist() == [ROW, EVENTS, SHOWN]


def test_rows_of_one_denominator_move_it_together() -> None:
    # Two measures of the same patients: 5 and 30 in both, all of them hidden.
    counts = np.array([[3, 2], [15, 15], [2, 3], [15, 15]])
    tables = Alternatives(counts, np.zeros((4, 3), dtype=bool), np.ones((4, 2)), np.full(4, ROW), 11)
    sums = [Relation(dict.fromkeys(rows, 1), "firm", ("race",)) for rows in ((0, 1), (2, 3))]
    same = [Relation({a: 1, b: -1}, "alike", ("race",), events=False) for a, b in ((0, 2), (1, 3))]
    tables.relate([*sums, *same], [0, 1, 2, 3])
    found = tables.search(Goal(0, 2, need=6), movable=tables.level)
    assert found is not None
    assert found.sum(axis=1).tolist() == [6, -6, 6, -6]
    tables.level[3] = EVENTS
    assert tables.search(Goal(0, 2, need=6), movable=tables.level) is None, "30 is in print beside the other measure"
    found = tables.search(Goal(0, 0, need=2), movable=tables.level)
    assert found is not None, "events may be traded all the same"


def test_the_linear_program() -> None:
    # max 3x + 5y; x <= 4, 2y <= 12, 3x + 2y <= 18: the textbook's answer is (2, 6).
    answer = maximize(np.array([3.0, 5]), np.array([[1.0, 0], [0, 2], [3, 2]]), np.array([4.0, 12, 18]))
    assert answer is not None
    assert answer.round(9).tolist() == [2, 6]
    assert maximize(np.array([1.0, 0]), np.array([[0.0, 1]]), np.array([1.0])) is None


@pytest.mark.parametrize(
    ("label", "first", "months"),
    [
        ("2024", 0, 12),
        ("2024-Q3", 6, 3),
        ("Q3 2024", 6, 3),
        ("2024Q1", 0, 3),
        ("2024-H2", 6, 6),
        ("2024-07", 6, 1),
        ("2024-Q2 to 2024-Q3", 3, 6),
        ("2023-2024", -12, 24),
        ("2023/2024", -12, 24),
        ("2023-Q4 \u2013 2024-Q1", -3, 6),
    ],
)
def test_periods_are_read(label: str, first: int, months: int) -> None:
    start = 2024 * 12 + first
    assert span(label) == (start, start + months)


@pytest.mark.parametrize("label", ["spring", "2024-Q5", "2024-H3", "2024-13", "FY2024", "2024 to 2023", ""])
def test_other_periods_stand_alone(label: str) -> None:
    assert span(label) is None


def test_periods_add_up() -> None:
    quarters = [f"2024-Q{n}" for n in (1, 2, 3, 4)]
    (link,) = links([*quarters, "2024"])
    assert dict(link.signs) == {"2024": 1, **dict.fromkeys(quarters, -1)}
    assert link.exact
    assert links(quarters) == []
    (rest,) = links(["2024", "2024-Q1"])
    assert not rest.exact
