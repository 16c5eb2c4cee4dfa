"""The numbers in the prose of `book/measure/`, worked out again from the tables, or on a list with their source."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rules import parse, plain
from scipy.stats import chi2_contingency

from equityguide import data
from equityguide.measures import combine, estimates, gap_change, gaps, p_chart, summary, suppress, unknown_bounds
from equityguide.measures.combine import Length
from equityguide.suppression import published

FOLDER = Path(__file__).parents[2] / "book" / "measure"
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
BLACK, WHITE, HISPANIC = "Black or African American", "White", "Hispanic or Latino"
SMALL = "Native Hawaiian or Pacific Islander"

# Numbers that no table of ours holds, with who states them.
CITED = {
    "stratify": {
        "220": "Commonwealth Fund, patients asked in one clinic",
        "153,827": "JAMIA 30(10), older adults sent home from one system's hospitals",
        "67.6": "JAMIA 30(10), orientation missing",
        "63.0": "JAMIA 30(10), gender identity missing",
        "15": "the number of the federal directive",
        "2024": "89 FR 22182, the year of the directive",
        "2029": "healthycommunities.org, the deadline after one delay",
        "5.86": "PLOS Digital Health, millions of patients",
        "19.3": "PLOS Digital Health, percent missing",
        "8.0": "PLOS Digital Health, percent contradicted",
        "24": "PLOS Digital Health, percent by which a rate moved",
        "14": "IHI, the day of its announcement",
        "2025": "IHI, the year of its announcement",
        "19": "IHI, organizations in the group; COVID-19 in the name of the vaccines",
        "27": "PLOS ONE, health systems asked",
    },
    "gaps": {
        "80": "worked example of ours, and 80 of 100 from the table",
        "95": "worked example of ours; the level of the intervals",
        "70": "worked example of ours",
        "90": "worked example of ours",
        "10": "worked example of ours",
        "5": "worked example of ours",
        "0.88": "worked example of ours, checked below",
        "0.95": "worked example of ours, checked below",
        "1.5": "worked example of ours, checked below",
        "2.0": "worked example of ours, checked below",
        "3": "the standard error of the example of eight groups",
        "30": "days, the definition of a readmission",
        "0.05": "the usual line for a p value",
        "65": "Medicare's age",
    },
    "small-numbers": {
        "11": "CMS, the smallest count that may be shown",
        "1": "CMS, the smallest count that is hidden; 1 of 30 is an example of ours",
        "10": "CMS, the largest count that is hidden; 10% is an example of ours",
        "30": "an example of ours",
        "90": "an example of ours",
        "140": "the invented table",
        "121": "the invented table",
        "60": "the invented table",
        "48": "the invented table",
        "12": "the invented table",
        "212": "the invented table",
        "174": "the invented table",
        "5": "the invented table, checked below",
        "7": "the invented table, checked below",
        "100,000": "births, the unit of the rate",
    },
    "improvement": {
        "12": "the invented report at the start",
        "1": "the invented report at the start",
        "2023": "IHI, when its Action Community began",
        "18": "IHI, months",
        "43": "HealthPartners, screening in 2009",
        "66": "HealthPartners, screening about 2014",
        "78": "HealthPartners, screening of white patients",
        "2009": "HealthPartners",
        "2014": "HealthPartners",
        "2018": "AHRQ, the survey's redesign",
        "2020": "AHRQ, the pandemic",
    },
}


def points(value: float) -> str:
    """A difference of fractions in percentage points, without its sign."""
    return f"{abs(value) * 100:.1f}"


@cache
def sample(measure: str, *lengths: Length) -> pd.DataFrame:
    """The sample organization's suppressed counts of one measure, by quarter or combined."""
    counts = data.load("organization", "measures")
    counts = counts[counts["measure"] == measure]
    return suppress(combine(counts, *lengths) if lengths else counts)


def part(table: pd.DataFrame, **columns: str) -> pd.DataFrame:
    """The rows that hold these values, as a plain table."""
    kept = pd.DataFrame(table)
    for column, value in columns.items():
        kept = kept[kept[column] == value]
    return kept.reset_index(drop=True)


