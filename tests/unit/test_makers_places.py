"""The makers of the tract tables and of the table by grade: the publishers' shapes in, the committed files out.

The official files are made here: the survey as the Census Bureau's API gives it, the boundaries as its zipped
shapefile, life expectancy as the CDC's file. What is not in a committed table (numbers of tracts with few people,
outlines far from the hospital, the grades' outlines) is invented.
"""

from __future__ import annotations

import importlib
import io
import itertools
import json
import struct
import time
import zipfile
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from making import Files, committed, contents, copied, csv_text, refusal, ring, run, written

from equityguide import data

REGION, BOSTON, GRADES = "philadelphia_region_tracts", "boston_tracts", "boston_by_holc_grade"
DATASETS = (REGION, BOSTON, GRADES)
TOWARD = {"42045": -0.3, "42091": 0.3, "42101": 0.0}  # where the invented outlines of a county lie

Ring = list[tuple[float, float]]


def survey(dataset: str) -> bytes:
    """The API's answer: a header, then text cells; the shares as counts; -666666666 for no estimate."""
    make = importlib.import_module(f"make_{dataset}")
    tracts = importlib.import_module("tracts")
    codes = tracts.variables().split(",")
    lines = [[*codes, "state", "county", "tract"]]
    people = {county: total for county, total in make.REGION.people.items()}
    empty: dict[str, list[int]] = {}
    for line in committed(dataset):
        county = line["tract_geoid"][:5]
        values: dict[str, Any] = dict.fromkeys(codes, -666666666)
        if line["population"]:
            number = float(line["population"])
            values["B01003_001E"] = int(number)
            people[county] -= int(number)
            values["B17001_001E"] = 1000
            for ours, (code, _) in tracts.ESTIMATES.items():
                values[code] = line[ours] or values[code]
            if line["poverty_pct"]:
                values["B17001_002E"] = round(float(line["poverty_pct"]) * 10)
            else:
                values["B17001_001E"] = 0
            # To three digits, as a count of people cannot be split finer than the table's decimal.
            values["B02001_003E"] = float(line["black_pct"]) * number / 100 if line.get("black_pct") else None
        else:
            empty.setdefault(county, []).append(len(lines))
        lines.append(
            [*(None if v is None else str(v) for v in values.values()), county[:2], county[2:], line["tract_geoid"][5:]]
        )
    for county, places in empty.items():
        # The people whom the published total has and the table leaves out, shared out again.
        for i, place in enumerate(places):
            left = people[county] // len(places) + (i < people[county] % len(places))
            lines[place][codes.index("B01003_001E")] = str(left)
            if county == "42101":  # so that the city comes to its published income per person
                earned = sum(
                    int(x[codes.index("B01003_001E")]) * max(0, int(x[codes.index("B19301_001E")]))
                    for x in lines[1:]
                    if x[-2] == "101"
                )
                lines[place][codes.index("B19301_001E")] = str(round((24811 * 1569657 - earned) / left))
    return json.dumps(lines).encode()


def life(dataset: str) -> bytes:
    head = ["Tract ID", "STATE2KX", "CNTY2KX", "TRACT2KX", "e(0)", "se(e(0))", "Abridged life table flag"]
    rows = [
        [t, t[:2], t[2:5], t[5:], line["life_expectancy_years"], line["life_expectancy_se_years"], "3"]
        for line in committed(dataset)
        if line["life_expectancy_years"]
        for t in [line["tract_geoid"]]
    ]
    quoted = ",".join(f'"{cell}"' for cell in head)
    return f"{quoted}\r\n{csv_text(rows)}\r\n".encode()


def outlines(dataset: str) -> dict[str, list[Ring]]:
    """The committed outlines as rings in degrees, by tract."""
    document = data.geometry(dataset)
    (scale, _), shift = document["transform"]["scale"], document["transform"]["translate"]
    arcs = []
    for steps in document["arcs"]:
        x = y = 0
        arcs.append([])
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arcs[-1].append((round(x * scale + shift[0], 5), round(y * scale + shift[1], 5)))
    found = {}
    for shape in document["objects"][dataset]["geometries"]:
        if shape["type"] == "MultiLineString":
            continue
        parts = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        found[shape["properties"]["tract_geoid"]] = [ring(indices, arcs) for part in parts for indices in part]
    return found


