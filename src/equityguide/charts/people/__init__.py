"""Charts of groups of people: rates, gaps, burden, change and completeness, each in two widths from one table of rows.

No group is the unmarked one and none is ranked by color: groups are told apart by position, shape and name.
"""

from equityguide.charts.people.completeness import completeness
from equityguide.charts.people.equiplot import equiplot
from equityguide.charts.people.gap_forest import gap_forest
from equityguide.charts.people.rate_and_burden import rate_and_burden
from equityguide.charts.people.slope import slope

__all__ = ["completeness", "equiplot", "gap_forest", "rate_and_burden", "slope"]
