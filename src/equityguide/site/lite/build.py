"""Lays out the folder `lite/` of the site: JupyterLite, its Python, the wheels and the worksheets.

What others made (`_base`) is unpacked and compiled once for each set of parts. The package and the worksheets are
put in at each build, so that neither is ever older than the book beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

from equityguide.site import stale
from equityguide.site.drawing import VEGA_LITE
from equityguide.site.lite import fetch, page, wheel

RUNTIME = "static/pyodide"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
_CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
_APP = ("build/", "notebooks/", "config-utils.js", "service-worker.js", "jupyter-lite.ipynb", "icon-120x120.png")
# What JupyterLite's kernel would install by itself; jedi, which completes what one types, stays out.
_ASKED_FOR = ("comm", "ipykernel", "ipython", "jedi", "micropip", "piplite", "pyodide-kernel")
# Other apps than the notebook's, and forms of the icon font that no browser of today asks for.
_NOT_SHIPPED = (".map", ".eot", ".ttf", "fa-brands-400.svg", "fa-regular-400.svg", "fa-solid-900.svg")
_EXTENSIONS = "/share/jupyter/labextensions/"
_WHEN = "2000-01-01T00:00:00Z"  # a date is asked for; the same worksheets are to give the same file
# How the notebook's file store keeps a file, by its ending; it knows none by itself.
_FILE_TYPES = {
    name: {"name": name, "extensions": [f".{name}"], "mimeTypes": [mime], "fileFormat": kept}
    for name, mime, kept in (
        ("ipynb", "application/x-ipynb+json", "json"),
        ("json", "application/json", "text"),
        ("csv", "text/csv", "text"),
    )
}
_SETTINGS = {
    # A saved notebook holds the tables and charts that were drawn from answers, so only the reader saves it. What was
    # typed in a form is never in it: the journal keeps that, when asked to.
    "@jupyterlab/docmanager-extension:plugin": {"autosave": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyter-notebook/application-extension:top": {"visible": "no"},
}


def build(root: Path, out: Path, cache: Path, stems: Sequence[str], show: Callable[[str], None]) -> None:
    """Write the browser copy of the worksheets `stems` of the checkout `root` into `out`, which must not exist.

    `cache` keeps what can be used again. Raises `fetch.PartMissing` or `wheel.CompileFailed`.
    """
    base = _base(root, cache, show)
    shutil.copytree(base, out, copy_function=shutil.copyfile)
    sheets = [page.sheet(stem, (root / "exercises" / f"{stem}.ipynb").read_text("utf-8")) for stem in sorted(stems)]
    own = _own(root, base, cache, show)
    shutil.copyfile(own, out / RUNTIME / own.name)
    (out / "stock-lock.json").unlink()
    python, kernel = _workers(out)
    config = _config(json.loads((base / "jupyter-lite.json").read_text("utf-8")), python, out)
    _put(out / "jupyter-lite.json", wheel.dumped(config))
    for sheet in sheets:
        _put(out / "files" / f"{sheet.stem}.ipynb", sheet.notebook)
    _put(out / "api" / "contents" / "all.json", wheel.dumped(_contents(sheets)))
    store = f"equityguide-lite-{base.name.removeprefix('base-')}"
    private = [sheet.stem for sheet in sheets if sheet.private]
    _scripts(out, store, [f"{RUNTIME}/{own.name}"], kernel, private)
    number = config["jupyter-config-data"]["appVersion"]
    _put(out / "index.html", page.start(sheets, _loaded(out), number, store).encode())


def charts() -> str:
    """Where the book's chart library stands in `lite/`: another version, another name."""
    return f"static/vega-{version('vl-convert-python')}-{VEGA_LITE}.js"


# --- what others made ---


