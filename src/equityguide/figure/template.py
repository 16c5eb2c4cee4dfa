"""The small language in which a finding names its numbers, so that no number is ever typed.

A finding is plain text with fields in braces. Every field is computed from the plotted rows:

- ``{COLUMN.max}``, ``{COLUMN.min}``, ``{COLUMN.unique}`` (how many different values), ``{rows.count}``
- ``{at[West Garfield Park, 2010].COLUMN}``: the one row that holds all the listed values, in whichever columns
- two of these joined by ``-`` or ``/``: ``{at[Loop, 2010].years - at[West Garfield Park, 2010].years:.0f}``

A digit outside the braces is refused: it would stay the same when the data change.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

import pandas as pd

from equityguide.figure.words import rounded

_TERM = r"(?:at\[[^\]]+\]|[A-Za-z_]\w*)\.[A-Za-z_]\w*"
_FIELD = re.compile(rf"^\s*({_TERM})\s*(?:([-/])\s*({_TERM})\s*)?$")
_AT = re.compile(r"^at\[([^\]]+)\]\.(\w+)$")


def fill(template: str, rows: pd.DataFrame) -> str:
    """The template with every field computed from `rows`.

    Raises `ValueError`, in one sentence, for a typed digit, a field outside the language above, an unknown
    column, or an `at[...]` that does not pick exactly one row.
    """
    parts = []
    for literal, field, spec, conversion in Formatter().parse(template):
        digit = next((character for character in literal if character.isdigit()), None)
        if digit is not None:
            raise ValueError(
                f"the digit {digit!r} is typed into {literal.strip()!r}. "
                "Put a field there that computes it from the rows, such as {value.max:.1f}."
            )
        parts.append(literal)
        if field is not None:
            if conversion:
                raise ValueError(f"the field {{{field}!{conversion}}} uses a conversion. Leave '!{conversion}' out.")
            parts.append(rounded(_field(field, rows), spec or ""))
    return "".join(parts)


def _field(field: str, rows: pd.DataFrame) -> Any:
    match = _FIELD.match(field)
    if match is None:
        raise ValueError(
            f"the field {{{field}}} is not understood. Write {{column.max}}, {{column.min}}, {{column.unique}}, "
            "{rows.count}, {at[key, key].column}, or two of these joined by - or /."
        )
    first, operator, second = match.groups()
    value = _term(first, rows)
    if operator is None:
        return value
    other = _term(second, rows)
    if operator == "-":
        return value - other
    if other == 0:
        raise ValueError(f"the field {{{field}}} divides by zero.")
    return value / other


def _term(term: str, rows: pd.DataFrame) -> Any:
    if match := _AT.match(term):
        keys, column = match.groups()
        return _plain(_one_row(keys, rows)[_known(column, rows)])
    owner, what = term.split(".")
    if owner == "rows":
        if what != "count":
            raise ValueError(f"{{rows.{what}}} is not understood. The rows have only {{rows.count}}.")
        return len(rows)
    column = rows[_known(owner, rows)]
    if what == "unique":
        return int(column.nunique())
    if what not in ("max", "min"):
        raise ValueError(f"{{{owner}.{what}}} is not understood. Write .max, .min or .unique.")
    return _plain(column.max() if what == "max" else column.min())


def _known(column: str, rows: pd.DataFrame) -> str:
    if column not in rows.columns:
        raise ValueError(f"there is no column {column!r} in the rows. They have: {', '.join(map(str, rows.columns))}.")
    return column


def _one_row(keys: str, rows: pd.DataFrame) -> pd.Series[Any]:
    chosen = pd.Series(True, index=rows.index)
    for key in (part.strip() for part in keys.split(",")):
        chosen &= (rows.astype(str) == key).any(axis=1)
    if int(chosen.sum()) != 1:
        raise ValueError(
            f"at[{keys}] picks {int(chosen.sum())} rows. Name values that together stand in exactly one row."
        )
    return rows.loc[chosen].iloc[0]


def _plain(value: Any) -> Any:
    if pd.isna(value):
        raise ValueError("a field of the finding points at a missing value. Point it at a row that has one.")
    return value.item() if hasattr(value, "item") else value
