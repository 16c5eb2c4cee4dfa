"""Slides as PDF: tagged, a slide a page, and with the host's notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from pikepdf import Pdf
from printed import outline, tags

from equityguide.site import guides, pdf, printing

ROOT = Path(__file__).resolve().parents[2]
STEMS = guides.stems(ROOT)
# 16:9, and the papers of the notes, in points.
PAPER_SIZES = {"wide": (960, 540), "notes-a4": (595.3, 841.9), "notes-letter": (612, 792)}


def printed(site: Path, cache: Path, stem: str, paper: str) -> Pdf:
    (wanted,) = [one for one in printing.tasks(ROOT, site) if one.name == f"{stem}-slides" and one.paper.name == paper]
    pdf.print_all([wanted], cache, lambda said: None)
    return Pdf.open(pdf.kept(wanted, cache))


def check(found: Pdf, site: Path, stem: str, paper: str) -> None:
    """Tagged, of the right size, each slide's heading in its outline; the figure has its finding."""
    page = BeautifulSoup((site / f"book/facilitate/{stem}-slides.html").read_text("utf-8"), "lxml")
    slides = page.select(".eg-slide")
    for sheet in found.pages:
        left, low, right, high = (float(edge) for edge in sheet.MediaBox)
        assert (right - left, high - low) == pytest.approx(PAPER_SIZES[paper], abs=1)
    # Without spaces: where a heading breaks into lines, Chromium's outline loses one.
    headings = ["".join(heading.get_text().split()) for one in slides for heading in one.select("h1, h2")]
    listed = outline(found)
    assert ["".join(title.split()) for title, _ in listed] == headings
    assert bool(found.Root.MarkInfo.Marked)
    assert str(found.Root.Lang) == "en"
    alternatives = [tag.alt for tag in tags(found) if tag.kind == "Figure"]
    drawn = [str(one.get_text()) for one in page.select(".eg-slide:has(.eg-drawing) h2")]
    assert alternatives == drawn
    if paper == "wide":
        assert len(found.pages) == len(slides)
        assert [number for _, number in listed] == list(range(1, len(slides) + 1))
    else:
        # Two small slides and their notes fill a page or so; notes that were left out would be far fewer pages.
        assert len(slides) / 3 < len(found.pages) <= len(slides) * 1.5


def test_every_deck_asks_for_its_papers(site: Path) -> None:
    asked: dict[str, list[str]] = {}
    for task in printing.tasks(ROOT, site):
        if task.name.endswith("-slides"):
            asked.setdefault(task.name, []).append(task.paper.name)
    assert asked == {f"{stem}-slides": list(PAPER_SIZES) for stem in STEMS}


@pytest.mark.parametrize("paper", ["wide", "notes-a4"])
def test_a_deck_prints_a_slide_a_page_or_with_its_notes(site: Path, tmp_path: Path, paper: str) -> None:
    with printed(site, tmp_path, "build-will", paper) as found:
        check(found, site, "build-will", paper)


@pytest.mark.full
@pytest.mark.parametrize("paper", PAPER_SIZES)
@pytest.mark.parametrize("stem", STEMS)
def test_every_deck_prints_well(site: Path, tmp_path: Path, stem: str, paper: str) -> None:
    with printed(site, tmp_path, stem, paper) as found:
        check(found, site, stem, paper)