def _base(root: Path, cache: Path, show: Callable[[str], None]) -> Path:
    """JupyterLite, its kernel and all wheels but ours, made once for each set of parts and each form of this code."""
    here = Path(__file__).parent
    code = [here / name for name in ("parts.json", "compile.mjs", "compile.py", "rpds.py", "wheel.py", "build.py")]
    base = cache / f"base-{stale.fingerprint(here, code)[:16]}"
    if not base.exists():
        parts = fetch.parts()
        got = fetch.fetch(parts, fetch.cache(), show)
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as made:
            new = Path(made) / "base"
            _unpack_app(got, new)
            _unpack_runtime(next(got[p.file] for p in parts if p.role == "runtime"), new)
            for path in _compiled_parts(parts, got, new / RUNTIME, show):
                shutil.copyfile(path, new / RUNTIME / path.name)
            for name, content in wheel.stubs(root):
                _put(new / RUNTIME / name, content)
            for other in cache.glob("base-*"):
                shutil.rmtree(other)
            new.rename(base)
    return base


def _unpack_app(got: Mapping[str, Path], out: Path) -> None:
    for path in got.values():
        if path.name.startswith("jupyterlite_core-"):
            with zipfile.ZipFile(path) as package:
                inner = next(name for name in package.namelist() if name.endswith(".tgz"))
                archive = BytesIO(package.read(inner))
            with tarfile.open(fileobj=archive) as app:
                for member in app.getmembers():
                    name = member.name.removeprefix("package/")
                    stream = app.extractfile(member) if member.isfile() else None
                    wanted = name.startswith(_APP) or name == "jupyter-lite.json"
                    if stream and wanted and not name.endswith(_NOT_SHIPPED):
                        _put(out / name, stream.read())
    schemas: list[dict[str, Any]] = []
    for path in sorted(got.values()):
        if path.name.startswith(("jupyterlite_pyodide_kernel-", "jupyterlab_widgets-")):
            with zipfile.ZipFile(path) as package:
                schemas += _unpack_extension(package, out)
    _put(out / "build" / "schemas" / "all_federated.json", wheel.dumped(schemas))
    languages = {"en": {"displayName": "English", "nativeName": "English"}}
    _put(out / "api" / "translations" / "all.json", wheel.dumped({"data": languages, "message": ""}))
    _put(out / "api" / "translations" / "en.json", wheel.dumped({"data": {}, "message": ""}))
    # The notebook's tab shows by its icon whether Python is at work; the package has only the plain one.
    icon = (out / "notebooks" / "favicon.ico").read_bytes()
    for name in ("busy-1", "busy-2", "busy-3", "file", "notebook"):
        _put(out / "static" / "favicons" / f"favicon-{name}.ico", icon)


def _unpack_extension(package: zipfile.ZipFile, out: Path) -> list[dict[str, Any]]:
    """Put a JupyterLab extension where the notebook looks for it; its settings' schemas."""
    schemas = []
    for name in sorted(package.namelist()):
        if _EXTENSIONS not in name or name.endswith((".map", ".orig")) or "/pypi/" in name:
            continue
        place = name.split(_EXTENSIONS, 1)[1]
        _put(out / "extensions" / place, package.read(name))
        if "/schemas/" in place and not place.endswith("package.json"):
            schema = place.split("/schemas/", 1)[1]
            identity = schema.removesuffix(".json")
            plugin = f"{identity.rsplit('/', 1)[0]}:{identity.rsplit('/', 1)[1]}"
            read = json.loads(package.read(name))
            schemas.append({"id": plugin, "raw": "{}", "schema": read, "settings": {}, "version": ""})
    return schemas


def _unpack_runtime(archive: Path, out: Path) -> None:
    with tarfile.open(archive) as package:
        for member in package.getmembers():
            name = member.name.removeprefix("package/")
            stream = package.extractfile(member) if name in (*_CORE, "pyodide-lock.json") else None
            if stream:
                # The stock list names wheels that are not here: it is for compiling only, readers get an empty one.
                _put(out / ("stock-lock.json" if name == "pyodide-lock.json" else f"{RUNTIME}/{name}"), stream.read())
    stock = json.loads((out / "stock-lock.json").read_text("utf-8"))
    _put(out / RUNTIME / "lock.json", wheel.dumped({"info": stock["info"], "packages": {}}))


