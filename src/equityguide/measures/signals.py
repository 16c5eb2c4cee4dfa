"""The rules that tell a signal from noise on a run or control chart, on plain arrays in time order.

"ihi": as the Institute for Healthcare Improvement teaches them (Provost and Murray). Run chart: a shift of 6
points on one side of the median, a trend of 5, too few or too many runs. Control chart: a point beyond 3 sigma,
a shift of 8, a trend of 6, 2 of 3 in the outer third, 15 in the inner third. "anhoej": Anhoej and Olesen's, whose
limits follow from the number of useful points: the longest run and the number of crossings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equityguide.measures.distributions import Floats

Rules = Literal["ihi", "anhoej"]
Bools = NDArray[np.bool_]

USEFUL = 10  # points off the center line under which no rule of runs or trends applies
TOO_FEW_POINTS = f"fewer than {USEFUL} points off the center line: only points beyond the limits count yet"


@dataclass(frozen=True)
class Judgment:
    """`points` names the rules each point takes part in, "" for none; `chart` what holds for the whole."""

    points: list[str]
    chart: dict[str, int | str]


def known(rules: str) -> None:
    """Raises `ValueError` for rules we do not have."""
    if rules not in ("ihi", "anhoej"):
        raise ValueError(f"rules is {rules!r}. Write 'ihi' or 'anhoej'.")


def judge(y: Floats, center: float, rules: Rules, sigma: Floats | None = None) -> Judgment:
    """Every rule applied: those of a run chart, or with `sigma` (one a point) those of a control chart."""
    side = np.sign(y - center)
    lengths = run_lengths(side)
    useful, runs, longest = int(np.sum(side != 0)), len(lengths), max(lengths, default=0)
    limits = runs_limits(useful)
    longest_max, crossings_min = anhoej_limits(useful)
    enough = useful >= USEFUL
    found: dict[str, Bools] = {}
    if sigma is not None:
        found["beyond the limits"] = np.abs(y - center) > 3 * sigma
    whole = ""
    if enough and rules == "anhoej":
        found[f"run longer than {longest_max}"] = shift(side, longest_max + 1)
        whole = f"fewer than {crossings_min} crossings" if runs - 1 < crossings_min else ""
    elif enough and sigma is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            z = (y - center) / sigma
        found |= {
            "shift of 8": shift(side, 8),
            "trend of 6": trend(y, 6),
            "2 of 3 in the outer third": outer_third(z),
            "15 in the inner third": inner_third(z),
        }
    elif enough:
        found |= {"shift of 6": shift(side, 6), "trend of 5": trend(y, 5)}
        whole = "too few runs" if runs < limits[0] else "too many runs" if runs > limits[1] else ""
    return Judgment(
        ["; ".join(name for name, hit in found.items() if hit[i]) for i in range(len(y))],
        {
            "chart_signal": whole,
            "useful": useful,
            "runs": runs,
            "runs_min": limits[0],
            "runs_max": limits[1],
            "longest_run": longest,
            "longest_run_max": longest_max,
            "crossings": max(runs - 1, 0),
            "crossings_min": crossings_min,
            "note": "" if enough else TOO_FEW_POINTS,
        },
    )


def run_lengths(side: Floats) -> list[int]:
    """Lengths of the runs of points on one side; points on the line (0) are passed over."""
    useful = side[side != 0]
    ends = np.flatnonzero(np.diff(useful)) + 1
    return [len(part) for part in np.split(useful, ends) if len(part)]


def shift(side: Floats, length: int) -> Bools:
    """Points in a run of at least `length` on one side; those on the line neither count nor break it."""
    useful = np.flatnonzero(side != 0)
    hit = np.zeros(len(side), bool)
    for part in np.split(useful, np.flatnonzero(np.diff(side[useful])) + 1):
        hit[part] = len(part) >= length
    return hit


def trend(y: Floats, length: int) -> Bools:
    """Points in a row of at least `length` that only rise or only fall; equal neighbors count once."""
    hit = np.zeros(len(y), bool)
    fresh = np.flatnonzero(np.concatenate([[True], np.diff(y) != 0]))
    way = np.sign(np.diff(y[fresh]))
    start = 0
    for i in range(1, len(fresh) + 1):
        if i == len(fresh) or (i - start > 1 and way[i - 1] != way[start]):
            if i - start >= length:
                last = fresh[i] if i < len(fresh) else len(y)
                hit[fresh[start] : last] = True
            start = i - 1
    return hit


def outer_third(z: Floats) -> Bools:
    """Of any three points in a row, two or more beyond 2 sigma on one side: those points."""
    hit = np.zeros(len(z), bool)
    for far in (z > 2, z < -2):
        for i in range(len(z) - 2):
            if far[i : i + 3].sum() >= 2:
                hit[i : i + 3] |= far[i : i + 3]
    return hit


def inner_third(z: Floats) -> Bools:
    """Points in a row of at least 15 within 1 sigma."""
    near = np.abs(z) < 1
    hit = np.zeros(len(z), bool)
    for part in np.split(np.arange(len(z)), np.flatnonzero(np.diff(near)) + 1):
        hit[part] = len(part) >= 15 and near[part[0]]
    return hit


@cache
def runs_limits(useful: int) -> tuple[int, int]:
    """The fewest and most runs of that many points, half on each side, beyond which chance goes at most 2.5 % each.

    Exact (Wald and Wolfowitz 1940). The tables in print round their way, and differ by a run here and there.
    """
    above, below = useful // 2, useful - useful // 2
    ways = math.comb(useful, above)

    def of(runs: int) -> int:
        half = runs // 2
        if runs % 2 == 0:
            return 2 * math.comb(above - 1, half - 1) * math.comb(below - 1, half - 1)
        return math.comb(above - 1, half) * math.comb(below - 1, half - 1) + math.comb(above - 1, half - 1) * math.comb(
            below - 1, half
        )

    def within(numbers: range) -> int:
        total = 0
        for runs in numbers:
            total += of(runs)
            if total * 40 > ways:
                return runs
        return numbers.stop - numbers.step

    return (0, useful) if useful < 2 else (within(range(2, useful + 1)), within(range(useful, 1, -1)))


@cache
def anhoej_limits(useful: int) -> tuple[int, int]:
    """The longest run and the fewest crossings that chance leaves (5 %) with this many useful points."""
    if useful < 2:
        return useful, 0
    tries, total, fewest = useful - 1, 0, 0
    while (total := total + math.comb(tries, fewest)) * 20 < 2**tries:
        fewest += 1
    return round(math.log2(useful) + 3), fewest
