"""Chapters as SCORM 1.2 packages: the built page without the site around it, a manifest, and a script that says "read".

A package holds one chapter with its charts and styles at the places they have in the site, so that the page's own
policy holds in a learning system too. It names no other host but as a link for the reader.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from bs4 import BeautifulSoup, Tag

from equityguide.site.teaching import Lesson

SCRIPT = "_static/scorm.js"
EPOCH = (1980, 1, 1, 0, 0, 0)
_SHIPPED = {"_static/figure.js": ("_static/vega.js", "_static/tree.js")}  # what a script loads when the reader asks
_PACKAGING, _ADL = "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "http://www.adlnet.org/xsd/adlcp_rootv1p2"


def package(site: Path, lesson: Lesson) -> bytes:
    """The package of one chapter of the built `site`, the same bytes for the same site.

    Raises `ValueError` where the site has no such page.
    """
    page = f"{lesson.page}.html"
    source = site / page
    if not source.is_file():
        raise ValueError(f"The built site has no {page}. Run `make book` first.")
    soup = BeautifulSoup(source.read_text("utf-8"), "lxml")
    text, needed = framed(soup, page, lambda name: (site / name).is_file())
    files = {page: text.encode(), SCRIPT: Path(__file__).with_name("scorm.js").read_bytes()}
    files |= {name: (site / name).read_bytes() for name in [*needed, *_fonts(site, needed)]}
    return zipped({"imsmanifest.xml": manifest(lesson, page, files).encode(), **files})


def framed(soup: BeautifulSoup, page: str, exists: Callable[[str], bool]) -> tuple[str, list[str]]:
    """The chapter alone as a page for a frame, and the files of the site it needs, as paths below the site's root."""
    article = soup.select_one("article")
    title, policy = soup.find("title"), soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})
    if article is None or title is None or policy is None:
        raise ValueError(f"{page} is not a page of the book as built.")
    needed: dict[str, None] = {}
    for code in article.find_all("pre"):
        code["tabindex"] = "0"  # long lines scroll; in the site the theme's script does this
    for spot in article.select(".eg-reading:has(.eg-pdfs)"):
        spot.decompose()  # it leads to pages and PDFs that are not in the package
    _words(article)
    _links(article, page, exists, needed)
    up = "../" * page.count("/")
    head = [str(policy), str(title), f'<script src="{up}_static/boot.js"></script>']
    scripts = [str(tag["src"]) for tag in soup.select("head script[src]")]
    ours = [src for src in scripts if src.endswith(("/figure.js", "/terms.js"))]
    head += [f'<script defer src="{src}"></script>' for src in [*ours, f"{up}{SCRIPT}"]]
    sheets = [str(tag["href"]) for tag in soup.select('link[rel="stylesheet"]')]
    head += [f'<link rel="stylesheet" href="{href}">' for href in sheets]
    for reference in [*ours, *sheets, f"{up}_static/boot.js"]:
        name = _resolved(page, reference)
        needed |= dict.fromkeys([name, *_SHIPPED.get(name, ())])
    body = (
        '<div class="bd-container"><div class="bd-container__inner bd-page-width"><main class="bd-main">'
        f'<div class="bd-content"><div class="bd-article-container">{article}</div></div></main></div></div>'
    )
    text = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'{"".join(head)}<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"></head><body>{body}</body></html>\n'
    )
    return text, [name for name in needed if exists(name)]


_END = """<section class="eg-scorm"><h2>When you have read this</h2>
<p>When you opened this page, your learning system noted that you had begun. Press the button, and it notes that you
have read the chapter. The page sends it nothing else: no score, no answers and no time. The system itself may keep when
you came and went.</p>
<p><button type="button" class="eg-button" hidden>I have read this</button></p>
<p role="status">The button needs scripts, which are switched off here.</p></section>"""


def _words(article: Tag) -> None:
    """The glossary is not in the package: the meanings that the page carries for previews become its last section."""
    terms = article.select_one(".eg-terms")
    if terms is not None:
        for meaning in terms.find_all("p"):
            anchor = str(meaning["id"]).removeprefix("def-")
            name = BeautifulSoup("", "lxml").new_tag("strong", id=anchor)
            name.string = f"{anchor.removeprefix('term-').replace('-', ' ').capitalize()}: "
            meaning.insert(0, name)
        heading = BeautifulSoup("", "lxml").new_tag("h2")
        heading.string = "Words in this chapter"
        terms.insert(0, heading)
        del terms["hidden"]
        terms.name = "section"
    end = BeautifulSoup(_END, "lxml").select_one("section")
    if end is not None:
        article.append(end)


def _links(article: Tag, page: str, exists: Callable[[str], bool], needed: dict[str, None]) -> None:
    """Links to what the package holds stay; those to other pages become text; other hosts open beside the frame."""
    for link in article.find_all("a", href=True):
        href = str(link["href"])
        path, _, anchor = href.partition("#")
        if href.startswith(("http:", "https:")):
            link["target"], link["rel"] = "_blank", "noopener"
        elif anchor.startswith("term-") and article.find(id=anchor):
            link["href"] = f"#{anchor}"
        elif path and (name := _resolved(page, path)) != page:
            if exists(name) and not name.endswith(".html"):
                needed[name] = None
            else:
                link.name = "span"
                link.attrs = {}
    for media in article.find_all(src=True):
        needed[_resolved(page, str(media["src"]))] = None


def _resolved(page: str, reference: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), reference))


def _fonts(site: Path, needed: Iterable[str]) -> list[str]:
    """What the stylesheets among these name: the icon font, where it was not cut away."""
    found: dict[str, None] = {}
    for sheet in (name for name in needed if name.endswith(".css")):
        for reference in re.findall(r"url\(([^)]+)\)", (site / sheet).read_text("utf-8")):
            name = _resolved(sheet, reference.strip("\"'"))
            if not reference.startswith("data:") and (site / name).is_file():
                found[name] = None
    return list(found)


def manifest(lesson: Lesson, page: str, files: Iterable[str]) -> str:
    """The package's imsmanifest.xml: one organization, one item, one SCO with all its files."""
    listed = "".join(f"<file href={quoteattr(name)}/>" for name in sorted(files))
    title = escape(lesson.title)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<manifest identifier="closing-the-gap.{lesson.id}" version="1.0" xmlns="{_PACKAGING}" xmlns:adlcp="{_ADL}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{_PACKAGING} imscp_rootv1p1p2.xsd {_ADL} adlcp_rootv1p2.xsd">'
        "<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>"
        f'<organizations default="book"><organization identifier="book"><title>{title}</title>'
        f'<item identifier="chapter" identifierref="page"><title>{title}</title></item></organization></organizations>'
        f'<resources><resource identifier="page" type="webcontent" adlcp:scormtype="sco" href={quoteattr(page)}>'
        f"{listed}</resource></resources></manifest>\n"
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip with these files in the order of their names, the same bytes each time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # else the file would say which system wrote it
            made.writestr(entry, content)
    return out.getvalue()
