"""The federal publishers' files, made from the committed tables, with invented counts where those are withheld."""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable
from xml.sax.saxutils import escape

from making import Files, committed, csv_text, script

SCREENING, DIABETES = "cancer_screening_brfss_2022", "meps_diabetes_care"
HEART, STAYS = "medicare_cardiovascular_care_2020", "medicare_quality_by_race_2022"
MATERNAL, BIRTHS, ED = "maternal_mortality_us", "birth_indicators_by_race_us", "ed_visits_nhamcs"
COVID, WAGES, FIGURES = "covid_vaccination_by_race_us", "wages_healthcare_occupations_us", "published_figures"
DATASETS = (SCREENING, DIABETES, HEART, STAYS, MATERNAL, BIRTHS, ED, COVID, WAGES, FIGURES)
TYPED = {FIGURES}  # no publisher's file
BINARY = {STAYS, WAGES}


def swapped(names: dict[str, str]) -> dict[str, str]:
    return {ours: theirs for theirs, ours in names.items()}


def table(head: list[str], lines: list[list[str]]) -> bytes:
    return csv_text([head, *lines]).encode()


def screening() -> Files:
    make = script(SCREENING)
    theirs = swapped(make.NAMES) | {"Unknown": "Don\u2019t know/Not sure/Missing"}
    files = {}
    left: dict[str, list[int]] = {}
    for test, ending in make.WANTED:
        label = {"Race_State": "race_name"} | dict(make.GROUPS.values())
        head = [label[ending]] if label[ending] else []
        head += ["state_name", "state_fips"] if ending == "Race_State" else []
        lines = []
        dimension = next(key for key, (end, _) in make.GROUPS.items() if end == ending.replace("_State", "_US"))
        for line in committed(SCREENING):
            state = line["place"] != "United States"
            if (line["test"], line["dimension"], state) != (test.lower(), dimension, ending == "Race_State"):
                continue
            group = theirs.get(line["group"], line["group"])
            cells = ["_" + group.replace(" to ", "_") if dimension == "age" else group] if head else []
            cells += [line["place"], "1"] if state else []
            yes, no = {"shown": (40, 30), "few respondents": (11, 11), "suppressed": (1, 1)}[line["status"]]
            if not state:
                yes, no = int(line["screened"]), int(line["respondents"]) - int(line["screened"])
            if state:
                left[group] = [left[group][0] - yes, left[group][1] - no]
            percents = [line[column] or "." for column in make.PERCENTS]
            if line["status"] == "suppressed":
                percents = ["50.0"] * 6
            lines.append([*cells, str(yes), str(no), str(yes + no), *percents])
            if not state and (test, dimension) == ("Colorectal", "race"):
                left[group] = [yes, no]
        if ending == "Race_State":
            # The states must make the nation: one that is shown takes what the invented counts leave.
            for group, rest in left.items():
                cells = next(cells for cells in lines if cells[0] == group and cells[3:5] == ["40", "30"])
                cells[3:6] = [str(40 + rest[0]), str(30 + rest[1]), str(70 + sum(rest))]
        name = f"MSM_BRFSS {test} Cancer Screening_2024-08-07-{ending}.csv"
        files[name] = table([*head, *make.COUNTS.values(), *make.PERCENTS.values()], lines)
    return files


def diabetes() -> Files:
    make = script(DIABETES)
    measures = swapped(make.MEASURES)
    groups = {ours: theirs for theirs, ours in make.GROUPS.items()}
    head = [
        "Year",
        "stat_var",
        "row_var",
        "rowLevels",
        "col_var",
        "colLevels",
        "value",
        "se",
        "asterisk",
        "sample_size",
    ]
    lines = defaultdict(list)
    for line in committed(DIABETES):
        year = int(line["year"])
        scale = 1 if year % 2 else 100
        where = [*groups[line["dimension"], line["group"]], measures[line["measure"]]]
        done = "Had measurement" if where[2] == "diab_a1c" else "In the past year"
        if line["status"] == "suppressed":
            values = {done: ("", ""), "Never": ("--", "--"), make.OPEN: ("", "")}
        else:
            asked = [float(line["percent"]), float(line["no_answer_percent"] or 0)]
            shares = dict(zip([done, make.OPEN, "Never"], [*asked, 100 - sum(asked)], strict=True))
            error = repr(float(line["se_points"]) / scale)
            values = {answer: (repr(value / scale), error) for answer, value in shares.items()}
            if not line["no_answer_percent"]:
                values |= {make.OPEN: ("--", "--"), "Never": ("--", "--")}
        for answer, (value, error) in values.items():
            lines[year].append([str(year), "pctPOP", *where, answer, value, error, "", "60"])
            lines[year].append([str(year), "totPOP", *where, answer, "120.5", "3.5", "", "60"])
    extra = ["pctPOP", "sex", "Male", "diab_a1c", "Had measurement", "0.5", "0.1", "", "60"]
    return {f"DY{year}.csv": table(head, [*of_year, [str(year), *extra]]) for year, of_year in lines.items()}


