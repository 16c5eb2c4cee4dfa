"""The map of tracts and the profile of few groups: what is drawn is what the rows say; and a book without a folder."""

from __future__ import annotations

import ast
import gzip
import json
import re
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path
from typing import Any

import exhibits
import pandas as pd
import pytest
import small_book
from test_charts import BOTH, SVG, WIDTHS, drawn, texts

from equityguide import data, theme
from equityguide.charts import TEXT, rules
from equityguide.charts.places import records
from equityguide.charts.profile import Measure, profile
from equityguide.charts.tracts import tract_map
from equityguide.figure import Figure, LeftOut
from equityguide.site.build import build

REGION, GRADES = "philadelphia_region_tracts", "boston_by_holc_grade"
INCOME = "median_household_income_usd"
BOTH_FIGURES = pytest.mark.parametrize("name", ["grades", "map"])


def shown(cells: tuple[str, ...]) -> Any:
    """What the last line of the cells gives, as a notebook would show it."""
    space: dict[str, Any] = {}
    for cell in (exhibits.IMPORTS, *cells[:-1]):
        exec(cell, space)
    *before, last = ast.parse(cells[-1]).body
    exec(compile(ast.Module(before, []), "cell", "exec"), space)
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), space)


@cache
def exhibit(name: str) -> Figure:
    found = shown(exhibits.FIGURE_3 if name == "grades" else exhibits.FIGURE_4)
    assert isinstance(found, Figure)
    return found


@cache
def svg(name: str, width: str) -> ET.Element:
    return drawn(exhibit(name).spec(width))


def region() -> pd.DataFrame:
    rows = data.load(REGION).query("miles_from_lankenau <= 7")
    return rows[["tract_geoid", "tract_name", "county", INCOME]]


def tracts(drawing: ET.Element) -> dict[str, ET.Element]:
    """Each tract that is drawn, by what a screen reader says of it."""
    said = {mark.get("aria-label", ""): mark for mark in drawing.iter(SVG + "path")}
    return {label.split(":")[0]: mark for label, mark in said.items() if label.startswith("Tract ")}


def test_cells_are_short() -> None:
    for cell in (exhibits.IMPORTS, *exhibits.FIGURE_3, *exhibits.FIGURE_4):
        assert len([line for line in cell.splitlines() if line.strip()]) <= 8


def test_what_the_two_figures_say() -> None:
    grades, around = exhibit("grades").payload, exhibit("map").payload
    assert grades["finding"] == (
        "From grade A to grade D of the old lending map, life expectancy some seventy-five years later falls from 82.5 to 79.1 years and "
        "poverty rises from 6 to 25 percent; income and race do not follow the grades."
    )
    assert grades["summary"].startswith("Highest: A, 82.5 years. Lowest: D, 79.1. 4 grades, missing: two areas")
    assert around["finding"] == (
        "Within two miles of Lankenau Medical Center, a tract's median household income runs from 21,788 to 183,787 "
        "dollars."
    )
    near = data.load(REGION).query("miles_from_lankenau <= 2")[INCOME]
    assert (near.min(), near.max()) == (21788, 183787)
    assert around["rows"] == 329
    assert region()[INCOME].isna().sum() == 4


@BOTH_FIGURES
def test_the_figure_holds_exactly_the_rows_and_is_light(name: str) -> None:
    rows = data.load(GRADES) if name == "grades" else region()
    payload = exhibit(name).payload
    assert payload["datasets"]["rows"] == records(rows)
    assert len(gzip.compress(json.dumps(payload).encode())) < 60_000


@BOTH_FIGURES
@BOTH
def test_a_drawing_fits_reads_and_has_no_color_but_tokens(name: str, width: str) -> None:
    drawing = svg(name, width)
    assert float(drawing.get("width", "0")) <= WIDTHS[width]
    assert min(size for _, size in texts(drawing)) >= TEXT
    allowed = {theme.color(token) for token in theme.TOKENS["light"]} | {"none", "transparent"}
    assert {mark.get(key) for mark in drawing.iter() for key in ("fill", "stroke")} - {None} <= allowed
    assert rules.findings(exhibit(name).spec(width)) == []


