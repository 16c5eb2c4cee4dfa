from __future__ import annotations

import functools
import itertools
import sys
from collections.abc import Iterator
from typing import Any

import manners
import pandas as pd
import pytest

from equityguide import data
from equityguide.suppression import audit
from equityguide.worksheets import own
from equityguide.worksheets import protect_small_numbers as task
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File

CHECKS = {
    "warm-up": task.warm_up, "cells": task.cells, "subtraction": task.subtraction, "group": task.small_group,
    "ladder": task.ladder, "own": task.own_table,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "cells": {group: list(task.DO.values()) for group in task.LESSON},
    "group": {"span": list(task.SPANS.values()), "lost": list(task.LOST.values())},
    "ladder": {place: task.ORDER for place in task.PLACES},
}
HEAD = b"measure,period,dimension,group,events,denominator\n"
MINE = (
    HEAD
    + b"shots,2024,language,English,300,600\nshots,2024,language,Spanish,90,300\nshots,2024,language,Unknown,4,30\n"
)


@functools.cache
def patients_tested(*groups: str) -> float:
    """Patients tested of 100 over all years, added up here from the file."""
    counts = data.load("organization", "measures").query("measure == 'hba1c_testing'")
    rows = counts[(counts["dimension"] == "race_and_ethnicity") & counts["group"].isin(groups)]
    return 100 * rows["events"].sum() / rows["denominator"].sum()


