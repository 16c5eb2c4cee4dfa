"""The reader's own organization: what they bring is checked here, and refused in one plain sentence if it is broken.

So far: the community table, one row an area and indicator, and the counts, one row a measure, period and group.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from equityguide import data
from equityguide.suppression import periods

REQUIRED = ("area", "indicator", "value")
OPTIONAL = ("unit", "latitude", "longitude")
COUNTS = ("measure", "period", "dimension", "group", "events", "denominator")
COUNTS_OPTIONAL = ("patients", "overlapping")
ALSO = {"numerator": "events"}  # what a column of the counts may be called instead
MOST_ROWS = 10_000
MOST_BYTES = 10_000_000
LONGEST = 120  # characters in a name: more cannot be drawn
LARGEST = 1e12

Table = Iterator[tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class Shape:
    """The columns a file has: those it must have, those it may have, other names for some, and what a row is."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    row: str
    also: Mapping[str, str] = field(default_factory=dict)


COMMUNITY = Shape(REQUIRED, OPTIONAL, "area and indicator")
MEASURES = Shape(COUNTS, COUNTS_OPTIONAL, "measure, period, dimension and group", ALSO)


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
    name, raw = _opened(path_or_bytes, name)
    seen = _Seen(name)
    rows = []
    for row, cells in _rows(raw, name, COMMUNITY)[1]:
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


def counts(path_or_bytes: str | Path | bytes | memoryview, name: str = "measures.csv") -> pd.DataFrame:
    """Counts as DataFrame[measure, period, dimension, group, events, denominator], in the file's order.

    The file is read as by `community`. `patients` (people behind repeated events, a whole number or empty) and
    `overlapping` (true or false) come along where the file has them. A column `numerator` is taken for `events`, and
    `attrs["notes"]`, a list of sentences, says so. These are true counts, small ones too: pass them through
    `suppress` before anyone sees them.

    Raises `ValueError` with one sentence naming file, row, column and the mend, as `community` does, and for counts
    that are no whole numbers of 0 or more, events above the denominator, a denominator of 0, the same measure,
    period, dimension and group twice, a label spelled in two ways, and a period without dates beside one with dates.
    """
    name, raw = _opened(path_or_bytes, name)
    header, records = _rows(raw, name, MEASURES)
    labels = COUNTS[:4]
    spelled: dict[tuple[str, str], tuple[str, int]] = {}
    first: dict[tuple[str, ...], int] = {}
    dated: dict[str, dict[str, int]] = {}  # measure -> period -> the row where it stands first
    rows = []
    for row, cells in records:
        key = tuple(_text(cells[column], f"{name}, row {row}, column {column}") for column in labels)
        for column, text in zip(labels, key, strict=True):
            before, there = spelled.setdefault((column, text.casefold()), (text, row))
            if before != text:
                raise ValueError(
                    f"{name}, row {row}, column {column}: {data.shown(text)} is spelled {data.shown(before)} "
                    f"in row {there}. Write it one way."
                )
        if first.setdefault(key, row) != row:
            raise ValueError(f"{name}, row {row}: {', '.join(key)} stands in row {first[key]} already. Keep one.")
        dated.setdefault(key[0], {}).setdefault(key[1], row)
        events = _whole(cells["events"], f"{name}, row {row}, column {'events' if 'events' in header else 'numerator'}")
        people = _whole(cells["denominator"], f"{name}, row {row}, column denominator")
        if people == 0:
            raise ValueError(f"{name}, row {row}, column denominator: 0 people. Remove the row: nobody is in it.")
        if events > people:
            raise ValueError(
                f"{name}, row {row}, column events: {events} is more than the denominator, {people}. "
                "Correct one of them."
            )
        patients = _whole(cells["patients"], f"{name}, row {row}, column patients") if cells["patients"] else None
        overlapping = _flag(cells["overlapping"], f"{name}, row {row}, column overlapping")
        rows.append((*key, events, people, patients, overlapping))
    if not rows:
        raise ValueError(f"{name} has column names and no rows. Write one row for each {MEASURES.row}.")
    for own in dated.values():
        if unclear := periods.undated(own):
            label, beside = unclear
            raise ValueError(
                f"{name}, row {own[label]}, column period: {data.shown(label)} has no dates beside "
                f"{data.shown(beside)}. {periods.AS_MONTHS}"
            )
    table = pd.DataFrame(rows, columns=[*COUNTS, *COUNTS_OPTIONAL])
    table = table.astype({**dict.fromkeys(labels, "str"), "patients": "Int64", "overlapping": "bool"})
    table = table.drop(columns=[column for column in COUNTS_OPTIONAL if column not in header])
    table.attrs["suppressed"] = False  # so that no figure takes them, nor what is made of them, under any columns
    table.attrs["notes"] = [
        f"The column {other} was read as {column}." for other, column in ALSO.items() if other in header
    ]
    return table


