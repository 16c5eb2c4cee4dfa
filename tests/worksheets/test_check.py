from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import hostile
import pandas as pd
import pytest

from equityguide import data
from equityguide.worksheets import check
from equityguide.worksheets import map_your_community as task
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File

COLUMNS = {"group": "area", "value": "years", "noun": "areas", "ask": "give a table", "right": "yes."}


def number(answer: object) -> Result:
    return check.number(
        answer,
        16.2,
        ask="write the years",
        again="look at both areas.",
        right="right.",
        slips=[(16.4, "that is the widest.")],
    )


def choice(answer: object) -> Result:
    return check.choice(
        answer,
        "b",
        ["a", "b", "c"],
        ask="choose one",
        again="look once more.",
        right="right.",
        slips={"a": "that is near."},
    )


def table(answer: object) -> Result:
    return check.table(answer, pd.DataFrame({"area": ["A", "B"], "years": [1.0, 2.0]}), **COLUMNS)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (16.2, "Yes: right."), ("16.2", "Yes: right."), (" 16.2 years ", "Yes: right."), (16.249, "Yes: right."),
        (85.0 - 68.8, "Yes: right."),
        (16.4, "Close: that is the widest."), (16, "Close: you are within half a unit. Keep 1 decimal place."),
        (-16.2, "Close: the size fits. Take the smaller number from the larger one."),
        (40, "Look again: look at both areas."), ("16,2", "Look again: write the number with a point, not a comma."),
        ("sixteen", "Look again: write one number, in digits."), (True, "Look again: write one number, in digits."),
        ([16.2], "Look again: write one number, in digits."),
        (10**400, "Look again: that number is too large to be an answer here."),
        (None, "Not yet: write the years."), (..., "Not yet: write the years."), ("", "Not yet: write the years."),
        ("   ", "Not yet: write the years."), (float("nan"), "Not yet: write the years."),
    ],
)  # fmt: skip
def test_number(answer: object, said: str) -> None:
    assert str(number(answer)) == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("b", "Yes: right."), ("a", "Close: that is near."), ("c", "Look again: look once more."),
        ("d", "Look again: choose one, from the menu."), (1, "Look again: choose one, from the menu."),
        (None, "Not yet: choose one."), (..., "Not yet: choose one."), ("", "Not yet: choose one."),
    ],
)  # fmt: skip
def test_choice(answer: object, said: str) -> None:
    assert str(choice(answer)) == said


def rows(*pairs: tuple[object, object]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["area", "years"])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (rows(("A", 1), ("B", 2)), "Yes: yes."),
        (rows(("B", 2.0), ("A", 1.0)), "Yes: yes."),
        (rows(("B", 2.0), ("A", 1.0)).assign(more=3), "Yes: yes."),
        ("A", "Look again: give a table: a table with one row for each of the areas."),
        (pd.DataFrame(), "Look again: keep the column area in your table, once."),
        (rows(("A", 1))[["area"]], "Look again: keep the column years in your table, once."),
        (rows(("A", 1)), "Close: 1 of the areas is not in your table yet, such as B."),
        (rows(("A", 1), ("A", 1), ("B", 2)), "Close: some areas stand in your table more than once, or do not belong to it."),
        (rows(("A", 1), ("B", 2), ("C", 3)), "Close: some areas stand in your table more than once, or do not belong to it."),
        (rows(("A", 1), ("B", 3)), "Close: look at the number for B: it is not the one the question asks for."),
        (rows(("A", "1"), ("B", 2)), "Close: look at the number for A: it is not the one the question asks for."),
        (None, "Not yet: give a table."), (..., "Not yet: give a table."),
    ],
)  # fmt: skip
def test_table_climbs_from_type_to_columns_to_groups_to_values(answer: object, said: str) -> None:
    assert str(table(answer)) == said


def test_table_comes_to_the_point_last() -> None:
    expected = pd.DataFrame({"area": ["A"], "years": [1.0]})
    point = Result("close", "name both ends.")
    assert check.table(expected, expected, **COLUMNS, point=lambda: point) == point
    assert check.table(rows(("A", 2)), expected, **COLUMNS, point=lambda: point).sentence.startswith(
        "look at the number"
    )


def test_skipped_is_a_state() -> None:
    assert check.skipped().state == "skipped"


