"""Which rows to hide besides the small ones, so that nothing in print adds up to a small count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equityguide.suppression.alternatives import CELLS, EVENTS, HIDDEN, ROW, SHOWN, Alternatives, Goal, Whole, needed
from equityguide.suppression.relations import Relation, Structure


class UnreachableError(Exception):
    """Some small cell can be told however many rows are hidden, because the totals are known."""


@dataclass
class Small:
    """The rule for single rows, over all rows of a structure.

    `counts` (rows, 2) are the true ones; `asked` (rows,) are rows that a steward wants hidden; `totals` are the rows
    of the structure that stand for everybody.
    """

    counts: Whole
    asked: NDArray[np.bool_]
    totals: frozenset[int]
    threshold: int

    def cells(self) -> NDArray[np.bool_]:
        """Of shape (rows, 3), which cells must not be told: 1 to threshold - 1, and 0 too where a steward asks."""
        values = self.counts @ CELLS.T
        found: NDArray[np.bool_] = (values < self.threshold) & ((values > 0) | self.asked[:, None])
        return found

    def level(self) -> Whole:
        """Of shape (rows,), what each row must hide by itself: its events, or with few people all of it."""
        events, others, people = self.cells().T
        few = people & (self.counts.sum(axis=1) > 0)
        return np.where(few, ROW, np.where(events | others | self.asked, EVENTS, SHOWN))

    def prices(self) -> NDArray[np.float64]:
        """Of shape (rows, 2): what it costs to hide a row's events, and all of it, per person moved.

        The fewest rows come first, so that every row costs about the same; among them the one with the fewest people,
        since that hides least; rows that show a zero come last, since the rule means zeros to be seen. Any row with
        11 events can cover for any small one beside it, so the cheapest single row is nearly always enough.
        """
        people = self.counts.sum(axis=1)
        row = 1 + people / (1 + people.max(initial=0)) + (self.counts == 0).any(axis=1)
        row[list(self.totals)] = 10  # hides nothing by itself, but rests on nobody knowing it from elsewhere
        return np.stack([row, 1.6 * row], axis=1)


def hide(structure: Structure, small: Small) -> Whole:
    """The level of each row of the structure: what is small, and what protects it.

    Totals count as known to everybody, printed or not, unless small themselves. Where that leaves no way, some of them
    must be unknown, too (a year's total and three quarters' give the fourth's); where even that leaves none, all rows
    that hang together are hidden whole, and then nothing is told.
    """
    level = small.level()
    unprinted = [row for row in range(structure.printed, len(level)) if row not in structure.totals]
    level[unprinted] = ROW  # only their relations tell of them
    for rows in components(range(len(level)), structure.relations):
        for known in (True, False):
            attempt = level.copy()
            try:
                _protect_family(rows, structure, small, attempt, known=known)
            except UnreachableError:
                continue
            level = attempt
            break
        else:
            level[rows] = ROW
    return level


def _protect_family(rows: list[int], structure: Structure, small: Small, level: Whole, *, known: bool) -> None:
    fixed = {row for row in rows if known and row in structure.totals and level[row] == SHOWN}
    for part in components([row for row in rows if row not in fixed], structure.relations):
        if level[part].any():
            _Part(part, structure, small, level, known=known).protect()


class _Part:
    """Rows that hang together; `known` totals may not be made unknown to protect others."""

    def __init__(self, rows: list[int], structure: Structure, small: Small, level: Whole, *, known: bool) -> None:
        self.level, self.primary = level[rows], level[rows]
        self.all, self.rows = level, rows
        self.printed = np.array(rows) < structure.printed
        self.movable = self.printed | (np.isin(rows, list(structure.totals)) & (not known))
        self.counts, self.small, self.threshold = small.counts[rows], small.cells()[rows], small.threshold
        self.tables = Alternatives(self.counts, self.small, small.prices()[rows], self.level, small.threshold)
        inside = set(rows)
        self.tables.relate([r for r in structure.relations if inside & r.signs.keys()], rows)
        self.proofs: dict[Goal, Whole] = {}
        self.given_up: set[Goal] = set()

    def protect(self) -> None:
        """Raise levels until every hidden cell is safe, then lower each that turns out not to be needed.

        More hiding only leaves the attacker more tables, so a proof once found stays one.
        """
        anything = np.where(self.movable, ROW, self.level)
        while todo := [goal for goal in self.goals() if goal not in self.proofs and goal not in self.given_up]:
            for goal in todo:
                if self.proved(goal):
                    continue
                moves = self.tables.search(goal, movable=anything)
                if moves is not None:
                    self.level[:] = np.maximum(self.level, needed(moves))
                    self.proofs[goal] = moves
                elif goal.must:
                    raise UnreachableError
                else:
                    self.given_up.add(goal)
        self.spare()
        self.all[self.rows] = self.level

    def goals(self) -> list[Goal]:
        """What must hold of the cells now hidden."""
        found, zeros = [], []
        values = self.counts @ CELLS.T
        for row in range(len(self.rows)):
            for cell in HIDDEN[self.level[row]]:
                value = int(values[row, cell])
                if self.small[row, cell]:
                    found.append(Goal(row, cell, self.threshold - value, must=True))
                    found += [Goal(row, cell, boxed=True)] if value else []
                elif value and self.printed[row]:
                    found.append(Goal(row, cell))  # large, hidden for others' sake: it covers them if it can move
                elif self.printed[row]:
                    zeros.append(Goal(row, cell, self.threshold))  # no more may be told of it than that it may be 0
        return found + zeros  # what protects the others mostly serves these: asked first, they would hide more

    def proved(self, goal: Goal) -> bool:
        """Whether a table already found meets the goal, or one that only moves what is hidden now."""
        if goal in self.proofs:
            return True
        known = (moves for moves in self.proofs.values() if self.tables.meets(goal, moves))
        found = next(known, None)
        if found is None:
            found = self.tables.search(goal, movable=self.level)
        if found is not None:
            self.proofs[goal] = found
        return found is not None

    def spare(self) -> None:
        """Show again what need not be hidden, the largest groups first: hide as little as possible."""
        raised = np.flatnonzero(self.level > self.primary)
        for row in sorted(raised.tolist(), key=lambda row: (-int(self.counts[row].sum()), row)):
            for lower in range(self.primary[row], self.level[row]):
                level, proofs = self.level[row], self.proofs
                self.level[row] = lower
                self.proofs = {goal: moves for goal, moves in proofs.items() if needed(moves)[row] <= lower}
                if all(goal in self.given_up or self.proved(goal) for goal in self.goals()):
                    break
                self.level[row], self.proofs = level, proofs


def components(rows: Iterable[int], relations: Sequence[Relation]) -> list[list[int]]:
    """The rows in groups that share relations, each group in order."""
    leader = {row: row for row in rows}

    def find(row: int) -> int:
        while leader[row] != row:
            leader[row] = row = leader[leader[row]]
        return row

    for relation in relations:
        inside = [row for row in relation.signs if row in leader]
        for row in inside[1:]:
            leader[find(row)] = find(inside[0])
    groups: dict[int, list[int]] = {}
    for row in leader:
        groups.setdefault(find(row), []).append(row)
    return list(groups.values())
