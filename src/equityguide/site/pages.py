"""One built page, mended: no other host, no inline script or style, the theme's accessibility faults cured.

Each cure names the fault it is for. `tests/site` holds the result in a real browser.
"""

from __future__ import annotations

import itertools
import re
from pathlib import PurePosixPath

from bs4 import BeautifulSoup, Tag

from equityguide.site.policy import POLICY

STYLESHEET = "site.css"
THEME = ("scripts/sphinx-book-theme.js", "scripts/pydata-sphinx-theme.js")
SEARCH = ("documentation_options.js", "doctools.js", "sphinx_highlight.js", "language_data.js", "searchtools.js")
# Our own, each for the pages that have the part it serves.
SCRIPTS = {
    ".eg-figure": "figure.js",
    ".eg-paper-data": "note.js",
    ".eg-run": "run.js",
    ".eg-session": "session.js",
    ".eg-deck": "slides.js",
    ".eg-series": "series.js",
    ".eg-terms": "terms.js",
}
# Stylesheets of scripts that no page loads any more.
UNUSED_STYLES = ("togglebutton.css", "copybutton.css", "sphinx-thebe.css")

# The drawings as `drawing` writes them: half of a page's elements, and nothing in them needs mending.
_DRAWING = re.compile(r'<svg aria-hidden="true" focusable="false".*?</svg>', re.DOTALL)
_PLACE = re.compile(r"<!--drawing (\d+)-->")

_DESCRIPTION = 155  # characters; what search engines show


def mend(html: str, page: PurePosixPath) -> str:
    """The page at `page` (path below the site's root) as it ships."""
    drawings = _DRAWING.findall(html)
    places = itertools.count()
    soup = BeautifulSoup(_DRAWING.sub(lambda _: f"<!--drawing {next(places)}-->", html), "lxml")
    if soup.find("main") is None:
        return _redirect(soup)
    up = "../" * (len(page.parts) - 1)
    description = _description(soup)
    _scripts(soup, page, up)
    _styles(soup, up)
    _head(soup, up, description)
    _landmarks(soup)
    _names(soup)
    _leftovers(soup)
    return _PLACE.sub(lambda place: drawings[int(place[1])], _text(soup))


def stylesheets(html: str) -> list[str]:
    """The stylesheets a built page links, as paths below `_static`, in order."""
    soup = BeautifulSoup(html.partition("</head>")[0], "lxml")
    found = [
        str(link["href"]).split("?")[0].split("_static/", 1)[-1] for link in soup.find_all("link", rel="stylesheet")
    ]
    return [name for name in found if name not in UNUSED_STYLES]


def _text(soup: BeautifulSoup) -> str:
    return re.sub(r"\n\s*\n+", "\n", str(soup)) + "\n"


def _redirect(soup: BeautifulSoup) -> str:
    """Jupyter Book's front page is a bare meta-refresh; this one is a page, with a link for whoever stays on it."""
    refresh = soup.find("meta", attrs={"http-equiv": "Refresh"})
    if not isinstance(refresh, Tag):
        raise ValueError("a page without main content is not the front page's redirect")
    target = str(refresh["content"]).split("url=", 1)[1]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta http-equiv="refresh" content="0; url={target}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="description" content="Closing the Gap, a guidebook on health equity: to the first page.">'
        # An empty icon: the browser leaves this page before a real one has arrived.
        '<link rel="icon" href="data:,">'
        "<title>Closing the Gap</title></head><body><main><h1>Closing the Gap</h1>"
        f'<p><a href="{target}">To the book</a></p></main></body></html>\n'
    )


def _description(soup: BeautifulSoup) -> str:
    for paragraph in soup.select("article p"):
        text = " ".join(paragraph.get_text(" ", strip=True).split())
        if len(text) > 40 and not paragraph.get("class"):
            return text if len(text) <= _DESCRIPTION else text[:_DESCRIPTION].rsplit(" ", 1)[0] + " …"
    title = soup.find("title")
    return f"{title.get_text(strip=True) if title else 'A page'}: a page of the guidebook Closing the Gap."