def stratify_sentences() -> dict[str, str]:
    births = part(sample("first_trimester_prenatal_care", "all"), dimension="language")
    bounds = unknown_bounds(births, reference="English").set_index("group").loc["Spanish"]
    people = data.load("covid_vaccination_by_race_us").query("date == '2022-04-18'").set_index("group")
    first = people["first_dose_people"]
    assert all(first["Unknown"] > first[group] for group in ("Black", "Hispanic", "Asian"))
    assert 0.19 < births.set_index("group")["denominator"]["Unknown"] / births["denominator"].sum() < 0.23
    counts = data.load("organization", "measures")
    year = counts[counts["period"].str.startswith("2021") & (counts["dimension"] == "race_and_ethnicity")]
    pressure = year[year["measure"] == "blood_pressure_control"][["events", "denominator"]].sum()
    return {
        "the counted gap": f"{points(bounds['difference'])} points less often for Spanish speakers",
        "how many are not known": f"If the {bounds['unknown']:.0f} people whose language is unknown or declined",
        "how far they could move it": (
            f"from {points(bounds['bound_lower'])} points lower to {points(bounds['bound_upper'])} points higher"
        ),
        "vaccination": (
            f"On April 18, 2022, both were unknown for {first['Unknown'] / first['All']:.1%} of the people with"
        ),
        "people unknown": f"The unknown were {first['Unknown'] / 1e6:.1f} million people",
        "the average": (
            f"says that {pressure['events'] / pressure['denominator'] * 100:.0f} of 100 patients had it under "
            "control in 2021"
        ),
    }


@cache
def beta_blockers() -> pd.DataFrame:
    claims = part(
        published("medicare_cardiovascular_care_2020"), measure="Beta blockers after heart attack", dimension="race"
    )
    return claims.assign(period="2020")


def gaps_sentences() -> dict[str, str]:
    against = gaps(beta_blockers(), reference="White", higher_is_better=True).set_index("group")
    all_of_them = gaps(beta_blockers(), reference="overall", higher_is_better=True).set_index("group")
    black, white, native = against.loc["Black"], against.loc["White"], against.loc["American Indian or Alaska Native"]
    assert against["rate"].idxmin() == native.name
    assert against["excess_events"].idxmax() == "Black"
    share = white["denominator"] / against["denominator"].sum()
    near = summary(part(sample("readmission_30_day", "all"), dimension="neighborhood"), higher_is_better=False).iloc[0]
    equal = pd.DataFrame({"group": list("ABCDEFGH"), "estimate": 0.7, "se": 0.03})
    chance = summary(equal.assign(measure="m", period="p", dimension="d"), higher_is_better=True).iloc[0]
    plain_way, adjusted = pair()
    return {
        "both rates": f"{black['rate'] * 100:.0f} of 100 Black patients and {white['rate'] * 100:.0f} of 100 White",
        "the difference": (
            f"{black['rate']:.1%} less {white['rate']:.1%} is {points(black['difference'])} percentage points less. "
            f"The 95% interval runs from {points(black['difference_lower'])} to {points(black['difference_upper'])} "
            "points less"
        ),
        "the adverse ratio": (
            f"befell {1 - black['rate']:.1%} of Black patients and {1 - white['rate']:.1%} of White patients: "
            f"{black['ratio_adverse']:.2f} times as often"
        ),
        "the count": f"{black['excess_events']:.0f} more of the {black['denominator']:,} would have been kept on",
        "the one sentence": f"In {black['period']}, care after a heart attack kept",
        "the favorable ratio": (
            f"{black['rate'] * 100:.1f} over {white['rate'] * 100:.1f} is {black['ratio_favorable']:.2f}"
        ),
        "against everyone": (
            f"kept {points(black['difference'])} points fewer Black patients on beta blockers. Set against everyone, "
            f"it was {points(all_of_them.loc['Black', 'difference'])}, because"
        ),
        "the share": f"only because {share * 100:.0f} of 100 people",
        "the lowest rate": (
            f"lowest rate: {native['rate']:.1%}, which is {points(native['difference'])} points below White patients. "
            f"Yet {native['excess_events']:.0f} more of them"
        ),
        "chance, eight groups": f"two of them is then {points(chance['expected_mrd'])} points on average",
        "chance, neighborhoods": (
            f"the highest rate is {points(near['mrd'])} points above the lowest. Chance alone makes "
            f"{points(near['expected_mrd'])} on average"
        ),
        "the test": f"gives a p value of {near['p_value']:.4f}",
        "the survey": ("In 2022 a federal telephone survey, the Behavioral Risk Factor Surveillance System"),
        "as answered": (
            f"ahead of Black adults by {points2(plain_way['difference'])} points (95% interval "
            f"\N{MINUS SIGN}{points2(plain_way['difference_upper'])} to {points2(plain_way['difference_lower'])})"
        ),
        "adjusted": (
            f"ahead by {points2(adjusted['difference'])} points (\N{MINUS SIGN}{points2(adjusted['difference_lower'])} to "
            f"{points2(adjusted['difference_upper'])})"
        ),
    }