def test_result_says_its_state_in_words_and_escapes_its_sentence() -> None:
    assert Result("not yet", "choose <one>.")._repr_html_() == (
        '<p class="eg-check eg-check-not-yet" role="status"><strong>Not yet:</strong> choose &lt;one&gt;.</p>'
    )


# The worksheet's own checks -------------------------------------------------------------------------------------------

SAMPLE = File(task.SAMPLE_NAME, task.SAMPLE)
CHECKS: dict[str, Callable[[dict[str, Any]], Result]] = {
    "warm-up": task.warm_up, "gap": task.gap, "map": task.built, "reading": task.reading, "own": task.own,
}  # fmt: skip


def right() -> dict[str, dict[str, Any]]:
    """Right answers to each check, worked out here from the table and not by the checks' own code."""
    newest = data.load("chicago_life_expectancy").query("year == year.max()")
    years = dict(zip(newest["community_area"], newest["life_expectancy_years"], strict=True))
    ordered = sorted(years, key=lambda area: years[area])
    return {
        "warm-up": {"area": "Hyde Park"},
        "gap": {"years": years["Loop"] - years["West Garfield Park"], "highest": ordered[-1], "lowest": ordered[0]},
        "map": {"year": 2010, "first": "West Garfield Park", "second": "Loop", "title": "distance", "rows": newest},
        "reading": {"top": "overlap", "pair": "apart", "limit": "why"},
        "own": {"file": SAMPLE, "indicator": None, "source": "County", "date": "2024", "strength": "yes"},
    }


def with_answer(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_right_answers_are_right(name: str) -> None:
    assert CHECKS[name](right()[name]).state == "right"


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("blank", [None, ..., ""])
def test_blank_answers_are_not_yet(name: str, blank: object) -> None:
    result = CHECKS[name](dict.fromkeys(right()[name], blank) | ({"file": None} if name == "own" else {}))
    assert result.state == "not yet"


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("warm-up", {"area": "Boston"}, "Look again: pick any area, from the menu."),
        ("gap", {"years": 16.4}, "Close: that is from the highest area to the lowest."),
        ("gap", {"years": 14.4}, "Close: that is the distance in 2000."),
        ("gap", {"years": 10.5}, "Close: that is the distance in 1990."),
        ("gap", {"years": 85}, "Close: that is the Loop alone."),
        ("gap", {"years": 16}, "Close: you are within half a unit."),
        ("gap", {"highest": "Loop"}, "Close: that area comes second."),
        ("gap", {"highest": "West Garfield Park"}, "Close: you have the other end of the list here."),
        ("gap", {"lowest": "Hyde Park"}, "Look again: read the list from the bottom once more."),
        ("map", {"year": 1990}, "Close: your map shows 1990."),
        ("map", {"rows": None}, "Yes: your map names both ends"),
        ("map", {"rows": task.life(1990)}, "Close: look at the number for"),
        ("map", {"second": "West Garfield Park"}, "Close: you named one place twice."),
        ("map", {"first": "Near North Side"}, "Close: the places you named are near each other"),
        ("map", {"second": "near the Loop"}, "Look again: name the second place, from the menu."),
        ("map", {"title": "people"}, "Close: true or not, this one makes people the problem."),
        ("map", {"title": "best"}, "Close: this one hides the areas at the other end."),
        ("reading", {"top": "larger"}, "Look again: compare where one range ends"),
        ("reading", {"top": "never"}, "Close: a range says how far to trust a number."),
        ("reading", {"pair": "overlap"}, "Look again: see where the range of West Garfield Park ends"),
        ("reading", {"limit": "range"}, "Look again: the list beside the map does show that one."),
        ("own", {"file": None}, "Not yet: choose a file"),
        ("own", {"file": File("gone.csv", None)}, "Look again: gone.csv could not be opened"),
        ("own", {"file": File("mine.csv", b"")}, "Look again: mine.csv is empty"),
        ("own", {"file": File("mine.csv", b"area,indicator,value\nA,walks,'7,2'\n")}, "Look again: mine.csv, row 2"),
        ("own", {"file": File("mine.csv", b"area,indicator,value\nA,walks,7\n")}, "Close: no indicator in your table"),
        ("own", {"indicator": "walks"}, "Close: your table compares no areas by 'walks'."),
        ("own", {"source": None}, "Close: your charts are drawn. Say where the numbers come from"),
        ("own", {"strength": "no"}, "Close: your charts are drawn. Add a row that shows what these places have built"),
        ("own", {"strength": None}, "Close: your charts are drawn. Say whether your table shows what these places"),
    ],
)
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], said: str) -> None:
    assert str(with_answer(name, **changed)).startswith(said)


