"""Each worksheet's Word file and print sheet, made from its page while the book is built.

A form's picture brings what the form asks (`equityguide.worksheets.forms.ASKED`); the words between come from the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.application import Sphinx

from equityguide.figure import markup
from equityguide.site import drawing, editions, figures
from equityguide.site.perpage import PerPage
from equityguide.worksheets import sheet

WORKSHEETS, SOLUTIONS = f"{editions.WORKSHEETS}/", f"{editions.SOLUTIONS}/"
ABOUT = (
    "These are the worksheet's questions, to fill in on paper or in Word. Checks of your answers, and charts of your "
    "own numbers, come only where the worksheet runs. Where a step speaks of a button or a menu, write your answer "
    "instead."
)
JOURNAL = "Journal"
OWN = "-own-"  # in the name of a figure that shows the reader's own table, which paper cannot
START = "To start:"  # heads the paragraph on how to run a worksheet

# Of each worksheet's page: its title, what the sheet says first, and the sheet's blocks.
sheets: PerPage[tuple[str, str, list[sheet.Block]]] = PerPage("sheets")


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what a worksheet's page asks."""
    docname = app.env.docname
    title = next(doctree.findall(nodes.title), None)
    if title is None or title.parent is None or not editions.worksheets([docname]):
        return
    top = title.parent
    # Of what stands before the first task, paper needs the first paragraph, which is about the work, and each word of
    # care; the rest is about the screen.
    first, *rest = [child for child in top.children if isinstance(child, nodes.paragraph)] or [nodes.paragraph()]
    care = [sheet.Said("text", _plain(one)) for one in rest if _is_care(one)]
    blocks = [
        block
        for section in top.children
        if isinstance(section, nodes.section) and section.children[0].astext() != JOURNAL
        for block in _blocks(section, figures.registered(app.env).get(docname, {}))
    ]
    if any(isinstance(block, sheet.Asked) for block in blocks):
        sheets(app.env)[docname] = (title.astext(), f"{_flat(first.astext())} {ABOUT}", [*care, *blocks])


def _is_care(paragraph: nodes.paragraph) -> bool:
    """Whether a paragraph is a word of care, such as "No names.": a bold statement heads it.

    A bold question ("Who sees what you type?") and a sentence that starts in bold speak of the screen.
    """
    head = next((child for child in paragraph.children if child.astext()), None)  # MyST puts an empty text first
    return isinstance(head, nodes.strong) and head.astext().endswith((".", ":")) and head.astext() != START


def _blocks(node: nodes.Element, drawn: Mapping[str, dict[str, Any]]) -> Iterator[sheet.Block]:
    for child in node.children:
        if isinstance(child, nodes.title):
            yield sheet.Said("heading", _flat(child.astext()))
        elif isinstance(child, nodes.section):
            yield from _blocks(child, drawn)
        elif isinstance(child, nodes.paragraph):
            yield sheet.Said("text", _plain(child))
        elif isinstance(child, nodes.bullet_list | nodes.enumerated_list):
            yield from (sheet.Said("point", _plain(item)) for item in child.children)
        elif isinstance(child, nodes.table):
            yield from _table([[cell.astext() for cell in row.children] for row in child.findall(nodes.row)])
        elif isinstance(child, nodes.container):
            for raw in child.findall(nodes.raw):
                yield from _shown(raw, drawn)


def _shown(raw: nodes.raw, drawn: Mapping[str, dict[str, Any]]) -> Iterator[sheet.Block]:
    """What a cell shows: a form's questions but for files, which paper cannot take; the rows of a figure; a table."""
    asked: dict[str, Any] = raw.get("eg_form") or {"questions": []}
    if written := [one for one in asked["questions"] if one["kind"] != "file"]:
        questions = tuple(sheet.Question(**{**one, "options": tuple(one["options"])}) for one in written)
        yield sheet.Asked(asked["legend"], asked["note"], questions)
    elif figure := drawn.get(raw.get("eg_figure", "")):
        if OWN not in figure["name"]:
            made_up = "Made-up data. " if figure["synthetic"] else ""
            said = f"{made_up}{figure['finding'].rstrip('.')}. {figure['summary']} Source: {figure['source']}."
            yield sheet.Shown(said, figure=figure["name"])
    elif raw.astext().startswith('<table class="eg-table">'):
        table = BeautifulSoup(raw.astext(), "lxml")
        rows = [[_flat(cell.get_text()) for cell in row.select("th, td")] for row in table.select("tr")]
        yield from _table(rows, _flat(table.caption.get_text() if table.caption else ""))


def _table(rows: Sequence[Sequence[str]], caption: str = "For this task") -> Iterator[sheet.Block]:
    head, *body = (tuple(map(str, row)) for row in rows)
    yield sheet.Shown(caption, head, tuple(body))


def _plain(node: nodes.Node) -> str:
    """The words of a paragraph; what is in italics, an example or a wording, in quotation marks."""
    copy = node.deepcopy()
    for one in list(copy.findall(nodes.emphasis)):
        quoted = one.astext().startswith(('"', "\u201c"))
        one.replace_self(nodes.Text(one.astext() if quoted else f"\u201c{one.astext()}\u201d"))
    return _flat(copy.astext())


def _flat(text: str) -> str:
    return " ".join(text.split())


def ways(app: Sphinx, docname: str) -> list[nodes.Node]:
    """The line that leads to a worksheet's Word file and print sheet; none where it has no forms."""
    if docname not in sheets(app.env):
        return []
    stem = docname.removeprefix(WORKSHEETS)
    line = (
        f'<p class="eg-reading">Without a notebook: <a class="eg-download" href="{stem}.docx" download="{stem}.docx">'
        f'Word file to fill in</a> or <a class="eg-download" href="{stem}{sheet.SHEET}.html">sheet to print</a>. '
        f"{sheet.pdfs(stem + sheet.SHEET)}</p>"
    )
    return [nodes.raw("", line, format="html")]


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The print sheets, as pages of the site that no table of contents and no search index lists."""
    for docname, (title, about, blocks) in sorted(sheets(app.env).items()):
        back = f"{docname.removeprefix(WORKSHEETS)}.html"
        drawn = {
            name: markup.printed(payload, drawing.drawings(payload, figures.cache(app.env)))
            for name, payload in figures.registered(app.env).get(docname, {}).items()
            if OWN not in name
        }
        body = sheet.page(title, about, blocks, back, drawn)
        yield docname + sheet.SHEET, {"title": f"{title}: sheet to print", "body": body}, "page.html"


def write(app: Sphinx, error: Exception | None) -> None:
    """Lay each Word file beside its worksheet's page."""
    if error is not None or app.builder.format != "html":
        return
    for docname, (title, about, blocks) in sorted(sheets(app.env).items()):
        target = Path(app.outdir) / f"{docname}.docx"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(sheet.document(title, about, blocks))
