"""Write `ed_visits_nhamcs.csv` from NCHS's estimates of emergency department visits, data.cdc.gov ycxr-emue."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

ENDPOINT = "https://data.cdc.gov/api/views/ycxr-emue/rows.csv?accessType=DOWNLOAD"
COLUMNS = {
    "year": ("Year",),
    "reason": ("Measure",),
    "dimension": ("Group",),
    "group": ("Subgroup",),
    "kind": ("Estimate Type",),
    "visits_per_1000": ("Estimate",),
    "se_visits_per_1000": ("Standard Error",),
    "ci95_lower": ("Lower 95% CI",),
    "ci95_upper": ("Upper 95% CI",),
    "reliable": ("Reliable",),
}
VALUES = ("visits_per_1000", "se_visits_per_1000", "ci95_lower", "ci95_upper")
YEARS = range(2016, 2023)
DIMENSIONS = {
    "Total": ("all", {"All visits": "All"}),
    "By age": (
        "age",
        {
            "0-17 years old": "0 to 17",
            "18-44 years old": "18 to 44",
            "45-64 years old": "45 to 64",
            "65+ years old": "65 and over",
        },
    ),
    "By race/ethnicity": (
        "race and ethnicity",
        {
            "Non-Hispanic white": "White",
            "Non-Hispanic black": "Black",
            "Hispanic": "Hispanic",
            "Non-Hispanic other": "Other",
        },
    ),
    "By primary payment source": (
        "payer",
        {name: name for name in ("Private insurance", "Medicare", "Medicaid", "Uninsured", "Other")},
    ),
}
Key = tuple[int, str, str]


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from NCHS's table, held against NCHS Data Briefs 434 (2019) and 478 (2021)."""
    found: dict[Key, tuple[float, ...]] = {}
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        title, groups = DIMENSIONS.get(cells["dimension"], ("", {}))
        if cells["reason"] != "All diagnoses" or not cells["kind"].startswith("Visit rate") or not title:
            continue
        if cells["group"] not in groups or cells["reliable"] != "Yes":
            raise ValueError(f"{name}, row {row}: {cells['group']!r} is new or not reliable. Change the maker for it.")
        value, error, lower, upper = values = tuple(maker.exact(name, row, key, cells[key]) for key in VALUES)
        if not lower <= value <= upper or abs(value - lower - 1.96 * error) > 1:
            raise ValueError(f"{name}, row {row}: {value} does not fit {lower} to {upper}. Find the shifted column.")
        found[maker.whole(name, row, "Year", cells["year"]), title, groups[cells["group"]]] = values
    keys: list[Key] = [
        (year, title, group) for year in YEARS for title, groups in DIMENSIONS.values() for group in groups.values()
    ]
    if lacking := [key for key in keys if key not in found]:
        raise ValueError(f"{name} lacks {', '.join(map(str, lacking[0]))}. It may be cut off: fetch it again.")
    published = {(2019, "all", "All"): 47, (2019, "race and ethnicity", "Black"): 87,
                 (2021, "all", "All"): 43, (2021, "race and ethnicity", "Black"): 81}  # fmt: skip
    for key, per_100 in published.items():
        what = f"the visits per 100 people in {key[0]}, group {key[2]},"
        maker.expect(name, what, round(found[key][0] / 10), per_100)
    columns = ("year", "dimension", "group", *VALUES)
    return {"ed_visits_nhamcs.csv": maker.csv_bytes(columns, [(*key, *found[key]) for key in keys])}


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
