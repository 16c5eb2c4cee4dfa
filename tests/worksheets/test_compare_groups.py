from __future__ import annotations

import functools
from typing import Any

import manners
import pandas as pd
import pytest

from equityguide import data
from equityguide.suppression import require
from equityguide.worksheets import compare_groups as task
from equityguide.worksheets import own, sample
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File

CHECKS = {
    "warm-up": task.warm_up, "reading": task.reading, "reference": task.reference, "numbers": task.numbers,
    "telling": task.telling, "own": task.own_table,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "reading": {"widest": task.groups(), "withheld": list(task.WITHHELD.values())},
    "telling": {
        "sentence": list(task.sentences().values()), "say": list(task.TELLING.values()),
        "unsure": ["Black or African American", "Hispanic or Latino", "White", "Native Hawaiian or Pacific Islander"],
    },
}  # fmt: skip
HEAD = b"measure,period,dimension,group,events,denominator\n"
MINE = (
    HEAD
    + b"shots,2024,language,English,300,600\nshots,2024,language,Spanish,90,300\nshots,2024,language,Unknown,4,30\n"
)


@functools.cache
def counted() -> dict[str, tuple[int, int]]:
    """Events and patients of 2021 by group, added up here from the file and not by the worksheet's own code."""
    counts = data.load("organization", "measures")
    rows = counts[
        (counts["measure"] == "colorectal_cancer_screening")
        & (counts["dimension"] == "race_and_ethnicity")
        & counts["period"].str.startswith("2021")
    ]
    sums = rows.groupby("group")[["events", "denominator"]].sum()
    return {group: (int(row.events), int(row.denominator)) for group, row in sums.iterrows()}


