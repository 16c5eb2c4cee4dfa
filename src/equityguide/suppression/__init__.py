"""Small counts of real people: hidden by `suppress`, attacked by `audit`.

A table that may be seen is a `Suppressed`, a DataFrame that only `suppress` makes (and `published`, of public tables
that were made safe before). What is computed from such tables alone is made with `derive` and is one too: `pick`
filters its rows, every measure keeps its seal. Whoever shows a table asks `require(table)` first.
"""

from equityguide.suppression.audit import audit, together
from equityguide.suppression.policy import suppress
from equityguide.suppression.published import published
from equityguide.suppression.seal import Origin, Suppressed, derive, keeps_seal, origin, pick, require

__all__ = [
    "Origin",
    "Suppressed",
    "audit",
    "derive",
    "keeps_seal",
    "origin",
    "pick",
    "published",
    "require",
    "suppress",
    "together",
]
