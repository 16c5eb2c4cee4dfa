"""The framework chapters: each number of their prose is worked out from the tables, or is listed with who states it."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd
import pytest
from test_numbers import prose

from equityguide import data

FOLDER = Path(__file__).parents[2] / "book/framework"
NUMBER = re.compile(r"\d+(?:[.,]\d+)*s?")

CITED = {
    "overview": {
        "1": "number of a component, in our tables",
        "2": "number of a component",
        "3": "number of a component",
        "4": "number of a component",
        "5": "number of a component",
        "2016": "IHI, year of the white paper",
        "2017": "IHI, start of the first round and an earlier wording",
        "2019": "IHI, end of the first round",
        "2022": "HealthLeaders, the earlier wording still in use",
    },
    "strategic-priority": {"80": "the Health Equity Tracker, what counts as taken: 80 of 100 days"},
    "infrastructure": {
        "1": "CMS's rule, counts from 1",
        "4": "Roth and others, systems with three or more years",
        "7": "Roth and others, systems planning, and with one to two years",
        "9": "Roth and others, systems that had just begun",
        "10": "CMS's rule, counts to 10; HealthLeaders, a team called large",
        "15": "HealthLeaders, a team called large; HHS, the CLAS standards",
        "19": "IHI, organizations in its accelerator",
        "27": "Roth and others, systems that answered",
        "28": "OMB, 28 September 2029",
        "2020": "HealthPartners, its cabinet",
        "2022": "Roth and others, year of the survey; the California toolkit",
        "2025": "IHI, year of the four steps",
        "2026": "when we checked the federal dates",
        "2029": "OMB, 28 September 2029",
    },
    "determinants": {
        "5": "IHI's framework, levers",
        "40": "HealthPartners, quoting a model",
        "30": "HealthPartners, quoting a model",
        "20": "HealthPartners, quoting a model",
        "10": "HealthPartners, quoting a model",
        "10.5": "Austin Weekly News, millions raised",
        "1.7": "Austin Weekly News, millions lent",
        "85,000": "Austin Weekly News, dollars to businesses",
        "12.4": "HealthPartners, mammography gap in 2007",
        "4.6": "HealthPartners, mammography gap in 2014",
        "43": "HealthPartners, patients of color in 2009",
        "66": "HealthPartners, patients of color about 2014",
        "78": "HealthPartners, White patients",
        "15": "Becker's, ECU Health's wage before",
        "16": "Becker's, ECU Health's wage after",
        "17": "Becker's, in the Outer Banks before",
        "18": "Becker's, in the Outer Banks after",
        "2007": "HealthPartners, mammography",
        "2009": "HealthPartners, colorectal screening",
        "2014": "HealthPartners, both",
        "2018": "Austin Weekly News, loans",
        "2019": "Austin Weekly News, money raised",
    },
    "racism-and-oppression": {
        "13": "Ramzy and others, clinics",
        "30": "GARE, minutes of the lesson",
        "42": "NCHS, days after a pregnancy; Ramzy and others, support staff",
        "60": "Ramzy and others, interviews",
        "90": "IHI, days of its project; our example of a rule",
        "2017": "Bailey and others; Main Line Health, its yearly meeting",
        "2018": "IHI, Seeing with New Eyes",
        "2019": "Reid and others",
        "2021": "Ramzy and others, year of the interviews",
        "2025": "the federal order; the GARE lesson",
        "2026": "when we checked the law",
    },
    "community": {
        "1": "number of a step",
        "2": "number of a step",
        "3": "number of a step",
        "4": "number of a step",
        "5": "number of a step",
        "480,000": "WTTW, people in the nine",
        "500": "Civic Consulting Alliance, residents heard",
        "10": "Healthcare Anchor Network, its pledge",
        "100": "Healthcare Anchor Network, its pledge",
        "8": "Everyday Democracy, people at a table",
        "12": "Everyday Democracy, people at a table",
        "16": "Brigham and Women's, ages",
        "22": "Brigham and Women's, ages",
        "17": "Austin Weekly News, residents wanted for the council",
        "10.5": "Austin Weekly News, millions raised",
        "1.7": "Austin Weekly News, millions lent",
        "85,000": "Austin Weekly News, dollars to businesses",
        "75": "Healthcare Anchor Network, members",
        "2008": "Racial Reconciliation and Healing, the work it grew out of",
        "2016": "Healthcare Anchor Network, first meeting",
        "2017": "Healthcare Anchor Network, founded; Civic Consulting Alliance, launch",
        "2018": "WTTW and Austin Weekly News",
        "2019": "Austin Weekly News, money raised",
        "2023": "CBS News, the year of the newer figures",
        "2024": "WTTW, work began",
        "2027": "Healthcare Anchor Network, its pledge",
        "2030": "Austin Weekly News, the aim",
    },
}


def sentences() -> dict[tuple[str, str], str]:
    """What a chapter must say, by chapter and a name for it, with every number worked out from the tables."""
    said = {}
    statins = data.load("medicare_cardiovascular_care_2020")
    statins = statins[(statins["measure"] == "Statins taken") & statins["dimension"].isin(["all", "race"])]
    people = statins.set_index("group")["denominator"]
    of_100 = 100 * statins.set_index("group")["events"] / people
    average = f"{of_100['All']:.0f}"
    said["strategic-priority", "the average"] = f"All together, {average} of 100 had enough of the medicine"
    said["strategic-priority", "behind it"] = (
        f"stood {of_100['American Indian or Alaska Native']:.0f} of 100 American Indian and Alaska Native people, "
        f"{of_100['Black']:.0f} of 100 Black, {of_100['Hispanic']:.0f} of 100 Hispanic and "
        f"{of_100['White']:.0f} of 100 White people"
    )
    white = 100 * people["White"] / people["All"]
    said["strategic-priority", "who is counted"] = f"About {white:.0f} of 100 people in the count are White"
    assert of_100.idxmax() == "Unknown"
    said["strategic-priority", "the highest"] = f"unknown stood highest, at {of_100['Unknown']:.0f} of 100"
    said["strategic-priority", "the goal"] = f'A goal of "{average} or better"'
    said["strategic-priority", "the year"] = (
        f"given a statin in {data.describe('medicare_cardiovascular_care_2020')['as_of']}"
    )

    counts = data.load("organization", "measures")
    counts = counts[(counts["measure"] == "breast_cancer_screening") & counts["period"].str.startswith("2024")]
    patients = counts.groupby(["dimension", "group"])["denominator"].sum()
    race, language = patients["race_and_ethnicity"], patients["language"]
    said["infrastructure", "the unknown"] = (
        f"Of {race.sum():,} patients due for breast cancer screening, {race['Unknown']} have no race or ethnicity on record and "
        f"{race['Declined']} declined to give one. For language it is {language['Unknown']} and {language['Declined']}"
    )

    jobs = data.load("wages_healthcare_occupations_us").set_index("occupation")
    pay, black, hispanic = jobs["weekly_earnings_usd"], jobs["black_percent"], jobs["hispanic_percent"]
    cleaners = "Maids and housekeeping cleaners"
    said["determinants", "pay"] = (
        f"Registered nurses stood at {pay['Registered nurses']:,} dollars a week and nursing assistants at "
        f"{pay['Nursing assistants']:,}. {cleaners} stood at {pay[cleaners]:,}, and all workers in the country at "
        f"{pay['All occupations']:,}"
    )
    said["determinants", "who"] = (
        f"In 2022 Black workers were {black['All occupations']} of 100 workers in all jobs and "
        f"{black['Nursing assistants']} of 100 nursing assistants. Hispanic workers were {hispanic['All occupations']} "
        f"of 100 in all jobs and {hispanic[cleaners]} of 100 maids"
    )
    said["determinants", "women"] = (
        f"Women were {jobs['women_percent']['Nursing assistants']} of 100 nursing assistants"
    )
    said["determinants", "the years"] = "in the whole country, in 2025"
    assert data.describe("wages_healthcare_occupations_us")["as_of"].startswith("2025 (earnings) and 2022")

    births = data.load("maternal_mortality_us").set_index(["year", "group"])
    rate = births["deaths_per_100k_births"]
    native = (2021, "American Indian or Alaska Native")
    said["racism-and-oppression", "the rates"] = (
        f"For each 100,000 births, {rate[native]} American Indian and Alaska Native women died, "
        f"{rate[2021, 'Black']} Black women and {rate[2021, 'White']} White women. The first number rests on "
        f"{births['deaths'][native]} deaths"
    )
    said["racism-and-oppression", "later"] = (
        f"By {births.index.get_level_values('year').max()} the rates had fallen to {rate[2024, 'Black']} for Black "
        f"women and {rate[2024, 'White']} for White women"
    )
    ratios = [rate[year, "Black"] / rate[year, "White"] for year in (2021, 2024)]
    said["racism-and-oppression", "the ratio"] = f"{ratios[0]:.1f} Black women died in 2021 and {ratios[1]:.1f} in 2024"

    nine = west_side().set_index("community_area")["life_expectancy_years"]
    said["community", "the ends"] = (
        f"South Lawndale stood at {nine.max()} years and West Garfield Park at {nine.min()}. Four of them lay below 73"
    )
    said["community", "the year"] = "in the city's areas of the nine names, in 2010"
    assert (nine.idxmax(), nine.idxmin(), int((nine < 73).sum())) == ("South Lawndale", "West Garfield Park", 4)
    return said


def west_side() -> pd.DataFrame:
    """The nine areas of the partnership in the last year of the city's table, by the names WTTW lists."""
    life = data.load("chicago_life_expectancy")
    names = ["Austin", "East Garfield Park", "Humboldt Park", "Lower West Side", "Near West Side"]
    names += ["North Lawndale", "South Lawndale", "West Garfield Park", "West Town"]
    rows = life[(life["year"] == 2010) & life["community_area"].isin(names)]
    assert len(rows) == 9
    return rows


