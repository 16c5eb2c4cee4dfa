"""Diagrams: every row is drawn once, boxes hold their text and keep apart, and only the named one says "You are here"."""

from __future__ import annotations

import itertools
import json
from functools import cache
from typing import Any

import pandas as pd
import pytest
from scenes import Mark, box, graph_of, marks

from equityguide.charts import PHONE, TEXT, WIDE, Responsive, rules
from equityguide.charts.diagrams import bars, board, framework, framework_rows, power_map, timeline, tree
from equityguide.charts.lettering import width
from equityguide.figure import figure

WIDTHS = {"wide": WIDE, "phone": PHONE}
BOTH = pytest.mark.parametrize("view", list(WIDTHS))
LONG = "A goal that is written out in so many words that it cannot stand on one line of any box on any page"


@cache
def tables() -> dict[str, pd.DataFrame]:
    return {
        "framework": framework_rows(),
        "tree": pd.DataFrame(
            [
                (None, "Plan", "One aim"),
                ("Plan", "Service", None),
                ("Plan", LONG, "ours"),
                ("Service", "Primary care", "ours"),
                ("Service", "Emergency", None),
                (LONG, "Registration", "ours"),
            ],
            columns=["parent", "child", "detail"],
        ),
        "board": pd.DataFrame(
            [(f"Place {letter}", LONG if letter == "C" else "A park", "A shop" if letter != "D" else None) for letter in "ABCDEFGHI"],
            columns=["name", "assets", "opportunities"],
        ),
        "power_map": pd.DataFrame(
            [("Nurse", 4, 8), ("Finance director", -3, 9), ("Board", 4, 8), ("Council", 5, 5), ("Critic", -5, 0), ("Ally of a long name", 0.5, 10)],
            columns=["name", "support", "influence"],
        ),
        "bars": pd.DataFrame([("First", 8.0, "teams"), ("Second", 40.0, LONG), ("Third", None, "")], columns=["round", "teams", "who"]),
        "timeline": pd.DataFrame([("2016", "A paper"), ("April 2017", LONG), ("2023", "A third round")], columns=["date", "event"]),
    }  # fmt: skip


@cache
def charts() -> dict[str, Responsive]:
    t = tables()
    goal = {"parent": "Serves", "child": "Goal", "detail": "Source"}
    return {
        "framework": framework("community"),
        "tree": tree(t["tree"], titles=goal, detail="detail"),
        "board": board(
            t["board"], titles={"assets": "Has", "opportunities": "Could have"}, parts=["assets", "opportunities"]
        ),
        "power_map": power_map(t["power_map"], titles={}),
        "bars": bars(
            t["bars"], titles={"teams": "Teams"}, label="round", value="teams", unit="teams", note="who", noun="rounds"
        ),
        "timeline": timeline(t["timeline"], titles={}),
    }


NAMED = {
    "framework": "name",
    "tree": "child",
    "board": "name",
    "power_map": "name",
    "bars": "round",
    "timeline": "event",
}
EVERY = pytest.mark.parametrize("name", list(NAMED))
BOXED = pytest.mark.parametrize("name", ["framework", "tree", "board"])


def drawing(name: str, view: str) -> Any:
    return getattr(charts()[name], view)


def texts(chart: Any) -> list[Mark]:
    return [mark for mark in marks(chart, "text") if any(mark.lines)]


def boxes(name: str, view: str) -> list[tuple[float, float, float, float]]:
    """The boxes of the rows, largest corner radius 6, the tag and the aim left out."""
    return [box(mark) for mark in marks(drawing(name, view), "rect") if mark.item.get("cornerRadius") == 6]


def area(mark: Mark) -> tuple[float, float, float, float]:
    """What a text covers: left, top, right, bottom."""
    size = mark.item["fontSize"]
    wide = max(width(line, size, bold=mark.bold) for line in mark.lines)
    left = {"left": 0.0, "center": wide / 2, "right": wide}[mark.item.get("align", "left")]
    tall = mark.item.get("lineHeight", size) * (len(mark.lines) - 1)
    return mark.x - left, mark.y - size / 2, mark.x - left + wide, mark.y + size / 2 + tall


def overlap(a: tuple[float, ...], b: tuple[float, ...], slack: float = 0.5) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > slack and min(a[3], b[3]) - max(a[1], b[1]) > slack


@EVERY
@BOTH
def test_every_row_is_drawn_once(name: str, view: str) -> None:
    said = [" ".join(mark.lines) for mark in texts(drawing(name, view))]
    for word in tables()[name][NAMED[name]]:
        assert said.count(word) == 1, word


@BOXED
@BOTH
def test_boxes_keep_apart_and_hold_their_text(name: str, view: str) -> None:
    found = boxes(name, view)
    assert len(found) == len(tables()[name])
    assert not any(overlap(a, b) for a, b in itertools.combinations(found, 2))
    held = [0] * len(found)
    for mark in texts(drawing(name, view)):
        left, top, right, bottom = area(mark)
        for place, (x, y, x2, y2) in enumerate(found):
            if x <= left and right <= x2 and y <= top and bottom <= y2:
                held[place] += 1
            elif not set(mark.lines) & {"You are here"}:
                assert not overlap((left, top, right, bottom), (x, y, x2, y2)), mark.lines
    assert all(held)


@EVERY
@BOTH
def test_texts_cover_neither_each_other_nor_the_edge(name: str, view: str) -> None:
    chart = drawing(name, view)
    flat = [mark for mark in texts(chart) if not mark.item.get("angle")]
    areas = [area(mark) for mark in flat]
    for (a, first), (b, second) in itertools.combinations(zip(areas, flat, strict=True), 2):
        assert not overlap(a, b, 1.5), (first.lines, second.lines)
    assert min(left for left, *_ in areas) >= 0
    assert max(right for _, _, right, _ in areas) <= WIDTHS[view]
    assert all(mark.item["fontSize"] >= TEXT for mark in texts(chart))


