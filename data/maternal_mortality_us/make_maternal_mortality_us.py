"""Write `maternal_mortality_us.csv` from NCHS's provisional maternal death counts, data.cdc.gov e2d5-ggg7.

The table runs month by month over the last 12 months. Ours keeps the rows that end in December: one a year,
none overlapping. Counts of 1 to 10 are withheld (NCHS withholds 1 to 9).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

ENDPOINT = "https://data.cdc.gov/api/views/e2d5-ggg7/rows.csv?accessType=DOWNLOAD"
COLUMNS = {
    "dimension": ("Group",),
    "group": ("Subgroup",),
    "year": ("Year of Death",),
    "month": ("Month of Death",),
    "period": ("Time Period",),
    "deaths": ("Maternal Deaths",),
    "births": ("Live Births",),
    "rate": ("Maternal Mortality Rate",),
}
YEARS = range(2019, 2025)
GROUPS = {
    "Total": "All",
    "American Indian or Alaska Native, Non-Hispanic": "American Indian or Alaska Native",
    "Asian, Non-Hispanic": "Asian",
    "Black, Non-Hispanic": "Black",
    "Hispanic": "Hispanic",
    "Native Hawaiian or Other Pacific Islander, Non-Hispanic": "Native Hawaiian or Pacific Islander",
    "White, Non-Hispanic": "White",
}
FEW = 20  # deaths; NCHS gives no rate below
Cell = tuple[int | None, int, float | None]


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from NCHS's table, held against the published rates of 2022."""
    cells = _cells(raw, name)
    table: list[tuple[object, ...]] = []
    for year in YEARS:
        of_year = {group: cells[year, group] for group in GROUPS.values() if (year, group) in cells}
        if len(of_year) != len(GROUPS):
            raise ValueError(f"{name} has {len(of_year)} of the {len(GROUPS)} groups in {year}. Fetch it again.")
        parts = {group: (-1 if deaths is None else deaths,) for group, (deaths, _, _) in of_year.items()}
        total = parts.pop("All")[0]
        # Deaths of people of several races or of none stated, and those withheld, are what is left over.
        known = sum(count[0] for count in parts.values() if count[0] > 0)
        away = maker.hidden(parts, total - known)
        for group, (deaths, births, rate) in of_year.items():
            gone = group in away
            status = "suppressed" if gone else "too few for a rate" if rate is None else "shown"
            table.append((year, group, None if gone else deaths, births, None if gone else rate, status))
    published = {"All": 22.3, "Black": 49.5, "White": 19.0, "Hispanic": 16.9, "Asian": 13.2}
    for group, rate in published.items():
        maker.expect(name, f"the rate of 2022, group {group},", cells[2022, group][2], rate)
    maker.expect(name, "the number of deaths in 2022", cells[2022, "All"][0], 817)
    maker.expect(name, "the number of live births in 2022", cells[2022, "All"][1], 3_667_758)
    columns = ("year", "group", "deaths", "live_births", "deaths_per_100k_births", "status")
    return {"maternal_mortality_us.csv": maker.csv_bytes(columns, table)}


def _cells(raw: bytes, name: str) -> dict[tuple[int, str], Cell]:
    found: dict[tuple[int, str], Cell] = {}
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        if cells["month"] != "12" or cells["period"] != "12 month-ending" or cells["group"] not in GROUPS:
            continue
        deaths = None if maker.blank(cells["deaths"]) else maker.whole(name, row, "Maternal Deaths", cells["deaths"])
        births = maker.whole(name, row, "Live Births", cells["births"])
        rate = None if maker.blank(cells["rate"]) else maker.exact(name, row, "Maternal Mortality Rate", cells["rate"])
        if rate is not None and (deaths is None or deaths < FEW or abs(deaths / births * 1e5 - rate) > 0.051):
            raise ValueError(f"{name}, row {row}: {deaths} deaths in {births} births do not give {rate}. Check it.")
        found[maker.whole(name, row, "Year of Death", cells["year"]), GROUPS[cells["group"]]] = (deaths, births, rate)
    return found


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
