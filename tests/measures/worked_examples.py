"""The worked examples of the reference page: each measure beside values that come from elsewhere.

Run this file to write `book/reference/measures.md` anew: `.venv/bin/python tests/measures/worked_examples.py`.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Callable

import pandas as pd
from made import counts, json_of, rows_of
from reference import PAGE, Example, Number, page

WILSON = next(row for row in rows_of("01_wilson_ohid.csv") if row["Area"] == "Area4")
BYAR = next(row for row in rows_of("04_rate_byar_exact_ohid.csv") if row["Area"] == "Area3")
PAIR = json_of("03_fagerland_perondi.json")
BURDEN = json_of("25_rate_and_burden.json")
CHI = json_of("21_heterogeneity_chisq.json")
CHANGE = {
    key: float(value) for key, value in rows_of("20_gap_change_did_cases.csv")[0].items() if key != "expected_label"
}
PLACES = json_of("07_schoenbach_miami_alaska.json")
UNKNOWN = json_of("23_unknown_group_worst_case_bounds.json")[0]
RUN = next(case for case in json_of("16_run_and_control_chart_rules.json")["run_chart"] if case["name"] == "shift6")
JUICE = [row for row in rows_of("12b_montgomery_ex7.1_pchart.csv") if row["part"] == "1"]
DAYS = [12, 30, 25, 8, 41, 19, 33, 27, 15, 38, 22, 29]
_WAITS = [day ** (1 / 3.6) for day in DAYS]
_SIGMA = statistics.fmean([abs(a - b) for a, b in itertools.pairwise(_WAITS)]) / 1.128
RECORDS = pd.DataFrame({"language": ["English", "Spanish", "Spanish", None, "English"], "screened": [1, 0, 1, 1, 1]})
QUARTER = [("A", 4, 300), ("B", 71, 400), ("C", 925, 2000)]
SURVEY = pd.DataFrame({"dimension": "payer", "group": ["A", "B"], "percent": [50.0, 60.0], "se_points": [3.0, 4.0]})


def of(group: str) -> Callable[[pd.DataFrame], pd.Series]:
    """The row of a group."""
    return lambda found: found.set_index("group").loc[group]


def _by_age() -> pd.DataFrame:
    parts = [
        counts([(place, deaths, people)], age=age)
        for place in ("Miami", "Alaska")
        for age, deaths, people in zip(PLACES["ages"], PLACES[place]["deaths"], PLACES[place]["pop"], strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


EXAMPLES = [
    Example(
        name="stratify",
        title="Count by group before you compare",
        use="You have one row for each patient and want counts by group. It is the first step of every other measure.",
        formula=[r"\text{completeness} = \frac{\text{records with a known group}}{\text{all records}}"],
        given={"records": RECORDS},
        say="Five patients: two speak English, two Spanish, and one record does not say. Both Spanish speakers "
        "are eligible and one was screened. Four of five languages are known. Counted by hand.",
        call='stratify(records, "language", event="screened")',
        row=of("Spanish"),
        numbers=[
            Number("screened", "events", 1, 0),
            Number("eligible", "denominator", 2, 0),
            Number("known", "completeness", 4 / 5, 1),
        ],
        interval="None. It counts.",
        caveat="A missing group stays as Unknown, and Declined stands apart. Dropping either would hide who was not asked.",
        source="Ours: counting, checked by hand.",
    ),
    Example(
        name="answered",
        title="How many told you, whatever they told",
        use="You want to know how complete an attribute is, without naming a group.",
        formula=[r"x_{\text{Known}} = \sum_{g \,\text{named}} x_g"],
        given={"table": counts([("Asian", 3, 40), ("Black", 30, 60), ("Declined", 5, 20), ("Unknown", 8, 30)])},
        say="40 Asian and 60 Black patients were named as such, 3 and 30 of them screened; 20 declined and for 30 nobody knows.",
        call="answered(table)",
        row=of("Known"),
        numbers=[Number("patients", "denominator", 40 + 60, 0), Number("screened", "events", 3 + 30, 0)],
        interval="None. It adds.",
        caveat="Do this first and hide small counts after. Printed beside the groups, the sum gives a hidden one away.",
        source="Ours: a sum, checked by hand. The counts are made up.",
    ),
    Example(
        name="combine",
        title="Longer periods, so that fewer counts are small",
        use="Quarters hide too much. You show the year in their place.",
        formula=[r"x_{\text{year}} = \sum_{\text{quarters}} x"],
        given={"table": counts([(f"2024-Q{q}", "A", events, 25) for q, events in enumerate((4, 6, 3, 8), 1)])},
        say="Group A had 4, 6, 3 and 8 events in four quarters of 25 patients each, nobody counted twice.",
        call='combine(table, "year")',
        row=of("A"),
        numbers=[
            Number("period", "period", "2024"),
            Number("events", "events", 4 + 6 + 3 + 8, 0),
            Number("patients", "denominator", 4 * 25, 0),
        ],
        interval="None. It adds.",
        caveat="Show the year or its quarters, never both. Count patients who come back anew: adding counts them twice.",
        source="Ours: a sum, checked by hand. The counts are made up.",
    ),
    Example(
        name="suppress",
        title="Hide small counts, and what would give them back",
        use="Before anyone sees a count of people. Events, people without the event, and groups of 1 to 10 are hidden.",
        formula=[r"1 \le x \le 10 \;\text{or}\; 1 \le n - x \le 10", r"\Rightarrow\; x \text{ is hidden}"],
        given={"table": counts(QUARTER)},
        say="Three groups with 4 of 300, 71 of 400 and 925 of 2,000 patients screened. The rule hides the 4. "
        "With the total known, 71 would give it back, so that one is hidden too.",
        call="suppress(table)",
        row=of("B"),
        numbers=[Number("group B", "status", "suppressed"), Number("its patients", "denominator", 400, 0)],
        interval="None. It decides what may be seen.",
        caveat="The limit of 11 is the rule of the Centers for Medicare & Medicaid Services for users of its data. "
        "For your own data it is our default and not the law. Your privacy office decides.",
        source="Centers for Medicare & Medicaid Services, cell size suppression policy, 2020.",
    ),
    Example(
        name="audit",
        title="Attack your own table before others do",
        use="Before you publish tables that were hidden at different times. It adds, subtracts and tries all tables that fit.",
        formula=[r"x_{\text{hidden}} = \text{total} - \sum x_{\text{shown}}"],
        given={
            "quarters": counts(
                [
                    ("2024-Q1", "A", None, 300),
                    ("2024-Q2", "A", 50, 300),
                    ("2024-Q3", "A", 60, 300),
                    ("2024-Q4", "A", 70, 300),
                    ("2024", "A", 184, 1200),
                ]
            ),
        },
        say="A hidden quarter of group A, the other three quarters (50, 60 and 70 events), and the year, 184. "
        "By subtraction the hidden count is 4.",
        call="audit(quarters)",
        row=lambda found: found[found["cell"] == "events"].iloc[0],
        numbers=[
            Number("at least", "lower", 184 - 50 - 60 - 70, 0),
            Number("at most", "upper", 184 - 50 - 60 - 70, 0),
            Number("by", "how", "intervals"),
        ],
        interval="None. The two numbers are what the hidden count must lie between.",
        caveat="It knows what is in the tables you give it. It does not know what your website printed last year.",
        source="Ours: subtraction, checked by hand. The rule for cells is that of the Centers for Medicare & Medicaid "
        "Services, 2020.",
    ),
    Example(
        name="rates",
        title="One rate, and how sure you can be",
        use="You have people with the event and people who could have it, and want the share in each group.",
        formula=[
            r"p = \frac{x}{n}",
            r"\frac{p + \frac{z^2}{2n} \pm z\sqrt{\frac{p(1-p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}",
        ],
        given={"table": counts([("A", 65, 100)])},
        say="Of 100 people, 65 have the event. England's public health office prints the same case.",
        call="rates(table)",
        numbers=[
            Number("share", "rate", float(WILSON["value"]), 3),
            Number("lower limit", "rate_lower", float(WILSON["lower95_0cl"]), 4),
            Number("upper limit", "rate_upper", float(WILSON["upper95_0cl"]), 4),
        ],
        interval="Wilson's. It stays inside 0 and 1 and works for few people.",
        caveat="A published survey estimate is not a count. Its weights make the raw share wrong, so this refuses it.",
        source="Wilson, Journal of the American Statistical Association, 1927. Values: Office for Health Improvement and "
        "Disparities, PHEindicatormethods test data, 2020.",
    ),
    Example(
        name='rates(kind="rate")',
        title="Events that can happen twice to one person",
        use="Visits, falls or readmissions, where one patient may count more than once.",
        formula=[r"x\left(1 - \frac{1}{9x} - \frac{z}{3\sqrt{x}}\right)^3"],
        given={"table": counts([("A", 20, 100)])},
        say="Over 100 person-years there were 20 events.",
        call='rates(table, kind="rate")',
        numbers=[
            Number("rate", "rate", float(BYAR["value"]) / 100, 2),
            Number("lower limit", "rate_lower", float(BYAR["lower95_0cl"]) / 100, 4),
            Number("upper limit", "rate_upper", float(BYAR["upper95_0cl"]) / 100, 4),
        ],
        interval="Byar's from 10 events, exact below. The formula is the lower limit; the upper has x + 1 and a plus.",
        caveat="If a few patients cause most events, the true interval is wider. Give `patients` and the note says so.",
        source="Breslow and Day, Statistical Methods in Cancer Research II, 1987. Values: Office for Health Improvement "
        "and Disparities, PHEindicatormethods test data, 2020.",
    ),
    Example(
        name="gaps",
        title="One difference, one ratio, against a group you name",
        use="You want to say how far each group stands from a reference that you choose and name.",
        formula=[
            r"d = p_1 - p_2",
            r"d - \sqrt{(p_1 - l_1)^2 + (u_2 - p_2)^2}",
            r"d + \sqrt{(u_1 - p_1)^2 + (p_2 - l_2)^2}",
        ],
        given={"table": counts([("A", PAIR["x1"], PAIR["n1"]), ("B", PAIR["x2"], PAIR["n2"])])},
        say="A textbook pair: 7 of 34 patients in group A had a bad outcome, and 1 of 34 in group B.",
        call='gaps(table, reference="B", higher_is_better=False)',
        row=of("A"),
        numbers=[
            Number("difference", "difference", 6 / 34, 4),
            Number("lower limit", "difference_lower", PAIR["diff"]["newcombe"][0], 4),
            Number("upper limit", "difference_upper", PAIR["diff"]["newcombe"][1], 4),
            Number("ratio", "ratio_adverse", PAIR["ratio"]["estimate"], 1),
            Number("lower limit", "ratio_adverse_lower", PAIR["ratio"]["katz_log"][0], 2),
            Number("upper limit", "ratio_adverse_upper", PAIR["ratio"]["katz_log"][1], 0),
            Number("in words", "label", "worse"),
        ],
        interval="Newcombe's for the difference, from each side's Wilson limits (l and u). A log interval for the ratio.",
        caveat="There is no reference by default. A largest group is chosen for precision, not as the norm, and the "
        "result says so.",
        source="Newcombe, Statistics in Medicine, 1998; Katz and others, Biometrics, 1978. Values: Fagerland, Lydersen "
        "and Laake, Statistical Methods in Medical Research, 2015.",
    ),
    Example(
        name="gaps",
        title="How many people the gap stands for",
        use="You plan where to act first. A small group may have the highest rate, and a larger one the most people.",
        formula=[r"\text{excess events} = n_1 (p_1 - p_2)"],
        given={"table": counts([(g["group"], g["events"], g["n"]) for g in BURDEN["groups"]])},
        say="The event is an adverse one. It came to 390 of 3,000 Black or African American patients and to 1,600 of 20,000 White patients.",
        call='gaps(table, reference="White", higher_is_better=False)',
        row=of("Black or African American"),
        numbers=[Number("events beyond the reference's rate", "excess_events", BURDEN["groups"][1]["excess"], 0)],
        interval="That of the difference, times the people in the group.",
        caveat="It counts what would not have happened at the reference's rate. It does not say what would prevent it.",
        source="Arithmetic, in the form the viewpoint Rate and Burden gave it in JAMA, 2017. The counts are made up.",
    ),
    Example(
        name="estimates",
        title="A published survey table, ready to compare",
        use="A survey prints estimates with errors or limits. Give it the columns' names and pass the result to `gaps`.",
        formula=[r"d \pm z\sqrt{s_1^2 + s_2^2}"],
        given={"survey": SURVEY},
        say="A survey puts group A at 50 percent (error 3 points) and group B at 60 (error 4). The errors add up as "
        "squares: 3, 4 and 5 make a right triangle.",
        call='gaps(estimates(survey, estimate="percent", se="se_points", per=100, measure="screening", period="2022"),\n'
        '     reference="B", higher_is_better=True)',
        row=of("A"),
        numbers=[
            Number("difference", "difference", -0.10, 2),
            Number("lower limit", "difference_lower", -0.10 - 1.959964 * 0.05, 3),
            Number("upper limit", "difference_upper", -0.10 + 1.959964 * 0.05, 3),
            Number("in words", "label", "worse"),
        ],
        interval="Normal, or log where you ask for it.",
        caveat="A survey's own sample size is not a count of your patients. Excess events stay empty.",
        source="Ours: the sum of two independent errors, worked by hand. The numbers are made up.",
    ),
    Example(
        name="summary",
        title="All groups at once: is there a difference at all?",
        use="There are many groups and you want one line: the best, the worst, and whether chance could explain it.",
        formula=[r"\chi^2 = \sum_g \frac{n_g (p_g - \bar p)^2}{\bar p (1 - \bar p)}"],
        given={"table": counts([(f"g{i}", x, n) for i, (x, n) in enumerate(zip(CHI["x"], CHI["n"], strict=True))])},
        say="Five groups with 420 of 3,000, 150 of 900, 160 of 1,100, 60 of 500 and 9 of 60 events.",
        call="summary(table, higher_is_better=False)",
        numbers=[
            Number("chi-square", "heterogeneity", CHI["chisq"], 3),
            Number("degrees of freedom", "df", CHI["df"], 0),
            Number("p", "p_value", CHI["p"], 3),
            Number("highest less lowest", "mrd", 150 / 900 - 60 / 500, 4),
        ],
        interval="None. The best and the worst group are picked after seeing them, which no plain interval allows for.",
        caveat="Some group is always worst. `expected_mrd` says how large a gap to expect where nothing differs.",
        source="Pearson, Philosophical Magazine, 1900; measures of Healthy People 2030, 2020. Values: R 4, prop.test.",
    ),
    Example(
        name="gap_change",
        title="Did the gap narrow, and who moved?",
        use="You worked on a gap and compare two periods. It says what each group did, apart from the gap.",
        formula=[r"\Delta = (p_1' - p_2') - (p_1 - p_2)"],
        given={
            "table": counts(
                [
                    (period, group, CHANGE[f"x{key}{i}"], CHANGE[f"n{key}{i}"])
                    for i, period in enumerate(("2023", "2024"))
                    for group, key in (("A", "f"), ("B", "r"))
                ]
            )
        },
        say="Group A went from 300 to 380 of 500. Group B went from 800 to 820 of 1,000.",
        call='gap_change(table, focus="A", reference="B", before="2023", after="2024", higher_is_better=True)',
        numbers=[
            Number("gap before", "gap_before", CHANGE["gap0"], 2),
            Number("gap after", "gap_after", CHANGE["gap1"], 2),
            Number("change", "change", CHANGE["did"], 2),
            Number("lower limit", "change_lower", CHANGE["mover_lo"], 4),
            Number("upper limit", "change_upper", CHANGE["mover_hi"], 4),
            Number("direction", "direction", "narrowed"),
        ],
        interval="MOVER: the limits of both gaps, put together as in `gaps`. The periods count as separate samples.",
        caveat="A gap also narrows when the group ahead gets worse. Then the finding says exactly that, and it is no success.",
        source="Zou and Donner, Statistics in Medicine, 2008. Values worked out in R 4 apart from our code.",
    ),
    Example(
        name="run_chart",
        title="A run chart tells a shift from noise",
        use="You measure every month or week and want to know early whether something changed.",
        formula=[r"\text{shift: 6 points or more in a row}", r"\text{on one side of the median}"],
        given={"values": RUN["values"]},
        say=f"Twelve values: {', '.join(map(str, RUN['values']))}. The second to the seventh lie above the median.",
        call="run_chart(values)",
        row=lambda found: found.iloc[1],
        numbers=[
            Number("median", "center", statistics.median(RUN["values"]), 1),
            Number("second point", "signal", "shift of 6"),
            Number("runs", "runs", RUN["n_runs"], 0),
        ],
        interval="None. The rules count points.",
        caveat="Rules for runs need 10 points off the median. With fewer, the note says so and nothing is marked.",
        source="Provost and Murray, The Health Care Data Guide, 2011, as the Institute for Healthcare Improvement teaches "
        "it.",
    ),
    Example(
        name="run_charts",
        title="A run chart for each group",
        use="You have the rate of each group in each period, from `rates`, and want to see who moved and who did not.",
        formula=[r"\text{center} = \text{median of the rates}"],
        given={
            "table": counts(
                [
                    (f"2024-{month:02}", group, value, 20)
                    for group, values in (("A", RUN["values"]), ("B", RUN["values"][::-1]))
                    for month, value in enumerate(values, start=1)
                ]
            )
        },
        say="The same twelve values as counts of 20 people in group A, and backward in group B. The sixth month of "
        "group B is the seventh value of group A, still in the shift.",
        call="run_charts(rates(table))",
        row=lambda found: found[(found["group"] == "B") & (found["period"] == "2024-06")].iloc[0],
        numbers=[
            Number("median", "center", statistics.median(RUN["values"]) / 20, 3),
            Number("month 6, group B", "signal", "shift of 6"),
            Number("runs", "runs", RUN["n_runs"], 0),
        ],
        interval="None. The rules count points, in each group apart.",
        caveat="Many groups mean many chances of a false signal. Look at the one you chose before you looked.",
        source="Provost and Murray, The Health Care Data Guide, 2011, as the Institute for Healthcare Improvement teaches "
        "it. The counts are made up.",
    ),
    Example(
        name="p_chart",
        title="A p chart says which month stands out",
        use="You have a share for each period, from 50 people or more, and want limits around it.",
        formula=[r"\bar p \pm 3\sqrt{\frac{\bar p (1 - \bar p)}{n}}"],
        given={
            "table": counts([(f"{2000 + int(row['x'])}", "cans", int(row["y.sum"]), int(row["n"])) for row in JUICE]),
            "usual": [f"{2000 + int(row['x'])}" for row in JUICE if row["include"] == "TRUE"],
        },
        say="A factory's 30 samples of 50 juice cans, two of them known to be special and left out of the line.",
        call="p_chart(table, baseline=usual)",
        row=lambda found: found.iloc[22],
        numbers=[
            Number("center", "center", float(JUICE[0]["cl"]), 3),
            Number("lower limit", "lower", float(JUICE[0]["lcl"]), 4),
            Number("upper limit", "upper", float(JUICE[0]["ucl"]), 4),
            Number("sample 23", "rate", float(JUICE[22]["y"]), 2),
        ],
        interval="Limits of 3 standard errors. They are not a 95% interval.",
        caveat="With thousands of people the limits get too narrow. The note then points to Laney's chart.",
        source="Montgomery, Introduction to Statistical Quality Control, 2009, chapter 7. Values: R package qicharts2.",
    ),
    Example(
        name="time_between",
        title="For rare harm, count the days between",
        use="Most months have no event at all. Longer times between events are better.",
        formula=[r"y = t^{1/3.6}", r"\left(\bar y \pm 3 \frac{\overline{|y_i - y_{i-1}|}}{1.128}\right)^{3.6}"],
        given={"days": DAYS},
        say=f"Days between twelve falls: {', '.join(map(str, DAYS))}. Worked out with Python's own statistics module.",
        call="time_between(days)",
        numbers=[
            Number("center", "center", statistics.fmean(_WAITS) ** 3.6, 1),
            Number("upper limit", "upper", (statistics.fmean(_WAITS) + 3 * _SIGMA) ** 3.6, 1),
        ],
        interval="Limits of 3 standard errors, on a scale where waiting times follow a bell curve.",
        caveat="It needs 10 times or more.",
        source="Nelson, Journal of Quality Technology, 1994. The days are made up.",
    ),
    Example(
        name="detectable",
        title="How many patients would show the gap?",
        use="Before you promise to find or close a gap of a certain size.",
        formula=[
            r"n = \left(\frac{1.96\, s_0 + 0.84\, s_1}{d}\right)^2",
            r"s_0 = \sqrt{2\bar p(1 - \bar p)}",
            r"s_1 = \sqrt{p_1(1-p_1) + p_2(1-p_2)}",
        ],
        given={},
        say="From 80 to 70 percent, with a power of 80 percent and 50 patients a quarter.",
        call="detectable(reference_rate=0.8, difference=-0.1, per_period=50)",
        numbers=[
            Number("patients in each group", "patients", 294, 0),
            Number("quarters", "periods", math.ceil(294 / 50), 0),
        ],
        interval="None. It is a plan.",
        caveat="Finding nothing with fewer patients does not mean that there is no gap.",
        source="Fleiss, Statistical Methods for Rates and Proportions, 1981. Value: statsmodels.",
    ),
    Example(
        name="unknown_bounds",
        title="How far the unknown could move the gap",
        use="Some records do not say the group. You want to know whether they could turn the answer.",
        formula=[
            r"\text{from}\; \frac{x_1}{n_1 + n_u - x_u} - \frac{x_2 + x_u}{n_2 + x_u}",
            r"\text{to}\; \frac{x_1 + x_u}{n_1 + x_u} - \frac{x_2}{n_2 + n_u - x_u}",
        ],
        given={
            "table": counts(
                [
                    ("A", UNKNOWN["focus_events"], UNKNOWN["focus_n"]),
                    ("B", UNKNOWN["ref_events"], UNKNOWN["ref_n"]),
                    ("Unknown", UNKNOWN["unknown_events"], UNKNOWN["unknown_n"]),
                ]
            )
        },
        say="Group A has 30 of 100 events, group B 40 of 100. Of 20 people with no group, 8 had the event (u).",
        call='unknown_bounds(table, reference="B")',
        row=of("A"),
        numbers=[
            Number("gap as counted", "difference", UNKNOWN["gap_complete_case"], 3),
            Number("lowest", "bound_lower", UNKNOWN["gap_lower"], 4),
            Number("highest", "bound_upper", UNKNOWN["gap_upper"], 4),
        ],
        interval="None. These are limits of what is not known, beside the play of chance.",
        caveat="The true split is seldom this extreme. If even these limits keep the sign, the answer stands.",
        source="Manski, Partial Identification of Probability Distributions, 2003. Values: all splits tried by brute force.",
    ),
    Example(
        name="standardize",
        title="The same ages for all: when age hides or makes a gap",
        use="Groups differ in age and the event depends on it, as deaths do. It is never the default.",
        formula=[r"r = \sum_a w_a \frac{x_a}{n_a}", r"\sum_a w_a = 1"],
        given={
            "table": _by_age(),
            "ages": dict(zip(PLACES["ages"], PLACES["standard"], strict=True)),
        },
        say="Deaths in Miami and Alaska. The crude rates are 8.9 and 2.7 for each 1,000 people; with the same ages they "
        "are nearly the same.",
        call="standardize(table, standard=ages)",
        row=of("Alaska"),
        numbers=[
            Number("crude, Alaska", "crude_rate", PLACES["Alaska"]["crude"] / 1000, 5),
            Number("with the same ages", "rate", PLACES["Alaska"]["adjusted"] / 1000, 5),
            Number("lower limit", "rate_lower", PLACES["Alaska"]["gamma95"][0] / 1000, 5),
            Number("upper limit", "rate_upper", PLACES["Alaska"]["gamma95"][1] / 1000, 5),
        ],
        interval="The gamma limits of Fay and Feuer. Fewer than 10 events get no rate.",
        caveat="Never adjust for what racism shapes, such as income. That adjusts the inequity away.",
        source="Fay and Feuer, Statistics in Medicine, 1997. Values: Schoenbach, Understanding the Fundamentals of "
        "Epidemiology, 2000, and R package epitools.",
    ),
]

if __name__ == "__main__":
    PAGE.write_text(page(EXAMPLES), encoding="utf-8", newline="\n")
    print(f"Wrote {PAGE}.")
