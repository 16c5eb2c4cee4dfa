"""What can be told from tables that were meant to be safe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.suppression import alike, relations
from equityguide.suppression.attack import ContradictionError, Program, System
from equityguide.suppression.relations import Key, Relation, Structure
from equityguide.suppression.table import read

COLUMNS = ("measure", "period", "dimension", "group", "cell", "lower", "upper", "how")
CELLS = {"events": (0,), "non-events": (1,), "denominator": (0, 1)}


@dataclass
class Row:
    """What is printed of a row over all tables; None for what is not."""

    events: int | None
    denominator: int | None
    missing: bool  # no data, not asked: unknown to whoever made the table, too


@dataclass(frozen=True)
class Finding:
    """A cell that can be told."""

    row: int
    cell: str
    lower: int
    upper: int
    how: str


def audit(counts: pd.DataFrame, *, threshold: int = 11) -> pd.DataFrame:
    """Attack printed tables and list what they tell; no rows when they are safe.

    `counts` is what `suppress` gives (columns measure, period, dimension, group, events, denominator and perhaps
    status), or several such tables one under the other: all dimensions and periods of a measure are attacked
    together, and so is a row that one table hides and another shows. So are measures that seem to count the same
    people in a period (`alike.likely`): what one hides may be printed in the other. Without a status, a row that lacks
    a count was suppressed.

    Out, one row a cell: measure, period, dimension, group, `cell` (events, non-events, denominator), `lower` and
    `upper` (Int64, what the count must lie between) and `how`:

    - "shown": a count of 1 to threshold - 1 stands in the table, or is the difference of two numbers in its row;
    - "intervals": adding and subtracting what is printed, again and again, suffices;
    - "integer program": only the smallest and the largest value over all tables that fit give it away.

    A hidden cell is told when it can take but one value, or only values below the threshold. One that must be 0 is not
    listed: zeros may be shown. Totals are known if some table prints a dimension in full, or a row for everybody, in
    which a dimension of one group does; `suppress` reckons with known totals in any case. Counts that no row holds (a
    total, people left without data, the rest of a year) are listed when they are small, under the group "all
    dimensions" or "rows without data" or the difference of periods.

    Raises `ValueError` with one sentence where tables contradict each other, and as `suppress` does for broken rows.
    """
    rows, several = _rows(counts)
    found = []
    for measures in _together(rows, several):
        found += _attack({key: rows[key] for key in sorted(rows) if key[0] in measures}, several, threshold)
    listed = [(*key, finding.cell, finding.lower, finding.upper, finding.how) for key, finding in found]
    return pd.DataFrame(listed, columns=list(COLUMNS)).astype(
        {**dict.fromkeys(COLUMNS, "str"), "lower": "Int64", "upper": "Int64"}
    )


def together(counts: pd.DataFrame) -> list[set[str]]:
    """The measures of such tables in groups that `audit` attacks as one, since they seem to count the same people.

    Raises `ValueError` as `audit` does.
    """
    return _together(*_rows(counts))


def _rows(counts: pd.DataFrame) -> tuple[dict[Key, Row], set[Key]]:
    """What is printed of each row over all tables, and which rows are of dimensions that overlap."""
    table = read(counts)
    rows: dict[Key, Row] = {}
    several = {key for key, overlapping in zip(table.keys, table.overlapping, strict=True) if overlapping}
    for place, key in enumerate(table.keys):
        events, denominator, status = int(table.events[place]), int(table.denominators[place]), table.status[place]
        missing = events < 0 and denominator < 0 and status in ("no data", "not asked")
        new = Row(None if events < 0 else events, None if denominator < 0 else denominator, missing)
        rows[key] = _merged(rows[key], new, key) if key in rows else new
    return rows, several


def _merged(one: Row, other: Row, key: Key) -> Row:
    for name, a, b in (("events", one.events, other.events), ("denominator", one.denominator, other.denominator)):
        if a is not None and b is not None and a != b:
            raise ValueError(f"counts: {', '.join(key)} has {a} {name} in one place and {b} in another. Correct one.")
    events = other.events if one.events is None else one.events
    denominator = other.denominator if one.denominator is None else one.denominator
    return Row(events, denominator, one.missing and other.missing)


def _built(rows: dict[Key, Row], several: set[Key]) -> tuple[Structure, list[Row], list[Relation]]:
    """The structure of the rows, what is printed of them, and which of them seem to count the same people."""
    keys = list(rows)
    printed = [rows[key] for key in keys]
    missing = {place for place, row in enumerate(printed) if row.missing}
    structure = relations.build(keys, missing, {place for place, key in enumerate(keys) if key in several})
    seen = [None if row.missing else (row.events, row.denominator) for row in printed]
    return structure, printed, alike.likely(structure, seen)


def _together(rows: dict[Key, Row], several: set[Key]) -> list[set[str]]:
    """The measures, those with people in common together."""
    structure, _, same = _built(rows, several)
    groups = [{measure} for measure in sorted({key[0] for key in rows})]
    for relation in same:
        pair = {structure.keys[row][0] for row in relation.signs}
        joined = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [set[str]().union(*joined)]
    return groups


def _attack(rows: dict[Key, Row], several: set[Key], threshold: int) -> list[tuple[Key, Finding]]:
    structure, printed, same = _built(rows, several)
    _drop_false(structure, printed)
    every = structure.relations
    firm = [relation for relation in every if relation.kind == "firm"]

    def attempt(*held: Relation) -> list[tuple[Key, Finding]] | None:
        structure.relations = list(held)
        try:
            return [(structure.keys[finding.row], finding) for finding in _findings(structure, printed, threshold)]
        except ContradictionError:
            return None

    if (found := attempt(*every, *same)) is not None:
        return found
    # Perhaps only the periods do not add up, since the same patients come again; or the people are others after all.
    measures = sorted({key[0] for key in rows})
    if len(measures) > 1:
        alone = ({key: row for key, row in rows.items() if key[0] == measure} for measure in measures)
        apart = [told for own in alone for told in _attack(own, several, threshold)]
    elif (least := attempt(*every)) is not None or (least := attempt(*firm)) is not None:
        apart = least
    else:
        raise ValueError(
            f"counts, {measures[0]}: no counts of people fit all that is shown, since dimensions of a period have "
            "different totals. Tables about different people need different names of the measure."
        )
    together = attempt(*firm, *same) or []
    return list({(key, finding.cell): (key, finding) for key, finding in [*together, *apart]}.values())


def _drop_false(structure: Structure, printed: Sequence[Row]) -> None:
    """Take what may hold (periods that add up) to hold, unless rows in print show that it does not.

    Where people do not add up over time, since some come again, events are taken to do so only if a row shows it.
    """
    false: set[tuple[tuple[str, ...], str]] = set()
    borne_out: set[tuple[str, ...]] = set()
    for relation in structure.relations:
        rows = {row: sign for row, sign in relation.signs.items() if row < structure.printed}
        derived = len(relation.signs) - len(rows)
        if relation.kind == "firm" or derived != (relation.kind == "rest"):
            continue
        for name in ("events", "denominator"):
            values = [getattr(printed[row], name) for row in rows]
            if None in values:
                continue
            total = sum(sign * value for sign, value in zip(rows.values(), values, strict=True))
            if total < 0 or (total and relation.kind == "even"):
                false.add((relation.family, name))
            elif name == "events" and any(values):
                borne_out.add(relation.family)
    again = {family for family, name in false if name == "denominator"}
    false |= {(family, "events") for family in again - borne_out}
    # The totals of a measure add up over time no better than its dimensions do.
    false |= {((family[0], relations.TOTAL, *family[2:]), name) for family, name in false}
    for relation in structure.relations:
        relation.events = (relation.family, "events") not in false
        relation.denominators = (relation.family, "denominator") not in false
        if relation.kind == "rest" and not (relation.events and relation.denominators):
            relation.events = relation.denominators = False


def _findings(structure: Structure, printed: Sequence[Row], threshold: int) -> Iterator[Finding]:
    for place, row in enumerate(printed):
        yield from _shown(place, row, threshold)
    system, limit = _system(structure, printed, threshold)
    system.propagate()
    told = {}
    open_cells = []
    for place in range(len(structure.keys)):
        row = printed[place] if place < structure.printed else Row(None, None, False)
        for cell in _hidden(row):
            signs = [2 * place + side for side in CELLS[cell]]
            low, high = (sum(bound[v] for v in signs) for bound in (system.lower, system.upper))
            listed = row if place < structure.printed and not row.missing else None
            if _is_told(low, high, threshold, listed):
                told[place, cell] = int(low), int(high), "intervals"
            elif low < high:
                open_cells.append((place, cell, signs, listed))
    for part in system.parts():
        program, values = Program(system, part, limit), _Seen()
        for place, cell, signs, listed in open_cells:
            free = [v for v in signs if v in program.place]
            if not free:
                continue
            known = sum(int(system.lower[v]) for v in signs if v not in program.place)
            bounds = values.bounds(program, free, known, threshold)
            if bounds and _is_told(*bounds, threshold, listed):
                told[place, cell] = *bounds, "integer program"
    for (place, cell), (low, high, how) in sorted(told.items()):
        yield Finding(place, cell, low, high, how)


def _shown(place: int, row: Row, threshold: int) -> Iterator[Finding]:
    others = None if row.events is None or row.denominator is None else row.denominator - row.events
    for cell, value in (("events", row.events), ("non-events", others), ("denominator", row.denominator)):
        if value is not None and 1 <= value < threshold:
            yield Finding(place, cell, value, value, "shown")


def _hidden(row: Row) -> list[str]:
    if row.events is not None:
        return [] if row.denominator is not None else ["non-events", "denominator"]
    return ["events", "non-events"] if row.denominator is not None else list(CELLS)


def _is_told(low: float, high: float, threshold: int, hidden: Row | None) -> bool:
    """Small for certain; or, for a count that a table hides, known exactly. Zero may be known."""
    return 1 <= high < threshold or (hidden is not None and low == high > 0)


def _system(structure: Structure, printed: Sequence[Row], threshold: int) -> tuple[System, int]:
    """Variables 2·row for events and 2·row + 1 for non-events, and a limit above all that can matter."""
    system = System()
    for _ in structure.keys:
        system.variable()
        system.variable()
    largest = threshold
    for place, row in enumerate(printed):
        largest += (row.denominator or 0) + (row.events or 0)
        if row.events is not None:
            system.equate({2 * place: 1}, row.events)
        if row.denominator is not None:
            system.equate({2 * place: 1, 2 * place + 1: 1}, row.denominator)
    for relation in structure.relations:
        _equate(system, relation)
    return system, 2 * largest


def _equate(system: System, relation: Relation) -> None:
    events = {2 * row: sign for row, sign in relation.signs.items()}
    others = {2 * row + 1: sign for row, sign in relation.signs.items()}
    if relation.events:
        system.equate(events, 0)
    if relation.denominators:
        # Once the events add up, so do the non-events; for intervals that is worth more than the denominators' sum.
        system.equate(others if relation.events else {**events, **others}, 0)
        if relation.events:
            system.equate({**events, **others}, 0)


class _Seen:
    """Values already met in some table that fits: most cells prove safe without a search of their own."""

    def __init__(self) -> None:
        self.tables: list[NDArray[np.int64]] = []

    def bounds(self, program: Program, free: list[int], known: int, threshold: int) -> tuple[int, int] | None:
        """The exact smallest and largest value of a cell, or None once it has two, one at or above the threshold."""
        places = [program.place[v] for v in free]
        met = {int(table[places].sum()) + known for table in self.tables}
        ends = []
        for sense in (1, -1):
            if len(met) > 1 and max(met) >= threshold:
                return None
            value, table = program.extreme(free, sense)
            self.tables.append(table)
            met.add(value + known)
            ends.append(value + known)
        return ends[1], ends[0]
