"""The committed datasets, and the sentence each broken table or description gets."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from equityguide import data

DATASETS = [package["name"] for package in data.catalog()]
LIFE = "chicago_life_expectancy"

TEXT = {"type": "string", "minLength": 3}
FIELD = {
    "type": "object",
    "required": ["name", "title", "description", "type", "unit"],
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "title": TEXT,
        "description": TEXT,
        "unit": TEXT,
        "type": {"enum": ["string", "integer", "number"]},
        "constraints": {"type": "object"},
    },
    "additionalProperties": False,
}
RESOURCE = {
    "type": "object",
    "required": ["name", "path", "format", "mediatype", "encoding", "bytes", "hash"],
    "properties": {"hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}, "bytes": {"type": "integer"}},
    "if": {"properties": {"format": {"const": "csv"}}},
    "then": {
        "required": ["schema", "rowcount"],
        "properties": {
            "schema": {
                "type": "object",
                "required": ["fields", "primaryKey", "missingValues"],
                "properties": {
                    "fields": {"type": "array", "items": FIELD, "minItems": 2},
                    "missingValues": {"const": [""]},
                },
            }
        },
    },
}
PACKAGE = {
    "type": "object",
    "properties": {
        "profile": {"const": "data-package"},
        "title": TEXT,
        "description": {"type": "string", "minLength": 60},
        "as_of": {"type": "string", "pattern": "[0-9]{4}"},
        "kind": {"enum": list(data.KINDS)},
        "caveats": {"type": "array", "items": TEXT, "minItems": 1},
        "licenses": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name", "title", "path"],
                "properties": {"name": TEXT, "title": TEXT, "path": {"type": "string", "pattern": "^https://"}},
            },
        },
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["title", "publisher", "path"],
                "properties": {"path": {"type": "string", "pattern": "^https://"}},
            },
        },
        "resources": {"type": "array", "items": RESOURCE, "minItems": 1},
    },
    "required": [
        "profile", "name", "title", "description", "as_of", "kind", "caveats", "licenses", "sources", "resources",
    ],
}  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one dataset that `load` reads in place of the committed ones."""
    shutil.copytree(data.root() / LIFE, tmp_path / LIFE)
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    return tmp_path / LIFE


def redo(folder: Path, change: Any) -> None:
    """Change the dataset's description: `change` gets the package and its table's schema."""
    file = folder / "datapackage.json"
    package = json.loads(file.read_text())
    change(package, package["resources"][0])
    file.write_text(json.dumps(package))


def field(resource: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in resource["schema"]["fields"] if entry["name"] == name)


