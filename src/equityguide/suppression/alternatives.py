"""Other tables that look the same in print: the proof that a hidden count cannot be told.

A proof is sought by linear programming, rounded, and checked in whole people, so that safety never rests on floating
point. Counts are arrays of shape (rows, 2): events, and non-events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        self._links = np.zeros(0, dtype=bool)  # which relations are between measures, of denominators alone
        self._alike: dict[int, list[int]] = {}  # row -> rows of other measures with its denominator

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
        self._links = np.array([relation.kind == "alike" and not relation.events for relation in relations])
        for line in signs[self._links]:
            same = {other for row in np.flatnonzero(line).tolist() for other in (row, *self._alike.get(row, []))}
            self._alike |= {row: sorted(same - {row}) for row in same}

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
            found = [self._solve(goal, sign, movable, circle) for sign in ((1,) if goal.need else (1, -1))]
            tables = [moves for moves in found if moves is not None]
            if tables:
                return min(tables, key=self._total)
        return None

    def _circles(self, row: int) -> Iterator[NDArray[np.bool_]]:
        """Ever more rows: two relations away (from a group's quarter: its dimension's year), four, and all.

        At first of one measure alone, the rows of others following its denominators; with all their own ways at last.
        """
        shared = (self._events != 0) | (self._denominators != 0)
        everywhere = len(self.counts)
        for lines, steps in ((shared[~self._links], (2, 2, everywhere)), (shared, (everywhere,))):
            circle: NDArray[np.bool_] = np.arange(everywhere) == row
            for relations in steps:
                inner = circle
                for _ in range(relations):
                    wider = circle | lines[lines[:, circle].any(axis=1)].any(axis=0)
                    if (wider == circle).all():
                        break
                    circle = wider
                if inner.sum() == 1 or (circle != inner).any():
                    yield circle
            if not self._links.any():
                return

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

    def _solve(self, goal: Goal, sign: int, movable: Whole, circle: NDArray[np.bool_]) -> Whole | None:
        follow = {row: [other for other in self._alike.get(row, []) if not circle[other]] for row in self._alike}
        rows, steps, price = self._ways(np.where(circle, movable, SHOWN), follow)
        if not (rows == goal.row).any():
            return None
        # What one step of each way does: to a cell of its row, to a sum of rows.
        cells = steps @ CELLS.T
        aim = sign * cells[:, goal.cell] * (rows == goal.row)
        held = ~self._links | ~((self._denominators != 0) & ~circle).any(axis=1)
        sums = self._events[:, rows] * steps[:, 0], self._denominators[held][:, rows] * cells[:, 2]
        kept = np.vstack([total[total.any(axis=1)] for total in sums])
        moving = np.unique(rows)
        mine = (moving[:, None] == rows).astype(int)
        # A relation is two limits, so that standing still is a start for the solver.
        limits = [kept, -kept, -mine * steps[:, 0], -mine * steps[:, 1], aim[None]]
        room = [np.zeros(2 * len(kept)), self.counts[moving, 0], self.counts[moving, 1], [goal.need or 1]]
        for row, cell in self.boxes if goal.boxed else ():
            line = (cells[:, cell] * (rows == row))[None]
            value = int(self.counts[row] @ CELLS[cell])
            limits += [line, -line]
            room += [[self.threshold - 1 - value], [value - 1]]
        for row, others in follow.items():
            if others and circle[row]:
                # They take the denominator's change in people without the event, as far as these go.
                line = (cells[:, 2] * (rows == row))[None]
                free = all(movable[other] == ROW for other in others)
                limits += [-line] if free else [-line, line]
                room += [[int(self.counts[others, 1].min())]] if free else [[0], [0]]
        answer = _whole(_WORTH * aim - price, np.vstack(limits).astype(float), np.concatenate(room).astype(float))
        if answer is None:
            return None
        moves = np.zeros_like(self.counts)
        np.add.at(moves, rows, steps * answer[:, None])
        for row, others in follow.items():
            if circle[row]:
                moves[others, 1] = moves[row].sum()
        return moves if self.holds(moves) and self.meets(goal, moves) else None

    def _ways(self, movable: Whole, follow: Mapping[int, Sequence[int]]) -> tuple[Whole, Whole, Number]:
        """Row, step (events, non-events) and price of each single move, with that of the rows that follow.

        With its denominator printed, a row can only trade events for non-events; else both move freely.
        """
        ways = []
        for row in np.flatnonzero(movable).tolist():
            trade, free = (_IDLE + self._price(row, to) for to in (EVENTS, ROW))
            if self.level[row] < ROW:
                ways += [(row, step, -step, trade) for step in (1, -1)]
            free += sum(self._price(other, ROW) for other in follow.get(row, []))
            if movable[row] == ROW:
                ways += [(row, *step, free) for step in ((1, 0), (-1, 0), (0, 1), (0, -1))]
        table = np.array(ways).reshape(-1, 4)
        return table[:, 0].astype(int), table[:, 1:3].astype(np.int64), table[:, 3]

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
