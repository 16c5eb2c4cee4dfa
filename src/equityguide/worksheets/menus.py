"""Checks of one pick from a menu whose entries are labels with the value that each stands for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from equityguide.worksheets import check
from equityguide.worksheets.check import Result

Menu = Mapping[str, Hashable]
Slips = Mapping[Hashable, str]


def only(answer: object, right: Hashable, menu: Menu, *, what: str, again: str = "", slips: Slips) -> Result:
    """One entry is right. `what` is asked for ("a reply"); an entry has its sentence in `slips`, else `again`."""
    return check.choice(answer, right, list(menu.values()), ask=f"choose {what}", again=again, right="", slips=slips)


def any_but(answer: object, menu: Menu, *, what: str, slips: Slips) -> Result:
    """Any entry will do, but those in `slips` have something more to ask first."""
    picked = check.pick(answer, list(menu.values()), ask=f"choose {what}")
    value = check.plain(answer)
    if picked.state == "right" and isinstance(value, str | int) and value in slips:
        return Result("close", slips[value])
    return picked
