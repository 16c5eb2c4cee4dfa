"""What the tests that run notebooks share: nbval on one file, in a project of its own, and reading a notebook."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "exercises"
STEMS = sorted(path.stem for path in (EXERCISES / "source").glob("*.md"))


# What is neither in a reader's browser nor in the zip that a trainer hands out (DESIGN 2).
ELSEWHERE = ("lxml", "pyarrow", "scipy", "statsmodels")


def nbval(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a notebook by nbval, without the packages that are not there where readers run it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ELSEWHERE:
            (Path(folder) / f"{name}.py").write_text(f"raise ModuleNotFoundError('no {name} here')\n", "utf-8")
        return _nbval(path, Path(folder), *options)


def _nbval(path: Path, modules: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "EQUITYGUIDE_BOOK"}
    env["PYTHONPATH"] = str(modules)
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
