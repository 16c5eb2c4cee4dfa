"""What a figure may show: counts of people by type only, synthetic data always marked, withheld rows in words."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import pytest

from equityguide import charts, data, organization
from equityguide.charts import Responsive
from equityguide.figure import Figure, FigureError, figure, guard, markup
from equityguide.measures import combine, gaps, rates, run_chart, run_charts, stratify, summary, time_between
from equityguide.suppression import derive, pick, published, suppress

KEYS = ["measure", "period", "dimension", "group", "events", "denominator"]
RAW = pd.DataFrame(
    [
        ("screening", "2024", "payer", group, events, people)
        for group, events, people in (("A", 4, 300), ("B", 71, 400), ("C", 925, 2000), ("D", 200, 400))
    ],
    columns=KEYS,
)


def draw(rows: pd.DataFrame, **changes: Any) -> Figure:
    value = next(name for name in ("rate", "mrd", "change", "events", "percent", "difference") if name in rows)
    label = next((name for name in ("group", "dimension") if name in rows), value)
    chart = alt.Chart(rows).mark_point().encode(x=f"{value}:Q", y=f"{label}:N")
    chart = charts.describe(chart, label=label, value=value, unit="", noun="groups", titles={}, decimals=2)
    stated = {"finding": "Care differs.", "source": "Test", "evidence": "measured", "as_of": "2024", "missing": "none"}
    return figure(changes.pop("chart", chart), rows, **{"name": "f", **stated, **changes})


@pytest.fixture
def in_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EQUITYGUIDE_BOOK", "1")


@pytest.mark.parametrize(
    "rows",
    [
        RAW,
        rates(RAW),
        rates(RAW)[["group", "rate"]],
        gaps(RAW, reference="C", higher_is_better=True)[["dimension", "group", "difference"]],
        summary(RAW, higher_is_better=True),
        pd.DataFrame(rates(suppress(RAW))),
        rates(suppress(RAW)).sort_values("rate"),
        rates(RAW).assign(estimate=0.5),
    ],
)
def test_counts_that_are_not_suppressed_are_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(FigureError, match=r"^figure 'f': the rows hold counts of people .* not suppressed\."):
        draw(rows)


def test_suppressed_tables_are_shown() -> None:
    counts = suppress(RAW)
    for rows in (counts, rates(counts), pick(rates(counts), group=["A", "B"]), summary(counts, higher_is_better=True)):
        assert draw(rows).payload["rows"] == len(rows)


def test_the_organizations_own_table_is_refused_under_any_columns() -> None:
    raw = data.load("organization", "measures").rename(columns={"group": "who", "events": "percent"})
    with pytest.raises(FigureError, match=r"the organization's own and have not been through suppress"):
        draw(raw[["who", "percent"]].head(3))


OWN = "measure,period,dimension,group,events,denominator\n" + "".join(
    f"screening,2024-Q{n},payer,A,{events},40\n" for n, events in enumerate((5, 3, 2, 4), 1)
)


def own() -> pd.DataFrame:
    return organization.counts(OWN.encode())


RECORDS = pd.DataFrame({"payer": ["A", "B"] * 20, "screened": [True] + [False] * 39})


@pytest.mark.parametrize(
    "made",
    [
        lambda: own().rename(columns={"events": "percent"}),
        lambda: combine(own(), "year").rename(columns={"events": "percent"}),
        lambda: rates(own()).rename(columns={"rate": "percent"})[["group", "percent"]],
        lambda: run_chart(rates(own()).rate).rename(columns={"value": "percent"}),
        lambda: run_chart(rates(own())["rate"] * 100).rename(columns={"value": "percent"})[["percent"]],
        lambda: run_charts(rates(own())).rename(columns={"rate": "percent"})[["period", "percent"]],
        lambda: time_between(own()["events"]).rename(columns={"value": "percent"}),
        lambda: rates(stratify(RECORDS, "payer", event="screened")).rename(columns={"rate": "percent"})[["percent"]],
    ],
)
def test_counts_read_from_a_file_are_refused_under_any_columns(made: Callable[[], pd.DataFrame]) -> None:
    with pytest.raises(FigureError, match="have not been through suppress"):
        draw(made())


def test_a_run_chart_beside_its_groups_holds_counts() -> None:
    plain = rates(RAW)["rate"].rename(None).tolist()
    with pytest.raises(FigureError, match=r"\(group, center\)"):
        draw(run_chart(plain).rename(columns={"value": "percent"}).assign(group=RAW["group"]))


def test_a_readers_own_counts_are_shown_once_suppressed_and_are_not_synthetic() -> None:
    made = draw(rates(suppress(own().assign(events=[15, 13, 12, 14]))))
    assert made.payload["synthetic"] == ""
    assert len(made.payload["counts"]) == 4


def test_public_tables_remain_usable() -> None:
    meps = data.load("meps_diabetes_care").head(4)
    assert draw(meps).payload["counts"] == []
    heart = derive(lambda rows: rows.assign(period="2020"), published("medicare_cardiovascular_care_2020"))
    assert draw(heart).payload["synthetic"] == ""
    survey = pd.DataFrame(
        [("screening", "2022", "race", group, value, 0.01) for group, value in (("A", 0.6), ("B", 0.7))],
        columns=[*KEYS[:4], "estimate", "se"],
    )
    assert draw(gaps(survey, reference="A", higher_is_better=True)).payload["rows"] == 2


def test_listed_exceptions_say_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "exceptions", lambda: {"f": "worked example"})
    with pytest.raises(FigureError, match="lists it as 'worked example', and the evidence label does not say so"):
        draw(RAW)
    assert draw(RAW, evidence="worked example").payload["counts"] == []
    with pytest.raises(FigureError, match="not suppressed"):
        draw(RAW, evidence="worked example", name="g")


def test_the_audit_gets_what_the_numbers_were_computed_from() -> None:
    counts = suppress(RAW)
    one = draw(pick(gaps(counts, reference="C", higher_is_better=True), group="B")).payload["counts"]
    assert [record["group"] for record in one] == ["A", "B", "C", "D"]
    assert [record["events"] for record in one] == [None, None, 925, 200]
    assert list(one[0]) == [*KEYS, "status"]
    assert (one[0]["denominator"], one[0]["status"]) == (300, "suppressed")


def test_withheld_rows_say_so_in_table_summary_and_download() -> None:
    rows = rates(suppress(RAW))
    payload = draw(rows).payload
    body = [dict(zip(payload["columns"], line, strict=True)) for line in payload["body"]]
    hidden = [line for line in body if line["status"] == "suppressed"]
    assert [line["group"] for line in hidden] == ["A", "B"]
    assert {line["events"] for line in hidden} == {line["rate"] for line in hidden} == {"suppressed"}
    assert hidden[0]["denominator"] == "300"
    assert "2 of 4 groups suppressed" in payload["summary"]
    assert payload["missing"] == "2 of 4 groups suppressed"
    assert draw(rows, missing="people who moved").payload["missing"] == "2 of 4 groups suppressed; people who moved"
    lines = list(csv.DictReader(io.StringIO(draw(rows).csv())))
    assert [line["events"] for line in lines] == ["suppressed", "suppressed", "925", "200"]
    gap = gaps(suppress(RAW), reference="C", higher_is_better=True)
    payload = draw(gap).payload
    body = [dict(zip(payload["columns"], line, strict=True)) for line in payload["body"]]
    assert body[2]["difference"] == "not calculated", "the reference has no gap, and that is no lack of data"


@pytest.mark.parametrize("status", ["no data", "not asked"])
def test_other_statuses_have_their_own_word(status: str) -> None:
    raw = pd.concat([RAW, RAW.head(1).assign(group="E", events=None, denominator=None)], ignore_index=True)
    raw["status"] = [*["shown"] * 4, status]
    payload = draw(rates(suppress(raw))).payload
    assert payload["body"][4][payload["columns"].index("rate")] == status
    assert f"1 of 5 groups {status}" in payload["summary"]


def sample() -> pd.DataFrame:
    wanted = {"measure": "breast_cancer_screening", "period": "2024-Q4", "dimension": "payer"}
    return rates(pick(suppress(data.load("organization", "measures")), **wanted))


def test_synthetic_data_is_marked_everywhere() -> None:
    rows = sample()
    made = draw(rows, evidence="measured")
    payload = made.payload
    assert payload["evidence"] == "synthetic data; measured"
    assert draw(rows, evidence="Synthetic organization").payload["evidence"] == "Synthetic organization"
    for width in ("wide", "phone"):
        assert made.spec(width)["title"]["text"] == "Synthetic data"
    drawings = {"wide": "", "phone": ""}
    for block in (markup.page(payload, drawings, "figures/"), markup.notebook(payload)):
        assert guard.SYNTHETIC in block
    lines = list(csv.DictReader(io.StringIO(made.csv())))
    assert {line["data"] for line in lines} == {"synthetic"}
    assert len(lines) == len(rows)


def test_counted_records_remember_that_they_are_synthetic() -> None:
    records = data.load("organization")
    records = records[records["measure"] == records["measure"].iloc[0]]
    counts = suppress(stratify(records, "payer", event="event"))
    assert draw(rates(counts)).payload["synthetic"]


def test_a_charts_own_title_stays_below_the_mark() -> None:
    rows = sample()
    drawn = (
        alt.Chart(rows, title=alt.Title("Screening", subtitle=["by payer"])).mark_point().encode(x="rate", y="group")
    )
    phone = alt.Chart(rows, title="Screening").mark_point().encode(x="rate", y="group")
    made = draw(rows, chart=Responsive(wide=drawn, phone=phone))
    assert made.spec("wide")["title"] == {
        "text": "Synthetic data",
        "subtitle": ["Screening", "by payer"],
        "anchor": "start",
    }
    assert made.spec("phone")["title"]["subtitle"] == ["Screening"]


def test_counts_that_forgot_where_they_are_from_are_synthetic_in_the_book(in_the_book: None) -> None:
    assert draw(suppress(RAW)).payload["synthetic"]
    heart = derive(lambda rows: rows.assign(period="2020"), published("medicare_cardiovascular_care_2020"))
    assert not draw(heart).payload["synthetic"]


def test_a_readers_own_counts_in_a_notebook_are_not() -> None:
    assert not draw(suppress(RAW)).payload["synthetic"]


def test_every_exception_is_explained() -> None:
    """Each stands in its page, says what it is, and why it may show small cells."""
    for entry in json.loads((data.root() / guard.EXCEPTIONS).read_text("utf-8"))["figures"]:
        assert set(entry) == {"figure", "page", "kind", "why"}
        assert entry["kind"] in ("worked example", "synthetic")
        assert len(entry["why"]) > 20
        assert f'name="{entry["figure"]}"' in (data.root().parent / entry["page"]).read_text("utf-8")
