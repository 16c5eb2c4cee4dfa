"""The whole book as one tagged PDF: cover, contents with page numbers, every page, links inside.

It is printed twice: the first print tells on which page each chapter begins, the second writes that into the contents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pikepdf import Dictionary, NameTree, Pdf

from equityguide import theme
from equityguide.site import combine, paths, pdf, yamls
from equityguide.site.build import build
from equityguide.site.combine import Part
from equityguide.site.pdf import PAPERS, Task

TITLE = "Closing the Gap"
SUBTITLE = "A guidebook on health equity for people who work in hospitals and clinics"
# Name of the paper -> name of the file in `_build`.
FILES = {"a4": "closing-the-gap.pdf", "letter": "closing-the-gap-letter.pdf"}


def make(root: Path, show: Callable[[str], None], *, lite: bool = True) -> list[Path]:
    """Build the public book of the checkout `root`, then print all of it, on A4 and on Letter; returns the two files.

    `show` is told what is being printed. Raises what `build` and `pdf.print_all` raise; PDFs of an earlier run then
    stand as they were.
    """
    root = root.resolve()
    made: list[Path] = []
    build(root, lite=lite, after=lambda site: made.extend(printed(root, site, show)))
    return made


def printed(root: Path, site: Path, show: Callable[[str], None]) -> list[Path]:
    """The book of the built `site` of the checkout `root`, on each paper of `FILES`, as files in `_build`."""
    state = root / "_build"
    cache = state / ".cache" / "print"
    cache.mkdir(parents=True, exist_ok=True)
    show("putting all pages together")
    book = combine.parts(yamls.loaded((root / "_toc.yml").read_text("utf-8")))
    pages, titles = combine.combined(site, book)
    head, front = _head(root), cover(root, book)

    def task(paper: str, numbers: Mapping[str, int]) -> Task:
        text = f"{head}{front}{combine.contents(book, titles, numbers)}{pages}</body></html>\n"
        key = hashlib.sha256(f"{PAPERS[paper]}\0{Path(pdf.__file__).read_text('utf-8')}\0{text}".encode()).hexdigest()
        page = cache / f"{key[:32]}.html"
        page.write_text(text, "utf-8")
        return Task(page, PAPERS[paper], key[:32], "the whole book")

    first = {paper: task(paper, {}) for paper in FILES}
    pdf.print_all(list(first.values()), cache, lambda said: show(f"{said}, to count its pages"))
    final = {paper: task(paper, begins(pdf.kept(one, cache), book)) for paper, one in first.items()}
    pdf.print_all(list(final.values()), cache, show)
    for paper, name in FILES.items():
        part = state / f"{name}.part"
        part.write_bytes(pdf.kept(final[paper], cache).read_bytes())
        part.replace(state / name)
    for path in set(cache.iterdir()) - {pdf.kept(one, cache) for one in (*first.values(), *final.values())}:
        path.unlink()
    return [state / name for name in FILES.values()]


def _head(root: Path) -> str:
    files = (root / "book" / "_static" / "book.css", Path(__file__).with_name("whole.css"))
    style = "".join(f"<style>{text}</style>" for text in (theme.css(), *(file.read_text("utf-8") for file in files)))
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light"><head><meta charset="utf-8">'
        f'<title>{TITLE}</title>{style}</head><body class="bd-article">'
    )


def cover(root: Path, book: Sequence[Part]) -> str:
    """The first page: title, edition, dates and licenses."""
    sources = (root / f"{page}.md" for part in book for page in part.pages)
    reviewed = [str(paths.front(one).get("last_reviewed", "")) for one in sources if one.exists()]
    dated = f" Its chapters were last reviewed up to {max(reviewed)}." if any(reviewed) else ""
    return (
        f'<section class="eg-book-cover"><h1>{TITLE}</h1><p class="eg-book-subtitle">{SUBTITLE}</p>'
        f"<p>Version {escape(version('equityguide'))}.{dated} Each figure names its source and its date.</p>"
        "<p>By the Closing the Gap developers. Text and figures: Creative Commons Attribution 4.0 (CC BY 4.0), with "
        "the exceptions that the file LICENSE-content lists. Code: the MIT license. Tables: under their publishers' "
        "terms.</p><p>The worksheets are printed as sheets to fill in. Charts that move, and checks of answers, are on "
        "the book's site.</p></section>"
    )


def begins(printed: Path, book: Sequence[Part]) -> dict[str, int]:
    """The page of the printed book on which each page of the site begins, from 1 on."""
    with Pdf.open(printed) as opened:
        sheets = {page.obj.objgen: number for number, page in enumerate(opened.pages, start=1)}
        places = {name: place[0].objgen for name, place in named(opened).items()}
        return {
            page: sheets[places[combine.slug(page)]]
            for part in book
            for page in part.pages
            if combine.slug(page) in places
        }


def named(opened: Pdf) -> dict[str, Any]:
    """The places that links in a PDF lead to by name: name -> page and position."""
    root = opened.Root
    found: dict[str, Any] = {}
    if "/Dests" in root:
        found |= {str(name).removeprefix("/"): place for name, place in root.Dests.items()}
    if "/Names" in root and "/Dests" in root.Names:
        found |= {str(name): place for name, place in NameTree(root.Names.Dests).items()}
    return {name: place.D if isinstance(place, Dictionary) else place for name, place in found.items()}
