"""A count that was hidden comes back from no measure; nothing heavy is loaded to say so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made import counts

from equityguide.measures import gaps, p_chart, rates, standardize, unknown_bounds

TABLE = counts(
    [
        ("Asian", 150, 300),
        ("White", 800, 1000),
        ("Native", None, None),
        ("Other Pacific", None, None),
        ("Asked elsewhere", None, None),
        ("Unknown", 20, 40),
    ],
    status=["shown", "shown", "suppressed", "no data", "not asked", "shown"],
    patients=[140, 700, 5, 5, 5, 20],
)
NAMES = ["measure", "period", "dimension", "group", "status", "age"]
# What a hidden row may still say: who it is compared with, and in which words.
SAFE = {"level", "reference", "reference_rate", "reference_note", "label", "note", "signal", "unknown"}
MEASURES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "rates": lambda t: rates(t.drop(columns="patients")),
    "repeated": lambda t: rates(t, kind="rate"),
    "named": lambda t: gaps(t, reference="White", higher_is_better=True),
    "others": lambda t: gaps(t, reference="others", higher_is_better=True),
    "overall": lambda t: gaps(t, reference="overall", higher_is_better=True),
    "number": lambda t: gaps(t, reference=0.9, higher_is_better=True),
    "unknown": lambda t: unknown_bounds(t, reference="White"),
    "p chart": p_chart,
    "standardize": lambda t: standardize(t.assign(age="45-54")),
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_hidden_rows_pass_their_status_and_no_number(measure: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    found = measure(TABLE).set_index("group").loc[TABLE["group"].tolist()]
    assert found["status"].tolist() == TABLE["status"].tolist()
    hidden = found[found["status"] != "shown"].drop(columns=[c for c in found if c in SAFE or c in NAMES])
    left = {column: values.dropna().tolist() for column, values in hidden.items() if values.notna().any()}
    assert not left


@pytest.mark.parametrize("reference", ["others", "overall"])
def test_totals_are_of_the_shown_alone(reference: str) -> None:
    """What the reference gives away is what the table already shows."""
    found = gaps(TABLE, reference=reference, higher_is_better=True).set_index("group")
    shown = TABLE[TABLE["status"] == "shown"]
    events, n = shown["events"].sum(), shown["denominator"].sum()
    if reference == "others":
        events, n = events - 150, n - 300
    assert found.loc["Asian", "reference_rate"] == pytest.approx(events / n)
    assert np.isnan(found.loc["Native", "reference_rate"])


def test_a_table_without_status_is_taken_as_it_is() -> None:
    table = TABLE.drop(columns=["status", "patients"]).iloc[[0, 1, 2]]
    assert rates(table)["status"].tolist() == ["shown", "shown", "no data"]


def test_measures_load_neither_engines_nor_statistics() -> None:
    heavy: Any = ("scipy", "statsmodels", "narwhals", "altair", "polars", "duckdb", "pyspark", "sklearn")
    code = (
        "import sys, pandas; before = set(sys.modules); import equityguide.measures as m; "
        "from pandas import DataFrame as D; "
        "t = D({'measure': 'm', 'period': '2024', 'dimension': 'd', 'group': ['a', 'b'], 'events': [1, 2], "
        "'denominator': [40, 50]}); m.rates(t); m.gaps(t, reference='a', higher_is_better=True); "
        "m.summary(t, higher_is_better=True, ordered=['a', 'b']); m.p_chart(t); "
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "equityguide" in found
    assert not set(found) & set(heavy)
