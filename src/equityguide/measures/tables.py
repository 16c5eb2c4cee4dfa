"""Counts and estimates as the measures take them: checked once, in one place, with one sentence for each fault.

Counts: measure, period, dimension, group, events, denominator. Estimates: the same four, then `estimate` with either
`se` or `lower`, `upper` and the `level` of these limits. Optional in both: `status` (*shown, suppressed, no data, not
asked*; only shown rows carry numbers, and 0 of 0 becomes *no data*), `patients` (people behind repeated events),
`overlapping` (true where a person may stand in more than one group) and, for estimates, `denominator` (people
represented).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures.distributions import Floats, two_sided

Kind = Literal["proportion", "rate"]
Direction = bool | Mapping[str, bool]

KEYS = ["measure", "period", "dimension", "group"]
SHOWN = "shown"
STATUSES = (SHOWN, "suppressed", "no data", "not asked")
UNKNOWN = ("Unknown", "Declined")
KNOWN = "Known"  # all groups that people named, added up
PAIR = " \N{MULTIPLICATION SIGN} "


@dataclass(frozen=True)
class Table:
    """A checked table: the rows as given with a `status`, and their numbers as arrays, missing unless shown."""

    rows: pd.DataFrame
    kind: Kind
    counted: bool
    events: Floats
    n: Floats
    estimate: Floats
    shown: NDArray[np.bool_]
    known: NDArray[np.bool_]

    @property
    def compared(self) -> NDArray[np.bool_]:
        """Rows that stand for a group people named: shown, and neither Unknown nor Declined."""
        return self.shown & self.known

    def strata(self, keys: list[str]) -> tuple[NDArray[np.intp], pd.DataFrame]:
        """Each row's stratum by these columns, and one row of their values for each stratum, in table order."""
        codes = np.asarray(self.rows.groupby(keys, sort=False, observed=True).ngroup(), np.intp)
        first = np.unique(codes, return_index=True)[1]
        return codes, self.rows[keys].iloc[first].reset_index(drop=True)

    def name(self, row: int) -> str:
        """How a message calls a row: its place in the table, from 1, and what it holds."""
        return row_name(self.rows, row)


def row_name(rows: pd.DataFrame, row: int) -> str:
    """ "row 3 (screening, 2024-Q1, race, Asian)", the first row being 1."""
    return f"row {row + 1} ({', '.join(str(rows[key].iloc[row]) for key in KEYS)})"


def is_unknown(group: object) -> bool:
    """Whether the group is Unknown or Declined, alone or as one side of a pair such as race by payer."""
    return any(part in UNKNOWN for part in str(group).split(PAIR))


