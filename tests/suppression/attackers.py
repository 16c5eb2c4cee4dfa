"""Attackers that share no line with the package: they try every table there is. Slow, hence for tiny tables."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

COLUMNS = ["measure", "period", "dimension", "group", "events", "denominator"]
X = " \N{MULTIPLICATION SIGN} "  # between the names of a pair
Rows = Iterable[tuple[str, str, str, str, int | None, int | None]]


def table(rows: Rows) -> pd.DataFrame:
    """Counts in the schema."""
    return pd.DataFrame(list(rows), columns=COLUMNS)


def one_period(dimensions: dict[str, Sequence[tuple[int, int]]]) -> pd.DataFrame:
    """(events, denominator) for each group of each dimension, in one measure and period."""
    return table(
        ("screening", "2024", name, f"group {place}", *counts)
        for name, groups in dimensions.items()
        for place, counts in enumerate(groups)
    )


def small(value: int, threshold: int) -> bool:
    return 1 <= value < threshold


def told(truth: pd.DataFrame, published: pd.DataFrame, threshold: int, most: int) -> list[tuple[object, ...]]:
    """Small cells of one period that cannot be `threshold` or more in any table with counts up to `most`.

    The attacker knows the totals of events and of people without, unless these are small themselves.
    """
    totals: list[set[tuple[int, int]]] = []
    values: dict[int, dict[tuple[int, int], set[tuple[int, int]]]] = {}
    first = truth[truth["dimension"] == truth["dimension"].iloc[0]]
    events, people = int(first["events"].sum()), int(first["denominator"].sum())
    hides_events = any(small(value, threshold) for value in (events, people - events, people))
    known = {
        (e, c)
        for e, c in itertools.product(range(most + 4), repeat=2)
        if small(people, threshold) or (e + c == people and (hides_events or e == events))
    }
    for _, rows in published.groupby("dimension"):
        sums = {(0, 0)}
        options = {row.Index: list(fits(row.events, row.denominator, most)) for row in rows.itertuples()}
        for choices in options.values():
            sums = {(e + x, c + y) for (e, c) in sums for x, y in choices if e + x < most + 4 and c + y < most + 4}
        totals.append(sums)
        for index, choices in options.items():
            rest = {(0, 0)}
            for other, more in options.items():
                if other != index:
                    rest = {(e + x, c + y) for (e, c) in rest for x, y in more if e + x < most + 4 and c + y < most + 4}
            values[index] = {pair: {(pair[0] + e, pair[1] + c) for e, c in rest} for pair in choices}
    possible = known.intersection(*totals)
    found = []
    for index, choices in values.items():
        pairs = [pair for pair, sums in choices.items() if sums & possible]
        e, d = int(truth.loc[index, "events"]), int(truth.loc[index, "denominator"])
        for name, value, seen in (
            ("events", e, [p[0] for p in pairs]),
            ("non-events", d - e, [p[1] for p in pairs]),
            ("denominator", d, [sum(p) for p in pairs]),
        ):
            if small(value, threshold) and (len(set(seen)) < 2 or max(seen) < threshold):
                found.append((index, name, value, sorted(set(seen))))
    return found


def fits(events: object, people: object, most: int) -> Iterable[tuple[int, int]]:
    """Events and non-events that a row may stand for."""
    if not pd.isna(events):
        return [(int(events), int(people) - int(events))]
    if not pd.isna(people):
        return [(e, int(people) - e) for e in range(int(people) + 1)]
    return itertools.product(range(most + 1), repeat=2)


def told_over_time(truth: pd.DataFrame, published: pd.DataFrame, threshold: int) -> list[tuple[object, ...]]:
    """As `told`, for events of one dimension in two half years and their year, all denominators being printed.

    The attacker knows each period's total of events unless it is small.
    """
    groups = sorted(truth["group"].unique())
    halves = [(period, group) for period in ("2024-H1", "2024-H2") for group in groups]
    at = {(row.period, row.group): row for row in truth.itertuples()}
    seen = {(row.period, row.group): row for row in published.itertuples()}
    tables = np.array(list(itertools.product(*(range(at[cell].denominator + 1) for cell in halves))))
    column = {cell: tables[:, place] for place, cell in enumerate(halves)}
    column |= {("2024", g): column["2024-H1", g] + column["2024-H2", g] for g in groups}
    keep = np.ones(len(tables), dtype=bool)
    for cell, values in column.items():
        if not pd.isna(seen[cell].events):
            keep &= values == seen[cell].events
    for period in ("2024-H1", "2024-H2", "2024"):
        total = sum(at[period, g].events for g in groups)
        people = sum(at[period, g].denominator for g in groups)
        if not small(total, threshold) and not small(people - total, threshold):
            keep &= sum(column[period, g] for g in groups) == total
    found = []
    for cell, values in column.items():
        possible = values[keep]
        for value, ways in (
            (at[cell].events, possible),
            (at[cell].denominator - at[cell].events, at[cell].denominator - possible),
        ):
            if small(value, threshold) and (len(set(ways.tolist())) < 2 or ways.max() < threshold):
                found.append((cell, value, sorted(set(ways.tolist()))))
    return found
