"""The rows of a chart of groups, checked once: who is drawn in which order, and what stands where a value is withheld.

Nothing is added to the rows: a chart plots exactly what `figure` is given. The order and the place of each row are
worked out here and written into the specification as lists, which its expressions look up by the row's own names.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from equityguide.charts.scene import at
from equityguide.measures.tables import SHOWN, STATUSES, is_unknown

Order = Literal["alphabetical", "value"] | Sequence[str]

WITHHELD = tuple(word for word in STATUSES if word != SHOWN)
NO_DATA = "no data"
REFERENCE = "reference"  # how `gaps` labels the row that the others are compared with
FRACTIONS = ("rate", "difference")  # columns of the measures, which count of 1
SEPARATOR = " \N{MIDDLE DOT} "


@dataclass(frozen=True)
class Fields:
    """Which column of the rows is what, and how its numbers read."""

    titles: Mapping[str, str]
    group: str
    value: str
    lower: str | None
    upper: str | None
    unit: str
    n: str | None
    panel: str | None
    level: int
    decimals: int
    per: float
    signed: bool = False
    label: str | None = None  # a column that says of each row without a value why it has none

    def heading(self, column: str) -> str:
        """A column's heading, or its name in plain words."""
        return self.titles.get(column) or column.replace("_", " ").strip().capitalize()

    @property
    def mark(self) -> str:
        """What follows a number of percent."""
        return "%" if self.unit.startswith("percent") and "point" not in self.unit else ""

    def measured(self) -> str:
        """An expression for a row's value in `unit`; the reference is no distance from itself."""
        own = self.scaled(self.value)
        if self.label is None:
            return own
        return f"({at(self.label)} === {json.dumps(REFERENCE)} ? 0 : {own})"

    def scaled(self, column: str) -> str:
        """An expression for a column's number in `unit`, null where there is none: null times anything is 0."""
        return f"(isValid({at(column)}) ? {at(column)} * {self.per:g} : null)"

    def written(self, column: str) -> str:
        """An expression for a column's number as text."""
        return self.number(self.scaled(column))

    def number(self, expression: str) -> str:
        """An expression for a number as text; a signed one that rounds to zero has no sign."""
        places = f",.{self.decimals}f"
        if not self.signed:
            return f"format({expression}, '{places}')"
        # Below half of the last digit written.
        return f"(abs({expression}) < {0.5 * 10**-self.decimals} ? '0' : format({expression}, '+{places}'))"

    def said(self, number: float) -> str:
        """A number of a column in `unit`, as `written` writes it."""
        text = f"{number * self.per:{'+' if self.signed else ''},.{self.decimals}f}"
        if self.signed and not text.strip("+-0."):
            return "0"
        return text.replace("-", "\N{MINUS SIGN}")

    def limits(self) -> str:
        """An expression for the interval as text, "64 to 73"; empty where a row has none."""
        if not (self.lower and self.upper):
            return "''"
        known = f"isValid({at(self.lower)}) && isValid({at(self.upper)})"
        return f"({known} ? {self.written(self.lower)} + ' to ' + {self.written(self.upper)} : '')"


@dataclass(frozen=True)
class Row:
    """One row of the drawing: a group in a panel. `word` stands where a withheld value would be, else it is empty."""

    panel: str
    group: str
    value: float
    lower: float
    upper: float
    n: float
    word: str
    record: Mapping[Any, Any] = field(repr=False, compare=False)

    @property
    def shown(self) -> bool:
        """Whether the row has a value to draw."""
        return not self.word


@dataclass(frozen=True)
class Groups:
    """The rows in the order they are drawn, panel after panel, and how the specification finds each one."""

    fields: Fields
    rows: tuple[Row, ...]

    @property
    def panels(self) -> list[str]:
        """The panels in the order drawn; one without a name where there are none."""
        return list(dict.fromkeys(row.panel for row in self.rows))

    @property
    def shown(self) -> list[Row]:
        """The rows that have a value."""
        return [row for row in self.rows if row.shown]

    def place(self) -> str:
        """An expression for a row's place in the drawing, from 0."""
        names = (self.fields.panel, self.fields.group) if self.fields.panel else (self.fields.group,)
        key = f" + {json.dumps(SEPARATOR)} + ".join(f"('' + {at(name)})" for name in names)
        keys = [f"{row.panel}{SEPARATOR}{row.group}" if self.fields.panel else row.group for row in self.rows]
        return f"indexof({json.dumps(keys, ensure_ascii=False)}, {key})"

    def lookup(self, values: Sequence[object]) -> str:
        """An expression for the entry of `values` (one for each row drawn) that belongs to a row."""
        return f"{json.dumps(list(values), ensure_ascii=False)}[datum.eg_at]"

    def word(self) -> str:
        """An expression for the word a withheld row shows, from the row's own status."""
        return self.lookup([row.word for row in self.rows])

    def withheld(self) -> str:
        """A sentence of the groups that are not shown and why, or nothing."""
        parts = []
        for word in dict.fromkeys(row.word for row in self.rows if row.word):
            names = dict.fromkeys(row.group for row in self.rows if row.word == word)
            parts.append(f"{word[0].upper()}{word[1:]}: {', '.join(names)}.")
        return " ".join(parts)


