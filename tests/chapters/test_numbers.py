"""Each number that a chapter's prose states is worked out again from the tables, or is on a list with its source."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from rules import parse, plain

from equityguide import data

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / "book/strategies/build-will.md"
MILES = 6  # "about six miles": IHI's guide; no table has it

# Numbers that no table of ours holds, with who states them.
CITED = {
    "69": "IHI's guide, West Garfield Park as printed there",
    "85": "IHI's guide, the Loop as printed there",
    "1930s": "IHI's guide, when the lending maps were drawn",
    "2008": "racialrec.org, when the youth project began",
    "30": "IHI's guide, visits of one patient in a year",
    "1938": "IHI's guide, Boston's map",
    "2023": "CBS News, the year of the newer pair",
    "87.3": "CBS News, the Loop in 2023, another method",
    "66.6": "CBS News, West Garfield Park in 2023, another method",
    "2024": "WTTW News, when work on the wellness center began",
    "70.0": "Chicago Data Portal, Dunning's inconsistent interval, which load leaves out",
    "72.7": "Chicago Data Portal, Dunning's inconsistent interval, which load leaves out",
}


def sentences() -> dict[str, str]:
    """What the chapter must say, by a name for it, with every number worked out from the tables."""
    life = data.load("chicago_life_expectancy")
    hardship = data.load("chicago_socioeconomic").set_index("community_area")["hardship_index"]
    years = life.pivot(index="community_area", columns="year", values="life_expectancy_years")
    latest = life[life["year"] == life["year"].max()].set_index("community_area")
    low, high = latest["ci95_lower_years"], latest["ci95_upper_years"]
    west, loop, top, south = "West Garfield Park", "Loop", "Near North Side", "South Lawndale"
    now = years[2010]
    assert now.idxmin() == west
    assert now.idxmax() == top
    gap = now[loop] - now[west]
    return {
        "the pair": f"was {now[west]:.1f} years in one and {now[loop]:.1f} in the other",
        "as the guide prints it": f"IHI's guide prints {now[west]:.0f} and {now[loop]:.0f}",
        "how many areas": f"all {len(now)} community areas",
        "the gap": f"The two places are {gap:.0f} years apart, or about {gap / MILES:.1f} years of life for each mile",
        "the gap again": f"West Garfield Park were {gap:.0f} years apart",
        "the highest": f"the Near North Side stood highest, at {now[top]:.1f} years",
        "two intervals": (
            f"({low[top]:.1f} to {high[top]:.1f}) overlaps the Loop's ({low[loop]:.1f} to {high[loop]:.1f})"
        ),
        "the first year": (
            f"back to {years.columns.min()}, when life expectancy was {years[1990][west]:.1f} years in "
            f"West Garfield Park and {years[1990][loop]:.1f} in the Loop"
        ),
        "hardship": (
            f"scale of {hardship.min()} to {hardship.max()}, West Garfield Park scores {hardship[west]} "
            f"and the Loop {hardship[loop]}"
        ),
        "the exception": f"scores {hardship[south]}, and life expectancy there was {now[south]:.1f} years",
        "a small area": (
            f"Burnside, a small area, had a life expectancy of {now['Burnside']:.1f} years in 2010, with an "
            f"interval from {low['Burnside']:.1f} to {high['Burnside']:.1f}"
        ),
        "the inconsistent interval": f"below its own value of {now['Dunning']:.1f}",
        "the interval's level": "Its 95% confidence interval",
        "the hardship years": f"it describes {data.describe('chicago_socioeconomic')['as_of']}",
        "the last year": f"The chart ends in {life['year'].max()}",
    }


def prose(chapter: Path = CHAPTER) -> str:
    """The chapter as a reader reads it, references left out, on one line."""
    page = parse(chapter.name, chapter.read_text(encoding="utf-8"))
    references = {line.number for line in page.section("References")}
    lines = [line.text for line in page.prose if line.number not in references]
    numbered = [re.sub(r"^\s*\d+\.\s", "", line) for line in lines]
    return " ".join(plain(line).strip() for line in numbered)


@pytest.mark.parametrize("name", [*sentences()])
def test_sentence_holds_what_the_tables_give(name: str) -> None:
    assert sentences()[name] in prose()


def test_every_number_is_computed_or_cited() -> None:
    number = re.compile(r"\d+(?:\.\d+)?s?")
    computed = {found for sentence in sentences().values() for found in number.findall(sentence)}
    stated = set(number.findall(prose()))
    assert sorted(stated - computed - set(CITED)) == []
    assert sorted(set(CITED) - stated) == []


def test_what_the_prose_says_of_the_order() -> None:
    life = data.load("chicago_life_expectancy")
    years = life.pivot(index="community_area", columns="year", values="life_expectancy_years")
    rise: pd.Series[float] = years[2010] - years[1990]
    assert rise["Loop"] > rise["West Garfield Park"] > 0
    dunning = life[(life["community_area"] == "Dunning") & (life["year"] == 2010)].iloc[0]
    assert pd.isna(dunning["ci95_lower_years"])
    assert years[2010]["Dunning"] > 72.7
