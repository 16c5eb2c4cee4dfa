"""Which tables a figure may show: counts of an organization's people only by type, synthetic data only marked."""

from __future__ import annotations

import functools
import json
import os
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from equityguide import data
from equityguide.suppression import Suppressed, origin

EXCEPTIONS = "small_cell_exceptions.json"
MARK = "Synthetic data"
SYNTHETIC = "Synthetic data: made up for teaching. Do not read it as a fact about any person, clinic or place."

# The one schema: what a row is called, and the numbers that are counts or that a measure makes of counts.
LABELS = {"measure", "period", "dimension", "group"}
NUMBERS = {
    *("events", "numerator", "denominator", "patients", "completeness"),
    *("rate", "rate_lower", "rate_upper", "crude_rate", "center"),
    *("reference_rate", "difference", "ratio_favorable", "ratio_adverse", "excess_events"),
    *("best_rate", "worst_rate", "mrd", "mrr", "srr", "par", "par_events", "weighted_mean_difference"),
    *("gap_before", "gap_after", "change", "bound_lower", "bound_upper", "unknown"),
}
COUNTED = {"events", "numerator"}


@dataclass(frozen=True)
class Cleared:
    """What the build has to know of a table that may be shown.

    `counts`: the organization's suppressed counts that its numbers come from, one record a row, for the audit at the
    end of the build. `synthetic`: whether the organization is made up.
    """

    synthetic: bool = False
    counts: list[dict[str, Any]] = field(default_factory=list)


def clear(rows: pd.DataFrame, name: str, evidence: str) -> Cleared:
    """Refuse counts of an organization that are not suppressed; say what the others come from.

    The rule goes by the columns of the one schema. A table with a label of it (measure, period, dimension, group) and
    a number of it (events, denominator, rate, difference ...; `NUMBERS`) holds counts of people or what a measure made
    of them, and must be a `Suppressed`: from `suppress`, or from `suppression.published` for public tables whose maker
    withheld small cells. Tables under other columns, as public datasets have them (percent, deaths_per_100k_births),
    are not counts of an organization. Nor are estimates: rows with a column `estimate` and no `events`, which `gaps`
    takes from surveys and which no measure turns into counts. What `data.load` read as the organization's own table is
    refused under any columns, and so are counts that `organization.counts` read or `stratify` made, which say in their
    `attrs` that they are not suppressed.

    Published textbook examples and teaching tables may show small cells: figures named in
    `data/small_cell_exceptions.json`, whose evidence label says "worked example" or "synthetic".

    Raises `ValueError` with one sentence.
    """
    if isinstance(rows, Suppressed):
        of = origin(rows)
        return Cleared(_synthetic(of.datasets, bool(len(of.counts))), _records(of.counts))
    own = rows.attrs.get("dataset")
    if kind := exceptions().get(name):
        if kind not in evidence.lower():
            raise ValueError(
                f"{EXCEPTIONS} lists it as {kind!r}, and the evidence label does not say so. Add it there."
            )
        return Cleared(kind == "synthetic")
    if own == data.ORGANIZATION or rows.attrs.get("suppressed") is False:
        raise ValueError(
            "the rows are the organization's own and have not been through suppress(). Suppress the counts first, and "
            "choose rows with suppression.pick."
        )
    labels, numbers = LABELS & set(rows.columns), _numbers(rows)
    estimates = "estimate" in rows.columns and not numbers & COUNTED
    if labels and numbers and not estimates:
        raise ValueError(
            f"the rows hold counts of people or what was made of them ({min(labels)}, {min(numbers)}) and are not "
            "suppressed. Pass the counts through suppress(), choose rows with suppression.pick and reshape with "
            "suppression.derive; a public table comes from suppression.published."
        )
    return Cleared(own is not None and _synthetic(frozenset([str(own)]), False))


def marked(spec: dict[str, Any]) -> dict[str, Any]:
    """The specification with "Synthetic data" as its title, or above the title's second line where it has one.

    In the drawing itself, so that a picture that leaves the page alone still says so.
    """
    title = spec.get("title", "")
    own = title if isinstance(title, dict) else {"text": title}
    lines = [line for part in (own.get("text"), own.get("subtitle")) for line in _lines(part)]
    return {**spec, "title": {"anchor": "start", **own, "text": MARK, **({"subtitle": lines} if lines else {})}}


def labeled(evidence: str) -> str:
    """The evidence label with "synthetic" in it."""
    return evidence if "synthetic" in evidence.lower() else f"synthetic data; {evidence}"


def _lines(text: Any) -> list[str]:
    return [line for line in (text if isinstance(text, list) else [text]) if line]


@functools.cache
def exceptions() -> dict[str, str]:
    """Figure name -> "worked example" or "synthetic", of the figures that may show small cells."""
    listed = json.loads((data.root() / EXCEPTIONS).read_text("utf-8"))["figures"]
    return {entry["figure"]: entry["kind"] for entry in listed}


def _numbers(rows: pd.DataFrame) -> set[str]:
    return {name for name in NUMBERS & set(rows.columns) if pd.api.types.is_numeric_dtype(rows[name])}


def _synthetic(datasets: frozenset[str], counted: bool) -> bool:
    """Whether a table is made up: by the datasets it comes from, or, where it names none, by the book it stands in.

    Some steps in pandas forget where a table came from. In a book on the synthetic organization there are no counts
    of a real one; in a notebook they may be the reader's own.
    """
    if datasets:
        return any(data.describe(name).get("synthetic", False) for name in datasets)
    return (
        counted and bool(os.environ.get("EQUITYGUIDE_BOOK")) and bool(data.describe(data.ORGANIZATION).get("synthetic"))
    )


def _records(counts: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(counts.to_json(orient="records"))
    return records