def points2(value: float) -> str:
    return f"{abs(value) * 100:.2f}"


def pair() -> tuple[pd.Series, pd.Series]:
    """Black less White adults as answered and adjusted; the first interval reaches just above 0, the second below."""
    survey = data.load("cancer_screening_brfss_2022")
    survey = survey[(survey["test"] == "colorectal") & survey["group"].isin(["Black", "White"])]
    survey = survey[survey["place"] == "United States"]
    found = []
    for kind in ("", "adjusted_"):
        wide = survey[f"{kind}ci95_upper_percent"] - survey[f"{kind}ci95_lower_percent"]
        table = estimates(
            survey.assign(se=wide / 3.92),
            estimate=f"{kind or 'screened_'}percent",
            se="se",
            measure="m",
            period="2022",
            per=100,
        )
        compared = gaps(table, reference="White", higher_is_better=True).set_index("group").loc["Black"]
        assert compared["difference_lower"] < 0 < compared["difference_upper"]
        assert compared["label"] == "cannot tell"
        found.append(compared)
    assert found[0]["difference"] < 0 < found[1]["difference"]
    return found[0], found[1]


def small_sentences() -> dict[str, str]:
    tested = sample("hba1c_testing", "year", "all")
    years = part(tested, dimension="race_and_ethnicity", period="2021 to 2024")
    against = gaps(years, reference="White", higher_is_better=True).set_index("group")
    group = against.loc[SMALL]
    assert against["difference"].idxmin() == SMALL
    year = part(tested, dimension="race_and_ethnicity", period="2024")["status"].value_counts()
    assert dict(year) == {"suppressed": 6, "shown": 4}  # "four groups", "six rows"
    deaths = data.load("maternal_mortality_us")
    native = deaths[deaths["group"] == "American Indian or Alaska Native"].set_index("year")
    told = native["deaths_per_100k_births"].dropna()
    assert (len(told), len(native)) == (1, 6)
    assert deaths["deaths_per_100k_births"].max() == told.iloc[0]
    return {
        "the group": f"tested {group['events']} of {group['denominator']} Native Hawaiian and Pacific Islander patients",
        "its rate": f"patients, or {group['rate']:.0%}",
        "White patients": f"It tested {against.loc['White', 'rate']:.0%} of White patients",
        "the gap": (
            f"The gap is {points(group['difference'])} points (95% interval {points(group['difference_upper'])} to "
            f"{points(group['difference_lower'])})"
        ),
        "the year": "Here is the year 2024",
        "deaths": (
            f"From {native.index.min()} to {native.index.max()}, a rate for American Indian and Alaska Native women "
            "could be given in one year of six"
        ),
        "the rate of deaths": f"the highest of any group: {told.iloc[0]} deaths for 100,000 births",
    }


