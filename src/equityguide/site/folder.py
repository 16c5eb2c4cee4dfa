"""The folder of a finished site: it changes only by a rename, so that an interrupted build leaves the old one."""

import shutil
from pathlib import Path


def beside(output: Path, kind: str) -> Path:
    """A hidden folder beside `output`, on the same disk, so that a rename is enough."""
    return output.with_name(f".{output.name}.{kind}")


def recover(output: Path) -> None:
    """Clear up after a build that was killed: bring back a site that was set aside, drop an unfinished one."""
    old = beside(output, "old")
    if old.exists() and not output.exists():
        old.rename(output)
    for path in (old, beside(output, "new")):
        shutil.rmtree(path, ignore_errors=True)


def swap(new: Path, output: Path) -> None:
    """Put `new` in the place of `output`, or leave everything as it was."""
    old = beside(output, "old")
    try:
        if output.exists():
            output.rename(old)
        new.rename(output)
    except BaseException:
        if old.exists() and not output.exists():
            old.rename(output)
        raise
    shutil.rmtree(old, ignore_errors=True)
