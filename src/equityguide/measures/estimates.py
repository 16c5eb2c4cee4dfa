"""A published table of estimates under its own column names, as the measures take it."""

from __future__ import annotations

import pandas as pd

from equityguide.measures.tables import KEYS
from equityguide.suppression import keeps_seal

LIMITS = ("lower", "upper")


@keeps_seal
def estimates(
    table: pd.DataFrame,
    *,
    estimate: str,
    measure: str,
    period: str,
    se: str | None = None,
    limits: tuple[str, str] | None = None,
    level: float = 0.95,
    per: float = 1,
) -> pd.DataFrame:
    """Published estimates in the schema of `gaps`, `summary` and `gap_change`; one row out for each row in.

    `estimate` and either `se` (standard errors) or `limits` (both columns, at `level`) are columns of the table.
    `measure` and `period` are columns too, or else a name for all rows. `per` is what the numbers are out of: 100 for
    percent, which become fractions. Columns out: measure, period, dimension, group, estimate, then se, or lower, upper
    and level; and `status` where the table has one, or where an estimate is missing ("no data").

    Raises `ValueError` with one sentence for a column that is not there, and for both or neither of `se` and `limits`.
    """
    if (se is None) == (limits is None):
        raise ValueError("Estimates need se or limits: name the column of standard errors, or both columns of limits.")
    numbers = {"estimate": estimate, **({"se": se} if se else dict(zip(LIMITS, limits or (), strict=True)))}
    if lacking := [name for name in ("dimension", "group", *numbers.values()) if name not in table]:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(map(str, table.columns))}.")
    names = {key: table.get(name, name) for key, name in (("measure", measure), ("period", period))}
    rows = table.assign(**names, **{name: table[column].astype(float) / per for name, column in numbers.items()})
    if limits:
        rows["level"] = level
    if "status" not in rows and rows["estimate"].isna().any():
        rows["status"] = rows["estimate"].isna().map({True: "no data", False: "shown"})
    kept = [*KEYS, *numbers, *(name for name in ("level", "status") if name in rows)]
    # What is left are estimates, whatever the table held beside them: raw counts of a survey give a wrong rate.
    return rows[kept].reset_index(drop=True)
