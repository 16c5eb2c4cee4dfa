"""A board of cards of equal standing: places with what each has and could have, roles, resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from equityguide.charts import WIDE, Responsive, describe
from equityguide.charts.diagrams.boxes import WIDTHS, Box, Style, box, boxes_drawn, keys, lowest, sheets, words
from equityguide.charts.panel import required

SPACE = 14  # pixels between cards


def board(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    name: str = "name",
    parts: Sequence[str],
    columns: int = 3,
    noun: str = "cards",
) -> Responsive:
    """A grid of cards, one a row: its `name`, and below it each column of `parts` under that column's title.

    `columns` cards stand side by side on a wide page (1 to 3), one on a phone, in the order of the rows. A part whose
    column has no title, or is empty in a row, is written without a label, or left out. Raises `ValueError` for a
    missing column, a name that is empty or stands twice, and more columns than fit.
    """
    if not 1 <= columns <= 3:
        raise ValueError(f"columns is {columns}. A page has room for 1 to 3 cards side by side.")
    names = keys(rows, name)
    required(rows, parts)

    def said(row: pd.Series[Any], key: str) -> list[tuple[Style, str]]:
        found: list[tuple[Style, str]] = [("title", key)]
        for part in parts:
            if text := words(row, part):
                found += [("label", titles.get(part, "")), ("body", text)]
        return found

    def drawing(total: int) -> Any:
        across = columns if total == WIDE else 1
        each = (WIDTHS[total] - 2 - SPACE * (across - 1)) / across
        made = [box(key, each, said(row, key)) for key, (_, row) in zip(names, rows.iterrows(), strict=True)]
        cards: list[Box] = []
        y = 1.0
        for start in range(0, len(made), across):
            lane = made[start : start + across]
            tall = max(card.height for card in lane)
            cards += [card.raised(tall).moved(1 + place * (each + SPACE), y) for place, card in enumerate(lane)]
            y += tall + SPACE
        shown = {column: title for column, title in titles.items() if column in rows.columns}
        return boxes_drawn(cards, name, shown), WIDTHS[total], lowest(cards) + 2

    return describe(
        sheets(rows, drawing), label=name, value=None, unit="", noun=noun, titles=titles, said=f"{', '.join(names)}."
    )
