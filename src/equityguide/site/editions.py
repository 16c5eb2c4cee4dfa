"""The editions of the book: the public one, and the trainer's, which adds each worksheet's solution.

The trainer's table of contents is made from `_toc.yml` at each build, so that the two cannot differ in anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from equityguide.site import yamls

WORKSHEETS, SOLUTIONS = "exercises", "exercises/solutions"


@dataclass(frozen=True)
class Edition:
    """One edition: its folder in `_build`, where it is worked on, its log, what its title adds, and its worksheets."""

    name: str
    work: str
    log: str
    mark: str
    worksheets: tuple[str, ...]


PUBLIC = Edition("html", ".work", "build.log", "", (WORKSHEETS,))
TRAINER = Edition("trainer", ".work-trainer", "trainer.log", ": trainer's edition", (WORKSHEETS, SOLUTIONS))


def contents(root: Path, edition: Edition, work: Path) -> Path:
    """The edition's table of contents: `_toc.yml` itself, or a copy of it in `work` with each solution under its
    worksheet.
    """
    public = root / "_toc.yml"
    if SOLUTIONS not in edition.worksheets:
        return public
    made = work / "_toc.yml"
    made.write_text(yaml.safe_dump(with_solutions(root, yamls.loaded(public.read_text("utf-8"))), sort_keys=False))
    return made


def with_solutions(root: Path, node: Any) -> Any:
    """A table of contents with each worksheet's solution as a page below it, where there is one."""
    if isinstance(node, list):
        return [with_solutions(root, child) for child in node]
    if not isinstance(node, dict):
        return node
    node = {key: with_solutions(root, value) for key, value in node.items()}
    folder, _, stem = str(node.get("file", "")).rpartition("/")
    if folder == WORKSHEETS and (root / SOLUTIONS / f"{stem}.ipynb").exists():
        node["sections"] = [*node.get("sections", []), {"file": f"{SOLUTIONS}/{stem}"}]
    return node


def worksheets(pages: Iterable[str]) -> list[str]:
    """The learners' pages among these."""
    return [page for page in pages if page.rpartition("/")[0] == WORKSHEETS]
