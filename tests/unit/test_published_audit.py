"""Pages that are safe alone and tell a small count together fail the build; what was audited is not attacked again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import small_book

from equityguide import suppression
from equityguide.figure import guard
from equityguide.site import audit
from equityguide.site.build import BuildFailed, build

KEYS = ["measure", "period", "dimension", "group", "events", "denominator"]
QUARTERS = [
    ("screening", f"2024-Q{quarter}", "payer", group, events, 300)
    for quarter, line in enumerate([(4, 200, 150), (50, 210, 160), (60, 190, 150), (70, 200, 140)], start=1)
    for group, events in zip("ABC", line, strict=True)
]
YEAR = [
    ("screening", "2024", "payer", group, sum(row[4] for row in QUARTERS if row[3] == group), 1200) for group in "ABC"
]
CELL = """
import altair as alt
import pandas as pd
from equityguide import charts
from equityguide.figure import figure
from equityguide.measures import rates, suppress

rows = rates(suppress(pd.DataFrame(ROWS, columns=KEYS)))
drawn = alt.Chart(rows).mark_point().encode(x="rate:Q", y="group:N", color="period:N")
chart = charts.describe(drawn, label="group", value="rate", unit="", noun="groups", titles={}, decimals=2)
figure(
    chart, rows, name="NAME", finding="Care differs.", source="A made-up table", evidence="synthetic",
    as_of="2024", missing="none",
)
"""


def records(rows: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return json.loads(suppression.suppress(pd.DataFrame(rows, columns=KEYS)).to_json(orient="records"))


def page(name: str, rows: list[tuple[Any, ...]]) -> str:
    code = CELL.replace("NAME", name).replace("ROWS", repr(rows)).replace("KEYS", repr(KEYS))
    return small_book.page(name.capitalize(), small_book.cell(code))


def test_two_pages_that_tell_a_count_together(tmp_path: Path) -> None:
    book = small_book.write(tmp_path / "book", {"quarters": page("quarters", QUARTERS), "other": "# Other\n\nWords.\n"})
    built = build(book)
    assert "Synthetic data: made up" in small_book.output(built, "quarters")
    before = small_book.output(built, "other")
    (book / "book" / "other.md").write_text(page("year", YEAR), "utf-8")
    said = (
        r"The figures 'year' in book/other and 'quarters' in book/quarters together tell a small count: "
        r"screening, 2024-Q1, payer, A: events 4 \(intervals\)"
    )
    for _ in range(2):  # it is no better the second time
        with pytest.raises(BuildFailed, match=said):
            build(book)
        assert small_book.output(built, "other") == before, "the old site stands"
    (book / "book" / "other.md").write_text(page("screening", QUARTERS), "utf-8")
    assert "fig-screening" in small_book.output(build(book), "other")


def test_only_the_figures_that_tell_are_named() -> None:
    tables = {("a", "quarters"): records(QUARTERS), ("b", "first"): records(QUARTERS[:3]), ("c", "year"): records(YEAR)}
    told = audit.attack(tables)
    assert told.startswith(
        "The figures 'quarters' in a and 'year' in c together tell a small count: screening, 2024-Q1"
    )
    assert "'first'" not in told
    assert audit.attack({key: rows for key, rows in tables.items() if key[0] != "c"}) == ""


def test_one_figure_that_was_not_suppressed() -> None:
    raw = [dict(zip(KEYS, row, strict=True)) for row in QUARTERS]
    assert audit.attack({("a", "f"): raw}).startswith("The figure 'f' in a tells a small count: screening, 2024-Q1,")


def test_figures_that_contradict_each_other() -> None:
    other = [(*row[:4], row[4] + 1, row[5]) for row in QUARTERS]
    told = audit.attack({("a", "f"): records(QUARTERS), ("b", "g"): records(other)})
    assert "'f' in a and 'g' in b together cannot be audited (counts: screening, 2024-Q1, payer" in told


def test_exceptions_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"a": {"f": {"counts": records(QUARTERS)}}, "b": {"g": {"counts": records(YEAR)}, "h": {"counts": []}}}
    assert [list(tables) for tables in audit.by_measure(found)] == [[("a", "f"), ("b", "g")]]
    monkeypatch.setattr(guard, "exceptions", lambda: {"g": "worked example"})
    assert [list(tables) for tables in audit.by_measure(found)] == [[("a", "f")]]


def test_measures_of_the_same_patients_are_attacked_together() -> None:
    """Each page hides the 5 Asian patients with another group; the total is in print."""
    sex = [("2024", "sex", group, 110, people) for group, people in (("F", 227), ("M", 228))]
    pages = {}
    for page, name, events in (("a", "hba1c", (3, 15, 15, 187)), ("b", "eye_exam", (2, 0, 15, 203))):
        groups = zip(("Asian", "Black", "Hispanic", "White"), events, (5, 20, 30, 400), strict=True)
        rows = [(name, *row) for row in [*(("2024", "race", *group) for group in groups), *sex]]
        pages[page] = {"f": {"counts": records(rows)}}
    (tables,) = audit.by_measure(pages)
    assert audit.attack(tables).startswith("The figures 'f' in a and 'f' in b together tell a small count: eye_exam")
    pages["c"] = {"f": {"counts": records(QUARTERS)}}
    assert [list(tables) for tables in audit.by_measure(pages)] == [[("a", "f"), ("b", "f")], [("c", "f")]]


def test_what_passed_is_not_attacked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Env:
        class config:
            equityguide_cache = str(tmp_path)

    attacked: list[int] = []
    real = audit.attack
    monkeypatch.setattr(audit, "attack", lambda tables: attacked.append(len(tables)) or real(tables))
    env: Any = Env()
    env.equityguide_figures = {"a": {"f": {"counts": records(QUARTERS)}}}
    audit.check(None, env)
    audit.check(None, env)
    assert attacked == [1]
    env.equityguide_figures["b"] = {"g": {"counts": records(QUARTERS[:3])}}
    audit.check(None, env)
    assert attacked == [1], "the same rows once more"
    env.equityguide_figures["b"] = {"h": {"counts": records(YEAR[:1])}}
    audit.check(None, env)
    assert attacked == [1, 2]
    (tmp_path / audit.PASSED).write_text('["half of wh', "utf-8")  # a build was killed as it wrote
    audit.check(None, env)
    audit.check(None, env)
    assert attacked == [1, 2, 2], "once more, and then it is known again"


def asked(rows: list[tuple[str, int, int]]) -> list[tuple[Any, ...]]:
    return [("screening", "2024", "language", *row) for row in rows]


def test_answers_added_up_stand_beside_the_groups_by_name() -> None:
    by_name = records(asked([("English", 300, 600), ("Spanish", 80, 200), ("Unknown", 30, 60), ("Declined", 20, 40)]))
    added_up = records(asked([("Known", 380, 800), ("Unknown", 30, 60), ("Declined", 20, 40)]))
    other = records([("screening", "2024", "sex", "Female", 200, 500), ("screening", "2024", "sex", "Male", 230, 400)])
    assert audit.attack({("a", "names"): by_name, ("b", "answers"): added_up, ("c", "sex"): other}) == ""


def test_answers_added_up_give_away_what_the_names_hide() -> None:
    # The groups by name hide Unknown to protect Somali; the other page shows Unknown.
    by_name = [dict(row) for row in records(asked([("English", 300, 600), ("Somali", 40, 90), ("Unknown", 30, 60)]))]
    for row in by_name:
        if row["group"] != "English":
            row.update(status="suppressed", events=None)
    safe = asked([("Known", 304, 690), ("Unknown", 30, 60)])
    told = audit.attack({("a", "names"): by_name, ("b", "answers"): records(safe)})
    assert "together tell a small count: screening, 2024, language, Somali: events 4" in told