def heart() -> Files:
    make = script(HEART)
    theirs, measures = swapped(make.NAMES), swapped(make.MEASURES)
    by: dict[tuple[str, str], dict[str, list[int | None]]] = defaultdict(dict)
    for line in committed(HEART):
        counts = [int(line[column]) if line[column] else None for column in ("events", "denominator")]
        by[measures[line["measure"]], line["dimension"]][line["group"]] = counts
    invented = {"Disabled and ESRD": [5, 17], make.NONE: [0, 4]}
    files = {}
    for (measure, dimension), groups in by.items():
        total = by[measure, "all"]["All"]
        hidden = [group for group, counts in groups.items() if None in counts]
        for group in sorted(hidden, key=lambda name: name not in invented):
            known = [counts for counts in groups.values() if None not in counts]
            groups[group] = invented.get(group) or [total[i] - sum(c[i] for c in known) for i in (0, 1)]
        ending, label = make.GROUPS[dimension]
        lines = []
        for group, (yes, everyone) in groups.items():
            cells = [theirs.get(group, group)] if label else []
            if group == make.NONE:
                continue
            if measure == "medicare_ami":
                lines.append([*cells, str(yes), str(everyone), repr(yes / everyone * 1e5)])
            else:
                lines.append([*cells, str(yes), str(everyone - yes), str(everyone), f"{yes / everyone:.10f}"])
        columns = ["BENE_N", "TOTAL_N", "PER_100K"]
        if measure != "medicare_ami":
            columns = ["BENE_YES", "BENE_NO", "TOTAL_BENE", "BENE_YES_PCT"]
        files[f"{measure}-{ending}.csv"] = table([*([label] if label else []), *columns], lines)
    return files


def stays_tables() -> dict[str, bytes]:
    make = script(STAYS)
    head = ["year", "adjustment", "condition", "fips", "state", "primary_race", "primary_denominator", "analysis_value"]
    states = sorted({line["state"] for line in committed(STAYS)})
    lines = defaultdict(list)
    for line in committed(STAYS):
        number, band = str(states.index(line["state"]) + 1), line["beneficiaries"].replace(" to ", "-")
        where = ["2022", "Unsmoothed age standardized", make.MEASURE, number, line["state"].upper(), line["group"]]
        lines[line["group"]].append([*where, band, line["preventable_stays_per_100k"] or "0"])
    lines["All"].append(
        ["2022", "Unsmoothed age standardized", make.MEASURE, "72", "PUERTO RICO", "All", "10,000+", "9"]
    )
    return {f"PQI_90_state{ending}.csv": table(head, lines[group]) for group, ending in make.GROUPS.items()}


def packed(members: dict[str, bytes]) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return raw.getvalue()


def stays() -> Files:
    return {"MMD_raw.zip": packed(stays_tables())}


def maternal() -> Files:
    theirs = swapped(script(MATERNAL).GROUPS)
    head = ["Data As Of", "Jurisdiction", "Group", "Subgroup", "Year of Death", "Month of Death", "Time Period"]
    head += ["Month Ending Date", "Maternal Deaths", "Live Births", "Maternal Mortality Rate", "Footnote"]
    lines = []
    for line in committed(MATERNAL):
        dimension = "Total" if line["group"] == "All" else "Race and Hispanic origin"
        values = [line["deaths"], f"{int(line['live_births']):,}", line["deaths_per_100k_births"], "x"]
        for month in ("11", "12"):
            where = ["07/06/2025", "United States", dimension, theirs[line["group"]], line["year"], month]
            lines.append([*where, "12 month-ending", f"{month}/30/{line['year']}", *values])
    return {"rows.csv": b"\xef\xbb\xbf" + table(head, lines)}


def births() -> Files:
    make = script(BIRTHS)
    indicators, groups = swapped(make.INDICATORS), swapped(make.GROUPS)
    head = [
        "Year and Quarter",
        "Topic",
        "Topic Subgroup",
        "Indicator",
        "Race Ethnicity Category",
        "Rate",
        "Unit",
        "Significant",
    ]
    lines = [
        [
            *(line["year_to_quarter"], "x", "x", indicators[line["indicator"]], groups[line["group"]]),
            *(line["percent_of_births"], "per 100 births", "*"),
        ]
        for line in committed(BIRTHS)
    ]
    other = ["2022 Q2", "Birth Rates", "x", "10-14 years", "Hispanic", "0.30", "per 1,000 population", ""]
    return {"rows.csv": table(head, [other, *reversed(lines)])}


