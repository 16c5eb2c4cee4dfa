"""The checks and views of the worksheet "Wages and anchor". Every expected value is computed when it is asked for."""

from __future__ import annotations

import functools
import math
from typing import Any

import pandas as pd

from equityguide import data
from equityguide.charts.people import equiplot
from equityguide.figure import Figure, figure
from equityguide.measures import rates
from equityguide.worksheets import check, forms, own, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File
from equityguide.worksheets.sample import titles
from equityguide.worksheets.shown import Table

DATASET = "wages_healthcare_occupations_us"
SOURCE = "U.S. Bureau of Labor Statistics, Current Population Survey, tables 11 and 39"
ALL, AIDES, MAIDS = "All occupations", "Nursing assistants", "Maids and housekeeping cleaners"
# Rows that hold other rows: beside those, a job would be counted twice.
WIDER = ["Healthcare practitioners and technical occupations", "Healthcare support occupations"]
HOURS = 40  # of a full-time week
LOWEST, HIGHEST = 8, 60  # dollars an hour that a reader may try
PAY = {"Women": "weekly_earnings_women_usd", "Men": "weekly_earnings_men_usd"}
SHARES = {"Women": "women_percent", "Black": "black_percent", "Hispanic": "hispanic_percent"}
NO_FIGURE = "no figure"

COMMITMENTS = {
    "Hire and train people there": "hire",
    "Buy there": "buy",
    "Invest there": "invest",
    "Volunteer there": "give",
}
STARTS = {
    "A job we could offer to people nearby": "hire",
    "Something we buy from far away": "buy",
    "Money that lies in a bank": "invest",
    "Hours that we could give": "give",
}
ABOVE = {
    "Nobody gains": "nobody",
    "Some may gain: those who earn less than the middle are out of sight": "some",
    "Everybody gains": "all",
}
BLANKS = {
    "No men do that work": "none",
    "Too few were in the survey to print a number": "few",
    "Men there earn the same as women": "same",
}
CANNOT = {
    "How many of the aides are women": "women",
    "Whether Black and White aides are paid the same": "pay",
    "Which job has the largest share of Hispanic workers": "share",
}
OUTSIDE = {
    "Cleaning, kitchen, or security staff of another firm": "firm",
    "Agency and on-call staff": "agency",
    "Nobody that we know of": "nobody",
}
PRICE = {
    "Hours cut in return": "hours",
    "Public benefits lost when pay goes up": "benefits",
    "Staff just above the line left with the same pay": "line",
    "Work moved to a firm outside": "outside",
}

EXAMPLE = File(
    "payroll-example.csv",
    b"""measure,period,dimension,group,events,denominator
Women in each pay band,2026,pay band,Under 16 dollars an hour,168,210
Women in each pay band,2026,pay band,16 to 19 dollars,244,331
Women in each pay band,2026,pay band,20 to 29 dollars,402,560
Women in each pay band,2026,pay band,30 to 49 dollars,310,455
Women in each pay band,2026,pay band,50 dollars and more,64,148
Black staff in each pay band,2026,pay band,Under 16 dollars an hour,97,210
Black staff in each pay band,2026,pay band,16 to 19 dollars,121,331
Black staff in each pay band,2026,pay band,20 to 29 dollars,118,560
Black staff in each pay band,2026,pay band,30 to 49 dollars,61,455
Black staff in each pay band,2026,pay band,50 dollars and more,14,148
""",
)  # Invented.


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["start"],
        list(STARTS.values()),
        ask="choose what comes to mind first",
        right="that is one of four things an anchor can use. Task 1 has all of them.",
    )


def commitments(answers: dict[str, Any]) -> Result:
    """Four acts, each one of the four commitments; then an act of one's own."""
    wanted = {
        "bakery": ("buy", "the kitchen needs bread anyway. What does it do with its orders?"),
        "course": ("hire", "the course ends with a job. Which commitment is about jobs?"),
        "fund": ("invest", "the money comes back one day. Which commitment is about money that works?"),
        "school": ("give", "nobody sells, lends, or takes a job here. What do the staff give?"),
    }
    return check.first(
        *check.chosen(answers, wanted, list(COMMITMENTS.values()), ask="choose a commitment for each of the acts"),
        written.sentence(answers["act"], ask="write one act that your unit could begin"),
        right="you know the four commitments, and one act that could begin where you work.",
    )


