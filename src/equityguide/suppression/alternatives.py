"""Other tables that look the same in print: the proof that a hidden count cannot be told.

A proof is sought by linear programming, rounded, and checked in whole people, so that safety never rests on floating
point. Counts are arrays of shape (rows, 2): events, and non-events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from equityguide.suppression.relations import Relation
from equityguide.suppression.simplex import maximize

Whole = NDArray[np.int64]
Number = NDArray[np.float64]

SHOWN, EVENTS, ROW = 0, 1, 2  # what is hidden of a row: nothing, its events (and so its non-events), all of it
CELLS = np.array([[1, 0], [0, 1], [1, 1]])  # events, non-events, denominator, each as a sum of the first two
HIDDEN: tuple[tuple[int, ...], ...] = ((), (0, 1), (0, 1, 2))  # the cells that each level hides

# One step toward the goal against the price of all that moves: far above any price.
_WORTH = 1e5
# Moving what is hidden anyway costs next to nothing, so that nothing moves to no purpose.
_IDLE = 1e-3
_CUTS = 20


@dataclass(frozen=True)
class Goal:
    """A hidden cell and how far it must be able to move: `need` up, or one step either way if `need` is 0.

    `boxed`: against an attacker who has guessed which hidden cells are small and only wants to know which of 1 to 10.
    That attacker beats two hidden tens beside their sum, twenty. A goal that is no `must` is given up where no hiding
    meets it: nothing in print bears out such a guess.
    """

    row: int
    cell: int
    need: int = 0
    boxed: bool = False
    must: bool = False


class Alternatives:
    """The tables equal to ours in all that is printed, for rows that hang together.

    `counts` (rows, 2), `small` (rows, 3; which cells must not be told), `level` (rows; shared with the caller, who
    raises it), `prices` (rows, 2; of hiding a shown row's events, and the whole row, per person moved).
    """

    def __init__(self, counts: Whole, small: NDArray[np.bool_], prices: Number, level: Whole, threshold: int) -> None:
        self.counts, self.small, self.prices = counts, small, prices
        self.level, self.threshold = level, threshold
        self._events = self._denominators = np.zeros((0, len(counts)), dtype=np.int64)
        self._alike: dict[int, list[int]] = {}  # a row -> all rows that must have its denominator

    def relate(self, relations: Sequence[Relation], rows: Sequence[int]) -> None:
        """Hold these relations; `rows` are the structure's numbers of ours, all other rows being printed or known."""
        place = {row: here for here, row in enumerate(rows)}
        if not relations:
            return
        signs = np.zeros((len(relations), len(rows)), dtype=np.int64)
        for line, relation in zip(signs, relations, strict=True):
            for row in relation.signs.keys() & place.keys():
                line[place[row]] = relation.signs[row]
        self._events = signs * np.array([[relation.events] for relation in relations], dtype=np.int64)
        self._denominators = signs * np.array([[relation.denominators] for relation in relations], dtype=np.int64)
        for line, relation in zip(signs, relations, strict=True):
            if relation.kind == "alike":
                same = sorted({other for row in np.flatnonzero(line).tolist() for other in self._alike.get(row, [row])})
                self._alike |= dict.fromkeys(same, same)

    @cached_property
    def boxes(self) -> list[tuple[int, int]]:
        """Row and cell of the small hidden counts, for the attacker who has guessed them: each lies in 1 to 10.

        Small cells are hidden from the start; raising levels adds none, hence computed once.
        """
        values = self.counts @ CELLS.T
        return [
            (row, cell)
            for row in range(len(self.counts))
            for cell in HIDDEN[self.level[row]]
            if self.small[row, cell] and values[row, cell]
        ]

    def search(self, goal: Goal, *, movable: Whole) -> Whole | None:
        """The cheapest other table that meets the goal, as moves (rows, 2) from ours; None if none was found.

        `movable` (rows,) is the level up to which each row may move; beyond its present level it pays its price.
        Rows near the goal are tried first, then wider circles: a program of one year and dimension takes a hundredth
        of the time of one of all years, and mostly has an answer.
        """
        for circle in self._circles(goal.row):
            rows = np.where(circle, movable, SHOWN)
            found = [self._solve(goal, sign, rows) for sign in ((1,) if goal.need else (1, -1))]
            tables = [moves for moves in found if moves is not None]
            if tables:
                return min(tables, key=self._total)
        return None

    def _circles(self, row: int) -> Iterator[NDArray[np.bool_]]:
        """Ever more rows: two relations away (from a group's quarter: its dimension's year), four, and all."""
        shared = (self._events != 0) | (self._denominators != 0)
        circle: NDArray[np.bool_] = np.arange(len(self.counts)) == row
        for relations in (2, 2, len(self.counts)):
            inner = circle
            for _ in range(relations):
                wider = circle | shared[shared[:, circle].any(axis=1)].any(axis=0)
                if (wider == circle).all():
                    break
                circle = wider
            if inner.sum() == 1 or (circle != inner).any():
                yield circle

    def holds(self, moves: Whole) -> bool:
        """Whether the moves lead to a table that keeps every relation and has no count below zero."""
        return (
            not (self._events @ moves[:, 0]).any()
            and not (self._denominators @ moves.sum(axis=1)).any()
            and bool((self.counts + moves >= 0).all())
        )

    def meets(self, goal: Goal, moves: Whole) -> bool:
        """Whether a table that holds serves the goal."""
        if goal.boxed:
            values = ((self.counts + moves) @ CELLS.T)[tuple(zip(*self.boxes, strict=True))]
            if (values < 1).any() or (values >= self.threshold).any():
                return False
        moved = int(moves[goal.row] @ CELLS[goal.cell])
        return moved >= goal.need if goal.need else moved != 0

    def _solve(self, goal: Goal, sign: int, movable: Whole) -> Whole | None:
        events, others, price = self._ways(movable)
        # What one step of each way does to the goal's cell, and to the sums that must stay.
        aim = sign * (CELLS[goal.cell] @ np.stack([events[goal.row], others[goal.row]]))
        if not aim.any():
            return None
        sums = self._events @ events, self._denominators @ (events + others)
        kept = np.vstack([total[total.any(axis=1)] for total in sums])
        moving = np.flatnonzero(events.any(axis=1) | others.any(axis=1))
        # A relation is two limits, so that standing still is a start for the solver.
        limits = [kept, -kept, -events[moving], -others[moving], aim[None]]
        room = [np.zeros(2 * len(kept)), self.counts[moving, 0], self.counts[moving, 1], [goal.need or 1]]
        for row, cell in self.boxes if goal.boxed else ():
            line = (CELLS[cell] @ np.stack([events[row], others[row]]))[None]
            value = int(self.counts[row] @ CELLS[cell])
            limits += [line, -line]
            room += [[self.threshold - 1 - value], [value - 1]]
        answer = _whole(_WORTH * aim - price, np.vstack(limits).astype(float), np.concatenate(room).astype(float))
        if answer is None:
            return None
        moves = np.stack([events @ answer, others @ answer], axis=1)
        return moves if self.holds(moves) and self.meets(goal, moves) else None

    def _ways(self, movable: Whole) -> tuple[Whole, Whole, Number]:
        """What each single move does to events and to non-events, both of shape (rows, ways), and its price.

        With its denominator printed, a row can only trade events for non-events; else both move freely. Rows that must
        have one denominator move theirs together, in people without the event, and each trades by itself.
        """
        ways: list[tuple[list[int], int, int, float]] = []
        for row in np.flatnonzero(movable).tolist():
            same = self._alike.get(row, [row])
            trade, free = (_IDLE + self._price(row, to) for to in (EVENTS, ROW))
            if self.level[row] < ROW or len(same) > 1:
                ways += [([row], step, -step, trade) for step in (1, -1)]
            if len(same) == 1 and movable[row] == ROW:
                ways += [([row], *step, free) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))]
            elif row == same[0] and (movable[same] == ROW).all():
                together = sum(_IDLE + self._price(other, ROW) for other in same)
                ways += [(same, 0, step, together) for step in (1, -1)]
        events, others = np.zeros((2, len(self.counts), len(ways)), dtype=np.int64)
        for way, (rows, with_it, without, _) in enumerate(ways):
            events[rows, way], others[rows, way] = with_it, without
        return events, others, np.array([price for *_, price in ways])

    def _price(self, row: int, to: int) -> float:
        """What is paid for hiding so much of a row, beyond what is hidden already."""
        now = self.level[row]
        paid = float(self.prices[row, now - 1]) if now else 0.0
        return max(0.0, float(self.prices[row, to - 1]) - paid) if to else 0.0

    def _total(self, moves: Whole) -> float:
        return sum(self._price(row, int(to)) for row, to in enumerate(needed(moves)))


def _whole(gain: Number, limits: Number, room: Number) -> Whole | None:
    """`maximize` in whole numbers: while the best answer has a broken step, that step is cut down.

    Not the best whole answer, nor sure to be found: whoever asks checks what comes, and hides more where none does.
    """
    for _ in range(_CUTS):
        answer = maximize(gain, limits, room)
        if answer is None:
            return None
        broken = np.flatnonzero(np.abs(answer - np.rint(answer)) > 1e-6)
        if not broken.size:
            return np.rint(answer).astype(np.int64)
        cut = np.arange(len(gain)) == broken[0]
        limits, room = np.vstack([limits, cut]), np.append(room, np.floor(answer[broken[0]]))
    return None


def needed(moves: Whole) -> Whole:
    """The level (rows,) that must be hidden for these moves to stay unseen."""
    return np.where(moves.sum(axis=1) != 0, ROW, np.where(moves.any(axis=1), EVENTS, SHOWN))
