"""The printed book: every page once and in order, links that lead inside, nothing of a screen left over."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import small_book
import yaml
from bs4 import BeautifulSoup
from pikepdf import Array, Dictionary, Name, Pdf
from printed import outline, tags
from toc_pages import DOCUMENTS

from equityguide.site import combine, pdf, whole
from equityguide.site.build import build

ROOT = Path(__file__).parents[2]
BOOK = combine.parts(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))


@pytest.fixture(scope="module")
def pages(site: Path) -> BeautifulSoup:
    """All pages as one."""
    text, titles = combine.combined(site, BOOK)
    return BeautifulSoup(combine.contents(BOOK, titles, dict.fromkeys(titles, 7)) + text, "lxml")


def test_every_page_stands_once_in_the_order_of_the_contents(pages: BeautifulSoup) -> None:
    wanted = [combine.slug(name) for name in DOCUMENTS]
    assert [page["id"] for page in pages.select(".eg-book-page")] == wanted
    assert [str(link["href"]) for link in pages.select(".eg-book-contents a")] == [f"#{name}" for name in wanted]
    assert {number.get_text() for number in pages.select(".eg-book-contents li > span")} == {"7"}


def test_ids_are_unique_and_every_address_leads_somewhere(pages: BeautifulSoup) -> None:
    ids = Counter(str(tag["id"]) for tag in pages.find_all(id=True))
    assert [name for name, count in ids.items() if count > 1] == []
    links = [str(link["href"]) for link in pages.find_all("a", href=True)]
    assert len(links) > 500
    assert [link for link in links if not link.startswith(("https://", "http://", "mailto:", "#"))] == []
    assert [link for link in links if link.startswith("#") and link[1:] not in ids] == []
    named = [
        one
        for key in ("aria-labelledby", "aria-describedby")
        for tag in pages.find_all(attrs={key: True})
        for one in str(tag[key]).split()
    ]
    assert [name for name in named if name not in ids] == []


def test_figures_are_drawn_once_with_their_words(pages: BeautifulSoup, site: Path) -> None:
    drawn = pages.select(".eg-figure")
    assert len(drawn) > 40
    assert pages.select("figure, img") == []  # a guide's figure stands in its chapter, and is a link here
    assert "See the figure." in pages.select_one("#book-facilitate-build-will").get_text()
    for figure in drawn:
        assert len(figure.select("[role=img]")) == len(figure.select("svg[role=img][aria-labelledby]")) == 1
        assert figure.select_one(".eg-summary") is not None
        rows = len(figure.select("tbody tr"))
        left_out = re.search(r"The table of (\d+) rows and (\d+) columns is on the site", figure.get_text())
        assert 1 <= rows <= 24 or (rows == 0 and left_out and (int(left_out[1]) > 24 or int(left_out[2]) > 6))
        if left_out:
            assert (site / "figures" / f"{str(figure['id']).split('--fig-')[1]}.csv").exists()


def test_nothing_of_a_screen_is_left(pages: BeautifulSoup) -> None:
    assert (
        pages.select("script, button, select, input, details, .headerlink, .eg-session, .eg-downloads, [tabindex]")
        == []
    )
    worksheet = pages.select_one("#exercises-map-your-community")
    assert worksheet is not None
    assert len(worksheet.select(".eg-sheet-line")) > 10


def test_headings_go_down_one_level_at_a_time(pages: BeautifulSoup) -> None:
    levels = [int(heading.name[1]) for heading in pages.find_all(re.compile("^h[1-6]$"))]
    assert [i for i in range(1, len(levels)) if levels[i] > levels[i - 1] + 1] == []


# --- printed ---


def links_inside(found: Pdf) -> list[str]:
    """Names of the places that links in a PDF ask for."""
    asked = []
    for page in found.pages:
        for mark in page.get(Name.Annots, Array()):
            place = mark.get(Name.Dest, mark.get(Name.A, Dictionary()).get(Name.D))
            if place is not None and not isinstance(place, Array):
                asked.append(str(place).removeprefix("/"))
    return asked


def check(found: Pdf) -> None:
    assert pdf.local_links(found) == []
    places = whole.named(found)
    asked = links_inside(found)
    assert asked
    assert [name for name in asked if name not in places] == []
    assert str(found.Root.Lang) == "en"
    assert bool(found.Root.MarkInfo.Marked)
    kinds = {tag.kind for tag in tags(found)}
    assert {"H1", "H2", "P", "L", "Link", "Figure"} <= kinds
    assert [tag for tag in tags(found) if tag.kind == "Figure" and not tag.alt] == []


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = {
        "one": small_book.page("One", "See [the part](two.md#part).", small_book.FIGURE.replace("NAME", "visits")),
        "two": small_book.page("Two", "## Part", "Back to {doc}`one`."),
    }
    root = small_book.write(tmp_path_factory.mktemp("print") / "book", pages)
    site = build(root, lite=False)
    whole.printed(root, site, lambda said: None)
    return root


def test_a_small_book_is_printed_with_its_page_numbers(small: Path) -> None:
    for name in whole.FILES.values():
        with Pdf.open(small / "_build" / name) as found:
            check(found)
            starts = dict(outline(found))
            assert str(found.docinfo[Name.Title]) == "Closing the Gap"
            assert [starts[title] for title in ("Contents", "A small book", "One", "Two", "Part")] == [2, 3, 4, 5, 5]
    written = next((small / "_build" / ".cache" / "print").glob("*.pdf"))
    book = combine.parts(yaml.safe_load((small / "_toc.yml").read_text("utf-8")))
    assert whole.begins(written, book) == {"book/index": 3, "book/one": 4, "book/two": 5}


def test_a_book_that_has_not_changed_is_not_printed_again(small: Path) -> None:
    said: list[str] = []
    whole.printed(small, small / "_build" / "html", said.append)
    assert said == ["putting all pages together"]


def test_a_page_that_is_not_built_is_named(small: Path) -> None:
    with pytest.raises(ValueError, match=r"The built site has no book/three\.html\. Run `make book` first\."):
        combine.combined(small / "_build" / "html", [combine.Part("", ("book/three",))])


@pytest.mark.full
def test_the_whole_book_is_printed(site: Path) -> None:
    whole.printed(ROOT, site, lambda said: None)
    for name in whole.FILES.values():
        with Pdf.open(ROOT / "_build" / name) as found:
            check(found)
            assert len(outline(found)) > 500
            assert [bool(tag.alt) for tag in tags(found) if tag.kind == "Figure"].count(True) > 40
