"""The type that says "this table has been through `suppress`", and that cannot be put on by hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import cast

import pandas as pd

# New in each process: a seal cannot be computed outside this module, and does not survive a file or a pickle.
_SECRET = secrets.token_bytes(32)


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
    return seal(function(*(pd.DataFrame(require(table)) for table in tables)))


def require(table: object) -> Suppressed:
    """The very table, if `suppress` or `derive` made it and nobody has changed it since; else `TypeError`."""
    if isinstance(table, Suppressed) and getattr(table, "_seal", b"") == _digest(table):
        return table
    if isinstance(table, Suppressed):
        raise TypeError("This table was changed after small counts were hidden. Change a copy and use derive().")
    raise TypeError("This table has not been through suppress(). Small counts must be hidden before it is shown.")


def seal(frame: pd.DataFrame) -> Suppressed:
    """A Suppressed copy of `frame`. For `suppress` and `derive` only: the package does not hand it on."""
    table = pd.DataFrame(frame).copy()
    table.__class__ = Suppressed  # past its __init__, which refuses everybody
    object.__setattr__(table, "_seal", _digest(table))  # past pandas', which would look for a column
    return cast(Suppressed, table)


def _digest(table: pd.DataFrame) -> bytes:
    content = hashlib.sha256(_SECRET)
    content.update(repr([(name, str(kind)) for name, kind in table.dtypes.items()]).encode())
    content.update(pd.util.hash_pandas_object(pd.DataFrame(table), index=True).to_numpy().tobytes())
    return content.digest()
