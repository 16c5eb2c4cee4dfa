"""The package as a wheel for the browser: what it holds, the same bytes each time, and Pyodide's list."""

from __future__ import annotations

import hashlib
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


def test_the_list_names_each_wheel_with_its_hash_and_modules(tmp_path: Path) -> None:
    name, content = wheel.packed("Two_Words", "3", "MIT", {"two/__init__.pyc": b"x", "three.pyc": b"y"}, {})
    (tmp_path / name).write_bytes(content)
    listed = wheel.lock([tmp_path / name], {"info": {"arch": "wasm32"}, "packages": {"old": {}}})
    assert listed["info"] == {"arch": "wasm32"}
    [(key, about)] = listed["packages"].items()
    assert key == "two-words"
    assert about["imports"] == ["three", "two"]
    assert about["sha256"] == hashlib.sha256(content).hexdigest()
    assert about["file_name"] == name


def test_the_stubs_stand_where_the_kernel_expects_an_installer(root: Path) -> None:
    names = {name.split("-")[0] for name, _ in wheel.stubs(root)}
    assert names == {"piplite", "micropip", "rpds_py"}
    namespace: dict[str, Any] = {}
    exec(wheel.STUBS["piplite"]["piplite/piplite.py"], namespace)
    for wanted, refused in (("jedi", False), ("requests", True)):
        running = namespace["install"](wanted, keep_going=True)
        if refused:
            with pytest.raises(ValueError, match="installs nothing"):
                running.send(None)
        else:
            with pytest.raises(StopIteration):
                running.send(None)


def test_what_ships_as_json_is_in_one_order() -> None:
    assert wheel.dumped({"b": 1, "a": [2]}) == b'{"a":[2],"b":1}'
    assert json.loads(wheel.dumped({"b": 1})) == {"b": 1}