def bureau() -> pd.DataFrame:
    """The bureau's rows, each job once."""
    rows = data.load(DATASET)
    return rows[~rows["occupation"].isin(WIDER)].reset_index(drop=True)


@functools.cache
def jobs() -> pd.DataFrame:
    """Who works in each occupation in 2022: one row an occupation and group, in percent of its workers."""
    rows = bureau().rename(columns={column: who for who, column in SHARES.items()})
    long = rows.melt("occupation", list(SHARES), var_name="who", value_name="percent")
    return long.assign(status="shown")


def share(occupation: str, who: str) -> float:
    """The percent of an occupation's workers who are in the group."""
    rows = jobs()
    return float(rows.loc[(rows["occupation"] == occupation) & (rows["who"] == who), "percent"].iloc[0])


def who_works(answers: dict[str, Any]) -> Result:
    """One row read, one ratio, the top of one strip, and what the table lacks."""
    rows = jobs()[jobs()["who"] == "Hispanic"].sort_values("percent")
    menu = occupations()
    aides, everyone = share(AIDES, "Black"), share(ALL, "Black")
    return check.first(
        check.number(
            answers["women"],
            share(AIDES, "Women"),
            decimals=0,
            ask="write how many of 100 nursing assistants are women",
            again="find the row Nursing assistants in the strip Women.",
            right="",
            slips=[
                (100 - share(AIDES, "Women"), "those are the men among them."),
                (aides, "that is the strip Black. Look at the strip Women."),
            ],
        ),
        check.number(
            answers["times"],
            aides / everyone,
            ask="write how many times as large the share of Black workers is among nursing assistants",
            again="divide the share among nursing assistants by the share in all occupations.",
            right="",
            slips=[
                (
                    round(aides) / round(everyone),
                    "you rounded first. Open the numbers under the chart, with their decimals.",
                ),
                (everyone / aides, "you divided the other way around."),
                (aides - everyone, "that is the difference in points. The question asks how many times."),
            ],
        ),
        check.choice(
            answers["hispanic"],
            str(rows["occupation"].iloc[-1]),
            menu,
            ask="choose the job with the largest share of Hispanic workers",
            again="look for the dot furthest to the right in the strip Hispanic.",
            right="",
            slips={str(rows["occupation"].iloc[-2]): "that one comes second. Look further to the right."},
        ),
        check.choice(
            answers["cannot"],
            "pay",
            list(CANNOT.values()),
            ask="choose what these numbers cannot say",
            again="that one can be read from the strips. Look for what no strip shows.",
            right="",
        ),
        right="you read who does which job. Who was hired into which job, and why, no number here says.",
    )


def occupations() -> list[str]:
    """The names of the occupations, in alphabetical order; without the row of all occupations."""
    return sorted(str(name) for name in bureau()["occupation"] if name != ALL)


def below(hourly: float) -> dict[str, int]:
    """For women and men: in how many occupations the middle full-time earner is paid less than the floor."""
    rows = bureau()
    rows = rows[rows["occupation"] != ALL]
    return {who: int((rows[column].dropna() < HOURS * hourly).sum()) for who, column in PAY.items()}