def improvement_sentences() -> dict[str, str]:
    quarters = part(sample("colorectal_cancer_screening"), dimension="race_and_ethnicity")
    before, after = ([f"{year}-Q{n}" for n in range(1, 5)] for year in (2021, 2024))
    when = dict(before=before, after=after, higher_is_better=True)
    screened = gap_change(quarters, focus=BLACK, reference=WHITE, **when).iloc[0]
    assert screened["success"]
    assert screened["reference_did"] == "no detectable change"
    sums = quarters.assign(year=quarters["period"].str[:4]).groupby(["group", "year"])[["events", "denominator"]].sum()
    rate = sums["events"] / sums["denominator"]
    charts = p_chart(quarters[quarters["group"].isin([BLACK, WHITE])].reset_index(drop=True), baseline=before)
    beyond = charts[charts["signal"].str.contains("beyond")]
    assert set(beyond["group"]) == {BLACK}
    assert beyond["period"].tolist() == [p for p in sorted(charts["period"].unique()) if p >= beyond["period"].min()]
    pressure = part(sample("blood_pressure_control", "year"), dimension="race_and_ethnicity")
    leveled = gap_change(
        pressure, focus=HISPANIC, reference=WHITE, before="2021", after="2024", higher_is_better=True
    ).iloc[0]
    assert leveled["finding"].startswith("The gap narrowed because the comparison group got worse")
    assert not leveled["success"]
    of = pressure.assign(rate=pressure["events"] / pressure["denominator"]).set_index(["group", "period"])["rate"]
    visits = part(sample("ed_visits_primary_care_conditions", "year"), dimension="payer")
    framed = gap_change(
        visits, focus="Medicaid", reference="Commercial", before="2021", after="2024", higher_is_better=False
    ).iloc[0]
    assert (framed["focus_did"], framed["reference_did"]) == ("improved", "improved")
    emergency = visits.assign(rate=visits["events"] / visits["denominator"]).set_index(["group", "period"])["rate"]
    ratios = [emergency["Medicaid", year] / emergency["Commercial", year] for year in ("2021", "2024")]
    # The logarithm of a ratio of two ratios has the sum of the four rates' variances (Katz and others, 1978).
    four = visits[visits["group"].isin(["Medicaid", "Commercial"]) & visits["period"].isin(["2021", "2024"])]
    assert len(four) == 4
    spread = 1.96 * sum(1 / four["events"] - 1 / four["denominator"]) ** 0.5
    growth = [ratios[1] / ratios[0] * math.exp(sign * spread) for sign in (-1, 1)]
    return {
        "the aim": f"rises from {rate[BLACK, '2021'] * 100:.0f} to 68 of 100, and it falls for no group",
        "the signal": f"In {beyond['period'].min()} it left the limits",
        "the gap": (
            f"The gap was {points(screened['gap_before'])} points in 2021 and {points(screened['gap_after'])} in 2024. "
            f"It narrowed by {points(screened['change'])} points (95% interval {points(screened['change_lower'])} to "
            f"{points(screened['change_upper'])})"
        ),
        "whose rate": f"rate rose from {rate[BLACK, '2021']:.1%} to {rate[BLACK, '2024']:.1%}",
        "pressure gap": (f"went from {points(leveled['gap_before'])} points to {points(leveled['gap_after'])}"),
        "pressure rates": (
            f"stood at {of[HISPANIC, '2021'] * 100:.0f} of 100 in 2021 and at {of[HISPANIC, '2024'] * 100:.0f} in "
            f"2024, with {of[HISPANIC, '2023'] * 100:.0f} in 2023 between them, and for White patients it fell from "
            f"{of[WHITE, '2021']:.1%} to {of[WHITE, '2024']:.1%}"
        ),
        "visits": (
            f"shrank from {points(framed['gap_before'])} points to {points(framed['gap_after'])}. The ratio went "
            f"from {ratios[0]:.1f} to {ratios[1]:.1f}"
        ),
        "the ratio's growth": (
            f"the interval of {ratios[1]:.1f} over {ratios[0]:.1f} runs from {growth[0]:.2f} to {growth[1]:.1f} times"
        ),
        **meps_sentences(),
    }


def meps_sentences() -> dict[str, str]:
    care = data.load("meps_diabetes_care").query("measure == 'HbA1c measured'")
    told = care.set_index(["group", "year"])
    table = estimates(
        care[care["group"].isin(["Black", "White"])].astype({"year": str}),
        estimate="percent",
        se="se_points",
        measure="measure",
        period="year",
        per=100,
    )
    change = gap_change(
        table, focus="Black", reference="White", before="2008", after="2022", higher_is_better=True
    ).iloc[0]
    assert change["direction"] == "no detectable change"
    percent, silent = told["percent"], told["no_answer_percent"]
    for group in ("Black", "White"):
        assert 18 <= percent[group, 2022] - percent[group, 2008] <= 22
    answered = percent / (1 - silent / 100)
    return {
        "no answer by race": (
            f"In 2008, {silent['Black', 2008]:.1f}% of Black and {silent['White', 2008]:.1f}% of White adults gave none; "
            f"in 2022, {silent['Black', 2022]:.1f}% and {silent['White', 2022]:.1f}%"
        ),
        "of those who answered": (
            f"{answered['Black', 2008]:.0f} of 100 Black and {answered['White', 2008]:.0f} of 100 White adults said yes "
            f"in 2008, and {answered['Black', 2022]:.0f} and {answered['White', 2022]:.0f} in 2022"
        ),
        "2008": (
            f"In 2008, {percent['Black', 2008]:.1f}% of Black adults and {percent['White', 2008]:.1f}% of White adults"
        ),
        "2022": f"In 2022 it was {percent['Black', 2022]:.1f}% and {percent['White', 2022]:.1f}%",
        "MEPS gap": f"went from {points(change['gap_before'])} to {points(change['gap_after'])} points",
        "MEPS change": (
            f"The change is {points(change['change'])} points, and its interval runs from "
            f"{points(change['change_lower'])} points wider to {points(change['change_upper'])} points narrower"
        ),
        "no answer": (
            f"{silent['All', 2008]:.1f}% of all adults with diabetes in 2008, and {silent['All', 2022]:.1f}% in 2022"
        ),
    }


