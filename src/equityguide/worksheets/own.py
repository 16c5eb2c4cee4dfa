"""A reader's own table of counts in a worksheet: read, narrowed to what is shown, and suppressed before that."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from equityguide import data, organization
from equityguide.suppression import Suppressed, pick, suppress
from equityguide.worksheets import check
from equityguide.worksheets.check import Result
from equityguide.worksheets.files import give
from equityguide.worksheets.forms import File, written_out

NAMES = ("measure", "period", "dimension")
MOST_GROUPS = 40  # in one chart
MOST_ROWS = 1_000  # of a measure: beyond, hiding small counts takes minutes
FEWEST_PERIODS = 6  # in a chart over time
FORM_NAME = "measures_template.csv"
EXAMPLE_NAME = "measures_example.csv"
# The example's numbers are invented, and whoever opens it sees them called so.
EXAMPLE_SAID = "a made-up example"


@dataclass(frozen=True)
class Choice:
    """One measure, period and dimension of the reader's table, suppressed, with what reading it had to say."""

    name: str
    rows: Suppressed
    measure: str
    period: str
    dimension: str
    notes: tuple[str, ...]


def example() -> File:
    """The filled example that comes with the form to fill in."""
    return File(EXAMPLE_NAME, (data.root() / data.ORGANIZATION / EXAMPLE_NAME).read_bytes())


def is_example(file: object) -> bool:
    """Whether there is no file yet, or it is the example itself."""
    return file is None or (type(file) is File and file.content == example().content)


def read(file: File) -> pd.DataFrame:
    """The table in a form's file. Raises `ValueError` with one sentence."""
    if file.content is None:
        raise ValueError(f"{file.name} could not be opened, or is larger than 10 megabytes. Choose another file.")
    return organization.counts(file.content, name=file.name)


def chosen(file: object, *, measure: object = None, period: object = None, dimension: object = None) -> Choice:
    """The rows of one measure, period and dimension: by default the first measure and dimension, the last period.

    Every dimension and period of the measure goes through `suppress` together, so that nothing shown here can be
    taken from something shown elsewhere. Raises `ValueError` with one sentence where the table cannot be read or
    lacks what was asked for, and where its dimensions do not count the same people.
    """
    if type(file) is not File:
        raise ValueError("the file could not be opened. Choose another file.")
    wanted = [written_out(check.plain(answer)) for answer in (measure, period, dimension)]
    return _chosen(file, *wanted)


@functools.lru_cache(maxsize=8)  # a form asks again at every letter typed, and hiding takes its time
def _chosen(file: File, measure: str, period: str, dimension: str) -> Choice:
    table, name = read(file), file.name
    found: dict[str, str] = {}
    for column, wanted in zip(NAMES, (measure, period, dimension), strict=True):
        there = _there(table, column, found)
        found[column] = _named(name, column, wanted, there)
    rows = pick(_hidden(table, name, found["measure"]), **found)
    return _choice(name, rows, found, found["period"], table)


def over_time(file: object, *, measure: object = None, dimension: object = None) -> Choice:
    """The same for all periods of a measure: its `period` says the first and the last. Raises as `chosen` does."""
    if type(file) is not File:
        raise ValueError("the file could not be opened. Choose another file.")
    return _over_time(file, *[written_out(check.plain(answer)) for answer in (measure, dimension)])


@functools.lru_cache(maxsize=8)
def _over_time(file: File, measure: str, dimension: str) -> Choice:
    table, name = read(file), file.name
    found: dict[str, str] = {}
    for column, wanted in (("measure", measure), ("dimension", dimension)):
        found[column] = _named(name, column, wanted, _there(table, column, found))
    rows = pick(_hidden(table, name, found["measure"]), **found)
    periods = sorted({str(period) for period in rows["period"]})
    if len(periods) < FEWEST_PERIODS:
        raise ValueError(
            f"{name} has too few periods of {found['measure']}: {len(periods)}. A chart needs {FEWEST_PERIODS}."
        )
    return _choice(name, rows, found, f"{periods[0]} to {periods[-1]}", table)


def _hidden(table: pd.DataFrame, name: str, measure: str) -> Suppressed:
    counts = table[table["measure"] == measure].reset_index(drop=True)
    if len(counts) > MOST_ROWS:
        raise ValueError(f"{name} has {len(counts):,} rows of {measure}. Keep {MOST_ROWS:,} of them or fewer.")
    try:
        return suppress(counts)
    except ValueError as error:
        raise ValueError(f"{name}: {str(error).removeprefix('counts, ')}") from None


def _choice(name: str, rows: Suppressed, found: dict[str, str], period: str, table: pd.DataFrame) -> Choice:
    if (count := rows["group"].nunique()) > MOST_GROUPS:
        raise ValueError(f"{name} has {count} groups of {found['dimension']}. Keep {MOST_GROUPS} or fewer.")
    return Choice(name, rows, found["measure"], period, found["dimension"], tuple(table.attrs["notes"]))


def save_form() -> Result:
    """Write the empty form beside the notebook, or in a browser offer it as a download, as a button's answer."""
    try:
        name = give(Path(FORM_NAME), (data.root() / data.ORGANIZATION / FORM_NAME).read_bytes()).name
    except OSError as error:
        return Result("again", f"the file could not be written ({error.strerror}).")
    return Result("noted", f"the empty form is in {name}. Open it in a spreadsheet, and fill in one row a group.")


def said(answer: object, otherwise: str) -> str:
    """A text answer, or `otherwise`."""
    text = check.plain(answer)
    return text if type(text) is str else otherwise


def _there(table: pd.DataFrame, column: str, found: dict[str, str]) -> list[str]:
    """What the column holds, within what has been chosen already, in the table's order; the newest period first."""
    rows = table
    for name, value in found.items():
        rows = rows[rows[name] == value]
    there = [str(value) for value in dict.fromkeys(rows[column])]
    return sorted(there, reverse=True) if column == "period" else there


def _named(name: str, column: str, text: str, there: Sequence[str]) -> str:
    if not text:
        return there[0]
    if text not in there:
        listed = check.short(", ".join(there))
        raise ValueError(f"{name} has no {column} {data.shown(text)} there. It has: {listed}.")
    return text