def per_of(value: str, per: float | None) -> float:
    """What a value is multiplied by to be in its unit: as stated, else 100 for the measures' fractions and 1."""
    if per is None:
        return 100.0 if value in FRACTIONS else 1.0
    if not per > 0:
        raise ValueError(f"per is {per}. Write a number above 0, such as 100 for percent.")
    return float(per)


def require(rows: pd.DataFrame, columns: Sequence[str | None]) -> None:
    """Raises `ValueError` naming the first column that is not there, and for a table without rows."""
    lacking = [column for column in columns if column and column not in rows.columns]
    if lacking:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(map(str, rows.columns))}.")
    if rows.empty:
        raise ValueError("The table has no rows. Give one row for each group.")


def grouped(rows: pd.DataFrame, fields: Fields, order: Order, *, also: Sequence[str] = ()) -> Groups:
    """The rows checked and in order; `also` names further columns that must be there.

    Panels stand in the order of the table. "alphabetical" puts Unknown and Declined last; "value" puts the highest
    first and withheld rows, alphabetically, last; a list of names is the order itself.
    """
    require(rows, [fields.group, fields.value, fields.lower, fields.upper, fields.n, fields.panel, *also])
    if (fields.lower is None) != (fields.upper is None):
        raise ValueError("An interval needs both of its limits: give lower and upper, or neither.")
    if fields.lower and "level" in rows:
        off = sorted({float(level) for level in rows["level"].dropna()} - {fields.level / 100})
        if off:
            raise ValueError(f"The rows' intervals are at level {off[0]:g}. Give level={off[0] * 100:g}.")
    made = [_row(record, fields) for record in rows.to_dict("records")]
    seen: set[tuple[str, str]] = set()
    for row in made:
        if (row.panel, row.group) in seen:
            where = f" in {row.panel}" if row.panel else ""
            raise ValueError(f"{row.group} stands twice{where}. Filter to one measure, period and dimension, or name "
                             "the column that parts them as panel.")  # fmt: skip
        seen.add((row.panel, row.group))
    if not any(row.shown for row in made):
        raise ValueError(f"The column {fields.value} holds no number, so there is nothing to draw.")
    panels = list(dict.fromkeys(row.panel for row in made))
    return Groups(fields, tuple(row for panel in panels for row in _ordered(made, panel, order)))


def _row(record: Mapping[Any, Any], fields: Fields) -> Row:
    def number(column: str | None) -> float:
        found = record[column] if column else None
        return float("nan") if pd.isna(found) else float(found)

    value, lower, upper = number(fields.value), number(fields.lower), number(fields.upper)
    group = str(record[fields.group])
    status = str(record.get("status", SHOWN))
    if status in WITHHELD and value == value:
        raise ValueError(f"{group} has the status {status!r} and a {fields.value}. Pass the counts through suppress.")
    if value < lower or value > upper:
        raise ValueError(
            f"The interval of {group}, {lower:g} to {upper:g}, does not hold its value, {value:g}. "
            "Leave such an interval out, and say so."
        )
    if value == value:
        word = ""
    elif status in WITHHELD:
        word = status
    else:
        word = str(record[fields.label]) if fields.label else NO_DATA
    if word == REFERENCE:
        value, word = 0.0, ""
    panel = str(record[fields.panel]) if fields.panel else ""
    return Row(panel, group, value, lower, upper, number(fields.n), word, record)


def _ordered(made: list[Row], panel: str, order: Order) -> list[Row]:
    rows = [row for row in made if row.panel == panel]
    if order == "value":
        return sorted(rows, key=lambda row: (not row.shown, -row.value if row.shown else 0.0, row.group))
    if order == "alphabetical":
        return sorted(rows, key=lambda row: (is_unknown(row.group), row.group.startswith("Declined"), row.group))
    if isinstance(order, str):
        raise ValueError(f"order is {order!r}. Write 'alphabetical', 'value' or the list of all groups.")
    names = list(order)
    if lacking := [row.group for row in rows if row.group not in names]:
        raise ValueError(
            f"order does not name {lacking[0]!r}. Write 'alphabetical', 'value' or the list of all groups."
        )
    return sorted(rows, key=lambda row: names.index(row.group))
