"""All pages of a built site as one page to print: in the order of the contents, links led inside, nothing to unfold.

Worksheets stand as their print sheets. A figure's table is shown where it is small: who hears the book has otherwise
only the finding and the summary. A larger one is left out with a line that says where it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

from bs4 import BeautifulSoup, Tag

from equityguide.figure.markup import PRINTED_COLUMNS, PRINTED_ROWS
from equityguide.site import editions, paths
from equityguide.worksheets.sheet import SHEET

# What only a screen can use, or what stands elsewhere in the book: elements, classes, and classes of what makes the
# line that it stands in useless too.
_ELEMENTS = {"script", "button", "select", "input", "dialog"}
_CLASSES = {
    "headerlink", "eg-controls", "eg-downloads", "eg-five", "eg-hidden", "eg-live", "eg-paper-ways", "eg-phone",
    "eg-run-status", "eg-session", "eg-sheet-ways", "eg-terms", "eg-tree", "toctree-wrapper",
}  # fmt: skip
_LINES = {"eg-pdfs", "eg-download", "eg-run"}
_POINTS = ("aria-labelledby", "aria-describedby", "aria-controls", "headers", "for")  # attributes that name ids
_ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
_HEADINGS = {f"h{level}": f"h{min(level + 1, 6)}" for level in range(1, 7)}


@dataclass(frozen=True)
class Part:
    """A part of the book: its title (empty for the page that all others hang on) and its pages, without suffix."""

    title: str
    pages: tuple[str, ...]


def parts(contents: Mapping[str, Any]) -> list[Part]:
    """The parts of a table of contents, in order."""
    found = [Part("", (str(contents["root"]),))]
    found += [Part(str(part["caption"]), tuple(paths.pages(part))) for part in contents.get("parts", [])]
    loose = {key: value for key, value in contents.items() if key in ("chapters", "sections")}
    return [*found, Part("Pages", tuple(paths.pages(loose)))] if loose else found


def slug(page: str) -> str:
    """The id in print of a page (address without suffix)."""
    return page.replace("/", "-")


def combined(site: Path, book: Sequence[Part]) -> tuple[str, dict[str, str]]:
    """All pages of the book one after another as HTML, and each page's title. Addresses in it are relative to `site`.

    Raises `ValueError` for a page that the site does not have.
    """
    known = frozenset(page for part in book for page in part.pages)
    titles: dict[str, str] = {}
    bodies: list[str] = []
    for part in book:
        opened = False
        for page in part.pages:
            body, titles[page] = _page(site, page, known)
            # The title of a part stands above its first page and not on a sheet of its own.
            first = "" if opened or not part.title else f'<h1 class="eg-book-part">{escape(part.title)}</h1>'
            bodies.append(f'<section class="eg-book-page" id="{slug(page)}">{first}{body}</section>')
            opened = True
    return _resolved("".join(bodies)), titles


def contents(book: Sequence[Part], titles: Mapping[str, str], numbers: Mapping[str, int]) -> str:
    """The list of all pages, each with its number in print where `numbers` knows it."""

    def entry(page: str) -> str:
        return f'<li><a href="#{slug(page)}">{escape(titles[page])}</a><span>{numbers.get(page, "")}</span></li>'

    listed = "".join(
        f"<h2>{escape(part.title)}</h2>" * bool(part.title) + f"<ul>{''.join(map(entry, part.pages))}</ul>"
        for part in book
    )
    return f'<nav class="eg-book-contents"><h1>Contents</h1>{listed}</nav>'


def _page(site: Path, page: str, known: frozenset[str]) -> tuple[str, str]:
    """A page's article for the book, and its title."""
    name = _source(site, page)
    file = site / f"{name}.html"
    if not file.is_file():
        raise ValueError(f"The built site has no {name}.html. Run `make book` first.")
    # Only the article is parsed: what stands around it is the larger half of a page.
    found = _ARTICLE.search(file.read_text("utf-8"))
    article = BeautifulSoup(found[0], "lxml").article if found else None
    title = article.h1 if article else None
    if article is None or title is None:
        raise ValueError(f"{name}.html has no article with a title, so it cannot stand in the printed book.")
    said = " ".join(title.get_text().rstrip("#").split())
    _drop(article)
    _figures(article)
    _unfold(article)
    _point_inside(article, name, known)
    _headings(article)
    return article.decode_contents(), said


