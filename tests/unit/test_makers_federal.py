"""The makers of the federal tables: the publishers' shapes in, the committed files out, small counts withheld.

The publishers' files are made here from the committed tables, with invented counts where those are withheld.
"""

from __future__ import annotations

import csv
import importlib
import io
import re
import shutil
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

import pytest
import test_makers
from test_makers import committed, contents, csv_text

from equityguide import data

SCREENING, DIABETES = "cancer_screening_brfss_2022", "meps_diabetes_care"
HEART, STAYS = "medicare_cardiovascular_care_2020", "medicare_quality_by_race_2022"
MATERNAL, BIRTHS, ED = "maternal_mortality_us", "birth_indicators_by_race_us", "ed_visits_nhamcs"
COVID, WAGES, FIGURES = "covid_vaccination_by_race_us", "wages_healthcare_occupations_us", "published_figures"
DATASETS = (SCREENING, DIABETES, HEART, STAYS, MATERNAL, BIRTHS, ED, COVID, WAGES, FIGURES)
TYPED = {FIGURES}  # no publisher's file
BINARY = {STAYS, WAGES}

Files = dict[str, bytes]
server = test_makers.server


def script(dataset: str) -> ModuleType:
    return importlib.import_module(f"make_{dataset}")


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


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for dataset in DATASETS:
        shutil.copytree(data.root() / dataset, tmp_path / dataset)
    return tmp_path


def run(makers: ModuleType, folder: Path, *arguments: str) -> None:
    """What `python make_<dataset>.py ARGUMENTS` does in `folder`, in this process."""
    make = script(folder.name)
    path = str(folder / f"make_{folder.name}.py")
    if hasattr(make, "ENDPOINTS"):
        makers.main_all(path, make.ENDPOINTS, make.build, arguments)
    else:
        makers.main(path, make.ENDPOINT, make.build, arguments)


def refusal(makers: ModuleType, folder: Path, *arguments: str) -> str:
    """The sentence a failing maker ends with, after a look that it left its folder as it was."""
    before = contents(folder)
    with pytest.raises(SystemExit) as stop:
        run(makers, folder, *arguments)
    assert contents(folder) == before
    message = stop.value.code
    assert isinstance(message, str)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def written(folder: Path, files: Files) -> list[str]:
    """The files on disk, as arguments to `--from`."""
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    for name, raw in files.items():
        (copies / name).write_bytes(raw)
    return [str(copies / name) for name in files]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_committed_files_come_out_byte_for_byte(makers, folders, dataset: str):
    folder = folders / dataset
    before = contents(folder)
    (folder / f"{dataset}.csv").write_text("to be written\n")
    run(makers, folder, "--from", *written(folders, OFFICIAL[dataset]()))
    assert contents(folder) == before


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_right_files_over_the_network(makers, folders, server, dataset: str):
    url, answers = server
    files = OFFICIAL[dataset]()
    for name, raw in files.items():
        answers[f"/{quote(name)}"] = (200, {"Content-Length": str(len(raw))}, raw)
    before = contents(folders / dataset)
    run(makers, folders / dataset, "--endpoint", *(f"{url}/{quote(name)}?accessType=DOWNLOAD" for name in files))
    assert contents(folders / dataset) == before