def _compiled_parts(
    parts: Sequence[fetch.Part], got: Mapping[str, Path], runtime: Path, show: Callable[[str], None]
) -> list[Path]:
    """The compiled wheels, kept beside the downloads: they take half a minute and depend on nothing of the book."""
    kernel = [part for part in parts if part.role == "kernel"]
    here = Path(__file__).parent
    code = [(here / name).read_text("utf-8") for name in ("compile.mjs", "compile.py")]
    runtimes = [part.sha256 for part in parts if part.role == "runtime"]
    key = _digest("\n".join([*code, *runtimes, *(part.sha256 for part in kernel), *_helpers(got)]).encode())
    made = fetch.cache() / f"compiled-{key}"
    if not made.exists():
        show("compiling the browser copy's Python (once, about half a minute)")
        with tempfile.TemporaryDirectory(dir=fetch.cache()) as folder:
            wheels, out = Path(folder) / "in", Path(folder) / "out"
            wheels.mkdir()
            out.mkdir()
            for part in kernel:
                shutil.copyfile(got[part.file], wheels / part.file)
            for name, content in _helpers(got).items():
                (wheels / name).write_bytes(content)
            wheel.compiled(_with_stock_lock(runtime, Path(folder)), wheels, out)
            out.rename(made)
    return sorted(made.glob("*.whl"))


def _helpers(got: Mapping[str, Path]) -> dict[str, bytes]:
    """The kernel's own two wheels, which travel inside its JupyterLab extension."""
    extension = next(path for name, path in got.items() if name.startswith("jupyterlite_pyodide_kernel-"))
    with zipfile.ZipFile(extension) as package:
        return {
            name.rsplit("/", 1)[1]: package.read(name)
            for name in sorted(package.namelist())
            if "/pypi/" in name and name.rsplit("/", 1)[1].startswith(("ipykernel-", "pyodide_kernel-"))
        }


def _with_stock_lock(runtime: Path, folder: Path) -> Path:
    """The runtime as Node.js needs it to start: with a list of packages beside it."""
    whole = folder / "runtime"
    shutil.copytree(runtime, whole, ignore=shutil.ignore_patterns("*.whl"))
    shutil.copyfile(runtime.parents[1] / "stock-lock.json", whole / "pyodide-lock.json")
    return whole


# --- ours ---


def _own(root: Path, base: Path, cache: Path, show: Callable[[str], None]) -> Path:
    """The package's compiled wheel. Compiled by itself, so that its bytes do not hang on what was compiled before."""
    name, content = wheel.own(root)
    kept = cache / "own" / f"{base.name}-{_digest(content)}" / name
    if not kept.exists():
        show("compiling the package for the browser copy")
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            wheels, out = Path(folder) / "in", Path(folder) / "out"
            wheels.mkdir()
            out.mkdir()
            (wheels / name).write_bytes(content)
            wheel.compiled(_with_stock_lock(base / RUNTIME, Path(folder)), wheels, out)
            shutil.rmtree(cache / "own", ignore_errors=True)
            kept.parent.parent.mkdir()
            out.rename(kept.parent)
    return kept


def _workers(out: Path) -> tuple[str, str]:
    """Put in what starts Python: our `python.mjs` and the worker `kernel.mjs`; their names."""
    [stock] = (out / "extensions" / KERNEL / "static").glob("comlink.worker.*.js")
    # The largest first, as they are unpacked while the others are on their way.
    wheels = sorted((out / RUNTIME).glob("*.whl"), key=lambda path: (-path.stat().st_size, path.name))
    names = [path.name for path in wheels]
    unpacked = [path.name for path in wheels if wheel.holds_more_than_modules(path)]
    python = _module(out, "python", {"@WHEELS@": json.dumps(names), "@UNPACKED@": json.dumps(unpacked)})
    return python, _module(out, "kernel", {"@PYTHON@": python, "@WORKER@": stock.relative_to(out).as_posix()})


