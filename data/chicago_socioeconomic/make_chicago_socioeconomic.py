"""Write `chicago_socioeconomic.csv` from the Chicago Data Portal's table kn9c-c2s2.

Only the columns the book uses are kept, and the portal's last row, for the whole city, is left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chicago
import maker

# Without $limit the portal's API stops after 1,000 rows.
ENDPOINT = "https://data.cityofchicago.org/resource/kn9c-c2s2.csv?$limit=5000"
COLUMNS = {
    "number": ("Community Area Number", "ca"),
    "area": ("Community Area Name", "Community Area"),
    "households_below_poverty_pct": ("Percent Households Below Poverty",),
    "per_capita_income_usd": ("Per Capita Income",),
    "hardship_index": ("Hardship Index",),
}


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from the portal's CSV, held against the index's published ends."""
    table: list[tuple[int, str, float, int, int]] = []
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        if not cells["number"].strip() and cells["area"].strip().upper() == "CHICAGO":
            continue
        area = chicago.number(cells["number"], cells["area"], f"{name}, row {row}")
        poverty, income, hardship = (maker.exact(name, row, column, cells[column]) for column in list(COLUMNS)[2:])
        if income != int(income) or hardship != int(hardship):
            raise ValueError(f"{name}, row {row}: income or hardship index has decimals. Check the columns.")
        table.append((area, chicago.NAMES[area], poverty, int(income), int(hardship)))
    table.sort()
    chicago.complete([line[0] for line in table], name)
    hardship_of = {line[0]: line[4] for line in table}
    maker.expect(name, "Near North Side's hardship index", hardship_of[8], 1)
    maker.expect(name, "Riverdale's hardship index", hardship_of[54], 98)
    maker.expect(name, "the highest hardship index", max(hardship_of.values()), 98)
    columns = ("community_area_number", "community_area", *list(COLUMNS)[2:])
    return {"chicago_socioeconomic.csv": maker.csv_bytes(columns, table)}


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
