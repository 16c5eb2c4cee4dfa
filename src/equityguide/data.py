"""The book's tables, read from `data/` and checked against their own description.

Each dataset is a folder: `<dataset>.csv`, `datapackage.json` (Frictionless; it declares every column's type,
unit and limits), the maker that wrote the table, and a README. `load` refuses a table that breaks its
description, in one sentence that names file, row and column. Rows are counted as a spreadsheet shows them:
the column names stand in row 1. Nothing here uses the network.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pandas as pd

KINDS = ("complete counts", "estimates", "boundaries", "words", "invented")
ORGANIZATION = (
    "organization"  # the dataset of the organization the book is built on: the synthetic one, or the reader's
)

_TYPES = {"string": "str", "integer": "Int64", "number": "float64"}
_CONSTRAINTS = {"required", "unique", "minimum", "maximum", "enum"}
# Digits 0 to 9 only: `float` alone would also take "1_000", "nan" and other scripts' digits.
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def root() -> Path:
    """The folder that holds the datasets: `data/` in a checkout, else the copy in the installed package."""
    here = Path(__file__).resolve()
    checkout = here.parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "data").is_dir():
        return checkout / "data"
    return here.parent / "_data"


def catalog() -> list[dict[str, Any]]:
    """`describe` of every dataset, sorted by name."""
    return [describe(name) for name in _names()]


def available(dataset: str) -> bool:
    """Whether the dataset's folder is there. One with a license of its own may be removed; the book still builds."""
    return dataset in _names()


def describe(dataset: str) -> dict[str, Any]:
    """A dataset's datapackage: title, description, licenses, sources, `as_of`, `kind`, `caveats`, resources.

    Raises `ValueError` for an unknown dataset or a datapackage that is not JSON or lacks one of these.
    """
    name = f"{dataset}/datapackage.json"
    raw = _read(_folder(dataset) / "datapackage.json", name)
    try:
        package = json.loads(raw.decode("utf-8"))
    except ValueError as error:
        raise ValueError(f"{name} is not valid JSON ({error}). Mend it there.") from None
    needed = ("name", "title", "description", "licenses", "sources", "as_of", "kind", "caveats", "resources")
    if not isinstance(package, dict) or (lacking := [key for key in needed if key not in package]):
        what = ", ".join(lacking) if isinstance(package, dict) else "an object"
        raise ValueError(f"{name} lacks {what}. Add it.")
    if package["name"] != dataset:
        raise ValueError(f"{name}: the name is {package['name']!r}. Write {dataset!r}, like the folder.")
    if package["kind"] not in KINDS:
        raise ValueError(f"{name}: the kind is {package['kind']!r}. Write one of: {', '.join(KINDS)}.")
    return cast("dict[str, Any]", package)


def titles(*datasets: str) -> dict[str, str]:
    """Column name -> heading in plain words, for all columns of the datasets, from their datapackages."""
    tables = [resource for name in datasets for resource in describe(name)["resources"]]
    fields = [field for table in tables for field in table.get("schema", {}).get("fields", [])]
    return {field["name"]: field["title"] for field in fields if "title" in field}


def load(dataset: str, table: str | None = None) -> pd.DataFrame:
    """A dataset's table, checked, with the types its schema declares.

    `table` names one of a dataset's tables ("measures" for measures.csv); without it, the one called as the dataset.
    `attrs["dataset"]` is its name and `attrs["kind"]` what it holds, so that a rate is never computed from estimates.

    Cells that the datapackage lists as doubtful (with the reason) come back empty, so that nobody draws them.
    Raises `ValueError` with one sentence naming file, row and column where the table breaks its description.
    """
    file = f"{table or dataset}.csv"
    resource = _resource(dataset, file)
    rows = parse(_read(_folder(dataset) / file, file), resource["schema"], file)
    if len(rows) != (stated := resource.get("rowcount", len(rows))):
        raise ValueError(
            f"{file} has {len(rows)} rows and its datapackage says {stated}. "
            f"Run data/{dataset}/make_{dataset}.py again."
        )
    for doubt in resource.get("doubtful", []):
        hit = pd.concat([rows[column] == value for column, value in doubt["row"].items()], axis=1).all(axis=1)
        if hit.sum() != 1:
            raise ValueError(f"{dataset}/datapackage.json: {doubt['row']} is not one row of {file}. Mend it.")
        rows.loc[hit, doubt["columns"]] = math.nan
    rows.attrs["dataset"] = dataset
    rows.attrs["kind"] = describe(dataset)["kind"]
    return rows