def table_of(count: int) -> bytes:
    return b"area,indicator,value\n" + b"".join(b"Area %d,walks,%d\n" % (i, i) for i in range(count))


def test_too_many_areas_are_named_and_not_drawn() -> None:
    many = File("many.csv", table_of(task.MOST_AREAS + 1))
    assert (
        with_answer("own", file=many).sentence
        == "your table has 201 areas. Keep 200 or fewer, so that each can be seen."
    )
    assert task.own_views({**right()["own"], "file": many}) == []


def test_a_hundred_thousand_rows_are_refused_in_one_sentence() -> None:
    result = with_answer("own", file=File("huge.csv", table_of(100_000)))
    assert result.state == "again"
    assert result.sentence.startswith("huge.csv")
    assert "\n" not in result.sentence


SCOLDING = re.compile(r"\b(wrong|error|invalid|fail|incorrect|bad|must|None|type|str|float|Ellipsis)\b", re.IGNORECASE)


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("kind", hostile.NAMES)
def test_hostile_answers_get_one_calm_sentence_and_run_no_code(name: str, kind: str) -> None:
    answer = hostile.answers()[kind]
    for field in right()[name]:
        result = with_answer(name, **{field: answer})
        assert result.state in ("close", "again", "not yet", "right")
        assert "\n" not in result.sentence
        assert len(result.sentence) < 400
        assert not SCOLDING.search(result.sentence), result.sentence


@pytest.mark.parametrize("kind", hostile.NAMES)
def test_hostile_answers_to_the_plain_checks(kind: str) -> None:
    answer = hostile.answers()[kind]
    for result in (number(answer), choice(answer), table(answer)):
        assert result.state in ("again", "not yet")


def test_a_message_quotes_the_start_of_a_long_text() -> None:
    assert check.short("a park") == "a park"
    assert check.short("x" * 500) == "x" * 119 + "…"
    assert len(check.short("x" * 500, check.BOX)) == check.BOX


@pytest.mark.parametrize("name", ["gap", "map", "reading"])
def test_no_sentence_but_the_right_one_holds_the_answer(name: str) -> None:
    answers = right()[name]
    expected = {
        "gap": ("16.2", "Near North Side"),
        "map": (),
        "reading": ("Why the years differ", "so it could be either"),
    }
    asked = [None, "x", 5, 85.0, 16, 2000, "people", "larger", "range", "Hyde Park"]
    for field in answers:
        for value in asked:
            result = with_answer(name, **{field: value})
            if result.state != "right":
                allowed = result.sentence.replace("say whether Near North Side is surely ahead", "")
                assert not [word for word in expected[name] if word in allowed]


def test_expected_values_come_from_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = data.load("chicago_life_expectancy")
    changed.loc[changed["community_area"] == "Loop", "life_expectancy_years"] -= 3
    changed.loc[changed["community_area"] == "Hyde Park", "life_expectancy_years"] = 99.0
    changed.loc[changed["community_area"] == "Loop", ["ci95_lower_years", "ci95_upper_years"]] = [60.0, 90.0]
    before = right()
    monkeypatch.setattr(task, "whole", lambda: changed)
    assert task.gap(before["gap"]).state != "right"
    assert task.gap({"years": 13.2, "highest": "Hyde Park", "lowest": "West Garfield Park"}).state == "right"
    assert task.reading(before["reading"]).state == "again"
    assert task.reading({**before["reading"], "pair": "overlap"}).state == "right"


# The reader's own places ----------------------------------------------------------------------------------------------

