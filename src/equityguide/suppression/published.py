"""Counts that a public agency published: sealed as they are, since their maker has applied a small-cell rule."""

from __future__ import annotations

import pandas as pd

from equityguide import data
from equityguide.suppression.seal import Suppressed, seal


def published(dataset: str) -> Suppressed:
    """A dataset of public counts or estimates as a Suppressed table, read from the book's own data and unchanged.

    For tables in which the maker withheld small cells by the rule its README states, and said so row by row in a
    column `status`. `suppress` would refuse most of them, since their dimensions count different people. Columns
    are renamed or added with `derive`, which keeps the seal: `derive(lambda rows: rows.assign(period="2020"), table)`.

    Raises `ValueError` with one sentence for an unknown dataset, one that brings no `status`, and an organization's
    own, which goes through `suppress`.
    """
    rows = data.load(dataset)
    if dataset == data.ORGANIZATION or data.describe(dataset).get("synthetic"):
        raise ValueError(f"{dataset} holds an organization's counts. Pass them through suppress().")
    if "status" not in rows.columns:
        raise ValueError(f"{dataset} says of no row whether it was withheld: it has no column status. Use data.load.")
    return seal(rows, frozenset([dataset]), pd.DataFrame())