def shapefile(shapes: dict[str, list[Ring]]) -> bytes:
    """A zipped shapefile: the polygons, and a dBASE table with STATEFP and GEOID."""
    body = b""
    for number, rings in enumerate(shapes.values(), start=1):
        points = [point for ring in rings for point in ring]
        starts = [sum(len(ring) for ring in rings[:i]) for i in range(len(rings))]
        record = struct.pack("<I4dII", 5, 0, 0, 0, 0, len(rings), len(points))
        record += struct.pack(f"<{len(rings)}I", *starts) + b"".join(struct.pack("<2d", *point) for point in points)
        body += struct.pack(">II", number, len(record) // 2) + record
    fields = b"".join(
        name.ljust(11, b"\0") + b"C" + bytes(4) + bytes([width]) + bytes(15)
        for name, width in ((b"STATEFP", 2), (b"GEOID", 11))
    )
    head = struct.pack("<4BIHH20x", 3, 118, 1, 1, len(shapes), 32 + len(fields) + 1, 14) + fields + b"\r"
    table = head + b"".join(b" " + geoid[:2].encode() + geoid.encode() for geoid in shapes) + b"\x1a"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cb_2018_tract_500k.shp", bytes(100) + body)
        archive.writestr("cb_2018_tract_500k.dbf", table)
        archive.writestr("cb_2018_tract_500k.shp.iso.xml", b"<metadata/>")
    return packed.getvalue()


def square(x: float, y: float, side: float) -> Ring:
    return [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]


def around() -> dict[str, list[Ring]]:
    """The outlines near the hospital, and a small square at the right distance for each tract that has none."""
    near = outlines(REGION)
    for line in committed(REGION):
        away = float(line["miles_from_lankenau"]) * 1609.344 / 111_320
        near.setdefault(line["tract_geoid"], [square(-75.262 - 0.0002, 39.988 + away - 0.0002, 0.0004)])
    return near


def official(dataset: str) -> Files:
    if dataset == GRADES:
        return {"geojson.json": graded(), "cb_2018_25_tract_500k.zip": shapefile(outlines(BOSTON))}
    state = "42" if dataset == REGION else "25"
    shapes = around() if dataset == REGION else outlines(BOSTON)
    return {
        "acs5": survey(dataset),
        "PA_A.CSV": life(dataset),
        f"cb_2018_{state}_tract_500k.zip": shapefile(shapes),
    }


def graded() -> bytes:
    """An invented map: each area of a grade is one of today's tracts as committed, in the order of their numbers.

    A last area without a grade lies in the sea and brings the whole to the size of the real map.
    """
    make, overlay = importlib.import_module(f"make_{GRADES}"), importlib.import_module("overlay")
    topology = importlib.import_module("topology")
    shapes = outlines(BOSTON)
    features, land = [], 0.0
    for tract, grade in chosen().items():
        rings = shapes[tract]
        features.append({"properties": {"grade": f"{grade} "}, "geometry": {"type": "Polygon", "coordinates": rings}})
        land += overlay.sizes({0: [[topology.grid(ring) for ring in rings]]})[0]
    side = ((make.CITY_KM2 - land) / 111.32**2 / 0.7437) ** 0.5  # 0.7437: the cosine of the latitude there
    sea = {"type": "MultiPolygon", "coordinates": [[square(-70.5, 41.95, side)]]}
    features.append({"properties": {"grade": None}, "geometry": sea})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def chosen() -> dict[str, str]:
    """Tract -> invented grade. Tracts of one ring, so that an area is no more than its outline."""
    single = sorted(tract for tract, rings in outlines(BOSTON).items() if len(rings) == 1)
    known = {line["tract_geoid"] for line in committed(BOSTON) if line["life_expectancy_years"]}
    single = [tract for tract in single if tract in known]
    return dict(zip(single, "A" + "B" * 8 + "C" * 18 + "D" * 12, strict=False))


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    return copied(DATASETS, tmp_path)


def rows(raw: bytes) -> list[list[str]]:
    return [line.split(",") for line in raw.decode().splitlines()]


def test_boston_comes_out_byte_for_byte(makers, folders):
    folder = folders / BOSTON
    before = contents(folder)
    (folder / f"{BOSTON}.csv").write_text("to be written\n")
    run(makers, folder, "--from", *reversed(written(folders, official(BOSTON))))
    after = contents(folder)
    assert after[f"{BOSTON}.csv"] == before[f"{BOSTON}.csv"]
    assert after == before


def test_the_region_comes_out_over_the_network(makers, folders, server):
    """All numbers are the same; distances are near, since the middle of a thinned outline lies a little off."""
    url, answers = server
    folder = folders / REGION
    files = official(REGION)
    for name, raw in files.items():
        answers[f"/{quote(name)}"] = (200, {"Content-Length": str(len(raw))}, raw)
    before = contents(folder)
    run(makers, folder, "--endpoint", *(f"{url}/{quote(name)}?get=all" for name in files))
    after = contents(folder)
    assert after["landmarks.csv"] == before["landmarks.csv"]
    old, new = rows(before[f"{REGION}.csv"]), rows(after[f"{REGION}.csv"])
    assert [line[:-1] for line in new] == [line[:-1] for line in old]
    assert max(abs(float(a[-1]) - float(b[-1])) for a, b in zip(old[1:], new[1:], strict=True)) < 0.08
    names = [
        {
            shape["properties"].get("tract_geoid")
            for shape in json.loads(files[f"{REGION}.topojson"])["objects"][REGION]["geometries"]
        }
        for files in (before, after)
    ]
    sure = {line[0] for line in old[1:] if abs(float(line[-1]) - 7) > 0.08}
    assert names[0] & sure == names[1] & sure
    assert len(names[0] & sure) > 300
    border = json.loads(after[f"{REGION}.topojson"])["objects"][REGION]["geometries"][-1]
    assert border["type"] == "MultiLineString"


def test_the_endpoints_ask_for_what_is_published(makers):
    for dataset in DATASETS:
        make = importlib.import_module(f"make_{dataset}")
        stated = [source["path"] for source in data.describe(dataset)["sources"]]
        assert [endpoint.partition("?")[0] for endpoint in make.ENDPOINTS] == stated[: len(make.ENDPOINTS)]
        readme = (data.root() / dataset / "README.md").read_text()
        for source in data.describe(dataset)["sources"]:
            assert source["note"] in readme
    assert "county:045,091,101" in importlib.import_module(f"make_{REGION}").ENDPOINTS[0]


@pytest.mark.parametrize("dataset", DATASETS)
def test_faults_of_the_network(makers, folders, server, dataset: str, monkeypatch: pytest.MonkeyPatch):
    """Each of the publishers' files comes back in each wrong way, the others as they should."""
    url, answers = server
    folder = folders / dataset
    files = official(dataset)
    for name, raw in files.items():
        answers[f"/{quote(name)}"] = (200, {}, raw)
    for bad, body in files.items():
        half = body[: len(body) // 2]
        others = [f"{url}/{quote(name)}" for name in files if name != bad]

        def stalls(handler: BaseHTTPRequestHandler, half: bytes = half) -> None:
            handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 9999999\r\n\r\n" + half)
            handler.wfile.flush()
            time.sleep(0.5)

        wrong: dict[str, tuple[Any, str]] = {
            "empty": ((200, {}, b" \n"), " is empty. Check the address"),
            "error": ((503, {}, body), " answered with status 503."),
            "cut": ((200, {"Content-Length": str(len(body))}, half), " broke off before the end. Try again"),
            "half": ((200, {}, half), "etch "),
            "page": ((200, {}, b"<!DOCTYPE html><title>Down for repairs</title>"), "Give the maker one of each"),
            "stalls": (stalls, " gave no answer in 0.2 seconds. Try again"),
        }
        for fault, (answer, sentence) in wrong.items():
            answers[f"/{fault}/{quote(bad)}"] = answer
            monkeypatch.setattr(makers, "TIMEOUT", 0.2 if fault == "stalls" else 60)
            assert sentence in refusal(makers, folder, "--endpoint", f"{url}/{fault}/{quote(bad)}", *others), (
                bad,
                fault,
            )


def changed(files: Files, part: str, old: str, new: str) -> Files:
    """The files with one place changed in the one whose name holds `part`."""
    name = next(name for name in files if part in name)
    assert old.encode() in files[name]
    return files | {name: files[name].replace(old.encode(), new.encode(), 1)}


@pytest.mark.parametrize(
    ("dataset", "part", "old", "new", "expected"),
    [
        (BOSTON, "acs5", "B19301_001E", "B19301_001M", "acs5, row 2 has no B19301_001E. Check whether the publisher"),
        (BOSTON, "acs5", '"tract"', '"block"', "acs5, row 2 has no tract. "),
        (BOSTON, "acs5", '"4668"', '"4,668"', "acs5, row 2, column B01003_001E: '4,668' is not a number. Write 4668"),
        (BOSTON, "acs5", '"4668"', '"4669"', "The survey table: the population of Suffolk County is 780686 and was"),
        (BOSTON, "acs5", '"000201"', '"000100"', "acs5, row 3: tract 25025000100 is there already. "),
        (BOSTON, "acs5", '"000100"', '"000199"', "Tract 25025000100 is in the survey or in cb_2018_25_tract_500k.zip"),
        (REGION, "acs5", '"30111"', '"90111"', "philadelphia_region_tracts: Philadelphia's income per person in doll"),
        (BOSTON, "PA_A", '"e(0)"', '"e(1)"', "PA_A.CSV, row 1: the column e(0) occurs 0 times. "),
        (BOSTON, "PA_A", ",79.1,1.51,", ",791,1.51,", "PA_A.CSV, row 2: 791 years with 1.51 cannot stand for 2502500010"),
        (BOSTON, "PA_A", ",79.1,1.51,", ",79.1,,", "PA_A.CSV, row 2, column se(e(0)): '' is not a number. "),
        (GRADES, "geojson", '"grade": "A "', '"grade": "B "', "geojson.json: the number of areas graded A is 0 and was"),
        (GRADES, "geojson", '"grade"', '"mark"', "geojson.json is not GeoJSON of graded areas. "),
        (GRADES, "geojson", '[[[[-70.5, 41.95]', '[[[[-70.9, 41.95]', "geojson.json: the areas make "),
    ],
)  # fmt: skip
def test_faults_in_the_publishers_files(makers, folders, dataset: str, part: str, old: str, new: str, expected: str):
    files = changed(official(dataset), part, old, new)
    assert refusal(makers, folders / dataset, "--from", *written(folders, files)).startswith(expected)


def test_files_given_twice_or_not_at_all(makers, folders):
    one, two, three = written(folders, official(BOSTON))
    message = "Of acs5, PA_A.CSV, 0 is a boundary file. Give the maker one of each it needs."
    assert refusal(makers, folders / BOSTON, "--from", one, two) == message
    assert refusal(makers, folders / BOSTON, "--from", one, two, three, three).startswith(
        "cb_2018_25_tract_500k.zip is g"
    )
    other = official(REGION)["PA_A.CSV"]
    assert refusal(makers, folders / BOSTON, "--from", *written(folders, official(BOSTON) | {"PA_A.CSV": other})) == (
        "PA_A.CSV holds none of the counties. Use the file of their state."
    )


def test_a_boundary_file_that_is_no_shapefile_of_tracts(makers, folders, monkeypatch: pytest.MonkeyPatch):
    files = official(BOSTON)
    name = next(name for name in files if name.endswith(".zip"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "no shapes")
    copies = written(folders, files | {name: packed.getvalue()})
    assert refusal(makers, folders / BOSTON, "--from", *copies) == (
        f"{name} is not a whole zipped shapefile of tracts. Fetch it again."
    )
    monkeypatch.setattr(importlib.import_module("tracts"), "MOST", 1000)
    assert refusal(makers, folders / BOSTON, "--from", *written(folders, files)) == (
        f"{name} unpacks too large. Check the address."
    )


def test_a_copy_in_the_third_partys_shape_gives_the_same(makers, folders):
    """One object a tract for the survey, shares as fractions; TopoJSON for the boundaries."""
    tracts = importlib.import_module("tracts")
    lines = json.loads(survey(BOSTON))
    records = []
    for line in lines[1:]:
        cells = dict(zip(lines[0], line, strict=True))
        record = {"state_fips": cells["state"], "county_fips": cells["county"], "tract_code": cells["tract"]}
        for code, theirs in tracts.ESTIMATES.values():
            record[theirs] = "" if float(cells[code]) < 0 else float(cells[code])
        for part, whole, theirs in tracts.SHARES.values():
            known = cells[part] is not None and float(cells[part]) >= 0 and float(cells[whole]) > 0
            record[theirs] = float(cells[part]) / float(cells[whole]) if known else ""
        records.append(record)
    shapes = {**data.geometry(BOSTON), "objects": {"cb_2018": data.geometry(BOSTON)["objects"][BOSTON]}}
    text = json.dumps(shapes).replace('"tract_geoid"', '"GEOID"')
    files = {"acs.json": json.dumps(records).encode(), "usaleep.csv": life(BOSTON), "boston.json": text.encode()}
    before = contents(folders / BOSTON)
    run(makers, folders / BOSTON, "--from", *written(folders, files))
    assert contents(folders / BOSTON) == before


def test_the_means_by_grade(makers, folders):
    """On an invented map whose areas are whole tracts, a grade's mean is the plain weighted mean of its tracts."""
    grades = chosen()
    run(makers, folders / GRADES, "--from", *written(folders, official(GRADES)))
    got = {line[0]: line for line in rows(contents(folders / GRADES)[f"{GRADES}.csv"])}
    values = {line["tract_geoid"]: line for line in committed(BOSTON)}
    for grade in "ABCD":
        mine = [values[tract] for tract, given in grades.items() if given == grade]
        people = [float(line["population"]) for line in mine]
        assert int(got[grade][5]) == pytest.approx(sum(people), abs=60)
        for place, column, near in (
            (6, "life_expectancy_years", 0.06),
            (7, "poverty_pct", 0.06),
            (8, "per_capita_income_usd", 60),
        ):
            mean = sum(n * float(line[column]) for n, line in zip(people, mine, strict=True)) / sum(people)
            assert float(got[grade][place]) == pytest.approx(mean, abs=near)
        assert int(got[grade][4]) == len(mine)


def test_overlay_on_squares_whose_overlap_is_known(makers):
    """A square of 0.01 degrees at the equator is 1.1132 km to the side; the other lies a quarter over it."""
    overlay = importlib.import_module("overlay")
    one = {"one": [[[(0, 0), (0, 1000), (1000, 1000), (1000, 0)]]]}
    hole = [[(500, 500), (500, 1500), (1500, 1500), (1500, 500)], [(600, 600), (700, 600), (700, 700), (600, 700)]]
    assert overlay.sizes(one)["one"] == pytest.approx(1.1132**2, rel=1e-4)
    assert overlay.shared(one, {"two": [hole]})["one", "two"] == pytest.approx(1.1132**2 * (0.25 - 0.01), rel=1e-4)


def test_what_the_book_says_of_boston_by_grade():
    table = data.load(GRADES).set_index("grade")
    assert list(table.index) == ["A", "B", "C", "D"]
    assert table["life_expectancy_years"].is_monotonic_decreasing
    assert table["poverty_pct"].is_monotonic_increasing
    assert table.loc["C", "per_capita_income_usd"] < table.loc["D", "per_capita_income_usd"]
    assert table.loc["C", "black_pct"] > table.loc["D", "black_pct"]
    assert table.loc["A", "tracts"] == 3
    assert table["areas"].tolist() == [1, 8, 18, 12]
    assert table["area_km2"].tolist() == [2.2, 6.7, 50.8, 19.8]


@pytest.mark.parametrize("dataset", [REGION, BOSTON])
def test_tracts_of_few_people_show_no_numbers_and_outlines_are_small(dataset: str):
    table = data.load(dataset)
    assert table["population"].dropna().map(lambda people: people == 0 or people >= 100).all()
    assert table.loc[table["population"].isna(), ["poverty_pct", "life_expectancy_years"]].isna().all(axis=None)
    assert (data.root() / dataset / f"{dataset}.topojson").stat().st_size < 60_000
    shown = {s["properties"].get("tract_geoid") for s in data.geometry(dataset)["objects"][dataset]["geometries"]} - {
        None
    }
    near = table.query("miles_from_lankenau <= 7") if dataset == REGION else table
    assert shown == set(near["tract_geoid"])


def test_the_border_lies_between_the_counties():
    """The line goes by the hospital: the city line is within half a mile of it."""
    document = data.geometry(REGION)
    (scale, _), shift = document["transform"]["scale"], document["transform"]["translate"]
    lines = [shape for shape in document["objects"][REGION]["geometries"] if shape["type"] == "MultiLineString"]
    assert len(lines) == 1
    points = []
    for (arc,) in lines[0]["arcs"]:
        x = y = 0
        for dx, dy in document["arcs"][arc]:
            x, y = x + dx, y + dy
            points.append((x * scale + shift[0], y * scale + shift[1]))
    hospital = data.load(REGION, "landmarks").iloc[0]
    nearest = min(
        (((px - hospital["longitude"]) * 0.766) ** 2 + (py - hospital["latitude"]) ** 2) ** 0.5 * 69.17
        for (ax, ay), (bx, by) in itertools.pairwise(points)
        for share in range(21)
        for px, py in [(ax + (bx - ax) * share / 20, ay + (by - ay) * share / 20)]
    )
    assert nearest < 0.5