def swap(folder: Path, old: str, new: str) -> None:
    """Replace one place in the table."""
    file = folder / f"{LIFE}.csv"
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def refusal() -> str:
    with pytest.raises(ValueError, match=rf"^{LIFE}") as caught:
        data.load(LIFE)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_loads_with_its_declared_columns(dataset: str):
    resource = next(r for r in data.describe(dataset)["resources"] if r["path"] == f"{dataset}.csv")
    rows = data.load(dataset)
    assert list(rows.columns) == [entry["name"] for entry in resource["schema"]["fields"]]
    assert len(rows) == resource["rowcount"]
    assert rows.attrs["dataset"] == dataset


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_description_is_whole(dataset: str):
    package = data.describe(dataset)
    jsonschema.validate(package, PACKAGE)
    for resource in package["resources"]:
        raw = (data.root() / dataset / resource["path"]).read_bytes()
        assert resource["bytes"] == len(raw)
        assert resource["hash"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_dataset_has_its_maker_and_its_readme(dataset: str):
    folder = data.root() / dataset
    described = {resource["path"] for resource in data.describe(dataset)["resources"]}
    found = {path.name for path in folder.iterdir() if path.is_file()}
    # A license that no other folder shares stands beside the table it covers.
    own = {"LICENSE"} if "NC" in data.describe(dataset)["licenses"][0]["name"] else set()
    assert found == described | {"datapackage.json", "README.md", f"make_{dataset}.py"} | own
    readme = (folder / "README.md").read_text()
    for source in data.describe(dataset)["sources"]:
        assert source["path"] in readme
    for word in ("**What it is.**", "**Vintage.**", "**License.**", "## Known defects"):
        assert word in readme
    if "not re-fetched" in readme:
        assert re.search(r"commit \| `[0-9a-f]{40}`", readme)
        assert re.search(r"sha256 \| `[0-9a-f]{64}`", readme)


def test_the_catalog_is_sorted_and_complete():
    folders = sorted(path.name for path in data.root().iterdir() if path.is_dir() and path.name != "__pycache__")
    assert folders == DATASETS


def test_the_values_the_book_quotes():
    rows = data.load(LIFE)
    latest = rows[rows["year"] == 2010].set_index("community_area")
    assert latest.loc["West Garfield Park", "life_expectancy_years"] == 68.8
    assert latest.loc["Loop", "life_expectancy_years"] == 85.0
    assert latest["life_expectancy_years"].idxmin() == "West Garfield Park"
    assert latest["life_expectancy_years"].idxmax() == "Near North Side"
    assert list(latest.loc["Near North Side", "life_expectancy_years":]) == [85.2, 84.5, 86.0]
    assert rows.groupby("year").size().to_dict() == {1990: 77, 2000: 77, 2010: 77}


def test_the_shared_columns_and_types_of_the_life_expectancy_table():
    rows = data.load(LIFE)
    assert {column: str(dtype) for column, dtype in rows.dtypes.items()} == {
        "community_area_number": "int64",
        "community_area": "str",
        "year": "int64",
        "life_expectancy_years": "float64",
        "ci95_lower_years": "float64",
        "ci95_upper_years": "float64",
    }


def test_every_interval_that_load_gives_holds_its_value():
    rows = data.load(LIFE)
    known = rows.dropna(subset=["ci95_lower_years", "ci95_upper_years"])
    assert (known["ci95_lower_years"] <= known["life_expectancy_years"]).all()
    assert (known["life_expectancy_years"] <= known["ci95_upper_years"]).all()
    left_out = rows[rows.isna().any(axis=1)]
    assert left_out[["community_area", "year", "life_expectancy_years"]].to_numpy().tolist() == [
        ["Dunning", 2010, 79.8]
    ]


def test_the_chicago_tables_agree_on_numbers_and_names():
    names = [
        data.load(dataset).drop_duplicates("community_area_number").set_index("community_area_number")["community_area"]
        for dataset in (LIFE, "chicago_socioeconomic", "chicago_community_areas")
    ]
    assert names[0].to_dict() == names[1].to_dict() == names[2].to_dict()
    outlines = data.geometry("chicago_community_areas")["objects"]["chicago_community_areas"]["geometries"]
    drawn = [shape["properties"] for shape in outlines]
    assert {p["community_area_number"]: p["community_area"] for p in drawn} == names[0].to_dict()
    assert all(list(p) == ["community_area_number", "community_area"] for p in drawn)


def test_the_tiles_read_like_chicago():
    tiles = data.load("chicago_community_areas").set_index("community_area")
    east, south = tiles["column"], tiles["row"]
    assert not tiles.duplicated(["column", "row"]).any()
    assert south["Rogers Park"] == south.min() == 1
    assert south["Hegewisch"] == south.max()
    assert east["Hegewisch"] >= east.max() - 1
    assert east["O'Hare"] == east.min() == 1
    assert south["O'Hare"] <= 3
    # The West Side to the lake, the row the chapter tells of.
    road = ["West Garfield Park", "East Garfield Park", "Near West Side", "Loop"]
    assert south[road].nunique() == 1
    assert east[road].diff().dropna().tolist() == [1, 1, 1]
    assert south["Near North Side"] < south["Loop"] < south["Douglas"]
    assert east["Loop"] > east.median()


def test_the_outlines_are_small_and_run_clockwise():
    """Vega's projections fill the whole globe around a ring that runs the other way."""
    folder = data.root() / "chicago_community_areas"
    assert (folder / "chicago_community_areas.topojson").stat().st_size < 60_000
    topology = data.geometry("chicago_community_areas")
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(points)
    for shape in topology["objects"]["chicago_community_areas"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for polygon in polygons:
            ring = [p for i in polygon[0] for p in (arcs[i][:-1] if i >= 0 else arcs[~i][:0:-1])]
            assert all(-88 < x < -87 and 41 < y < 43 for x, y in ring)
            turn = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True))
            assert turn < 0


