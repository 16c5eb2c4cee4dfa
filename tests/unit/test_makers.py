"""The makers: the publisher's shape in, the committed files out, and no change to them on any fault."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from making import committed, contents, copied, csv_text, refusal, ring, run

from equityguide import data

LIFE, SOCIAL, AREAS = "chicago_life_expectancy", "chicago_socioeconomic", "chicago_community_areas"
DATASETS = (LIFE, SOCIAL, AREAS)


def life_expectancy(spelling: str) -> str:
    """The committed table turned back into the portal's: one row an area, nine value columns."""
    if spelling == "api":
        head = ["ca", "community_area"]
        parts = ("_{}_life_expectancy", "_{}_lower_95_ci", "_{}_upper_95_ci")
    else:
        head = ["Community-Area-Number", "Community-Area"]
        parts = ("{}-Life-Expectancy", "{}-Lower-95Percent-CI", "{}-Upper-95Percent-CI")
    columns = ("life_expectancy_years", "ci95_lower_years", "ci95_upper_years")
    rows = [head + [part.format(year) for year in (1990, 2000, 2010) for part in parts]]
    for line in committed(LIFE):
        if line["year"] == "1990":
            rows.append([line["community_area_number"], line["community_area"]])
        rows[-1] += [line[column].removesuffix(".0") for column in columns]
    return csv_text(rows)


def socioeconomic(spelling: str) -> str:
    """The committed table with a column the book does not use, the publisher's spellings and its last row."""
    head = [
        "COMMUNITY AREA NUMBER", "COMMUNITY AREA NAME", "PERCENT OF HOUSING CROWDED",
        "PERCENT HOUSEHOLDS BELOW POVERTY", "PER CAPITA INCOME ", "HARDSHIP INDEX",
    ]  # fmt: skip
    if spelling == "api":
        head = ["ca", *(title.lower().replace(" ", "_") for title in head[1:])]
    publisher = {"Lakeview": "Lake View", "Montclare": "Montclaire", "Washington Heights": "Washington Height"}
    rows = [head]
    for line in committed(SOCIAL):
        number, name, poverty, income, hardship = line.values()
        rows.append([number, publisher.get(name, name), "1.0", poverty, income, hardship])
    return csv_text([*rows, ["", "CHICAGO", "4.7", "19.7", "28202", ""]])


def boundaries(spelling: str, pieces: int = 1) -> str:
    """The committed outlines as GeoJSON in the portal's shape, or in the boundary service's.

    `pieces` cuts each side into as many, for a file as fine as the portal's.
    """
    topology = data.geometry(AREAS)
    (scale, _), shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        arcs.append([])
        for dx, dy in arc:
            x, y = x + dx, y + dy
            point = [round(x * scale + shift[0], 5), round(y * scale + shift[1], 5)]
            last = arcs[-1][-1] if arcs[-1] else point
            steps = range(1, pieces + 1) if arcs[-1] else [pieces]
            arcs[-1] += [[a + (b - a) * step / pieces for a, b in zip(last, point, strict=True)] for step in steps]
    features = []
    for shape in topology["objects"][AREAS]["geometries"]:
        parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        polygons = [[ring(indices, arcs) for indices in part] for part in parts]
        number, name = shape["properties"].values()
        if spelling == "api":
            facts = {"area_numbe": str(number), "community": name.upper()}
            outline = {"type": "MultiPolygon", "coordinates": polygons}
            features.append({"type": "Feature", "properties": facts, "geometry": outline})
        else:
            one = {"type": "Polygon", "coordinates": polygons[0]}
            outline = one if len(polygons) == 1 else {"type": "MultiPolygon", "coordinates": polygons}
            facts = {"AREA_NUMBE": str(number), "COMMUNITY": name.upper()}
            features.append({"metadata": facts, "simple_shape": outline})
    return json.dumps({"type": "FeatureCollection", "features": features})


OFFICIAL = {LIFE: life_expectancy, SOCIAL: socioeconomic, AREAS: boundaries}


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    return copied(DATASETS, tmp_path)


