"""The checks and views of the worksheet "Map your community". Every expected value is computed when it is
asked for.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pandas as pd

from equityguide import data
from equityguide.charts import places
from equityguide.figure import Figure, figure
from equityguide.organization import community
from equityguide.worksheets import check
from equityguide.worksheets.check import Result
from equityguide.worksheets.files import give
from equityguide.worksheets.forms import File

DATASET = "chicago_life_expectancy"
YEAR = 2010
WEST, DOWNTOWN, NORTH = "West Garfield Park", "Loop", "Near North Side"
AREA, VALUE = "community_area", "life_expectancy_years"
LOW, HIGH = "ci95_lower_years", "ci95_upper_years"
NAMED = [WEST, DOWNTOWN]
SOURCE = "Chicago Department of Public Health, Chicago Data Portal qjr3-bm53"
OFFICIAL = "official statistics"
CLASSES = (70, 74, 78, 82)  # years; the limits of the map's classes, the same as in the chapter
MOST_AREAS = 200  # of a reader's own; more cannot be told apart in one list
APART = 10.0  # years: two named places this far apart show the distance on the map

# The sentences a reader may put above the map, and what a form holds for each.
TITLES = {
    "Years of life expectancy separate Chicago's areas": "distance",
    "People on the West Side die younger": "people",
    "Chicago areas reach long lives": "best",
}
OVERLAP = {
    "Yes: its number is larger": "larger",
    "No: the two ranges overlap, so it could be either": "overlap",
    "No: a number for one area can never be trusted": "never",
}
APART_OR_NOT = {"They overlap": "overlap", "They do not overlap": "apart"}
LIMITS = {
    "How far apart two areas are": "distance",
    "How sure each number is": "range",
    "Which area is highest": "highest",
    "Why the years differ": "why",
}
STRENGTH = {"Yes, at least one row does": "yes", "Not yet": "no"}

SAMPLE_NAME = "sample-community.csv"
INVENTED = "synthetic: invented for practice, no real place"
SAMPLE = b"""area,indicator,value,unit,latitude,longitude
Elm Hill,Homes within a 10-minute walk of fresh food,81,percent of homes,41.030,-40.020
Mill Bend,Homes within a 10-minute walk of fresh food,64,percent of homes,41.010,-40.050
Old Harbor,Homes within a 10-minute walk of fresh food,22,percent of homes,40.970,-40.035
South Fields,Homes within a 10-minute walk of fresh food,17,percent of homes,40.950,-40.000
Station Row,Homes within a 10-minute walk of fresh food,58,percent of homes,40.995,-39.985
Upper Green,Homes within a 10-minute walk of fresh food,90,percent of homes,41.045,-39.970
Elm Hill,Neighbor groups that meet each month,3,groups,41.030,-40.020
Mill Bend,Neighbor groups that meet each month,6,groups,41.010,-40.050
Old Harbor,Neighbor groups that meet each month,11,groups,40.970,-40.035
South Fields,Neighbor groups that meet each month,9,groups,40.950,-40.000
Station Row,Neighbor groups that meet each month,4,groups,40.995,-39.985
Upper Green,Neighbor groups that meet each month,2,groups,41.045,-39.970
"""  # The coordinates lie in the open Atlantic, so that no one takes them for a place.


@functools.cache
def whole() -> pd.DataFrame:
    """The whole table. Read once: each form asks for it several times at every answer."""
    return data.load(DATASET)


def life(year: int = YEAR) -> pd.DataFrame:
    """One row for each Chicago community area: life expectancy at birth in `year`, in years, with its 95%
    interval.
    """
    rows = whole()
    return rows[rows["year"] == year].reset_index(drop=True)


def years() -> list[int]:
    """The years the table has."""
    return sorted({int(year) for year in whole()["year"]})


def areas() -> list[str]:
    """The names of the 77 areas, in alphabetical order."""
    return sorted(str(area) for area in life()[AREA])


def warm_up(answers: dict[str, Any]) -> Result:
    """Any area is right."""
    said = ", ".join(str(year) for year in years())
    return check.pick(
        answers["area"],
        areas(),
        ask="pick any area",
        right=f"that is one of {len(areas())} areas. The table follows each of them through {said}.",
    )


def gap(answers: dict[str, Any]) -> Result:
    """How many years lie between two areas, and who is highest and lowest."""
    by_year = {year: life(year) for year in years()}
    rows = by_year.pop(YEAR)
    size = _of(rows, DOWNTOWN) - _of(rows, WEST)
    ordered = rows.sort_values(VALUE)[AREA].tolist()
    other = [
        (_of(found, DOWNTOWN) - _of(found, WEST), f"that is the distance in {year}. Look at {YEAR}.")
        for year, found in by_year.items()
    ]
    widest = (
        float(rows[VALUE].max() - rows[VALUE].min()),
        f"that is from the highest area to the lowest. Compare {WEST} with the {DOWNTOWN}.",
    )
    swapped = "you have the other end of the list here."
    return check.first(
        check.number(
            answers["years"],
            size,
            ask=f"write how many years lie between {WEST} and the {DOWNTOWN}",
            again="find both areas in the list and take the smaller number from the larger.",
            right="",
            slips=[
                *other,
                widest,
                (_of(rows, DOWNTOWN), f"that is the {DOWNTOWN} alone. The question asks for the distance."),
                (_of(rows, WEST), f"that is {WEST} alone. The question asks for the distance."),
            ],
        ),
        check.choice(
            answers["highest"],
            ordered[-1],
            ordered,
            ask="choose the area at the top of the list",
            again="read the list from the top once more.",
            right="",
            slips={
                ordered[0]: swapped,
                ordered[-2]: "that area comes second. Look one line further up.",
            },
        ),
        check.choice(
            answers["lowest"],
            ordered[0],
            ordered,
            ask="choose the area at the bottom of the list",
            again="read the list from the bottom once more.",
            right="",
            slips={
                ordered[-1]: swapped,
                ordered[1]: "that area comes second from the bottom. Look one line further down.",
            },
        ),
        right="you found the distance, and both ends of the list. Rush put such a pair of numbers on its map.",
    )


def built(answers: dict[str, Any]) -> Result:
    """A map of the right year that names both ends and whose title is about the distance, not about
    people.
    """
    rows, menu = life(), years()
    everywhere = rows[AREA].tolist()
    table = answers["rows"] if not check.is_blank(answers["rows"]) else _menu_rows(answers["year"])

    def both_ends() -> Result | None:
        named = [check.plain(answers[name]) for name in ("first", "second")]
        if any(check.pick(name, everywhere, ask="").state != "right" for name in named):
            return None  # the menus' own check speaks about that
        low, high = sorted(_of(rows, str(name)) for name in named)
        if named[0] == named[1]:
            return Result("close", "you named one place twice. Name a second one.")
        if high - low < APART:
            return Result("close", "the places you named are near each other in the list. Name one from each end.")
        return None

    return check.first(
        check.choice(
            answers["year"],
            YEAR,
            menu,
            ask="choose the year",
            again="choose the newest year of the table.",
            right="",
            slips={year: f"your map shows {year}. The task asks for the newest year." for year in menu if year != YEAR},
        ),
        check.pick(answers["first"], everywhere, ask="name the first place"),
        check.pick(answers["second"], everywhere, ask="name the second place"),
        check.table(
            table, rows, group=AREA, value=VALUE, noun="areas", ask="give the map its rows", right="", point=both_ends
        ),
        check.choice(
            answers["title"],
            "distance",
            list(TITLES.values()),
            ask="choose the sentence above the map",
            again="choose a sentence that says what the map shows.",
            right="",
            slips={
                "people": "true or not, this one makes people the problem. Choose the sentence about the distance.",
                "best": "this one hides the areas at the other end. Choose the sentence that keeps both in view.",
            },
        ),
        right="your map names both ends, and its title is about the distance between them.",
    )


def reading(answers: dict[str, Any]) -> Result:
    """What an interval says, and what no map can."""
    rows = life()
    return check.first(
        check.choice(
            answers["top"],
            "overlap" if _overlap(rows, NORTH, DOWNTOWN) else "larger",
            list(OVERLAP.values()),
            ask=f"say whether {NORTH} is surely ahead of the {DOWNTOWN}",
            again="compare where one range ends with where the other begins.",
            right="",
            slips={"never": "a range says how far to trust a number. Use it: compare the two ranges."},
        ),
        check.choice(
            answers["pair"],
            "overlap" if _overlap(rows, WEST, DOWNTOWN) else "apart",
            list(APART_OR_NOT.values()),
            ask=f"say whether the ranges of {WEST} and the {DOWNTOWN} overlap",
            again=f"see where the range of {WEST} ends and where that of the {DOWNTOWN} begins.",
            right="",
        ),
        check.choice(
            answers["limit"],
            "why",
            list(LIMITS.values()),
            ask="choose what the map cannot show",
            again="the list beside the map does show that one. Look for what no number here can say.",
            right="",
        ),
        right="some areas cannot be told apart, this pair can, and the map alone does not say what made the distance.",
    )


def own(answers: dict[str, Any]) -> Result:
    """The reader's own table: can it be read, does it compare places, is its source named, does it show
    strengths.
    """
    file = answers["file"]
    if file is None:
        return check.not_yet("choose a file, or skip this one and look at the invented places below")
    try:
        table = _table(file)
    except ValueError as error:
        return Result("again", str(error))
    comparable = _comparable(table)
    if not comparable:
        return Result("close", "no indicator in your table stands for two areas or more. A distance needs two places.")
    if (count := table["area"].nunique()) > MOST_AREAS:
        return Result("close", f"your table has {count:,} areas. Keep {MOST_AREAS} or fewer, so that each can be seen.")
    wanted = check.plain(answers["indicator"])
    if wanted is not None and type(wanted) is not str:
        return Result("again", "write the name of an indicator, as your table has it.")
    if wanted is not None and wanted not in comparable:
        return Result(
            "close",
            f"your table compares no areas by {check.short(wanted)!r}. It has: {check.short(', '.join(comparable))}.",
        )
    if check.is_blank(answers["source"]) or check.is_blank(answers["date"]):
        return Result("close", "your charts are drawn. Say where the numbers come from and of what year they are.")
    if check.is_blank(answers["strength"]):
        ask = "Say whether your table shows what these places have built or kept."
        return Result("close", f"your charts are drawn. {ask}")
    if check.choice(answers["strength"], "yes", list(STRENGTH.values()), ask="", again="", right="").state != "right":
        return Result("close", "your charts are drawn. Add a row that shows what these places have built or kept.")
    return Result("right", f"your table has {count} areas, its source is named, and it shows strength beside need.")


def ranking() -> Figure:
    """All Chicago areas by life expectancy in the newest year, with their intervals."""
    rows = life()
    chart = places.ranked(
        rows,
        area=AREA,
        value=VALUE,
        unit="years",
        titles=_titles(),
        lower=LOW,
        upper=HIGH,
        level=95,
        named=NAMED,
    )
    return figure(
        chart,
        rows,
        name="worksheet-chicago-list",
        finding=f"In {{year.max}}, life expectancy differed widely across {{{AREA}.unique}} areas of one city",
        source=SOURCE,
        evidence=OFFICIAL,
        as_of=str(YEAR),
        missing=_missing(rows),
    )


def chicago(answers: dict[str, Any]) -> list[Figure]:
    """The reader's map once its four menus are set: their year, their two places, their title."""
    picked = [
        check.pick(answers[name], options, ask="")
        for name, options in (
            ("year", years()),
            ("first", areas()),
            ("second", areas()),
            ("title", list(TITLES.values())),
        )
    ]
    if any(result.state != "right" for result in picked):
        return []
    year, named = int(answers["year"]), [str(answers["first"]), str(answers["second"])]
    rows = whole().copy()
    chart = places.place_ranking(
        rows,
        data.geometry("chicago_community_areas"),
        data.load("chicago_community_areas"),
        value=VALUE,
        unit="years",
        lower=LOW,
        upper=HIGH,
        period="year",
        shown=year,
        titles=_titles(),
        named=named,
        breaks=CLASSES,
    )
    return [
        figure(
            chart,
            rows,
            name="worksheet-chicago-map",
            finding=_finding(str(answers["title"]), year, named),
            source=SOURCE,
            evidence=OFFICIAL,
            as_of=", ".join(str(one) for one in years()),
            missing=_missing(rows),
        )
    ]