def _whole(cell: str, where: str) -> int:
    value = _number(cell, where)
    if value < 0 or value != int(value):
        raise ValueError(f"{where}: {data.shown(cell)} is not a count. Write a whole number of 0 or more.")
    if value > LARGEST:
        raise ValueError(f"{where}: {data.shown(cell)} is too large a number. Check it.")
    return int(value)


def _flag(cell: str, where: str) -> bool:
    if cell.lower() not in ("", "true", "false"):
        raise ValueError(f"{where}: {data.shown(cell)} is neither true nor false. Write one of them.")
    return cell.lower() == "true"


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


def _opened(path_or_bytes: str | Path | bytes | memoryview, name: str) -> tuple[str, bytes]:
    """What messages call the file, and what is in it."""
    if isinstance(path_or_bytes, str | Path):
        return _read(Path(path_or_bytes))
    return name, bytes(path_or_bytes)


def _rows(raw: bytes, name: str, shape: Shape) -> tuple[list[str], Table]:
    """The column names, and each row that is not empty as its number in a spreadsheet and its cells by column."""
    if len(raw) > MOST_BYTES:
        raise ValueError(_too_large(name))
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise ValueError(f"{name} is a spreadsheet, not CSV. Save it as 'CSV UTF-8 (comma delimited)'.")
    records = [_trimmed(record) for record in itertools.islice(data.read_records(raw, name), MOST_ROWS + 2)]
    if not any(records):
        raise ValueError(f"{name} is empty. Write the columns {', '.join(shape.required)} in row 1.")
    if len(records) > MOST_ROWS + 1:
        raise ValueError(f"{name} has more than {MOST_ROWS:,} rows. Keep the rows you need.")
    place = _columns(records[0], name, shape)
    return [cell.lower() for cell in records[0]], _cells(records, place, name)


def _cells(records: list[list[str]], place: dict[str, int], name: str) -> Table:
    for row, record in enumerate(records[1:], start=2):
        if not record:
            continue
        if len(record) > len(records[0]):
            raise ValueError(
                f"{name}, row {row}: there are {len(record)} cells for {len(records[0])} columns. "
                "Put quotation marks around a cell that holds a comma."
            )
        yield row, {column: record[i] if i < len(record) else "" for column, i in place.items()}


def _columns(header: list[str], name: str, shape: Shape) -> dict[str, int]:
    """Where each column stands; an optional one the file lacks stands past every row's end."""
    for mark, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            raise ValueError(
                f"{name}, row 1: the columns are separated by {called}. Save it as 'CSV UTF-8 (comma delimited)'."
            )
    place: dict[str, int] = {}
    for i, cell in enumerate(header):
        column = shape.also.get(cell.lower(), cell.lower())
        if column in place:
            raise ValueError(f"{name}, row 1: the column {column} stands there twice. Remove one.")
        if column not in shape.required + shape.optional:
            raise ValueError(
                f"{name}, row 1, column {i + 1}: {data.shown(cell)} is not a column the book reads. "
                f"Use {', '.join(shape.required)} and, if you have them, {', '.join(shape.optional)}."
            )
        place[column] = i
    if lacking := [column for column in shape.required if column not in place]:
        raise ValueError(f"{name}, row 1: the column {lacking[0]} is missing. Add it.")
    return {column: place.get(column, len(header)) for column in shape.required + shape.optional}


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
    return f"{name} is larger than {MOST_BYTES // 1_000_000} MB. Keep the rows you need."
