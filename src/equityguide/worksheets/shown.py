"""A small table to read in a worksheet, where a chart would say no more: plain HTML, and the same in plain text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """`caption` says what is shown and where it comes from; `head` and `body` are texts; a row starts with its name."""

    caption: str
    head: Sequence[str]
    body: Sequence[Sequence[str]]

    def __repr__(self) -> str:
        return "\n".join([self.caption, " | ".join(self.head), *(" | ".join(row) for row in self.body)])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in self.head)
        rows = "".join(
            f'<tr><th scope="row">{html.escape(row[0])}</th>'
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in self.body
        )
        return (
            f'<table class="eg-table"><caption>{html.escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )
