"""Two builds of one book in different folders, time zones and hash seeds are the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import small_book
from small_book import FIGURE, cell, page

SETS = cell("import pandas as pd\npd.DataFrame({'area': sorted({'East', 'North', 'West'}), 'visits': [4, 7, 5]})")


def started(folder: Path, zone: str, seed: str) -> subprocess.Popen[str]:
    pages = {
        "one": page("One", "Text with $a^2$ in it.", FIGURE.replace("NAME", "visits")),
        "two": page("Two", "## A part", SETS, "## Another part", FIGURE.replace("NAME", "more-visits")),
        "three": "# Only words\n\nSee {doc}`one` and [the part](two.md).\n",
    }
    book = small_book.write(folder, pages)
    env = {**os.environ, "TZ": zone, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "equityguide", "book"]
    return subprocess.Popen(command, cwd=book, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_folder_zone_and_seed_do_not_show(tmp_path: Path) -> None:
    first = started(tmp_path / "one" / "book", "Pacific/Auckland", "1")
    second = started(tmp_path / "a much longer name" / "for the other" / "book", "America/Chicago", "99")
    for running in (first, second):
        said, _ = running.communicate(timeout=120)
        assert running.returncode == 0, said
    one, two = (
        {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
        for site in (
            tmp_path.joinpath(*parts, "book", "_build", "html")
            for parts in [("one",), ("a much longer name", "for the other")]
        )
    )
    one.pop(".buildinfo", None)
    two.pop(".buildinfo", None)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
