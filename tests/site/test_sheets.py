"""Each worksheet's page leads to a Word file and a print sheet, and both ask what the page's forms ask."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext
from toc_pages import WORKSHEETS

from equityguide.worksheets import docx


def soup(site: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((site / name).read_text("utf-8"), "lxml")


def words(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        read = ElementTree.fromstring(package.read("word/document.xml"))
    return "\n".join(one.text or "" for one in read.iter(f"{{{docx.MAIN}}}t"))


@pytest.mark.parametrize("name", WORKSHEETS)
def test_every_question_of_the_page_is_in_both(site: Path, name: str) -> None:
    page, sheet = soup(site, f"{name}.html"), soup(site, f"{name}-sheet.html")
    labels = page.select(".eg-form .eg-form-label")
    asked = [one.get_text(strip=True) for one in labels if not one.find_next_sibling("input", type="file")]
    assert len(asked) >= 4
    assert [label.get_text(strip=True) for label in sheet.select(".eg-form-label")] == asked
    content = (site / f"{name}.docx").read_bytes()
    said = words(content)
    assert [label for label in asked if label not in said] == []
    assert "stays as you saved it" not in said
    headings = [title.get_text().rstrip("#") for title in page.select("article h2")]
    assert [title for title in headings if title != "Journal" and title not in said] == []


@pytest.mark.parametrize("name", WORKSHEETS)
def test_both_are_linked_above_the_ways_to_run_it(site: Path, name: str) -> None:
    stem = name.rsplit("/", 1)[1]
    first = soup(site, f"{name}.html").select(".eg-reading")[0]
    assert [link["href"] for link in first.select("a") if not str(link["href"]).endswith(".pdf")] == [
        f"{stem}.docx",
        f"{stem}-sheet.html",
    ]


def test_a_printed_sheet_has_lines_and_boxes_and_no_controls(context: BrowserContext, web: str) -> None:
    page = context.new_page()
    page.goto(web + "exercises/map-your-community-sheet.html")
    page.emulate_media(media="print")
    assert page.locator(".eg-sheet-ways").is_hidden()
    assert page.locator("#pst-primary-sidebar").is_hidden()
    heights = page.eval_on_selector_all(".eg-sheet-line", "lines => lines.map(line => line.offsetHeight)")
    assert len(heights) > 10
    assert min(heights) >= 32  # CSS pixels: 8.5 mm, room for handwriting
    box = "box => getComputedStyle(box, '::before').borderTopWidth"
    widths = page.eval_on_selector_all(".eg-sheet-boxes li", f"boxes => boxes.map({box})")
    assert len(widths) > 5
    assert all(float(width.removesuffix("px")) >= 1 for width in widths)
