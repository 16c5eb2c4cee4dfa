"""Write `cancer_screening_brfss_2022.csv` from the Health Equity Tracker's tabulation of the 2022 BRFSS.

One file for each test and way to group people. National rows keep the number of respondents, which is not
weighted; rows of states keep percentages only, and not where few answered.
"""

from __future__ import annotations

import sys
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

COMMIT = "2a2fe82c0a0eb1f34080f16573287b4df97f6a00"
SITE = f"https://raw.githubusercontent.com/SatcherInstitute/health-equity-tracker/{COMMIT}/data/phrma/"
TESTS = ("Breast", "Cervical", "Colorectal")
# Dimension -> (the file's ending, its column of groups). The files by age have no age-adjusted values of use.
GROUPS = {
    "all": ("US", ""),
    "age": ("Age_US", "age_group"),
    "race": ("Race_US", "race_name"),
    "education": ("Education_US", "education_group"),
    "income": ("Income_US", "income_group"),
    "insurance": ("Insurance_US", "insurance_status"),
    "sex": ("Sex_US", "sex_name"),
}
STATES = ("Colorectal", "Race_State")
MANY = 50  # respondents; CDC leaves out BRFSS percentages from fewer
COUNTS = {"yes": "bene_yes", "no": "bene_no", "all": "total_bene"}
PERCENTS = {
    "screened_percent": "bene_yes_pct",
    "ci95_lower_percent": "bene_yes_pct_lcl",
    "ci95_upper_percent": "bene_yes_pct_ucl",
    "adjusted_percent": "age_adjusted_pct",
    "adjusted_ci95_lower_percent": "age_adjusted_pct_lcl",
    "adjusted_ci95_upper_percent": "age_adjusted_pct_ucl",
}
# The files' own words -> the book's. A group that is not here keeps its words.
NAMES = {
    "American Indian or Alaskan Native": "American Indian or Alaska Native",
    "Native Hawaiian or other Pacific Islander": "Native Hawaiian or Pacific Islander",
    "Have some form of insurance": "Insured",
    "Do not have some form of health insurance": "Uninsured",
    "Did not graduate High School": "Less than high school",
    "Graduated High School": "High school",
    "Attended College or Technical School": "Some college",
    "Graduated from College or Technical School": "College graduate",
}
Line = tuple[object, ...]
Counts = dict[str, tuple[int, int]]


def _address(test: str, ending: str) -> str:
    folder = f"MSM_BRFSS {test} Cancer Screening_2024-08-07"
    return SITE + urllib.parse.quote(f"{folder}/{folder}-{ending}.csv")


WANTED = [
    *((test, ending) for test in TESTS for ending, _ in GROUPS.values() if (test, ending[:3]) not in
      {("Breast", "Sex"), ("Cervical", "Sex")}),
    STATES,
]  # fmt: skip
ENDPOINTS = tuple(_address(*pair) for pair in WANTED)


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's files from the tabulation's, held against the weighted value the book quotes."""
    table: list[Line] = []
    totals: dict[tuple[str, str], Counts] = {}
    for test, ending in WANTED:
        raw, name = maker.pick(files, f"{test} Cancer Screening_2024-08-07-{ending}.csv")
        lines, counts = _lines(raw, name, test.lower(), ending)
        table.extend(lines)
        totals[test, ending] = counts
        # Each way to group people must give all of them, and the states must give the nation.
        whole = totals[test, "Race_US"] if ending == "Race_State" else _sum(totals[test, "US"])
        if (counts if ending == "Race_State" else _sum(counts)) != whole:
            raise ValueError(f"{name}: the rows do not make the national total. It may be cut off: fetch it again.")
    black = next(line for line in table if line[:4] == ("colorectal", "United States", "race", "Black"))
    found = (black[4], black[5])
    maker.expect("The colorectal table", "respondents who are Black, screened and in all", found, (12001, 16903))
    maker.expect("The colorectal table", "the weighted percentage of Black adults", black[6], 68.37)
    columns = ("test", "place", "dimension", "group", "screened", "respondents", *PERCENTS, "status")
    return {"cancer_screening_brfss_2022.csv": maker.csv_bytes(columns, table)}


def _sum(counts: Counts) -> tuple[int, ...]:
    return tuple(sum(column) for column in zip(*counts.values(), strict=True))


def _lines(raw: bytes, name: str, test: str, ending: str) -> tuple[list[Line], Counts]:
    """A file's rows for the table, and its (screened, not screened) by group."""
    dimension, label = next(
        (key, column) for key, (end, column) in GROUPS.items() if end.partition("_")[0] == ending.partition("_")[0]
    )
    places = ending.endswith("State")
    wanted = {**COUNTS, **PERCENTS}
    wanted |= {"group": label} if label else {}
    wanted |= {"place": "state_name"} if places else {}
    lines: list[Line] = []
    counts: Counts = {}
    for row, cells in enumerate(maker.rows(raw, name, {k: (v,) for k, v in wanted.items()}), start=2):
        yes, no, everyone = (
            0 if places and maker.blank(cells[column]) else maker.whole(name, row, column, cells[column])
            for column in COUNTS
        )
        if yes + no != everyone:
            raise ValueError(f"{name}, row {row}: {yes} and {no} do not make {everyone}. Find the shifted column.")
        values = [_percent(name, row, column, cells[column], dimension) for column in PERCENTS]
        few = min(yes, no) < maker.SAFE
        if few and not places:
            raise ValueError(f"{name}, row {row}: a national count is below {maker.SAFE}. Withhold it in the maker.")
        status = "suppressed" if few or values[0] is None else "shown" if everyone >= MANY else "few respondents"
        group = _group(cells["group"]) if label else "All"
        before = counts.get(group, (0, 0))
        counts[group] = (before[0] + yes, before[1] + no)
        numbers = (None, None) if places else (yes, everyone)
        shown = [None] * len(values) if status == "suppressed" else values
        lines.append((test, cells["place"] if places else "United States", dimension, group, *numbers, *shown, status))
    return lines, counts


def _percent(name: str, row: int, column: str, text: str, dimension: str) -> float | None:
    if maker.blank(text) or (dimension == "age" and column.startswith("adjusted")):
        return None
    value: float = maker.exact(name, row, column, text)
    return round(value, 2)


def _group(text: str) -> str:
    text = " ".join(text.split())
    if text.startswith("_"):
        return text.strip("_").replace("_", " to ")
    return "Unknown" if text.startswith("Don") else NAMES.get(text, text)


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
