"""The checks and views of the worksheet "Place and history". Every expected value is computed when it is asked for."""

from __future__ import annotations

import functools
import re
from typing import Any

import pandas as pd

from equityguide import data
from equityguide.charts.diagrams import board, timeline
from equityguide.charts.profile import Measure, profile
from equityguide.charts.tracts import tract_map
from equityguide.figure import Figure, figure, left_out
from equityguide.worksheets import check, forms, written
from equityguide.worksheets.check import Result

TRACTS, GRADES, INVENTED = "philadelphia_region_tracts", "boston_by_holc_grade", "invented_examples"
CENSUS = (
    "U.S. Census Bureau, American Community Survey (five years) and 2018 tract boundaries; hospital's place approximate"
)
OVERLAY = "Mapping Inequality (University of Richmond), CC BY-NC-SA; U.S. Census Bureau; USALEEP; overlay by area: ours"
INCOME = "median_household_income_usd"
DRAWN, NEAR = 7, 2  # miles from the hospital: on the map, and in the question
CLASSES = [25_000, 50_000, 75_000, 100_000]  # dollars; as in the chapter
BEST, WORST = "A", "D"
DATES, PLACES = (1, 2, 3), (1, 2)  # lines of the forms for a place's dates and for its board

BUILT = {
    "A school, a park, or a garden": "school",
    "Shops that people run themselves": "shops",
    "A clinic, a congregation, or a club": "club",
    "Something else": "else",
}
BLANK = {
    "Everyone there is poor": "poor",
    "Nobody or almost nobody lives there": "nobody",
    "They did not answer": "silent",
}
LIMITS = {
    "How income differs from one side of a line to the other": "differs",
    "Where the hospital stands": "stands",
    "How the line came to be there": "why",
}
SHOW = {"Yes, show it": "yes", "No": "no"}
MEASURES = {
    "Life expectancy": "life_expectancy_years",
    "Poverty": "poverty_pct",
    "Income for each person": "per_capita_income_usd",
}
DID = {
    "It described what was there, and nothing more": "described",
    "It wrote racism down as a risk for lenders, and so made it stronger": "rules",
    "It alone made every gap of today": "alone",
}
CHOOSERS = {"People who live there": "residents", "Our own office": "office", "Nobody has asked yet": "nobody"}

_YEAR = re.compile(r"\b(1[5-9]\d\d|20\d\d)s?\b")
# What a text starts with that tells what is not there. Further on it is no lack: "a pantry for neighbors in need".
_LACK = re.compile(
    r"(?:(?:there(?: is| are)|it has|it|they have|they) )?(?:an? (?=lack|poor|bad|dangerous|deprived))?"
    r"(?:no|none|not|nothing|few|fewer|lacks?|lacking|without|poor|poverty|crimes?(?! prevention| watch)|blight\w*"
    r"|dangerous|deprived|bad|missing|(?:less|little|low) (?:blight|crime|poverty|violence))\b(?!-)",
    re.IGNORECASE,
)


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["built"],
        list(BUILT.values()),
        ask="choose what its people have built",
        right="keep it in mind. It goes on the board in task 4.",
    )


@functools.cache
def near() -> pd.DataFrame:
    """The tracts on the map: one row a tract, with its median household income in US dollars."""
    rows = data.load(TRACTS)
    rows = rows[rows["miles_from_lankenau"] <= DRAWN]
    return rows[["tract_geoid", "tract_name", "county", INCOME, "miles_from_lankenau"]].reset_index(drop=True)


def ends() -> tuple[pd.Series[Any], pd.Series[Any]]:
    """The rows with the lowest and the highest income within two miles of the hospital."""
    rows = near()
    known = rows[(rows["miles_from_lankenau"] <= NEAR) & rows[INCOME].notna()].sort_values(INCOME)
    return known.iloc[0], known.iloc[-1]


def counties() -> list[str]:
    """The counties on the map, in alphabetical order."""
    return sorted({str(county) for county in near()["county"]})


def philadelphia(answers: dict[str, Any]) -> Result:
    """How many times, on which side, what an empty tract is, and what no map says."""
    low, high = ends()
    least, most = float(low[INCOME]), float(high[INCOME])
    return check.first(
        check.number(
            answers["times"],
            most / least,
            ask="write how many times as much the highest income is",
            again="divide the larger number in the map's title by the smaller one.",
            right="",
            slips=[
                (least / most, "you divided the other way around."),
                (most - least, "that is the difference in dollars. The question asks how many times."),
            ],
        ),
        check.choice(
            answers["county"],
            str(low["county"]),
            counties(),
            ask="choose the county of the lowest of these incomes",
            again="look at the tracts of the lowest class near the hospital, and at the border between the counties.",
            right="",
            slips={str(high["county"]): "that is where the highest one lies."},
        ),
        check.choice(
            answers["blank"],
            "nobody",
            list(BLANK.values()),
            ask="choose why a few tracts have no income",
            again="these are parks, an airport, and the like.",
            right="",
        ),
        check.choice(
            answers["limit"],
            "why",
            list(LIMITS.values()),
            ask="choose what the map cannot show",
            again="the map does show that one. Look for what no color can say.",
            right="",
        ),
        right="one line, two worlds, two miles. Who drew it, and when, is the question of the next tasks.",
    )


