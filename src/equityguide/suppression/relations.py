"""Everything in a table of counts that adds up: what an attacker subtracts with, and what `suppress` must reckon with.

The people of one measure and period are counted once in a dimension, so that each has the same total.
A pair, race by payer, adds up to both its sides. Periods add up to longer ones (`periods`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from equityguide.suppression import periods

Key = tuple[str, str, str, str]  # measure, period, dimension, group

PAIR = " \N{MULTIPLICATION SIGN} "  # between the two names of a pair of dimensions, and of their groups
TOTAL = "all dimensions"
REST = "rows without data"
AGAIN = "people counted again"


@dataclass
class Relation:
    """Rows with their signs whose counts make 0 together.

    Kinds: "firm", which holds or the table is wrong; "even", which may hold or not (periods add up for some counts
    and not for others: a patient of two quarters is one patient of the year); "rest", whose last row is what the others
    leave, if that is a possible count; "alike", two rows that count the same people (see `alike`). `family` names what
    holds or fails as one.
    """

    signs: dict[int, int]
    kind: str
    family: tuple[str, ...]
    events: bool = True
    denominators: bool = True


@dataclass
class Structure:
    """Rows and their relations. Rows from `printed` on are in no table, yet follow from the others.

    They are totals, what a dimension's rows without data must hold, and what a year leaves beside its printed quarters.
    """

    keys: list[Key]
    printed: int
    totals: set[int] = field(default_factory=set)
    relations: list[Relation] = field(default_factory=list)

    def add(self, key: Key) -> int:
        """The number of a new row that no table prints."""
        self.keys.append(key)
        return len(self.keys) - 1


def build(keys: Sequence[Key], missing: Collection[int], overlapping: Collection[int]) -> Structure:
    """The structure of rows with these keys.

    Rows in `missing` have no counts of their own (no data, not asked). Those in `overlapping` are of dimensions that
    count a person in each group the person named: their groups do not add up to the total, and yet tell how many
    people are *not* in a group, and how often people named more than one.

    A group that a dimension does not list in some period has nobody in it there: groups divide the total among them.
    Raises `ValueError` with one sentence for a period without dates beside others that may share its months.
    """
    structure = Structure(list(keys), len(keys))
    places: dict[tuple[str, str], dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for number, (measure, period, dimension, group) in enumerate(keys):
        places[measure, period][dimension][group] = number
    totals: dict[tuple[str, str], int] = {}
    for (measure, period), dimensions in places.items():
        several = {name for name, groups in dimensions.items() if not set(overlapping).isdisjoint(groups.values())}
        exclusive = {name: groups for name, groups in dimensions.items() if name not in several}
        for part in _complete_first(exclusive, missing):
            _add_dimension(structure, (measure, period), part, missing, totals)
        for dimension in sorted(several):
            _add_overlapping(structure, (measure, period), dimension, dimensions[dimension], missing, totals)
        for dimension in dimensions:
            kind = "even" if dimension in several else "firm"
            _add_pair(structure, (measure, period), dimension, dimensions, missing, kind)
    structure.totals = set(totals.values())
    for measure in sorted({measure for measure, _ in places}):
        _add_periods(structure, measure, {p: d for (m, p), d in places.items() if m == measure}, missing, totals)
    return structure


def _complete_first(dimensions: dict[str, dict[str, int]], missing: Collection[int]) -> list[tuple[str, list[int]]]:
    """Each dimension's rows; a row for everybody beside other groups is a dimension of its own, not one more group."""
    parts = []
    for dimension, groups in dimensions.items():
        whole = [row for group, row in groups.items() if periods.WHOLE.fullmatch(group) and len(groups) > 1]
        parts += [(dimension, [row for row in groups.values() if row not in whole])]
        parts += [(dimension, [row]) for row in whole]
    parts = [part for part in parts if any(row not in missing for row in part[1])]
    return sorted(parts, key=lambda part: any(row in missing for row in part[1]))


def _add_dimension(
    structure: Structure,
    place: tuple[str, str],
    part: tuple[str, list[int]],
    missing: Collection[int],
    totals: dict[tuple[str, str], int],
) -> None:
    dimension, rows = part
    known = [row for row in rows if row not in missing]
    if len(known) == len(rows) and place not in totals:
        totals[place] = structure.add((*place, TOTAL, TOTAL))
    if place not in totals:
        return  # no dimension is complete: nobody can tell the total, nor what is missing from it
    signs = {**dict.fromkeys(known, 1), totals[place]: -1}
    if len(known) < len(rows):
        signs[structure.add((*place, dimension, REST))] = 1
    structure.relations.append(Relation(signs, "firm", (*place, dimension)))


def _add_overlapping(
    structure: Structure,
    place: tuple[str, str],
    dimension: str,
    groups: dict[str, int],
    missing: Collection[int],
    totals: dict[tuple[str, str], int],
) -> None:
    if place not in totals:
        return
    for group, row in groups.items():
        if row not in missing:
            others = structure.add((*place, dimension, f"not {group}"))
            signs = {row: 1, others: 1, totals[place]: -1}
            structure.relations.append(Relation(signs, "firm", (*place, dimension)))
    if all(row not in missing for row in groups.values()):
        again = structure.add((*place, dimension, AGAIN))
        signs = {**dict.fromkeys(groups.values(), 1), totals[place]: -1, again: -1}
        structure.relations.append(Relation(signs, "rest", (*place, dimension, AGAIN)))


