"""The reader's own organization: what they bring is checked here, and refused in one plain sentence if it is broken.

So far: the community table, one row an area and indicator.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from equityguide import data

REQUIRED = ("area", "indicator", "value")
OPTIONAL = ("unit", "latitude", "longitude")
MOST_ROWS = 10_000
MOST_BYTES = 10_000_000
LONGEST = 120  # characters in a name: more cannot be drawn
LARGEST = 1e12

Table = Iterator[tuple[int, dict[str, str]]]


def community(path_or_bytes: str | Path | bytes | memoryview, name: str = "community.csv") -> pd.DataFrame:
    """A community table as DataFrame[area, indicator, value, unit, latitude, longitude], in the file's order.

    The file is UTF-8 CSV with commas, with or without a byte order mark, with any line ends. Columns may stand in
    any order and in capitals; empty rows are passed over. `unit` is "" and the coordinates (degrees) are missing
    where the file gives none. `name` is what messages call bytes (a form's upload gives a memoryview); a path goes
    by its own name.

    Raises `ValueError` with one sentence naming file, row, column and the mend for: a file that is missing, empty,
    too large, not UTF-8, not separated by commas or without rows; more than 10,000 rows; missing, unknown or doubled
    columns; empty or unprintable names; values that are no finite numbers; the same area and indicator twice; one
    area or indicator spelled in two ways; two units for an indicator; half a pair of coordinates, coordinates out of
    range, or two places for one area.
    """
    if isinstance(path_or_bytes, str | Path):
        name, raw = _read(Path(path_or_bytes))
    else:
        raw = bytes(path_or_bytes)
    seen = _Seen(name)
    rows = []
    for row, cells in _rows(raw, name):
        area = _text(cells["area"], f"{name}, row {row}, column area")
        indicator = _text(cells["indicator"], f"{name}, row {row}, column indicator")
        value = _number(cells["value"], f"{name}, row {row}, column value")
        if abs(value) > LARGEST:
            raise ValueError(
                f"{name}, row {row}, column value: {data.shown(cells['value'])} is too large a number. Check it."
            )
        unit = cells["unit"] and _text(cells["unit"], f"{name}, row {row}, column unit")
        place = _place(cells["latitude"], cells["longitude"], f"{name}, row {row}")
        seen.add(row, area, indicator, unit, place)
        rows.append((area, indicator, value, unit, *place))
    if not rows:
        raise ValueError(f"{name} has column names and no rows. Write one row for each area and indicator.")
    table = pd.DataFrame(rows, columns=[*REQUIRED, *OPTIONAL])
    return table.astype({"area": "str", "indicator": "str", "unit": "str"})


class _Seen:
    """What earlier rows said, to hold the next row against."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.pairs: dict[tuple[str, str], int] = {}
        self.spellings: dict[tuple[str, str], tuple[str, int]] = {}
        self.units: dict[str, tuple[str, int]] = {}
        self.places: dict[str, tuple[tuple[float, float], int]] = {}

    def add(self, row: int, area: str, indicator: str, unit: str, place: tuple[float, float]) -> None:
        """Raise `ValueError` if the row contradicts an earlier one."""
        for column, text in (("area", area), ("indicator", indicator)):
            before, first = self.spellings.setdefault((column, text.casefold()), (text, row))
            if before != text:
                raise ValueError(
                    f"{self.name}, row {row}, column {column}: {data.shown(text)} is spelled {data.shown(before)} "
                    f"in row {first}. Write it one way."
                )
        first = self.pairs.setdefault((area, indicator), row)
        if first != row:
            raise ValueError(
                f"{self.name}, row {row}: {data.shown(area)} has {data.shown(indicator)} in row {first} already. "
                "Keep one of the two rows."
            )
        known, first = self.units.setdefault(indicator, (unit, row))
        if known != unit:
            raise ValueError(
                f"{self.name}, row {row}, column unit: {data.shown(indicator)} is in {data.shown(unit)} here and in "
                f"{data.shown(known)} in row {first}. Write one unit for an indicator."
            )
        if math.isnan(place[0]):
            return
        spot, first = self.places.setdefault(area, (place, row))
        if spot != place:
            raise ValueError(
                f"{self.name}, row {row}, column latitude: {data.shown(area)} lies elsewhere in row {first}. "
                "Write one pair of coordinates for an area."
            )


def _read(path: Path) -> tuple[str, bytes]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(_too_large(path.name))
        return path.name, path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path.name} cannot be read ({error.strerror}). Check the path.") from None


