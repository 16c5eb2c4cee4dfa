"""Charts of places: what is drawn is what is stated, from exactly the rows, in tokens, at sizes that can be read."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from typing import Any

import altair as alt
import pandas as pd
import pytest
import vl_convert

from equityguide import data, theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe, rules
from equityguide.charts.geometry import fitted, mercator, points_extent, topology_extent
from equityguide.charts.places import place_ranking, point_map, ranked, records, ticks
from equityguide.charts.scene import tick_format

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = {"wide": WIDE, "phone": PHONE}
VALUE, LOWER, UPPER = "life_expectancy_years", "ci95_lower_years", "ci95_upper_years"
TITLES = {
    "community_area": "Community area",
    "year": "Year",
    VALUE: "Life expectancy at birth",
    "hardship_index": "Hardship index, 2008 to 2012",
}
NOTE = ["Hardship was measured", "for 2008 to 2012 only."]


@cache
def chicago() -> pd.DataFrame:
    hardship = data.load("chicago_socioeconomic")[["community_area_number", "hardship_index"]].assign(year=2010)
    rows = data.load("chicago_life_expectancy")
    return rows.merge(hardship, on=["community_area_number", "year"], how="left")


def chicago_chart(rows: pd.DataFrame, shown: int = 2010, **changes: Any) -> Responsive:
    stated: dict[str, Any] = {
        "value": VALUE, "unit": "years", "lower": LOWER, "upper": UPPER, "period": "year", "shown": shown,
        "titles": TITLES, "context": "hardship_index", "context_note": NOTE, "breaks": [65, 70, 75, 80],
        "named": ["West Garfield Park", "Loop"],
    }  # fmt: skip
    tiles = data.load("chicago_community_areas")
    return place_ranking(rows, data.geometry("chicago_community_areas"), tiles, **(stated | changes))


def own(count: int) -> pd.DataFrame:
    """A community table of invented places, the second without a value and the third without coordinates."""
    rows = pd.DataFrame(
        {
            "area": [f"Place {chr(65 + i % 26)}{i // 26}" for i in range(count)],
            "value": [float((i * 37) % 101) + i / 1000 for i in range(count)],
            "latitude": [41.0 + (i * 13 % 29) / 100 for i in range(count)],
            "longitude": [-40.0 + (i * 17 % 31) / 100 for i in range(count)],
        }
    )
    rows.loc[1, "value"] = None
    rows.loc[2, ["latitude", "longitude"]] = None
    return rows


OWN: dict[str, Any] = {
    "area": "area", "value": "value", "unit": "percent",
    "titles": {"area": "Area", "value": "Homes within a ten-minute walk of a shop that sells fresh food"},
}  # fmt: skip
PLACE = {"latitude": "latitude", "longitude": "longitude"}


@cache
def of_year(year: int) -> Responsive:
    return chicago_chart(chicago(), year)


@cache
def charts() -> dict[str, tuple[pd.DataFrame, Responsive]]:
    made: dict[str, tuple[pd.DataFrame, Responsive]] = {"chicago": (chicago(), of_year(2010))}
    for count in (8, 95):
        rows = own(count)
        made[f"ranked-{count}"] = rows, ranked(rows, **OWN, named=[rows["area"][0]])
        made[f"points-{count}"] = rows, point_map(rows, **OWN, **PLACE, named=[rows["area"][0]])
    return made


EVERY = pytest.mark.parametrize("name", ["chicago", "ranked-8", "ranked-95", "points-8", "points-95"])
BOTH = pytest.mark.parametrize("width", list(WIDTHS))


@cache
def spec(name: str, width: str) -> dict[str, Any]:
    return dict(getattr(charts()[name][1], width).to_dict())


@cache
def svg(name: str, width: str) -> ET.Element:
    return drawn(spec(name, width))


def drawn(specification: dict[str, Any]) -> ET.Element:
    return ET.fromstring(vl_convert.vegalite_to_svg(specification, vl_version="6.4"))


def draw(chart: Any) -> ET.Element:
    return drawn(chart.to_dict())


def dots(drawing: ET.Element) -> list[tuple[float, str]]:
    """Each labeled point mark: how far down it is drawn, and what it says, top to bottom."""
    found = []
    for mark in drawing.iter(SVG + "path"):
        if mark.get("aria-roledescription") == "point" and mark.get("aria-label"):
            (down,) = re.findall(r"translate\([^,]+,([^)]+)\)", mark.get("transform", ""))
            found.append((float(down), mark.get("aria-label", "")))
    return sorted(found)


def texts(drawing: ET.Element) -> list[tuple[str, float]]:
    """Each line of text and its size in pixels."""
    found = []
    for text in drawing.iter(SVG + "text"):
        size = float(text.get("font-size", "0").removesuffix("px"))
        lines = [line.text or "" for line in text.iter(SVG + "tspan")] or [text.text or ""]
        found += [(line, size) for line in lines]
    return found


def stated_order(rows: pd.DataFrame, area: str, value: str) -> list[str]:
    return list(rows.dropna(subset=[value]).sort_values([value, area], ascending=[False, True])[area])


@BOTH
@pytest.mark.parametrize("year", [1990, 2000, 2010])
def test_the_order_drawn_is_the_order_stated(width: str, year: int) -> None:
    marks = dots(draw(getattr(of_year(year), width)))
    rows = chicago()[chicago()["year"] == year]
    assert [said.split(":")[0] for _, said in marks] == stated_order(rows, "community_area", VALUE)
    assert len({down for down, _ in marks}) == 77


@BOTH
@pytest.mark.parametrize("count", [8, 95])
def test_a_ranking_of_ones_own_is_in_its_order_and_its_empty_row_comes_last(width: str, count: int) -> None:
    drawing = svg(f"ranked-{count}", width)
    assert [said.split(":")[0] for _, said in dots(drawing)] == stated_order(own(count), "area", "value")
    if count == 8:
        assert "Place B0 no data" in [said for said, _ in texts(drawing)]


def test_the_order_check_sees_the_sort_that_layers_drop() -> None:
    """Vega-Lite drops an axis sort where layers differ in their transforms: the check has to find the drawing wrong."""
    rows = pd.DataFrame({"area": ["Ash", "Birch", "Cedar"], "value": [1, 3, 2]})
    y = alt.Y("area:N", sort=alt.EncodingSortField("value", op="mean", order="descending"))
    base = alt.Chart(rows).encode(y=y, x="value:Q", description="area:N")
    layered = alt.layer(base.mark_point(), base.transform_filter("datum.value > 1").mark_rule())
    order = [said for _, said in dots(draw(layered))]
    assert order == ["Ash", "Birch", "Cedar"] != stated_order(rows, "area", "value")


@EVERY
def test_the_specification_holds_exactly_the_rows_the_same_in_both_widths(name: str) -> None:
    rows, _ = charts()[name]
    wide, phone = spec(name, "wide"), spec(name, "phone")
    assert wide["datasets"]["rows"] == phone["datasets"]["rows"] == records(rows)
    pd.testing.assert_frame_equal(pd.DataFrame(wide["datasets"]["rows"]), rows, check_dtype=False)
    for width in (wide, phone):
        assert set(width["datasets"]) <= {"rows", "geometry", "tiles"}
        assert not re.search(r"'values': \[\{", str({k: v for k, v in width.items() if k != "datasets"}))


@EVERY
@BOTH
def test_a_drawing_fits_its_width_and_its_text_can_be_read(name: str, width: str) -> None:
    drawing = svg(name, width)
    assert float(drawing.get("width", "0")) <= WIDTHS[width]
    assert texts(drawing)
    assert min(size for _, size in texts(drawing)) >= TEXT


@EVERY
@BOTH
def test_a_drawing_has_no_color_but_tokens(name: str, width: str) -> None:
    allowed = {theme.color(token) for token in theme.TOKENS["light"]} | {"none", "transparent"}
    colors = {mark.get(key) for mark in svg(name, width).iter() for key in ("fill", "stroke")} - {None}
    assert colors <= allowed


@EVERY
@BOTH
def test_a_chart_breaks_no_rule(name: str, width: str) -> None:
    assert rules.findings(spec(name, width)) == []


@BOTH
def test_named_areas_stand_on_the_map_and_the_highest_and_lowest_in_the_ranking(width: str) -> None:
    said = [text for text, _ in texts(svg("chicago", width))]
    assert {"West Garfield Park 68.8", "Loop 85.0", "Near North Side 85.2"} <= set(said)
    if width == "phone":
        assert {"West Garfield", "Loop", "68.8", "85.0", "85.2"} <= set(said)


@BOTH
def test_hardship_is_shown_for_its_own_years_only(width: str) -> None:
    assert not set(NOTE) & {text for text, _ in texts(svg("chicago", width))}
    before = [text for text, _ in texts(draw(getattr(of_year(1990), width)))]
    assert set(NOTE) <= set(before)
    assert "In 1990, against hardship index, 2008 to 2012" in " ".join(before)


def test_an_area_without_a_value_is_drawn_as_no_data() -> None:
    rows = chicago().copy()
    gone = (rows["community_area"] == "Hyde Park") & (rows["year"] == 2010)
    rows.loc[gone, [VALUE, LOWER, UPPER]] = None
    chart = chicago_chart(rows)
    for width in WIDTHS:
        drawing = draw(getattr(chart, width))
        assert "no data" in {text for text, _ in texts(drawing)}
        said = [mark.get("aria-label", "") for mark in drawing.iter()]
        assert any(label.startswith("Hyde Park: no data") for label in said)
        assert len(dots(drawing)) == 76
        # The lowest with a value keeps its label, not the one that has none.
        assert "West Garfield Park 68.8" in {text for text, _ in texts(drawing)}


def test_an_area_without_an_interval_is_drawn_without_one() -> None:
    said = next(label for _, label in dots(svg("chicago", "wide")) if label.startswith("Dunning"))
    assert said == "Dunning: 79.8 years (95% interval no data), 2010"


@BOTH
def test_a_point_without_coordinates_is_not_drawn(width: str) -> None:
    places = {label.split(":")[0] for _, label in dots(svg("points-8", width))}
    assert places == set(own(8)["area"]) - {"Place C0"}


def test_one_control_for_the_year_and_one_list_of_all_areas() -> None:
    for width in WIDTHS:
        params = {param["name"]: param for param in spec("chicago", width)["params"]}
        assert params["shown_period"]["bind"]["options"] == [1990, 2000, 2010]
        assert params["shown_period"]["value"] == 2010
        assert params["picked"]["bind"]["options"] == [None, *sorted(set(chicago()["community_area"]))]
        views = params["picked"]["views"]
        assert sorted(view.split("_")[0] for view in views) == ["map", "scatter", "strip"]
        assert params["pointed"]["views"] == views


def test_a_chart_says_what_its_rows_are() -> None:
    for width in WIDTHS:
        note = spec("chicago", width)["usermeta"]["equityguide"]
        assert note["titles"] == TITLES
        assert {key: note[key] for key in ("label", "value", "lower", "upper", "level", "period", "shown")} == {
            "label": "community_area", "value": VALUE, "lower": LOWER, "upper": UPPER, "level": 95, "period": "year",
            "shown": 2010,
        }  # fmt: skip
        assert note["controls"] is True


DESCRIBED: dict[str, Any] = {"label": "a", "value": "v", "unit": "", "noun": "rows", "titles": {}}


def test_an_interval_needs_both_limits_and_its_level() -> None:
    chart = alt.Chart(pd.DataFrame({"a": ["x"], "v": [1]})).mark_point()
    with pytest.raises(ValueError, match="needs both of its limits"):
        describe(chart, **DESCRIBED, lower="l")
    with pytest.raises(ValueError, match="does not say its level"):
        describe(chart, **DESCRIBED, lower="l", upper="u")


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a missing column": (lambda: ranked(own(8), **(OWN | {"value": "rate"})), "no column 'rate'. It has area, value"),
    "a place twice": (
        lambda: ranked(pd.concat([own(8), own(8)]), **OWN),
        "Place A0 stands twice. Give each place one row",
    ),
    "a place twice in a year": (
        lambda: chicago_chart(pd.concat([chicago(), chicago().head(1)])),
        "Rogers Park stands twice in 1990",
    ),
    "an unknown name": (lambda: ranked(own(8), **OWN, named=["The Loop"]), "No row is named 'The Loop'"),
    "no number": (lambda: ranked(own(8).assign(value=float("nan")), **OWN), "The column value holds no number"),
    "a year that is not there": (lambda: chicago_chart(chicago(), 2020), "No row has year 2020. Show one of 1990, 2000"),
    "falling class limits": (lambda: ranked_with([3, 2]), "Class limits must rise: 3, 2 do not"),
    "too many classes": (lambda: ranked_with([1, 2, 3, 4, 5]), "6 classes"),
    "an interval off its value": (
        lambda: ranked(pd.DataFrame({"area": ["A"], "value": [9.0], "l": [1.0], "u": [2.0]}), **OWN, lower="l",
                       upper="u", level=95),
        "The interval of A, 1.0 to 2.0, does not hold its value, 9.0",
    ),
    "no coordinates": (
        lambda: point_map(own(8).assign(latitude=None, longitude=None), **OWN, **PLACE),
        "at least one place with a longitude and a latitude",
    ),
    "a place without a tile": (
        lambda: place_ranking(
            chicago(), data.geometry("chicago_community_areas"), data.load("chicago_community_areas").head(76),
            value=VALUE, unit="years", lower=LOWER, upper=UPPER, period="year", shown=2010, titles=TITLES),
        "The tile layout lacks community_area_number 77",
    ),
}  # fmt: skip


def ranked_with(breaks: list[float]) -> Responsive:
    return point_map(own(8), **OWN, **PLACE, breaks=breaks)


@pytest.mark.parametrize("what", list(REFUSED))
def test_bad_rows_are_refused_in_one_sentence(what: str) -> None:
    attempt, message = REFUSED[what]
    with pytest.raises(ValueError, match=re.escape(message)):
        attempt()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([55.7, 86.4], (55, 60, 65, 70, 75, 80, 85, 90)),
        ([0.0, 1.0], (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        ([7.0, 7.0], (7, 8)),
        ([-3.0, 4.0], (-3, -2, -1, 0, 1, 2, 3, 4)),
    ],
)
def test_ticks_are_round_and_around_all_values(values: list[float], expected: tuple[float, ...]) -> None:
    assert ticks(pd.Series(values)) == pytest.approx(expected)


@pytest.mark.parametrize(("values", "format"), [([0, 20], ",.0f"), ([0.5, 1.25], ",.2f"), ([0, 2e9], "~s")])
def test_ticks_are_written_in_full(values: list[float], format: str) -> None:
    assert tick_format(values) == format


@pytest.mark.parametrize("values", [[5.0], [0.0, 0.0], [1e-6, 3e-6], [-5e9, 7e9], [12, 12.4]])
def test_any_numbers_can_be_drawn(values: list[float]) -> None:
    rows = pd.DataFrame({"area": [f"Place {i}" for i in range(len(values))], "value": values})
    rows["latitude"], rows["longitude"] = 41.0, -40.0
    for chart in (ranked(rows, **OWN), point_map(rows, **OWN, **PLACE)):
        assert len(dots(draw(chart.phone))) == len(values)


def test_names_are_drawn_as_they_are() -> None:
    names = ["O'Hare", 'The "Hill"', "Back\\slash", "Åse & Søn <b>"]
    rows = own(4).assign(area=names, value=[4.0, 3.0, 2.0, 1.0], longitude=-40.0, latitude=[41.0, 41.1, 41.2, 41.3])
    for chart in (ranked(rows, **OWN, named=names), point_map(rows, **OWN, **PLACE, named=names)):
        assert {label.rsplit(":", 1)[0] for _, label in dots(draw(chart.wide))} == set(names)


def test_a_map_is_fitted_to_its_box() -> None:
    west, south, east, north = topology_extent(data.geometry("chicago_community_areas"))
    assert (round(west, 1), round(south, 1), round(east, 1), round(north, 1)) == (-87.9, 41.6, -87.5, 42.0)
    scale, across, down = fitted((west, south, east, north), 10, 20, 300, 400)
    corners = [(across + scale * x * 3.141592653589793 / 180, down - scale * mercator(y))
               for x, y in ((west, north), (east, south))]  # fmt: skip
    (left, top), (right, bottom) = corners
    assert min(left - 10, top - 20) >= -1e-6
    assert max(right - 310, bottom - 420) <= 1e-6
    assert right - left == pytest.approx(300) or bottom - top == pytest.approx(400)
    assert points_extent([(1, 2)]) == (1, 2, 1, 2)


BARS = pd.DataFrame(
    {"group": list("abc"), "rank": [1, 2, 3], "rate": [1.0, 2.0, 3.0], "day": pd.Timestamp("2026-01-01")}
)


def bars(**encoding: Any) -> alt.Chart:
    return alt.Chart(BARS).mark_bar().encode(x="group:N", y="rate:Q", **encoding)


SOUND: dict[str, alt.TopLevelMixin] = {
    "plain": bars(),
    "groups": bars(color="group:N"),
    "classes": bars(color=alt.Color("rate:Q", scale=alt.Scale(type="threshold", domain=[2], range=theme.classes(2)))),
    "ordered classes": bars(color=alt.Color("rank:O", scale=alt.Scale(range=theme.classes(3)))),
    "a line with points": alt.Chart(BARS).mark_line(point=True).encode(x="day:T", y="rate:Q", strokeDash="group:N"),
    "panels": bars().facet("group:N"),
    "a highlighted bar": bars(color=alt.when("datum.rate > 2").then(alt.value(theme.color("named")))
                              .otherwise(alt.value(theme.color("mark")))),
    "a label": bars() + alt.Chart(BARS).mark_text(color=theme.color("ink")).encode(x="group:N", y="rate:Q", text="rate"),
    "an interval": describe(alt.Chart(BARS).mark_errorbar().encode(x="group:N", y="rate:Q"), **DESCRIBED, lower="l",
                            upper="u", level=95),
    "independent scales": (bars(color="group:N") | bars()).resolve_scale(color="independent"),
}  # fmt: skip

BROKEN: dict[str, tuple[alt.TopLevelMixin, str]] = {
    "continuous ramp": (bars(color="rate:Q"), "color runs continuously over rate"),
    "continuous ramp on time": (bars(fill="day:T"), "fill runs continuously over day"),
    "continuous ramp in a condition": (
        bars(color=alt.when("datum.rate > 1").then("rate:Q").otherwise(alt.value(theme.color("mark")))),
        "color runs continuously over rate",
    ),
    "continuous ramp over tokens": (
        bars(color=alt.Color("rate:Q", scale=alt.Scale(range=theme.classes(3)))), "color runs continuously over rate"),
    "Vega's ramp": (bars(color="rank:O"), "color over rank falls to Vega's own ramp"),
    "rainbow": (bars(color=alt.Color("group:N", scale=alt.Scale(scheme="rainbow"))), "scheme 'rainbow'"),
    "sequential scheme for groups": (
        bars(color=alt.Color("group:N", scale=alt.Scale(scheme="viridis"))), "scheme 'viridis'"),
    "light to dark for groups": (
        bars(color=alt.Color("group:N", scale=alt.Scale(range=theme.classes(3)))), "ranks the groups of group"),
    "a color of its own": (alt.Chart(BARS).mark_bar(color="#0072b2").encode(x="group:N"), "color is '#0072b2'"),
    "a color in a condition": (
        bars(color=alt.when("datum.rate > 2").then(alt.value("gold")).otherwise(alt.value(theme.color("mark")))),
        "color is 'gold'",
    ),
    "a color in an expression": (
        alt.Chart(BARS).mark_bar(color=alt.expr("datum.rate > 2 ? '#d62728' : 'black'")).encode(x="group:N"), "#d62728"),
    "an unknown token": (
        alt.Chart(BARS).mark_bar(color="var(--eg-sky)").encode(x="group:N"), "unknown token 'var(--eg-sky)'"),
    "a color in the settings": (bars().configure_axis(gridColor="gray"), "gridColor is 'gray'"),
    "red with green": (
        bars(color=alt.Color("group:N", scale=alt.Scale(range=["#d62728", "#2ca02c"]))), "Red stands with green"),
    "red with green by name": (
        alt.Chart(BARS).mark_bar(fill="crimson", stroke="forestgreen").encode(x="group:N"), "Red stands with green"),
    "small axis text": (bars().configure_axis(labelFontSize=10), "labelFontSize is 10 px"),
    "small label": (alt.Chart(BARS).mark_text(fontSize=11).encode(text="group"), "fontSize is 11 px"),
    "small label by size": (alt.Chart(BARS).mark_text(size=9).encode(text="group"), "the size of a text is 9 px"),
    "interval without level": (
        alt.Chart(BARS).mark_errorbar().encode(x="group:N", y="rate:Q"), "does not say its level"),
    "interval without level in the note": (
        bars().properties(usermeta={"equityguide": {"lower": "l", "upper": "u", "level": None}}), "does not say its level"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(SOUND))
def test_a_sound_chart_passes(what: str) -> None:
    assert rules.findings(SOUND[what].to_dict()) == []


@pytest.mark.parametrize("what", list(BROKEN))
def test_each_rule_finds_its_broken_chart(what: str) -> None:
    chart, message = BROKEN[what]
    found = rules.findings(chart.to_dict())
    assert any(message in finding for finding in found), found


def test_a_chart_without_the_theme_is_found() -> None:
    with alt.theme.enable("default"):
        plain = bars().to_dict()
    assert any("without the theme" in finding for finding in rules.findings(plain))


@BOTH
@pytest.mark.parametrize("name", ["WEST GARFIELD PARK AND THE LOOP", "A neighborhood with a very long name in a city"])
def test_a_long_name_is_cut_and_never_its_number(name: str, width: str) -> None:
    rows = pd.DataFrame({"area": [name, "B"], "value": [12.5, 3.0]})
    drawing = draw(getattr(ranked(rows, **OWN), width))
    (label,) = [text for text, _ in texts(drawing) if text.startswith(name[:8])]
    assert label.endswith(" 12.5")
    assert float(drawing.get("width", "0")) <= WIDTHS[width]
