"""What ships has no GPL or AGPL dependency: the package's own requirements, and theirs, all the way down."""

from __future__ import annotations

import json
import re
import zipfile
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from equityguide.site.lite import fetch

COPYLEFT = re.compile(r"\b(?:A?GPL|GNU (?:Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"\bLGPL|Lesser General Public", re.IGNORECASE)


def _license(name: str) -> str:
    meta = distribution(name).metadata
    classifiers = [c for c in meta.get_all("Classifier") or [] if c.startswith("License")]
    return " ".join([meta.get("License-Expression") or "", meta.get("License") or "", *classifiers])


def _needed(name: str, extras: frozenset[str] = frozenset()) -> set[str]:
    """Distribution names that `name` with `extras` pulls in on this machine, itself included."""
    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        current, wanted = waiting.pop()
        if current in found:
            continue
        found.add(current)
        for text in distribution(current).requires or []:
            requirement = Requirement(text)
            extra_sets = [{"extra": extra} for extra in (*wanted, "")]
            if requirement.marker is None or any(requirement.marker.evaluate(e) for e in extra_sets):
                waiting.append((requirement.name.lower().replace("_", "-"), frozenset(requirement.extras)))
    return found


def test_no_copyleft_in_what_the_package_needs() -> None:
    needed = _needed("equityguide")
    assert {"pandas", "altair", "numpy"} <= needed
    found = {name: _license(name) for name in needed}
    assert {n: said for n, said in found.items() if COPYLEFT.search(LESSER.sub("", said))} == {}


def test_the_rule_finds_what_it_is_for() -> None:
    for text in (
        "GPL-3.0-or-later",
        "GNU General Public License v3 (GPLv3)",
        "AGPL-3.0",
        "GNU Affero General Public License",
    ):
        assert COPYLEFT.search(text)
    assert not COPYLEFT.search(LESSER.sub("", "GNU Lesser General Public License v3 (LGPLv3)"))


def test_no_copyleft_among_the_javascript_packages(root: Path) -> None:
    packages = json.loads((root / "package-lock.json").read_text("utf-8"))["packages"]
    assert len(packages) > 5
    assert {
        name for name, about in packages.items() if COPYLEFT.search(LESSER.sub("", str(about.get("license"))))
    } == set()


# What Pyodide is made of states its license in its own package only; no wheel says it.
RUNTIME = {"pyodide": "MPL-2.0"}


def test_no_copyleft_in_what_the_browser_copy_ships(site: Path) -> None:
    shipped = sorted((site / "lite" / "static" / "pyodide").glob("*.whl"))
    assert {path.name.split("-")[0] for path in shipped} >= {"pandas", "numpy", "altair", "ipywidgets", "equityguide"}
    found: dict[str, str] = {}
    for path in shipped:
        with zipfile.ZipFile(path) as wheel:
            names = wheel.namelist()
            text = wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
            # A license owes its text to whoever gets the work.
            owed = [name for name in names if re.search(r"\.dist-info/.*(LICEN[CS]E|COPYING)", name, re.IGNORECASE)]
            full = " ".join(wheel.read(name).decode("utf-8", "replace") for name in owed)
        meta = HeaderParser().parsestr(text)
        classifiers = [c for c in meta.get_all("Classifier") or [] if c.startswith("License")]
        said = " ".join([meta["License-Expression"] or "", meta["License"] or "", *classifiers])
        found[path.name] = said if said.strip() else full
        assert owed, f"{path.name} ships without its license"
    assert {name for name, said in found.items() if not said.strip()} == set()
    assert {name for name, said in found.items() if COPYLEFT.search(LESSER.sub("", said))} == set()
    assert {part.requirement.split("@")[0] for part in fetch.parts() if part.role == "runtime"} == set(RUNTIME)
    assert not any(COPYLEFT.search(said) for said in RUNTIME.values())


def test_no_copyleft_among_the_scripts_of_the_notebook(site: Path) -> None:
    listings = sorted((site / "lite").rglob("third-party-licenses.json"))
    assert len(listings) >= 3
    for listing in listings:
        packages = json.loads(listing.read_text("utf-8"))["packages"]
        assert packages
        # "MIT or GPL", as one says it, leaves the choice to whoever ships it.
        forced = {p["name"]: p["licenseId"] for p in packages if not re.search(r"\bOR\b", str(p["licenseId"]))}
        assert {name: said for name, said in forced.items() if COPYLEFT.search(LESSER.sub("", str(said)))} == {}


def test_lock_files_name_no_registry(root: Path) -> None:
    for name in (
        "requirements.txt",
        "requirements.lock",
        "requirements-engines.lock",
        "package-lock.json",
        "benchmarks/package-lock.json",
    ):
        text = (root / name).read_text("utf-8")
        for line in text.splitlines():
            if "://" in line and not re.search(r'"(?:url|homepage)":', line):
                raise AssertionError(f"{name}: {line.strip()}")