def _rows(raw: bytes, name: str) -> Table:
    """Each row that is not empty, as its number in a spreadsheet and its cells by column."""
    if len(raw) > MOST_BYTES:
        raise ValueError(_too_large(name))
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(f"{name} is a spreadsheet, not CSV. Save it as 'CSV UTF-8 (comma delimited)'.")
    records = [_trimmed(record) for record in itertools.islice(data.read_records(raw, name), MOST_ROWS + 2)]
    if not any(records):
        raise ValueError(f"{name} is empty. Write the columns area, indicator, value in row 1.")
    if len(records) > MOST_ROWS + 1:
        raise ValueError(f"{name} has more than {MOST_ROWS:,} rows. Keep the areas and indicators you need.")
    place = _columns(records[0], name)
    for row, record in enumerate(records[1:], start=2):
        if not record:
            continue
        if len(record) > len(records[0]):
            raise ValueError(
                f"{name}, row {row}: there are {len(record)} cells for {len(records[0])} columns. "
                "Put quotation marks around a cell that holds a comma."
            )
        yield row, {column: record[i] if i < len(record) else "" for column, i in place.items()}


def _columns(header: list[str], name: str) -> dict[str, int]:
    """Where each column stands; an optional one the file lacks stands past every row's end."""
    for mark, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            raise ValueError(
                f"{name}, row 1: the columns are separated by {called}. Save it as 'CSV UTF-8 (comma delimited)'."
            )
    place: dict[str, int] = {}
    for i, cell in enumerate(header):
        column = cell.lower()
        if column in place:
            raise ValueError(f"{name}, row 1: the column {column} stands there twice. Remove one.")
        if column not in REQUIRED + OPTIONAL:
            raise ValueError(
                f"{name}, row 1, column {i + 1}: {data.shown(cell)} is not a column the book reads. "
                f"Use {', '.join(REQUIRED)} and, if you have them, {', '.join(OPTIONAL)}."
            )
        place[column] = i
    if lacking := [column for column in REQUIRED if column not in place]:
        raise ValueError(f"{name}, row 1: the column {lacking[0]} is missing. Add it.")
    return {column: place.get(column, len(header)) for column in REQUIRED + OPTIONAL}


def _trimmed(record: list[str]) -> list[str]:
    """Cells without outer spaces, and without the empty ones that spreadsheets leave at a row's end."""
    cells = [cell.strip() for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _text(cell: str, where: str) -> str:
    """A name that can be shown and saved again, with single spaces."""
    text = " ".join(cell.split())
    if not text:
        raise ValueError(f"{where}: the cell is empty. Write a name.")
    if len(text) > LONGEST:
        raise ValueError(f"{where}: {data.shown(text)} is longer than {LONGEST} characters. Shorten it.")
    if not text.isprintable():
        raise ValueError(f"{where}: {data.shown(text)} holds a character that cannot be seen. Type it again.")
    # A download of the table opens in a spreadsheet, which would run a cell that begins like this.
    if text[0] in "=+-@":
        raise ValueError(f"{where}: {data.shown(text)} begins like a formula. Begin with a letter or a digit.")
    return text


def _number(cell: str, where: str) -> float:
    if not cell:
        raise ValueError(f"{where}: the cell is empty. Write a number, or remove the row.")
    try:
        return data.number(cell)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _place(latitude: str, longitude: str, where: str) -> tuple[float, float]:
    """The coordinates in degrees, or two missing values."""
    if not latitude and not longitude:
        return math.nan, math.nan
    if not latitude or not longitude:
        empty, full = ("latitude", "longitude") if longitude else ("longitude", "latitude")
        raise ValueError(f"{where}, column {empty}: the cell is empty and {full} is not. Write both or neither.")
    north = _number(latitude, f"{where}, column latitude")
    east = _number(longitude, f"{where}, column longitude")
    for column, value, most in (("latitude", north, 90), ("longitude", east, 180)):
        if abs(value) > most:
            raise ValueError(f"{where}, column {column}: {value:g} is not between -{most} and {most}. Check it.")
    return north, east


def _too_large(name: str) -> str:
    return f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Keep the areas and indicators you need."
