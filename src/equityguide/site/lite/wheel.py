"""Python's side of the browser copy: the package as a wheel, all wheels compiled, and what must be unpacked."""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from collections.abc import Mapping
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from equityguide.site import stale
from equityguide.site.environment import node

WHEN = (1980, 1, 1, 0, 0, 0)
# What builds the book has no use in a worksheet, and the learner's copies are made from sources with solutions.
_LEFT_OUT = ("site/", "__main__.py", "worksheets/learner.py")
_DATA = (".csv", ".json", ".topojson", ".yml")
# The kernel installs with the first two. Here everything is loaded already, and nothing is ever fetched from
# elsewhere. The third is what altair's jsonschema needs of a package that has no build for the browser.
STUBS = {
    "piplite": {
        "piplite/__init__.py": "from piplite.piplite import install\n",
        "piplite/piplite.py": (
            "async def install(requirements, *rest, **options):\n"
            "    raise ValueError('This worksheet has all it needs here and installs nothing.')\n"
        ),
    },
    "micropip": {"micropip/__init__.py": ""},
    "rpds_py": {"rpds/__init__.py": Path(__file__).with_name("rpds.py").read_text("utf-8")},
}


class CompileFailed(ValueError):
    """The wheels could not be compiled; the text says why in one sentence."""


def own(root: Path) -> tuple[str, bytes]:
    """The package of the checkout `root` with its data: file name and content, the same for the same sources."""
    package = root / "src" / "equityguide"
    files = {
        f"equityguide/{name}": path.read_bytes()
        for path in stale.files(package)
        if not (name := path.relative_to(package).as_posix()).startswith(_LEFT_OUT)
    }
    for path in stale.files(root / "data"):
        if path.suffix in _DATA:
            files[f"equityguide/_data/{path.relative_to(root / 'data').as_posix()}"] = path.read_bytes()
    licenses = {name: (root / name).read_bytes() for name in ("LICENSE", "LICENSE-content")}
    return packed("equityguide", version("equityguide"), "MIT", files, licenses)


def stubs(root: Path) -> list[tuple[str, bytes]]:
    """The small wheels that stand in for packages that are not in the browser copy, under the checkout's license."""
    license = {"LICENSE": (root / "LICENSE").read_bytes()}
    return [
        packed(name, "0", "MIT", {path: text.encode() for path, text in files.items()}, license)
        for name, files in STUBS.items()
    ]


def packed(
    name: str, number: str, license: str, files: Mapping[str, bytes], licenses: Mapping[str, bytes]
) -> tuple[str, bytes]:
    """A pure wheel of `files`. Its build number is a digest: another content has another file name."""
    about = f"{name}-{number}.dist-info"
    head = f"Metadata-Version: 2.4\nName: {name}\nVersion: {number}\nLicense-Expression: {license}\n"
    tags = "Wheel-Version: 1.0\nGenerator: equityguide\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    everything = {
        **files,
        **{f"{about}/licenses/{file}": content for file, content in licenses.items()},
        f"{about}/METADATA": head.encode(),
        f"{about}/WHEEL": tags.encode(),
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for path, content in sorted(everything.items()):
            made.writestr(zipfile.ZipInfo(path, WHEN), content, zipfile.ZIP_DEFLATED)
    digest = hashlib.sha256(repr(sorted(everything.items())).encode()).hexdigest()[:8]
    return f"{name}-{number}-0{digest}-py3-none-any.whl", stream.getvalue()


def compiled(runtime: Path, wheels: Path, out: Path) -> None:
    """Compile every wheel of the folder `wheels` into the folder `out` with the Pyodide in `runtime`.

    The same wheels give the same bytes, if they are compiled together. Raises `CompileFailed`.
    """
    script = Path(__file__).with_name("compile.mjs")
    done = subprocess.run(
        [str(node()), str(script), str(runtime), str(wheels), str(out)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or "Node.js said nothing").splitlines()[-1]
        raise CompileFailed(f"The browser copy's Python could not be compiled: {said}")


def holds_more_than_modules(path: Path) -> bool:
    """Whether Python cannot use the wheel as it is: it holds libraries, or our data, which are opened by their path."""
    with zipfile.ZipFile(path) as wheel:
        return any(name.endswith(".so") or "/_data/" in name for name in wheel.namelist())


def dumped(found: Mapping[str, Any] | list[dict[str, Any]]) -> bytes:
    """JSON as it ships: short, in one order."""
    return json.dumps(found, sort_keys=True, separators=(",", ":")).encode()