def apart(column: str) -> float | None:
    """The value in grade D minus that in grade A; None where the table has been removed from this edition."""
    if not data.available(GRADES):
        return None
    values = data.load(GRADES).set_index("grade")[column].astype(float)
    return float(values[WORST]) - float(values[BEST])


def unordered() -> str:
    """The one of the three measures that does not rise or fall from grade to grade."""
    rows = data.load(GRADES).sort_values("grade")
    (found,) = [
        column
        for column in MEASURES.values()
        if not (rows[column].is_monotonic_increasing or rows[column].is_monotonic_decreasing)
    ]
    return found


def boston(answers: dict[str, Any]) -> Result:
    """What the grades go with today, where the table is there, and what the map of 1938 did."""
    read: list[Result] = []
    difference = apart("poverty_pct")
    if difference is not None:
        rows = data.load(GRADES).set_index("grade")["poverty_pct"]
        read = [
            check.number(
                answers["poverty"],
                difference,
                ask="write by how many points poverty is higher in D than in A",
                again=f"take the number for grade {BEST} from that for grade {WORST}.",
                right="",
                slips=[
                    (float(rows[WORST]), f"that is grade {WORST} alone."),
                    (float(rows[BEST]), f"that is grade {BEST} alone."),
                ],
            ),
            check.choice(
                answers["unordered"],
                unordered(),
                list(MEASURES.values()),
                ask="choose the measure that does not follow the grades",
                again="that one goes one way from A to D. Look for one that turns around.",
                right="",
            ),
        ]
    told = "you can say what the map did without saying more than the numbers hold."
    if difference is None:
        told += " This edition has no numbers by grade, so they were not asked."
    return check.first(
        *read,
        check.choice(
            answers["did"],
            "rules",
            list(DID.values()),
            ask="choose what the map of 1938 did",
            again="read once more how areas got their grade.",
            right="",
            slips={"alone": "eighty years lie between, with many more decisions. Choose what can be shown."},
        ),
        written.sentence(answers["since"], ask="write one decision since then that may have kept the lines", least=3),
        right=told,
    )


def dates(answers: dict[str, Any]) -> Result:
    """A place and at least two dated decisions, in order, with who made them, and one that still works today."""
    results = [written.sentence(answers["place"], ask="write the name of your place", least=1)]
    years: list[int] = []
    for line in DATES:
        when, what = answers[f"when{line}"], answers[f"what{line}"]
        if line > 2 and check.is_blank(when) and check.is_blank(what):
            continue
        results.append(_year(when, f"write the year of decision {line}"))
        results.append(written.sentence(what, ask=f"write what was decided in decision {line}, and by whom"))
        if results[-2].state == "right":
            years.append(_years(when))
    if years != sorted(years):
        results.append(Result("close", "your decisions are not in the order of their years. Put the oldest first."))
    return check.first(
        *results,
        written.sentence(answers["still"], ask="write which of them still works today, and how"),
        right=f"{len(years)} decisions, each with a year. A place did not just become what it is.",
    )


def _year(answer: object, ask: str) -> Result:
    if check.is_blank(answer):
        return check.not_yet(ask)
    return Result("right", "") if _years(answer) else Result("close", f"{ask} in four digits, such as 1965.")


def _years(answer: object) -> int:
    """The year in a text or number, 0 where there is none."""
    value = check.plain(answer)
    found = (
        _YEAR.search(f"{value:.0f}" if type(value) is float else str(value))
        if type(value) in (str, int, float)
        else None
    )
    return int(found[1]) if found else 0


def beside(answers: dict[str, Any]) -> Result:
    """Two places, each with what it has before what it could have, and residents who choose the words."""
    results: list[Result] = []
    for line in PLACES:
        asset = answers[f"asset{line}"]
        results.append(written.sentence(answers[f"name{line}"], ask=f"write the name of place {line}", least=1))
        results.append(written.sentence(asset, ask=f"write what place {line} has built or kept", least=2))
        if results[-1].state == "right" and _LACK.match(_written(asset)):
            results.append(Result("close", f"for place {line} you wrote what is missing. Write what is there."))
        results.append(written.sentence(answers[f"could{line}"], ask=f"write what place {line} could have", least=2))
    names = [_written(answers[f"name{line}"]).lower() for line in PLACES]
    if len(set(names)) < len(names) and all(result.state == "right" for result in results):
        results.append(Result("close", "you named one place twice. Name a second one."))
    return check.first(
        *results,
        check.choice(
            answers["words"],
            "residents",
            list(CHOOSERS.values()),
            ask="choose who chooses the words on the board",
            again="a board about people is theirs to word. Who would you have to ask?",
            right="",
        ),
        right="each place has a strength beside its chance, and its people choose the words.",
    )