def test_the_installed_package_reads_the_copy_it_carries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert data.root() == Path(__file__).resolve().parents[2] / "data"
    installed = tmp_path / "lib" / "site-packages" / "equityguide"
    shutil.copytree(data.root() / LIFE, installed / "_data" / LIFE)
    monkeypatch.setattr(data, "__file__", str(installed / "data.py"))
    assert data.root() == installed / "_data"
    assert len(data.load(LIFE)) == 231


def test_an_unknown_dataset_names_the_near_ones():
    with pytest.raises(
        ValueError, match=r"^There is no dataset 'chicago_life'\. Write one of: chicago_life_expectancy"
    ):
        data.load("chicago_life")
    with pytest.raises(ValueError, match=r"^There is no dataset '\.\./data/chicago_"):
        data.load(f"../data/{LIFE}")
    with pytest.raises(ValueError, match=r"Write one of: .*chicago_community_areas, chicago_life_expectancy"):
        data.describe("zzz")


def test_a_dataset_without_boundaries_says_so():
    with pytest.raises(ValueError, match=r"^chicago_life_expectancy/datapackage\.json describes no .*\.topojson"):
        data.geometry(LIFE)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"type": "Topology", "objects": {"other": {}}, "arcs": [[]]}', "{"]
)
def test_broken_boundaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str):
    name = "chicago_community_areas"
    shutil.copytree(data.root() / name, tmp_path / name)
    monkeypatch.setattr(data, "root", lambda: tmp_path)
    (tmp_path / name / f"{name}.topojson").write_text(content)
    with pytest.raises(ValueError, match=rf"^{name}\.topojson is not a topology with one object called {name}\. Run"):
        data.geometry(name)


FIRST = "1,Rogers Park,1990,70.9,69.9,71.9\n"  # row 2 of the table
HEADER = "community_area_number,community_area,year,life_expectancy_years,ci95_lower_years,ci95_upper_years"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (HEADER, HEADER.replace("year,", "period,"), "row 1, column 3: the column is called 'period'. Write year."),
        (HEADER, HEADER.removesuffix(",ci95_upper_years"), "row 1, column 6: there is no column. Write ci95_upper_years."),
        (HEADER, HEADER + ",note", "row 1: the schema has no column 'note'. Remove it."),
        (HEADER, "\ufeff" + HEADER + ",note", "row 1: the schema has no column 'note'. Remove it."),
        (FIRST, FIRST.replace(",71.9", ""), "row 2: there are 5 cells for 6 columns. "),
        (FIRST, FIRST.replace("70.9", "70,9"), "row 2: there are 7 cells for 6 columns. "),
        (FIRST, FIRST.replace("70.9", '"70,9"'), "row 2, column life_expectancy_years: '70,9' is not a number. Write 70.9."),
        (FIRST, FIRST.replace("70.9", "nan"), "row 2, column life_expectancy_years: 'nan' is not a number. "),
        (FIRST, FIRST.replace("70.9", "1e999"), "row 2, column life_expectancy_years: '1e999' is too large a number. Check it."),
        (FIRST, FIRST.replace("70.9", ""), "row 2, column life_expectancy_years: the cell is empty. Write a value."),
        (FIRST, FIRST.replace("Rogers Park", " "), "row 2, column community_area: the cell is empty. Write a value."),
        (FIRST, FIRST.replace("1990", "1990.5"), "row 2, column year: '1990.5' is not a whole number. "),
        (FIRST, FIRST.replace("1990", "1991"), "row 2, column year: '1991' is not one of the values allowed. Write one of: 1990, 2000, 2010."),
        (FIRST, FIRST.replace("70.9", "7.09"), "row 2, column life_expectancy_years: 7.09 is too small. Write 40 or more."),
        (FIRST, FIRST.replace("70.9", "709"), "row 2, column life_expectancy_years: 709 is too large. Write 100 or less."),
        (FIRST, FIRST + FIRST, "row 3, column community_area_number and year: 1, 1990 stands in row 2 already. Keep one."),
        (FIRST, "", " has 230 rows and its datapackage says 231. Run data/"),
        (FIRST, FIRST.replace("Rogers", '"Rogers'), "row 2: the quotation marks do not pair"),
    ],
)  # fmt: skip
def test_a_broken_table(copy: Path, old: str, new: str, expected: str):
    swap(copy, old, new)
    assert refusal().removeprefix(f"{LIFE}.csv").removeprefix(", ").startswith(expected)


