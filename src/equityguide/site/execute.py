"""Executes the book's pages before Sphinx reads them, several at once, into myst-nb's own cache.

Sphinx reads pages one after another and myst-nb starts a kernel for each. Here the same pages are read the
way myst-nb reads them, those that its cache lacks are executed on warm kernels, and myst-nb then finds them
all.
"""

import asyncio
import atexit
import contextlib
import copy
import dataclasses
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path, PurePosixPath
from typing import Any, TextIO, TypeVar

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.config import NbParserConfig
from myst_nb.core.nb_to_tokens import nb_node_to_dict
from myst_nb.core.read import create_nb_reader
from myst_parser.config.main import MdParserConfig
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from equityguide.site.warm import KERNEL_NAME, QUIET, Kernels, WarmServerFailed, connect, kernels

SUFFIXES = (".md", ".ipynb")
Result = TypeVar("Result")


class PageFailed(ValueError):
    """One or more pages did not run to their end; the text names page, cell and error in a few lines."""


@dataclasses.dataclass(frozen=True)
class ExecutedNotebook:
    """A page with its outputs: `seconds` is None where they came from the cache."""

    docname: str
    path: Path
    notebook: Any
    seconds: float | None

    def outputs(self, mimetype: str) -> Iterator[Any]:
        """The content of every output of this type, in the order of the page."""
        for cell in self.notebook.cells:
            for output in cell.get("outputs", []):
                if mimetype in output.get("data", {}):
                    yield output["data"][mimetype]


