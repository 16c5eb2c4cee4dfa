"""What the tests that run notebooks share: nbval on one file, in a project of its own, and reading a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "exercises"
STEMS = sorted(path.stem for path in (EXERCISES / "source").glob("*.md"))


def nbval(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "EQUITYGUIDE_BOOK"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-current-env",
        "--nbval-cell-timeout",
        "120",
        *options,
        str(path),
    ]
    # Its own root: the book's pytest settings are for the book's tests.
    apart = ["-p", "no:cacheprovider", "-q", "--rootdir", str(path.parent), "-c", os.devnull]
    return subprocess.run([*command, *apart], capture_output=True, text=True, env=env, cwd=path.parent)


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