def test_a_table_that_is_not_there_or_empty_or_not_text(copy: Path):
    file = copy / f"{LIFE}.csv"
    file.write_bytes("1,Peña".encode("latin-1"))
    assert "is not UTF-8 text" in refusal()
    file.write_bytes(b"")
    assert refusal() == f"{LIFE}.csv is empty. Write the column names in row 1 and the rows under it."
    file.unlink()
    assert refusal() == f"{LIFE}.csv is missing. Run data/{LIFE}/make_{LIFE}.py to write it."


def test_a_unique_column(copy: Path):
    redo(copy, lambda package, resource: field(resource, "community_area")["constraints"].update(unique=True))
    assert "row 3, column community_area: 'Rogers Park' stands in row 2 already. Keep one." in refusal()


def test_a_whole_number_column_may_have_gaps_where_none_is_required(copy: Path):
    redo(copy, lambda package, resource: field(resource, "year").pop("constraints"))
    swap(copy, FIRST, FIRST.replace("1990", ""))
    rows = data.load(LIFE)
    assert str(rows["year"].dtype) == "Int64"
    assert rows["year"].isna().sum() == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda p, r: p.pop("caveats"), "/datapackage.json lacks caveats. Add it."),
        (lambda p, r: p.update(name="other"), "/datapackage.json: the name is 'other'. Write 'chicago_life_expectancy'"),
        (lambda p, r: p.update(kind="guesses"), "/datapackage.json: the kind is 'guesses'. Write one of: complete counts"),
        (lambda p, r: field(r, "year").update(type="date"), "column year: the type is 'date'. Write one of: string"),
        (lambda p, r: field(r, "year")["constraints"].update(pattern="x"), "column year: nothing checks the constraint 'pattern'"),
        (lambda p, r: r["doubtful"][0]["row"].update(year=2011), "datapackage.json: {'community_area_number': 17, 'year': 2011} is not one row"),
        (lambda p, r: r.update(path="other.csv"), f"/datapackage.json describes no {LIFE}.csv"),
    ],
)  # fmt: skip
def test_a_broken_description(copy: Path, change: Any, expected: str):
    redo(copy, change)
    assert expected in refusal()


@pytest.mark.parametrize("content", ["{", "[]", "\x80"])
def test_a_description_that_is_no_json_object(copy: Path, content: str):
    (copy / "datapackage.json").write_bytes(content.encode("latin-1"))
    message = refusal()
    assert message.startswith(f"{LIFE}/datapackage.json")


def test_titles_name_the_columns_of_all_datasets_asked_for() -> None:
    found = data.titles("chicago_life_expectancy", "chicago_socioeconomic")
    assert found["life_expectancy_years"] == "Life expectancy at birth"
    assert "hardship_index" in found
    assert "hardship_index" not in data.titles("chicago_life_expectancy")


def test_a_table_says_what_kind_it_is() -> None:
    for package in data.catalog():
        if any(str(resource["path"]) == f"{package['name']}.csv" for resource in package["resources"]):
            assert data.load(package["name"]).attrs["kind"] == package["kind"]


def test_a_dataset_may_have_several_tables() -> None:
    counts = data.load("organization", "measures")
    assert list(counts.columns) == ["measure", "period", "dimension", "group", "events", "denominator"]
    with pytest.raises(ValueError, match=r"^organization/datapackage\.json describes no gaps\.csv"):
        data.load("organization", "gaps")
