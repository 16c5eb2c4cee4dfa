"""Gaps in care measured: counts by group in, rates, gaps, summaries and changes out, each with its uncertainty.

Tables are tidy and have one schema: `measure, period, dimension, group, events, denominator`, with a `status`
that every measure passes on. What a worksheet calls runs on numpy and pandas alone.
"""

from equityguide.measures.change import gap_change
from equityguide.measures.combine import answered, combine
from equityguide.measures.estimates import estimates
from equityguide.measures.gaps import gaps
from equityguide.measures.improvement import detectable, p_chart, run_chart, run_charts, time_between
from equityguide.measures.rates import rates
from equityguide.measures.standardize import standardize
from equityguide.measures.stratify import stratify
from equityguide.measures.summary import summary
from equityguide.measures.unknown import unknown_bounds
from equityguide.suppression import audit, suppress

__all__ = [
    "answered",
    "audit",
    "combine",
    "detectable",
    "estimates",
    "gap_change",
    "gaps",
    "p_chart",
    "rates",
    "run_chart",
    "run_charts",
    "standardize",
    "stratify",
    "summary",
    "suppress",
    "time_between",
    "unknown_bounds",
]
