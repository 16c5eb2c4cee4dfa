"""Charts over time: what the rows say is what stands on the drawing, and what is withheld does not."""

from __future__ import annotations

import io
import json
import math
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert
from PIL import Image
from scenes import Mark, graph_of, marks

from equityguide.charts import PHONE, TEXT, WIDE, Responsive, rules
from equityguide.charts.clock import clock
from equityguide.charts.lettering import lines, width
from equityguide.charts.time import gap_chart, panels, trend
from equityguide.figure import figure
from equityguide.measures import gaps, p_chart, rates, run_charts, suppress
from equityguide.suppression import derive, pick

WIDTHS = {"wide": WIDE, "phone": PHONE}
BOTH = pytest.mark.parametrize("view", list(WIDTHS))
QUARTERS = [f"{year}-Q{quarter}" for year in (2021, 2022, 2023, 2024) for quarter in (1, 2, 3, 4)]
BASELINE = QUARTERS[:8]
TITLES = {"rate": "Blood pressure controlled", "period": "Quarter", "group": "Group"}
UNIT = "percent of patients"
HIDDEN = ("2022-Q2", "2022-Q3")  # where Birch is suppressed
DROP = 10  # Ash falls from this quarter on, far beyond its limits


def _hide(rows: pd.DataFrame) -> pd.DataFrame:
    hidden = (rows["group"] == "Cedar") | ((rows["group"] == "Birch") & rows["period"].isin(HIDDEN))
    numbers = rows[["events", "denominator"]].astype("Int64").mask(hidden)
    return rows.assign(**numbers, status=np.where(hidden, "suppressed", rows["status"]))


@cache
def counts() -> pd.DataFrame:
    """Three invented groups: Ash falls, Birch is suppressed for two quarters, Cedar always."""
    rows = []
    for at, period in enumerate(QUARTERS):
        ash = (700 if at < DROP else 550) + 10 * (at % 2)
        birch = 300 + (7 * at * at) % 23
        for group, events, n in (("Ash", ash, 1000), ("Birch", birch, 500), ("Cedar", 30, 90)):
            rows.append(
                {
                    "measure": "m",
                    "period": period,
                    "dimension": "tree",
                    "group": group,
                    "events": events,
                    "denominator": n,
                }
            )
    return derive(_hide, suppress(pd.DataFrame(rows)))


@cache
def charted() -> pd.DataFrame:
    return p_chart(counts(), baseline=BASELINE)


@cache
def chart(baseline: bool = True) -> Responsive:
    return panels(charted(), titles=TITLES, unit=UNIT, baseline=BASELINE if baseline else ())


@cache
def gap_rows() -> pd.DataFrame:
    two = pick(counts(), group=["Ash", "Birch"])
    return gaps(two, reference="Ash", higher_is_better=True)


def gap(rows: pd.DataFrame | None = None, **changes: Any) -> Responsive:
    return gap_chart(gap_rows() if rows is None else rows, titles=TITLES, unit=UNIT, **changes)


@cache
def yearly() -> pd.DataFrame:
    rows = [
        (year, group, base + year - 2010) for group, base in (("Ash", 50), ("Birch", 60)) for year in range(2010, 2021)
    ]
    table = pd.DataFrame(rows, columns=["year", "group", "percent"]).astype({"percent": float})
    table.loc[(table["group"] == "Ash") & (table["year"] == 2014), "percent"] = np.nan
    return table.assign(low=table["percent"] - 4, high=table["percent"] + 4)


@cache
def trends() -> Responsive:
    return trend(yearly(), titles={"percent": "Tested"}, value="percent", lower="low", upper="high", unit="percent")


def every() -> dict[str, Responsive]:
    return {"panels": chart(), "gap": gap(target=-0.02), "trend": trends()}


def dots(drawing: Any, shape: str = "circle") -> list[Mark]:
    """The points of the panels: the key's are left out, which stand alone in their mark."""
    return [
        mark
        for mark in marks(drawing, "symbol")
        if mark.item.get("shape", "circle") == shape and "description" in mark.item
    ]


def said(drawing: Any) -> str:
    return " ".join(line for mark in marks(drawing, "text") for line in mark.lines)


@pytest.mark.parametrize("bold", [False, True])
def test_text_is_as_wide_as_it_is_drawn(bold: bool) -> None:
    weight = "bold" if bold else "normal"
    for text in ("West Garfield Park 0123456789 %", "Native Hawaiian or Pacific Islander", "MWjkil;,.:/-()?!'"):
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="60"><rect width="1200" height="60" fill="white"/>'
            f'<text x="9" y="40" font-size="24" font-family="Arial, Liberation Sans" font-weight="{weight}">|{text}|</text></svg>'
        )
        drawn = np.asarray(Image.open(io.BytesIO(vl_convert.svg_to_png(svg))).convert("L"))
        inked = np.flatnonzero((drawn < 128).any(axis=0))
        assert width(f"{text}|", 24, bold=bold) == pytest.approx(inked[-1] - inked[0], abs=3)