def own_views(answers: dict[str, Any]) -> list[Figure]:
    """The reader's places ranked and, where they have coordinates, on a map; the invented ones until a file
    is chosen. Nothing for a table that cannot be read or compared, which the check speaks about.
    """
    file = File(SAMPLE_NAME, SAMPLE) if answers["file"] is None else answers["file"]
    try:
        table = _table(file)
    except ValueError:
        return []
    comparable = _comparable(table)
    if not comparable or table["area"].nunique() > MOST_AREAS:
        return []
    wanted = check.plain(answers["indicator"])
    indicator = next((name for name in comparable if type(wanted) is str and name == wanted), comparable[0])
    rows = table[table["indicator"] == indicator].reset_index(drop=True)
    invented = file.content == SAMPLE
    said = {
        "source": "Made up by this book" if invented else _said(answers["source"], "not named yet"),
        "evidence": INVENTED if invented else "the reader's own table",
        "as_of": "no date: the places are invented" if invented else _said(answers["date"], "not named yet"),
    }
    lead = "Invented places. " if invented else ""
    unit = " {unit.max}" if rows["unit"].iloc[0] else ""
    finding = f"{lead}{{indicator.max}}: {{value.min:,.10g}} to {{value.max:,.10g}}{unit} in {{area.unique}} areas"
    shape: dict[str, Any] = {
        "area": "area",
        "value": "value",
        "unit": str(rows["unit"].iloc[0]),
        "titles": {"area": "Area", "indicator": "Indicator", "value": indicator, "unit": "Unit"},
        "decimals": _decimals(rows["value"]),
    }
    listed = rows[["area", "indicator", "value", "unit"]]
    views = [
        figure(
            places.ranked(listed, **shape), listed, name="worksheet-own-list", finding=finding, missing="none", **said
        )
    ]
    located = int(rows[["latitude", "longitude"]].notna().all(axis=1).sum())
    if located:
        lacking = len(rows) - located
        views.append(
            figure(
                places.point_map(rows, latitude="latitude", longitude="longitude", **shape),
                rows,
                name="worksheet-own-map",
                finding=f"{finding}, on a map",
                missing=f"coordinates of {lacking} areas, which are not drawn" if lacking else "none",
                **said,
            )
        )
    return views


