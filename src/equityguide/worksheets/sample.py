"""The sample organization (synthetic) as worksheets use it: its counts, always suppressed, and its words."""

from __future__ import annotations

import functools

import pandas as pd

from equityguide import data
from equityguide.measures import combine
from equityguide.suppression import Suppressed, suppress

DATASET = "organization"
ALL_YEARS = "2021 to 2024"
SOURCE = "Riverbend Health, an organization that this book made up"
EVIDENCE = "synthetic: made up for practice, no real patients"
RACE = "race_and_ethnicity"
UNKNOWN, DECLINED = "Unknown", "Declined"

# What people are divided by, as a reader says it.
DIMENSIONS = {
    RACE: "Race and ethnicity",
    "language": "Language",
    "payer": "Payer",
    "sex": "Sex",
    "neighborhood": "Neighborhood",
}


@functools.cache
def years(measure: str) -> Suppressed:
    """The measure's counts of each year, "2021" to "2024", and of all four together, by every dimension.

    In these records no patient comes twice, so that quarters add up.
    """
    return suppress(combine(counts(measure), "year", "all"))


@functools.cache
def quarters(measure: str) -> Suppressed:
    """The measure's counts of each quarter, "2021-Q1" to "2024-Q4", by every dimension."""
    return suppress(counts(measure))


def of_100(share: float) -> str:
    """ "52 of 100" for 0.516."""
    return f"{100 * share:.0f} of 100"


def not_compared(table: pd.DataFrame) -> str:
    """For a figure of gaps: the shown groups without a gap, in words."""
    without = (table["status"] == "shown") & table["difference"].isna()
    groups = dict.fromkeys(str(group) for group in table.loc[without, "group"])
    return f"the gap of {', '.join(groups)}, not compared" if groups else "none"


def titles() -> dict[str, str]:
    """Column name -> heading, also of the columns that the measures add."""
    return {
        **data.titles(DATASET),
        **DIMENSIONS,
        "events": "Patients with the event",
        "status": "Shown",
        "review": "For the steward",
        "rate": "Share",
        "rate_lower": "Lower limit",
        "rate_upper": "Upper limit",
        "level": "Level",
    }


def counts(measure: str) -> pd.DataFrame:
    """The measure's counts as they are, small ones included: not to be shown."""
    table = every()
    own = table[table["measure"] == measure].reset_index(drop=True)
    own.attrs = table.attrs
    return own


@functools.cache
def every() -> pd.DataFrame:
    """The table of all measures, small counts included: not to be shown or changed.

    Kept, since reading and checking it takes most of a second in the browser.
    """
    return data.load(DATASET, "measures")
