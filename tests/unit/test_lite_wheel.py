"""The package as a wheel for the browser: what it holds, the same bytes each time, and which wheels are unpacked."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from leak import leaks

from equityguide.site.lite import wheel


def test_the_wheel_holds_code_and_data_and_nothing_that_builds_or_solves(root: Path, tmp_path: Path) -> None:
    name, content = wheel.own(root)
    names = zipfile.ZipFile(BytesIO(content)).namelist()
    assert "equityguide/worksheets/journal.py" in names
    assert "equityguide/_data/chicago_life_expectancy/chicago_life_expectancy.csv" in names
    assert "equityguide/_data/chicago_life_expectancy/datapackage.json" in names
    assert not [n for n in names if "/site/" in n or "make_" in n or n.endswith(("learner.py", "__main__.py"))]
    # Byte code hides words from the search of the built site: the source form is searched here.
    (tmp_path / name).write_bytes(content)
    assert leaks(tmp_path, sorted((root / "exercises" / "source").glob("*.md"))) == []


def test_the_same_sources_give_the_same_bytes_in_any_folder_at_any_time(root: Path, tmp_path: Path) -> None:
    for folder in ("src", "data"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in tmp_path.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    for name in ("LICENSE", "LICENSE-content"):
        shutil.copy(root / name, tmp_path)
    assert wheel.own(tmp_path) == wheel.own(root)


def test_another_content_has_another_name(root: Path) -> None:
    name, content = wheel.packed("one", "1", "MIT", {"one/__init__.py": b"A = 1\n"}, {})
    other, _ = wheel.packed("one", "1", "MIT", {"one/__init__.py": b"A = 2\n"}, {})
    assert name != other
    assert name.startswith("one-1-0")
    assert zipfile.ZipFile(BytesIO(content)).read("one-1.dist-info/METADATA").startswith(b"Metadata-Version")


@pytest.mark.parametrize(
    ("name", "unpacked"),
    [
        ("two/lib.cpython-312-wasm32-emscripten.so", True),
        ("two/_data/one/one.csv", True),
        ("two/part.pyc", False),
        ("two/py.typed", False),
    ],
)
def test_a_wheel_is_unpacked_for_libraries_and_data_alone(tmp_path: Path, name: str, unpacked: bool) -> None:
    file, content = wheel.packed("two", "3", "MIT", {"two/__init__.pyc": b"x", name: b"y"}, {})
    (tmp_path / file).write_bytes(content)
    assert wheel.holds_more_than_modules(tmp_path / file) is unpacked


def test_the_stubs_stand_where_the_kernel_expects_an_installer(root: Path) -> None:
    names = {name.split("-")[0] for name, _ in wheel.stubs(root)}
    assert names == {"piplite", "micropip", "rpds_py"}
    namespace: dict[str, Any] = {}
    exec(wheel.STUBS["piplite"]["piplite/piplite.py"], namespace)
    with pytest.raises(ValueError, match="installs nothing"):
        namespace["install"]("requests", keep_going=True).send(None)


def test_what_ships_as_json_is_in_one_order() -> None:
    assert wheel.dumped({"b": 1, "a": [2]}) == b'{"a":[2],"b":1}'
    assert json.loads(wheel.dumped({"b": 1})) == {"b": 1}
