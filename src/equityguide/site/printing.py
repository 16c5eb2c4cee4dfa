"""The PDFs of a site: each page that says it is made to be printed, on each paper it names, laid beside it and linked.

A page says so with `data-eg-papers`; a place for links to its PDFs is an empty `<span class="eg-pdfs" data-pdf="…">` on
any page. PDFs are kept in `_build/.cache/pdf` by what is printed, so that a build which changes nothing on a page lays
the same PDFs beside it again, and one that does leaves them and their links out until the next `make handouts`.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from equityguide import theme
from equityguide.site import pdf
from equityguide.site.build import build
from equityguide.site.pdf import PAPERS, Task

_PAPERS = re.compile(r'data-eg-papers="([^"]*)"')
_SPOT = re.compile(
    r'(<span (?=[^>]*\bclass="eg-pdfs")[^>]*\bdata-pdf="([^"]+)"[^>]*>)[^<]*(?:<a[^<]*</a>[^<]*)*(</span>)'
)
_PRINTED = re.compile(r"<title>.*?</title>|<article.*</article>", re.DOTALL)


def make(root: Path, show: Callable[[str], None], *, lite: bool = True) -> Path:
    """Build the public book of the checkout `root`, print what has no PDF yet, and lay all PDFs into the site.

    `show` is told what is being printed. Raises what `build` and `pdf.print_all` raise; the site then stands without
    the new PDFs, and what was printed is kept for the next time.
    """
    root = root.resolve()

    def add(site: Path) -> None:
        wanted, cache = tasks(root, site), kept(root)
        pdf.print_all(wanted, cache, show)
        lay(root, site)
        for path in set(cache.iterdir()) - {pdf.kept(task, cache) for task in wanted}:
            path.unlink()

    return build(root, lite=lite, after=add)


def kept(root: Path) -> Path:
    """Where the PDFs of the pages stand between builds."""
    return root / "_build" / ".cache" / "pdf"


def tasks(root: Path, site: Path) -> list[Task]:
    """What there is to print in the built `site` of the checkout `root`: each page that asks for it, on each paper.

    Raises `ValueError` for a paper that is not known.
    """
    style = _style(root)
    found = []
    for path in _pages(site):
        text = path.read_text("utf-8")
        asked = _PAPERS.search(text)
        for name in asked[1].split() if asked else ():
            if name not in PAPERS:
                raise ValueError(f"{path.name} asks for the paper {name!r}. Use {', '.join(PAPERS)}.")
            found.append(Task(path, PAPERS[name], _digest(style, repr(PAPERS[name]), _printed(text)), path.stem))
    return found


def lay(root: Path, site: Path) -> None:
    """Lay the PDFs that were kept for just these pages beside them, and link them where a page leaves room for it."""
    there: dict[str, dict[str, str]] = {}
    for task in tasks(root, site):
        source, target = pdf.kept(task, kept(root)), task.page.with_name(f"{task.page.stem}-{task.paper.name}.pdf")
        if source.exists():
            _put(target, source.read_bytes())
            name = task.page.relative_to(site).with_suffix("").as_posix()
            there.setdefault(name, {})[task.paper.name] = task.paper.title
    for path in _pages(site):
        text = path.read_text("utf-8")
        linked = filled(text, path.relative_to(site).as_posix(), there)
        if linked != text:
            _put(path, linked.encode())


def filled(text: str, page: str, there: Mapping[str, Mapping[str, str]]) -> str:
    """The page at `page` with its places for links filled; `there`: address without suffix -> name and title of each
    paper that there is a PDF for.
    """

    def links(spot: re.Match[str]) -> str:
        start, name, end = spot.groups()
        papers = there.get(posixpath.normpath(posixpath.join(posixpath.dirname(page), name)), {})
        listed = ", ".join(
            f'<a class="eg-download" href="{name}-{one}.pdf">{title}</a>' for one, title in papers.items()
        )
        return f"{start}As PDF: {listed}{end}" if papers else f"{start}{end}"

    return _SPOT.sub(links, text)


def _pages(site: Path) -> list[Path]:
    """The pages of a site, without the worksheets' browser copy, which has rules of its own."""
    return [path for path in sorted(site.rglob("*.html")) if path.relative_to(site).parts[0] != "lite"]


def _printed(text: str) -> str:
    """Of a page, what its PDF shows: links to PDFs are not printed, nor is what stands around the article."""
    return "".join(_PRINTED.findall(_SPOT.sub(r"\1\3", text))) or text


def _style(root: Path) -> str:
    """What a PDF's looks hang on besides its page."""
    static = root / "book" / "_static"
    files = (static / "book.css", static / "slides.css", root / "requirements.lock", Path(pdf.__file__))
    return _digest(theme.css(), *(path.read_text("utf-8") for path in files))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _put(path: Path, content: bytes) -> None:
    """Whole or not at all, and only where it differs: a site in use changes page by page."""
    if path.exists() and path.read_bytes() == content:
        return
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
