"""Small counts of real people: hidden by `suppress`, attacked by `audit`.

A table that may be seen is a `Suppressed`, a DataFrame that only `suppress` makes. What is computed from such tables
alone is made with `derive` and is one too. Whoever shows a table asks `require(table)` first.
"""

from equityguide.suppression.audit import audit
from equityguide.suppression.policy import suppress
from equityguide.suppression.seal import Suppressed, derive, require

__all__ = ["Suppressed", "audit", "derive", "require", "suppress"]
