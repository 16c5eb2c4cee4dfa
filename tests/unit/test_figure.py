"""The figure: what it refuses, and that words, table, download and specification come from the same rows."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import altair as alt
import pandas as pd
import pytest
import vl_convert
from bs4 import BeautifulSoup

from equityguide import charts
from equityguide.figure import MIMETYPE, Figure, FigureError, figure, markup, to_csv, words
from equityguide.figure.words import RACE

ROWS = pd.DataFrame(
    {
        "area": ["East", "North", "West", "East", "North", "West"],
        "year": [2000, 2000, 2000, 2010, 2010, 2010],
        "years": [70.25, 74.5, 71.0, 72.5, 80.0, 68.75],
        "low": [69.0, 73.0, 70.0, 71.0, 79.0, 67.0],
        "high": [71.0, 76.0, 72.0, 74.0, 81.0, 70.0],
    }
)


def chart(rows: pd.DataFrame = ROWS, **roles: Any) -> alt.Chart:
    drawn = alt.Chart(rows).mark_point().encode(x="years:Q", y="area:N")
    stated = {
        "label": "area",
        "value": "years",
        "unit": "years",
        "noun": "areas",
        "titles": {"years": "Life expectancy"},
    }
    described: alt.Chart = charts.describe(drawn, **{**stated, **roles})
    return described


def plain() -> alt.Chart:
    return alt.Chart(ROWS).mark_point().encode(x="years:Q", y="area:N")


def make(**changes: Any) -> Figure:
    stated: dict[str, Any] = {
        "chart": chart(),
        "rows": ROWS,
        "name": "areas",
        "finding": "Areas differ.",
        "source": "Test office, 2020",
        "evidence": "official statistics",
        "as_of": "2010",
        "missing": "none",
    }
    stated.update(changes)
    return figure(stated.pop("chart"), stated.pop("rows"), **stated)


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("{years.max:.1f} and {years.min:.2f}", "80.0 and 68.75"),
        ("{area.unique} areas, {rows.count} rows", "3 areas, 6 rows"),
        ("{at[West, 2010].years:.2f}", "68.75"),
        ("{at[North, 2010].years - at[West, 2010].years:.2f}", "11.25"),
        ("{at[North, 2010].years / at[West, 2010].years:.3f}", "1.164"),
        ("{years.min:.1f} is rounded away from zero", "68.8 is rounded away from zero"),
        ("In {year.max}", "In 2010"),
        ("a {{brace}}", "a {brace}"),
    ],
)
def test_finding_is_filled_from_the_rows(template: str, filled: str) -> None:
    assert make(finding=template).payload["finding"] == filled


@pytest.mark.parametrize("spec", [".0f", ",.1f", ".2f", "+.1f", ".0%", ".1%"])
def test_sentences_round_as_the_drawings_do(spec: str) -> None:
    values = [218.5, 219.5, -2.5, 0.125, 2.675, 1234.5, 0.285, 0.005, 0.115, 1.005, 99.5]
    labels = alt.Chart(pd.DataFrame({"value": values})).mark_text()
    drawn = labels.encode(y=alt.Y("value:O", sort=None, axis=None), text=alt.Text("value:Q", format=spec))
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", vl_convert.vegalite_to_svg(drawn.to_json()))
    assert [text.replace("\u2212", "-") for text in texts] == [words.rounded(value, spec) for value in values]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"finding": "A gap of 11 years"}, "digit '1' is typed"),
        ({"finding": "A gap of \u0661 years"}, "is typed"),
        ({"finding": "{years.mean}"}, "Write .max, .min or .unique"),
        ({"finding": "{weight.max}"}, "no column 'weight'"),
        ({"finding": "{at[West].years}"}, "picks 2 rows"),
        ({"finding": "{at[South, 2010].years}"}, "picks 0 rows"),
        ({"finding": "{__class__}"}, "not understood"),
        ({"finding": "{rows.size}"}, "only {rows.count}"),
        ({"finding": "{years.max!r}"}, "conversion"),
        ({"finding": " "}, "finding is empty"),
        ({"source": ""}, "source is empty"),
        ({"evidence": ""}, "evidence is empty"),
        ({"as_of": ""}, "as_of is empty"),
        ({"missing": ""}, "missing is empty"),
        ({"name": "Two Words"}, "kebab-case"),
        ({"rows": ROWS.iloc[:0]}, "no rows"),
        ({"rows": ROWS.iloc[:3]}, "not the 3 rows given"),
        ({"rows": ROWS.assign(years=ROWS.years + 1)}, "not the 6 rows given"),
    ],
)
def test_a_figure_that_must_not_be_built(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(FigureError, match="figure '") as caught:
        make(**changes)
    assert said in str(caught.value)


def test_missing_none_is_checked_against_the_rows() -> None:
    rows = ROWS.assign(years=ROWS.years.where(ROWS.area != "East"))
    with pytest.raises(FigureError, match="empty in 2 rows"):
        make(rows=rows, chart=chart(rows))
    payload = make(rows=rows, chart=chart(rows), missing="East, not measured").payload
    assert "missing: East, not measured." in payload["summary"]
    assert payload["body"][0][2] == "no data"


def test_a_second_table_in_the_chart_is_refused_and_places_are_not() -> None:
    extra = alt.Chart(pd.DataFrame({"average": [75.0]})).mark_rule().encode(x="average:Q")
    with pytest.raises(FigureError, match="not the 6 rows given"):
        make(chart=alt.layer(plain(), extra))
    tiles = (
        alt.Chart(pd.DataFrame({"area": ["East"], "column": [1], "row": [2]}))
        .mark_rect()
        .encode(x="column:O", y="row:O")
    )
    assert set(make(chart=alt.layer(plain(), tiles)).payload["datasets"]) == {"rows", "place-1"}


def test_summary_names_highest_lowest_count_and_period() -> None:
    shown = chart(lower="low", upper="high", level=95, period="year", shown=2010, decimals=1)
    assert make(chart=shown).payload["summary"] == (
        "Highest: North, 80.0 years (95% interval 79.0 to 81.0). Lowest: West, 68.8 (67.0 to 70.0). 3 areas, 2010, none missing."
    )


def test_equal_values_are_not_ranked() -> None:
    rows = ROWS.assign(years=70.0)
    shown = chart(rows, lower="low", upper="high", level=95, period="year", shown=2010, decimals=1)
    summary = make(rows=rows, chart=shown).payload["summary"]
    assert summary == "All that have a value are alike: 70.0 years. 3 areas, 2010, none missing."


def test_a_plain_chart_gets_its_roles_from_its_encodings() -> None:
    payload = make(chart=plain()).payload
    assert payload["summary"].startswith("Highest: North, 80.0. Lowest: West, 68.75.")


def test_everything_holds_exactly_the_rows() -> None:
    made = make()
    payload = made.payload
    assert payload["rows"] == len(payload["body"]) == len(payload["datasets"]["rows"]) == 6
    # A payload that went through a notebook file has its keys sorted; the download must not shift its columns.
    download = list(csv.DictReader(io.StringIO(to_csv(json.loads(json.dumps(payload, sort_keys=True))))))
    assert download == list(csv.DictReader(io.StringIO(made.csv())))
    for record, line, (_, row) in zip(payload["datasets"]["rows"], download, ROWS.iterrows(), strict=True):
        assert record == row.to_dict()
        assert {key: float(line[key]) for key in ("years", "low", "high")} == row[["years", "low", "high"]].to_dict()
    for width in ("wide", "phone"):
        assert made.spec(width)["datasets"]["rows"] == payload["datasets"]["rows"]


def test_race_adds_its_sentence_and_nothing_else_does() -> None:
    by_race = ROWS.rename(columns={"area": "race"})
    drawn = alt.Chart(by_race).mark_point().encode(x="years:Q", y="race:N")
    assert make(rows=by_race, chart=drawn).payload["note"] == RACE
    assert make().payload["note"] == ""


def test_hostile_labels_are_text_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ROWS.assign(area=ROWS.area + "</script><b>&")
    html = make(rows=rows, chart=chart(rows))._repr_mimebundle_()["text/html"]
    assert "<b>" not in html
    assert "</script>" not in html


def test_page_and_notebook_get_their_own_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    made = make()
    assert set(made._repr_mimebundle_()) == {"text/html", "text/plain"}
    monkeypatch.setenv("EQUITYGUIDE_BOOK", "1")
    assert set(made._repr_mimebundle_()) == {MIMETYPE, "text/plain"}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.6611650485436893, "0.6612"),
        (0.00001234, "0.00001234"),
        (3747540.0, "3747540"),
        (68.75, "68.75"),
        (12.0, "12"),
    ],
)
def test_a_cell_of_the_table_has_no_more_decimals_than_a_reader_can_use(value: float, said: str) -> None:
    assert words.cell(value) == said


@pytest.mark.parametrize(
    ("rows", "noted"),
    [
        (pd.DataFrame({"occupation": ["Nurses"], "black_percent": [1.0]}), True),
        (pd.DataFrame({"who": ["Patients of color, 2009"], "of_100": [43]}), True),
        (pd.DataFrame({"group": ["Hispanic or Latino"], "rate": [0.5]}), True),
        (pd.DataFrame({"area": ["White Center"], "years": [80]}), False),
        (pd.DataFrame({"colour": ["Blackberry"], "count": [2]}), False),
    ],
)
def test_figures_by_race_say_what_race_is(rows: pd.DataFrame, noted: bool) -> None:
    assert bool(words.race_note(rows)) == noted


def test_json_in_a_page_cannot_end_its_element() -> None:
    assert markup.inline({"b": "</script>", "a": "é"}) == r'{"a":"é","b":"\u003c/script>"}'


@pytest.mark.parametrize(("value", "height", "wanted"), [(None, 900, "words"), (None, 300, ""), ("rate", 900, "table")])
def test_large_print_has_words_where_a_drawing_stays_small(value: str | None, height: int, wanted: str) -> None:
    shown = {
        "name": "rules", "finding": "Two rules bind", "summary": "One, Two.", "note": "", "synthetic": "",
        "source": "Us", "as_of": "2026", "rows": 2, "missing": "none", "evidence": "rules", "roles": {"value": value},
        "head": ["Rule", "Binds", "State"], "body": [["One <1>", "Hospitals", "In force."], ["Two", "Clinics", ""]],
    }  # fmt: skip
    drawing = f'<svg {markup.HIDDEN} width="340" height="{height}"></svg>'
    page = BeautifulSoup(markup.printed(shown, {"wide": drawing, "phone": drawing}), "lxml")
    only = page.select_one(".eg-large-only")
    assert only is not None
    assert [one.get_text(" ") for one in only.select("p")] == (
        ["One <1> Binds: Hospitals. State: In force.", "Two Binds: Clinics."] if wanted == "words" else []
    )
    assert bool(only.select("table")) == (wanted == "table")