@pytest.mark.parametrize("dataset", DATASETS)
def test_faults_of_the_network(makers, folders, server, dataset: str, monkeypatch: pytest.MonkeyPatch):
    """The first of the publisher's files comes back in each wrong way, the others as they should."""
    url, answers = server
    folder = folders / dataset
    files = OFFICIAL[dataset]()
    first = next(iter(files))
    body = files[first]
    half = body[: len(body) // 2]
    others = []
    for name, raw in list(files.items())[1:]:
        answers[f"/{quote(name)}"] = (200, {}, raw)
        others.append(f"{url}/{quote(name)}")

    def chunks(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n" + half)

    def stalls(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n" + half)
        handler.wfile.flush()
        time.sleep(0.5)

    wrong: dict[str, tuple[Any, str]] = {
        "empty": ((200, {}, b" \n"), " is empty. Check the address"),
        "error": ((500, {}, body), " answered with status 500."),
        "missing": ((404, {}, b"no"), " answered with status 404."),
        "cut": ((200, {"Content-Length": str(len(body))}, half), " broke off before the end. Try again"),
        "chunks": (chunks, " broke off before the end. Try again"),
        "half": ((200, {}, half), "."),
        "binary": ((200, {}, b"\xff\xfe\x00" * 50), " is not "),
        "page": ((200, {}, b"<!DOCTYPE html><title>Down for repairs</title>"), "."),
        "stalls": (stalls, " gave no answer in 0.2 seconds. Try again"),
    }
    for fault, (answer, sentence) in wrong.items():
        answers[f"/{fault}/{quote(first)}"] = answer
        if fault == "stalls":
            monkeypatch.setattr(makers, "TIMEOUT", 0.2)
        assert sentence in refusal(makers, folder, "--endpoint", f"{url}/{fault}/{quote(first)}", *others)


@pytest.mark.parametrize("dataset", sorted(set(DATASETS) - BINARY))
def test_a_column_that_changed_its_name(makers, folders, dataset: str):
    files = OFFICIAL[dataset]()
    name = list(files)[-1]
    wanted = {cell.decode() for cell in files[name].removeprefix(b"\xef\xbb\xbf").split(b"\r\n")[0].split(b",")}
    for column in (
        "bene_yes",
        "colLevels",
        "BENE_N",
        "Live Births",
        "Rate",
        "Standard Error",
        "Series_Complete_Yes",
        "value",
    ):
        if column in wanted:
            files[name] = files[name].replace(column.encode(), b"other", 1)
            break
    message = refusal(makers, folders / dataset, "--from", *written(folders, files))
    assert re.search(rf"{re.escape(name)}, row 1: the column {column} occurs 0 times\.", message)


def changed(files: Files, part: str, old: str, new: str) -> Files:
    """The files with one place changed in the one whose name holds `part`."""
    name = next(name for name in files if part in name)
    assert old.encode() in files[name]
    return files | {name: files[name].replace(old.encode(), new.encode(), 1)}


@pytest.mark.parametrize(
    ("dataset", "part", "old", "new", "expected"),
    [
        (SCREENING, "Colorectal Cancer Screening_2024-08-07-Race_US", "12001,", "12002,", "12002 and 4902 do not make 16903."),
        (SCREENING, "Colorectal Cancer Screening_2024-08-07-Race_US", "12001,4902,", "12000,4903,", "the rows do not make the national total."),
        (SCREENING, "Colorectal Cancer Screening_2024-08-07-Race_US", "68.37", "71.0", "is 71.0 and was published as 68.37."),
        (SCREENING, "Colorectal Cancer Screening_2024-08-07-Race_US", "357,260,617", "607,10,617", "a national count is below 11."),
        (SCREENING, "Breast Cancer Screening_2024-08-07-Age_US", "73.6", "a", "column screened_percent: 'a' is not a number."),
        (SCREENING, "2024-08-07-Race_State", "White,Wyoming,1,40,30,70", "White,Wyoming,1,41,30,71", "the rows do not make the national total."),
        (DIABETES, "DY2015", ",pctPOP,", ",other,", "DY2015.csv lacks an answer for "),
        (DIABETES, "DY2015", "diab_a1c", "diab_toes", "column col_var: 'diab_toes' is new."),
        (DIABETES, "DY2015", "2015,pctPOP,", "1999,pctPOP,", "DY2015.csv has 71 percentages for 70 groups"),
        (DIABETES, "DY2008", "0.6325", "0.5325", "the answers for 2008, HbA1c measured, all, All do not make 100 percent."),
        (HEART, "statins-Race_US", "1028895", "1028890", "does not give 0.7530. Find the shift."),
        (HEART, "statins-Race_US", "Non-Hispanic White", "Latino", "statins-Race_US.csv has other groups than it should: 7 of them."),
        (MATERNAL, "rows", "12/30/2022,817", "12/30/2022,827", "827 deaths in 3667758 births do not give 22.3."),
        (MATERNAL, "rows", "12/30/2022,817", "12/30/2022,818", "is 818 and was published as 817."),
        (MATERNAL, "rows", '"Asian, Non-Hispanic",2019,12', "Asian,2019,12", "rows.csv has 6 of the 7 groups in 2019."),
        (BIRTHS, "rows", "10.49", "10.48", "was published as 10.49."),
        (BIRTHS, "rows", "NICU Admission", "Nursery", " lacks 2022 Q2, Newborn intensive care, White."),
        (BIRTHS, "rows", "per 100 births", "per thousand", "is not 'per 100 births'."),
        (ED, "rows", "427.2,25.9", "327.2,25.9", "327.2 does not fit "),
        (ED, "rows", 'Non-Hispanic other,"Visit rate', 'Others,"Visit rate', "'Others' is new or not reliable."),
        (COVID, "rows", "256,814,643", "256,814,64", "column first: '256,814,64' is not a number."),
        (COVID, "rows", "\"19,648,421\"", "7", "a count of 1 to 10 people may not be shown."),
        (COVID, "rows", "\"19,648,421\"", "\"18,648,421\"", "the groups leave "),
        (FIGURES, "sheet", "https://www.iomc.org/news/13541477", "a letter", "'a letter' is no address."),
        (FIGURES, "sheet", "page that quotes the publisher", "hearsay", "'hearsay' says no kind of page."),
        (FIGURES, "sheet", "71.8", "72.8", "was published as (9.5, 10.6)."),
        (FIGURES, "sheet", "Non-Black", "Others", "group 'Non-Black'. Add the row."),
    ],
)  # fmt: skip
def test_faults_in_the_publishers_files(makers, folders, dataset: str, part: str, old: str, new: str, expected: str):
    files = changed(OFFICIAL[dataset](), part, old, new)
    assert expected in refusal(makers, folders / dataset, "--from", *written(folders, files))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"2022,", b"2021,", "PQI_90_state.csv, row 2, column year: '2021' is not 2022."),
        (b"Unsmoothed age", b"Smoothed age", "column adjustment: 'Smoothed age standardized' is not "),
        (b"ALABAMA", b"ALASKA", "not one a group."),
        (b"analysis_value", b"value", "the column analysis_value occurs 0 times."),
    ],
)
def test_faults_in_the_packed_tables(makers, folders, old: bytes, new: bytes, expected: str):
    members = stays_tables()
    members["PQI_90_state.csv"] = members["PQI_90_state.csv"].replace(old, new, 1)
    copies = written(folders, {"MMD_raw.zip": packed(members)})
    assert expected in refusal(makers, folders / STAYS, "--from", *copies)
    members.pop("PQI_90_state_AIAN.csv")
    members["PQI_90_state.csv"] = stays_tables()["PQI_90_state.csv"]
    copies = written(folders, {"MMD_raw.zip": packed(members)})
    assert "holds no whole PQI_90_state_AIAN.csv." in refusal(makers, folders / STAYS, "--from", *copies)


