"""Write the sample organization: made-up records, and the counts that follow from them.

README.md describes the model. Nothing is fetched: every draw comes from one seeded PCG64 bit generator, whose raw
stream numpy keeps the same for good, and all chances are whole ten-thousandths, so that any machine writes the same
bytes. What people wrote by hand (organization.yml, definitions, template, guide) is read and only described anew.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent / "template"))

import maker
from workbook import Cell, Sheet, workbook

from equityguide import data

SEED = 20_260_115
QUARTERS = [f"{year}-Q{quarter}" for year in range(2021, 2025) for quarter in range(1, 5)]
WHOLE = 10_000  # chances are whole ten-thousandths
WRITTEN = (
    "organization.yml",
    "measure_definitions.csv",
    "measures_template.csv",
    "measures_example.csv",
    "column-guide.md",
)
DIMENSIONS = ("race_and_ethnicity", "language", "payer", "sex", "neighborhood")
COUNTS = ("measure", "period", "dimension", "group", "events", "denominator")
UNKNOWN, DECLINED, SEVERAL = "U", "D", "+"

Ints = NDArray[np.int64]
Path16 = Sequence[int]

# Code -> measure and about how many records a quarter brings.
MEASURES = {
    "CRC": ("colorectal_cancer_screening", 750),
    "BCS": ("breast_cancer_screening", 500),
    "CBP": ("blood_pressure_control", 900),
    "A1C": ("hba1c_testing", 450),
    "AMI": ("therapy_after_infarction", 150),
    "PNC": ("first_trimester_prenatal_care", 220),
    "EDV": ("ed_visits_primary_care_conditions", 550),
    "RDM": ("readmission_30_day", 230),
}
RACES = {
    "AI": "American Indian or Alaska Native",
    "AS": "Asian",
    "BL": "Black or African American",
    "HI": "Hispanic or Latino",
    "ME": "Middle Eastern or North African",
    "NH": "Native Hawaiian or Pacific Islander",
    "WH": "White",
    SEVERAL: "Multiracial or multiethnic",
    UNKNOWN: "Unknown",
    DECLINED: "Declined",
}
SEVERAL_CHOSEN = {"AI+WH": 24, "AS+NH": 8, "AS+WH": 16, "BL+HI": 12, "BL+WH": 20, "HI+WH": 20}
LANGUAGES = {
    "en": "English",
    "es": "Spanish",
    "vi": "Vietnamese",
    "ar": "Arabic",
    UNKNOWN: "Unknown",
    DECLINED: "Declined",
}
PAYERS = {"COM": "Commercial", "MCD": "Medicaid", "MCR": "Medicare", "UNI": "Uninsured", UNKNOWN: "Unknown"}
SEXES = {"F": "Female", "M": "Male", UNKNOWN: "Unknown"}
NEIGHBORHOODS = {
    "N1": "Ashgrove",
    "N2": "Eastbank",
    "N3": "Fairmount",
    "N4": "Harbor Flats",
    "N5": "Mill District",
    "N6": "Northgate",
    "N7": "Old Town",
    "N8": "Willow Park",
    UNKNOWN: "Unknown",
}
LABELS = dict(zip(DIMENSIONS, (RACES, LANGUAGES, PAYERS, SEXES, NEIGHBORHOODS), strict=True))

# Who lives where. Weights in the order of RACES.
LIVE = {"N1": 12, "N2": 14, "N3": 16, "N4": 11, "N5": 12, "N6": 15, "N7": 9, "N8": 9, UNKNOWN: 2}
RACE_IN = {
    "N1": (30, 450, 1300, 900, 190, 50, 6300, 280, 350, 150),
    "N2": (50, 350, 4200, 1500, 150, 60, 2900, 290, 350, 150),
    "N3": (40, 700, 900, 700, 260, 60, 6600, 240, 350, 150),
    "N4": (120, 500, 3900, 2300, 160, 240, 2000, 280, 350, 150),
    "N5": (80, 1100, 1700, 3000, 260, 160, 2900, 300, 350, 150),
    "N6": (50, 500, 1200, 800, 240, 50, 6400, 260, 350, 150),
    "N7": (60, 900, 1500, 1100, 300, 60, 5300, 280, 350, 150),
    "N8": (40, 600, 1000, 800, 200, 50, 6600, 210, 350, 150),
    UNKNOWN: (50, 400, 1800, 1200, 200, 60, 4700, 290, 1000, 300),
}
# Language in the order of LANGUAGES, by the race and ethnicity written down.
SPEAK = {
    "HI": (5300, 4350, 0, 0, 250, 100),
    "AS": (6000, 0, 3650, 0, 250, 100),
    "ME": (5300, 0, 0, 4350, 250, 100),
    UNKNOWN: (6600, 900, 300, 200, 1900, 100),
    DECLINED: (7600, 500, 200, 100, 1100, 500),
}
SPEAK_ELSE = (9450, 150, 50, 50, 250, 50)
# Measure -> the chances that the form lost the language, and that the patient declined, whatever it was.
UNASKED = {"PNC": (1900, 250)}
# Payer in the order of PAYERS, and sex in the order of SEXES.
PAY = {
    "CRC": (4600, 1700, 3000, 600, 100),
    "BCS": (4700, 1700, 3000, 500, 100),
    "CBP": (3900, 2000, 3300, 700, 100),
    "A1C": (3900, 2200, 3100, 700, 100),
    "AMI": (2900, 1500, 5100, 400, 100),
    "PNC": (5000, 4300, 50, 550, 100),
    "EDV": (3600, 3600, 1900, 800, 100),
    "RDM": (2500, 2100, 4800, 500, 100),
}
SEX = {"BCS": (1, 0, 0), "PNC": (1, 0, 0)}
SEX_ELSE = (5150, 4800, 50)


def path(start: int, end: int, leaves: int = 0, arrives: int = 15) -> Path16:
    """16 values: `start` up to quarter `leaves`, straight on to `end` at quarter `arrives`, level after it."""
    steps = [min(max(quarter - leaves, 0), arrives - leaves) for quarter in range(16)]
    return [start + (end - start) * step // (arrives - leaves) for step in steps]


def level(value: int) -> Path16:
    """16 times the same."""
    return [value] * 16


# Measure -> the chance of the event for someone none of the rows below names, then what each label adds.
BASE = {"CRC": 7200, "BCS": 7300, "CBP": 7500, "A1C": 8700, "AMI": 8700, "PNC": 8150, "EDV": 1200, "RDM": 1500}
RACE, LANGUAGE, PAYER, SEX_AT, PLACE = DIMENSIONS
ADDED: dict[str, dict[tuple[str, str], Path16]] = {
    "CRC": {
        (RACE, "BL"): path(-1850, -250, leaves=5, arrives=12),
        (RACE, "HI"): level(-800),
        (RACE, "AS"): level(-300),
        (RACE, "AI"): level(-1100),
        (RACE, "ME"): level(-600),
        (RACE, "NH"): level(-900),
        (RACE, UNKNOWN): level(-500),
        (LANGUAGE, "es"): level(-300),
        (LANGUAGE, "vi"): level(-400),
        (PAYER, "UNI"): level(-1500),
        (PAYER, "MCD"): level(-300),
    },
    "BCS": {
        (RACE, "BL"): level(-200),
        (RACE, "HI"): level(-300),
        (RACE, "ME"): level(-900),
        (RACE, "AI"): level(-800),
        (RACE, UNKNOWN): level(-400),
        (LANGUAGE, "vi"): level(-500),
        (PAYER, "UNI"): level(-1400),
        (PAYER, "MCD"): level(-400),
        (PLACE, "N4"): level(-300),
    },
    "CBP": {
        (RACE, "WH"): path(0, -1100, leaves=3, arrives=11),
        (RACE, "BL"): level(-1000),
        (RACE, "HI"): level(-1500),
        (RACE, "AI"): level(-900),
        (RACE, "NH"): level(-900),
        (RACE, "AS"): level(-200),
        (RACE, UNKNOWN): level(-800),
        (PAYER, "UNI"): level(-900),
    },
    "A1C": {
        (RACE, "NH"): level(-3900),
        (RACE, "AI"): level(-1800),
        (RACE, "BL"): level(-200),
        (RACE, UNKNOWN): level(-400),
        (PAYER, "UNI"): level(-1200),
        (PAYER, "MCD"): level(-200),
    },
    "AMI": {
        (SEX_AT, "F"): level(-500),
        (RACE, "BL"): level(-500),
        (RACE, UNKNOWN): level(-500),
        (PAYER, "UNI"): level(-700),
    },
    "PNC": {
        (LANGUAGE, "es"): level(-1400),
        (LANGUAGE, "ar"): level(-1500),
        (LANGUAGE, UNKNOWN): level(-900),
        (PAYER, "MCD"): level(-600),
        (PAYER, "UNI"): level(-1800),
    },
    "EDV": {
        (PAYER, "COM"): path(0, -850, leaves=3, arrives=12),
        (PAYER, "MCD"): path(1750, 150, leaves=3, arrives=12),
        (PAYER, "MCR"): path(400, -300, leaves=3, arrives=12),
        (PAYER, "UNI"): path(1900, 1100, leaves=3, arrives=12),
    },
    "RDM": {(PAYER, "UNI"): level(300), (PAYER, "MCD"): level(100)},
}
# (measure, dimension, code, year) -> the share, in ten-thousandths, that chance is made to bring. The chance of the
# event is the same in all years: only the draw differs.
BY_CHANCE = {("BCS", RACE, "ME", "2021"): 5300, ("BCS", RACE, "ME", "2024"): 6900}


class Draws:
    """Whole numbers from one raw stream."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def below(self, limit: int, count: int) -> Ints:
        """`count` numbers from 0 to limit - 1."""
        raw: NDArray[np.uint64] = self._bits.random_raw(count)
        return np.asarray((raw >> np.uint64(11)) % np.uint64(limit), np.int64)

    def one_of(self, codes: Sequence[str], weights: Sequence[int], count: int) -> NDArray[np.object_]:
        """`count` codes, each as likely as its weight."""
        edges = np.cumsum(np.asarray(weights, np.int64))
        drawn = np.searchsorted(edges, self.below(int(edges[-1]), count), side="right")
        return np.array(codes, object)[drawn]


