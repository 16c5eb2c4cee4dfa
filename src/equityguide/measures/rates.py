"""Rates with intervals, from complete counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures import intervals
from equityguide.measures.arms import counted, joined, with_rates
from equityguide.measures.tables import Kind, Table, checked
from equityguide.suppression import keeps_seal

REPEATED = "events can repeat in the same patient ({:,.0f} patients): the interval may be too narrow"
REPEATED_UNCOUNTED = "if events repeat in the same patient, the interval is too narrow: count the patients too"


@keeps_seal
def rates(counts: pd.DataFrame, *, level: float = 0.95, kind: Kind = "proportion") -> pd.DataFrame:
    """Each row's `rate` with `rate_lower`, `rate_upper` and their `level`; one row out for each row in.

    A proportion (people with the event of the people who could have it) gets Wilson's interval; a rate (events
    that may repeat, over people or time) the exact Poisson interval below 10 events and Byar's from 10. Rows
    that are not shown keep their `status` and no numbers. `note` says where repeated events make the interval
    too narrow (with `patients`, how many people stand behind them). `nchs` is the presentation standard of the
    National Center for Health Statistics for proportions (Series 2, No. 175, simple samples): *present, review,
    footnote, suppress*; a flag for the analyst, which hides nothing.

    Raises `ValueError` with one sentence for counts that cannot be, and for design-weighted estimates: their raw
    counts give a wrong rate.
    """
    table = checked(counts, kind=kind, estimates=False)
    columns = with_rates(counted(table.events, table.n, kind, level), level)
    if kind == "proportion":
        return joined(table.rows, {**columns, "note": np.full(len(table.rows), "", object), "nchs": nchs(table)})
    return joined(table.rows, {**columns, "note": _notes(table.rows, table.shown)})


def nchs(table: Table) -> NDArray[np.object_]:
    """The presentation standard by Clopper and Pearson's 95 % interval; missing where a row is not shown."""
    flag = np.full(len(table.rows), None, object)
    rows = np.flatnonzero(table.shown)
    events, n = table.events[rows], table.n[rows]
    lower, upper = intervals.clopper_pearson(events, n)
    p, width = events / n, upper - lower
    with np.errstate(divide="ignore"):
        relative, complement = width / p, width / (1 - p)
    review = (events == 0) | (events == n)
    flag[rows] = np.select(
        [n < 30, width >= 0.30, review, width <= 0.05, relative > 1.30, complement > 1.30],
        ["suppress", "suppress", "review", "present", "suppress", "footnote"],
        "present",
    )
    return flag


def _notes(rows: pd.DataFrame, shown: NDArray[np.bool_]) -> NDArray[np.object_]:
    if "patients" not in rows:
        return np.where(shown, REPEATED_UNCOUNTED, "").astype(object)
    return np.array([REPEATED.format(float(value)) if pd.notna(value) else "" for value in rows["patients"]], object)
