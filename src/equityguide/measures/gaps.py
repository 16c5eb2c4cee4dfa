"""Each group beside a stated reference: one difference, one ratio in each framing, one count of excess events."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures import intervals
from equityguide.measures.arms import (
    Arm,
    Column,
    Scale,
    arms,
    difference,
    joined,
    measured,
    p_unpooled,
    p_value,
    ratio,
    ratio_to_number,
    text_where,
    with_rates,
)
from equityguide.measures.distributions import Floats
from equityguide.measures.intervals import Limits
from equityguide.measures.references import Reference, Resolved, resolve
from equityguide.measures.tables import Direction, Kind, Table, at_least_two, better, checked
from equityguide.suppression import keeps_seal

AHRQ_P, AHRQ_RELATIVE = 0.05, 0.10


@keeps_seal
def gaps(
    counts: pd.DataFrame,
    *,
    reference: Reference,
    higher_is_better: Direction,
    meaningful: float | None = None,
    level: float = 0.95,
    kind: Kind = "proportion",
    scale: Scale = "normal",
    minimum_n: int | None = None,
) -> pd.DataFrame:
    """Each group's gap from the reference within its measure, period and dimension; one row out for each row in.

    `counts` is a counts table, or estimates with `estimate` and `se` or limits (then `scale` says whether their
    intervals are normal or log). `reference` is a group's name, "best" (with `minimum_n`), "largest", "others",
    "overall" or a number, or one of these for each dimension; it stands in every row, with a note on what it is.
    `meaningful` is the smallest difference that matters, in the unit of the rate.

    Adds `rate`, `difference` (group - reference), `ratio_favorable` and `ratio_adverse` (group / reference; for
    `kind="rate"` only the framing the rate itself has), their `_lower` and `_upper`, `p_value`, `p_holm` (over
    the groups of one measure, period and dimension), `excess_events` (adverse events beyond the reference's
    rate; missing for estimates), `label` and `ahrq_2010`. `label`: *better* or *worse* where the difference's
    interval excludes 0, *no meaningful difference* where it excludes `meaningful`, else *cannot tell*; the
    reference, Unknown, Declined and hidden rows say that they are not compared. `ahrq_2010` is the rule of the
    2010 National Healthcare Disparities Report: p <= 0.05 and a relative difference of at least 10 % in either
    framing. Intervals are Newcombe's (proportions), MOVER on Poisson or published limits, and log for ratios; a
    ratio has no interval where a side has none or all of the event. `p_value` is the score test for counts, so
    at the border of 0.05 it can differ from the interval's answer.

    Raises `ValueError` with one sentence naming the row or group.
    """
    table = checked(counts, kind=kind)
    up = better(table.rows, higher_is_better)
    codes, strata = table.strata(["measure", "period", "dimension"])
    at_least_two(table, codes, strata)
    if meaningful is not None and not meaningful > 0:
        raise ValueError(f"meaningful is {meaningful}. Write a difference above 0 in the unit of the rate.")
    arm = arms(table, level, scale)
    against = resolve(table, arm, codes, reference, up, minimum_n, level)
    compared = table.compared & ~against.itself & ~np.isnan(against.rate)

    def only(values: Floats) -> Floats:
        return np.where(compared, values, np.nan)

    gap, limits = distance(arm, against)
    p = only(p_value(arm, against.arm, kind, scale))
    adverse = np.where(up, against.rate - arm.rate, arm.rate - against.rate)
    columns: dict[str, Column] = {
        **with_rates(arm, level),
        "reference": against.name,
        "reference_rate": against.rate,
        "reference_note": against.note,
        **measured("difference", only(gap), (only(limits[0]), only(limits[1]))),
    }
    for framing, own in (("favorable", up), ("adverse", ~up)):
        value, bounds = framed(arm, against, level, own, kind)
        columns |= measured(f"ratio_{framing}", only(value), (only(bounds[0]), only(bounds[1])))
    columns |= {
        "p_value": p,
        "p_holm": _holm(p, codes),
        # An estimate's denominator is not the people behind its events.
        "excess_events": only(table.n * adverse) if table.counted else np.full(len(p), np.nan),
        "label": _labels(table, against, compared, limits, up, meaningful),
        "ahrq_2010": text_where(compared, ahrq_2010(arm, against, up, kind)),
    }
    return joined(table.rows, columns)


def distance(arm: Arm, against: Resolved) -> tuple[Floats, Limits]:
    """Differences from the reference. Everyone holds the group itself, so only the others' share is a gap."""
    gap, (lower, upper) = difference(arm, against.arm)
    rest = 1 - against.share
    return gap * rest, (lower * rest, upper * rest)


def framed(arm: Arm, against: Resolved, level: float, own: NDArray[np.bool_], kind: Kind) -> tuple[Floats, Limits]:
    """Ratios in one framing: of the rate where it has that framing itself (`own`), of its complement elsewhere."""
    parts = []
    for complement in (False, True):
        value, limits = ratio(arm, against.arm, level, complement=complement)
        single, one_sample = ratio_to_number(arm, against.arm, complement=complement)
        # With a share s of everyone, a ratio R to the others is R / (sR + 1 - s) to everyone, and so its limits.
        within = [r / (against.share * r + 1 - against.share) for r in (value, *limits)]
        parts.append(
            [np.where(against.number, one, two) for one, two in zip((single, *one_sample), within, strict=True)]
        )
    # A rate of events has no complement: nobody counts the visits that did not happen.
    value, lower, upper = (
        np.where(own, plain, other if kind == "proportion" else np.nan) for plain, other in zip(*parts, strict=True)
    )
    return value, (lower, upper)


def ahrq_2010(arm: Arm, against: Resolved, up: NDArray[np.bool_], kind: Kind) -> NDArray[np.object_]:
    """*better*, *worse* or *same* by the 2010 report's rule."""
    other = against.rate
    gap = arm.rate - other
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.abs(gap) / other
        if kind == "proportion":
            relative = np.fmax(relative, np.abs(gap) / (1 - other))
    meets = (p_unpooled(arm, against.arm) <= AHRQ_P) & (relative >= AHRQ_RELATIVE - 1e-12)
    return np.where(~meets, "same", np.where((gap > 0) == up, "better", "worse")).astype(object)


def _holm(p: Floats, codes: NDArray[np.intp]) -> Floats:
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        adjusted[rows] = intervals.holm(p[rows])
    return adjusted


def _labels(
    table: Table,
    against: Resolved,
    compared: NDArray[np.bool_],
    limits: Limits,
    up: NDArray[np.bool_],
    meaningful: float | None,
) -> NDArray[np.object_]:
    lower, upper = limits
    label = np.full(len(up), "cannot tell", object)
    label[lower > 0] = "better"
    label[upper < 0] = "worse"
    swap = ~up & np.isin(label, ("better", "worse"))
    label[swap] = np.where(label[swap] == "better", "worse", "better")
    if meaningful is not None:
        label[(lower > -meaningful) & (upper < meaningful)] = "no meaningful difference"
    label[~compared] = "reference not shown"
    label[~table.known] = "not compared"
    label[against.itself] = "reference"
    label[~table.shown] = table.rows["status"].to_numpy(object)[~table.shown]
    return label