def test_lines_fit_and_lose_nothing() -> None:
    text = "American Indian, Alaska Native or multiple races and a Donaudampfschiffahrtsgesellschaft"
    for room in (60, 120, 300):
        found = lines(text, room, TEXT)
        assert max(width(line, TEXT) for line in found) <= room
        assert "".join(found).replace(" ", "") == text.replace(" ", "")
    assert lines("", 100, TEXT) == []


def test_the_clock_knows_how_far_periods_are_apart() -> None:
    quarters = clock(pd.Series(["2024-Q1", "2021-Q4", "2022-Q1"]))
    assert quarters.labels == ("2021 Q4", "2022 Q1", "2024 Q1")
    assert [b - a for a, b in zip(quarters.places, quarters.places[1:], strict=False)] == [1, 8]
    assert clock(pd.Series([1990, 2000, 2010])).step == 10
    assert clock(pd.Series(["2024-03", "2024-11"])).labels == ("Mar 2024", "Nov 2024")
    assert clock(pd.Series(["2024-W05", "2024-W07"])).places == (0, 1)
    with pytest.raises(ValueError, match="has no place in time"):
        clock(pd.Series(["2024-Q1", "March"]))


@pytest.mark.parametrize("room", [120, 240, 600])
def test_labels_of_time_do_not_touch(room: int) -> None:
    for periods in (QUARTERS, [str(year) for year in range(2008, 2023)], [f"2024-{m:02d}" for m in range(1, 13)]):
        time = clock(pd.Series(periods))
        shown = time.ticks(room, TEXT)
        apart = min(np.diff(shown), default=math.inf) / (time.last - time.first) * room
        assert apart >= max(width(label, TEXT) for label in time.labels) + 8
        assert shown[0] == time.places[0]


@BOTH
def test_every_shown_row_is_a_point_and_no_other(view: str) -> None:
    drawing = getattr(chart(), view)
    rows = charted()
    shown = rows[rows["rate"].notna()]
    signaled = shown["signal"] != ""
    assert len(dots(drawing)) == (~signaled).sum()
    assert len(dots(drawing, "diamond")) == signaled.sum() >= 6
    assert len(shown) == 2 * len(QUARTERS) - len(HIDDEN)


@BOTH
def test_points_stand_at_their_rates_on_one_scale(view: str) -> None:
    drawing = getattr(chart(), view)
    for name in ("Ash", "Birch"):
        rows = charted()[(charted()["group"] == name) & charted()["rate"].notna()]
        own = sorted(
            (m for shape in ("circle", "diamond") for m in dots(drawing, shape) if name in m.item["description"]),
            key=lambda mark: mark.x,
        )
        heights = np.array([mark.y for mark in own])
        slope, _ = np.polyfit(rows["rate"].to_numpy(float), heights, 1)
        assert np.corrcoef(rows["rate"].to_numpy(float), heights)[0, 1] == pytest.approx(-1)
        slopes.setdefault(view, []).append(slope)
    assert slopes[view][0] == pytest.approx(slopes[view][1])


slopes: dict[str, list[float]] = {}


@BOTH
def test_a_withheld_row_is_a_band_that_breaks_the_line(view: str) -> None:
    drawing = getattr(chart(), view)
    bands = [
        mark for mark in marks(drawing, "rect") if mark.item.get("width", 0) > 20 or mark.item.get("height", 0) > 15
    ]
    assert len(bands) == 2  # Birch's two quarters in one, Cedar's all
    birch = min(bands, key=lambda mark: mark.item["width"])
    inside = [
        m
        for m in dots(drawing)
        if birch.x < m.x < birch.x + birch.item["width"] and abs(m.y - birch.y) < 130 and m.y > birch.y
    ]
    assert inside == []
    assert birch.item["width"] * 8 == pytest.approx(max(mark.item["width"] for mark in bands), rel=0.01)
    table = figure(
        chart(), charted(), name="x", finding="A", source="s", evidence="e", as_of="2024", missing="none"
    ).payload
    column = table["columns"].index("rate")
    words = {
        row[column]
        for row, record in zip(table["body"], table["datasets"]["rows"], strict=True)
        if record["status"] != "shown"
    }
    assert words == {"suppressed"}


@BOTH
def test_no_line_of_rates_runs_across_a_withheld_row(view: str) -> None:
    drawing = getattr(chart(), view)
    rates_drawn = [m for m in marks(drawing, "line") if m.item.get("strokeWidth") == 1.8]
    sizes = sorted(len(list(points)) for _, points in groupby(rates_drawn, key=lambda mark: mark.path))
    before = QUARTERS.index(HIDDEN[0])
    assert sizes == sorted([before, len(QUARTERS) - before - len(HIDDEN), len(QUARTERS)])


@BOTH
def test_the_rule_is_named_with_its_periods(view: str) -> None:
    text = said(getattr(chart(), view))
    assert "beyond the limits: 2023 Q3 to 2024 Q4" in text
    assert "Birch" in text
    assert "no signal" in text
    assert "nothing to show in any period" in text
    assert "not shown: suppressed" in text
    assert "2021 Q1" in text
    assert "2021-Q1" not in text