def geometry(dataset: str) -> dict[str, Any]:
    """A boundary dataset's TopoJSON, parsed. Its one object is called as the dataset; degrees, WGS 84.

    Raises `ValueError` if the dataset has no boundaries or the file is no topology.
    """
    file = f"{dataset}.topojson"
    _resource(dataset, file)
    try:
        topology = json.loads(_read(_folder(dataset) / file, file).decode("utf-8"))
        whole = topology["type"] == "Topology" and list(topology["objects"]) == [dataset] and topology["arcs"]
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise ValueError(
            f"{file} is not a topology with one object called {dataset}. Run data/{dataset}/make_{dataset}.py again."
        )
    return cast("dict[str, Any]", topology)


def parse(raw: bytes, schema: dict[str, Any], name: str) -> pd.DataFrame:
    """A CSV file's bytes as a DataFrame, checked against a Frictionless table schema.

    Checked: column names and their order, the cells in each row, types, and the constraints required, unique,
    minimum, maximum and enum, then the primary key. Spaces around a cell are dropped. A whole-number column
    with empty cells is `Int64`, without them `int64`. Raises `ValueError` with one sentence; `name` is the
    file's name in it.
    """
    records = list(read_records(raw, name))
    if not records:
        raise ValueError(f"{name} is empty. Write the column names in row 1 and the rows under it.")
    fields = schema["fields"]
    columns = [field["name"] for field in fields]
    _check_header([cell.strip() for cell in records[0]], columns, name)
    for row, record in enumerate(records[1:], start=2):
        if len(record) != len(columns):
            raise ValueError(
                f"{name}, row {row}: there are {len(record)} cells for {len(columns)} columns. "
                "Write one cell for each column, and quotation marks around a cell that holds a comma."
            )
    table = pd.DataFrame(
        {
            field["name"]: _column([record[i].strip() for record in records[1:]], field, name)
            for i, field in enumerate(fields)
        }
    )
    _check_unique(table, schema.get("primaryKey", []), name)
    return table


def read_records(raw: bytes, name: str) -> Iterator[list[str]]:
    """A CSV file's records (lists of text cells), one at a time, so that a caller may stop early.

    Takes comma-separated UTF-8 with or without a byte order mark, with any line ends. Raises `ValueError` for
    other encodings and for quotation marks that do not pair.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{name} is not UTF-8 text. Save it as 'CSV UTF-8 (comma delimited)'.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows = 0
    try:
        for record in reader:
            rows += 1
            yield record
    except csv.Error:
        raise ValueError(
            f"{name}, row {rows + 1}: the quotation marks do not pair, or the cell is far too long. "
            "Write one before and one after a cell that holds a comma."
        ) from None


def number(text: str) -> float:
    """The finite number a cell's text holds. Raises `ValueError` with what is wrong and what to write."""
    text = text.strip()
    if _NUMBER.fullmatch(text):
        value = float(text)
        if math.isfinite(value):
            return value
        raise ValueError(f"{shown(text)} is too large a number. Check it.")
    if text.startswith("="):
        raise ValueError(f"{shown(text)} is a formula, not a number. Write its result.")
    raise ValueError(f"{shown(text)} is not a number. {_mend(text)}")


def shown(text: str) -> str:
    """A cell's text as a message quotes it: unprintable characters escaped, cut after 40 characters."""
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _mend(text: str) -> str:
    """What to write instead of a text that is no number, where that can be told."""
    bare = text.strip("$€£%").replace(" ", "").replace("\xa0", "")
    thousands = bare.replace(",", "")
    decimal = bare.replace(".", "").replace(",", ".") if bare.count(",") == 1 else ""
    if re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]{3}", bare):
        return f"Write {thousands}, or {decimal} if the comma stands before decimals."
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", bare):
        return f"Write {thousands}."
    if re.fullmatch(r"[+-]?([0-9]+|[0-9]{1,3}(\.[0-9]{3})+),[0-9]+", bare):
        return f"Write {decimal}."
    if bare != text and _NUMBER.fullmatch(bare):
        return f"Write {bare}."
    return "Write a number in digits."


