"""Each attack has a table planted for it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from attackers import X, one_period, table

from equityguide.suppression import audit, suppress
from equityguide.suppression.attack import Program, System

ORACLES = Path(__file__).parent / "oracles"
CASES = json.loads((ORACLES / "14_suppression_1d_cases.json").read_text())["cases"]


def findings(counts: pd.DataFrame) -> set[tuple[str, str, int, int, str]]:
    found = audit(counts)
    return set(found[["group", "cell", "lower", "upper", "how"]].itertuples(index=False, name=None))


def hide(counts: pd.DataFrame, *rows: int, whole: bool = False) -> pd.DataFrame:
    """The counts with the events of these rows (or all of the rows) taken out by hand, carelessly."""
    out = counts.astype({"events": "Int64", "denominator": "Int64"}).reset_index(drop=True)
    out.loc[list(rows), ["events", "denominator"] if whole else ["events"]] = pd.NA
    return out


def published(case: dict[str, object]) -> pd.DataFrame:
    """An oracle case: its counts as events among many people, its total as a row for everybody."""
    counts = case["counts"]
    rows = [("m", "2024", "race", f"{place}", count, 10_000) for place, count in enumerate(counts)]
    if case["total_published"]:
        rows.append(("m", "2024", "everybody", "All", sum(counts), 10_000 * len(counts)))
    return hide(table(rows), *(place for place, gone in enumerate(case["suppressed"]) if gone))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_oracle_verdicts(case: dict[str, object]) -> None:
    found = audit(published(case))
    assert ("unsafe" if len(found) else "safe") == case["verdict"]
    shown = found.loc[(found["how"] == "shown") & (found["cell"] == "events"), "upper"].tolist()
    assert shown == case["unsuppressed_small"]
    told = found.loc[(found["how"] != "shown") & (found["cell"] == "events"), "group"].astype(int).tolist()
    assert told == case["exactly_recovered"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_oracle_ranges(case: dict[str, object]) -> None:
    """The oracle's attacker knows which hidden counts are small, and that these are 1 to 10."""
    counts = case["counts"]
    bounds = [
        (1, 10) if gone and count <= 10 else (0 if gone else count, 10**6 if gone else count)
        for count, gone in zip(counts, case["suppressed"], strict=True)
    ]
    system = System()
    variables = [system.variable(*bound) for bound in bounds]
    if case["total_published"]:
        system.equate(dict.fromkeys(variables, 1), sum(counts))
    by_program = {}
    program = Program(system, variables, 10**6)
    for place, gone in enumerate(case["suppressed"]):
        if gone:
            by_program[str(place)] = [program.extreme([place], sense)[0] for sense in (-1, 1)]
    system.propagate()
    by_intervals = {place: [system.lower[int(place)], system.upper[int(place)]] for place in by_program}
    assert by_program == by_intervals == case["attacker_ranges"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_oracle_tables_are_safe_once_suppressed(case: dict[str, object]) -> None:
    counts = [("m", "2024", "race", f"{place}", count, 10_000) for place, count in enumerate(case["counts"])]
    out = suppress(table(counts))
    assert audit(out).empty
    smalls = sum(1 <= count <= 10 for count in case["counts"])
    assert (out["status"] == "suppressed").sum() == smalls + (smalls > 0)


def test_counts_that_were_never_hidden() -> None:
    counts = one_period({"race": [(4, 300), (295, 300), (3, 7)]})
    assert findings(counts) >= {
        ("group 0", "events", 4, 4, "shown"),
        ("group 1", "non-events", 5, 5, "shown"),
        ("group 2", "denominator", 7, 7, "shown"),
    }


def test_subtraction_from_another_dimension() -> None:
    counts = one_period({"race": [(4, 300), (71, 400)], "sex": [(35, 350), (40, 350)]})
    assert ("group 0", "events", 4, 4, "intervals") in findings(hide(counts, 0))
    alone = hide(one_period({"race": [(4, 300), (71, 400)]}), 0)
    assert findings(alone) == set(), "without any total nothing follows"


def test_a_small_row_among_few_people() -> None:
    counts = one_period({"race": [(3, 6), (71, 400)], "sex": [(35, 200), (39, 206)]})
    assert ("group 0", "denominator", 6, 6, "intervals") in findings(hide(counts, 0, whole=True))


def test_the_printed_denominator_bounds_the_events() -> None:
    # Both hidden, but one has 30 people without the event at most: 70 + x.
    counts = one_period({"race": [(4, 30), (100, 100)], "sex": [(50, 60), (54, 70)]})
    assert ("group 1", "non-events", 0, 26, "intervals") not in findings(hide(counts, 0, 1))
    tight = one_period({"race": [(4, 30), (4, 9)], "sex": [(4, 20), (4, 19)]})
    assert ("group 1", "events", 0, 8, "intervals") in findings(hide(tight, 0, 1))


def test_two_tables_of_one_measure() -> None:
    careful = suppress(one_period({"race": [(4, 300), (71, 400), (925, 2000)]}))
    other = suppress(one_period({"race": [(4, 300), (71, 400), (925, 2000)], "sex": [(500, 1350), (500, 1350)]}))
    leak = hide(one_period({"race": [(4, 300), (71, 400), (925, 2000)]}), 0)
    both = pd.concat([careful, other])
    assert audit(both).empty
    assert ("group 0", "events", 4, 4, "intervals") in findings(pd.concat([both, leak]))


def test_two_tables_that_disagree_are_refused() -> None:
    counts = one_period({"race": [(40, 300), (71, 400)]})
    with pytest.raises(ValueError, match="has 40 events in one place and 41 in another"):
        audit(pd.concat([counts, one_period({"race": [(41, 300)]})]))
    with pytest.raises(ValueError, match="different totals"):
        audit(pd.concat([counts, one_period({"sex": [(40, 300), (80, 400)]})]))


def year(*quarters: int) -> pd.DataFrame:
    rows = [("m", f"2024-Q{place}", "race", "A", events, 100) for place, events in enumerate(quarters, 1)]
    return table([*rows, ("m", "2024", "race", "A", sum(quarters), 400)])


def test_a_year_less_three_quarters() -> None:
    assert ("A", "events", 4, 4, "intervals") in findings(hide(year(4, 20, 22, 25), 0))
    assert findings(hide(year(4, 20, 22, 25), 0, 1)) == set()
    assert ("A", "events", 0, 9, "intervals") in findings(hide(year(4, 5, 22, 25), 0, 1))


def test_what_a_year_leaves_beside_its_quarters() -> None:
    found = audit(year(30, 20, 22, 4).drop(index=3))
    assert found[["period", "group", "cell", "lower", "upper"]].values.tolist() == [
        ["2024 less 2024-Q1 less 2024-Q2 less 2024-Q3", group, "events", 4, 4] for group in ("all dimensions", "A")
    ]


def test_patients_who_come_twice_are_no_contradiction() -> None:
    counts = year(40, 20, 22, 25)
    counts.loc[4, ["events", "denominator"]] = [90, 150]
    assert findings(counts) == set()
    assert findings(hide(counts, 0)) == set()


def test_events_that_add_up_where_patients_do_not() -> None:
    counts = pd.concat([year(4, 20, 22, 25), year(30, 31, 32, 33).assign(group="B")], ignore_index=True)
    counts.loc[[4, 9], "denominator"] = 150  # the same patients come again, with new visits
    assert ("A", "events", 4, 4, "intervals") in findings(hide(counts, 0))
    assert findings(hide(counts, 0, 5)) == set(), "no row in print shows that the events add up"


def test_rolling_windows_need_the_integer_program() -> None:
    rows = [
        ("m", period, "race", "A", events, 100 * months)
        for period, events, months in [
            ("2024-01", 10, 1),
            ("2024-02", 40, 1),
            ("2024-03", 40, 1),
            ("2024-01 to 2024-02", 50, 2),
            ("2024-02 to 2024-03", 80, 2),
            ("2024-Q1", 90, 3),
        ]
    ]
    found = audit(hide(table(rows), 0, 1, 2))
    january = found[(found["period"] == "2024-01") & (found["cell"] == "events") & (found["group"] == "A")]
    assert january[["lower", "upper", "how"]].values.tolist() == [[10, 10, "integer program"]]


def test_periods_without_dates_add_up_to_all() -> None:
    rows = [
        ("m", "before", "race", "A", 4, 100),
        ("m", "after", "race", "A", 30, 100),
        ("m", "all", "race", "A", 34, 200),
    ]
    assert ("A", "events", 4, 4, "intervals") in findings(hide(table(rows), 0))


def test_a_pair_and_its_sides() -> None:
    cells = [(f"A{X}public", 4, 100), (f"A{X}private", 30, 100), (f"B{X}public", 50, 120), (f"B{X}private", 80, 200)]
    pair = [("m", "2024", f"race{X}payer", *cell) for cell in cells]
    sides = [("m", "2024", "race", "A", 34, 200), ("m", "2024", "race", "B", 130, 320)]
    assert (f"A{X}public", "events", 4, 4, "intervals") in findings(hide(table([*pair, *sides]), 0, 2))
    assert (f"A{X}public", "events", 4, 4, "intervals") not in findings(hide(table([*pair, *sides]), 0, 1, 2, 3))


def test_people_a_dimension_leaves_without_data() -> None:
    rows = [("m", "2024", "sex", "F", 60, 150), ("m", "2024", "sex", "M", 60, 150)]
    rows += [("m", "2024", "language", "English", 115, 295), ("m", "2024", "language", "Spanish", None, None)]
    found = audit(table(rows).assign(status=["shown"] * 3 + ["not asked"]))
    assert ("rows without data", "denominator", 5) in zip(found["group"], found["cell"], found["upper"], strict=True)


def test_measures_do_not_mix() -> None:
    counts = hide(one_period({"race": [(4, 300), (71, 400)]}), 0)
    other = one_period({"sex": [(35, 350), (40, 350)]}).assign(measure="another")
    assert findings(pd.concat([counts, other])) == set()


def test_the_list_has_its_columns_even_when_empty() -> None:
    found = audit(one_period({"race": [(40, 300)]}))
    assert list(found.columns) == ["measure", "period", "dimension", "group", "cell", "lower", "upper", "how"]
    assert str(found["lower"].dtype) == "Int64"
