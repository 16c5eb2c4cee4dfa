"""The type that says "this table has been through `suppress`", and that cannot be put on by hand."""

from __future__ import annotations

import functools
import hashlib
import inspect
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import pandas as pd

from equityguide.suppression.table import COUNTS, LABELS

# New in each process: a seal cannot be computed outside this module, and does not survive a file or a pickle.
_SECRET = secrets.token_bytes(32)
_READ = (*LABELS, *COUNTS, "status", "overlapping")  # what `audit` reads of a table of counts

Measure = TypeVar("Measure", bound=Callable[..., pd.DataFrame])


@dataclass(frozen=True)
class Origin:
    """What a Suppressed table was computed from.

    `counts`: all suppressed counts that went into it, as `audit` reads them (no rows for a published table).
    `datasets`: the names of the datasets of the book among them, as far as the tables said where they came from.
    """

    counts: pd.DataFrame
    datasets: frozenset[str]


class Suppressed(pd.DataFrame):
    """A table whose small counts are hidden: made by `suppress`, or by `derive` from such tables, and by nothing else.

    It reads as any DataFrame. Whatever pandas makes of it (a filter, a merge, a copy) is a plain DataFrame again, and
    a table changed in place no longer matches its seal, so that `require` refuses both.
    """

    def __init__(self, *_: object, **__: object) -> None:
        raise TypeError("A Suppressed table is made by suppress(counts), or by derive() from one, never by hand.")


def derive(function: Callable[..., pd.DataFrame], *tables: pd.DataFrame) -> Suppressed:
    """`function(*tables)` as a Suppressed table; each table must be one, and reaches `function` as a plain copy.

    What is computed from suppressed tables alone can tell no more than they do, so the result may carry the type.
    `function` must therefore bring no counts of its own. Raises `TypeError` where a table is not suppressed.
    """
    origins = [origin(table) for table in tables]
    counts = origins[0].counts
    if len(origins) > 1:
        counts = pd.concat([each.counts for each in origins], ignore_index=True).drop_duplicates(ignore_index=True)
    datasets = frozenset[str]().union(*(each.datasets for each in origins))
    return seal(function(*(pd.DataFrame(table) for table in tables)), datasets, counts)


def keeps_seal(measure: Measure) -> Measure:
    """The measure, giving a Suppressed table where its first argument is one, and a plain table for a plain one.

    A plain one keeps `attrs`, which say where its counts are from, so that a figure refuses them under any columns.
    """

    first = next(iter(inspect.signature(measure).parameters))

    @functools.wraps(measure)
    def sealed(*given: Any, **settings: Any) -> pd.DataFrame:
        if first in settings:
            given = (settings.pop(first), *given)
        if given and isinstance(given[0], Suppressed):
            return derive(lambda table: measure(table, *given[1:], **settings), given[0])
        made = measure(*given, **settings)
        made.attrs |= getattr(given[0], "attrs", {}) if given else {}
        return made

    return cast(Measure, sealed)


def pick(table: pd.DataFrame, /, **columns: object) -> Suppressed:
    """The rows of a Suppressed table that hold these values, as a Suppressed table with a fresh index.

    Each column is given one value or a list of them: `pick(counts, measure="hba1c_testing", dimension="payer",
    period=["2024-Q3", "2024-Q4"])`. Rows keep their order, and a hidden row stays as a row.

    Raises `ValueError` with one sentence for a column or value the table does not have, and where no row holds all of
    them together; `TypeError` for a table that is not suppressed.
    """
    mark = _mark(table)
    kept = pd.Series(True, index=table.index)
    for column, wanted in columns.items():
        kept &= _holds(table, column, wanted)
    if not kept.any():
        said = ", ".join(f"{column} {wanted!r}" for column, wanted in columns.items())
        raise ValueError(f"No row of the table holds {said} together. Ask for fewer of them.")
    # Of counts nobody sees more than was picked. The numbers of a measure may rest on rows that were not.
    return seal(pd.DataFrame(table)[kept].reset_index(drop=True), mark.datasets, mark.counts)


def require(table: object) -> Suppressed:
    """The very table, if `suppress` or `derive` made it and nobody has changed it since; else `TypeError`."""
    _mark(table)
    return cast(Suppressed, table)


def origin(table: object) -> Origin:
    """What a Suppressed table was computed from. Raises `TypeError` as `require` does."""
    mark = _mark(table)
    counts = pd.DataFrame(cast(Suppressed, table)) if mark.counts is None else mark.counts
    return Origin(counts[[column for column in _READ if column in counts.columns]], mark.datasets)


def seal(frame: pd.DataFrame, datasets: frozenset[str], counts: pd.DataFrame | None = None) -> Suppressed:
    """A Suppressed copy of `frame`, computed from `counts`, or of counts itself. For this package only."""
    table = pd.DataFrame(frame).copy()
    table.__class__ = Suppressed  # past its __init__, which refuses everybody
    object.__setattr__(table, "_seal", _Mark(_digest(table), counts, datasets))  # past pandas', which wants a column
    return cast(Suppressed, table)


@dataclass(frozen=True)
class _Mark:
    """The seal itself. `counts` is what the table was computed from, None where it holds the counts itself."""

    digest: bytes
    counts: pd.DataFrame | None
    datasets: frozenset[str]


def _mark(table: object) -> _Mark:
    mark = getattr(table, "_seal", None)
    if isinstance(table, Suppressed):
        if isinstance(mark, _Mark) and mark.digest == _digest(table):
            return mark
        raise TypeError("This table was changed after small counts were hidden. Change a copy and use derive().")
    raise TypeError("This table has not been through suppress(). Small counts must be hidden before it is shown.")


def _digest(table: pd.DataFrame) -> bytes:
    content = hashlib.sha256(_SECRET)
    content.update(repr([(name, str(kind)) for name, kind in table.dtypes.items()]).encode())
    content.update(pd.util.hash_pandas_object(pd.DataFrame(table), index=True).to_numpy().tobytes())
    return content.digest()


def _holds(table: pd.DataFrame, column: str, wanted: object) -> pd.Series:
    if column not in table.columns:
        raise ValueError(f"The table has no column {column!r}. It has {', '.join(map(str, table.columns))}.")
    values = list(wanted) if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
    there = list(dict.fromkeys(table[column].dropna().tolist()))
    if lacking := [value for value in values if value not in there]:
        listed = ", ".join(map(str, there[:20])) + (" and more" if len(there) > 20 else "")
        raise ValueError(f"{column}: the table has no {lacking[0]!r}. It has {listed}.")
    return table[column].isin(values)
