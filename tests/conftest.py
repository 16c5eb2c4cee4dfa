"""Shared by all tests: the repository's root, and the built site."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def site(root: Path) -> Path:
    """The built site: built once, by whichever worker comes first; the others wait and find it up to date."""
    from equityguide.site.build import build

    folder = root / "_build"
    folder.mkdir(exist_ok=True)
    with (folder / ".test-lock").open("w") as lock:
        if sys.platform != "win32":  # where one worker runs all there is
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        return build(root)
