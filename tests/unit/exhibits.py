"""The cells that draw Figures 3 and 4, as a chapter holds them: at most eight lines each."""

from __future__ import annotations

IMPORTS = """\
from equityguide import data
from equityguide.charts.profile import Measure, profile
from equityguide.charts.tracts import tract_map
from equityguide.figure import figure, left_out
"""

FIGURE_3 = (
    """\
held = "boston_by_holc_grade"
size = [Measure("area_km2", "square kilometers", 1), Measure("people", "people")]
lives = [Measure("life_expectancy_years", "years", 1, dot=True), Measure("poverty_pct", "percent", 1)]
others = [Measure("per_capita_income_usd", "US dollars"), Measure("black_pct", "percent", 1)]
labels = dict(group="grade", words="grade_name", value="life_expectancy_years", noun="grades")
""",
    """\
fall = "life expectancy some seventy-five years later falls from {at[A].life_expectancy_years:.1f} to {at[D].life_expectancy_years:.1f} years"
rise = "poverty rises from {at[A].poverty_pct:.0f} to {at[D].poverty_pct:.0f} percent"
finding = f"From grade A to grade D of the old lending map, {fall} and {rise}; income and race do not follow the grades."
source = "Mapping Inequality (University of Richmond), CC BY-NC-SA; U.S. Census Bureau; USALEEP; overlay by area: ours"
missing = "two areas of the map without a grade; grade A rests on 3 tracts"
dates = "1938 (grades), 2013 to 2017 (people, income), 2010 to 2015 (life expectancy)"
about = dict(source=source, evidence="estimate, ours, from official statistics", as_of=dates, missing=missing)
""",
    """\
def by_grade():
    rows = data.load(held)
    chart = profile(rows, size + lives + others, titles=data.titles(held), **labels)
    return figure(chart, rows, name="boston-by-grade", finding=finding, **about)


by_grade() if data.available(held) else left_out(held)
""",
)

FIGURE_4 = (
    """\
held = "philadelphia_region_tracts"
rows = data.load(held).query("miles_from_lankenau <= 7")
rows = rows[["tract_geoid", "tract_name", "county", "median_household_income_usd"]]
places = data.geometry(held), data.load(held, "landmarks")
measured = dict(value="median_household_income_usd", unit="US dollars", titles=data.titles(held))
chart = tract_map(rows, *places, region="county", breaks=[25000, 50000, 75000, 100000], **measured)
""",
    """\
runs = "{at[42101009500].median_household_income_usd:,} to {at[42091204500].median_household_income_usd:,} dollars"
finding = f"Within two miles of Lankenau Medical Center, a tract's median household income runs from {runs}."
source = "U.S. Census Bureau, American Community Survey (five years) and 2018 tract boundaries; hospital's place approximate"
missing = "income of 4 tracts where nobody or almost nobody lives"
about = dict(source=source, evidence="official statistics", as_of="2013 to 2017", missing=missing)
figure(chart, rows, name="income-around-lankenau", finding=finding, **about)
""",
)