def test_the_summary_says_who_signals() -> None:
    payload = figure(
        chart(), charted(), name="x", finding="A", source="s", evidence="e", as_of="2024", missing="none"
    ).payload
    assert "Signals: Ash (" in payload["summary"]
    assert "Birch" not in payload["summary"].split("Signals:")[1].split(".")[0]
    assert "Highest: Ash, 2023-Q2, 71 percent of patients" in payload["summary"]


def test_a_frozen_baseline_is_solid_and_what_follows_dashed() -> None:
    solid = [
        m
        for m in marks(chart().wide, "line")
        if m.item.get("stroke") == "var(--eg-ink)" and not m.item.get("strokeDash")
    ]
    dashed = [m for m in marks(chart().wide, "line") if m.item.get("strokeDash") == [6, 4]]
    free = [m for m in marks(chart(baseline=False).wide, "line") if m.item.get("strokeDash") == [6, 4]]
    assert max(m.x for m in solid) < max(m.x for m in dashed)
    assert free == []


def test_run_charts_have_a_median_and_no_limits() -> None:
    rows = run_charts(rates(counts()[counts()["group"] != "Cedar"]), baseline=BASELINE)
    text = said(panels(rows, titles=TITLES, unit=UNIT, baseline=BASELINE).wide)
    assert "median 70, no signal" not in text
    assert "median 70" in text
    assert "limits" not in text
    assert "shift of 6: 2023 Q3 to 2024 Q4" in text


@BOTH
def test_the_gap_has_its_interval_zero_line_and_target(view: str) -> None:
    drawing = getattr(gap(target=-0.02), view)
    shown = gap_rows().dropna(subset=["difference"])
    whiskers = [
        m
        for m in marks(drawing, "rule")
        if m.role == "mark" and m.item.get("stroke") == "var(--eg-edge)" and m.item["strokeWidth"] == 1.5
    ]
    assert len(whiskers) - 1 == len(shown) == len(QUARTERS) - len(HIDDEN)
    text = said(drawing)
    assert "no gap" in text
    assert "target \N{MINUS SIGN}2" in text
    assert "Birch minus Ash" in text
    assert len(dots(drawing)) == 2 * len(shown)
    assert len(dots(drawing, "square")) == len(QUARTERS)  # the reference was never withheld
    assert not any("no data" in mark.item["description"] for mark in dots(drawing, "square"))


def test_the_gaps_summary_says_what_each_side_did() -> None:
    rows = pick(gap_rows(), group="Birch")
    payload = figure(
        gap(rows), rows, name="x", finding="A", source="s", evidence="e", as_of="2024", missing="none"
    ).payload
    assert "Birch: 60 at first, 62 at last. Ash: 70 at first, 56 at last." in payload["summary"]
    assert "percentage points (95% interval" in payload["summary"]


def test_labels_of_ends_never_overlap() -> None:
    rows = gap_rows().copy()
    rows["reference_rate"] = rows["rate"]
    for view in WIDTHS:
        ends = [
            m
            for m in marks(getattr(gap(rows), view), "text")
            if m.role == "mark" and any(n in m.lines[0] for n in ("Ash ", "Birch ")) and "gap" not in m.lines[0]
        ]
        assert len(ends) == 2
        assert abs(ends[0].y - ends[1].y) >= 16


@BOTH
def test_a_trend_shows_each_year_and_its_gap(view: str) -> None:
    drawing = getattr(trends(), view)
    assert len(dots(drawing)) == 21
    text = said(drawing)
    assert "50 in 2010, 60 in 2020" in text
    assert "not shown: no data" in text
    lines_drawn = {(round(m.y), m.item.get("stroke")) for m in marks(drawing, "line")}
    assert lines_drawn


@BOTH
@pytest.mark.parametrize("name", ["panels", "gap", "trend"])
def test_the_drawing_fits_its_page_and_keeps_the_rules(name: str, view: str) -> None:
    drawing = getattr(every()[name], view)
    spec = drawing.to_dict()
    assert graph_of(json.dumps(spec))["width"] <= WIDTHS[view]
    assert rules.findings(spec) == []
    for mark in marks(drawing, "text"):
        assert mark.item["fontSize"] >= TEXT
        for line in mark.lines:
            wide = width(line, mark.item["fontSize"], bold=mark.bold)
            left = {"left": mark.x, "center": mark.x - wide / 2, "right": mark.x - wide}[mark.item.get("align", "left")]
            assert left >= -1, line
            assert left + wide <= WIDTHS[view] + 1, line


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: panels(charted().drop(columns="signal"), titles=TITLES, unit=UNIT), "no column 'signal'"),
        (lambda: panels(charted(), titles=TITLES, unit=UNIT, baseline=["2019-Q1"]), "'2019-Q1'"),
        (lambda: panels(pd.concat([charted()] * 2), titles=TITLES, unit=UNIT), "stands twice"),
        (lambda: panels(charted().assign(rate=np.nan), titles=TITLES, unit=UNIT), "holds no number"),
        (lambda: gap(gaps(counts(), reference="Ash", higher_is_better=True)), "compares 2 groups"),
        (lambda: gap(gap_rows().drop(columns="difference")), "no column 'difference'"),
    ],
)
def test_what_cannot_be_drawn_is_said(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
