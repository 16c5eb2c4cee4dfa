"""Checks that answer in one sentence: about the task, never about data types, and never with the answer in
them.

A check is a ladder from coarse to fine. Its first rung asks whether there is an answer at all, the next
whether it can be read, and so on up to the point that matters for equity; the first rung that has something
to say is the one sentence the reader gets. Being wrong, blank or skipped is an ordinary result, never an
error.

No code of the answer's own ever runs: `plain` takes numbers, text and tables only where their type is exactly
that, so an object made to misbehave is simply one that cannot be read.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import pandas as pd

State = Literal["right", "close", "again", "not yet", "skipped", "noted"]

WORDS: Mapping[State, str] = {
    "right": "Yes",
    "close": "Close",
    "again": "Look again",
    "not yet": "Not yet",
    "skipped": "Skipped",
    "noted": "Noted",
}
MOST_ROWS = 10_000
BOX = 200  # characters of a typed answer that the box of a chart has room for

_NUMPY = (
    np.bool_,
    np.int8,
    np.int16,
    np.int32,
    np.int64,
    np.uint8,
    np.uint16,
    np.uint32,
    np.uint64,
    np.float16,
    np.float32,
    np.float64,
)
_NUMBER = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,15})?)\s*([A-Za-z%]*)")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?![\d,])")
_COMMA = re.compile(r"[+-]?\d{1,15},\d{1,15}\s*[A-Za-z%]*")


@dataclass(frozen=True)
class Result:
    """What a check found: a state and one sentence, which starts in lower case after the state's word."""

    state: State
    sentence: str

    def __str__(self) -> str:
        return f"{WORDS[self.state]}: {self.sentence}"

    def _repr_html_(self) -> str:
        kind = self.state.replace(" ", "-")
        return (
            f'<p class="eg-check eg-check-{kind}" role="status"><strong>{WORDS[self.state]}:</strong> '
            f"{html.escape(self.sentence)}</p>"
        )


class Unreadable:
    """Stands for an answer of a kind that no question asks for."""


UNREADABLE = Unreadable()


def not_yet(what: str) -> Result:
    """Nothing has been answered: `what` says what to do, in a few words ("choose an area")."""
    return Result("not yet", f"{what}.")


def skipped() -> Result:
    return Result("skipped", "you can come back to this one at any time.")


def plain(answer: object) -> object:
    """The answer as None, bool, int, float, str or DataFrame, or `UNREADABLE`. Runs none of the answer's
    code.
    """
    # `is` throughout: `==` and `isinstance` would ask the answer, or its class, what it is.
    kind = type(answer)
    if answer is None or answer is Ellipsis or answer is pd.NA:
        return None
    if kind is str:
        return cast("str", answer).strip() or None
    if any(kind is known for known in _NUMPY):
        return plain(cast("np.generic", answer).item())
    if kind is float and math.isnan(cast("float", answer)):
        return None
    return answer if any(kind is known for known in (bool, int, float, pd.DataFrame)) else UNREADABLE


def is_blank(answer: object) -> bool:
    return plain(answer) is None


def short(text: str, most: int = 120) -> str:
    """A text as a message quotes it, or the box of a chart shows it: cut after `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def guarded(check: Callable[[], Result]) -> Result:
    """What `check` says, or one sentence where an answer made it stumble: a worksheet never stops at an
    answer.
    """
    try:
        return check()
    except Exception:
        return Result("again", "this answer could not be read. Use the form, or clear it and start again.")


def first(*results: Result, right: str) -> Result:
    """The first result that is not right, or all of them right and said in one sentence."""
    return next((result for result in results if result.state != "right"), Result("right", right))


def number(
    answer: object,
    expected: float,
    *,
    ask: str,
    again: str,
    right: str,
    decimals: int = 1,
    slips: Sequence[tuple[float, str]] = (),
) -> Result:
    """Checks one number against `expected`, to `decimals` places.

    `ask` says what to do ("write the years between them"), `again` helps after a wrong number, `slips` are
    numbers that known mistakes lead to, each with its sentence. A number typed with its unit is read.
    """
    value = plain(answer)
    if value is None:
        return not_yet(ask)
    if type(value) is str and _COMMA.fullmatch(value):
        return Result("again", "write the number with a point, not a comma.")
    if type(value) is str and (match := _NUMBER.fullmatch(value)):
        value = float(match[1])
    if type(value) not in (int, float):
        return Result("again", "write one number, in digits.")
    found = _float(value)
    if not math.isfinite(found):
        return Result("again", "that number is too large to be an answer here.")
    near = 0.5 * 10.0**-decimals + 1e-9
    if abs(found - expected) < near:
        return Result("right", right)
    for slip, sentence in slips:
        if abs(found - slip) < near:
            return Result("close", sentence)
    if abs(found + expected) < near:
        return Result("close", "the size fits. Take the smaller number from the larger one.")
    if abs(found - expected) <= 0.5 and found == round(found):
        places = "place" if decimals == 1 else "places"
        return Result("close", f"you are within half a unit. Keep {decimals} decimal {places}.")
    return Result("again", again)


def typed(answer: object) -> float | None:
    """The number in an answer, or None: it may have a dollar sign, commas between thousands, and its unit."""
    value = plain(answer)
    if type(value) is str:
        bare = value.removeprefix("$").lstrip()
        bare = bare.replace(",", "") if _THOUSANDS.match(bare) else bare
        value = float(match[1]) if (match := _NUMBER.fullmatch(bare)) else None
    if type(value) not in (int, float) or not math.isfinite(found := _float(value)):
        return None
    return found


def amount(answer: object) -> object:
    """A sum of money as a number, anything else as it is: for `number`, which reads neither "$" nor "2,000"."""
    found = typed(answer)
    return answer if found is None else found


def between(answer: object, low: float, high: float, *, ask: str, beyond: str) -> Result:
    """Checks that a number of the reader's own choice lies from `low` to `high`; `beyond` is said where it does not."""
    if is_blank(answer):
        return not_yet(ask)
    if (found := typed(answer)) is None:
        return Result("again", f"{ask}: one number, in digits.")
    return Result("right", "") if low <= found <= high else Result("close", beyond)


