"""What a figure says in words beside its drawing: the summary, the table's cells, the sentence on race."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd

NO_DATA = "no data"
NOT_SHOWN = ("suppressed", "no data", "not asked")  # in a column status; beside any of them a row has no numbers
NOT_CALCULATED = "not calculated"  # a shown row, and a number it cannot have, such as the reference's own gap

RACE = (
    "Race is a social category, not biology: differences here show how people were treated and what they were exposed "
    "to, racism included. This chart does not show which of these causes made the difference."
)

_GROUP_COLUMN = re.compile(r"(american_indian|asian|black|hispanic|latino|native_hawaiian|white)_")
_GROUP = (
    r"(American Indian|Asian|Black|Hispanic|Latino|Native Hawaiian|White|Patients of color)"
    r"( (or|and) [A-Z][A-Za-z ]+)?( (patients|people|women|men|adults))?(, .*)?"
)
_RACE_COLUMNS = {"race", "ethnicity", "race_ethnicity", "race_and_ethnicity", "race_or_ethnicity"}


@dataclass(frozen=True)
class Roles:
    """Which column of the rows plays which part. Chart forms state them; for a plain chart they are read off."""

    label: str | None = None
    value: str | None = None
    lower: str | None = None
    upper: str | None = None
    level: int | None = None
    period: str | None = None
    shown: Any = None
    unit: str = ""
    noun: str = "rows"
    decimals: int | None = None
    controls: bool = False
    factor: float = 1
    said: str = ""
    titles: dict[str, str] = field(default_factory=dict)

    def title(self, column: str) -> str:
        """The heading of a column: as stated, or its name in plain words."""
        return self.titles.get(column) or column.replace("_", " ").strip().capitalize()


def roles_of(spec: dict[str, Any], rows: pd.DataFrame) -> Roles:
    """The roles a chart form wrote into `usermeta`, or those read off the encodings of a plain chart."""
    stated = spec.get("usermeta", {}).get("equityguide")
    if stated is not None:
        return Roles(**{k: v for k, v in stated.items() if k in Roles.__dataclass_fields__ and v is not None})
    numbers = [c for c in rows.columns if pd.api.types.is_numeric_dtype(rows[c])]
    words = [c for c in rows.columns if c not in numbers]
    plotted = [f for f in _fields(spec) if f in rows.columns]
    value = next((f for f in plotted if f in numbers), next(iter(numbers), None))
    label = next((f for f in plotted if f in words), next(iter(words), None))
    return Roles(label=label, value=value)


def _fields(node: Any) -> list[str]:
    """Every encoded field in a specification, in its order; y before x, since values mostly stand on y."""
    if isinstance(node, list):
        return [f for item in node for f in _fields(item)]
    if not isinstance(node, dict):
        return []
    encoding = node.get("encoding", {})
    found = [
        encoding[c]["field"]
        for c in ("y", "x", "color")
        if isinstance(encoding.get(c), dict) and "field" in encoding[c]
    ]
    return found + [f for key in ("layer", "hconcat", "vconcat", "concat", "spec") for f in _fields(node.get(key))]


def number(value: Any, decimals: int | None) -> str:
    """A number as readers write it: thousands separated, with the decimals stated or else those it has."""
    return rounded(value, "," if decimals is None else f",.{decimals}f")


def rounded(value: Any, spec: str) -> str:
    """`format(value, spec)`, with a tie rounded away from zero, as the charts' labels round it: 218.5 is 219."""
    if not isinstance(value, float) or not math.isfinite(value) or not spec.endswith(("f", "%")):
        return format(value, spec)
    with localcontext(rounding=ROUND_HALF_UP):
        # The drawing takes the percentage first, and then rounds what that multiplication gave.
        return format(Decimal(value * 100), spec[:-1] + "f") + "%" if spec[-1] == "%" else format(Decimal(value), spec)


