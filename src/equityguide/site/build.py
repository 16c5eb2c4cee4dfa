"""Builds the book: check, execute, draw, write with Sphinx, trim, and swap the finished site in whole.

Everything is kept under `_build/`, which git ignores:

    html/         the site; it changes only by a rename, so an interrupted build leaves the old one
    trainer/      the trainer's edition, likewise, with a .work-trainer/ and a trainer.log of its own
    .cache/       outputs of cells, drawings, trimmed parts: right whatever was built last, safe to delete
    .work/        Sphinx's own pages and trees, for the next build to go on from
    build.log     what Sphinx said
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from equityguide.site import editions, folder, stale
from equityguide.site.editions import PUBLIC, Edition

if TYPE_CHECKING:
    from equityguide.site.drawing import Elsewhere

PAGES = (".md", ".ipynb")
FILES = ("_config.yml", "_toc.yml", "requirements.lock", "package-lock.json")
MOST_LINES = 20


class BuildFailed(ValueError):
    """The book was not built and the old site stands; the text says why in a few lines."""


@dataclass(frozen=True)
class Inputs:
    """What a build depends on: content of each page (path below the root -> SHA-256), and of all the rest."""

    pages: dict[str, str]
    rest: str


def build(
    root: Path,
    *,
    output: Path | None = None,
    lite: bool = True,
    edition: Edition = PUBLIC,
    after: Callable[[Path], None] | None = None,
) -> Path:
    """Build the book of the checkout `root` into `output` (unless told, the edition's own folder in `_build`, `html`
    for the public one); returns that folder.

    Unless `lite`, the worksheets' browser copy is left out, and their pages say so. `after` may add to the finished
    site while no other build runs.
    Does nothing where nothing changed since the last build and the site is as that left it. Raises
    `BuildFailed`, or `PageFailed` for a page whose cell fails; the old site then stays, as it does on Ctrl-C.
    """
    root = root.resolve()
    output = (output or root / "_build" / edition.name).resolve()
    _check(root)
    state = root / "_build"
    state.mkdir(exist_ok=True)
    with _alone(state / ".lock"):
        folder.recover(output)
        start = time.monotonic()
        inputs, record = read_inputs(root, lite, edition), state / edition.work / "built.json"
        last = _read(record)
        if last and last == _record(inputs, output):
            print("Nothing has changed since the last build.")
        else:
            new = folder.beside(output, "new")
            try:
                _make(root, new, inputs, last, record, lite, edition)
                folder.swap(new, output)
            finally:
                shutil.rmtree(new, ignore_errors=True)
            record.write_text(json.dumps(_record(inputs, output)), "utf-8")
        if after:
            try:
                after(output)
            finally:
                _show("")  # it may have left a line of its own on the terminal
            record.write_text(json.dumps(_record(inputs, output)), "utf-8")
        print(f"The site is in {output} ({time.monotonic() - start:.1f} s).")
        read = "Read it with `make serve`, or open" if edition == PUBLIC else "Open"
        print(f"{read} {output / 'index.html'} in a browser.")
    return output


def read_inputs(root: Path, lite: bool = True, edition: Edition = PUBLIC) -> Inputs:
    """Digests of everything the site is made of, by content."""
    book = list(stale.files(root / "book"))
    worksheets = [path for name in edition.worksheets for path in (root / name).glob("*.ipynb")]
    pages = [path for path in [*book, *worksheets] if path.suffix in PAGES]
    digests = {path.relative_to(root).as_posix(): _digest(path.read_bytes()) for path in pages}
    others = [path for path in book if path.suffix not in PAGES]
    others += [root / name for name in FILES if (root / name).exists()]
    others += [*stale.files(root / "src"), *stale.files(root / "data")]
    # A page that comes or goes changes the others' navigation.
    return Inputs(
        digests, "\n".join([stale.digest(root), stale.fingerprint(root, others), f"lite {lite}", *sorted(digests)])
    )


def _check(root: Path) -> None:
    for name in ("_config.yml", "_toc.yml", "book"):
        if not (root / name).exists():
            raise BuildFailed(f"{root} has no {name}. Run this in the folder of the book.")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _record(inputs: Inputs, output: Path) -> dict[str, Any]:
    """What a finished build leaves for the next one to compare with."""
    return {"pages": inputs.pages, "rest": inputs.rest, "output": str(output), "site": _listing(output)}


def _read(record: Path) -> dict[str, Any] | None:
    try:
        read: dict[str, Any] = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return read


def _listing(folder: Path) -> dict[str, list[int]]:
    """Each file below `folder` with its size and time of change."""
    found: dict[str, list[int]] = {}
    for path in folder.rglob("*") if folder.is_dir() else ():
        about = path.stat()
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = [about.st_size, about.st_mtime_ns]
    return found


# --- the steps ---


def _make(
    root: Path, new: Path, inputs: Inputs, last: Mapping[str, Any] | None, record: Path, lite: bool, edition: Edition
) -> None:
    """Write the finished site into `new`."""
    from equityguide.site.warm import kernels

    # One of the theme's styles for code turns on the chatter of every library.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    changed = _changed(last, inputs)
    with contextlib.ExitStack() as server:
        # The kernels get warm on one core while this process imports Sphinx and much else on another.
        warm = server.enter_context(kernels()) if changed is None else None

        from equityguide.figure import MIMETYPE
        from equityguide.site import assets, drawing, environment, execute, printing, trim
        from equityguide.site.lite import beside

        state = root / "_build"
        cache, work = state / ".cache", state / edition.work
        work.mkdir(exist_ok=True)
        contents = editions.contents(root, edition, work)
        sheets = beside.started(root, state, editions.worksheets(_pages(contents)) if lite else [])
        # For an edited page other processes would take longer to start than this one takes to draw.
        drawn = drawing.elsewhere(cache / "drawings") if changed is None else contextlib.nullcontext()
        with (state / edition.log).open("w", encoding="utf-8") as log, sheets as browser_copy, drawn as elsewhere:
            made: list[Future[Any]] = []
            if elsewhere:
                made = [elsewhere.pool.submit(assets.prepare, cache), elsewhere.pool.submit(drawing.get_ready)]
            with _step("prepared", log):
                environment.npm_ci(root)
                outputs = cache / "execution" / stale.digest(root)
                config = _configuration(root, cache, outputs, lite, contents, edition)
            with _step("executed", log):
                progress = execute.Progress(sys.stderr)
                provider = (lambda: contextlib.nullcontext(warm)) if warm else kernels
                pages = execute.fill(root, _pages(contents), outputs, progress, config, provider=provider)
                server.close()
                _keep_newest(outputs)
            with _step("wrote", log):
                for task in made:
                    task.result()
                if elsewhere:
                    elsewhere.draw(figure for page in pages for figure in page.outputs(MIMETYPE))
                if changed is None:
                    shutil.rmtree(work / "html", ignore_errors=True)
                    shutil.rmtree(work / "doctrees", ignore_errors=True)
                # From here until the end the trees are not to be trusted: a build that is killed starts afresh.
                record.unlink(missing_ok=True)
                _show("writing pages")
                _sphinx(root, work, config, changed or set(), log, elsewhere)
            with _step("trimmed", log):
                _show("trimming pages")
                shutil.rmtree(new, ignore_errors=True)
                new.mkdir(parents=True)
                trim.trim(work / "html", new, cache, root)
                printing.lay(root, new)
            with _step("waited for the browser's worksheets", log):
                # After trimming, which must not touch it: it has its own scripts and its own policy.
                browser_copy.put(new / "lite")


@contextlib.contextmanager
def _step(name: str, log: TextIO) -> Iterator[None]:
    """Note in the log how long a step took, and an error of any kind."""
    start = time.monotonic()
    try:
        yield
    except Exception:
        log.write(traceback.format_exc())
        raise
    finally:
        _show("")
        log.write(f"{name} in {time.monotonic() - start:.2f} s\n")


def _show(what: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)


def _changed(last: Mapping[str, Any] | None, inputs: Inputs) -> set[str] | None:
    """The pages whose text changed since the last build; None if more than their text did."""
    if last is None or last["rest"] != inputs.rest:
        return None
    changed = (name for name, digest in inputs.pages.items() if last["pages"].get(name) != digest)
    return {name.rsplit(".", 1)[0] for name in changed}


def _configuration(
    root: Path, cache: Path, outputs: Path, lite: bool, contents: Path, edition: Edition
) -> dict[str, Any]:
    """Sphinx's settings as Jupyter Book makes them from `_config.yml`, and ours."""
    from jupyter_book.config import get_final_config

    ours = {
        "external_toc_path": contents.relative_to(root).as_posix(),
        "nitpicky": True,
        "equityguide_cache": str(cache),
        "equityguide_lite": lite,
        "nb_execution_cache_path": str(outputs),
        # Jupyter Book takes this one out again; it asks for it even where no PDF is made.
        "latex_individualpages": False,
    }
    try:
        config, _ = get_final_config(
            user_yaml=root / "_config.yml", cli_config=ours, sourcedir=root, raise_on_invalid=True
        )
    except Exception as error:
        raise BuildFailed(f"_config.yml cannot be used: {str(error).strip()}") from error
    final: dict[str, Any] = config
    final["html_title"] += edition.mark
    return final