def _module(out: Path, name: str, filled: Mapping[str, str]) -> str:
    """Put in one of our modules with its marks filled; its name, another one for another content."""
    text = Path(__file__).with_name("browser").joinpath(f"{name}.mjs").read_text("utf-8")
    for mark, value in filled.items():
        text = text.replace(mark, value)
    _put(out / (name := f"{name}-{_digest(text.encode())}.mjs"), text.encode())
    return name


def _config(stock: dict[str, Any], python: str, out: Path) -> dict[str, Any]:
    data = stock["jupyter-config-data"]
    data |= {
        "appName": "Worksheet",
        "appUrl": "./notebooks",
        "faviconUrl": "./notebooks/favicon.ico",
        "contentsAllJsonFile": "all.json",
        "exposeAppInBrowser": True,
        "fileTypes": _FILE_TYPES,
        "contentsStorageName": page.STORAGE[0],
        "settingsStorageName": page.STORAGE[1],
        "workspacesStorageName": page.STORAGE[2],
        "settingsOverrides": _SETTINGS,
        "federated_extensions": _extensions(out / "extensions"),
        "litePluginSettings": {
            f"{KERNEL}:kernel": {
                "pyodideUrl": f"./{python}",
                "pipliteUrls": [],
                "disablePyPIFallback": True,
                # It takes these for installed, and they are (python.mjs).
                "loadPyodideOptions": {"packages": list(_ASKED_FOR)},
            }
        },
    }
    return stock


def _extensions(folder: Path) -> list[dict[str, str]]:
    found = []
    for path in sorted(folder.rglob("package.json")):
        about = json.loads(path.read_text("utf-8"))
        made = about.get("jupyterlab", {}).get("_build")
        if made:
            found.append({"name": about["name"], "extension": made["extension"], "load": made["load"]})
    return found


def _contents(sheets: Sequence[page.Sheet]) -> dict[str, Any]:
    """The notebook's list of files."""
    listed = [
        _entry(f"{sheet.stem}.ipynb", "notebook", size=len(sheet.notebook), content=None, format=None)
        for sheet in sheets
    ]
    return _entry("", "directory", size=None, content=listed, format="json")


def _entry(name: str, kind: str, **more: Any) -> dict[str, Any]:
    times = {"created": _WHEN, "last_modified": _WHEN}
    rest = {"mimetype": None, "writable": True, "hash": None, "hash_algorithm": None}
    return {"name": name, "path": name, "type": kind, **times, **rest, **more}


def _scripts(out: Path, store: str, current: Sequence[str], kernel: str, private: Sequence[str]) -> None:
    """Our scripts and styles, and JupyterLite's page and workers with ours before them; `store` is the browser's."""
    browser = Path(__file__).with_name("browser")
    for name in ("start.js", "start.css", "worksheet.js", "worksheet.css"):
        shutil.copyfile(browser / name, out / name)
    (out / "service-worker.js").rename(out / "jupyterlite-service-worker.js")
    ours = (browser / "service-worker.js").read_text("utf-8").replace("@CACHE@", store)
    _put(out / "service-worker.js", ours.replace("@CURRENT@", json.dumps(list(current))).encode())
    stock = (out / "notebooks" / "index.html").read_text("utf-8")
    _put(out / "notebooks" / "index.html", page.notebook(stock, charts(), kernel, private).encode())


def _loaded(out: Path) -> list[dict[str, Any]]:
    """What the start page loads, the largest first: Python, the wheels, and the notebook's two main scripts."""
    runtime = [path for path in (out / RUNTIME).iterdir()]
    scripts = [*(out / "build").glob("jlab_core.*.js")]
    return [
        {"path": path.relative_to(out).as_posix(), "size": path.stat().st_size, "what": _what(path)}
        for path in sorted([*runtime, *scripts], key=lambda path: (-path.stat().st_size, path.name))
    ]


def _what(path: Path) -> str:
    if path.suffix == ".whl":
        return path.name.split("-")[0]
    return "the notebook" if path.name.startswith("jlab_core") else "Python"


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