def ed_visits() -> Files:
    make = script(ED)
    theirs = {
        (title, ours): (key, word) for key, (title, words) in make.DIMENSIONS.items() for word, ours in words.items()
    }
    head = ["Year", "Measure Type", "Leading 10 Ranking", "Measure", "Group", "Subgroup", "Estimate Type", "Estimate"]
    head += ["Standard Error", "Lower 95% CI", "Upper 95% CI", "Reliable"]
    lines = []
    for line in committed(ED):
        where = [line["year"], "By primary diagnosis", "0", "All diagnoses", *theirs[line["dimension"], line["group"]]]
        lines.append([*where, "Visit count", "32146000", "2840000", "26579000", "37713000", "Yes"])
        lines.append([*where, "Visit rate (per 1,000 people)", *(line[column] for column in make.VALUES), "Yes"])
    lines.append(
        ["2016", "x", "1", "Abdominal pain", "Total", "All visits", "Visit rate (per 1,000 people)", *"1213", "No"]
    )
    return {"rows.csv": table(head, lines)}


def covid() -> Files:
    theirs = swapped(script(COVID).GROUPS)
    head = ["Date", "Demographic_category", "Administered_Dose1", "Administered_Dose1_pct_US", "Series_Complete_Yes"]
    head += ["Administered_Dose1_pct_agegroup", "Series_Complete_Pop_pct_agegroup"]
    lines = []
    for line in committed(COVID):
        year, month, day = line["date"].split("-")
        first, full = (f"{int(line[column]):,}" for column in ("first_dose_people", "full_course_people"))
        percents = [line[column] for column in ("first_dose_percent", "full_course_percent")]
        lines.append([f"{month}/{day}/{year}", theirs[line["group"]], first, "1", full, *percents])
        lines.append([f"{month}/07/{year}", theirs[line["group"]], "3", "1", "2", *percents])
    return {"rows.csv": b"\xef\xbb\xbf" + table(head, lines)}


def workbook(cells: dict[str, str]) -> bytes:
    """A workbook with text in the shared strings, as the bureau's have it."""
    texts = [text for text in cells.values() if not re.fullmatch(r"[0-9.]+", text)]
    rows = "".join(
        f'<c r="{cell}" t="s"><v>{texts.index(text)}</v></c>' if text in texts else f'<c r="{cell}"><v>{text}</v></c>'
        for cell, text in cells.items()
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    strings = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    return packed(
        {
            "xl/sharedStrings.xml": f"<sst {space}>{strings}</sst>".encode(),
            "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData><row>{rows}</row></sheetData></worksheet>".encode(),
        }
    )


def wages_cells() -> tuple[dict[str, str], dict[str, str]]:
    make = script(WAGES)
    # The bureau writes the year as text and breaks headings over lines.
    earnings = {cell: text.replace("2025", "2025 ") for cell, text in make.EARNINGS.items()}
    workers = {cell: text.replace(" or ", "\nor ").replace("2022", "2022 ") for cell, text in make.WORKERS.items()}
    for row, line in enumerate(committed(WAGES), start=8):
        for cells, total, columns, keys in (
            (
                earnings,
                make.TOTALS[0],
                "CEG",
                ["weekly_earnings_usd", "weekly_earnings_men_usd", "weekly_earnings_women_usd"],
            ),
            (workers, make.TOTALS[1], "BCDEFG", list(line)[4:]),
        ):
            cells[f"A{row}"] = total if line["occupation"] == "All occupations" else line["occupation"]
            cells |= {f"{column}{row}": line[key] or "\u2013" for column, key in zip(columns, keys, strict=True)}
    return earnings, workers


def wages() -> Files:
    earnings, workers = wages_cells()
    return {"cpsaat39.xlsx": workbook(earnings), "cpsaat11.xlsx": workbook(workers)}


def figures() -> Files:
    head = [spellings[0] for spellings in script(FIGURES).COLUMNS.values()]
    return {"sheet.csv": table(head, [list(line.values()) for line in committed(FIGURES)])}


OFFICIAL: dict[str, Callable[[], Files]] = {
    SCREENING: screening, DIABETES: diabetes, HEART: heart, STAYS: stays, MATERNAL: maternal,
    BIRTHS: births, ED: ed_visits, COVID: covid, WAGES: wages, FIGURES: figures,
}  # fmt: skip