def summary(rows: pd.DataFrame, roles: Roles, missing: str) -> str:
    """One to three sentences: the highest, the lowest, how many, when, and what is missing."""
    shown = rows
    if roles.period is not None and roles.shown is not None:
        shown = rows[rows[roles.period] == roles.shown]
    if roles.value is None:
        count = shown[roles.label].nunique() if roles.label else len(shown)
        text = _missing(missing)
        return f"{roles.said} {count:,} {roles.noun}. {text[0].upper()}{text[1:]}".strip()
    with_value = shown.dropna(subset=[roles.value])
    ordered = with_value.sort_values(roles.value, kind="stable")
    said = [f"Highest: {_reading(ordered.iloc[-1], roles, first=True)}. "] if len(ordered) else []
    if len(ordered) > 1:
        said.append(f"Lowest: {_reading(ordered.iloc[0], roles, first=False)}. ")
    if len(ordered) > 1 and ordered[roles.value].nunique() == 1:
        # Equal values have no order.
        alike = number(ordered.iloc[0][roles.value] * roles.factor, roles.decimals)
        said = [f"All that have a value are alike: {alike}{f' {roles.unit}' if roles.unit else ''}. "]
    if roles.said:
        said.append(f"{roles.said.rstrip('.')}. ")
    counted = shown[roles.label].nunique() if roles.label else len(shown)
    when = f", {roles.shown}" if roles.shown is not None else ""
    return f"{''.join(said)}{counted:,} {roles.noun}{when}, {_missing(missing)}"


def _missing(missing: str) -> str:
    text = missing.strip().rstrip(".")
    return "none missing." if text.lower() == "none" else f"missing: {text}."


def _reading(row: pd.Series[Any], roles: Roles, *, first: bool) -> str:
    assert roles.value is not None
    name = f"{row[roles.label]}, " if roles.label else ""
    if roles.period is not None and roles.shown is None:
        name += f"{row[roles.period]}, "
    unit = f" {roles.unit}" if roles.unit and first else ""
    text = f"{name}{number(row[roles.value] * roles.factor, roles.decimals)}{unit}"
    if roles.lower and roles.upper and pd.notna(row[roles.lower]) and pd.notna(row[roles.upper]):
        lower, upper = (number(row[limit] * roles.factor, roles.decimals) for limit in (roles.lower, roles.upper))
        limits = f"{lower} to {upper}"
        text += f" ({roles.level}% interval {limits})" if first else f" ({limits})"
    return text


def cell(value: Any, status: Any = None) -> str:
    """A table cell: a number with four decimals or, below 1, four digits; a word where there is none.

    The download has numbers in full. `status` is the row's, where the rows have one: it is the word of everything
    such a row does not show.
    """
    if pd.isna(value):
        return NO_DATA if pd.isna(status) else withheld(status) or NOT_CALCULATED
    if not isinstance(value, float):
        return str(value)
    if value.is_integer():
        return f"{value:.0f}"
    return np.format_float_positional(value, precision=4, fractional=abs(value) >= 1, trim="-")


def withheld(status: Any) -> str:
    """The word for a row that is not shown, or nothing for one that is."""
    return str(status) if status in NOT_SHOWN else ""


def missing(rows: pd.DataFrame, roles: Roles, stated: str) -> str:
    """What is missing: how many rows are suppressed, without data or not asked, then what the chapter states."""
    text = stated.strip().rstrip(".")
    if "status" not in rows.columns:
        return text
    here = rows[rows[roles.period] == roles.shown] if roles.period and roles.shown is not None else rows
    noun = roles.noun if roles.label and here[roles.label].is_unique else "rows"
    counted = here["status"].value_counts()
    said = [f"{counted[word]:,} of {len(here):,} {noun} {word}" for word in NOT_SHOWN if word in counted]
    return "; ".join([*said, *([] if said and text.lower() == "none" else [text])])


def race_note(rows: pd.DataFrame) -> str:
    """The sentence every figure by race or ethnicity carries, or nothing.

    A table is by race where a column or a dimension is called so, where a column counts a group ("black_percent"),
    or where a row is one ("Black", "White patients, 2009").
    """
    columns = {str(c).lower() for c in rows.columns}
    dimensions = rows["dimension"].astype(str).str.lower() if "dimension" in rows.columns else pd.Series(dtype=str)
    labels = [rows[c].astype(str) for c in rows.columns if not pd.api.types.is_numeric_dtype(rows[c])]
    by_race = (
        columns & _RACE_COLUMNS
        or any(_GROUP_COLUMN.match(column) for column in columns)
        or dimensions.str.contains("race|ethnicity").any()
        or any(cells.str.fullmatch(_GROUP).any() for cells in labels)
    )
    return RACE if by_race else ""
