from __future__ import annotations

import csv
from typing import Any

import manners
import pytest

from equityguide import data
from equityguide.suppression import require
from equityguide.worksheets import own
from equityguide.worksheets import wages_and_anchor as task
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File
from equityguide.worksheets.shown import Table

CHECKS = {
    "warm-up": task.warm_up, "commitments": task.commitments, "jobs": task.who_works, "floor": task.floor,
    "bands": task.bands, "plan": task.plan,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "commitments": {name: list(task.COMMITMENTS.values()) for name in ("bakery", "course", "fund", "school")},
    "jobs": {"hispanic": task.occupations(), "cannot": list(task.CANNOT.values())},
    "floor": {"above": list(task.ABOVE.values()), "blank": list(task.BLANKS.values())},
}
WIDE = {
    "All occupations", "Healthcare practitioners and technical occupations", "Healthcare support occupations",
}  # fmt: skip
HEAD = b"measure,period,dimension,group,events,denominator\n"
MINE = HEAD + b"Women,2026,band,Low,150,200\nWomen,2026,band,High,40,90\nWomen,2026,band,Top,4,30\n"


def right() -> dict[str, dict[str, Any]]:
    """By hand, from the file: 36.0 / 12.6; middle pay of women below $720 are cooks, janitors, maids and laundry."""
    return {
        "warm-up": {"start": "give"},
        "commitments": {
            "bakery": "buy", "course": "hire", "fund": "invest", "school": "give", "act": "We buy fruit from a farm.",
        },
        "jobs": {"women": 90, "times": 2.9, "hispanic": "Maids and housekeeping cleaners", "cannot": "pay"},
        "floor": {"hourly": 18.0, "weekly": 720, "women": 4, "above": "some", "blank": "few"},
        "bands": {"file": None, "measure": None, "source": None, "share": 80, "outside": "agency"},
        "plan": {
            "which": "buy", "act": "Buy bread from the corner shop.", "owner": "Kitchen manager", "when": "2027-05-01",
            "watch": "Orders by neighborhood.", "price": "hours",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.blank_is_not_yet(check, answers) if name != "bands" else None
    manners.one_blank_is_never_right(check, answers, optional=("file", "measure", "source"))
    manners.hostile_is_answered_calmly(check, answers)
    manners.another_menu_entry_is_not_right(check, answers, MENUS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("commitments", {"fund": "give"}, "Look again: the money comes back one day."),
        ("commitments", {"act": "Bread"}, "Close: write one act that your unit could begin, in a few more words."),
        ("jobs", {"women": 10}, "Close: those are the men among them."),
        ("jobs", {"women": 36}, "Close: that is the strip Black."),
        ("jobs", {"women": "most"}, "Look again: write one number, in digits."),
        ("jobs", {"times": 2.8}, "Close: you rounded first."),
        ("jobs", {"times": 0.35}, "Close: you divided the other way around."),
        ("jobs", {"times": 23.4}, "Close: that is the difference in points."),
        ("jobs", {"hispanic": "Laundry and dry-cleaning workers"}, "Close: that one comes second."),
        ("jobs", {"hispanic": "Cooks"}, "Look again: look for the dot"),
        ("jobs", {"cannot": "women"}, "Look again: that one can be read"),
        ("floor", {"hourly": 720}, "Close: try a number from 8 to 60"),
        ("floor", {"hourly": "a lot"}, "Look again: write the lowest pay that you want to try"),
        ("floor", {"hourly": "$18"}, "Yes: at this floor"),
        ("floor", {"hourly": 20}, "Look again: multiply the hourly pay by 40."),
        ("floor", {"weekly": 37440}, "Close: that is a year."),
        ("floor", {"women": 1}, "Close: that is the column Men."),
        ("floor", {"women": 9}, "Look again: count the jobs"),
        ("floor", {"above": "nobody"}, "Look again: half of the workers earn less than the middle."),
        ("floor", {"blank": "same"}, "Look again: the bureau leaves a cell empty"),
        ("bands", {"share": 168}, "Close: that is how many people."),
        ("bands", {"share": 20}, "Close: that is everyone else"),
        ("bands", {"outside": "nobody"}, "Close: ask once more."),
        ("bands", {"measure": "Men"}, "Look again: payroll-example.csv has no measure 'Men' there."),
        ("bands", {"file": File("gone.csv", None)}, "Look again: gone.csv could not be opened"),
        ("bands", {"file": File("m.csv", b"name,pay\nA,1\n")}, "Look again: m.csv"),
        ("bands", {"file": File("m.csv", MINE), "share": 75}, "Yes: your table has 3 bands"),
        ("plan", {"owner": "Dr. Smith"}, "Close: that looks like a person's name."),
        ("plan", {"when": "soon"}, "Close: write by when: a day"),
        ("plan", {"watch": "Pay"}, "Close: write which number you will look at"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_the_numbers_that_the_worksheet_prints_are_those_of_the_file() -> None:
    assert (task.share(task.AIDES, "Black"), task.share(task.ALL, "Black")) == (36.0, 12.6)
    rows = task.bureau()
    assert rows["weekly_earnings_women_usd"].notna().all()  # "no figure for men"
    assert rows["weekly_earnings_men_usd"].isna().any()


@pytest.mark.parametrize("hourly", [10, 17.25, 20, 25])
def test_every_floor_is_counted_from_the_file(hourly: float) -> None:
    path = data.root() / task.DATASET / f"{task.DATASET}.csv"
    with path.open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["occupation"] not in WIDE]
    under = sum(
        1 for row in rows if row["weekly_earnings_women_usd"] and int(row["weekly_earnings_women_usd"]) < 40 * hourly
    )
    answers = {**right()["floor"], "hourly": hourly, "weekly": 40 * hourly, "women": under}
    assert task.floor(answers).state == "right"
    _, table = task.pay_seen(answers)
    assert isinstance(table, Table)
    assert sum("(below)" in row[1] for row in table.body) == under
    assert sum(cell == "no figure" for row in table.body for cell in row) == 4


def test_a_payroll_with_a_row_for_each_person_is_sent_back() -> None:
    people = HEAD + b"".join(b"Women,2026,band,P%d,1,1\n" % person for person in range(30))
    result = said("bands", file=File("people.csv", people))
    assert result.state == "again"
    assert "Count people by pay band first" in result.sentence
    assert task.bands_seen({**right()["bands"], "file": File("people.csv", people)}) == []


def test_own_bands_are_suppressed_before_anything_is_shown() -> None:
    (view,) = task.bands_seen({**right()["bands"], "file": File("m.csv", MINE), "source": "Pay office"})
    rows = {row["group"]: row for row in view.payload["datasets"]["rows"]}
    assert (rows["Top"]["status"], rows["Top"]["events"]) == ("suppressed", None)
    assert view.payload["source"] == "Pay office"
    require(own.chosen(File("m.csv", MINE)).rows)


def test_a_hidden_first_band_asks_for_no_share() -> None:
    small = HEAD + b"Women,2026,band,Low,4,30\nWomen,2026,band,Mid,150,200\nWomen,2026,band,High,40,90\n"
    assert said("bands", file=File("m.csv", small), share=None).state == "right"


def test_the_invented_payroll_says_so() -> None:
    (view,) = task.bands_seen(right()["bands"])
    assert view.payload["finding"].startswith("Invented numbers. ")
    assert view.payload["evidence"].startswith("synthetic")
    assert said("bands").sentence.endswith("These numbers are made up.")


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff", HEAD, HEAD + b"a,1,b,c,1,5\n"])
def test_own_views_never_stop(content: bytes | None) -> None:
    assert len(task.bands_seen({**right()["bands"], "file": File("m.csv", content)})) <= 1


@pytest.mark.parametrize("hourly", [None, "", "many", 5000])
def test_without_a_floor_only_the_chart_stands(hourly: object) -> None:
    assert len(task.pay_seen({"hourly": hourly})) == 1
    assert len(task.jobs_seen({})) == 1
