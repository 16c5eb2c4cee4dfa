"""Write `published_figures.csv` from a sheet of figures typed from the pages that state them.

No publisher has these figures as one table. Each row of the sheet names its page; check a row by opening it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

ENDPOINT = None
COLUMNS = {
    "topic": ("topic",),
    "measure": ("measure",),
    "population": ("population",),
    "dimension": ("dimension",),
    "group": ("group",),
    "period": ("period",),
    "value": ("value",),
    "unit": ("unit",),
    "ci95_lower": ("ci95_lower",),
    "ci95_upper": ("ci95_upper",),
    "publisher": ("original_publisher", "publisher"),
    "page": ("source_url", "page"),
    "support": ("support",),
}
NUMBERS = ("value", "ci95_lower", "ci95_upper")
# How the sheet's note on the page begins -> what kind of page it is.
SUPPORT = {"primary": "publisher's page", "secondary": "page that quotes the publisher", "abstract": "abstract"}


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from the sheet, held against the two gaps that its sources give for Chicago in 2023."""
    table: list[list[object]] = []
    of_chicago: dict[str, float] = {}
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        if not re.fullmatch(r"https?://\S+", cells["page"]):
            raise ValueError(f"{name}, row {row}, column source_url: {cells['page']!r} is no address. Name the page.")
        kind = next((words for start, words in SUPPORT.items() if cells["support"].startswith(start)), "")
        if not kind and cells["support"] not in SUPPORT.values():
            raise ValueError(f"{name}, row {row}, column support: {cells['support']!r} says no kind of page. "
                             "Begin with primary, secondary or abstract.")  # fmt: skip
        line: list[object] = []
        for column, text in cells.items():
            if column in NUMBERS:
                blank = column != "value" and maker.blank(text)
                line.append(None if blank else maker.exact(name, row, column, text))
            else:
                line.append((kind or text) if column == "support" else text)
        table.append(line)
        if (cells["topic"], cells["period"]) == ("chicago_life_expectancy", "2023"):
            of_chicago[cells["group"]] = maker.exact(name, row, "value", cells["value"])
    try:
        gaps = tuple(round(of_chicago[group] - of_chicago["Black"], 1) for group in ("White", "Non-Black"))
    except KeyError as error:
        raise ValueError(f"{name} lacks Chicago's life expectancy in 2023, group {error}. Add the row.") from None
    what = "life expectancy of White and of all other people less that of Black people, Chicago 2023,"
    maker.expect(name, what, gaps, (9.5, 10.6))
    return {"published_figures.csv": maker.csv_bytes(list(COLUMNS), table)}


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
