"""Every item of the inventory is told on a page, or stands with its reason among what was not carried over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rules import parse

ROOT = Path(__file__).parents[2]
LEFT_OUT = ROOT / "book/reference/not-carried.md"
KNOWN = (ROOT / "tests/ids.txt").read_text(encoding="utf-8").split()


def carried() -> set[str]:
    """The ids that have an anchor in some page."""
    pages = (parse(file.name, file.read_text(encoding="utf-8")) for file in ROOT.glob("book/**/*.md"))
    return {
        item.strip()
        for page in pages
        for line in page.prose
        for ids in re.findall(r"\{covers\}`([^`]*)`", line.text)
        for item in ids.split(",")
    }


def left_out() -> Iterator[tuple[str, str]]:
    """Each row of the table of what is not carried over: its id and its reason."""
    for line in LEFT_OUT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and cells[0] not in ("Item", "---"):
            yield cells[0], cells[2]


def test_every_item_has_its_place_or_its_reason() -> None:
    assert len(KNOWN) == 321
    assert sorted(set(KNOWN) - carried() - {item for item, _ in left_out()}) == []


def test_what_is_left_out_is_known_has_a_reason_and_is_nowhere_else() -> None:
    listed = dict(left_out())
    assert len(listed) == len(list(left_out()))
    assert [item for item, reason in listed.items() if item not in KNOWN or len(reason.split()) < 4] == []
    assert sorted(set(listed) & carried()) == []