@pytest.mark.parametrize("spelling", ["api", "copy"])
@pytest.mark.parametrize("dataset", DATASETS)
def test_the_committed_files_come_out_byte_for_byte(makers, folders, dataset: str, spelling: str):
    folder = folders / dataset
    before = contents(folder)
    source = folders / "official"
    source.write_text(OFFICIAL[dataset](spelling), encoding="utf-8")
    for file in data.describe(dataset)["resources"]:
        (folder / file["path"]).write_text("to be written\n")
    run(makers, folder, "--from", str(source))
    assert contents(folder) == before


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_right_file_over_the_network(makers, folders, server, dataset: str):
    url, answers = server
    body = OFFICIAL[dataset]("api").encode()
    answers["/right"] = (200, {"Content-Length": str(len(body))}, body)
    before = contents(folders / dataset)
    run(makers, folders / dataset, "--endpoint", f"{url}/right?$limit=5000")
    assert contents(folders / dataset) == before


def test_the_official_endpoints_ask_for_every_row(makers):
    """Socrata stops after 1,000 rows where nobody says otherwise."""
    for dataset in DATASETS:
        endpoint = importlib.import_module(f"make_{dataset}").ENDPOINT
        address, limit = endpoint.split("?$limit=")
        assert int(limit) >= 1000
        assert address in [source["path"] for source in data.describe(dataset)["sources"]]