def test_a_table_that_unpacks_too_large(makers, folders, monkeypatch: pytest.MonkeyPatch):
    for dataset in (STAYS, WAGES):
        monkeypatch.setattr(script(dataset), "MOST", 100)
        copies = written(folders, OFFICIAL[dataset]())
        assert " is far too large. Check the address." in refusal(makers, folders / dataset, "--from", *copies) or (
            " in MMD_raw.zip is far too large." in refusal(makers, folders / dataset, "--from", *copies)
        )


@pytest.mark.parametrize(
    ("cell", "text", "expected"),
    [
        ("B4", "2026", "cpsaat39.xlsx, cell B4: '2026' stands where '2025' should."),
        ("A9", "Managers", "cpsaat39.xlsx has 0 rows called Medical and health services managers."),
        ("C12", "n/a", "cpsaat39.xlsx, row 12, column C: 'n/a' is not a number."),
        ("E13", "834", "health care support workers' weekly earnings (all, men, women) is "),
    ],
)
def test_faults_in_the_workbooks(makers, folders, cell: str, text: str, expected: str):
    earnings, workers = wages_cells()
    assert cell in earnings
    files = {"cpsaat39.xlsx": workbook(earnings | {cell: text}), "cpsaat11.xlsx": workbook(workers)}
    assert expected in refusal(makers, folders / WAGES, "--from", *written(folders, files))


def test_files_given_twice_or_not_at_all(makers, folders):
    for dataset in (SCREENING, HEART, WAGES, DIABETES):
        copies = written(folders, OFFICIAL[dataset]())
        assert " is given twice. Give each file once." in refusal(
            makers, folders / dataset, "--from", *copies, copies[0]
        )
        message = refusal(makers, folders / dataset, "--from", *copies[1:])
        assert message.startswith(("There are 0 ", "The files hold 14 years"))


def test_figures_without_a_publishers_file_ask_for_the_sheet(makers, folders):
    assert refusal(makers, folders / FIGURES) == (
        "No publisher has this table as a file. Use --from FILE with the sheet of figures."
    )


def test_the_mark_of_low_precision(makers, folders):
    files = OFFICIAL[DIABETES]()
    rows = list(csv.reader(io.StringIO(files["DY2010.csv"].decode())))
    done = next(row for row in rows if row[1:6] == ["pctPOP", "race", "Black", "diab_eye", "In the past year"])
    done[8] = "*"
    files["DY2010.csv"] = csv_text(rows).encode()
    run(makers, folders / DIABETES, "--from", *written(folders, files))
    with (folders / DIABETES / f"{DIABETES}.csv").open(newline="") as handle:
        marked = [line for line in csv.DictReader(handle) if line["status"] == "low precision"]
    assert [(line["year"], line["measure"], line["group"]) for line in marked] == [("2010", "Eyes examined", "Black")]


