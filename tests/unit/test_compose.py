"""Composed drawings are what Altair itself would make of the same marks, and their parts are shared, not copied."""

from __future__ import annotations

from typing import Any

import altair as alt
import pytest

from equityguide.charts.compose import ROWS, having, layer


def mark(data: Any = ROWS, **encoding: Any) -> alt.Chart:
    calculated = alt.Chart(data).transform_filter("datum.rate > 0").transform_calculate(twice="2 * datum.rate")
    return calculated.mark_point(size=30, aria=False).encode(x="twice:Q", y=alt.YValue(4), **encoding)


OTHER = alt.NamedData(name="geometry")
MARKS = {
    "of the rows": [mark(), mark(tooltip=["group:N", alt.Tooltip("rate:Q", format=".1f")])],
    "one of other data": [mark(), mark(OTHER, text=alt.Text("name", type="nominal"))],
    "with a name and a choice": [mark().add_params(alt.selection_point(name="pick")).properties(name="map"), mark()],
}


@pytest.mark.parametrize("marks", MARKS.values(), ids=MARKS)
def test_a_layer_is_altairs_own(marks: list[alt.Chart]) -> None:
    ours = layer(*marks, width=200, height=100, title="One")
    own = alt.layer(*marks, width=200, height=100, title="One")
    assert ours.to_dict() == own.to_dict()
    assert alt.vconcat(ours, ours).to_dict() == alt.vconcat(own, own).to_dict()


def test_marks_stay_as_they_were() -> None:
    before = mark()
    layer(before)
    assert before.data is ROWS
    assert before.to_dict() == mark().to_dict()


def test_marks_without_data_draw_the_rows() -> None:
    bare = alt.Chart().mark_rule().encode(y="rate:Q")
    assert layer(bare).to_dict()["data"] == {"name": "rows"}


def test_having_is_properties_without_copies() -> None:
    rows = [{"group": "A", "rate": 1.5}]
    whole = layer(mark())
    changed = having(whole, datasets={"rows": rows}, padding=3)
    assert changed.to_dict() == whole.properties(datasets={"rows": rows}, padding=3).to_dict()
    assert changed.datasets["rows"] is rows
    assert whole.padding is alt.Undefined