class Progress:
    """Says on `stream` which page executes: one line rewritten on a terminal, else one line a page."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.terminal = stream.isatty()
        self.total = self.ended = 0
        self.running: list[str] = []

    def begin(self, total: int) -> None:
        self.total, self.ended, self.running = total, 0, []

    def started(self, page: str) -> None:
        self.running.append(page)
        self._show()

    def finished(self, page: str, seconds: float, *, failed: bool) -> None:
        self.running.remove(page)
        self.ended += 1
        if self.terminal:
            self._show()
        else:
            said = "failed" if failed else "executed"
            line = f"{said} {page} ({self.ended} of {self.total}, {seconds:.1f} s)"
            print(line, file=self.stream, flush=True)

    def close(self) -> None:
        """Clear the line, so that what comes next starts at its left edge."""
        if self.terminal and self.total:
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def _show(self) -> None:
        if self.terminal:
            line = f"executing {self.ended + len(self.running)} of {self.total}: {', '.join(self.running)}"
            self.stream.write(f"\r\x1b[K{line[: _columns() - 1]}")
            self.stream.flush()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


@dataclasses.dataclass
class Page:
    """A page as myst-nb is going to read it: its notebook without outputs, and how to execute it."""

    docname: str
    path: Path
    name: str
    notebook: Any
    timeout: int


def read_page(root: Path, docname: str, config: Mapping[str, Any]) -> Page | None:
    """The page `docname` as a notebook, None if it is no notebook or not to be executed.

    `config` holds Sphinx's settings; those of myst-parser and myst-nb decide how cells are found and hashed,
    so they count here exactly as in `myst_nb.sphinx_.Parser`. Raises `PageFailed` if no file has this name.
    """
    path = next((p for p in (root / f"{docname}{suffix}" for suffix in SUFFIXES) if p.is_file()), None)
    if path is None:
        raise PageFailed(f"_toc.yml names {docname}, but there is neither {docname}.md nor {docname}.ipynb.")
    settings = _settings(NbParserConfig, "nb", config)
    text = path.read_text("utf-8-sig")
    reader = create_nb_reader(str(path), _settings(MdParserConfig, "myst", config), settings, text)
    if reader is None:
        return None
    name = path.relative_to(root).as_posix()
    try:
        notebook = reader.read(text)
    except Exception as error:
        raise PageFailed(f"{name} cannot be read as a notebook: {error}") from error
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    for pattern, alias in settings.kernel_rgx_aliases.items():
        if kernel is not None and re.fullmatch(pattern, kernel):
            kernel = notebook.metadata["kernelspec"]["name"] = alias
            break
    own = nb_node_to_dict(notebook.metadata.get(settings.metadata_key, {}))
    # A setting that does not exist is Sphinx's to warn of.
    with contextlib.suppress(TypeError, ValueError):
        settings = settings.copy(**own)
    excluded = any(PurePosixPath(path.as_posix()).match(p) for p in settings.execution_excludepatterns)
    if excluded or settings.execution_mode != "cache":
        return None
    if kernel not in (None, KERNEL_NAME):
        raise PageFailed(f"{name} asks for the kernel {kernel!r}. Write {KERNEL_NAME} under kernelspec.")
    return Page(docname, path, name, notebook, settings.execution_timeout)


def _settings(kind: Any, prefix: str, config: Mapping[str, Any]) -> Any:
    names = (field.name for field in dataclasses.fields(kind))
    return kind(**{name: config[f"{prefix}_{name}"] for name in names if f"{prefix}_{name}" in config})


def fill(
    root: Path,
    docs: Sequence[str],
    cache_path: Path,
    progress: Progress,
    config: Mapping[str, Any],
    *,
    provider: Callable[[], Any] = kernels,
) -> list[ExecutedNotebook]:
    """Execute those of the pages `docs` (names without suffix) that the cache at `cache_path` lacks.

    Returns every page that is a notebook, with its outputs, in the order of `docs`. Two to four kernels run at
    once. A page that fails does not stop the others; `PageFailed` then tells of all that did. `config` holds
    Sphinx's settings, `provider` gives the kernels (see `warm.kernels`).
    """
    cache = get_cache(str(cache_path))
    pages = [page for page in (read_page(root, doc, config) for doc in docs) if page]
    cached = {page.docname: _from_cache(cache, page) for page in pages}
    executed: dict[str, ExecutedNotebook] = {}
    failures: dict[str, PageFailed] = {}

    def store(page: Page, outcome: ExecutedNotebook | PageFailed) -> None:
        if isinstance(outcome, PageFailed):
            failures[page.docname] = outcome
            return
        bundle = CacheBundleIn(outcome.notebook, str(page.path), data={"execution_seconds": outcome.seconds})
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        executed[page.docname] = outcome

    missing = []
    for page in pages:
        if cached[page.docname]:
            continue
        if any(cell.cell_type == "code" for cell in page.notebook.cells):
            missing.append(page)
        else:
            # myst-nb would start a kernel even for these.
            store(page, ExecutedNotebook(page.docname, page.path, page.notebook, 0))
    progress.begin(len(missing))
    if missing:
        try:
            with provider() as available:
                available.wait()
                _in_thread(_execute_all(missing, available, progress, store))
        finally:
            progress.close()
    if failures:
        # In the order of the book, whichever failed first.
        told = [str(failures[page.docname]) for page in missing if page.docname in failures]
        raise PageFailed("\n\n".join(told))
    return [cached[page.docname] or executed[page.docname] for page in pages]


def _from_cache(cache: Any, page: Page) -> ExecutedNotebook | None:
    try:
        _, notebook = cache.merge_match_into_notebook(page.notebook)
    except (KeyError, ValueError, IndexError):
        # Not there, or cut short by a build that was killed while it wrote; jupyter-cache writes over a whole
        # entry but not over the folder of half a one.
        _, key = cache.create_hashed_notebook(page.notebook)
        shutil.rmtree(cache.path / "executed" / key, ignore_errors=True)
        return None
    return ExecutedNotebook(page.docname, page.path, notebook, None)


async def _execute_all(
    pages: Sequence[Page],
    available: Kernels,
    progress: Progress,
    store: Callable[[Page, ExecutedNotebook | PageFailed], None],
) -> None:
    # One more than there are cores, since a kernel that starts or ends mostly waits.
    free = asyncio.Semaphore(min(4, (os.cpu_count() or 1) + 1))

    async def one(page: Page) -> None:
        async with free:
            progress.started(page.name)
            start = time.monotonic()
            outcome: ExecutedNotebook | PageFailed
            try:
                notebook = await _execute(page, available)
                outcome = ExecutedNotebook(page.docname, page.path, notebook, time.monotonic() - start)
            except PageFailed as failure:
                outcome = failure
                # nbclient takes a cancellation for the death of its kernel.
                task = asyncio.current_task()
                if task and task.cancelling():
                    raise asyncio.CancelledError from None
            store(page, outcome)
            progress.finished(page.name, time.monotonic() - start, failed=isinstance(outcome, PageFailed))

    async with asyncio.TaskGroup() as group:
        for page in pages:
            group.create_task(one(page))


async def _execute(page: Page, available: Kernels) -> Any:
    notebook = copy.deepcopy(page.notebook)
    at = 0

    def now_at(cell: Any, cell_index: int) -> None:
        nonlocal at
        at = cell_index

    manager = available.manager()
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=page.timeout,
        shutdown_kernel="immediate",
        # Times in a cell's metadata would change what the cache knows the page by.
        record_timing=False,
        on_cell_start=now_at,
        log=QUIET,
    )
    # Given a kernel manager, nbclient would leave its kernel running.
    client.owns_km = True
    try:
        await manager.start_kernel(cwd=str(page.path.parent))
        client.kc = await connect(manager)
        return await client.async_execute()
    except CellExecutionError as error:
        raise PageFailed(_told(page, at, f"{error.ename}: {error.evalue}", _line(error.traceback))) from error
    except CellTimeoutError as error:
        said = f"ran longer than {page.timeout} s and was stopped. Make it faster."
        raise PageFailed(_told(page, at, said)) from error
    except DeadKernelError as error:
        said = "ended its kernel (it crashed, was killed or ran out of memory)."
        raise PageFailed(_told(page, at, said)) from error
    except (RuntimeError, WarmServerFailed) as error:
        raise PageFailed(f"{page.name}: its kernel did not start: {_plain(str(error))}") from error
    finally:
        # nbclient leaves its handler for the end of the process behind when it is cancelled.
        atexit.unregister(client._cleanup_kernel)
        if manager.has_kernel:
            await manager.shutdown_kernel(now=True)


def _told(page: Page, index: int, said: str, line: int | None = None) -> str:
    """Page, number of the cell among the code cells, line of the page, the error, and the line of code."""
    number = sum(cell.cell_type == "code" for cell in page.notebook.cells[: index + 1])
    source = page.notebook.cells[index].source.splitlines()
    place = f"{page.name}, cell {number}"
    starts = page.notebook.metadata.get("source_map")
    if starts:
        place += f" (line {_first_line(page.path, starts[index], source) + (line or 1) - 1})"
    elif line:
        place += f", line {line}"
    said = "\n".join(f"  {text}".rstrip() for text in _plain(said).splitlines()[:6]).strip()
    code = source[line - 1].strip() if line and line <= len(source) else ""
    return f"{place}: {said}" + (f"\n  {code}" if code else "")


def _first_line(path: Path, fence: int, source: Sequence[str]) -> int:
    """The line of the file (from 1) at which a cell's code begins, after its fence and options."""
    lines = path.read_text("utf-8-sig").splitlines()
    return lines.index(source[0], fence) + 1 if source and source[0] in lines[fence:] else fence


def _line(traceback: str) -> int | None:
    """The line of the cell at which the error left it, from IPython's traceback."""
    found = re.findall(r"^\s*Cell In\[\d+\], line (\d+)", _plain(traceback), re.MULTILINE)
    return int(found[-1]) if found else None


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _in_thread(work: Coroutine[Any, Any, Result]) -> Result:
    """Run `work` in a loop of its own in another thread, since nbclient takes over Ctrl-C in the main one.

    On Ctrl-C here the work is cancelled, which ends its kernels.
    """
    outcome: Future[Result] = Future()
    begun: Future[asyncio.Task[Any]] = Future()

    async def hold() -> Result:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result(task)
        return await work

    def run() -> None:
        try:
            outcome.set_result(asyncio.run(hold()))
        except BaseException as error:
            outcome.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        # A bare join() could not be interrupted on Windows.
        while thread.is_alive():
            thread.join(0.2)
    except BaseException:
        task = begun.result()
        task.get_loop().call_soon_threadsafe(task.cancel)
        thread.join()
        raise
    return outcome.result()