def floor(answers: dict[str, Any]) -> Result:
    """A floor of the reader's own, what it makes a week, whose middle pay lies below, and what a median hides."""
    tried = check.between(
        answers["hourly"],
        LOWEST,
        HIGHEST,
        ask="write the lowest pay that you want to try, in dollars an hour",
        beyond=f"try a number from {LOWEST} to {HIGHEST} dollars an hour.",
    )
    if tried.state != "right":
        return tried
    hourly = check.typed(answers["hourly"]) or math.nan
    counts = below(hourly)
    return check.first(
        check.number(
            check.amount(answers["weekly"]),
            HOURS * hourly,
            decimals=0,
            ask=f"write how many dollars that makes in a week of {HOURS} hours",
            again=f"multiply the hourly pay by {HOURS}.",
            right="",
            slips=[(HOURS * hourly * 52, "that is a year. The question asks for a week.")],
        ),
        check.number(
            answers["women"],
            counts["Women"],
            decimals=0,
            ask="write in how many jobs the middle pay of women lies below your floor",
            again="count the jobs marked as below in the column Women.",
            right="",
            slips=[(counts["Men"], "that is the column Men. Count the column Women.")],
        ),
        check.choice(
            answers["above"],
            "some",
            list(ABOVE.values()),
            ask="choose who gains where the middle pay lies above your floor",
            again="half of the workers earn less than the middle. How low, the middle does not say.",
            right="",
        ),
        check.choice(
            answers["blank"],
            "few",
            list(BLANKS.values()),
            ask="choose why some cells have no figure",
            again="the bureau leaves a cell empty where it asked too few people to be sure.",
            right="",
        ),
        right=f"at this floor the middle pay of women lies below it in {counts['Women']} jobs, that of men in "
        f"{counts['Men']}. There at least half would gain, if they work {HOURS} hours. "
        "About the rest the table is silent.",
    )


def bands(answers: dict[str, Any]) -> Result:
    """Own payroll as counts by band: readable, no row for a single person, one share read, and who is not in it."""
    try:
        rows = rates(_payroll(answers).rows)
    except ValueError as error:
        return Result("again", str(error))
    lowest = rows.iloc[0]
    if lowest["status"] == "shown":
        share_read = check.number(
            answers["share"],
            100 * float(lowest["rate"]),
            decimals=0,
            ask="write the share in the first band, of 100 people",
            again="read the first row of the chart.",
            right="",
            slips=[
                (float(lowest["events"]), "that is how many people. The question asks for how many of 100."),
                (100 * (1 - float(lowest["rate"])), "that is everyone else in the band."),
            ],
        )
    else:
        share_read = Result("right", "")
    outside = check.pick(
        answers["outside"], list(OUTSIDE.values()), ask="choose who works in the building and is not on this payroll"
    )
    if outside.state == "right" and answers["outside"] == "nobody":
        outside = Result("close", "ask once more. Cleaning, food, and security are often bought from another firm.")
    return check.first(
        share_read,
        outside,
        right=f"your table has {len(rows)} bands, and you know who is not in it."
        + (" These numbers are made up." if _invented(answers) else ""),
    )


def plan(answers: dict[str, Any]) -> Result:
    """One commitment: the act, who owns it, by when, what to watch by group, and what it might cost whom."""
    return check.first(
        check.pick(answers["which"], list(COMMITMENTS.values()), ask="choose one of the four commitments"),
        written.sentence(answers["act"], ask="write what you will do"),
        written.role(answers["owner"], ask="write who owns it, as a role"),
        written.date(answers["when"], ask="write by when"),
        written.sentence(answers["watch"], ask="write which number you will look at, for each group", least=3),
        check.pick(
            answers["price"], list(PRICE.values()), ask="choose what could go against the people you mean to help"
        ),
        right="your step has an owner, a date, a number, and a price to watch. Bring it to those it is meant for.",
    )


@forms.once
def jobs_seen(answers: dict[str, Any]) -> list[Figure]:
    """Who works in which job, whatever has been answered."""
    rows = jobs()
    chart = equiplot(
        rows, titles=_titles(), unit="percent of workers", group="occupation", value="percent", panel="who",
        lower=None, upper=None, n=None, order="value", noun="jobs", per=1,
    )  # fmt: skip
    women, black = (f"{{at[{AIDES}, {who}].percent:.0f}}" for who in ("Women", "Black"))
    finding = f"Of a hundred nursing assistants, {women} were women and {black} were Black"
    return [_figure(chart, rows, "worksheet-wages-jobs", finding, "2022", "none")]