def sample() -> Path:
    """Write the invented table to a file of its own, for readers to fill in. Returns its path."""
    return give(Path(SAMPLE_NAME), SAMPLE)


def save_sample() -> Result:
    """`sample` as a button's answer."""
    try:
        return Result(
            "noted", f"the invented table is in {sample().name}. Open it in a spreadsheet and put in your own."
        )
    except OSError as error:
        return Result("again", f"the file could not be written ({error.strerror}).")


def _table(file: object) -> pd.DataFrame:
    if type(file) is not File or file.content is None:
        name = file.name if type(file) is File else "the file"
        raise ValueError(f"{name} could not be opened, or is larger than 10 megabytes. Choose another file.")
    return community(file.content, name=file.name)


def _comparable(table: pd.DataFrame) -> list[str]:
    """The indicators that stand for two areas or more, in the table's order."""
    counts = table.groupby("indicator", sort=False)["area"].nunique()
    return [str(name) for name, count in counts.items() if count > 1]


def _menu_rows(year: object) -> pd.DataFrame | None:
    picked = check.plain(year)
    return life(picked) if type(picked) is int and picked in years() else None


def _of(rows: pd.DataFrame, area: str) -> float:
    return float(rows.loc[rows[AREA] == area, VALUE].iloc[0])


def _overlap(rows: pd.DataFrame, one: str, other: str) -> bool:
    first, second = (rows[rows[AREA] == area].iloc[0] for area in (one, other))
    return bool(first[LOW] <= second[HIGH] and second[LOW] <= first[HIGH])