@pytest.mark.parametrize("dataset", DATASETS)
def test_faults_of_the_network(makers, folders, server, dataset: str, monkeypatch: pytest.MonkeyPatch):
    url, answers = server
    folder = folders / dataset
    body = OFFICIAL[dataset]("api").encode()
    half = body[: len(body) // 2]

    def slow(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(1)

    def stalls(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 99999\r\n\r\n" + half)
        handler.wfile.flush()
        time.sleep(1)

    def chunks(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n" + half[:2000])

    answers.update(
        {
            "/empty": (200, {}, b" \n"),
            "/error": (500, {}, body),
            "/missing": (404, {}, b"no"),
            "/cut": (200, {"Content-Length": str(len(body))}, half),
            "/chunks": chunks,
            "/half": (200, {}, half),
            "/slow": slow,
            "/stalls": stalls,
            "/binary": (200, {}, b"\xff\xfe\x00" * 50),
            "/page": (200, {}, b"<!DOCTYPE html><title>Down for repairs</title>"),
        }
    )
    assert refusal(makers, folder, "--endpoint", f"{url}/empty") == (
        f"{url}/empty is empty. Check the address, or use --from FILE."
    )
    assert refusal(makers, folder, "--endpoint", f"{url}/error").startswith(f"{url}/error answered with status 500.")
    assert refusal(makers, folder, "--endpoint", f"{url}/missing").startswith(
        f"{url}/missing answered with status 404."
    )
    assert " broke off before the end. Try again" in refusal(makers, folder, "--endpoint", f"{url}/cut")
    assert " broke off before the end. Try again" in refusal(makers, folder, "--endpoint", f"{url}/chunks")
    assert "etch it again." in refusal(makers, folder, "--endpoint", f"{url}/half")
    assert refusal(makers, folder, "--endpoint", f"{url}/binary").startswith(f"{url}/binary is not ")
    assert f"{url}/page" in refusal(makers, folder, "--endpoint", f"{url}/page")
    assert " cannot be reached (" in refusal(makers, folder, "--endpoint", "http://127.0.0.1:9/none")
    monkeypatch.setattr(makers, "LIMIT", 1000)
    answers["/large"] = (200, {}, body)
    assert refusal(makers, folder, "--endpoint", f"{url}/large").startswith(f"{url}/large is larger than ")
    monkeypatch.setattr(makers, "LIMIT", 20_000_000)
    monkeypatch.setattr(makers, "TIMEOUT", 0.2)
    assert " gave no answer in 0.2 seconds. Try again" in refusal(makers, folder, "--endpoint", f"{url}/slow")
    assert " gave no answer in 0.2 seconds. Try again" in refusal(makers, folder, "--endpoint", f"{url}/stalls")


ROW_2 = "1,Rogers Park,70.9,69.9,71.9,73.1,72.2,74.1,77.3,76.3,78.2"


@pytest.mark.parametrize(
    ("dataset", "old", "new", "expected"),
    [
        (LIFE, "_2010_life_expectancy", "life_2010", "official, row 1: the column 2010 Life Expectancy occurs 0 times. "),
        (LIFE, "_1990_lower_95_ci", "_2000_lower_95_ci", "official, row 1: the column 1990 lower 95% CI occurs 0 times. "),
        (LIFE, ROW_2, ROW_2 + ",1", "official, row 2: there are 12 cells for 11 columns. The file may be cut off"),
        (LIFE, ROW_2, ROW_2.replace("70.9", '"70,9"'), "official, row 2, column life_expectancy_years 1990: '70,9' is not a number. Write 70.9."),
        (LIFE, ROW_2, ROW_2.replace("70.9", "82.9"), "official, row 2: 82.9 in 1990 lies outside its interval 69.9 to 71.9. "),
        (LIFE, ROW_2, ROW_2.replace("1,R", "78,R"), "official, row 2: '78' is not a community area's number. "),
        (LIFE, ROW_2, ROW_2.replace("1,R", "2,R"), "official, row 2: area 2 is called 'Rogers Park' and should be West Ridge. "),
        (LIFE, ROW_2 + "\r\n", "", "official lacks Rogers Park: it should hold each of the 77 areas once. "),
        (LIFE, ROW_2 + "\r\n", f"{ROW_2}\r\n{ROW_2}\r\n", "official holds Rogers Park twice: it should hold each of the 77"),
        (LIFE, ",68.8,66.9,70.6", ",68.9,66.9,70.6", "official: West Garfield Park's life expectancy in 2010 is 68.9 and was published as 68.8. "),
        (LIFE, ",85,83.6,86.4", ",84.9,83.6,86.4", "official: the Loop's life expectancy in 2010 is 84.9 and was published as 85.0. "),
        (LIFE, ",85.2,84.5,86\r\n", ",84.6,84.5,86\r\n", "official: the highest value in 2010 is 85.0 and was published as 85.2. "),
        (LIFE, ROW_2, ROW_2.replace("77.3,76.3", "60.3,59.3"), "official: the lowest value in 2010 is 60.3 and was published as 68.8. "),
        (SOCIAL, "hardship_index", "index", "official, row 1: the column Hardship Index occurs 0 times. "),
        (SOCIAL, "percent_of_housing_crowded", "hardship_index", "official, row 1: the column Hardship Index occurs 2 times. "),
        (SOCIAL, "23.6,23939,39", "23.6,23939.5,39", "official, row 2: income or hardship index has decimals. "),
        (SOCIAL, "23.6,23939,39", "123.6,23939,39", "chicago_socioeconomic.csv, row 2, column households_below_poverty_pct: 123.6 is too large. "),
        (SOCIAL, "23.6,23939,39", "23.6,23939,", "official, row 2, column hardship_index: '' is not a number. "),
        (SOCIAL, "Rogers Park", "Rogers", "official, row 2: area 1 is called 'Rogers' and should be Rogers Park. "),
        (AREAS, '"area_numbe": "1"', '"number": "1"', "official, feature 1 has no area_numbe. "),
        (AREAS, '"area_numbe": "1"', '"area_numbe": "2"', "official, feature 1: area 2 is called 'ROGERS PARK'"),
        (AREAS, '"geometry": {"type": "MultiPolygon"', '"geometry": {"type": "Point"', "official, feature 1 is no polygon. "),
        (AREAS, '"coordinates": [[[', '"coordinates": [[[], [', "official, feature 1 has broken coordinates. "),
        (AREAS, '"coordinates": [[[[', '"coordinates": [[[["x", ', "official, feature 1 has broken coordinates. "),
        (AREAS, '"features"', '"areas"', "official is not GeoJSON with features. "),
    ],
)  # fmt: skip
def test_faults_in_the_publishers_file(makers, folders, dataset: str, old: str, new: str, expected: str):
    text = OFFICIAL[dataset]("api")
    assert old in text
    source = folders / "official"
    source.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    assert refusal(makers, folders / dataset, "--from", str(source)).startswith(expected)


def test_areas_that_do_not_add_up_to_the_city(makers, folders):
    """One area drawn three times as wide: the names are right and the map is not."""
    features = json.loads(boundaries("api"))
    ring = features["features"][75]["geometry"]["coordinates"][0][0]
    ring[:] = [[x + (x + 87.9) * 2, y] for x, y in ring]
    source = folders / "official"
    source.write_text(json.dumps(features))
    assert "km2, and Chicago has 606" in refusal(makers, folders / AREAS, "--from", str(source))


def test_outlines_as_fine_as_the_portals_give_the_same_tiles_and_borders(makers, folders):
    source = folders / "official"
    source.write_text(boundaries("api", pieces=12))
    assert source.stat().st_size > 500_000
    run(makers, folders / AREAS, "--from", str(source))
    before, after = contents(data.root() / AREAS), contents(folders / AREAS)
    assert after[f"{AREAS}.csv"] == before[f"{AREAS}.csv"]
    old, new = (json.loads(files[f"{AREAS}.topojson"])["arcs"] for files in (before, after))
    assert len(new) == len(old)
    assert abs(sum(map(len, new)) - sum(map(len, old))) < 10


def test_faults_of_the_copy(makers, folders):
    (folders / "nothing").write_text("\n")
    assert refusal(makers, folders / LIFE, "--from", str(folders / "none")).endswith("Check the path.")
    assert refusal(makers, folders / LIFE, "--from", str(folders / "nothing")) == "nothing is empty. Use another copy."


def test_a_table_that_cannot_be_put_in_place_leaves_the_old_one(makers, folders, monkeypatch: pytest.MonkeyPatch):
    """The disk fills up while the second file is written."""
    source = folders / "official"
    source.write_text(boundaries("api").replace("-87.6", "-87.60", 1))
    write, count = Path.write_bytes, iter(range(9))

    def full(path: Path, raw: bytes) -> int:
        if next(count) == 1:
            raise OSError(28, "No space left on device")
        return write(path, raw)

    monkeypatch.setattr(Path, "write_bytes", full)
    message = refusal(makers, folders / AREAS, "--from", str(source))
    assert message == f"{AREAS} cannot be written (No space left on device). Check the disk."


def test_the_command_itself(folders):
    """As the README says it, in a process of its own, with the shared modules where they lie."""
    for module in ("maker", "chicago"):
        shutil.copy(data.root() / f"{module}.py", folders)
    before = contents(folders / LIFE)
    source = folders / "official"
    command = [sys.executable, "-B", f"{LIFE}/make_{LIFE}.py", "--from", str(source)]
    source.write_text(life_expectancy("copy"), encoding="utf-8")
    done = subprocess.run(command, cwd=folders, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Wrote {LIFE}.\n", "")
    source.write_text("a,b\n1,2\n")
    done = subprocess.run(command, cwd=folders, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("official, row 1: the column Community Area Number occurs 0 times.")
    assert done.stderr.count("\n") == 1
    assert contents(folders / LIFE) == before


@pytest.mark.parametrize("dataset", ["guidebook", "invented_examples"])
def test_tables_written_by_hand_are_checked_and_described_anew(makers, tmp_path: Path, dataset: str) -> None:
    folder = copied([dataset], tmp_path) / dataset
    script, table = str(folder / f"make_{dataset}.py"), folder / f"{dataset}.csv"
    before = contents(folder)
    makers.main_by_hand(script)
    assert contents(folder) == before
    typed = table.read_text("utf-8")
    table.write_text(typed + "one,two\n", "utf-8")
    described = contents(folder)["datapackage.json"]
    with pytest.raises(SystemExit, match=rf"^{dataset}\.csv, row {len(typed.splitlines()) + 1}:") as stop:
        makers.main_by_hand(script)
    assert str(stop.value.code).endswith(".")
    assert contents(folder)["datapackage.json"] == described
    last = typed.splitlines()[-1]
    table.write_text(typed + last.replace(last.split(",")[0], "another", 1) + "\n", "utf-8")
    makers.main_by_hand(script)
    assert f'"rowcount": {len(typed.splitlines())}' in (folder / "datapackage.json").read_text("utf-8")