def checked(table: pd.DataFrame, *, kind: Kind, estimates: bool = True, within: Sequence[str] = ()) -> Table:
    """The table, checked. Raises `ValueError` with one sentence naming the row.

    `estimates=False` takes counts only; `within` names columns that divide a group further, such as age.
    """
    if kind not in ("proportion", "rate"):
        raise ValueError(f"kind is {kind!r}. Write 'proportion' or 'rate'.")
    if not isinstance(table, pd.DataFrame):
        raise ValueError("The table is not a pandas DataFrame. Pass records through `stratify` first.")
    weighted = "estimate" in table or table.attrs.get("kind") == "estimates"
    if weighted and not estimates:
        raise ValueError(
            "These are design-weighted estimates, and a rate of their raw counts would be wrong. "
            "Use the published estimate and its interval."
        )
    _columns(table, [*KEYS, *within, *(["estimate"] if weighted else ["events", "denominator"])])
    if table.empty:
        raise ValueError("The table has no rows. Give one row for each measure, period, dimension and group.")
    rows = table.reset_index(drop=True)
    keys = [*KEYS, *within]
    for key in keys:
        _refuse(rows, rows[key].isna().to_numpy(), f"{key} is empty. Write what it is; a missing group is 'Unknown'.")
    _refuse(rows, rows.duplicated(keys).to_numpy(), "this row stands in the table twice. Keep one.")
    events = _numbers(rows, "events") if not weighted else np.full(len(rows), np.nan)
    n = _numbers(rows, "denominator") if "denominator" in rows else np.full(len(rows), np.nan)
    estimate = _numbers(rows, "estimate") if weighted else np.full(len(rows), np.nan)
    # Nobody was eligible: nothing to measure, and nothing to hide. The row keeps its zeros, which add up with others.
    nobody = (events == 0) & (n == 0)
    events, n = np.where(nobody, np.nan, events), np.where(nobody, np.nan, n)
    if "status" in rows:
        rows["status"] = rows["status"].mask(nobody & (rows["status"] == SHOWN).to_numpy(bool), "no data")
    shown = _status(rows, [("estimate", estimate)] if weighted else [("events", events), ("denominator", n)])
    n = np.where(shown, n, np.nan)
    if "patients" in rows:
        # People behind a hidden count would narrow it down, so they go where the count went.
        rows["patients"] = rows["patients"].where(shown)
    for column, values in (("events", events), ("denominator", n), ("estimate", estimate)):
        if column in rows:
            _refuse(rows, shown & (values < 0), f"{column} is below 0. Check the count.")
    if weighted:
        if kind == "proportion":
            _refuse(
                rows, shown & (estimate > 1), "a proportion is above 1. Divide percentages by 100, or use kind='rate'."
            )
    else:
        _check_counts(rows, shown, events, n, kind)
    known = np.array([not is_unknown(group) for group in rows["group"]])
    return Table(rows, kind, not weighted, events, n, estimate, shown, known)


def better(rows: pd.DataFrame, direction: Direction) -> NDArray[np.bool_]:
    """For each row whether a higher value is better: one answer for all, or one for each measure."""
    if isinstance(direction, bool):
        return np.full(len(rows), direction)
    if lacking := sorted({str(name) for name in rows["measure"]} - {str(name) for name in direction}):
        raise ValueError(f"higher_is_better says nothing of {lacking[0]!r}. Add it with True or False.")
    return rows["measure"].map(dict(direction)).to_numpy(bool)


def exclusive(table: Table, what: str) -> None:
    """Raises `ValueError` where groups overlap, since independent groups are what the method compares."""
    if "overlapping" in table.rows:
        overlap = table.rows["overlapping"].fillna(False).to_numpy(bool)
        _refuse(
            table.rows,
            overlap,
            f"a person may stand in several of these groups, and {what} needs groups that do not overlap. "
            "Count each person once, or compare with a number.",
        )


def at_least_two(table: Table, codes: NDArray[np.intp], strata: pd.DataFrame) -> None:
    """Raises `ValueError` where a stratum lists fewer than two groups that could be compared."""
    sizes = np.bincount(codes, weights=table.known, minlength=len(strata))
    if len(lone := np.flatnonzero(sizes < 2)):
        where = ", ".join(str(value) for value in strata.iloc[lone[0]])
        raise ValueError(f"{where}: a gap needs at least two groups besides Unknown and Declined. Add the others.")


