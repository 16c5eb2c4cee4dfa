"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from equityguide.worksheets import browser


def give(path: Path, content: bytes) -> Path:
    """Write a file for the reader under the first free name like `path`; in a browser, offer it as a download.

    Returns the file's path, of which only the name counts in a browser. Raises `OSError` as `replace` does.
    """
    if browser.here():
        browser.offer(path.name, content)
        return path
    path = free(path)
    replace(path, content)
    return path


def replace(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader, or a crash, meets the old file or the new one, never a
    part.

    Raises `OSError` as the file system gives it; the file that was there before is then unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes a private file; the finished one gets the permissions any new file would have.
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def free(path: Path) -> Path:
    """`path`, or the first of `name-2`, `name-3`, ... beside it that no file has yet."""
    candidate, count = path, 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.stem}-{count}{path.suffix}")
    return candidate
