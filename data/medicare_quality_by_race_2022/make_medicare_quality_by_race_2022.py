"""Write `medicare_quality_by_race_2022.csv` from CMS's Mapping Medicare Disparities files, packed in one ZIP.

Only preventable hospital stays (PQI 90) by state are kept. A zero in the files stands for a value that CMS
withheld, and becomes an empty cell.
"""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

COMMIT = "9086d8a1f9aca98bd28403ad8028c5e3c4afee85"
ENDPOINT = (
    "https://raw.githubusercontent.com/County-Health-Rankings-and-Roadmaps/county_health_measure_calculations/"
    f"{COMMIT}/raw_data/MMD_v005_050_155/MMD_raw.zip"
)
# Group in our table -> the end of its file's name.
GROUPS = {
    "All": "",
    "American Indian or Alaska Native": "_AIAN",
    "Asian or Pacific Islander": "_asian",
    "Black": "_black",
    "Hispanic": "_hispanic",
    "White": "_white",
}
COLUMNS = {
    "year": ("year",),
    "measure": ("condition",),
    "adjustment": ("adjustment",),
    "fips": ("fips",),
    "state": ("state",),
    "band": ("primary_denominator",),
    "value": ("analysis_value",),
}
MEASURE = "Prevention Quality Overall Composite (PQI #90)"
FEWEST = "11-499"
MOST = 200_000_000  # bytes unpacked; the real files make a twentieth of it
STATES = 51


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from the ZIP: every state and the District of Columbia, in six groups."""
    table: list[tuple[object, ...]] = []
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except zipfile.BadZipFile:
        raise ValueError(f"{name} is not a whole ZIP file. It may be cut off: fetch it again.") from None
    with archive:
        for group, ending in GROUPS.items():
            table.extend(_rows(*_member(archive, f"PQI_90_state{ending}.csv", name), group))
    table.sort(key=lambda line: (str(line[0]), list(GROUPS).index(str(line[1]))))
    states = {line[0] for line in table}
    if len(states) != STATES or len(table) > STATES * len(GROUPS) or len({line[:2] for line in table}) != len(table):
        raise ValueError(f"{name} has {len(table)} rows for {len(states)} states, not one a group. Fetch it again.")
    columns = ("state", "group", "preventable_stays_per_100k", "beneficiaries", "status")
    return {"medicare_quality_by_race_2022.csv": maker.csv_bytes(columns, table)}


def _member(archive: zipfile.ZipFile, wanted: str, name: str) -> tuple[bytes, str]:
    try:
        entry = archive.getinfo(wanted)
        if entry.file_size > MOST:
            raise ValueError(f"{wanted} in {name} is far too large. Check the address.")
        return archive.read(entry), wanted
    except (KeyError, zipfile.BadZipFile):
        raise ValueError(f"{name} holds no whole {wanted}. Fetch it again.") from None


def _rows(raw: bytes, name: str, group: str) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        for column, expected in (
            ("year", "2022"),
            ("measure", MEASURE),
            ("adjustment", "Unsmoothed age standardized"),
        ):
            if cells[column] != expected:
                raise ValueError(f"{name}, row {row}, column {COLUMNS[column][0]}: {cells[column]!r} is not {expected}."
                                 " Check the file.")  # fmt: skip
        if maker.whole(name, row, "fips", cells["fips"]) > 56:
            continue  # territories: no rows by race
        value = maker.whole(name, row, "analysis_value", cells["value"])
        status = "suppressed" if value == 0 else "few beneficiaries" if cells["band"] == FEWEST else "shown"
        state = cells["state"].title().replace(" Of ", " of ")
        found.append((state, group, value or None, cells["band"].replace("-", " to "), status))
    return found


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
