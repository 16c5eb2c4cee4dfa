"""Counts added up before small ones are hidden: longer periods, and who answered at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pandas as pd

from equityguide.measures.tables import KEYS, KNOWN, SHOWN, UNKNOWN, checked
from equityguide.suppression.periods import span

Length = Literal["year", "all"]

_COUNTS = ["events", "denominator"]


def combine(counts: pd.DataFrame, *lengths: Length) -> pd.DataFrame:
    """Counts added up into calendar years ("year"), into one period of all ("all"), or both, one below the other.

    `counts` has one row a measure, period, dimension and group; periods are months, quarters or half years such as
    2024-Q3. The result has the same six columns and holds the longer periods only, so that they can be shown in place
    of the shorter ones and not beside them: side by side each would give the other away. A group without a row in a
    quarter adds nothing. Counts add up over periods only where nobody is counted twice; patients who come back in
    every quarter must be counted anew for the year.

    Combine first and hide small counts after: raises `ValueError`, in one sentence, for hidden rows, and for estimates,
    a period without dates, periods that share a month, or a year of which a month is missing.
    """
    if not lengths or not set(lengths) <= {"year", "all"}:
        raise ValueError(f"lengths are {', '.join(map(repr, lengths)) or 'missing'}. Write 'year', 'all' or both.")
    rows = _full(counts)
    parts = [_added(rows, _years(rows) if length == "year" else _whole(rows)) for length in lengths]
    combined = pd.concat(parts, ignore_index=True)
    combined.attrs = dict(counts.attrs)
    return combined


def answered(counts: pd.DataFrame) -> pd.DataFrame:
    """Counts with all groups that people named added up as "Known", beside Unknown and Declined.

    For the question how complete an attribute is, which needs no group by name. The same six columns, one row for each
    measure, period, dimension and kind of answer. Do this first and hide small counts after. Raises `ValueError` with
    one sentence for a broken table or one with hidden rows.
    """
    rows = _full(counts)
    kind = rows["group"].where(rows["group"].isin(UNKNOWN), KNOWN)
    known = rows.assign(group=kind).groupby(KEYS, sort=False, observed=True)[_COUNTS].sum().reset_index()
    known.attrs = dict(counts.attrs)
    return known


def _full(counts: pd.DataFrame) -> pd.DataFrame:
    rows = checked(counts, kind="rate", estimates=False).rows
    if (rows["status"] != SHOWN).any():
        raise ValueError("Some rows are hidden, and a sum without them would be wrong. Combine first, then suppress.")
    return rows


def _added(rows: pd.DataFrame, longer: Callable[[str, str], str]) -> pd.DataFrame:
    period = [longer(str(m), str(p)) for m, p in zip(rows["measure"], rows["period"], strict=True)]
    return rows.assign(period=period).groupby(KEYS, sort=False, observed=True)[_COUNTS].sum().reset_index()


def _years(rows: pd.DataFrame) -> Callable[[str, str], str]:
    """Measure and period -> the calendar year, where the periods of the measure make that year whole."""
    months: dict[tuple[str, int], int] = {}
    for (measure, _), (start, end) in _spans(rows).items():
        if (end - 1) // 12 != start // 12:
            raise ValueError(f"{measure}: a period crosses the turn of a year. Combine 'all' of it.")
        months[measure, start // 12] = months.get((measure, start // 12), 0) + end - start
    for (measure, year), count in months.items():
        if count != 12:
            raise ValueError(f"{measure}: the periods of {year} hold {count} months of 12. Leave that year out.")
    return lambda _, period: str(_dates(period)[0] // 12)


def _whole(rows: pd.DataFrame) -> Callable[[str, str], str]:
    """Measure -> from its first period to its last."""
    labels = {}
    for measure in rows["measure"].astype(str).unique():
        own = {period: dates for (of, period), dates in _spans(rows).items() if of == measure}
        first, last = min(own, key=lambda p: own[p][0]), max(own, key=lambda p: own[p][1])
        start, end = own[first][0], own[last][1]
        years = start % 12 == 0 and end % 12 == 0
        ends = (str(start // 12), str(end // 12 - 1)) if years else (first, last)
        labels[measure] = " to ".join(dict.fromkeys(ends))
    return lambda measure, _: labels[measure]


def _spans(rows: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """(measure, period) -> its months, in the order of time; refuses periods of a measure that share one."""
    pairs = rows[["measure", "period"]].astype(str).drop_duplicates()
    dated = {(measure, period): _dates(period) for measure, period in pairs.itertuples(index=False)}
    dated = dict(sorted(dated.items(), key=lambda item: (item[0][0], item[1])))
    for (before, first), (here, second) in zip(dated, list(dated)[1:], strict=False):
        if before == here and dated[here, second][0] < dated[before, first][1]:
            raise ValueError(f"{here}: the periods {first} and {second} share a month. Keep one length of period.")
    return dated


def _dates(period: str) -> tuple[int, int]:
    dates = span(period)
    if dates is None:
        raise ValueError(f"The period {period!r} has no dates that can be added up. Write 2024, 2024-Q3 or 2024-07.")
    return dates
