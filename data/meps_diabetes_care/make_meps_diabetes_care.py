"""Write `meps_diabetes_care.csv` from AHRQ's summary tables of diabetes care, one file a year.

AHRQ writes shares of one in some years and percentages in others. Sample sizes are left out: with them a
percentage of a small group would give a count of a few people.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

COMMIT = "78470f6456cc6d5e61f0dc123476130fc9c54ea9"
SITE = f"https://raw.githubusercontent.com/HHS-AHRQ/MEPS-summary-tables/{COMMIT}/formatted_tables/hc_care_diab/"
YEARS = range(2008, 2023)
ENDPOINTS = tuple(f"{SITE}DY{year}.csv" for year in YEARS)
COLUMNS = {
    "year": ("Year",),
    "statistic": ("stat_var",),
    "dimension": ("row_var",),
    "group": ("rowLevels",),
    "measure": ("col_var",),
    "answer": ("colLevels",),
    "value": ("value",),
    "error": ("se",),
    "mark": ("asterisk",),
}
DONE = {"In the past year", "Had measurement"}
OPEN = "Don't know/Non-response"
MEASURES = {
    "diab_a1c": "HbA1c measured",
    "diab_chol": "Lipids checked",
    "diab_eye": "Eyes examined",
    "diab_foot": "Feet checked",
    "diab_flu": "Flu shot",
}
GROUPS = {
    ("ind", "Total"): ("all", "All"),
    ("race", "Hispanic"): ("race and ethnicity", "Hispanic"),
    ("race", "White"): ("race and ethnicity", "White"),
    ("race", "Black"): ("race and ethnicity", "Black"),
    ("race", "Amer. Indian, AK Native, or mult. races"): (
        "race and ethnicity",
        "American Indian, Alaska Native or multiple races",
    ),
    ("race", "Asian, Hawaiian, or Pacific Islander"): (
        "race and ethnicity",
        "Asian, Native Hawaiian or Pacific Islander",
    ),
    ("insurance", "<65, Any private"): ("insurance under 65", "Any private"),
    ("insurance", "<65, Public only"): ("insurance under 65", "Public only"),
    ("insurance", "<65, Uninsured"): ("insurance under 65", "Uninsured"),
    ("poverty", "Negative or poor"): ("income", "Poor"),
    ("poverty", "Near-poor"): ("income", "Near poor"),
    ("poverty", "Low income"): ("income", "Low income"),
    ("poverty", "Middle income"): ("income", "Middle income"),
    ("poverty", "High income"): ("income", "High income"),
}
ROUNDING = 2.0  # points; in 2010 AHRQ's own answers for two groups make 98.4 and 99.3 percent
Cell = tuple[float | None, float | None, bool]
Where = tuple[int, str, str, str]
Line = tuple[Where, tuple[object, ...]]


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's files from AHRQ's, one for each of the years, whose answers must make 100 percent."""
    table: list[Line] = []
    for name, raw in files.items():
        table.extend(_year(raw, name))
    years = sorted({where[0] for where, _ in table})
    if years != list(YEARS) or len(files) != len(YEARS):
        raise ValueError(f"The files hold {len(years)} years, not one file each for 2008 to 2022. Give all of them.")
    measures, groups = list(MEASURES.values()), list(GROUPS.values())
    table.sort(key=lambda line: (line[0][0], measures.index(line[0][1]), groups.index(line[0][2:])))
    columns = ("year", "measure", "dimension", "group", "percent", "se_points", "no_answer_percent", "status")
    return {"meps_diabetes_care.csv": maker.csv_bytes(columns, [(*where, *values) for where, values in table])}


def _year(raw: bytes, name: str) -> list[Line]:
    """A year's rows: (year, measure, dimension, group), and the values of `_line`."""
    answers: dict[Where, dict[str, Cell]] = defaultdict(dict)
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        group = GROUPS.get((cells["dimension"], cells["group"]))
        if cells["statistic"] != "pctPOP" or not group:
            continue
        if cells["measure"] not in MEASURES:
            raise ValueError(f"{name}, row {row}, column col_var: {cells['measure']!r} is new. Add it to the maker.")
        value, error = (
            None if maker.blank(cells[key]) else maker.exact(name, row, key, cells[key]) for key in ("value", "error")
        )
        where = (maker.whole(name, row, "Year", cells["year"]), MEASURES[cells["measure"]], *group)
        answers[where][cells["answer"]] = (value, error, bool(cells["mark"].strip()))
    if len(answers) != len(MEASURES) * len(GROUPS):
        raise ValueError(
            f"{name} has {len(answers)} percentages for {len(MEASURES) * len(GROUPS)} groups and kinds of care. "
            "The file may be cut off: fetch it again."
        )
    known = [value for by in answers.values() for value, _, _ in by.values() if value is not None]
    scale = 100 if max(known) <= 1 else 1
    return [(where, _line(name, where, by, scale)) for where, by in answers.items()]


def _line(name: str, where: Where, by: dict[str, Cell], scale: int) -> tuple[object, ...]:
    """Percent, standard error, percent without an answer, status."""
    done = [by[answer] for answer in by if answer in DONE]
    if len(done) != 1 or OPEN not in by:
        raise ValueError(f"{name} lacks an answer for {', '.join(map(str, where))}. Fetch the file again.")
    values = [value for value, _, _ in by.values()]
    if None not in values and abs(sum(v for v in values if v is not None) * scale - 100) > ROUNDING:
        raise ValueError(f"{name}: the answers for {', '.join(map(str, where))} do not make 100 percent. Check it.")
    value, error, marked = done[0]
    if value is None or error is None:
        return None, None, None, "suppressed"
    missing = by[OPEN][0]
    return (
        round(value * scale, 2),
        round(error * scale, 2),
        None if missing is None else round(missing * scale, 2),
        "low precision" if marked else "shown",
    )


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