@BOTH
def test_each_tract_has_the_color_of_its_class(width: str) -> None:
    marks = tracts(svg("map", width))
    rows = region()
    assert set(marks) == set(rows["tract_name"])
    colors = theme.classes(5)
    for name, income in zip(rows["tract_name"], rows[INCOME], strict=True):
        if pd.isna(income):
            assert marks[name].get("fill") == theme.color("missing")
            assert marks[name].get("stroke-dasharray") == "3,2"
            assert marks[name].get("aria-label") == f"{name}: no data US dollars"
        else:
            place = sum(income >= limit for limit in (25000, 50000, 75000, 100000))
            assert marks[name].get("fill") == colors[place]


@BOTH
def test_the_map_names_the_hospital_the_counties_and_no_data(width: str) -> None:
    said = {text for text, _ in texts(svg("map", width))}
    assert {"Lankenau Medical", "Center"} <= said if width == "phone" else "Lankenau Medical Center" in said
    assert {"Delaware County", "Montgomery County", "Philadelphia County"} <= said
    assert {"under 25,000", "25,000 to 49,999", "100,000 or more", "no data", "2 miles"} <= said


def inside(point: tuple[float, float], outline: str) -> bool:
    """Whether a point lies in an SVG path of straight lines, by the even-odd rule."""
    crossings = 0
    for part in outline.split("M")[1:]:
        corners = [tuple(map(float, pair)) for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", part)]
        for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if (y0 > point[1]) != (y1 > point[1]):
                crossings += point[0] < x0 + (point[1] - y0) * (x1 - x0) / (y1 - y0)
    return crossings % 2 == 1


@BOTH
def test_the_hospital_stands_in_its_tract_beside_the_border(width: str) -> None:
    drawing = svg("map", width)
    (spot,) = [mark for mark in drawing.iter(SVG + "path") if mark.get("fill") == theme.color("named")]
    found = re.search(r"translate\(([\d.]+),([\d.]+)\)", spot.get("transform", ""))
    assert found is not None
    point = float(found[1]), float(found[2])
    home = [name for name, mark in tracts(drawing).items() if inside(point, mark.get("d", ""))]
    assert home == ["Tract 2055.03, Montgomery County"]
    border = [mark for mark in drawing.iter(SVG + "path") if mark.get("stroke") == theme.color("ink")]
    corners = [
        tuple(map(float, pair)) for mark in border for pair in re.findall(r"(-?[\d.]+),(-?[\d.]+)", mark.get("d", ""))
    ]
    assert len(corners) > 20
    assert min((x - point[0]) ** 2 + (y - point[1]) ** 2 for x, y in corners) ** 0.5 < WIDTHS[width] / 14


@BOTH
def test_bars_are_as_long_as_their_values_and_dots_stand_in_order(width: str) -> None:
    drawing = svg("grades", width)
    table = data.load(GRADES).set_index("grade")
    lengths: dict[str, list[float]] = {}
    for mark in drawing.iter(SVG + "path"):
        if mark.get("aria-roledescription") == "bar":
            found = re.search(r"M([-\d.]+),[-\d.]+h([\d.]+)v", mark.get("d", ""))
            assert found is not None
            assert float(found[1]) == 0
            lengths.setdefault(mark.get("aria-label", "").split(" ", 2)[2], []).append(float(found[2]))
    assert list(lengths) == ["square kilometers", "people", "percent", "US dollars"]
    columns = {"square kilometers": ["area_km2"], "people": ["people"], "US dollars": ["per_capita_income_usd"],
               "percent": ["poverty_pct", "black_pct"]}  # fmt: skip
    for unit, names in columns.items():
        for place, column in enumerate(names):
            drawn_now = pd.Series(lengths[unit][4 * place : 4 * place + 4], index=table.index)
            assert (drawn_now / drawn_now.max()).round(2).tolist() == pytest.approx(
                (table[column] / table[column].max()).round(2).tolist(), abs=0.011
            )
    across = [
        float(re.findall(r"translate\(([^,]+),", mark.get("transform", ""))[0])
        for mark in drawing.iter(SVG + "path")
        if mark.get("aria-roledescription") == "point"
    ]
    assert across == sorted(across, reverse=True)
    assert len(across) == 4


@BOTH
def test_a_profile_says_what_the_grades_meant_and_where_a_scale_starts(width: str) -> None:
    said = " ".join(text for text, _ in texts(svg("grades", width)))
    assert "A: Best, B: Still desirable, C: Definitely declining, D: Hazardous" in said
    assert "scale from 78" in said
    assert {"82.5", "79.1", "319,700", "64,500"} <= set(said.split())


def made(**changes: Any) -> Any:
    settings = {"value": INCOME, "unit": "US dollars", "titles": {}, "region": "county"} | changes
    rows = settings.pop("rows", region())
    return tract_map(rows, data.geometry(REGION), data.load(REGION, "landmarks"), **settings)


def few(rows: pd.DataFrame | None = None, column: str = "v", **changes: Any) -> Any:
    table = pd.DataFrame({"g": ["a", "b"], "v": [1.0, 2.0], "down": [-1.0, 2.0]}) if rows is None else rows
    return profile(table, [Measure(column, "points")], **({"group": "g", "value": column, "titles": {}} | changes))


@pytest.mark.parametrize(
    ("attempt", "message"),
    [
        (lambda: made(value="rate"), "The table has no column 'rate'. It has tract_geoid"),
        (lambda: made(rows=data.load(REGION)), "The boundary file has no outline of tract_geoid 4204540"),
        (lambda: made(rows=pd.concat([region(), region().head(1)])), "Tract 4003.01, Delaware County stands twice. "),
        (lambda: made(rows=region().assign(**{INCOME: None})), f"The column {INCOME} holds no number"),
        (lambda: few(column="rate"), "The table has no column 'rate'. It has g, v, down."),
        (lambda: few(value="down"), "down is not one of the measures: v. Name one of them."),
        (lambda: few(column="down"), "down has values below zero, which bars cannot show. Draw it with dot=True."),
        (lambda: few(rows=pd.DataFrame({"g": ["a", "a"], "v": [1, 2]})), "A profile takes 2 to 12 groups, one row each"),
        (lambda: few(rows=pd.DataFrame({"g": ["a"], "v": [1]})), "A profile takes 2 to 12 groups, one row each"),
    ],
)  # fmt: skip
def test_bad_rows_are_refused_in_one_sentence(attempt: Any, message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        attempt()


def test_a_group_without_a_value_says_so() -> None:
    chart = few(rows=pd.DataFrame({"g": ["a", "b", "c"], "v": [1.0, None, 2.0]}))
    assert "no data" in {text for text, _ in texts(drawn(chart.phone.to_dict()))}


def test_without_the_folder_a_sentence_stands_in_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for dataset in (REGION,):
        (tmp_path / dataset).symlink_to(data.root() / dataset)
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    assert not data.available(GRADES)
    assert data.available(REGION)
    found = shown(exhibits.FIGURE_3)
    assert isinstance(found, LeftOut)
    assert found._repr_mimebundle_()["text/plain"] == (
        "A figure is left out here. It needs the table boston_by_holc_grade, which has a license of its own and was "
        "removed from this edition."
    )


def test_a_book_builds_without_the_folder(tmp_path: Path) -> None:
    away = "from pathlib import Path\nfrom equityguide import data\ndata.root = lambda: Path('../data').resolve()"
    cells = [small_book.cell(cell) for cell in (exhibits.IMPORTS, *exhibits.FIGURE_3)]
    pages = {
        "with": small_book.page("With the folder", *cells),
        "without": small_book.page("Without the folder", small_book.cell(away), *cells),
    }
    book = small_book.write(tmp_path / "book", pages)
    build(book)
    kept, gone = (small_book.output(book / "_build" / "html", name) for name in ("with", "without"))
    assert 'id="fig-boston-by-grade"' in kept
    assert "A figure is left out here." not in kept
    assert "fig-boston-by-grade" not in gone
    assert "A figure is left out here. It needs the table boston_by_holc_grade" in gone
