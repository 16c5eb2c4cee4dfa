"""Write `birth_indicators_by_race_us.csv` from NCHS's quarterly birth indicators, data.cdc.gov 76vv-a7x8."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker

ENDPOINT = "https://data.cdc.gov/api/views/76vv-a7x8/rows.csv?accessType=DOWNLOAD"
COLUMNS = {
    "quarter": ("Year and Quarter",),
    "indicator": ("Indicator",),
    "group": ("Race Ethnicity Category",),
    "value": ("Rate",),
    "unit": ("Unit",),
}
QUARTERS = tuple(f"{year} Q{quarter}" for year in (2020, 2021, 2022) for quarter in (1, 2, 3, 4))[:10]
INDICATORS = {
    "Total preterm (<37 weeks)": "Preterm birth",
    "Early preterm (<34 weeks)": "Early preterm birth",
    "Low birthweight (Less than 2,500g)": "Low birth weight",
    "Cesarean": "Cesarean birth",
    "Low-risk Cesarean": "Low-risk cesarean birth",
    "NICU Admission": "Newborn intensive care",
    "Medicaid": "Birth paid by Medicaid",
}
GROUPS = {
    "All races and origins": "All",
    "Hispanic": "Hispanic",
    "Non-Hispanic Black": "Black",
    "Non-Hispanic White": "White",
}


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's files from NCHS's table, held against the preterm and cesarean shares published for 2021."""
    found: dict[tuple[str, str, str], float] = {}
    for row, cells in enumerate(maker.rows(raw, name, COLUMNS), start=2):
        if cells["quarter"] not in QUARTERS or cells["indicator"] not in INDICATORS or cells["group"] not in GROUPS:
            continue
        if cells["unit"] != "per 100 births":
            raise ValueError(f"{name}, row {row}, column Unit: {cells['unit']!r} is not 'per 100 births'. Check it.")
        where = (cells["quarter"], INDICATORS[cells["indicator"]], GROUPS[cells["group"]])
        if where in found:
            raise ValueError(f"{name}, row {row}: {', '.join(where)} stands there already. Fetch the file again.")
        found[where] = maker.exact(name, row, "Rate", cells["value"])
    table = [
        (quarter, indicator, group, found.get((quarter, indicator, group)))
        for quarter in QUARTERS
        for indicator in INDICATORS.values()
        for group in GROUPS.values()
    ]
    if lacking := [line[:3] for line in table if line[3] is None]:
        raise ValueError(f"{name} lacks {', '.join(lacking[0])}. It may be cut off: fetch it again.")
    for indicator, share in (("Preterm birth", 10.49), ("Cesarean birth", 32.1)):
        maker.expect(name, f"{indicator} in 2021, all births,", found["2021 Q4", indicator, "All"], share)
    columns = ("year_to_quarter", "indicator", "group", "percent_of_births")
    return {"birth_indicators_by_race_us.csv": maker.csv_bytes(columns, table)}


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
