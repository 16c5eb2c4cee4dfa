"""Write the tract table of Philadelphia, Delaware and Montgomery counties, and outlines around Lankenau.

From three federal files: the American Community Survey 2013 to 2017, USALEEP 2010 to 2015, and the 2018
boundaries. The table has every tract; outlines are kept of those within `NEAR` miles of the hospital.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker
import tracts

DATASET = "philadelphia_region_tracts"
REGION = tracts.Region(
    counties={"42045": "Delaware County", "42091": "Montgomery County", "42101": "Philadelphia County"},
    tracts={"42045": 144, "42091": 211, "42101": 384},
    people={"42045": 563384, "42091": 818677, "42101": 1569657},
)
ENDPOINTS = (
    f"{tracts.ACS}?get={tracts.variables()}&for=tract:*&in=state:42%20county:045,091,101",
    f"{tracts.USALEEP}/PA_A.CSV",
    f"{tracts.BOUNDARIES}/cb_2018_42_tract_500k.zip",
)
ESTIMATES = ("population", "median_household_income_usd", "per_capita_income_usd", "poverty_pct")
COLUMNS = (
    "tract_geoid", "tract_name", "county", *ESTIMATES, "life_expectancy_years", "life_expectancy_se_years",
    "miles_from_lankenau",
)  # fmt: skip
# The address is from CMS's list of hospitals; the coordinate, to about 100 meters, is the one Wikipedia gives.
LANKENAU = (-75.262, 39.988)
LANDMARKS = (("Lankenau Medical Center", "100 Lancaster Avenue, Wynnewood, PA 19096", LANKENAU[1], LANKENAU[0]),)
NEAR = 7.0  # miles; reaches Center City to the east and Radnor to the west, and keeps the outlines under 60 KB
THIN, STEP = 60.0, 50  # meters, and grid units of about a meter: under one pixel where 14 miles are 600 pixels


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's three files, held against published populations and Philadelphia's income per person."""
    found = tracts.read(files, REGION)
    city = [tract.estimates for tract in found.values() if tract.county == "Philadelphia County"]
    earned = sum((e["population"] or 0) * (e["per_capita_income_usd"] or 0) for e in city)
    maker.expect(DATASET, "Philadelphia's income per person in dollars", round(earned / 1569657), 24811)
    away = {number: tracts.miles(LANKENAU, tracts.center(tract.shape)) for number, tract in found.items()}
    table = [
        (number, tracts.title(number, tract.county), tract.county, *tract.cells(ESTIMATES), round(away[number], 2))
        for number, tract in found.items()
    ]
    near = {number: tract for number, tract in found.items() if round(away[number], 2) <= NEAR}
    return {
        f"{DATASET}.csv": maker.csv_bytes(COLUMNS, table),
        "landmarks.csv": maker.csv_bytes(("landmark", "address", "latitude", "longitude"), LANDMARKS),
        f"{DATASET}.topojson": tracts.outlines(DATASET, near, THIN, STEP),
    }


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