def _drop(article: Tag) -> None:
    for tag in article.find_all(True):
        if tag.decomposed:
            continue
        classes = set(tag.get_attribute_list("class"))
        if tag.name in _ELEMENTS or classes & _CLASSES or (tag.name == "details" and "hide" in classes):
            tag.decompose()
        elif classes & _LINES and isinstance(line := tag.find_parent("p"), Tag):
            line.decompose()


def _source(site: Path, page: str) -> str:
    """The page that stands for `page` in print: a worksheet's print sheet where it has one."""
    sheet = page + SHEET
    return sheet if editions.worksheets([page]) and (site / f"{sheet}.html").is_file() else page


def _figures(article: Tag) -> None:
    for figure in article.find_all("figure", class_="eg-figure"):
        # As a figure it would be one picture to a screen reader, its words and table swallowed by its name.
        figure.name = "div"
        del figure["aria-labelledby"]
        # What is hidden inside a named element gets no tag in a PDF, so the drawing itself bears the name.
        around, drawing = figure.find(role="img"), figure.find("svg")
        if isinstance(around, Tag) and isinstance(drawing, Tag):
            del drawing["aria-hidden"]
            for key in ("role", "aria-labelledby", "aria-describedby"):
                drawing[key] = around.attrs.pop(key)
        numbers = figure.find(class_="eg-numbers")
        if not isinstance(numbers, Tag):
            continue
        rows = len(numbers.find_all("tr")) - 1
        columns = len(numbers.thead.find_all("th")) if numbers.thead else 0
        if rows > PRINTED_ROWS or columns > PRINTED_COLUMNS:
            name = str(figure["id"]).removeprefix("fig-")
            _replace(
                numbers, f"<p>The table of {rows} rows and {columns} columns is on the site, as figures/{name}.csv.</p>"
            )
    for shown in article.find_all("figure", class_="eg-session-figure"):
        # A guide shows a figure of its chapter, where it is printed already.
        link, finding = shown.find("a"), shown.find("strong")
        if isinstance(link, Tag) and isinstance(finding, Tag):
            _replace(shown, f'<p>{finding} <a href="{escape(str(link["href"]))}">See the figure.</a></p>')


def _replace(old: Tag, markup: str) -> None:
    old.replace_with(BeautifulSoup(markup, "lxml").p or "")


def _unfold(article: Tag) -> None:
    for fold in article.find_all("details"):
        summary = fold.find("summary")
        if isinstance(summary, Tag):
            summary.name = "p"
            summary["class"] = "eg-book-unfolded"
        fold.name, fold["class"] = "div", "eg-book-fold"
    for region in article.find_all(tabindex=True):
        del region["tabindex"]
    for image in article.find_all("img"):
        image.attrs.pop("loading", None)


def _point_inside(article: Tag, page: str, known: frozenset[str]) -> None:
    """Ids made the page's own, and every address led to its place in the book, or made text."""
    own = slug(page)
    for tag in article.find_all(id=True):
        if tag.find_parent("svg") is None:  # a drawing's own ids carry its name already
            tag["id"] = f"{own}--{tag['id']}"
    for key in _POINTS:
        for tag in article.find_all(lambda one, key=key: one.has_attr(key)):
            tag[key] = " ".join(f"{own}--{one}" for one in str(tag[key]).split())
    for link in article.find_all("a", href=True):
        href = _inside(str(link["href"]), page, known)
        if href is None:
            link.unwrap()
        else:
            link["href"] = href
    for media in article.find_all(src=True):
        media["src"] = normpath(join(dirname(page), str(media["src"])))


def _inside(href: str, page: str, known: frozenset[str]) -> str | None:
    if href.startswith(("http:", "https:", "mailto:")):
        return href
    path, _, anchor = href.partition("#")
    target = normpath(join(dirname(page), path)).removesuffix(".html") if path else page.removesuffix(SHEET)
    if target not in known or (path and not path.endswith(".html")):
        return None
    return f"#{slug(target)}--{anchor}" if anchor else f"#{slug(target)}"


def _headings(article: Tag) -> None:
    for heading in article.find_all(list(_HEADINGS)):
        heading.name = _HEADINGS[heading.name]


_LINK = re.compile(r'href="#([^"]*)"')


def _resolved(text: str) -> str:
    """Links whose place is not in print lead to the page that it is on."""
    there = set(re.findall(r' id="([^"]*)"', text))
    return _LINK.sub(lambda m: m[0] if m[1] in there else f'href="#{m[1].partition("--")[0]}"', text)
