"""A worksheet on paper and in Word: what its forms ask, without answers, as a page to print and a file to fill in.

What a task shows to read, a table or the rows of a chart, comes with it.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from equityguide.worksheets import docx
from equityguide.worksheets.journal import PROMISE
from equityguide.worksheets.shown import Table

FEW = 12  # entries of a menu that a printed sheet lists with a box each
WIDEST = 4  # columns of a table that fits on paper in large print; of a wider one each row is a line of a list
IN_HAND = 2  # lines on paper for one of several on a screen: handwriting is larger
PAPERS = 'data-eg-papers="a4 letter a4-large letter-large"'  # marks a page to print; `site.pdf` knows the papers

# Above a Word file whose worksheet has charts.
ELSEWHERE = (
    "The charts are not in this file, only their words. Look at them on the worksheet's page or on the sheet to print."
)

SHEET = "-sheet"  # what the address of a print sheet adds to its worksheet's

Kind = Literal["select", "number", "text"]


@dataclass(frozen=True)
class Question:
    """One question: its label, hint, the labels of its menu, and the lines its answer has on a screen."""

    label: str
    kind: Kind
    hint: str = ""
    lines: int = 1
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asked:
    """One form without answers."""

    legend: str
    note: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Said:
    """What stands between the forms: a heading, a paragraph, or one point of a list."""

    kind: Literal["heading", "text", "point"]
    text: str


@dataclass(frozen=True)
class Shown:
    """What a task shows to read: a table, a row's name first, or a `figure` by name, which Word has in words only."""

    caption: str
    head: tuple[str, ...] = ()
    body: tuple[tuple[str, ...], ...] = ()
    figure: str = ""


Block = Asked | Said | Shown

_STYLE: dict[str, docx.Style] = {"heading": "Heading1", "text": "Normal", "point": "ListBullet"}


def document(title: str, about: str, blocks: Sequence[Block]) -> bytes:
    """The Word file: controls to write in and menus, under the worksheet's own words."""
    parts: list[docx.Part] = [("Title", title), ("Normal", about), ("Normal", PROMISE)]
    if any(isinstance(block, Shown) and block.figure for block in blocks):
        parts.append(("Normal", ELSEWHERE))
    for block in blocks:
        if isinstance(block, Said):
            parts.append((_STYLE[block.kind], block.text))
            continue
        if isinstance(block, Shown):
            parts.append(("Normal", block.caption))
            parts += [("ListBullet", _row(block.head, row)) for row in block.body]
            continue
        parts.append(("Heading2", block.legend))
        if block.note:
            parts.append(("Normal", block.note))
        for one in block.questions:
            # The label names the control as well: a screen reader says it where the answer goes.
            parts += [("Question", _with_hint(one)), _control(one)]
    return docx.write(title, parts)


def page(title: str, about: str, blocks: Sequence[Block], back: str, drawn: Mapping[str, str]) -> str:
    """The page to print, as the body of a page of the site; `back` is the address of the worksheet's own page, and
    `drawn` has the figures by name, as HTML.
    """
    out = [
        f"<section {PAPERS}><h1>{html.escape(title)}</h1>",
        ways(f'<a href="{html.escape(back)}">Back to the worksheet</a>', back.removesuffix(".html") + SHEET),
        f"<p>{html.escape(about)}</p><p>{html.escape(PROMISE)}</p>",
    ]
    listing = False
    for block in blocks:
        point = isinstance(block, Said) and block.kind == "point"
        out.append("<ul>" * (point and not listing) + "</ul>" * (listing and not point))
        listing = point
        out.append(drawn[block.figure] if isinstance(block, Shown) and block.figure else _printed(block))
    return "".join([*out, "</ul>" * listing, "</section>"])


def ways(links: str, name: str) -> str:
    """What stands on top of a page to print and is not printed itself: links, the button, large print, the PDFs."""
    button = '<button type="button" class="eg-button" data-eg-print>Print this page</button>'
    large = '<label><input type="checkbox" id="eg-large"> Large print (18 point)</label>'
    return f'<p class="eg-sheet-ways">{links} {button} {large} {pdfs(name)}</p>'


def pdfs(name: str) -> str:
    """An empty place for links to the PDFs of the page `name` (its address without `.html`), where there are any."""
    return f'<span class="eg-pdfs" data-pdf="{html.escape(name)}"></span>'


def _row(head: Sequence[str], row: Sequence[str]) -> str:
    """A row of a table in words: the name of the row, then each cell after the name of its column."""
    cells = zip(head[1:], row[1:], strict=True)
    return f"{row[0]}: " + "; ".join(f"{name} {cell}".strip() for name, cell in cells if cell)


def _with_hint(one: Question) -> str:
    return f"{one.label}\n{one.hint}" if one.hint else one.label


def _control(one: Question) -> docx.Part:
    return docx.Menu(one.label, one.options) if one.options else docx.Blank(one.label, one.lines)


def _printed(block: Block) -> str:
    if isinstance(block, Said):
        tag = {"heading": "h2", "text": "p", "point": "li"}[block.kind]
        return f"<{tag}>{html.escape(block.text)}</{tag}>"
    if isinstance(block, Shown):
        if len(block.head) <= WIDEST:
            return Table(block.caption, block.head, block.body)._repr_html_()
        rows = "".join(f"<li>{html.escape(_row(block.head, row))}</li>" for row in block.body)
        return f"<p>{html.escape(block.caption)}</p><ul>{rows}</ul>"
    note = f"<p>{html.escape(block.note)}</p>" if block.note else ""
    questions = "".join(_asked(one) for one in block.questions)
    return f'<div class="eg-sheet-form"><h3>{html.escape(block.legend)}</h3>{note}{questions}</div>'


def _asked(one: Question) -> str:
    hint = f'<span class="eg-form-hint">{html.escape(one.hint)}</span>' if one.hint else ""
    label = f'<p><span class="eg-form-label">{html.escape(one.label)}</span>{hint}</p>'
    if one.options and len(one.options) <= FEW:
        boxes = "".join(f"<li>{html.escape(option)}</li>" for option in one.options)
        return f'<div class="eg-sheet-question">{label}<ul class="eg-sheet-boxes">{boxes}</ul></div>'
    if one.options:
        label += f'<p class="eg-form-hint">One of {len(one.options)}. The worksheet and its Word file list them.</p>'
    lines = one.lines * IN_HAND if one.lines > 1 else 1
    written = '<div class="eg-sheet-line"></div>' * lines
    return f'<div class="eg-sheet-question">{label}{written}</div>'
