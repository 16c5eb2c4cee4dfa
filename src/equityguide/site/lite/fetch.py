"""The parts of the browser copy, from where they are published, each known by its SHA-256.

`parts.json` lists them. Most come from the Python package index through pip, the Python runtime from npm. One wheel
(numpy) is on no package index by itself: it comes from Pyodide's own host, and where that cannot be reached from a
wheel of another project that carries the same file. Where a part came from never matters: its hash decides.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from equityguide.site import environment
from equityguide.worksheets.files import replace

PYTHON = "3.12"  # Pyodide's, not ours
ABI = "pyemscripten_2024_0_wasm32"
LINUX = "manylinux2014_x86_64"  # any platform's wheel will do where only its Python files are taken
OFFICIAL = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
CARRIER = "open-webui==0.6.18"
CARRIED = "open_webui/frontend/pyodide/"
SECONDS = 20  # an unreachable host must not hold the build up
WITHOUT = "`make book LITE=0` builds the rest."


class PartMissing(ValueError):
    """A part could not be had or is not the one that was pinned; the text says so in one sentence and a way out."""


@dataclass(frozen=True)
class Part:
    """One file: where it is published (`source`), what it is called there, its hash, and what it is for (`role`)."""

    file: str
    source: str
    requirement: str
    sha256: str
    role: str


def parts() -> list[Part]:
    """Every part, in the order of the file names."""
    listed = json.loads(Path(__file__).with_name("parts.json").read_text("utf-8"))
    return [Part(**one) for one in listed]


def cache() -> Path:
    """Where downloads are kept: the user's cache folder, shared by all checkouts, so `make clean` leaves it alone."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "equityguide" / "lite"


def fetch(wanted: Iterable[Part], folder: Path, show: Callable[[str], None]) -> dict[str, Path]:
    """The wanted parts in `folder`, by file name; what is there already and is right is not fetched again.

    Raises `PartMissing` for a part that nobody has, or that has another hash than the one pinned.
    """
    wanted = list(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [part for part in wanted if not _is(part, folder / part.file)]
    with tempfile.TemporaryDirectory(dir=folder) as made:
        for source, get in _SOURCES.items():
            several = [part for part in lacking if part.source == source]
            if several:
                show(f"downloading {len(several)} parts of the browser copy ({source})")
                get(several, Path(made))
        for part in lacking:
            content = (Path(made) / part.file).read_bytes()
            check(part, content)
            replace(folder / part.file, content)
    return {part.file: folder / part.file for part in wanted}


def check(part: Part, content: bytes) -> None:
    """Raise `PartMissing` unless `content` is the pinned part."""
    found = hashlib.sha256(content).hexdigest()
    if found != part.sha256:
        pinned = f"where {part.sha256[:12]}… is pinned"
        raise PartMissing(f"{part.file} has the SHA-256 {found[:12]}… {pinned}, so it is not used. {WITHOUT}")


def _is(part: Part, path: Path) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == part.sha256


def _pip(requirements: Iterable[str], platform: str, into: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--platform", platform, "--python-version", PYTHON, "--implementation", "cp"]
    command += ["--abi", "cp312", "--dest", str(into), *requirements]
    _run(command, "pip")


def _run(command: list[str], name: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if "error" in line.lower()]
        why = lines[-1] if lines else "no reason given"
        raise PartMissing(f"{name} could not get a part of the browser copy ({why}). {WITHOUT}")


def _from_index(wanted: list[Part], into: Path) -> None:
    _pip((part.requirement for part in wanted), ABI, into)


def _from_index_for_linux(wanted: list[Part], into: Path) -> None:
    _pip((part.requirement for part in wanted), LINUX, into)


def _from_npm(wanted: list[Part], into: Path) -> None:
    for part in wanted:
        _run([*environment.npm(), "pack", "--silent", part.requirement, "--pack-destination", str(into)], "npm")


def _from_pyodide(wanted: list[Part], into: Path) -> None:
    for part in wanted:
        try:
            with urllib.request.urlopen(OFFICIAL + part.file, timeout=SECONDS) as answer:
                (into / part.file).write_bytes(answer.read())
        except OSError:
            _from_carrier(part, into)


def _from_carrier(part: Part, into: Path) -> None:
    _pip([CARRIER], ABI, into)
    with zipfile.ZipFile(next(into.glob(f"{CARRIER.split('=')[0].replace('-', '_')}-*.whl"))) as carrier:
        (into / part.file).write_bytes(carrier.read(CARRIED + part.file))


_SOURCES: dict[str, Callable[[list[Part], Path], None]] = {
    "pypi": _from_index,
    "pypi-linux": _from_index_for_linux,
    "npm": _from_npm,
    "pyodide": _from_pyodide,
}