def pay_seen(answers: dict[str, Any]) -> list[object]:
    """What women and men earn in each job, and, once there is a floor, where the middle lies below it."""
    rows = bureau()
    rows = rows[rows["occupation"] != ALL].rename(columns={column: who for who, column in PAY.items()})
    rows = rows.astype(dict.fromkeys(PAY, "float64"))
    long = rows.melt("occupation", list(PAY), var_name="sex", value_name="dollars_a_week")
    long["status"] = long["dollars_a_week"].notna().map({True: "shown", False: "no data"})
    chart = equiplot(
        long, titles=_titles(), unit="dollars a week", group="occupation", value="dollars_a_week", panel="sex",
        lower=None, upper=None, n=None, noun="jobs", per=1,
    )  # fmt: skip
    finding = "Pay in a hospital's jobs: the middle full-time worker's week, for women and for men"
    lacking = "pay of women or men in jobs where the survey had too few of them"
    seen: list[object] = [_figure(chart, long, "worksheet-wages-pay", finding, "2025", lacking)]
    hourly = check.typed(answers["hourly"])
    if hourly is None or not LOWEST <= hourly <= HIGHEST:
        return seen
    return [*seen, _marked(rows.sort_values("occupation"), HOURS * hourly)]


def _marked(rows: pd.DataFrame, weekly: float) -> Table:
    def cell(value: float) -> str:
        if math.isnan(value):
            return NO_FIGURE
        return f"${value:,.0f}" + (" (below)" if value < weekly else "")

    body = [
        [str(job), *(cell(float(pay)) for pay in found)]
        for job, *found in rows[["occupation", *PAY]].to_numpy().tolist()
    ]
    caption = f"Middle pay a week, 2025, and whether it lies below ${weekly:,.0f}. Source: {SOURCE}."
    return Table(caption, ["Job", *PAY], body)


def bands_seen(answers: dict[str, Any]) -> list[Figure]:
    """The reader's pay bands, or the invented ones; small counts are hidden. Nothing where none can be read."""
    try:
        choice = _payroll(answers)
        rows = rates(choice.rows)
    except ValueError:
        return []
    invented = _invented(answers)
    chart = equiplot(
        rows, titles={**titles(), "group": "Pay band", "rate": choice.measure}, unit="percent",
        order=[str(band) for band in rows["group"]], noun="pay bands",
    )  # fmt: skip
    return [
        figure(
            chart,
            rows,
            name="worksheet-wages-bands",
            finding=("Invented numbers. " if invented else "") + "{measure.max}, from the lowest to the highest",
            source="Made up by this book" if invented else own.said(answers["source"], "not named yet"),
            evidence="synthetic: made up for practice" if invented else "the reader's own counts, small ones hidden",
            as_of=choice.period,
            missing="none",
        )
    ]


def _payroll(answers: dict[str, Any]) -> own.Choice:
    """The bands of one measure. Raises `ValueError` with one sentence, also where rows look like single persons."""
    file = EXAMPLE if answers["file"] is None else answers["file"]
    choice = own.chosen(file, measure=answers["measure"])
    if type(file) is File and own.read(file)["denominator"].median() <= 1:
        raise ValueError(
            "this looks like one row for each person. Count people by pay band first, and bring the counts."
        )
    return choice


def _invented(answers: dict[str, Any]) -> bool:
    file = answers["file"]
    return file is None or (type(file) is File and file.content == EXAMPLE.content)


def _titles() -> dict[str, str]:
    return {
        "occupation": "Job", "who": "Who", "percent": "Share of workers", "sex": "Sex",
        "dollars_a_week": "Middle pay a week", "status": "Shown",
    }  # fmt: skip


def _figure(chart: Any, rows: pd.DataFrame, name: str, finding: str, as_of: str, missing: str) -> Figure:
    said = {"source": SOURCE, "evidence": "official statistics"}
    return figure(chart, rows, name=name, finding=finding, as_of=as_of, missing=missing, **said)
