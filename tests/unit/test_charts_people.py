"""Charts of groups of people: a row for every group in the order stated, withheld ones with their word, none ranked."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
import vl_convert

from equityguide import data, theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, people, rules
from equityguide.charts.people.slope import apart
from equityguide.charts.places import records
from equityguide.figure import figure
from equityguide.measures import gaps, rates
from equityguide.suppression.seal import seal

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = {"wide": WIDE, "phone": PHONE}
MINUS = "\N{MINUS SIGN}"
LONG = "Native Hawaiian or Pacific Islander"
# Three groups with numbers, and one of each way not to have any.
GROUPS = {
    "White": (700, 1000, "shown"),
    LONG: (None, None, "suppressed"),
    "Asian": (66, 100, "shown"),
    "Black or African American": (220, 400, "shown"),
    "American Indian or Alaska Native": (None, None, "no data"),
    "Middle Eastern or North African": (None, None, "not asked"),
    "Unknown": (30, 50, "shown"),
    "Declined": (12, 20, "shown"),
}
ALPHABETICAL = [*sorted(set(GROUPS) - {"Unknown", "Declined"}), "Unknown", "Declined"]
TITLES = {"group": "Group", "rate": "Screened", "denominator": "Patients", "difference": "Difference in screening",
          "excess_events": "Patients not screened beyond the reference's rate"}  # fmt: skip


def counts(period: str = "2024", **changed: tuple[Any, Any, str]) -> pd.DataFrame:
    told = [(group, *(changed.get(group) or values)) for group, values in GROUPS.items()]
    rows = pd.DataFrame(told, columns=["group", "events", "denominator", "status"])
    rows.insert(0, "measure", "screening")
    rows.insert(1, "period", period)
    rows.insert(2, "dimension", "race")
    return rows.astype({"events": "Int64", "denominator": "Int64"})


def rated() -> pd.DataFrame:
    return rates(counts())


def gapped(**kind: Any) -> pd.DataFrame:
    return gaps(counts(), reference="White", higher_is_better=True, **kind)


def two_periods() -> pd.DataFrame:
    before = counts("2021", Asian=(50, 100, "shown"), Declined=(None, None, "suppressed"))
    return rates(pd.concat([counts("2024"), before], ignore_index=True))


def answers() -> pd.DataFrame:
    rows = [("race", "Known", 180), ("race", "Declined", 8), ("race", "Unknown", 12), ("sex", "Female", 290),
            ("sex", "Male", 109), ("sex", "Unknown", 1), ("language", "Known", None), ("language", "Unknown", 40)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["dimension", "group", "denominator"]).astype({"denominator": "Int64"})
    return table.assign(status=np.where(table["denominator"].isna(), "suppressed", "shown"))


def equiplot(rows: pd.DataFrame, **changes: Any) -> Responsive:
    return people.equiplot(rows, **({"titles": TITLES, "unit": "percent of patients"} | changes))


def forest(rows: pd.DataFrame, **changes: Any) -> Responsive:
    return people.gap_forest(rows, **({"titles": TITLES, "higher_is_better": True} | changes))


def burden(rows: pd.DataFrame, **changes: Any) -> Responsive:
    stated: dict[str, Any] = {"titles": TITLES, "unit": "percent of patients", "higher_is_better": True}
    return people.rate_and_burden(rows, **(stated | changes))


def slope(rows: pd.DataFrame, **changes: Any) -> Responsive:
    return people.slope(rows, **({"titles": TITLES, "unit": "percent of patients"} | changes))


def completeness(rows: pd.DataFrame, **changes: Any) -> Responsive:
    return people.completeness(rows, **({"titles": TITLES} | changes))


@cache
def charts() -> dict[str, tuple[pd.DataFrame, Responsive]]:
    panels = pd.concat([counts(), counts().assign(measure="A second measure with quite a long name of its own")])
    brfss = data.load("cancer_screening_brfss_2022")
    brfss = brfss[
        (brfss["test"] == "colorectal") & (brfss["place"] == "United States") & (brfss["dimension"] == "race")
    ]
    medicare = data.load("medicare_cardiovascular_care_2020").assign(period="2020")
    medicare = medicare[(medicare["measure"] == "Statins taken") & (medicare["dimension"] == "race")]
    best = gaps(medicare, reference="best", minimum_n=50_000, higher_is_better=True)
    limits = {"value": "screened_percent", "lower": "ci95_lower_percent", "upper": "ci95_upper_percent"}
    return {
        "equiplot": (rated(), equiplot(rated(), reference="White")),
        "equiplot-panels": (rates(panels), equiplot(rates(panels), panel="measure", order="value")),
        "equiplot-brfss": (brfss, equiplot(brfss, **limits, n="respondents", unit="percent")),
        "forest": (gapped(meaningful=0.03), forest(gapped(meaningful=0.03), meaningful=0.03)),
        "forest-medicare": (best, forest(best)),
        "burden": (gapped(), burden(gapped())),
        "burden-medicare": (best, burden(best)),
        "slope": (two_periods(), slope(two_periods(), named=["Asian"])),
        "completeness": (answers(), completeness(answers())),
    }  # fmt: skip


EVERY = pytest.mark.parametrize(
    "name",
    ["equiplot", "equiplot-panels", "equiplot-brfss", "forest", "forest-medicare", "burden", "burden-medicare",
     "slope", "completeness"],
)  # fmt: skip
BOTH = pytest.mark.parametrize("width", list(WIDTHS))


@cache
def spec(name: str, width: str) -> dict[str, Any]:
    return dict(getattr(charts()[name][1], width).to_dict())


@cache
def svg(name: str, width: str) -> ET.Element:
    return draw(spec(name, width))


def draw(specification: Any) -> ET.Element:
    specification = specification if isinstance(specification, dict) else specification.to_dict()
    return ET.fromstring(vl_convert.vegalite_to_svg(specification, vl_version="6.4"))


def dots(drawing: ET.Element) -> dict[str, tuple[float, float]]:
    """Each point mark that says whose it is: where it stands, top to bottom."""
    found = []
    for mark in drawing.iter(SVG + "path"):
        if mark.get("aria-roledescription") == "point" and mark.get("aria-label"):
            ((across, down),) = re.findall(r"translate\(([^,]+),([^)]+)\)", mark.get("transform", ""))
            found.append((float(down), float(across), mark.get("aria-label", "")))
    return {said: (across, down) for down, across, said in sorted(found)}


def texts(drawing: ET.Element) -> list[tuple[str, float]]:
    """Each line of text and its size in pixels, without the grounds drawn beneath labels."""
    found = []
    for text in drawing.iter(SVG + "text"):
        size = float(text.get("font-size", "0").removesuffix("px"))
        lines = [line.text or "" for line in text.iter(SVG + "tspan")] or [text.text or ""]
        if not text.get("stroke"):
            found += [(line, size) for line in lines]
    return found


def words(drawing: ET.Element) -> str:
    return " ".join(text for text, _ in texts(drawing))


@EVERY
@BOTH
def test_a_drawing_fits_its_width_and_its_text_can_be_read(name: str, width: str) -> None:
    drawing = svg(name, width)
    assert float(drawing.get("width", "0")) <= WIDTHS[width]
    assert min(size for _, size in texts(drawing)) >= TEXT


@EVERY
@BOTH
def test_a_drawing_has_no_color_but_tokens_and_breaks_no_rule(name: str, width: str) -> None:
    allowed = {theme.color(token) for token in theme.TOKENS["light"]} | {"none", "transparent"}
    colors = {mark.get(key) for mark in svg(name, width).iter() for key in ("fill", "stroke")} - {None}
    assert colors <= allowed
    assert not {color for color in colors if "class-" in str(color)}, "groups are ranked by a ramp"
    assert rules.findings(spec(name, width)) == []


def shown_in_figure(chart: Responsive, rows: pd.DataFrame) -> dict[str, Any]:
    """What a figure makes of the chart; the made-up counts above have nobody behind them who could be found."""
    about = {"source": "s", "evidence": "synthetic", "as_of": "2024", "missing": "small counts"}
    sealed = seal(pd.DataFrame(rows), frozenset(), pd.DataFrame())
    return figure(chart, sealed, name="a-chart", finding="A finding.", **about).payload


@EVERY
def test_a_figure_takes_the_chart_with_exactly_its_rows(name: str) -> None:
    rows, chart = charts()[name]
    assert spec(name, "wide")["datasets"] == spec(name, "phone")["datasets"] == {"rows": records(rows)}
    assert shown_in_figure(chart, rows)["datasets"]["rows"] == records(rows)
    with pytest.raises(ValueError, match=r"not the .* rows given"):
        shown_in_figure(chart, rows.head(2))


@BOTH
def test_each_group_has_a_row_in_the_order_stated_and_a_withheld_one_its_word(width: str) -> None:
    said = words(svg("equiplot", width))
    assert [label.split(":")[0] for label in dots(svg("equiplot", width))] == [
        group for group in ALPHABETICAL if GROUPS[group][2] == "shown"
    ]
    for group, (_, n, status) in GROUPS.items():
        assert group in said
        assert status in said or status == "shown"
        assert n is None or f"n = {n:,}" in said
    assert [said.count(word) for word in ("suppressed", "no data", "not asked")] == [1, 1, 1]
    assert "Diamond and dashed line: White" in said
    assert "Screened, percent of patients" in said
    assert "95% interval" in said


def test_wilsons_interval_is_written_beside_the_dot() -> None:
    # Wilson's limits of 66 in 100, worked by hand: (66 + 1.92 ± 1.96 √(66 · 34 / 100 + 0.96)) / 103.84.
    half = 1.959964 * (66 * 34 / 100 + 0.9604) ** 0.5
    low, high = ((67.9208 + sign * half) / 103.8416 for sign in (-1, 1))
    assert f"66% ({low:.0%} to {high:.0%})".replace("% to", " to").replace("%)", ")") in words(svg("equiplot", "wide"))


def test_by_value_the_highest_stands_first_and_withheld_groups_last() -> None:
    drawing = draw(equiplot(rated(), order="value").wide)
    assert [label.split(":")[0] for label in dots(drawing)] == [
        "White", "Asian", "Declined", "Unknown", "Black or African American",
    ]  # fmt: skip
    listed = list(reversed(ALPHABETICAL))
    shown = [group for group in listed if GROUPS[group][2] == "shown"]
    assert [label.split(":")[0] for label in dots(draw(equiplot(rated(), order=listed).wide))] == shown


@pytest.mark.parametrize("make", ["equiplot", "forest", "burden", "slope"])
@BOTH
def test_nothing_is_drawn_for_a_withheld_row(make: str, width: str) -> None:
    """A null times anything is 0 in an expression, which once put suppressed groups at zero."""
    hidden = [group for group, (*_, status) in GROUPS.items() if status != "shown"]
    drawing = svg(make, width)
    assert dots(drawing)
    assert not [label for label in dots(drawing) if label.startswith(tuple(hidden))]
    left = min(float(mark.get("x1", "0")) for mark in drawing.iter(SVG + "line"))
    assert all(across >= left for across, _ in dots(drawing).values())


@pytest.mark.parametrize("name", ["equiplot", "equiplot-brfss", "forest", "forest-medicare"])
@BOTH
def test_the_value_axis_covers_every_interval(name: str, width: str) -> None:
    rows, _ = charts()[name]
    own = spec(name, width)["usermeta"]["equityguide"]
    low, high = (
        float((rows[own[limit]] * own["factor"]).agg(what)) for limit, what in (("lower", "min"), ("upper", "max"))
    )
    domains = re.findall(r"'domain': \[([^,\]]+), ([^\]]+)\]", str(spec(name, width)))
    assert domains
    for left, right in domains:
        assert float(left) <= low
        assert float(right) >= high


def test_an_estimate_in_percent_is_not_multiplied_and_a_fraction_is() -> None:
    assert spec("equiplot-brfss", "wide")["usermeta"]["equityguide"]["factor"] == 1
    assert spec("equiplot", "wide")["usermeta"]["equityguide"]["factor"] == 100
    assert "Hispanic: 53% (51 to 54) percent" in dots(svg("equiplot-brfss", "wide"))
    per = equiplot(rated(), per=1000, unit="of 1,000 patients")
    assert "White: 700 (671 to 728) of 1,000 patients" in dots(draw(per.wide))


@BOTH
def test_each_panel_has_its_name_and_its_groups(width: str) -> None:
    drawing = svg("equiplot-panels", width)
    assert "A second measure with quite a long name of its own" in words(drawing)
    marks = [mark for mark in drawing.iter(SVG + "path") if mark.get("aria-roledescription") == "point"]
    assert len([mark for mark in marks if mark.get("aria-label")]) == 10
    assert words(drawing).count("suppressed") == 2


@BOTH
def test_a_gap_names_the_reference_which_side_is_better_and_what_can_be_said(width: str) -> None:
    drawing = svg("forest", width)
    said = words(drawing)
    assert "Compared with White (70.0%)." in said
    for group, (*_, status) in GROUPS.items():
        assert group in said, status
    for word in ("suppressed", "no data", "not asked", "cannot tell", "worse", "reference", "not compared"):
        assert word in said
    lines = [text for text, _ in texts(drawing)]
    left, right = ("← worse care", "better care →") if width == "wide" else ("← worse", "better →")
    assert {left, right} <= set(lines)
    flipped = words(draw(getattr(forest(gapped(), higher_is_better=False), width)))
    assert "← better" in flipped
    assert "Diamond at 0: reference" in said
    # 220 of 400 is 55 %, 15 points below 70 %.
    assert f"{MINUS}15.0 (" in said
    assert "Band: smaller than 3" in said
    assert "Band" not in flipped


def test_a_difference_stands_left_of_zero_where_it_is_negative() -> None:
    marks = {label.split(":")[0]: across for label, (across, _) in dots(svg("forest", "wide")).items()}
    assert marks["Black or African American"] < marks["Asian"] < marks["White"]


def test_what_the_reference_is_stands_with_it() -> None:
    said = words(svg("forest-medicare", "wide"))
    assert "Compared with White (85.0%): the best rate among groups of at least 50000" in said
    for reference, told in (("overall", "everyone, the group itself included"), (0.75, "a fixed number, 75.0%"),
                            ("largest", "chosen for precision, not as the norm")):  # fmt: skip
        assert told in words(draw(forest(gaps(counts(), reference=reference, higher_is_better=True)).wide))


def test_a_difference_that_rounds_to_zero_has_no_sign() -> None:
    rows = gaps(counts(Asian=(7001, 10000, "shown")), reference="White", higher_is_better=True)
    said = words(draw(forest(rows).wide))
    assert " 0 (" in said
    assert "+0.0" not in said
    assert f"{MINUS}0.0" not in said


@BOTH
def test_the_worst_rate_and_the_most_events_are_named_apart(width: str) -> None:
    # Against 85 %: 50,815 people at 70.0 % miss 7,627 more; 1,366,426 at 75.3 % miss 132,781 more.
    drawing = svg("burden-medicare", width)
    lines = [text for text, _ in texts(drawing)]
    assert lines[lines.index("worst rate") - 1] == "70%"
    assert lines[lines.index("most excess") - 1] == "132,781 more"
    assert "7,627 more" in lines
    assert "Worst rate: American Indian or Alaska Native. Most excess events: Black, 132,781." in said_of(
        "burden-medicare"
    )


def test_the_burden_is_drawn_from_zero_in_its_own_scale() -> None:
    bars = {}
    for mark in svg("burden", "wide").iter(SVG + "path"):
        if mark.get("aria-roledescription") == "bar":
            _, across = re.findall(r"^M([-\d.]+),[-\d.]+h([-\d.]+)", mark.get("d", ""))[0]
            bars[mark.get("aria-label", "").split(":")[0]] = float(across)
    # 400 · 0.15 = 60 events beside 100 · 0.04 = 4.
    assert bars["Black or African American"] / bars["Asian"] == pytest.approx(15, rel=0.01)


def said_of(name: str) -> str:
    return str(spec(name, "wide")["usermeta"]["equityguide"]["said"])


@BOTH
def test_a_slope_labels_both_ends_and_says_who_is_not_shown(width: str) -> None:
    drawing = svg("slope", width)
    said = words(drawing)
    assert {"2021", "2024"} <= {text for text, _ in texts(drawing)}
    assert "Asian" in said
    assert "66%" in said
    assert "50%" in said
    assert f"{LONG}: suppressed in 2021 and 2024." in said
    assert "Declined: suppressed in 2021." in said
    assert "Middle Eastern or North African: not asked in 2021 and 2024." in said
    marks = dots(drawing)
    asian = [place for label, place in marks.items() if label.startswith("Asian")]
    (before, low), (after, high) = sorted(asian)
    assert before < after
    assert low > high, "50 % stands below 66 %"


@BOTH
def test_labels_of_a_slope_do_not_overlap(width: str) -> None:
    rows = pd.concat([counts("2021"), counts("2024")], ignore_index=True)
    shown = rows["status"] == "shown"
    rows.loc[shown, "events"], rows.loc[shown, "denominator"] = 70, 100
    drawing = draw(getattr(slope(rates(rows)), width))
    ends: dict[str, list[tuple[float, float]]] = {}
    for text in drawing.iter(SVG + "text"):
        where = re.findall(r"translate\(([^,]+),([^)]+)\)", text.get("transform", ""))
        said = "".join(text.itertext())
        if where and not text.get("stroke") and "70%" in said:
            lines = len(list(text.iter(SVG + "tspan"))) or 1
            ends.setdefault(text.get("text-anchor", "start"), []).append((float(where[0][1]), lines * 15.0))
    assert sorted(len(found) for found in ends.values()) == [5, 5]
    for found in ends.values():
        for (top, tall), (below, _) in zip(sorted(found), sorted(found)[1:], strict=False):
            assert below - top >= tall


def test_a_group_that_ends_where_it_began_is_named_there() -> None:
    rows = two_periods()
    gone = (rows["group"] == "Asian") & (rows["period"] == "2024")
    rows.loc[gone, ["rate", "rate_lower", "rate_upper", "denominator", "events"]] = None
    rows.loc[gone, "status"] = "suppressed"
    said = words(draw(slope(rows).wide))
    assert re.search(r"Asian +50% \(40 to 60\)", said)
    assert "Asian: suppressed in 2024." in said


@pytest.mark.parametrize(
    ("wanted", "heights", "expected"),
    [
        ([10.0, 50.0], [20.0, 20.0], [10.0, 50.0]),
        ([50.0, 50.0], [20.0, 20.0], [40.0, 60.0]),
        ([50.0, 52.0, 54.0], [20.0, 20.0, 20.0], [32.0, 52.0, 72.0]),
        ([2.0, 4.0], [20.0, 20.0], [10.0, 30.0]),
    ],
)
def test_labels_move_apart_evenly_and_stay_inside(
    wanted: list[float], heights: list[float], expected: list[float]
) -> None:
    assert apart(wanted, heights, 0) == pytest.approx(expected)


@BOTH
def test_a_completeness_bar_parts_known_declined_and_unknown(width: str) -> None:
    drawing = svg("completeness", width)
    said = [text for text, _ in texts(drawing)]
    # 180, 8 and 12 of 200; 1 of 400 is less than one percent, and not none.
    for text in ("known 90%", "declined 4%", "unknown 6%", "unknown <1%", "suppressed", "n = 200"):
        assert text in said
    assert said_of("completeness") == (
        "Race: known 90%, declined 4%, unknown 6%. Sex: known 100%, unknown <1%. Language: suppressed."
    )
    parts = {
        (mark.get("fill"), mark.get("stroke-dasharray"))
        for mark in drawing.iter(SVG + "path")
        if mark.get("aria-roledescription") == "rect mark" or "race: " in (mark.get("aria-label") or "")
    }
    assert len(parts) == 3, "the three answers differ by more than color"
    widths = {}
    for mark in drawing.iter(SVG + "path"):
        if (label := mark.get("aria-label") or "").startswith("race: "):
            widths[label.split()[1]] = float(re.findall(r"h([-\d.]+)", mark.get("d", ""))[0])
    assert widths["known"] / widths["declined"] == pytest.approx(22.5, rel=0.01)
    assert widths["unknown"] / widths["declined"] == pytest.approx(1.5, rel=0.01)


def test_the_summary_is_in_the_unit_and_names_who_is_not_shown() -> None:
    rows, chart = charts()["equiplot"]
    summary = shown_in_figure(chart, rows)["summary"]
    assert summary.startswith("Highest: White, 70 percent of patients (95% interval 67 to 73). Lowest: ")
    for told in (f"Suppressed: {LONG}.", "No data: American Indian or Alaska Native.",
                 "Not asked: Middle Eastern or North African."):  # fmt: skip
        assert told in summary


LEAKED = rated().assign(status="suppressed")
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a missing column": (lambda: equiplot(rated(), value="ratio"), "no column 'ratio'. It has measure, period"),
    "a missing number of people": (lambda: equiplot(rated(), n="people"), "no column 'people'"),
    "no rows": (lambda: equiplot(rated().head(0)), "The table has no rows. Give one row for each group."),
    "a group twice": (lambda: equiplot(pd.concat([rated(), rated()])), "White stands twice. Filter to one measure"),
    "one limit": (lambda: equiplot(rated(), lower=None), "An interval needs both of its limits"),
    "another level": (lambda: equiplot(rated(), level=90), "The rows' intervals are at level 0.95. Give level=95."),
    "a withheld row with a value": (lambda: equiplot(LEAKED), "White has the status 'suppressed' and a rate."),
    "no number": (lambda: equiplot(rated().assign(rate=None)), "The column rate holds no number"),
    "an interval beside its value": (
        lambda: equiplot(rated().assign(rate_lower=0.9)), "The interval of White, 0.9 to 0.727", ),
    "an unknown reference": (lambda: equiplot(rated(), reference="Whit"), "The reference 'Whit' is not a group"),
    "an unknown order": (lambda: equiplot(rated(), order="size"), "order is 'size'. Write 'alphabetical', 'value'"),
    "an order that lacks a group": (lambda: equiplot(rated(), order=["White"]), "order does not name 'Native Hawaiian"),
    "a per of nothing": (lambda: equiplot(rated(), per=0), "per is 0. Write a number above 0"),
    "rates for a forest": (lambda: forest(rated()), "no column 'difference'"),
    "a meaningful below 0": (lambda: forest(gapped(), meaningful=-1), "meaningful is -1. Write a difference above 0"),
    "two references": (
        lambda: forest(gapped().assign(reference=["White"] * 7 + ["Asian"])), "several references: Asian, White"),
    "no excess events": (lambda: burden(gapped().assign(excess_events=None)), "excess_events holds no number"),
    "one period": (lambda: slope(rated()), "The column period holds 1 periods (2024). Give two."),
    "an unknown named group": (lambda: slope(two_periods(), named=["Asia"]), "No row is named 'Asia'"),
    "several measures": (
        lambda: completeness(pd.concat([answers(), answers()])), "Known stands twice in race. Filter to one measure"),
    "nothing whole": (
        lambda: completeness(answers().query("dimension == 'language'")), "No dimension shows all of its counts"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(REFUSED))
def test_bad_rows_are_refused_in_one_sentence(what: str) -> None:
    attempt, message = REFUSED[what]
    with pytest.raises(ValueError, match=re.escape(message)):
        attempt()


def test_names_are_drawn_as_they_are() -> None:
    rows = rated().query("status == 'shown'").reset_index(drop=True)
    names = ["O'Hare", 'The "Hill"', "Back\\slash", "Åse & Søn <b>", "[x]"]
    rows["group"] = names
    assert {label.rsplit(":", 1)[0] for label in dots(draw(equiplot(rows).wide))} == set(names)
