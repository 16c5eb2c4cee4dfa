"""The trainer's edition: all pages of the public one in their order, and each worksheet's solution below it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import small_book
import yaml
from bs4 import BeautifulSoup
from leak import leaks
from packaging.requirements import Requirement

from equityguide.site import assignments, editions
from equityguide.site.build import build
from equityguide.worksheets import learner

SOURCE = """---
worksheet: {title: Walks, minutes: 5, chapter: one}
---

# Walks

Five minutes. See [the chapter](../book/one.md).

## Task 1: count

```{code-cell}
---
name: form
tags: [hide-input]
---
from equityguide.worksheets import forms
walk = forms.Form("walk", "Task 1. Your walk", [forms.text("steps", "How many steps to the nearest bus stop?")])
### BEGIN SOLUTION
walk["steps"] = "exactly four hundred and twelve steps"
### ANSWER: 412 steps
### END SOLUTION
walk
```

+++ {"tags": ["solution"]}

**Why.** Neighbors with a stroller counted these steps twice before anybody drew a map.
"""


def book(folder: Path) -> Path:
    root = small_book.write(folder, {"one": "# One\n\nWords only.\n"})
    (root / "exercises" / "source").mkdir(parents=True)
    (root / "exercises" / "source" / "walks.md").write_text(SOURCE, "utf-8")
    learner.write(root)
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    toc["chapters"].append({"file": "exercises/walks"})
    (root / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), "utf-8")
    return root


def test_the_real_contents_differ_by_the_solutions_alone(root: Path, tmp_path: Path) -> None:
    from sphinx_external_toc.parsing import parse_toc_yaml

    public = list(parse_toc_yaml(editions.contents(root, editions.PUBLIC, tmp_path)))
    trainer = list(parse_toc_yaml(editions.contents(root, editions.TRAINER, tmp_path)))
    assert not [name for name in public if "solutions" in name]
    assert [name for name in trainer if "solutions" not in name] == public
    added = sorted(name for name in trainer if "solutions" in name)
    assert added == sorted(f"exercises/solutions/{name.rpartition('/')[2]}" for name in editions.worksheets(public))
    assert len(added) >= 5


def test_solutions_are_in_the_trainers_edition_and_nowhere_in_the_public_one(tmp_path: Path) -> None:
    root = book(tmp_path / "book")
    source = [root / "exercises" / "source" / "walks.md"]
    public = build(root, lite=False)
    before = {path.relative_to(public): path.read_bytes() for path in public.rglob("*") if path.is_file()}
    trainer = build(root, lite=False, edition=editions.TRAINER)
    assert leaks(public, source) == []
    assert {found.split(" holds ")[0] for found in leaks(trainer, source)} >= {
        "exercises/solutions/walks.html",
        "exercises/solutions/walks.ipynb",
    }
    page = BeautifulSoup((trainer / "exercises/solutions/walks.html").read_text("utf-8"), "lxml")
    assert [title.get_text().rstrip("#") for title in page.select("h1")] == ["Walks: solution"]
    assert page.select_one('textarea, input[value="exactly four hundred and twelve steps"]') is not None
    links = [str(link["href"]) for link in page.select("article a[href$='.html']")]
    assert links == ["../walks.html", "../../book/one.html"]
    assert ["trainer" in title.get_text() for title in page.select("head title")] == [True]
    # Neither build touches the other, and the trainer's has every public page.
    assert before == {path.relative_to(public): path.read_bytes() for path in public.rglob("*") if path.is_file()}
    pages = {path.relative_to(public).as_posix() for path in public.rglob("*.html")}
    added = {path.relative_to(trainer).as_posix() for path in trainer.rglob("*.html")} - pages
    assert added == {"exercises/solutions/walks.html"}
    assert not list(trainer.rglob("exercises/solutions/*.docx"))
    for name in ("LICENSE", "LICENSE-content"):
        shutil.copy(small_book.ROOT / name, root)
    (root / "requirements.txt").write_text("".join(f"{one}==1.0\n" for one in assignments.RUNS_ON), "utf-8")
    said: list[str] = []
    out = assignments.write(root, said.append)
    assert said == ["packing 1 of 1: worksheet walks"]
    assert leaks(out, source) == []
    assert [path.relative_to(out).as_posix() for path in out.rglob("*.zip")] == ["worksheets/walks.zip"]


@pytest.mark.parametrize("python", ["3.11.9", "3.12.0", "3.13.5"])
def test_a_worksheets_zip_has_one_version_of_each_package_for_each_python(root: Path, python: str) -> None:
    needed = [Requirement(line) for line in assignments.pins((root / "requirements.txt").read_text("utf-8"))]
    fits = [one.name for one in needed if one.marker is None or one.marker.evaluate({"python_full_version": python})]
    assert sorted(fits) == sorted(assignments.RUNS_ON)


def test_assignments_ask_for_a_built_book(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^The book has not been built yet\. Run `make book` first\.$"):
        assignments.write(tmp_path, print)
