"""Makes the browser copy while the book is built: most of its time is spent waiting for Node.js and for downloads."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from equityguide.site.lite import build

WORKSHEETS = "exercises/"


@dataclass(frozen=True)
class Copy:
    """A browser copy in the making, or none where the book has no worksheets."""

    folder: Path
    task: Future[float] | None

    def put(self, out: Path) -> None:
        """Wait for it, move it to `out` in a trimmed site and say how long it took. Raises what stopped it."""
        if self.task is not None:
            seconds = self.task.result()
            self.folder.rename(out)
            shutil.copyfile(out.parent / "_static" / "vega.js", out / build.charts())
            print(f"The worksheets for the browser took {seconds:.1f} s of their own, while the book was built.")


@contextlib.contextmanager
def started(root: Path, state: Path, pages: Sequence[str]) -> Iterator[Copy]:
    """Begin the browser copy of those `pages` that are worksheets; `state` is the folder `_build`."""
    stems = [page.removeprefix(WORKSHEETS) for page in pages if page.startswith(WORKSHEETS)]
    folder = state / ".work" / "lite"
    shutil.rmtree(folder, ignore_errors=True)
    if not stems:
        yield Copy(folder, None)
        return
    with ThreadPoolExecutor(1, thread_name_prefix="lite") as pool:
        yield Copy(folder, pool.submit(_timed, root, folder, state / ".cache" / "lite", stems))


def _timed(root: Path, folder: Path, cache: Path, stems: Sequence[str]) -> float:
    start = time.monotonic()
    build.build(root, folder, cache, stems, lambda said: print(f"{said} …", flush=True))
    return time.monotonic() - start