def _names() -> list[str]:
    return sorted(path.parent.name for path in root().glob("*/datapackage.json"))


def _folder(dataset: str) -> Path:
    names = _names()
    if dataset not in names:
        near = difflib.get_close_matches(dataset, names, n=3, cutoff=0.5) or names
        raise ValueError(f"There is no dataset {shown(dataset)}. Write one of: {', '.join(near)}.")
    return root() / dataset


def _resource(dataset: str, file: str) -> dict[str, Any]:
    for resource in describe(dataset)["resources"]:
        if resource.get("path") == file:
            return cast("dict[str, Any]", resource)
    raise ValueError(f"{dataset}/datapackage.json describes no {file}. Ask for another dataset.")


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        maker = f"data/{path.parent.name}/make_{path.parent.name}.py"
        raise ValueError(f"{name} is missing. Run {maker} to write it.") from None


def _check_header(header: list[str], columns: list[str], name: str) -> None:
    if header == columns:
        return
    for i, column in enumerate(columns):
        found = header[i] if i < len(header) else None
        if found != column:
            what = "there is no column" if found is None else f"the column is called {shown(found)}"
            raise ValueError(f"{name}, row 1, column {i + 1}: {what}. Write {column}.")
    raise ValueError(f"{name}, row 1: the schema has no column {shown(header[len(columns)])}. Remove it.")


def _column(cells: list[str], field: dict[str, Any], name: str) -> pd.Series:
    """One column's cells converted to its declared type, after its constraints."""
    column, kind, rules = field["name"], field["type"], field.get("constraints", {})
    if kind not in _TYPES:
        raise ValueError(f"{name}, column {column}: the type is {kind!r}. Write one of: {', '.join(_TYPES)}.")
    if unknown := sorted(set(rules) - _CONSTRAINTS):
        raise ValueError(
            f"{name}, column {column}: nothing checks the constraint {unknown[0]!r}. "
            f"Write one of: {', '.join(sorted(_CONSTRAINTS))}."
        )
    values: list[str | float | int | None] = []
    first: dict[str | float | int, int] = {}
    for row, cell in enumerate(cells, start=2):
        where = f"{name}, row {row}, column {column}"
        if not cell:
            if rules.get("required"):
                raise ValueError(f"{where}: the cell is empty. Write a value.")
            values.append(None)
            continue
        value = _value(cell, kind, where)
        _check_limits(value, cell, rules, where)
        if rules.get("unique") and value in first:
            raise ValueError(f"{where}: {shown(cell)} stands in row {first[value]} already. Keep one.")
        first.setdefault(value, row)
        values.append(value)
    dtype = "int64" if kind == "integer" and None not in values else _TYPES[kind]
    return pd.Series(values, dtype=dtype)


def _value(cell: str, kind: str, where: str) -> str | float | int:
    if kind == "string":
        return cell
    try:
        value = number(cell)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    if kind == "number":
        return value
    if not re.fullmatch(r"[+-]?[0-9]{1,15}", cell):
        raise ValueError(f"{where}: {shown(cell)} is not a whole number. Write one of up to 15 digits.")
    return int(cell)


def _check_limits(value: str | float | int, cell: str, rules: dict[str, Any], where: str) -> None:
    if not isinstance(value, str):
        if "minimum" in rules and value < rules["minimum"]:
            raise ValueError(f"{where}: {cell} is too small. Write {rules['minimum']} or more.")
        if "maximum" in rules and value > rules["maximum"]:
            raise ValueError(f"{where}: {cell} is too large. Write {rules['maximum']} or less.")
    if "enum" in rules and value not in rules["enum"]:
        allowed = ", ".join(str(choice) for choice in rules["enum"])
        raise ValueError(f"{where}: {shown(cell)} is not one of the values allowed. Write one of: {allowed}.")


def _check_unique(table: pd.DataFrame, key: str | list[str], name: str) -> None:
    """Every row's primary key must be its own."""
    columns = [key] if isinstance(key, str) else key
    if not columns:
        return
    first: dict[tuple[Any, ...], int] = {}
    for row, values in enumerate(table[columns].itertuples(index=False, name=None), start=2):
        if values in first:
            raise ValueError(
                f"{name}, row {row}, column {' and '.join(columns)}: {', '.join(str(v) for v in values)} "
                f"stands in row {first[values]} already. Keep one."
            )
        first[values] = row