def chosen(
    answers: Mapping[str, object], wanted: Mapping[str, tuple[Hashable, str]], options: Sequence[Hashable], *, ask: str
) -> list[Result]:
    """Checks several picks from one menu: field -> what is expected there and the sentence that helps."""
    return [
        choice(answers[name], expected, options, ask=ask, again=again, right="")
        for name, (expected, again) in wanted.items()
    ]


def pick(answer: object, options: Sequence[Hashable], *, ask: str, right: str = "") -> Result:
    """Checks that something was picked from a menu, whatever it is."""
    value = plain(answer)
    if value is None:
        return not_yet(ask)
    if not any(type(option) is type(value) and option == value for option in options):
        return Result("again", f"{ask}, from the menu.")
    return Result("right", right)


def choice(
    answer: object,
    expected: Hashable,
    options: Sequence[Hashable],
    *,
    ask: str,
    again: str,
    right: str,
    slips: Mapping[Hashable, str] | None = None,
) -> Result:
    """Checks one pick from a menu. `slips` maps an option to the sentence for a reader who picked it."""
    picked = pick(answer, options, ask=ask, right=right)
    value = plain(answer)
    if picked.state != "right" or value == expected:
        return picked
    if slips and value in slips:
        return Result("close", slips[value])
    return Result("again", again)


def table(
    answer: object,
    expected: pd.DataFrame,
    *,
    group: str,
    value: str,
    noun: str,
    ask: str,
    right: str,
    point: Callable[[], Result | None] | None = None,
) -> Result:
    """Checks a table against `expected`: is it one, its columns, its groups, its values, and then the
    `point`.

    `group` is the column that says what a row is about and `value` the column of numbers; other columns are
    not looked at, nor is the order of rows. `noun` names the rows in the plural ("areas").
    """
    rows = plain(answer)
    if rows is None:
        return not_yet(ask)
    if not isinstance(rows, pd.DataFrame):
        return Result("again", f"{ask}: a table with one row for each of the {noun}.")
    columns = [plain(column) for column in list(rows.columns)]
    for column in (group, value):
        if sum(type(found) is str and found == column for found in columns) != 1:
            return Result("again", f"keep the column {column} in your table, once.")
    if len(rows) > MOST_ROWS:
        return Result("again", f"your table is far longer than the list of {noun}.")
    # Cells are read one by one and by position, so that neither labels nor cells can run code of their own.
    found = [
        (plain(key), plain(cell))
        for key, cell in zip(
            list(rows.iloc[:, columns.index(group)]), list(rows.iloc[:, columns.index(value)]), strict=True
        )
    ]
    names = [key for key, _ in found if type(key) is str]
    wanted = {str(key): float(cell) for key, cell in zip(expected[group], expected[value], strict=True)}
    if missing := [name for name in wanted if name not in names]:
        return Result("close", f"{_count(len(missing), noun)} not in your table yet, such as {missing[0]}.")
    if len(found) != len(wanted):
        return Result("close", f"some {noun} stand in your table more than once, or do not belong to it.")
    for key, cell in found:
        same = type(cell) in (int, float) and abs(_float(cell) - wanted[str(key)]) < 1e-6
        if not same:
            return Result("close", f"look at the number for {key}: it is not the one the question asks for.")
    return (point() if point else None) or Result("right", right)


def _count(count: int, noun: str) -> str:
    return f"{count} of the {noun} {'is' if count == 1 else 'are'}"


def _float(value: object) -> float:
    """A plain int or float as a float; an int beyond a float's range is infinite."""
    try:
        return float(value) if isinstance(value, int | float) else math.nan
    except OverflowError:
        return math.inf
