"""Small tables for the tests, and the oracles beside them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

ORACLES = Path(__file__).parent / "oracles"
COUNTS = ["measure", "period", "dimension", "group", "events", "denominator"]


def counts(groups: Iterable[tuple[Any, ...]], **columns: Any) -> pd.DataFrame:
    """Rows of (group, events, denominator) or (period, group, events, denominator) as a counts table."""
    rows = [row if len(row) == 4 else ("2024", *row) for row in groups]
    table = pd.DataFrame([("screening", period, "race", group, x, n) for period, group, x, n in rows], columns=COUNTS)
    return table.assign(**columns)


def estimates(groups: Iterable[tuple[Any, ...]], **columns: Any) -> pd.DataFrame:
    """Rows of (group, estimate, se) as an estimates table."""
    rows = [("screening", "2024", "race", *row) for row in groups]
    return pd.DataFrame(rows, columns=[*COUNTS[:4], "estimate", "se"]).assign(**columns)


def rows_of(name: str) -> list[dict[str, str]]:
    """A CSV oracle's rows, as text."""
    with (ORACLES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def json_of(name: str) -> Any:
    """A JSON oracle."""
    return json.loads((ORACLES / name).read_text(encoding="utf-8"))
