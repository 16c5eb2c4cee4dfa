from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import manners
import pytest

from equityguide import data
from equityguide.figure import Figure, left_out
from equityguide.worksheets import place_and_history as task
from equityguide.worksheets.check import Result

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "philadelphia": task.philadelphia, "boston": task.boston, "dates": task.dates,
    "beside": task.beside,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "philadelphia": {
        "county": task.counties(), "blank": list(task.BLANK.values()), "limit": list(task.LIMITS.values()),
    },
    "boston": {"unordered": list(task.MEASURES.values()), "did": list(task.DID.values())},
    "beside": {"words": list(task.CHOOSERS.values())},
}  # fmt: skip


@pytest.fixture
def removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edition from which the folder with the table by grade has been removed."""
    whole, load = data.available, data.load

    def lacking(dataset: str, *rest: Any) -> Any:
        if dataset == task.GRADES:
            raise FileNotFoundError(dataset)
        return load(dataset, *rest)

    monkeypatch.setattr(data, "available", lambda dataset: dataset != task.GRADES and whole(dataset))
    monkeypatch.setattr(data, "load", lacking)


def right() -> dict[str, dict[str, Any]]:
    """By hand: 183,787 / 21,788, and 24.6 less 6.2."""
    return {
        "warm-up": {"built": "else"},
        "philadelphia": {"times": 8.4, "county": "Philadelphia County", "blank": "nobody", "limit": "why"},
        "boston": {
            "show": None, "poverty": 18.4, "unordered": "per_capita_income_usd", "did": "rules",
            "since": "The bank closed its branch.",
        },
        "dates": {
            "place": "Mill Bend", "when1": "1930s", "what1": "The county put the dump there.", "when2": 1971,
            "what2": "Tenants founded a credit union here.", "when3": None, "what3": None,
            "still": "The credit union lends to this day.",
        },
        "beside": {
            "name1": "Mill Bend", "asset1": "A credit union", "could1": "A late clinic", "name2": "Elm Hill",
            "asset2": "Three parks", "could2": "Homes for all wages", "words": "residents",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}), optional=("show", "when3", "what3"))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("philadelphia", {"times": 0.1}, "Close: you divided the other way around."),
        ("philadelphia", {"times": 161999}, "Close: that is the difference in dollars."),
        ("philadelphia", {"times": 8}, "Close: you are within half a unit."),
        ("philadelphia", {"times": "eight"}, "Look again: write one number, in digits."),
        ("philadelphia", {"county": "Montgomery County"}, "Close: that is where the highest one lies."),
        ("philadelphia", {"limit": "stands"}, "Look again: the map does show that one."),
        ("boston", {"poverty": 24.6}, "Close: that is grade D alone."),
        ("boston", {"poverty": -18.4}, "Close: the size fits."),
        ("boston", {"unordered": "poverty_pct"}, "Look again: that one goes one way"),
        ("boston", {"did": "alone"}, "Close: eighty years lie between"),
        ("boston", {"since": "Roads"}, "Close: write one decision since then"),
        ("dates", {"when1": "long ago"}, "Close: write the year of decision 1 in four digits"),
        ("dates", {"when1": "1990"}, "Close: your decisions are not in the order of their years."),
        ("dates", {"when3": "2020"}, "Not yet: write what was decided in decision 3"),
        ("dates", {"when3": "2020", "what3": "The city built a new bridge."}, "Yes: 3 decisions"),
        ("dates", {"still": "Both"}, "Close: write which of them still works today"),
        ("beside", {"asset1": "No shops at all"}, "Close: for place 1 you wrote what is missing."),
        ("beside", {"asset2": "Little crime there"}, "Close: for place 2 you wrote what is missing."),
        ("beside", {"asset1": "Few crimes"}, "Close: for place 1 you wrote what is missing."),
        ("beside", {"asset1": "Nothing at all"}, "Close: for place 1 you wrote what is missing."),
        ("beside", {"asset1": "There is no shop"}, "Close: for place 1 you wrote what is missing."),
        ("beside", {"asset1": "A lack of shops"}, "Close: for place 1 you wrote what is missing."),
        ("beside", {"name2": "mill bend"}, "Close: you named one place twice."),
        ("beside", {"words": "office"}, "Look again: a board about people is theirs to word."),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


@pytest.mark.parametrize(
    "strength",
    ["A food pantry for neighbors in need", "Neighbors who fought poverty for years", "A no-cost clinic run by nurses",
     "No-cost care on Mondays", "A legal aid office for poor families", "A few old trees", "Little League fields"],
)  # fmt: skip
def test_a_strength_may_speak_of_what_it_was_built_against(strength: str) -> None:
    assert said("beside", asset1=strength).state == "right"


def test_without_the_table_by_grade_the_task_still_works(removed: None) -> None:
    answers = {**right()["boston"], "poverty": None, "unordered": None}
    result = task.boston(answers)
    assert result.state == "right"
    assert "This edition has no numbers by grade" in result.sentence
    assert task.boston({**answers, "did": None}).state == "not yet"
    assert task.apart("poverty_pct") is None
    assert task.grades_seen({"show": "yes"}) == [left_out(task.GRADES)]
    manners.blank_is_not_yet(task.boston, answers)
    manners.hostile_is_answered_calmly(task.boston, answers)


def test_the_table_by_grade_is_shown_only_when_asked_and_carries_its_license() -> None:
    assert task.grades_seen({"show": None}) == task.grades_seen({"show": "no"}) == []
    (view,) = task.grades_seen({"show": "yes"})
    assert isinstance(view, Figure)
    assert "CC BY-NC-SA" in view.payload["source"]


def test_no_saved_notebook_holds_the_table_by_grade() -> None:
    """Its license would go with it."""
    for folder in ("exercises", "exercises/solutions"):
        text = (ROOT / folder / "place-and-history.ipynb").read_text("utf-8")
        outputs = json.dumps([cell.get("outputs", []) for cell in json.loads(text)["cells"]])
        for value in ("319700", "179700", "64500", "82.5"):
            assert value not in outputs


def test_the_map_names_both_ends_and_what_is_missing() -> None:
    (view,) = task.map_seen({})
    assert "21,788 to 183,787 dollars" in view.payload["finding"]
    assert view.payload["missing"].startswith("income of 4 tracts")
    assert len(view.payload["datasets"]["rows"]) == 329


def test_own_dates_and_places_are_drawn_as_they_were_written() -> None:
    (view,) = task.dates_seen(right()["dates"])
    assert [row["date"] for row in view.payload["datasets"]["rows"]] == ["1930s", "1971"]
    (view,) = task.board_seen(right()["beside"])
    assert [row["asset"] for row in view.payload["datasets"]["rows"]] == ["A credit union", "Three parks"]
    assert view.payload["evidence"] == "the reader's own words"


def test_a_long_text_is_cut_where_it_is_drawn() -> None:
    long = "A park with old trees " * 20
    (view,) = task.board_seen({**right()["beside"], "asset1": long})
    drawn = view.payload["datasets"]["rows"][0]["asset"]
    assert drawn.endswith("…")
    assert long.startswith(drawn[:-1])
    (dates,) = task.dates_seen({**right()["dates"], "what1": long})
    assert dates.payload["datasets"]["rows"][0]["event"] == drawn


@pytest.mark.parametrize("changed", [{"name1": None}, {"asset2": "  "}, {"name2": "Mill Bend"}, {"could1": 5.5}])
def test_until_a_board_is_whole_the_invented_one_stands(changed: dict[str, Any]) -> None:
    (view,) = task.board_seen({**right()["beside"], **changed})
    assert view.payload["evidence"].startswith("synthetic")
    assert len(view.payload["datasets"]["rows"]) == 9


@pytest.mark.parametrize(
    "changed", [{"when1": None}, {"what2": ""}, {"what1": "Same text here", "what2": "Same text here"}]
)
def test_one_date_alone_is_not_drawn(changed: dict[str, Any]) -> None:
    assert task.dates_seen({**right()["dates"], **changed}) == []