def _said(answer: object, otherwise: str) -> str:
    text = check.plain(answer)
    return text if type(text) is str else otherwise


def _titles() -> dict[str, str]:
    fields = data.describe(DATASET)["resources"][0]["schema"]["fields"]
    return {field["name"]: field["title"] for field in fields}


def _missing(rows: pd.DataFrame) -> str:
    """Which rows have no interval, in words for a figure."""
    lacking = rows[rows[LOW].isna() | rows[HIGH].isna()]
    named = " and ".join(f"{area}, {year}" for area, year in zip(lacking[AREA], lacking["year"], strict=True))
    return f"the interval of {named}" if named else "none"


def _finding(title: str, year: int, named: list[str]) -> str:
    """The finding's template for one of the titles."""
    rows = life(year).sort_values(VALUE)
    low, high = sorted(named, key=lambda area: _of(rows, area))
    best = rows[AREA].iloc[-1]
    when = f"In {{at[{best}, {year}].year}}"
    return {
        "distance": f"{when}, {{at[{high}, {year}].{VALUE} - at[{low}, {year}].{VALUE}:.1f}} years of life expectancy "
        f"separated {_the(low)} and {_the(high)}",
        "people": "People on the West Side die younger",
        "best": f"{when}, Chicago areas reached a life expectancy of {{at[{best}, {year}].{VALUE}:.1f}} years",
    }[title]


def _the(area: str) -> str:
    return f"the {area}" if area == DOWNTOWN else area


def _decimals(values: pd.Series[float]) -> int:
    """The decimals a column is written with: as many as its values have, three at most."""
    return next((places for places in range(3) if (values.round(places) == values).all()), 3)