def _pages(contents: Path) -> list[str]:
    """The pages in a table of contents, in its order, without suffix."""
    from sphinx_external_toc.parsing import MalformedError, parse_toc_yaml

    try:
        return [name.removesuffix(".md").removesuffix(".ipynb") for name in parse_toc_yaml(contents)]
    except MalformedError as error:
        raise BuildFailed(f"_toc.yml: {error}") from error


def _keep_newest(outputs: Path, kept: int = 4) -> None:
    """Drop the oldest caches of outputs: each change of data or code begins another."""
    outputs.mkdir(parents=True, exist_ok=True)
    os.utime(outputs)
    others = sorted(outputs.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in others[kept:]:
        shutil.rmtree(path, ignore_errors=True)


def _sphinx(
    root: Path, work: Path, config: dict[str, Any], changed: set[str], log: TextIO, elsewhere: Elsewhere | None
) -> None:
    """Let Sphinx read and write what is outdated, `changed` pages in any case. A warning is a failure."""
    from sphinx.application import Sphinx
    from sphinx.util.console import nocolor
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    nocolor()
    said = _Tee(log)
    # For a page that Sphinx has to execute after all, because it changed a moment ago.
    os.environ["EQUITYGUIDE_BOOK"] = "1"
    try:
        with patch_docutils(None), docutils_namespace():
            app = Sphinx(
                srcdir=root,
                confdir=None,
                outdir=work / "html",
                doctreedir=work / "doctrees",
                buildername="html",
                confoverrides=config,
                status=log,
                warning=said,
                warningiserror=True,
                keep_going=True,
            )
            # Sphinx goes by times of change, which an unpacked or restored file need not move on.
            app.connect("env-get-outdated", lambda *_: sorted(changed))
            app.connect("env-updated", _all_if_names_changed)
            if elsewhere:
                app.connect("env-check-consistency", lambda *_: elsewhere.finish())
            app.build()
    except Exception as error:
        # Sphinx wraps what an event's handler raises into words about the handler.
        cause = getattr(error, "orig_exc", None) or error
        raise BuildFailed(_told(root, log, [*said.getvalue().splitlines(), str(cause)])) from error
    finally:
        del os.environ["EQUITYGUIDE_BOOK"]
    if app.statuscode or said.getvalue().strip():
        raise BuildFailed(_told(root, log, said.getvalue().splitlines()))


class _Tee(io.StringIO):
    """Keeps what is written and passes it on to the log."""

    def __init__(self, log: TextIO) -> None:
        super().__init__()
        self.log = log

    def write(self, text: str) -> int:
        self.log.write(text)
        return super().write(text)


def _all_if_names_changed(app: Any, env: Any) -> list[str]:
    """Every page, if a title or the name of something linked to has changed: other pages show those too."""
    standard = env.domains["std"]
    names = [
        {page: title.astext() for page, title in sorted(env.titles.items())},
        sorted(env.toctree_includes.items()),
        sorted(env.toc_secnumbers.items()),
        *(sorted(found.items()) for found in (standard.labels, standard.anonlabels, standard.objects)),
    ]
    digest = _digest(repr(names).encode())
    record = Path(env.doctreedir) / "names"
    if record.exists() and record.read_text("utf-8") == digest:
        return []
    record.write_text(digest, "utf-8")
    return sorted(env.found_docs)


def _told(root: Path, log: TextIO, lines: Iterable[str]) -> str:
    """Sphinx's warnings, each once, with paths as one types them, and where its `log` is."""
    told = [line.replace(f"{root}{os.sep}", "") for line in dict.fromkeys(lines) if line.strip()]
    more = [f"… and {len(told) - MOST_LINES} lines more"] if len(told) > MOST_LINES else []
    return "\n".join([*told[:MOST_LINES], *more, f"The whole log is in _build/{Path(log.name).name}."])


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the lock file; the system lets go of it however this process ends."""
    with lock.open("w") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BuildFailed("Another build is running in this folder. Wait until it has ended.") from None
        yield
