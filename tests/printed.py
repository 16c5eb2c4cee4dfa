"""What tests read in a printed PDF: its tags, its outline, and on which page a heading stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf

from equityguide.site.whole import named


@dataclass(frozen=True)
class Tag:
    """One element of the structure tree: its type without slash, and its alternative text."""

    kind: str
    alt: str


def tags(pdf: Pdf) -> list[Tag]:
    """All elements of the structure tree, in reading order."""
    return list(_below(pdf.Root.StructTreeRoot.K))


def _below(node: Any) -> Iterator[Tag]:
    if isinstance(node, Array):
        for child in node:
            yield from _below(child)
    elif isinstance(node, Dictionary) and Name.S in node:
        yield Tag(str(node.S).removeprefix("/"), str(node.get(Name.Alt, "")))
        if Name.K in node:
            yield from _below(node.K)


def outline(pdf: Pdf) -> list[tuple[str, int]]:
    """The headings in the outline, each with its page from 1 on."""
    sheets = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
    places = named(pdf)

    def items(found: list[OutlineItem]) -> Iterator[tuple[str, int]]:
        for item in found:
            place = item.destination if item.destination is not None else (item.action or Dictionary()).get(Name.D)
            place = place if isinstance(place, Array) else places[str(place).removeprefix("/")]
            yield item.title, sheets[place[0].objgen]
            yield from items(item.children)

    with pdf.open_outline() as opened:
        return list(items(opened.root))
