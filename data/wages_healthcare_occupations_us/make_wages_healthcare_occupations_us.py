"""Write `wages_healthcare_occupations_us.csv` from the Bureau of Labor Statistics' workbooks cpsaat39 and cpsaat11.

Table 39 has the median weekly earnings of full-time workers by sex, table 11 who works in each occupation.
"""

from __future__ import annotations

import io
import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

# The first address has the newest year: 2025 until early in 2027. After that the maker stops at the year in the
# sheet, and the table for 2025 moves to an address with the year in it, like the second.
ENDPOINTS = ("https://www.bls.gov/cps/cpsaat39.xlsx", "https://www.bls.gov/cps/aa2022/cpsaat11.xlsx")
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
MOST = 20_000_000  # bytes unpacked; the real sheets are under one
# Cells of the heading and the words that must stand in them: the year, then the columns.
EARNINGS = {"B4": "2025", "B5": "Total", "D5": "Men", "F5": "Women", "C6": "Median weekly earnings"}
WORKERS = {"B4": "2022", "C6": "Women", "E6": "Black or African American", "G6": "Hispanic or Latino"}
OCCUPATIONS = (
    "Medical and health services managers",
    "Healthcare practitioners and technical occupations",
    "Registered nurses",
    "Licensed practical and licensed vocational nurses",
    "Healthcare support occupations",
    "Home health aides",
    "Personal care aides",
    "Nursing assistants",
    "Medical assistants",
    "Phlebotomists",
    "Cooks",
    "Janitors and building cleaners",
    "Maids and housekeeping cleaners",
    "Receptionists and information clerks",
    "Laundry and dry-cleaning workers",
)
TOTALS = ("Total, full-time wage and salary workers", "Total, 16 years and over")
Sheet = dict[str, str]


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's files from the two workbooks, held against figures the bureau gives in its summaries."""
    earnings, name = _sheet(files, "cpsaat39", EARNINGS)
    workers, other = _sheet(files, "cpsaat11", WORKERS)
    table: list[tuple[object, ...]] = []
    for occupation in ("All occupations", *OCCUPATIONS):
        first = _line(earnings, name, TOTALS[0] if occupation == "All occupations" else occupation, "CEG")
        second = _line(workers, other, TOTALS[1] if occupation == "All occupations" else occupation, "BCDEFG")
        table.append((occupation, *map(_int, first), _int(second[0]), *second[1:]))
    support = next(line for line in table if line[0] == "Healthcare support occupations")
    maker.expect(name, "health care support workers' weekly earnings (all, men, women)", support[1:4], (786, 833, 779))
    maker.expect(other, "the percentage of women in health care support", support[5], 84.6)
    columns = (
        "occupation",
        "weekly_earnings_usd",
        "weekly_earnings_men_usd",
        "weekly_earnings_women_usd",
        "employed_thousands",
        "women_percent",
        "white_percent",
        "black_percent",
        "asian_percent",
        "hispanic_percent",
    )
    return {"wages_healthcare_occupations_us.csv": maker.csv_bytes(columns, table)}


def _sheet(files: dict[str, bytes], table: str, words: dict[str, str]) -> tuple[Sheet, str]:
    """A workbook's first sheet as {cell: text}, if its heading is the one expected, and the file's name."""
    found = [name for name in files if table in name]
    if len(found) != 1:
        raise ValueError(f"There are {len(found)} workbooks called {table}. Give one of each: cpsaat39 and cpsaat11.")
    name = found[0]
    try:
        with zipfile.ZipFile(io.BytesIO(files[name])) as book:
            if max(book.getinfo(part).file_size for part in (SHEET, STRINGS)) > MOST:
                raise ValueError(f"{name} is far too large. Check the address.")
            texts = ["".join(item.itertext()) for item in ElementTree.fromstring(book.read(STRINGS))]
            cells = ElementTree.fromstring(book.read(SHEET)).iter(f"{SPACE}c")
            sheet = {str(cell.get("r")): _text(cell, texts) for cell in cells}
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, IndexError):
        raise ValueError(f"{name} is not a whole workbook. It may be cut off: fetch it again.") from None
    for cell, expected in words.items():
        if sheet.get(cell, "") != expected:
            raise ValueError(
                f"{name}, cell {cell}: {sheet.get(cell, '')!r} stands where {expected!r} should. Check it."
            )
    return sheet, name


def _text(cell: ElementTree.Element, texts: list[str]) -> str:
    value = cell.findtext(f"{SPACE}v") or ""
    return " ".join((texts[int(value)] if cell.get("t") == "s" and value else value).split())


def _line(sheet: Sheet, name: str, occupation: str, columns: str) -> list[float | None]:
    """An occupation's numbers; empty where the bureau prints a dash, because too few people were asked."""
    rows = [cell[1:] for cell, text in sheet.items() if text == occupation and re.fullmatch("A[0-9]+", cell)]
    if len(rows) != 1:
        raise ValueError(
            f"{name} has {len(rows)} rows called {occupation}. Check whether the bureau changed the table."
        )
    texts = [(column, sheet.get(column + rows[0], "")) for column in columns]
    return [
        None if maker.blank(text) else round(maker.exact(name, int(rows[0]), column, text), 1) for column, text in texts
    ]


def _int(value: float | None) -> int | None:
    return None if value is None else int(value)


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
