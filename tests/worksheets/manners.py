"""What every check of every worksheet is held to, whatever it asks: right, blank, and hostile answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import hostile

from equityguide.worksheets.check import Result

Check = Callable[[dict[str, Any]], Result]
Answers = dict[str, Any]

SCOLDING = re.compile(r"\b(wrong|error|invalid|fail|incorrect|bad|must|None|type|str|float|Ellipsis)\b", re.IGNORECASE)


def hold(check: Check, right: Answers, menus: dict[str, list[Any]], optional: tuple[str, ...] = ()) -> None:
    """All of the manners below. `optional` names the fields that may stay empty."""
    blank_is_not_yet(check, right)
    one_blank_is_never_right(check, right, optional)
    hostile_is_answered_calmly(check, right)
    another_menu_entry_is_not_right(check, right, menus)


def blank_is_not_yet(check: Check, right: Answers) -> None:
    for blank in (None, ..., ""):
        assert check(dict.fromkeys(right, blank)).state == "not yet", blank


def one_blank_is_never_right(check: Check, right: Answers, optional: tuple[str, ...] = ()) -> None:
    for field in right:
        state = check({**right, field: None}).state
        assert state == "right" if field in optional else state in ("not yet", "close"), field


def calm(result: Result) -> None:
    assert result.state in ("close", "again", "not yet", "right")
    assert "\n" not in result.sentence
    assert len(result.sentence) < 400
    assert not SCOLDING.search(result.sentence), result.sentence


def hostile_is_answered_calmly(check: Check, right: Answers) -> None:
    """Each field in turn gets each hostile answer, and so does every field at once."""
    for kind, answer in hostile.answers().items():
        for field in right:
            calm(check({**right, field: answer}))
        assert check(dict.fromkeys(right, answer)).state != "right", kind


def another_menu_entry_is_not_right(check: Check, right: Answers, menus: dict[str, list[Any]]) -> None:
    """Every other entry of each menu gets a sentence of its own, which is not the right answer's."""
    for field, entries in menus.items():
        for entry in entries:
            if entry != right[field]:
                result = check({**right, field: entry})
                calm(result)
                assert result.state in ("close", "again"), (field, entry)
