"""Answers no honest reader gives: each misbehaves when asked what it is, compared, printed, or counted."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd


class Sprung(BaseException):
    """Gets past `except Exception`: a check that runs an answer's code cannot hide it."""


class Trap:
    """Raises, even past `except Exception`, whatever is done with it."""

    def _spring(self, *_: object, **__: object) -> Any:
        raise Sprung

    __eq__ = __ne__ = __lt__ = __gt__ = __bool__ = __len__ = __iter__ = __str__ = __repr__ = __format__ = _spring
    __float__ = __int__ = __index__ = __hash__ = __contains__ = __getitem__ = __array__ = __fspath__ = _spring

    @property
    def __class__(self) -> Any:
        raise Sprung


class Text(str):
    """A text whose methods are traps."""

    strip = lower = casefold = __eq__ = __str__ = Trap._spring
    __hash__ = str.__hash__


class Meta(type):
    __eq__ = __hash__ = __instancecheck__ = __subclasscheck__ = Trap._spring


class Odd(metaclass=Meta):
    """Its class is itself a trap."""


def recursive() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


def trapped_table() -> pd.DataFrame:
    """A table whose cells are traps; pandas itself would spring them if it were to look for their type."""
    cells = np.empty((1, 2), dtype=object)
    cells[0, 0], cells[0, 1] = Trap(), Trap()
    return pd.DataFrame(cells, columns=["community_area", "life_expectancy_years"], dtype=object)


def answers() -> dict[str, Any]:
    """Hostile answers by a name: tests take the name as their parameter, since pytest looks at parameters."""
    return {
        "trap": Trap(),
        "text": Text("85"),
        "odd": Odd(),
        "class": Odd,
        "recursive": recursive(),
        "huge": 10**400,
        "infinite": math.inf,
        "nan": math.nan,
        "numpy nan": np.float64("nan"),
        "not available": pd.NA,
        "true": True,
        "complex": 1j,
        "decimal": Decimal("16.2"),
        "bytes": b"\x00\xff",
        "long": "9" * 100_000,
        "long words": "word " * 20_000,
        "one long word": "w" * 100_000,
        "markup": "<script>alert(1)</script>",
        "lone surrogate": "\ud800",
        "controls": "\x00\x1b[31m",
        "empty list": [],
        "dict": {"a": Trap()},
        "function": lambda: 1 / 0,
        "series": pd.Series([1, 2]),
        "array": np.zeros((2, 2)),
        "empty table": pd.DataFrame(),
        "table of traps": trapped_table(),
        "same columns": pd.DataFrame([[1, 2]], columns=["community_area", "community_area"]),
        "long table": pd.DataFrame({"community_area": ["Loop"] * 20_000, "life_expectancy_years": 1.0}),
        "one row": pd.DataFrame({"community_area": ["Loop"], "life_expectancy_years": ["85.0"]}),
    }


NAMES = tuple(answers())