@EVERY
@BOTH
def test_the_drawing_fits_its_page_and_keeps_the_rules(name: str, view: str) -> None:
    spec = drawing(name, view).to_dict()
    assert graph_of(json.dumps(spec))["width"] <= WIDTHS[view]
    assert rules.findings(spec) == []


@EVERY
def test_it_goes_through_figure_and_reads_as_a_sentence(name: str) -> None:
    rows = tables()[name]
    made = figure(charts()[name], rows, name=name.replace("_", "-"), finding="{rows.count} rows", source="ours", evidence="ours", as_of="2026", missing="some").payload  # fmt: skip
    assert made["finding"] == f"{len(rows)} rows"
    assert set(made["datasets"]) == {"rows"}
    assert made["summary"].endswith("issing: some.")
    assert rows[NAMED[name]].iloc[0] in made["summary"] or name == "bars"


@pytest.mark.parametrize("here", [None, *framework_rows()["stem"]])
@BOTH
def test_only_the_named_component_says_you_are_here(here: str | None, view: str) -> None:
    chart = getattr(framework(here), view)
    tags = [mark for mark in texts(chart) if mark.lines == ["You are here"]]
    thick = [mark for mark in marks(chart, "rect") if mark.item.get("strokeWidth") == 3]
    assert len(tags) == len(thick) == (here is not None)
    if here is not None:
        title = framework_rows().set_index("stem").loc[here, "name"]
        (named,) = [mark for mark in texts(chart) if " ".join(mark.lines) == title]
        left, top, right, bottom = box(thick[0])
        assert left < named.x < right
        assert top < named.y < bottom
        assert left < tags[0].x < right
        assert abs(tags[0].y - top) < 8
        assert not overlap(area(tags[0]), area(named))


def test_the_framework_has_its_five_components_and_no_order() -> None:
    rows = framework_rows()
    assert list(rows["stem"]) == ["strategic-priority", "infrastructure", "determinants", "racism-and-oppression", "community"]  # fmt: skip
    said = " ".join(" ".join(mark.lines) for mark in texts(framework().wide))
    assert "all five needed, in any order" in said
    assert not any(digit in said for digit in "12345")


def test_a_tree_stands_to_the_right_of_its_parent_or_below_it() -> None:
    rows = tables()["tree"].dropna(subset=["parent"])
    for view, axis in (("wide", 0), ("phone", 1)):
        spots = {" ".join(mark.lines): (mark.x, mark.y) for mark in texts(drawing("tree", view))}
        assert all(spots[row.child][axis] > spots[row.parent][axis] for row in rows.itertuples())
        assert all(spots[row.child][0] > spots[row.parent][0] for row in rows.itertuples())


@BOTH
def test_bars_are_as_long_as_their_numbers_from_zero(view: str) -> None:
    found = [mark for mark in marks(drawing("bars", view), "rect") if mark.item.get("width")]
    assert len(found) == 2
    assert found[1].item["width"] / found[0].item["width"] == pytest.approx(5, rel=0.01)
    assert found[0].x == found[1].x
    said = {" ".join(mark.lines) for mark in texts(drawing("bars", view))}
    assert {"8", "40", "no data"} <= said


@BOTH
def test_support_runs_right_and_influence_up(view: str) -> None:
    dots = [mark for mark in marks(drawing("power_map", view), "symbol")]
    rows = tables()["power_map"]
    assert len(dots) == len(rows)
    assert len({(mark.x, mark.y) for mark in dots}) == len(rows)  # two at one place stand side by side
    at = dict(zip(rows["name"], dots, strict=True))
    assert at["Critic"].x < at["Finance director"].x < at["Nurse"].x < at["Council"].x
    assert at["Critic"].y > at["Council"].y > at["Nurse"].y > at["Ally of a long name"].y
    assert at["Nurse"].y == at["Board"].y


def _tree(*rows: tuple[str | None, str]) -> Responsive:
    return tree(pd.DataFrame(rows, columns=["parent", "child"]), titles={})


def _power(support: object) -> Responsive:
    return power_map(pd.DataFrame([("A", support, 3)], columns=["name", "support", "influence"]), titles={})


def _bars(*values: float) -> Responsive:
    rows = pd.DataFrame({"round": [f"Round {place}" for place in range(len(values))], "teams": values})
    return bars(rows, titles={}, label="round", value="teams", unit="teams")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: framework("infrastructur"), "No component is called 'infrastructur'"),
        (lambda: _tree((None, "A"), ("B", "C")), "Row 2: parent 'B' is no row"),
        (lambda: _tree(("B", "A"), ("A", "B")), "belongs to itself"),
        (lambda: _tree((None, "A"), (None, "A")), "stands twice"),
        (lambda: _tree((None, "A"), ("A", " ")), "Row 2: child is empty"),
        (lambda: tree(pd.DataFrame({"child": []}), titles={}), "no rows"),
        (lambda: board(tables()["board"], titles={}, parts=["gaps"]), "no column 'gaps'"),
        (lambda: board(tables()["board"], titles={}, parts=["assets"], columns=4), "columns is 4"),
        (lambda: _power(6), "from -5 to 5"),
        (lambda: _power("much"), "Row 1"),
        (lambda: _bars(3, -1), "zero or more"),
        (lambda: _bars(0, 0), "above zero"),
    ],
)
def test_what_cannot_be_drawn_is_said(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
