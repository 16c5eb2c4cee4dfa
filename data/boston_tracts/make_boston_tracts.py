"""Write the tract table and outlines of Suffolk County: Boston, Chelsea, Revere and Winthrop.

From three federal files: the American Community Survey 2013 to 2017, USALEEP 2010 to 2015, and the 2018 boundaries.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker
import tracts

DATASET = "boston_tracts"
REGION = tracts.Region(counties={"25025": "Suffolk County"}, tracts={"25025": 204}, people={"25025": 780685})
ENDPOINTS = (
    f"{tracts.ACS}?get={tracts.variables()}&for=tract:*&in=state:25%20county:025",
    f"{tracts.USALEEP}/MA_A.CSV",
    f"{tracts.BOUNDARIES}/cb_2018_25_tract_500k.zip",
)
# The first two digits of the tract's code tell the three smaller cities from Boston.
CITIES = {16: "Chelsea", 17: "Revere", 18: "Winthrop"}
ESTIMATES = ("population", "median_household_income_usd", "per_capita_income_usd", "poverty_pct", "black_pct")
COLUMNS = ("tract_geoid", "tract_name", "city", *ESTIMATES, "life_expectancy_years", "life_expectancy_se_years")
THIN, STEP = 40.0, 20  # meters, and grid units of about a meter: under one pixel where the county is 600 pixels high


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's two files, held against the county's published number of people."""
    found = tracts.read(files, REGION)
    cities = {number: CITIES.get(number % 1_000_000 // 10_000, "Boston") for number in found}
    table = [
        (number, tracts.title(number, cities[number]), cities[number], *tract.cells(ESTIMATES))
        for number, tract in found.items()
    ]
    return {
        f"{DATASET}.csv": maker.csv_bytes(COLUMNS, table),
        f"{DATASET}.topojson": tracts.outlines(DATASET, found, THIN, STEP),
    }


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
