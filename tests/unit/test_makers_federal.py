"""The makers of the federal tables: the publishers' shapes in, the committed files out, or one sentence."""

from __future__ import annotations

import csv
import io
import re
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from federal_files import (
    BINARY,
    BIRTHS,
    COVID,
    DATASETS,
    DIABETES,
    ED,
    FIGURES,
    HEART,
    MATERNAL,
    OFFICIAL,
    SCREENING,
    STAYS,
    WAGES,
    packed,
    stays_tables,
    wages_cells,
    workbook,
)
from making import Files, contents, copied, csv_text, refusal, run, script, written


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    return copied(DATASETS, tmp_path)


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
