"""What a trainer hands out: SCORM packages of the chapters and a zip of each worksheet, in `_build/assignments`."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from equityguide.site import editions, folder, paths, scorm, teaching, yamls
from equityguide.site.lite import wheel

# What a worksheet needs beside the package, each pinned as in requirements.txt, and a program that opens notebooks.
RUNS_ON = ("altair", "ipywidgets", "narwhals", "numpy", "pandas", "pyyaml")
OPENS = "jupyterlab>=4,<5"

GUIDE = """{title}
A worksheet of the guidebook Closing the Gap.

Without a notebook: fill in {stem}.docx in Word.

With Python 3.11 or newer, in this folder:

    python -m venv here
    here/bin/pip install -r requirements.txt      (on Windows: here\\Scripts\\pip)
    here/bin/jupyter lab {stem}.ipynb             (on Windows: here\\Scripts\\jupyter)

The first two lines fetch Python packages from PyPI, once. Then open the Run menu and choose Run All Cells.
What you type stays in this folder. Leave out anything about a patient and the names of colleagues.
"""


def write(root: Path, show: Callable[[str], None]) -> Path:
    """Write all packages from the built site of the checkout `root`; returns their folder, which changes in whole.

    `show` is told what is being packed. Raises `ValueError` where the book has not been built.
    """
    site, out = root / "_build" / editions.PUBLIC.name, root / "_build" / "assignments"
    if not (site / "index.html").exists():
        raise ValueError("The book has not been built yet. Run `make book` first.")
    folder.recover(out)
    new = folder.beside(out, "new")
    lessons = teaching.lessons(root)
    stems = [page.rpartition("/")[2] for page in editions.worksheets(_pages(root))]
    total = len(lessons) + len(stems)
    try:
        for name in ("scorm", "worksheets"):
            (new / name).mkdir(parents=True)
        for number, lesson in enumerate(lessons, start=1):
            show(f"packing {number} of {total}: chapter {lesson.id}")
            (new / "scorm" / f"{lesson.id}.zip").write_bytes(scorm.package(site, lesson))
        package = wheel.own(root) if stems else ("", b"")
        for number, stem in enumerate(stems, start=len(lessons) + 1):
            show(f"packing {number} of {total}: worksheet {stem}")
            (new / "worksheets" / f"{stem}.zip").write_bytes(worksheet(root, site, stem, package))
        folder.swap(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return out


def progress(said: str) -> None:
    """Say what is being done: one line written over on a terminal, else a line each. Nothing said ends that line."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{said}", end="", file=sys.stderr, flush=True)
    elif said:
        print(said, file=sys.stderr)


def worksheet(root: Path, site: Path, stem: str, package: tuple[str, bytes]) -> bytes:
    """One worksheet's zip: learner's notebook, Word file, guide, and the package (a wheel) with what it runs on."""
    notebook = root / editions.WORKSHEETS / f"{stem}.ipynb"
    filled_in = site / editions.WORKSHEETS / f"{stem}.docx"
    name, content = package
    needed = [f"./{name}", *pins((root / "requirements.txt").read_text("utf-8")), OPENS]
    files = {
        f"{stem}.ipynb": notebook.read_bytes(),
        name: content,
        "requirements.txt": ("\n".join(needed) + "\n").encode(),
        "README.txt": GUIDE.format(title=stem.replace("-", " ").capitalize(), stem=stem).encode(),
    }
    if filled_in.is_file():
        files[f"{stem}.docx"] = filled_in.read_bytes()
    return scorm.zipped({f"{stem}/{name}": content for name, content in files.items()})


def pins(requirements: str) -> list[str]:
    """The lines that pin what a worksheet runs on: several for a package that has a version for each Python."""
    return [line for line in requirements.splitlines() if line.partition("==")[0] in RUNS_ON]


def _pages(root: Path) -> list[str]:
    return paths.pages(yamls.loaded((root / "_toc.yml").read_text("utf-8")))
