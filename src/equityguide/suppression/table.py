"""Counts as they come in: checked row by row, and refused in one sentence."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from numbers import Number

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.suppression.relations import Key

LABELS = ("measure", "period", "dimension", "group")
COUNTS = ("events", "denominator")
STATUSES = ("shown", "suppressed", "no data", "not asked")


@dataclass(frozen=True)
class Table:
    """Rows in the order they came: keys, counts (-1 where missing) and the status each row brought ("" for none)."""

    keys: list[Key]
    events: NDArray[np.int64]
    denominators: NDArray[np.int64]
    status: list[str]
    patients: NDArray[np.int64]  # people behind repeated events, -1 where not given
    overlapping: list[bool]  # rows of a dimension that counts a person in each group the person named


def read(counts: pd.DataFrame) -> Table:
    """The table in `counts`: columns measure, period, dimension, group, events, denominator.

    Where it has them, also status, patients and overlapping.

    Rows are named by their place, from 1. Raises `ValueError` with one sentence for a missing column, a missing label,
    an unknown status, counts that are no whole numbers, negative counts, and events above the denominator.
    """
    for column in (*LABELS, *COUNTS):
        if column not in counts.columns:
            raise ValueError(f"counts has no column {column}. It needs {', '.join((*LABELS, *COUNTS))}.")
    if counts.columns.has_duplicates:
        twice = counts.columns[counts.columns.duplicated()][0]
        raise ValueError(f"counts has two columns {twice}. Keep one.")
    labels = [_labels(counts, column) for column in LABELS]
    numbers = {column: _numbers(counts, column) for column in (*COUNTS, "patients") if column in counts.columns}
    status = _statuses(counts) if "status" in counts.columns else [""] * len(counts)
    events, denominators = numbers["events"], numbers["denominator"]
    above = (events >= 0) & (denominators >= 0) & (events > denominators)
    for row in np.flatnonzero(above):
        raise ValueError(
            f"counts, row {row + 1}, column events: {events[row]} is more than the denominator, {denominators[row]}. "
            "Correct one of them."
        )
    nobody = np.full(len(counts), -1, dtype=np.int64)
    overlapping = counts["overlapping"].tolist() if "overlapping" in counts.columns else [False] * len(counts)
    several = [not _missing(value) and bool(value) for value in overlapping]
    keys: list[Key] = list(zip(*labels, strict=True))
    return Table(keys, events, denominators, status, numbers.get("patients", nobody), several)


def _labels(counts: pd.DataFrame, column: str) -> list[str]:
    texts = []
    for row, value in enumerate(counts[column].tolist(), 1):
        text = "" if pd.isna(value) else str(value).strip()
        if not text:
            raise ValueError(f'counts, row {row}, column {column} is empty. Write a name; "Unknown" is one.')
        texts.append(text)
    return texts


def _numbers(counts: pd.DataFrame, column: str) -> NDArray[np.int64]:
    values = np.full(len(counts), -1, dtype=np.int64)
    for row, value in enumerate(counts[column].tolist()):
        if not _missing(value):
            values[row] = _whole(value, f"counts, row {row + 1}, column {column}")
    return values


def _whole(value: Hashable, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Number):
        raise ValueError(f"{place}: {value!r} is not a number. Write how many people, in digits.")
    number = float(str(value))
    if not np.isfinite(number) or number != int(number):
        raise ValueError(f"{place}: {value} is not a whole number. Write how many people, not a rate or an estimate.")
    if number < 0:
        raise ValueError(f"{place}: {value} is below zero. Write how many people.")
    if number > 2**52:
        raise ValueError(f"{place}: {value} is too large a number. Check it.")
    return int(number)


def _statuses(counts: pd.DataFrame) -> list[str]:
    found = ["" if _missing(value) else str(value) for value in counts["status"].tolist()]
    for row, status in enumerate(found, 1):
        if status not in ("", *STATUSES):
            raise ValueError(f"counts, row {row}, column status: {status!r} is none of {', '.join(STATUSES)}.")
    return found


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and np.isnan(value))