@forms.once
def map_seen(answers: dict[str, Any]) -> list[Figure]:
    """Income around Lankenau Medical Center, whatever has been answered."""
    rows = near().drop(columns="miles_from_lankenau")
    low, high = ends()
    chart = tract_map(
        rows,
        data.geometry(TRACTS),
        data.load(TRACTS, "landmarks"),
        value=INCOME,
        unit="US dollars",
        titles=data.titles(TRACTS),
        region="county",
        breaks=CLASSES,
    )
    runs = f"{{at[{low['tract_geoid']}].{INCOME}:,}} to {{at[{high['tract_geoid']}].{INCOME}:,}} dollars"
    lacking = int(rows[INCOME].isna().sum())
    return [
        figure(
            chart,
            rows,
            name="worksheet-place-income",
            finding=f"Within two miles of Lankenau Medical Center, a tract's median household income runs from {runs}",
            source=CENSUS,
            evidence="official statistics",
            as_of="2013 to 2017",
            missing=f"income of {lacking} tracts where nobody or almost nobody lives",
        )
    ]


def grades_seen(answers: dict[str, Any]) -> list[object]:
    """Boston by the grades of 1938 once the reader asks; a sentence where the table has been removed.

    Only when asked: the table's license is not for commercial use, and a saved notebook would carry its numbers.
    """
    if check.choice(answers["show"], "yes", list(SHOW.values()), ask="", again="", right="").state != "right":
        return []
    if not data.available(GRADES):
        return [left_out(GRADES)]
    rows = data.load(GRADES)
    panels = [
        Measure("life_expectancy_years", "years", 1, dot=True), Measure("poverty_pct", "percent", 1),
        Measure("per_capita_income_usd", "US dollars"), Measure("people", "people"),
    ]  # fmt: skip
    rows = rows[["grade", "grade_name", "tracts", *(panel.column for panel in panels)]]
    chart = profile(
        rows, panels, titles=data.titles(GRADES), group="grade", words="grade_name", value="life_expectancy_years",
        noun="grades",
    )  # fmt: skip
    years = f"{{at[{BEST}].life_expectancy_years:.1f}} to {{at[{WORST}].life_expectancy_years:.1f}} years"
    fall = f"life expectancy some seventy-five years later falls from {years}"
    return [
        figure(
            chart,
            rows,
            name="worksheet-place-grades",
            finding=f"From grade A to D of the old lending map, {fall}",
            source=OVERLAY,
            evidence="estimate, ours, from official statistics",
            as_of="1938 (grades), 2013 to 2017 (people, income), 2010 to 2015 (life expectancy)",
            missing="two areas of the map without a grade; grade A rests on 3 tracts",
        )
    ]


def dates_seen(answers: dict[str, Any]) -> list[Figure]:
    """The reader's decisions as a line of dates, once two of them have a year and a text."""
    told = [(_boxed(answers[f"when{line}"]), _boxed(answers[f"what{line}"])) for line in DATES]
    rows = pd.DataFrame([{"date": when, "event": what} for when, what in told if when and what])
    if len(rows) < 2 or rows["event"].duplicated().any():
        return []
    chart = timeline(rows, titles={"date": "When", "event": "What was decided"}, noun="decisions")
    return [_own(chart, rows, "worksheet-place-dates", "{rows.count} decisions that made a place what it is")]


def board_seen(answers: dict[str, Any]) -> list[Figure]:
    """The reader's board once both places are filled in; until then nine invented cards."""
    told = [{"neighborhood": _boxed(answers[f"name{line}"]), "asset": _boxed(answers[f"asset{line}"]),
             "opportunity": _boxed(answers[f"could{line}"])} for line in PLACES]  # fmt: skip
    rows = pd.DataFrame(told)
    shape: dict[str, Any] = {
        "titles": data.titles(INVENTED), "name": "neighborhood", "parts": ["asset", "opportunity"], "columns": 3,
        "noun": "places",
    }  # fmt: skip
    if "" in rows.to_numpy() or rows["neighborhood"].duplicated().any():
        rows = data.load(INVENTED, "neighborhoods")
        return [
            figure(
                board(rows, **shape),
                rows,
                name="worksheet-place-board-invented",
                finding="Invented cards. {rows.count} neighborhoods, each with what it has beside what it could have",
                source="Made up by this book; the names are those West Side United gave",
                evidence="synthetic: invented",
                as_of="no date: invented",
                missing="none",
            )
        ]
    finding = "{rows.count} places, each with what it has beside what it could have"
    shape["titles"] = {"neighborhood": "Place", "asset": "What it has", "opportunity": "What it could have"}
    return [_own(board(rows, **shape), rows, "worksheet-place-board", finding)]


def _own(chart: Any, rows: pd.DataFrame, name: str, finding: str) -> Figure:
    said = {"source": "the reader of this worksheet", "evidence": "the reader's own words", "as_of": "not named"}
    return figure(chart, rows, name=name, finding=finding, missing="none", **said)


def _boxed(answer: object) -> str:
    """A text as a card or a date of the chart has room for it."""
    return check.short(_written(answer), check.BOX)


def _written(answer: object) -> str:
    """A text or a year as text, without line breaks; empty for anything else."""
    value = check.plain(answer)
    if type(value) is float and value.is_integer() and abs(value) < 10_000:
        value = int(value)
    return " ".join(str(value).split()) if type(value) in (str, int) else ""
