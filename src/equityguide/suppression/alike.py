"""Rows that count the same people under two names: what one of them hides, the other may print.

Two measures of the same patients have the same denominators, and a group may stand in two dimensions: to an attacker
such rows are one cell. `certain` goes by the true counts, for `suppress`; `likely` by what is printed, for `audit`.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from equityguide.suppression import periods
from equityguide.suppression.relations import PAIR, Relation, Structure

Printed = tuple[int | None, ...]  # counts of a row, None where hidden
Groups = dict[tuple[str, ...], int]  # what is left of the key -> row
Pair = tuple[int, int]

FEWEST = 2  # groups that must agree between two measures: one alone agrees by chance often enough
NAMELESS = {"unknown", "declined"}  # groups of every dimension, and of other people in each
_MEASURE, _PERIOD, _DIMENSION, _GROUP = range(4)  # places in a key


def certain(structure: Structure, counts: NDArray[np.int64]) -> list[Relation]:
    """What holds between rows of which the true counts (rows, 2) are known, 0 for rows without data.

    Two measures count the same people in the groups whose denominators are equal, if in that period and dimension
    two groups or more are so, and at least half of those that either measure has. Two dimensions do so in a group
    that has one name and the same counts in both (in Unknown and Declined only beside such a group).
    """
    people = counts.sum(axis=1)
    rows = [row for row in range(structure.printed) if people[row]]
    measures: list[Pair] = []
    for one, other in _sides(structure, rows, _MEASURE, (_PERIOD, _DIMENSION)):
        equal = [(a, b) for a, b in _shared(one, other) if people[a] == people[b]]
        if len(equal) >= FEWEST and 2 * len(equal) >= len(one.keys() | other.keys()):
            measures += equal
    named = [row for row in rows if not _is_whole(structure, row)]
    dimensions: list[Pair] = []
    for one, other in _sides(structure, named, _DIMENSION, (_MEASURE, _PERIOD)):
        equal = [(a, b) for a, b in _shared(one, other) if (counts[a] == counts[b]).all()]
        if any(_is_named(structure, a) for a, _ in equal):
            dimensions += equal
    return [*_relations(structure, measures, events=False), *_relations(structure, dimensions, events=True)]


def likely(structure: Structure, printed: Sequence[Printed | None]) -> list[Relation]:
    """What a reader would take to hold, from the `printed` events and denominators; None for rows without data.

    Two measures count the same people in a period where some denominators printed in both are equal, and none differ;
    a total that adds up from print is one of them. Two dimensions do so where that is true of the groups they share.
    Unknown and Declined may speak against it, but not for it.
    """
    rows = [row for row, counts in enumerate(printed) if counts is not None]
    seen: dict[int, Printed] = {row: counts for row, counts in enumerate(printed) if counts is not None}
    people = {row: counts[1:] for row, counts in seen.items()} | _totals(structure, seen)
    measures = _hidden(structure, people, _sides(structure, [*rows, *sorted(structure.totals)], _MEASURE, (_PERIOD,)))
    named = [row for row in rows if not _is_whole(structure, row)]
    dimensions = _hidden(structure, seen, _sides(structure, named, _DIMENSION, (_MEASURE, _PERIOD)))
    return [*_relations(structure, measures, events=False), *_relations(structure, dimensions, events=True)]


def _sides(
    structure: Structure, rows: Iterable[int], name: int, place: tuple[int, ...]
) -> Iterator[tuple[Groups, Groups]]:
    """The rows of each two names (measures, or dimensions) that one place has, by what else tells them apart."""
    rest = [part for part in range(4) if part != name and part not in place]
    places: dict[tuple[str, ...], dict[str, Groups]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        key = structure.keys[row]
        places[tuple(key[part] for part in place)][key[name]][tuple(key[part] for part in rest)] = row
    for names in places.values():
        yield from itertools.combinations((groups for _, groups in sorted(names.items())), 2)


def _shared(one: Groups, other: Groups) -> list[Pair]:
    return [(row, other[group]) for group, row in one.items() if group in other]


def _is_whole(structure: Structure, row: int) -> bool:
    """Whether the row is for everybody: such rows are equal in all dimensions, which tells nothing of the others."""
    return bool(periods.WHOLE.fullmatch(structure.keys[row][_GROUP]))


def _totals(structure: Structure, seen: dict[int, Printed]) -> dict[int, Printed]:
    """The people of each total, as far as a dimension printed in full gives it."""
    totals: dict[int, Printed] = dict.fromkeys(structure.totals, (None,))
    for relation in structure.relations:
        for total in relation.signs.keys() & structure.totals if relation.kind == "firm" else ():
            parts = [seen[row][1] if row in seen else None for row in relation.signs if row != total]
            if None not in parts:
                totals[total] = (sum(part for part in parts if part is not None),)
    return totals


def _is_named(structure: Structure, row: int) -> bool:
    return NAMELESS.isdisjoint(structure.keys[row][_GROUP].casefold().split(PAIR))


def _hidden(structure: Structure, seen: dict[int, Printed], sides: Iterator[tuple[Groups, Groups]]) -> list[Pair]:
    """The pairs of rows with a hidden count, of sides that agree in what both of them print."""
    found = []
    for one, other in sides:
        pairs = _shared(one, other)
        equal = any(
            seen[a] == seen[b] and None not in seen[a] and seen[a][-1] and _is_named(structure, a) for a, b in pairs
        )
        differ = any(
            None not in both and both[0] != both[1] for a, b in pairs for both in zip(seen[a], seen[b], strict=True)
        )
        if equal and not differ:
            found += [(a, b) for a, b in pairs if None in seen[a] + seen[b]]
    return found


def _relations(structure: Structure, pairs: Iterable[Pair], *, events: bool) -> Iterator[Relation]:
    """One relation for each pair that those before it do not tell already."""
    leader: dict[int, int] = {}

    def find(row: int) -> int:
        while leader.setdefault(row, row) != row:
            row = leader[row]
        return row

    for a, b in pairs:
        if find(a) != find(b):
            leader[find(b)] = find(a)
            yield Relation({a: 1, b: -1}, "alike", structure.keys[b], events=events)