SENTENCES = {
    "stratify": stratify_sentences,
    "gaps": gaps_sentences,
    "small-numbers": small_sentences,
    "improvement": improvement_sentences,
}


@cache
def prose(chapter: str) -> str:
    """The chapter as a reader reads it, references left out, on one line."""
    page = parse(f"{chapter}.md", (FOLDER / f"{chapter}.md").read_text(encoding="utf-8"))
    references = {line.number for line in page.section("References")}
    lines = [re.sub(r"^\s*\d+\.\s", "", line.text) for line in page.prose if line.number not in references]
    return " ".join(plain(line).strip() for line in lines)


@pytest.mark.parametrize("chapter", [*SENTENCES])
def test_sentences_hold_what_the_tables_give(chapter: str) -> None:
    text = prose(chapter)
    assert {name: said for name, said in SENTENCES[chapter]().items() if said not in text} == {}


@pytest.mark.parametrize("chapter", [*SENTENCES])
def test_every_number_is_computed_or_cited(chapter: str) -> None:
    computed = {found for said in SENTENCES[chapter]().values() for found in NUMBER.findall(said)}
    stated = set(NUMBER.findall(prose(chapter)))
    assert sorted(stated - computed - set(CITED[chapter])) == []
    assert sorted(set(CITED[chapter]) - stated) == []


def test_the_hidden_neighborhood_moves_the_test_over_the_line() -> None:
    counts = combine(data.load("organization", "measures").query("measure == 'readmission_30_day'"), "all")
    near = counts[(counts["dimension"] == "neighborhood") & (counts["group"] != "Unknown")]
    shown = part(sample("readmission_30_day", "all"), dimension="neighborhood", status="shown")["group"]
    p_values = [
        chi2_contingency([table["events"], table["denominator"] - table["events"]], correction=False).pvalue
        for table in (near[near["group"].isin(shown)], near)
    ]
    assert (len(near), int(near["group"].isin(shown).sum())) == (8, 7)
    assert p_values[0] < 0.05 < p_values[1]


def test_short_baselines_signal_too_easily() -> None:
    random, charts, quarters = (
        np.random.default_rng(2026),
        400,
        [f"{y}-Q{q}" for y in range(2021, 2025) for q in range(1, 5)],
    )
    events = random.binomial(145, 0.6, (charts, len(quarters)))
    table = pd.DataFrame(
        {
            "measure": "m",
            "period": quarters * charts,
            "dimension": "d",
            "group": np.repeat([f"chart {n}" for n in range(charts)], len(quarters)),
            "events": events.ravel(),
            "denominator": 145,
        }
    )
    shares = []
    for baseline in (quarters[:4], quarters):
        drawn = p_chart(table, baseline=baseline)
        shares.append(drawn[drawn["signal"] != ""].groupby("group").size().size / charts)
    assert shares[0] == pytest.approx(1 / 4, abs=0.06)
    assert shares[1] == pytest.approx(1 / 15, abs=0.03)


def test_worked_examples_come_out() -> None:
    before, after = (0.8, 0.7), (0.95, 0.9)
    assert [b / a for a, b in (before, after)] == pytest.approx([0.88, 0.95], abs=0.0051)
    assert [round((1 - b) / (1 - a), 1) for a, b in (before, after)] == [1.5, 2.0]
    assert (140 + 60 + 12, 174 - 121 - 48, 12 - 5) == (212, 5, 7)