def _scripts(soup: BeautifulSoup, page: PurePosixPath, up: str) -> None:
    """Only our own files and what the theme's controls need; inline scripts are forbidden by the policy."""
    for script in soup.find_all("script"):
        if script.get("type") != "application/json":
            script.decompose()
    for preload in soup.find_all("link", rel="preload"):
        preload.decompose()
    head = _head_of(soup)
    # First and blocking: it sets light or dark before anything is painted.
    head.insert(0, soup.new_tag("script", src=f"{up}_static/boot.js"))
    # Slides have none of the theme's controls.
    wanted = [f"_static/{name}" for name in THEME if soup.select_one(".eg-deck") is None]
    wanted += [f"_static/{script}" for part, script in SCRIPTS.items() if soup.select_one(part)]
    if page.name == "search.html":
        wanted += [f"_static/{name}" for name in SEARCH] + ["searchindex.js"]
    for path in wanted:
        tag = soup.new_tag("script", src=f"{up}{path}")
        tag["defer"] = ""
        head.append(tag)


def _styles(soup: BeautifulSoup, up: str) -> None:
    for link in soup.find_all("link", rel="stylesheet"):
        link.decompose()
    for block in soup.find_all("style"):
        block.decompose()
    for element in soup.find_all(style=True):
        del element["style"]
    _head_of(soup).append(soup.new_tag("link", rel="stylesheet", href=f"{up}_static/{STYLESHEET}"))


def _head(soup: BeautifulSoup, up: str, description: str) -> None:
    head = _head_of(soup)
    for meta in head.find_all("meta"):
        # The theme writes the viewport three times and two settings of a search service that is not used.
        if meta.get("name") in ("viewport", "docsearch:language", "docsearch:version", "description"):
            meta.decompose()
    # Before any script or style is asked for: the policy holds only for what comes after it.
    for position, (key, name, content) in enumerate(
        [
            ("http-equiv", "Content-Security-Policy", POLICY),
            ("name", "viewport", "width=device-width, initial-scale=1"),
            ("name", "description", description),
        ]
    ):
        meta = soup.new_tag("meta", content=content)
        meta[key] = name
        head.insert(position, meta)
    charset = head.find("meta", charset=True)
    if isinstance(charset, Tag):
        head.insert(0, charset.extract())
    icon = soup.new_tag("link", rel="icon", href=f"{up}_static/icon.svg", type="image/svg+xml")
    head.append(icon)


def _landmarks(soup: BeautifulSoup) -> None:
    """axe `region`: the sidebar's logo stood outside every landmark. Its two roles are named apart."""
    for sidebar in soup.select("#pst-primary-sidebar"):
        sidebar["role"] = "navigation"
        sidebar["aria-label"] = "Site"
        for nav in sidebar.find_all("nav"):
            nav["aria-label"] = "Chapters"
    for button in soup.select("#pst-back-to-top"):
        # A floating pill over the text; the browser's own Home key and the skip link do its work.
        button.decompose()


def _names(soup: BeautifulSoup) -> None:
    """Accessible names that match what is seen, and no names on decoration."""
    for icon in soup.find_all(["i", "span"], class_=re.compile(r"^fa-")):
        icon["aria-hidden"] = "true"
        icon.attrs.pop("title", None)
    for button in soup.select(".theme-switch-button"):
        button["aria-label"] = button["title"] = "Light, dark or system colors"
    for button in soup.select(".search-button-field"):
        button.attrs.pop("aria-label", None)
        button.attrs.pop("title", None)
    for keys in soup.select(".search-button__kbd-shortcut"):
        keys["aria-hidden"] = "true"
    for button in soup.select("button.sidebar-toggle"):
        primary = "primary-toggle" in button.get_attribute_list("class")
        button["aria-label"] = button["title"] = "Chapters" if primary else "On this page"
    for toggle in soup.select("li.has-children > details > summary"):
        listed = toggle.find_previous("a")
        toggle["aria-label"] = f"Pages under {listed.get_text(strip=True) if listed else 'this one'}"
    for summary in soup.select("details.hide > summary"):
        summary.attrs.pop("aria-label", None)
    for cell in soup.select("main thead th"):
        if not cell.get_text(strip=True):
            cell.name = "td"
    for listing in soup.select(".citation-list[role=list], [role=doc-biblioentry]"):
        listing.attrs.pop("role", None)


def _leftovers(soup: BeautifulSoup) -> None:
    """Parts that ask other services, say things twice, or hold event handlers the policy forbids."""
    for selector in (
        "#ethical-ad-placement",
        "#jb-print-docs-body",
        "noscript style",
        ".pst-async-banner-revealer",
    ):
        for element in soup.select(selector):
            element.decompose()
    for element in soup.find_all(onclick=True):
        if "print" in str(element["onclick"]):
            element["data-eg-print"] = ""
        del element["onclick"]


def _head_of(soup: BeautifulSoup) -> Tag:
    if soup.head is None:
        raise ValueError("a page without a head")
    return soup.head
