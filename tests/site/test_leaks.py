"""The public site holds no worksheet's solution, in any file of any kind."""

from __future__ import annotations

from pathlib import Path

from leak import leaks


def test_no_solution_in_the_built_site(site: Path, root: Path) -> None:
    sources = sorted((root / "exercises" / "source").glob("*.md"))
    assert sources
    assert leaks(site, sources) == []