def right() -> dict[str, dict[str, Any]]:
    small, large = "Native Hawaiian or Pacific Islander", "Asian"
    return {
        "warm-up": {"seen": "none"},
        "cells": {
            "Arabic": "hide", "English": "show", "Somali": "hide", "Spanish": "show", "Vietnamese": "hide",
            "Language not told": "steward",
        },
        "subtraction": {"secret": 9, "Arabic": "hide", "English": "show", "Somali": "show", "Spanish": "hide"},
        "group": {
            "span": "2021 to 2024", "rate": round(patients_tested(small)), "merge": "apart",
            "merged": round(patients_tested(small, large)), "lost": "gap",
        },
        "ladder": dict(
            zip(task.PLACES, ["periods", "process", "review", "community", "merge"], strict=True)
        ),
        "own": {
            "file": File("mine.csv", MINE), "measure": None, "period": None, "dimension": None,
            "steward": "Quality lead", "next": "community",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    if name != "own":  # a form keeps a file, or nothing
        manners.blank_is_not_yet(check, answers)
    manners.one_blank_is_never_right(check, answers, optional=own.NAMES)
    manners.hostile_is_answered_calmly(check, answers)
    manners.another_menu_entry_is_not_right(check, answers, MENUS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("cells", {"Somali": "show"}, "Look again: Somali: count those who did not get the shot, too."),
        ("cells", {"Vietnamese": "show"}, "Look again: Vietnamese: look at how many people there are in all."),
        ("cells", {"Language not told": "show"}, "Close: Language not told: the rule allows it."),
        ("cells", {"English": "blur"}, "Look again: choose what to do with the row English, from the menu."),
        ("subtraction", {"secret": "9"}, "Yes: nobody can work out"),
        ("subtraction", {"secret": 173}, "Close: that is the sum of the three rows."),
        ("subtraction", {"secret": 28}, "Close: one row is still to be taken off."),
        ("subtraction", {"secret": "seven"}, "Look again: write one number, in digits."),
        ("subtraction", {"Spanish": "show"}, "Close: someone can still work out the row Arabic."),
        ("subtraction", {"Arabic": "show"}, "Close: someone can still work out the row Arabic."),
        ("subtraction", {"Somali": "hide"}, "Close: it is safe. See whether one more row can be shown."),
        ("subtraction", {"English": "hide", "Somali": "hide"}, "Close: it is safe, and nobody can see anything."),
        ("group", {"span": "2024"}, "Look again: the row Native Hawaiian or Pacific Islander is still withheld."),
        ("group", {"rate": 80}, "Close: that is the merged row."),
        ("group", {"merged": 40}, "Close: that is the group by itself."),
        ("group", {"lost": "nothing"}, "Look again: compare your two numbers."),
        ("ladder", {"first": "process"}, "Close: one step stands there twice."),
        ("ladder", {"first": "merge", "last": "periods"}, "Close: which step makes a group vanish from view?"),
        ("ladder", {"first": "process", "second": "periods"}, "Close: one step needs no new data"),
        ("ladder", {"third": "community", "fourth": "review"}, "Close: look at your own work before"),
        ("ladder", {"second": "review", "third": "process"}, "Close: a step of the process has more patients"),
        ("own", {"file": None}, "Not yet: choose a file"),
        ("own", {"file": File("gone.csv", None)}, "Look again: gone.csv could not be opened"),
        ("own", {"file": File("m.csv", MINE.replace(b",90,", b",x,"))}, "Look again: m.csv, row 3, column events: 'x'"),
        ("own", {"dimension": "payer"}, "Look again: mine.csv has no dimension 'payer' there. It has: language."),
        ("own", {"steward": ""}, "Close: your table is drawn, small counts hidden."),
        ("own", {"steward": "Maria Lopez"}, "Close: that looks like a person's name."),
        ("own", {"next": "merge"}, "Close: merging comes last."),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_any_second_row_will_do() -> None:
    for second in ("English", "Somali", "Spanish"):
        rows = dict.fromkeys(task.PRINTED, "show") | {"Arabic": "hide", second: "hide"}
        assert said("subtraction", **rows).state == "right"


@pytest.fixture
def anew() -> Iterator[None]:
    """What the second table tells is worked out again, and forgotten afterward."""
    for kept in (task.told, task.fewest):
        kept.cache_clear()
    yield
    for kept in (task.told, task.fewest):
        kept.cache_clear()


def test_the_bounds_of_one_sum_are_those_of_the_audit(anew: None) -> None:
    events, people = (sum(column) for column in zip(*task.PRINTED.values(), strict=True))
    for size in range(len(task.PRINTED) + 1):
        for hidden in itertools.combinations(task.PRINTED, size):
            rows = [("shots", "2024", "language", *row) for row in [("All", events, people), *_rows(hidden)]]
            table = pd.DataFrame(rows, columns=["measure", "period", "dimension", "group", "events", "denominator"])
            table["status"] = ["suppressed" if group in hidden else "shown" for group in table["group"]]
            assert set(task.told(frozenset(hidden))["group"]) == set(audit(table)["group"]), hidden


def _rows(hidden: tuple[str, ...]) -> list[tuple[str, object, int]]:
    return [(group, None if group in hidden else events, people) for group, (events, people) in task.PRINTED.items()]


def test_the_second_task_needs_no_scipy(anew: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("scipy", "scipy.optimize"):
        monkeypatch.setitem(sys.modules, name, None)
    for chosen in itertools.product(task.HIDE.values(), repeat=len(task.PRINTED)):
        rows = dict(zip(task.PRINTED, chosen, strict=True))
        assert len(task.printed(rows)) == 2
        assert said("subtraction", **rows).state in ("right", "close")
    assert said("subtraction").state == "right"


def test_what_the_audit_tells_is_what_subtraction_tells() -> None:
    """By hand: one hidden row is the total less the others; two hidden rows share a sum that no one can part."""
    for size in range(len(task.PRINTED) + 1):
        for hidden in itertools.combinations(task.PRINTED, size):
            assert task.told(frozenset(hidden)).empty is (size >= 2 and "Arabic" in hidden), hidden


def test_the_rule_is_the_one_that_suppress_applies_to_a_row_by_itself() -> None:
    from equityguide.measures import suppress

    for group, (events, people) in task.LESSON.items():
        row = pd.DataFrame([("m", "2024", "d", group, events, people)])
        row.columns = ["measure", "period", "dimension", "group", "events", "denominator"]
        (found,) = suppress(row).itertuples()
        expected = "hide" if found.status == "suppressed" else "steward" if found.review else "show"
        assert right()["cells"][group] == task.rule(events, people) == expected


def test_the_small_group_is_hidden_until_years_are_combined_and_vanishes_when_merged() -> None:
    small = "Native Hawaiian or Pacific Islander"
    for span, status in (("2024-Q4", "suppressed"), ("2024", "suppressed"), ("2021 to 2024", "shown")):
        assert task.seen(span, merged=False).set_index("group")["status"].to_dict()[small] == status
    merged = task.seen("2021 to 2024", merged=True)
    assert small not in set(merged["group"])
    assert {"Asian", small} == set(task.MERGED.split("; "))
    assert 100 * float(merged.set_index("group")["rate"].to_dict()[task.MERGED]) == pytest.approx(
        patients_tested("Asian", small)
    )
    assert patients_tested(small) == pytest.approx(100 * 25 / 62)  # as the worksheet prints for those without a screen
    assert patients_tested("Asian", small) == pytest.approx(100 * 384 / 483)


def test_every_span_is_drawn_as_synthetic() -> None:
    for span, merge in itertools.product([None, *task.SPANS.values()], [None, "merged"]):
        (view,) = task.views({"span": span, "merge": merge})
        assert view.payload["synthetic"]


def test_teaching_tables_say_that_they_are_synthetic_and_show_what_was_chosen() -> None:
    (table,) = task.lesson({})
    assert "synthetic" in table.caption
    assert "Somali | 52 | 58" in repr(table)
    shown, said_below = task.printed({"secret": None, **dict.fromkeys(task.PRINTED)})
    assert "Arabic | hidden | 64" in repr(shown)
    assert "synthetic" in repr(shown)
    assert "Arabic" in str(said_below)
    shown, _ = task.printed({"secret": None, **dict.fromkeys(task.PRINTED), "English": "hide"})
    assert "Arabic | hidden | 64" in repr(shown)
    shown, said_below = task.printed({"secret": None, **dict.fromkeys(task.PRINTED, "show")})
    assert "hidden" not in repr(shown)
    assert "Arabic" in str(said_below)
    shown, said_below = task.printed(right()["subtraction"])
    assert "Spanish | hidden | 45" in repr(shown)
    assert "nothing small" in str(said_below)
    assert "<script" not in shown._repr_html_()


def test_own_counts_are_hidden_before_they_are_drawn() -> None:
    (view,) = task.own_views(right()["own"])
    rows = {row["group"]: row for row in view.payload["datasets"]["rows"]}
    assert rows["Unknown"]["status"] == "suppressed"
    assert rows["Unknown"]["events"] is None
    assert "2 of its 3 rows are hidden" in said("own").sentence


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff", HEAD, HEAD + b"a,1,b,c,1,5\n", HEAD + b"a,1,b,c,15,50\n"])
def test_own_views_never_stop(content: bytes | None) -> None:
    assert len(task.own_views({**right()["own"], "file": File("m.csv", content)})) <= 1


def test_without_a_file_a_made_up_example_is_drawn_and_called_so() -> None:
    (view,) = task.own_views({**right()["own"], "file": None})
    assert view.payload["finding"].startswith("A made-up example. ")
    assert view.payload["evidence"].startswith("synthetic")
