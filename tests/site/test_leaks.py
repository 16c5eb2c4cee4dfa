"""What the public gets holds no worksheet's solution: the site in any file of any kind, the packages, the code."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from leak import leaks
from toc_pages import WORKSHEETS

from equityguide.site import assignments, scorm, teaching
from equityguide.site.lite import wheel


def sources(root: Path) -> list[Path]:
    found = sorted((root / "exercises" / "source").glob("*.md"))
    assert found
    return found


def test_no_solution_in_the_built_site(site: Path, root: Path) -> None:
    assert leaks(site, sources(root)) == []


def test_no_solution_has_a_page_or_a_line_in_the_index(site: Path) -> None:
    assert [path for path in site.rglob("*") if "solution" in path.name.lower()] == []
    index = (site / "searchindex.js").read_text("utf-8")
    names = json.loads(index.partition("Search.setIndex(")[2].rstrip().rstrip(";").removesuffix(")"))["docnames"]
    assert [name for name in names if "solutions" in name] == []


def test_no_solution_in_what_trainers_hand_out(site: Path, root: Path, tmp_path: Path) -> None:
    for name in WORKSHEETS:
        stem = name.rpartition("/")[2]
        (tmp_path / f"{stem}.zip").write_bytes(assignments.worksheet(root, site, stem, wheel.own(root)))
    for lesson in teaching.lessons(root):
        (tmp_path / f"scorm-{lesson.id}.zip").write_bytes(scorm.package(site, lesson))
    assert len(list(tmp_path.iterdir())) > 20
    assert leaks(tmp_path, sources(root)) == []


def test_solutions_and_truths_lie_outside_the_package(root: Path) -> None:
    package = root / "src" / "equityguide"
    assert leaks(package, sources(root)) == []
    said = [path.name for path in package.rglob("*.py") if "truths" in path.read_text("utf-8")]
    assert said == []
    with zipfile.ZipFile(io.BytesIO(wheel.own(root)[1])) as made:
        assert [name for name in made.namelist() if "truth" in name or "solution" in name] == []
