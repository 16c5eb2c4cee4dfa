"""Write `chicago_life_expectancy.csv` from the Chicago Data Portal's table qjr3-bm53.

The portal has one row an area with nine value columns; ours has one row an area and year. Names stay as the
portal spells them.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chicago
import maker

# Without $limit the portal's API stops after 1,000 rows.
ENDPOINT = "https://data.cityofchicago.org/resource/qjr3-bm53.csv?$limit=5000"
YEARS = (1990, 2000, 2010)
VALUES = ("life_expectancy_years", "ci95_lower_years", "ci95_upper_years")
# Dunning in 2010 is 79.8 with an interval from 70.0 to 72.7. It stays in the table as published; the
# datapackage lists the interval as doubtful, and `load` leaves it out. Any other row like it stops the maker.
DOUBTFUL = {(17, 2010)}


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from the portal's CSV, held against figures published from the same life tables."""
    wanted = {"number": ("Community Area Number", "ca"), "area": ("Community Area",)}
    for year in YEARS:
        wanted[f"life_expectancy_years {year}"] = (f"{year} Life Expectancy",)
        for side in ("lower", "upper"):
            wanted[f"ci95_{side}_years {year}"] = (f"{year} {side} 95% CI", f"{year} {side} 95Percent CI")
    table: list[tuple[int, str, int, float, float, float]] = []
    for row, cells in enumerate(maker.rows(raw, name, wanted), start=2):
        area = chicago.number(cells["number"], cells["area"], f"{name}, row {row}")
        for year in YEARS:
            value, lower, upper = (
                maker.exact(name, row, f"{column} {year}", cells[f"{column} {year}"]) for column in VALUES
            )
            if not lower <= value <= upper and (area, year) not in DOUBTFUL:
                raise ValueError(
                    f"{name}, row {row}: {value} in {year} lies outside its interval {lower} to {upper}. "
                    "Find the shifted column."
                )
            table.append((area, cells["area"], year, value, lower, upper))
    table.sort(key=lambda line: (line[0], line[2]))
    chicago.complete([line[0] for line in table if line[2] == YEARS[0]], name)
    latest = {line[0]: line[3] for line in table if line[2] == 2010}
    maker.expect(name, "West Garfield Park's life expectancy in 2010", latest[26], 68.8)
    maker.expect(name, "the Loop's life expectancy in 2010", latest[32], 85.0)
    maker.expect(name, "the lowest value in 2010", min(latest.values()), 68.8)
    maker.expect(name, "the highest value in 2010", max(latest.values()), 85.2)
    columns = ("community_area_number", "community_area", "year", *VALUES)
    return {"chicago_life_expectancy.csv": maker.csv_bytes(columns, table)}


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