def by(
    draws: Draws,
    given: NDArray[np.object_],
    codes: Sequence[str],
    weights: Mapping[str, Sequence[int]],
    other: Sequence[int] = (),
) -> NDArray[np.object_]:
    """A code for each record, by the weights of the code it was `given`, or the `other` weights."""
    out = np.full(len(given), "", object)
    for code in sorted(set(given)):
        here = given == code
        out[here] = draws.one_of(codes, weights.get(code, other), int(here.sum()))
    return out


def records() -> pd.DataFrame:
    """One row a record: measure, period, the five dimensions (codes) and event (0 or 1)."""
    draws = Draws(SEED)
    return pd.concat([_records_of(code, size, draws) for code, (_, size) in MEASURES.items()], ignore_index=True)


def _records_of(code: str, size: int, draws: Draws) -> pd.DataFrame:
    spread = size // 20
    sizes = size - spread + draws.below(2 * spread + 1, len(QUARTERS))
    quarter = np.repeat(np.arange(len(QUARTERS)), sizes)
    count = len(quarter)
    place = draws.one_of(list(LIVE), list(LIVE.values()), count)
    race = by(draws, place, list(RACES), RACE_IN)
    language = by(draws, race, list(LANGUAGES), SPEAK, SPEAK_ELSE)
    lost, declined = UNASKED.get(code, (0, 0))
    asked = draws.below(WHOLE, count)
    language[asked < lost + declined] = DECLINED
    language[asked < lost] = UNKNOWN
    payer = draws.one_of(list(PAYERS), PAY[code], count)
    sex = draws.one_of(list(SEXES), SEX.get(code, SEX_ELSE), count)
    table = pd.DataFrame({RACE: race, LANGUAGE: language, PAYER: payer, SEX_AT: sex, PLACE: place})
    chance = np.full(count, BASE[code], np.int64)
    for (dimension, label), added in ADDED[code].items():
        chance += np.where(table[dimension].to_numpy(object) == label, np.asarray(added, np.int64)[quarter], 0)
    drawn = draws.below(WHOLE, count)
    event = drawn < chance
    year = np.array([period[:4] for period in QUARTERS], object)[quarter]
    for (measure, dimension, label, when), share in BY_CHANCE.items():
        if measure == code:
            here = np.flatnonzero((table[dimension].to_numpy(object) == label) & (year == when))
            lowest = here[np.argsort(drawn[here], kind="stable")]
            event[here] = False
            event[lowest[: len(here) * share // WHOLE]] = True
    several = race == SEVERAL
    table.loc[several, RACE] = draws.one_of(list(SEVERAL_CHOSEN), list(SEVERAL_CHOSEN.values()), int(several.sum()))
    table.insert(0, "measure", code)
    table.insert(1, "period", np.array(QUARTERS, object)[quarter])
    return table.assign(event=event.astype(np.int64))


def counts(rows: pd.DataFrame) -> pd.DataFrame:
    """The counts schema from the records: the order of MEASURES, then period, dimension, group, unknowns last."""
    parts = []
    for code, (name, _) in MEASURES.items():
        mine = rows[rows["measure"] == code]
        for dimension, labels in LABELS.items():
            chosen = mine[dimension].where(~mine[dimension].str.contains(SEVERAL, regex=False), SEVERAL)
            found = mine.groupby(["period", chosen.map(labels)])["event"].agg(["sum", "size"]).reset_index()
            found.columns = pd.Index(["period", "group", "events", "denominator"])
            if found["group"].nunique() > 1:  # one group, such as sex in prenatal care, divides nobody
                parts.append(found.assign(measure=name, dimension=dimension))
    table = pd.concat(parts, ignore_index=True)
    keys = pd.DataFrame(
        {
            "measure": table["measure"].map({name: i for i, (name, _) in enumerate(MEASURES.values())}),
            "period": table["period"],
            "dimension": table["dimension"].map({name: i for i, name in enumerate(DIMENSIONS)}),
            "last": table["group"].map({"Unknown": 1, "Declined": 2}).fillna(0).astype(int),
            "group": table["group"],
        }
    )
    order = keys.sort_values(list(keys.columns), kind="stable").index
    return table.loc[order, list(COUNTS)]


def codes() -> list[tuple[str, str, str]]:
    """Column, code and label of everything the records abbreviate."""
    measures = [("measure", code, name) for code, (name, _) in MEASURES.items()]
    return measures + [(name, code, label) for name, labels in LABELS.items() for code, label in labels.items()]


def excel(folder: Path) -> bytes:
    """The form as a workbook: an empty sheet, the filled example, and what each column holds."""
    head, *example = list(data.read_records((folder / "measures_example.csv").read_bytes(), "measures_example.csv"))
    filled: list[list[Cell]] = [[*row[:4], int(row[4]), int(row[5])] for row in example]
    widths = (24, 10, 22, 36, 10, 14)
    guide = [
        ("column", "what to write", "example"),
        ("measure", "A short name in small letters, the same every time.", "flu_vaccination"),
        ("period", "A year, month or quarter, in one form for the whole file.", "2024-Q1"),
        ("dimension", "What you divide patients by.", "language"),
        ("group", "The group's full name. Unknown: nobody knows. Declined: asked, and chose not to say.", "Spanish"),
        ("events", "How many had what the measure counts. A whole number.", "88"),
        ("denominator", "How many could have had it. Never less than events.", "180"),
        ("", "When done, save the sheet 'measures' as CSV UTF-8 under the name measures.csv.", ""),
    ]
    sheets: dict[str, Sheet] = {
        "measures": (widths, [head]),
        "example (made up)": (widths, [head, *filled]),
        "columns": ((14, 84, 18), guide),
    }
    return workbook(sheets, text_columns=4)


def build(folder: Path) -> dict[str, bytes]:
    """All files of the dataset but the description."""
    rows = records()
    table = counts(rows)
    return {
        "organization.csv": maker.csv_bytes(
            ("measure", "period", *DIMENSIONS, "event"), rows.itertuples(index=False, name=None)
        ),
        "codes.csv": maker.csv_bytes(("column", "code", "label"), codes()),
        "measures.csv": maker.csv_bytes(COUNTS, table.itertuples(index=False, name=None)),
        "measures_template.xlsx": excel(folder),
        **{name: (folder / name).read_bytes() for name in WRITTEN},
    }


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    try:
        maker.write(here, build(here))
    except ValueError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{error.filename} cannot be read or written ({error.strerror}). Check it.")
    print(f"Wrote {here.name}.")