def _add_pair(
    structure: Structure,
    place: tuple[str, str],
    dimension: str,
    dimensions: dict[str, dict[str, int]],
    missing: Collection[int],
    kind: str,
) -> None:
    sides = dimension.split(PAIR)
    cells = {row: group.split(PAIR) for group, row in dimensions[dimension].items()}
    cells = {row: names for row, names in cells.items() if len(names) == len(sides)}
    for side, name in enumerate(sides):
        for group, row in dimensions.get(name, {}).items() if len(sides) > 1 else ():
            inside = [cell for cell, names in cells.items() if names[side] == group]
            if row in missing or not inside:
                continue
            signs = {**{cell: 1 for cell in inside if cell not in missing}, row: -1}
            if any(cell in missing for cell in inside):
                signs[structure.add((*place, dimension, f"{group}: {REST}"))] = 1
            structure.relations.append(Relation(signs, kind, (*place, dimension, group)))


def _add_periods(
    structure: Structure,
    measure: str,
    dated: dict[str, dict[str, dict[str, int]]],
    missing: Collection[int],
    totals: dict[tuple[str, str], int],
) -> None:
    if unclear := periods.undated(dated):
        label, beside = unclear
        raise ValueError(f"counts, {measure}: the period {label!r} has no dates beside {beside!r}. {periods.AS_MONTHS}")
    lines = {
        period: {(name, group): row for name, groups in parts.items() for group, row in groups.items()}
        for period, parts in dated.items()
    }
    names = {period: set(parts) for period, parts in dated.items()}
    for period in dated:
        if (measure, period) in totals:
            lines[period][TOTAL, TOTAL] = totals[measure, period]
            names[period].add(TOTAL)
    for link in periods.links(dated):
        label = " less ".join(period for period, _ in link.signs)
        inside = [period for period, _ in link.signs]
        for dimension, group in sorted({line for period in inside for line in lines[period]}):
            signs = {
                lines[period][dimension, group]: sign
                for period, sign in link.signs
                if (dimension, group) in lines[period]
            }
            if len(signs) < 2 or any(row in missing for row in signs):
                continue
            if not all(dimension in names[period] for period in inside):
                continue
            if not link.exact:
                signs[structure.add((measure, label, dimension, group))] = -1
            kind = "even" if link.exact else "rest"
            structure.relations.append(Relation(signs, kind, (measure, dimension, label)))


def fill(structure: Structure, known: NDArray[np.int64]) -> NDArray[np.int64]:
    """The true counts of all rows of a structure, from those of its printed rows.

    Both of shape (rows, 2): events and non-events, 0 in rows without data. Relations that need not hold and do not are
    dropped from the structure, for events or for denominators or both. Raises `ValueError` with one sentence where
    dimensions do not count the same people or a pair does not add up to its sides.
    """
    counts = np.zeros((len(structure.keys), 2), dtype=np.int64)
    counts[: structure.printed] = known
    unknown = set(range(structure.printed, len(structure.keys)))
    kept: list[Relation] = []
    first: dict[int, str] = {}  # the dimension that each total comes from
    for relation in structure.relations:
        new = relation.signs.keys() & unknown
        off = sum((sign * counts[row] for row, sign in relation.signs.items()), np.zeros(2, dtype=np.int64))
        for row in new:  # at most one: a total by its first dimension, else the rest that only this relation has
            counts[row] = -off * relation.signs[row]
            unknown.discard(row)
            if row in structure.totals:
                first[row] = relation.family[-1]
            off = np.minimum(counts[row], 0)
        if relation.kind != "firm":
            relation.events, relation.denominators = not off[0], not off.sum()
            if relation.kind == "rest" and off.any():
                counts[list(new)], relation.events, relation.denominators = 0, False, False
            if relation.events or relation.denominators:
                kept.append(relation)
            continue
        if off.any():
            total = next((row for row in relation.signs if row in structure.totals), None)
            _refuse(structure, relation, counts, None if total is None else first[total])
        kept.append(relation)
    structure.relations = kept
    return counts


def _refuse(structure: Structure, relation: Relation, counts: NDArray[np.int64], other: str | None) -> None:
    measure, period, dimension = relation.family[:3]
    rows = [row for row in relation.signs if row < structure.printed and relation.signs[row] > 0]
    here = counts[rows].sum(axis=0)
    (against,) = (row for row in relation.signs if relation.signs[row] < 0)
    there = counts[against]
    name = other or ", ".join(structure.keys[against][2:])
    whose = dimension if other else f"{dimension}, {relation.family[3]}"
    raise ValueError(
        f"counts, {measure}, {period}: {whose} counts {here.sum()} people and {here[0]} events, {name} "
        f'{there.sum()} and {there[0]}. Count each person once in every dimension, and those left out as "Unknown".'
    )