def limits_of(table: Table, level: float, scale: Literal["normal", "log"]) -> tuple[Floats, Floats, Floats]:
    """An estimates table's lower and upper limits at `level`, and the standard error on the scale.

    Published limits are moved to `level` on that scale, each side apart, so that lopsided ones stay lopsided.
    """
    rows, estimate, z = table.rows, table.estimate, two_sided(level)
    if scale == "log":
        _refuse(rows, table.shown & (estimate <= 0), "a log interval needs an estimate above 0. Use scale='normal'.")
    if "se" in rows:
        se = _numbers(rows, "se")
        _refuse(rows, table.shown & ~(se >= 0), "se is missing or below 0. Give the standard error.")
        if scale == "log":
            with np.errstate(divide="ignore", invalid="ignore"):
                se = se / estimate
            return estimate * np.exp(-z * se), estimate * np.exp(z * se), se
        return estimate - z * se, estimate + z * se, se
    _columns(rows, ["lower", "upper", "level"])
    lower, upper, published = (_numbers(rows, column) for column in ("lower", "upper", "level"))
    _refuse(
        rows,
        table.shown & ~((lower <= estimate) & (estimate <= upper)),
        "the limits do not enclose the estimate. Check lower and upper.",
    )
    _refuse(rows, table.shown & ~((published > 0) & (published < 1)), "level is not between 0 and 1. Write 0.95.")
    if scale == "log":
        _refuse(rows, table.shown & (lower <= 0), "a log interval needs limits above 0. Use scale='normal'.")
    given = np.array([two_sided(value) if 0 < value < 1 else np.nan for value in published])
    if scale == "log":
        with np.errstate(divide="ignore", invalid="ignore"):
            down, up = np.log(estimate / lower) / given, np.log(upper / estimate) / given
        return estimate * np.exp(-z * down), estimate * np.exp(z * up), (down + up) / 2
    down, up = (estimate - lower) / given, (upper - estimate) / given
    return estimate - z * down, estimate + z * up, (down + up) / 2


def _columns(rows: pd.DataFrame, needed: list[str]) -> None:
    if lacking := [column for column in needed if column not in rows]:
        raise ValueError(f"The table lacks the column {lacking[0]!r}. It needs {', '.join(needed)}.")


def _numbers(rows: pd.DataFrame, column: str) -> Floats:
    numbers = pd.to_numeric(rows[column], errors="coerce").to_numpy(float, na_value=np.nan)
    text = np.isnan(numbers) & rows[column].notna().to_numpy()
    _refuse(rows, text | np.isinf(numbers), f"{column} is not a number. Write digits, or leave it empty.")
    return numbers


def _status(rows: pd.DataFrame, columns: list[tuple[str, Floats]]) -> NDArray[np.bool_]:
    """Adds `status` where the table has none; says which rows are shown, and refuses a status the numbers belie."""
    given = np.logical_and.reduce([~np.isnan(values) for _, values in columns])
    some = np.logical_or.reduce([~np.isnan(values) for _, values in columns])
    # A suppressed row may keep its denominator: `suppress` hides what the count would tell, which is the events.
    telling, told = columns[0][0], ~np.isnan(columns[0][1])
    names = " or ".join(name for name, _ in columns)
    if "status" not in rows:
        _refuse(rows, some & ~given, f"{names} is empty. Give both, or neither.")
        rows["status"] = np.where(given, SHOWN, "no data")
    status = rows["status"]
    _refuse(rows, ~status.isin(STATUSES).to_numpy(), f"status is none of {', '.join(STATUSES)}. Write one of them.")
    shown = (status == SHOWN).to_numpy(bool)
    _refuse(rows, shown & ~given, f"the status is shown and {names} is empty. Give it, or write 'no data'.")
    _refuse(
        rows, ~shown & told, f"the status is not shown and {telling} is given. Pass the table through `suppress` first."
    )
    if not shown.any():
        raise ValueError(
            "No row of the table is shown: all are suppressed or without data. Combine periods and try again."
        )
    return shown


def _check_counts(rows: pd.DataFrame, shown: NDArray[np.bool_], events: Floats, n: Floats, kind: Kind) -> None:
    _refuse(rows, shown & (events % 1 != 0), "events is not a whole number. Count events, do not weight them.")
    _refuse(rows, shown & (n == 0), "there are events and the denominator is 0. Check both.")
    if kind == "proportion":
        _refuse(rows, shown & (n % 1 != 0), "the denominator is not a whole number. Count people, do not weight them.")
        _refuse(
            rows,
            shown & (events > n),
            "events are above the denominator. Check both, or use kind='rate' for events that repeat.",
        )


def _refuse(rows: pd.DataFrame, bad: NDArray[np.bool_], fault: str) -> None:
    if bad.any():
        where = row_name(rows, int(np.flatnonzero(bad)[0]))
        raise ValueError(f"{where[0].upper()}{where[1:]}: {fault}")