# Small counts


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_committed_count_of_people_is_small(dataset: str):
    rows = data.load(dataset)
    resource = data.describe(dataset)["resources"][0]
    for field in resource["schema"]["fields"]:
        if field["unit"] in {"people", "deaths"}:
            known = rows[field["name"]].dropna()
            assert not known.between(1, 10).any(), field["name"]
    if {"events", "denominator"} <= set(rows):
        rest = (rows["denominator"] - rows["events"]).dropna()
        assert not rest.between(1, 10).any()
    if {"screened", "respondents"} <= set(rows):
        assert not (rows["respondents"] - rows["screened"]).dropna().between(1, 10).any()
    if "status" in rows:
        withheld = rows[rows["status"] == "suppressed"]
        assert len(withheld) > 0
        kept = {"live_births"}  # of all women, not of those who died
        numbers = withheld.select_dtypes("number").drop(columns=["year", *kept], errors="ignore")
        assert numbers.isna().all().all()
    assert (data.root() / dataset / f"{dataset}.csv").stat().st_size < 150_000


def test_totals_give_no_withheld_count_away():
    """What is left of each total after the groups shown is 11 or more, shared by two groups or with people in none."""
    rows = data.load(HEART)
    for measure, of_measure in rows.groupby("measure"):
        total = of_measure[of_measure["dimension"] == "all"].iloc[0]
        for dimension, part in of_measure.groupby("dimension"):
            away = part[part["status"] == "suppressed"]
            for column in ("events", "denominator"):
                left = total[column] - part[column].sum()
                assert left == 0 if away.empty else (left >= 11 and len(away) > 1), (measure, dimension)
    deaths = data.load(MATERNAL)
    for year, part in deaths.groupby("year"):
        shown = part.set_index("group")["deaths"]
        assert shown["All"] - shown.drop("All").sum() >= 11, year
    people = data.load(COVID).set_index(["date", "group"])[["first_dose_people", "full_course_people"]]
    for date, part in people.groupby(level="date"):
        assert (2 * part.loc[(date, "All")] == part.sum()).all()
    asked = data.load(SCREENING).query("place == 'United States'")
    sums = asked.groupby(["test", "dimension"])[["screened", "respondents"]].sum()
    assert (sums.groupby(level="test").nunique() == 1).all().all()


@pytest.mark.parametrize(
    ("parts", "extra", "expected"),
    [
        ({"a": [50], "b": [40]}, 0, set()),
        ({"a": [50], "b": [0]}, 0, set()),
        ({"a": [50], "b": [5], "c": [30]}, 0, {"b", "c"}),
        ({"a": [50], "b": [5], "c": [4]}, 0, {"a", "b", "c"}),
        ({"a": [50], "b": [10], "c": [9]}, 0, {"b", "c"}),
        ({"a": [50], "b": [5], "c": [30]}, 20, {"b"}),
        ({"a": [50], "b": [5], "c": [30]}, 5, {"b", "c"}),
        ({"a": [50], "b": [-1], "c": [30]}, 11, {"b"}),
        ({"a": [50, 60], "b": [12, 3], "c": [70, 20]}, 0, {"b", "c"}),
        ({"a": [5]}, 0, {"a"}),
    ],
)
def test_what_is_withheld_with_a_small_count(makers, parts: dict[str, list[int]], extra: int, expected: set[str]):
    # The status does not tell which of two withheld groups was the small one.
    assert makers.hidden(parts, extra) == expected


@pytest.mark.parametrize("text", ["", " ", ".", "-", "--", "\u2013"])
def test_cells_left_open(makers, text: str):
    assert makers.blank(text)
    assert not makers.blank("0")


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("1,234", 1234), ("0", 0), (" 12,345,678 ", 12345678)])
def test_counts_with_commas(makers, text: str, value: int):
    assert makers.whole("f.csv", 2, "n", text) == value


@pytest.mark.parametrize("text", ["1,23", "-3", "2.5", "1,2345", "", "x"])
def test_what_is_no_count(makers, text: str):
    with pytest.raises(ValueError, match=r"^f\.csv, row 2, column n: .*\.$"):
        makers.whole("f.csv", 2, "n", text)


# What the book quotes


def test_weighted_and_counted_values_differ():
    rows = data.load(SCREENING)
    black = rows.query("test == 'colorectal' and place == 'United States' and group == 'Black'").iloc[0]
    assert round(black["screened_percent"], 1) == 68.4
    assert round(100 * black["screened"] / black["respondents"], 1) == 71.0
    assert rows.attrs["kind"] == "estimates"


def test_every_endpoint_that_nobody_tried_says_so():
    for dataset in DATASETS:
        note = data.describe(dataset)["sources"][0]["note"]
        assert "endpoint unconfirmed" in note or "confirmed by look-up" in note
        assert note in (data.root() / dataset / "README.md").read_text()
