"""Every public measure gives a Suppressed table for a Suppressed one, and a plain one for a plain one."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import pandas as pd
import pytest
from made import counts

from equityguide import measures
from equityguide.suppression import Suppressed, origin, require, suppress

RAW = pd.concat(
    [
        counts([("Asian", 40, 100), ("Black", 300, 500), ("Native", 4, 40), ("Unknown", 30, 60), ("White", 60, 200)])
        .assign(period=period)
        .reset_index(drop=True)
        for period in ("2024-Q1", "2024-Q2", "2024-Q3")
    ],
    ignore_index=True,
)
MEASURES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "rates": measures.rates,
    "gaps": lambda t: measures.gaps(t, reference="White", higher_is_better=True),
    "summary": lambda t: measures.summary(t, higher_is_better=True),
    "gap_change": lambda t: measures.gap_change(
        t, focus="Black", reference="White", before="2024-Q1", after="2024-Q2", higher_is_better=True
    ),
    "p_chart": measures.p_chart,
    "run_charts": lambda t: measures.run_charts(measures.rates(t)),
    "standardize": lambda t: measures.standardize(t.assign(age="45-54") if type(t) is pd.DataFrame else _aged(t)),
    "estimates": lambda t: measures.estimates(
        t, estimate="denominator", se="denominator", measure="measure", period="period"
    ),
    "unknown_bounds": lambda t: measures.unknown_bounds(t, reference="White"),
}
WITHOUT_A_TABLE = {"detectable", "run_chart", "time_between", "stratify", "suppress", "audit"}
BEFORE_HIDING = {"answered", "combine"}  # they refuse hidden rows, see test_combine


def _aged(table: pd.DataFrame) -> pd.DataFrame:
    from equityguide.suppression import derive

    return derive(lambda rows: rows.assign(age="45-54"), table)


def test_no_measure_is_forgotten() -> None:
    assert set(MEASURES) | WITHOUT_A_TABLE | BEFORE_HIDING == set(measures.__all__)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_seal_in_seal_out(measure: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    safe = suppress(RAW)
    sealed = measure(safe)
    assert require(sealed) is sealed
    assert len(origin(sealed).counts) == len(RAW)
    assert type(measure(RAW)) is pd.DataFrame
    pd.testing.assert_frame_equal(pd.DataFrame(sealed), measure(pd.DataFrame(safe)))


@pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)
def test_a_changed_table_is_refused(measure: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    safe = suppress(RAW)
    safe.loc[2, "events"] = 4
    with pytest.raises(TypeError, match="changed after"):
        measure(safe)


def test_charts_take_sealed_tables() -> None:
    rows = measures.rates(suppress(RAW))
    chart = alt.Chart(rows).mark_point().encode(x="rate:Q", y="group:N")
    whole = alt.layer(chart, chart.mark_rule().encode(x2="rate_upper")).facet("period:N")
    (records,) = whole.to_dict()["datasets"].values()
    assert len(records) == len(RAW)
    assert records[0]["group"] == "Asian"
    assert isinstance(rows, Suppressed)
    assert require(rows) is rows, "drawing does not change the table"
    shown = rows[rows["status"] == "shown"].sort_values("rate").groupby("group")["rate"].max()
    assert shown.notna().all()
    assert rows.pivot(index="group", columns="period", values="rate").shape == (5, 3)