def right() -> dict[str, dict[str, Any]]:
    (black, black_n), (white, white_n) = counted()["Black or African American"], counted()["White"]
    gap = white / white_n - black / black_n
    return {
        "warm-up": {"door": "nobody"},
        "reading": {
            "rate": round(100 * black / black_n), "widest": "Middle Eastern or North African", "withheld": "small",
        },
        "reference": {"reference": "best", "why": "It was done once already."},
        "numbers": {
            "difference": round(100 * gap, 1), "ratio": round((1 - black / black_n) / (1 - white / white_n), 1),
            "excess": round(black_n * gap),
        },
        "telling": {"sentence": "care", "unsure": "Asian", "say": "unsure"},
        "own": {
            "file": File("mine.csv", MINE), "measure": None, "period": None, "dimension": None, "better": "higher",
            "reference": "English", "why": "Most letters are in English.", "source": "Clinic", "shown": "no",
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


@pytest.mark.parametrize("reference", task.references().values())
def test_every_reference_is_right_with_a_reason_and_drawn(reference: str) -> None:
    result = said("reference", reference=reference)
    assert result.state == "right"
    assert "Keep in mind:" in result.sentence
    (view,) = task.gaps_seen({"reference": reference})
    assert view.payload["synthetic"]


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("reading", {"rate": 48}, "Close: those are the patients who were not up to date."),
        ("reading", {"rate": 70}, "Close: that is the row White."),
        ("reading", {"widest": "Black or African American"}, "Close: that line is short"),
        ("reading", {"widest": "American Indian or Alaska Native"}, "Close: that row has no line, since its number"),
        ("reading", {"widest": "Native Hawaiian or Pacific Islander"}, "Close: that row has no line, since its number"),
        ("reading", {"widest": "Declined"}, "Look again: choose the group with the longest line, from the menu."),
        ("reference", {"reference": "the usual"}, "Look again: choose what to compare with, from the menu."),
        ("reference", {"why": ""}, "Not yet: write in a few words why"),
        ("reference", {"why": "because"}, "Close: write in a few words why"),
        ("numbers", {"difference": "18.5"}, "Yes: three numbers, one gap"),
        ("numbers", {"difference": -18.5}, "Close: the size fits."),
        ("numbers", {"difference": 18}, "Close: you are within half a unit."),
        ("numbers", {"difference": 51.6}, "Close: that is one row alone."),
        ("numbers", {"difference": 26.3}, "Close: that is a share of the larger number."),
        ("numbers", {"ratio": 1.36}, "Close: that compares those who were screened."),
        ("numbers", {"ratio": 0.62}, "Close: you divided the other way around."),
        ("numbers", {"excess": 18}, "Close: that is for 100 patients."),
        ("numbers", {"excess": 104}, "Close: keep one decimal of the difference"),
        ("numbers", {"excess": "many"}, "Look again: write one number, in digits."),
        ("telling", {"sentence": "blame"}, "Close: nobody measured how willing people were."),
        ("telling", {"unsure": "White"}, "Close: that row is what the others are compared with."),
        ("telling", {"unsure": "Hispanic or Latino"}, "Close: its line stays clear of zero."),
        ("telling", {"unsure": "Native Hawaiian or Pacific Islander"}, "Close: that row has no line to look at."),
        ("telling", {"unsure": "Multiracial or multiethnic"}, "Yes: your sentence speaks of care"),
        ("telling", {"say": "equal"}, "Close: no gap seen is not the same as no gap."),
        ("own", {"file": None}, "Not yet: choose a file"),
        ("own", {"file": File("gone.csv", None)}, "Look again: gone.csv could not be opened"),
        ("own", {"file": File("m.csv", MINE.replace(b"90", b"900"))}, "Look again: m.csv, row 3, column events: 900"),
        ("own", {"file": File("m.csv", HEAD)}, "Look again: m.csv has column names and no rows."),
        ("own", {"measure": "visits"}, "Look again: mine.csv has no measure 'visits' there. It has: shots."),
        ("own", {"period": 2024}, "Yes: your table has 3 groups"),
        ("own", {"better": None}, "Close: your table can be read. Say whether"),
        ("own", {"reference": None}, "Close: it is compared with others"),
        ("own", {"reference": "best"}, "Yes: your table has 3 groups"),
        (
            "own",
            {"reference": "best", "file": File("m.csv", HEAD + b"s,1,l,A,20,40\ns,1,l,B,20,50\n")},
            "Close: nothing can be compared with best: no group has 100 or more.",
        ),
        ("own", {"reference": "Spanish"}, "Close: nothing can be compared with Spanish: its number is hidden."),
        ("own", {"reference": "French"}, "Look again: shots, 2024, language: the reference 'French' is not a group"),
        ("own", {"why": "So."}, "Close: your charts are drawn. Write in a few words why"),
        ("own", {"source": None}, "Close: your charts are drawn. Say where the counts come from."),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_the_longest_line_of_all_belongs_to_patients_who_declined() -> None:
    """Which is why the question leaves them out."""
    table = task.rows().set_index("group")
    width = (table["rate_upper"] - table["rate_lower"]).sort_values()
    assert list(width.dropna().index[-2:]) == ["Middle Eastern or North African", "Declined"]
    shown = table.loc[table["status"].eq("shown") & ~table.index.isin(["Unknown", "Declined"]), "denominator"]
    assert shown.idxmin() == "Middle Eastern or North African"


def test_the_best_of_ones_own_groups_is_drawn_too() -> None:
    more = File("m.csv", MINE + b"shots,2024,language,Tagalog,80,90\nshots,2024,language,French,90,120\n")
    _, gaps = task.own_views({**right()["own"], "file": more, "reference": "best"})
    assert {row["reference"] for row in gaps.payload["datasets"]["rows"]} == {"French"}  # Tagalog is small


def test_no_chart_says_what_a_task_asks_for() -> None:
    views = [*task.rates_seen({}), *task.named_seen({})]
    assert not [view for view in views if str(right()["numbers"]["excess"]) in view.payload["finding"]]


def test_expected_values_follow_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    before, changed = right(), data.load("organization", "measures")
    hit = changed["group"].eq("Black or African American") & changed["measure"].eq("colorectal_cancer_screening")
    changed.loc[hit & changed["dimension"].eq("race_and_ethnicity"), "events"] -= 20
    for other in ("language", "payer", "sex", "neighborhood"):  # the same people in every dimension
        rows = changed.index[changed["dimension"].eq(other) & changed["measure"].eq("colorectal_cancer_screening")]
        for period in changed["period"].unique():
            largest = changed.loc[rows][changed.loc[rows, "period"] == period]["events"].idxmax()
            changed.loc[largest, "events"] -= 20
    kept = (sample.every, sample.years, task.rows, task.compared, counted)
    for one in kept:
        one.cache_clear()
    monkeypatch.setattr(data, "load", lambda *_: changed.copy())
    try:
        assert task.reading(before["reading"]).state != "right"
        assert task.numbers(before["numbers"]).state != "right"
        assert task.numbers(right()["numbers"]).state == "right"
    finally:
        for one in kept:
            one.cache_clear()


def test_a_numerator_is_noted() -> None:
    result = said("own", file=File("m.csv", MINE.replace(b"events", b"numerator")))
    assert result.state == "right"
    assert "The column numerator was read as events." in result.sentence


def test_own_counts_are_suppressed_before_anything_is_shown() -> None:
    small = MINE + b"shots,2024,payer,A,390,900\nshots,2024,payer,B,4,30\n"
    for view in task.own_views({**right()["own"], "file": File("m.csv", small)}):
        rows = {row["group"]: row for row in view.payload["datasets"]["rows"]}
        assert rows["Unknown"]["status"] == "suppressed"
        assert rows["Unknown"]["events"] is None
        assert '"events": 4' not in str(view.payload)
    assert "of them hidden" in said("own", file=File("m.csv", small)).sentence
    require(own.chosen(File("m.csv", small)).rows)


def test_without_a_file_a_made_up_example_is_drawn_and_called_so() -> None:
    views = task.own_views({**right()["own"], "file": None})
    assert len(views) == 2
    for view in views:
        assert view.payload["finding"].startswith("A made-up example. ")
        assert view.payload["evidence"].startswith("synthetic")


@pytest.mark.parametrize("file", [None, b"", b"\x00\xff", HEAD, HEAD + b"a,1,b,c,1,5\n", HEAD + b"a,1,b,c,15,50\n"])
def test_own_views_never_stop(file: bytes | None) -> None:
    for better in (None, "higher", "lower"):
        content = File("m.csv", file)
        assert len(task.own_views({**right()["own"], "file": content, "better": better, "reference": None})) <= 2


def test_a_table_too_large_to_hide_small_counts_in_is_named() -> None:
    lines = b"".join(b"shots,%d,l,G%d,50,99\n" % (year, group) for year in range(40) for group in range(40))
    assert "Keep 1,000 of them or fewer" in said("own", file=File("big.csv", HEAD + lines)).sentence


def test_the_empty_form_is_saved_and_never_over_another(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert own.save_form().state == own.save_form().state == "noted"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["measures_template-2.csv", "measures_template.csv"]
    assert pd.read_csv(tmp_path / "measures_template.csv").columns.tolist() == HEAD.decode().strip().split(",")