ODD_TABLES = {
    "equal values": b"area,indicator,value\nA,walks,3\nB,walks,3\n",
    "braces and digits": b"area,indicator,value\nA {x},{0} of 5,3\nB 2,{0} of 5,4\n",
    "commas and brackets": b'area,indicator,value\n"A, north]",walks,3\nB[,walks,4.125\n',
    "long names": b"area,indicator,value\n" + b"A" * 120 + b",walks,3\nB,walks,-4\n",
    "markup": b"area,indicator,value\n<b>A</b>,<script>,3\nB,<script>,4\n",
    "same place": b"area,indicator,value,latitude,longitude\nA,walks,3,41,-40\nB,walks,4,41,-40\n",
    "some coordinates": b"area,indicator,value,latitude,longitude\nA,walks,3,41,-40\nB,walks,4,,\n",
    "huge and tiny": b"area,indicator,value\nA,walks,1000000000000\nB,walks,0.0000001\n",
}


@pytest.mark.parametrize("content", ODD_TABLES.values(), ids=ODD_TABLES)
def test_odd_tables_are_drawn(content: bytes) -> None:
    views = task.own_views({**right()["own"], "file": File("mine.csv", content)})
    assert [view.payload["name"] for view in views][:1] == ["worksheet-own-list"]
    assert len(views) == (2 if b"latitude" in content else 1)


def test_the_invented_places_are_named_as_invented_on_every_chart() -> None:
    for file in (None, SAMPLE):
        views = task.own_views({**right()["own"], "file": file})
        assert [view.payload["evidence"] for view in views] == [task.INVENTED] * 2
        assert all(view.payload["finding"].startswith("Invented places. ") for view in views)
        assert not any("County" in view.payload["source"] for view in views)


def test_own_places_carry_the_readers_source_and_the_chosen_indicator() -> None:
    mine = File("mine.csv", task.SAMPLE.replace(b"Elm", b"Oak"))
    groups = "Neighbor groups that meet each month"
    view, _ = task.own_views({**right()["own"], "file": mine, "indicator": groups})
    assert (view.payload["source"], view.payload["as_of"]) == ("County", "2024")
    assert view.payload["finding"] == f"{groups}: 2 to 11 groups in 6 areas"


@pytest.mark.parametrize(("year", "title"), [(1990, "distance"), (2000, "people"), (2010, "best")])
def test_the_map_shows_the_chosen_year_places_and_title(year: int, title: str) -> None:
    (view,) = task.chicago({"year": year, "first": "Loop", "second": "Hyde Park", "title": title, "rows": None})
    assert view.payload["roles"]["shown"] == year
    assert (str(year) in view.payload["finding"]) is (title != "people")
    if title == "distance":
        assert "separated" in view.payload["finding"]
        assert "the Loop" in view.payload["finding"]


def test_no_map_before_all_menus_are_set() -> None:
    assert task.chicago({"year": 2010, "first": "Loop", "second": None, "title": "best", "rows": None}) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("$18", 18.0),
        ("18.5 dollars", 18.5),
        (18, 18.0),
        ("$ 7.25", 7.25),
        ("", None),
        ("many", None),
        (True, None),
        ("$2,000", 2000.0),
        ("2,5", None),
    ],
)
def test_typed_reads_a_number_with_or_without_its_sign(answer: object, found: float | None) -> None:
    assert check.typed(answer) == found


@pytest.mark.parametrize("kind", hostile.NAMES)
def test_a_number_of_the_readers_own_is_read_calmly(kind: str) -> None:
    result = check.between(hostile.answers()[kind], 1, 5, ask="write a number", beyond="try less.")
    assert result.state in ("not yet", "again", "close")


@pytest.mark.parametrize(("answer", "state"), [(1, "right"), ("5", "right"), (5.1, "close"), (None, "not yet")])
def test_between_takes_both_ends(answer: object, state: str) -> None:
    assert check.between(answer, 1, 5, ask="write a number", beyond="try less.").state == state


def test_chosen_has_one_result_for_each_field_in_order() -> None:
    wanted = {"a": ("x", "look at a."), "b": ("y", "look at b.")}
    results = check.chosen({"a": "x", "b": "x"}, wanted, ["x", "y"], ask="choose one")
    assert [str(result) for result in results] == ["Yes: ", "Look again: look at b."]


def test_an_amount_is_a_number_where_it_can_be_read() -> None:
    assert check.amount("$1,234.50") == 1234.5
    assert check.amount("much") == "much"
    assert check.amount(None) is None
