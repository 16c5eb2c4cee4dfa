"""Write `covid_vaccination_by_race_us.csv` from CDC's vaccination demographics, data.cdc.gov km4m-vcsb.

CDC has a row a day; ours keeps the last day of each month, and April 18, 2022.
"""

from __future__ import annotations

import calendar
import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

ENDPOINT = "https://data.cdc.gov/api/views/km4m-vcsb/rows.csv?accessType=DOWNLOAD"
COLUMNS = {
    "date": ("Date",),
    "group": ("Demographic_category",),
    "first": ("Administered_Dose1",),
    "first_percent": ("Administered_Dose1_pct_agegroup",),
    "full": ("Series_Complete_Yes",),
    "full_percent": ("Series_Complete_Pop_pct_agegroup",),
}
LAST = "2022-04-18"
MONTHS = [(2021, month) for month in range(1, 13)] + [(2022, month) for month in range(1, 4)]
DATES = [f"{year}-{month:02}-{calendar.monthrange(year, month)[1]}" for year, month in MONTHS] + [LAST]
GROUPS = {
    "US": "All",
    "Race_eth_NHAIAN": "American Indian or Alaska Native",
    "Race_eth_NHAsian": "Asian",
    "Race_eth_NHBlack": "Black",
    "Race_eth_Hispanic": "Hispanic",
    "Race_eth_NHMultiracial": "Multiracial",
    "Race_eth_NHNHOPI": "Native Hawaiian or Pacific Islander",
    "Race_eth_NHOther": "Other",
    "Race_eth_NHWhite": "White",
    "Race_eth_unknown": "Unknown",
}


class Line(NamedTuple):
    """People with a first dose and the percentage of the group; people with a full course, and the same."""

    first: int
    first_percent: float | None
    full: int
    full_percent: float | None


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from CDC's table: groups that make the total, and 25.6 percent unknown at the end."""
    found: dict[tuple[str, str], Line] = {}
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        date = _iso(cells["date"])
        if date not in DATES or cells["group"] not in GROUPS:
            continue
        people = [maker.whole(name, row, key, cells[key]) for key in ("first", "full")]
        percents = [
            None if maker.blank(cells[key]) else maker.exact(name, row, key, cells[key])
            for key in ("first_percent", "full_percent")
        ]
        if maker.small(*people):
            raise ValueError(
                f"{name}, row {row}: a count of 1 to 10 people may not be shown. Withhold it in the maker."
            )
        found[date, GROUPS[cells["group"]]] = Line(people[0], percents[0], people[1], percents[1])
    keys = [(date, group) for date in DATES for group in GROUPS.values()]
    if lacking := [key for key in keys if key not in found]:
        raise ValueError(f"{name} lacks {' on '.join(lacking[0][::-1])}. It may be cut off: fetch it again.")
    for date in DATES:
        _rest(found, date, name)
    unknown = round(100 * found[LAST, "Unknown"].first / found[LAST, "All"].first, 1)
    maker.expect(name, f"the percentage of people of unknown race on {LAST}", unknown, 25.6)
    columns = ("date", "group", "first_dose_people", "first_dose_percent", "full_course_people", "full_course_percent")
    return {"covid_vaccination_by_race_us.csv": maker.csv_bytes(columns, [(*key, *found[key]) for key in keys])}


def _rest(found: dict[tuple[str, str], Line], date: str, name: str) -> None:
    """Count everyone who is in no named group as unknown.

    Without it the total less the groups would give away the two or three people of a known race in no group.
    """
    named = [group for group in GROUPS.values() if group not in {"All", "Unknown"}]
    everyone, unknown = found[date, "All"], found[date, "Unknown"]
    first = everyone.first - sum(found[date, group].first for group in named)
    full = everyone.full - sum(found[date, group].full for group in named)
    for ours, theirs in ((first, unknown.first), (full, unknown.full)):
        if abs(ours - theirs) > 0.001 * theirs:
            raise ValueError(f"{name}: on {date} the groups leave {ours} people, not {theirs} unknown. Check it.")
    found[date, "Unknown"] = Line(first, None, full, None)


def _iso(text: str) -> str:
    month, _, rest = text.partition("/")
    day, _, year = rest.partition("/")
    return f"{year}-{month}-{day}"


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
