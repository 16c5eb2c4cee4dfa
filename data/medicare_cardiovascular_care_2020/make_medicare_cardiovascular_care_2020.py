"""Write `medicare_cardiovascular_care_2020.csv` from the Health Equity Tracker's tables of Medicare claims.

One file for each measure and way to group people. A group with a count of 1 to 10 is withheld, and with it the
next smallest, so that the total does not give it away.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

COMMIT = "2a2fe82c0a0eb1f34080f16573287b4df97f6a00"
SITE = f"https://raw.githubusercontent.com/SatcherInstitute/health-equity-tracker/{COMMIT}/data/phrma/"
MEASURES = {
    "statins": "Statins taken",
    "ras_antagonists": "RAS antagonists taken",
    "ccb": "Calcium channel blockers taken",
    "beta_blockers": "Beta blockers taken",
    "bb_ami": "Beta blockers after heart attack",
    "medicare_ami": "Heart attack",
}
# Dimension -> (the file's ending, its column of groups). Race by sex is left out: it would need more withheld.
GROUPS = {
    "all": ("US", ""),
    "race": ("Race_US", "RACE_NAME"),
    "sex": ("Sex_US", "SEX_NAME"),
    "entitlement": ("Elig_US", "ENTLMT_RSN_CURR"),
    "low-income subsidy": ("LIS_US", "LIS"),
}
ENDPOINTS = tuple(f"{SITE}{measure}/{measure}-{end}.csv" for measure in MEASURES for end, _ in GROUPS.values())
ADHERENCE = {"events": "BENE_YES", "denominator": "TOTAL_BENE", "share": "BENE_YES_PCT"}
ATTACKS = {"events": "BENE_N", "denominator": "TOTAL_N", "share": "PER_100K"}
NAMES = {
    "Non-Hispanic White": "White",
    "Black or African-American": "Black",
    "Asian/Pacific Islander": "Asian or Pacific Islander",
    "American Indian / Alaska Native": "American Indian or Alaska Native",
}
NONE = "In none of these"
RACES = {
    "American Indian or Alaska Native",
    "Asian or Pacific Islander",
    "Black",
    "Hispanic",
    "Other",
    "Unknown",
    "White",
}
# Two of the medicines have no rows for kidney failure (ESRD).
MEMBERS = {
    "all": ({"All"},),
    "race": (RACES,),
    "sex": ({"Female", "Male"},),
    "entitlement": ({"Aged", "Disabled"}, {"Aged", "Disabled", "ESRD", "Disabled and ESRD"}),
    "low-income subsidy": ({"No", "Yes"},),
}
Counts = dict[str, tuple[int, int]]


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's files from the tabulation's; each way to group people must add up to the same total."""
    table: list[tuple[object, ...]] = []
    for measure, title in MEASURES.items():
        total: tuple[int, int] = (0, 0)
        for dimension, (ending, label) in GROUPS.items():
            raw, name = maker.pick(files, f"{measure}-{ending}.csv")
            counts = _counts(raw, name, measure, label)
            if set(counts) not in MEMBERS[dimension]:
                raise ValueError(f"{name} has other groups than it should: {len(counts)} of them. Fetch it again.")
            total = counts.get("All", total)
            rest = [whole - sum(parts) for whole, parts in zip(total, zip(*counts.values(), strict=True), strict=True)]
            if min(rest) < 0 or rest[1] < rest[0]:
                raise ValueError(f"{name}: the groups make more than the total of {total[1]}. Fetch the files again.")
            if rest[1]:
                # People in no group are counted too: a few of unknown sex could else be had by subtraction.
                counts[NONE] = (rest[0], rest[1])
            away = maker.hidden({group: (yes, everyone - yes) for group, (yes, everyone) in counts.items()})
            for group, (yes, everyone) in counts.items():
                shown = ("suppressed",) if group in away else ("shown",)
                table.append((title, dimension, group, *((None, None) if group in away else (yes, everyone)), *shown))
    columns = ("measure", "dimension", "group", "events", "denominator", "status")
    return {"medicare_cardiovascular_care_2020.csv": maker.csv_bytes(columns, table)}


def _counts(raw: bytes, name: str, measure: str, label: str) -> Counts:
    """Group -> (events, denominator), each held against the percentage or rate in the same row."""
    wanted = (ATTACKS if measure == "medicare_ami" else ADHERENCE) | ({"group": label} if label else {})
    per = 100_000 if measure == "medicare_ami" else 1
    found: Counts = {}
    for row, cells in enumerate(maker.rows(raw, name, {k: (v,) for k, v in wanted.items()}), start=2):
        yes, everyone = (maker.whole(name, row, wanted[key], cells[key]) for key in ("events", "denominator"))
        share = maker.exact(name, row, wanted["share"], cells["share"]) / per
        if not 0 < everyone >= yes or abs(yes / everyone - share) > 1e-6:
            raise ValueError(f"{name}, row {row}: {yes} of {everyone} does not give {share:.4f}. Find the shift.")
        group = cells["group"].strip() if label else "All"
        found[NAMES.get(group, group)] = (yes, everyone)
    return found


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
