"""The digest that outputs are kept under."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import small_book

from equityguide.site.stale import digest


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return small_book.write(tmp_path / "here", {})


@pytest.mark.parametrize("name", ["data/visits/visits.csv", "src/helper.py", "requirements.lock"])
def test_content_that_cells_depend_on_changes_it(book: Path, name: str) -> None:
    before = digest(book)
    with (book / name).open("a") as file:
        file.write("# more\n")
    assert digest(book) != before


@pytest.mark.parametrize("name", ["data/more/more.csv", "src/another.py"])
def test_a_new_file_changes_it(book: Path, name: str) -> None:
    before = digest(book)
    (book / name).parent.mkdir(exist_ok=True)
    (book / name).write_text("")
    assert digest(book) != before


def test_a_new_name_changes_it(book: Path) -> None:
    before = digest(book)
    (book / "src" / "helper.py").rename(book / "src" / "helpers.py")
    assert digest(book) != before


def test_place_time_pages_and_caches_do_not(book: Path) -> None:
    before = digest(book)
    for path in book.rglob("*"):
        os.utime(path, (1, 1))
    (book / "book" / "index.md").write_text("# Other words\n")
    (book / "src" / "__pycache__").mkdir()
    (book / "src" / "__pycache__" / "helper.py").write_text("")
    assert digest(book) == before
    assert digest(shutil.copytree(book, book.with_name("elsewhere"))) == before