@pytest.mark.parametrize(("chapter", "name"), [*sentences()])
def test_sentence_holds_what_the_tables_give(chapter: str, name: str) -> None:
    assert sentences()[chapter, name] in prose(FOLDER / f"{chapter}.md")


@pytest.mark.parametrize("chapter", [*CITED])
def test_every_number_is_computed_or_cited(chapter: str) -> None:
    computed = {n for (page, _), text in sentences().items() if page == chapter for n in NUMBER.findall(text)}
    stated = set(NUMBER.findall(prose(FOLDER / f"{chapter}.md")))
    assert sorted(stated - computed - set(CITED[chapter])) == []
    assert sorted(set(CITED[chapter]) - stated) == []


def test_every_chapter_of_the_framework_is_here() -> None:
    assert {file.stem for file in FOLDER.glob("*.md")} == set(CITED)


def test_deaths_of_2021_are_the_highest_and_the_only_ones_with_that_rate() -> None:
    births = data.load("maternal_mortality_us").set_index(["year", "group"])["deaths_per_100k_births"]
    everyone = births.xs("All", level="group")
    assert (len(everyone), everyone.idxmax()) == (6, 2021)
    assert births.xs("American Indian or Alaska Native", level="group").dropna().index.tolist() == [2021]


def test_chance_explains_the_change_of_the_ratio_and_not_the_gap() -> None:
    births = data.load("maternal_mortality_us").set_index(["year", "group"])

    def log_ratio(year: int) -> tuple[float, float]:
        black, white = births.loc[(year, "Black")], births.loc[(year, "White")]
        ratio = (black["deaths"] / black["live_births"]) / (white["deaths"] / white["live_births"])
        return math.log(ratio), 1 / black["deaths"] + 1 / white["deaths"]

    (then, spread), (now, wider) = log_ratio(2021), log_ratio(2024)
    assert abs(now - then) < 1.96 * math.sqrt(spread + wider)
    assert then > 1.96 * math.sqrt(spread)
    assert now > 1.96 * math.sqrt(wider)


def test_order_of_three_west_side_areas_is_not_sure() -> None:
    rows = west_side().set_index("community_area").loc[["East Garfield Park", "Austin", "North Lawndale"]]
    assert rows["ci95_lower_years"].max() <= rows["ci95_upper_years"].min()
