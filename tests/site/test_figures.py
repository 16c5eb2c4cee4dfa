"""Figures as readers with less meet them: no scripts, no server, no mouse, no screen, a small one, another palette."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from browsing import Seen, enliven
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page

CHAPTER = "book/strategies/build-will.html"


def registry(site: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((site / "figures.json").read_text("utf-8"))
    return listed


def test_registry_matches_the_pages(site: Path) -> None:
    listed = registry(site)
    assert listed, "no figures at all"
    for entry in listed:
        assert set(entry) == {"name", "page", "finding", "summary", "rows", "source", "evidence"}
        soup = BeautifulSoup((site / entry["page"]).read_text("utf-8"), "lxml")
        figure = soup.select_one(f"figure.eg-figure#fig-{entry['name']}")
        assert figure is not None, entry["name"]
        assert figure["data-state"] == "static"
        assert figure.select_one(".eg-finding").get_text() == entry["finding"]
        assert figure.select_one(".eg-summary").get_text() == entry["summary"]
        assert len(figure.select("tbody tr")) == entry["rows"]
        with (site / "figures" / f"{entry['name']}.csv").open(encoding="utf-8") as file:
            assert len(list(csv.reader(file))) == entry["rows"] + 1
    placed = {
        f["id"] for p in site.rglob("*.html") for f in BeautifulSoup(p.read_text("utf-8"), "lxml").select(".eg-figure")
    }
    assert placed == {f"fig-{entry['name']}" for entry in listed}


def test_table_download_and_specification_hold_the_same_rows(site: Path) -> None:
    for entry in registry(site):
        soup = BeautifulSoup((site / entry["page"]).read_text("utf-8"), "lxml")
        figure = soup.select_one(f"#fig-{entry['name']}")
        assert figure is not None
        spec = json.loads(figure.select_one("script.eg-spec").get_text())
        with (site / "figures" / f"{entry['name']}.csv").open(encoding="utf-8") as file:
            download = list(csv.DictReader(file))
        table = [[c.get_text() for c in row.find_all(["th", "td"])] for row in figure.select("tbody tr")]
        synthetic = figure.select_one(".eg-synthetic") is not None
        for record, line, cells in zip(spec["datasets"]["rows"], download, table, strict=True):
            assert line.pop("data", None) == ("synthetic" if synthetic else None)
            assert set(record) == set(line)
            withheld = record.get("status") in ("suppressed", "no data", "not asked")
            for (column, written), shown in zip(line.items(), cells, strict=True):
                value = record[column]
                if value is None and withheld:
                    assert written == shown == record["status"]
                elif value is None:
                    assert (written, shown) == ("", "not calculated" if "status" in record else "no data")
                elif isinstance(value, str):
                    assert written == shown == value
                else:
                    assert float(written) == value
                    assert float(shown.replace(",", "")) == pytest.approx(value, abs=5.1e-5)  # four decimals at most


def test_synthetic_data_is_marked_in_words_drawing_and_evidence(site: Path) -> None:
    """Said by each figure itself: its words, the drawings it shows, the one it offers, and its evidence label."""
    for entry in registry(site):
        soup = BeautifulSoup((site / entry["page"]).read_text("utf-8"), "lxml")
        figure = soup.select_one(f"#fig-{entry['name']}")
        assert figure is not None
        drawings = [part.get_text(" ") for part in figure.select(".eg-drawing svg")]
        drawings.append((site / "figures" / f"{entry['name']}.svg").read_text("utf-8"))
        marked = figure.select_one(".eg-synthetic") is not None
        assert all(("Synthetic data" in drawn) == marked for drawn in drawings)
        assert not marked or "synthetic" in figure.select_one(".eg-evidence").get_text().lower()


def test_drawn_with_scripts_off(browser: Browser, web: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(web + CHAPTER)
    for drawing in page.query_selector_all(".eg-figure .eg-drawing"):
        box = drawing.bounding_box()
        assert box is not None
        assert box["height"] > 150
    assert page.query_selector_all(".eg-figure .eg-phone svg text")
    context.close()


def test_whole_from_a_file(context: BrowserContext, site: Path) -> None:
    page, seen = context.new_page(), Seen()
    seen.watch(page, "file:")
    page.goto((site / CHAPTER).as_uri())
    assert set(enliven(page)) == {"live"}
    assert (seen.outside, seen.failed, seen.errors) == ([], [], [])


def test_search_finds_a_word_over_http_and_from_a_file(context: BrowserContext, web: str, site: Path) -> None:
    for start in (web, site.as_uri() + "/"):
        page, seen = context.new_page(), Seen()
        seen.watch(page, web)
        page.goto(start + "search.html?q=redlining")
        page.wait_for_selector("#search-results li a")
        links = [str(a.get_attribute("href")) for a in page.query_selector_all("#search-results li a")]
        assert any("build-will" in link for link in links), links
        assert (seen.outside, seen.errors) == ([], [])
        page.close()


def test_search_box_leads_to_results(browser: Browser, web: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(web + "book/index.html", wait_until="networkidle")
    page.keyboard.press("Control+k")
    page.keyboard.type("redlining")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    context.close()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_sideways_scroll_and_no_text_under_12_pixels(browser: Browser, web: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(web + CHAPTER, wait_until="networkidle")
    for live in (False, True):
        if live:
            enliven(page)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0
        sizes = page.evaluate(
            """() => [...document.querySelectorAll('.eg-figure svg text')].filter(t => t.textContent && t.getClientRects().length)
                 .map(t => { const m = t.getScreenCTM(); return parseFloat(getComputedStyle(t).fontSize) * Math.hypot(m.a, m.b) })"""
        )
        assert sizes
        assert min(sizes) >= 11.95, min(sizes)
    context.close()


def _stops(page: Page) -> list[str]:
    """What Tab reaches inside the first figure, from just before it."""
    page.evaluate(
        """() => { const f = document.querySelector('.eg-figure'); const mark = document.createElement('span');
              mark.tabIndex = -1; f.before(mark); mark.focus(); }"""
    )
    found = []
    for _ in range(12):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const e = document.activeElement; return e.closest('.eg-figure') ? e.tagName + ' ' + (e.textContent || e.name || '').slice(0, 40) : '' }"""
        )
        if not name:
            return found
        found.append(name)
    return found


def test_keyboard_path_through_a_figure(context: BrowserContext, web: str) -> None:
    page = context.new_page()
    page.goto(web + CHAPTER, wait_until="networkidle")
    enliven(page)
    assert 1 <= len(_stops(page)) <= 3
    summary = page.locator(".eg-figure .eg-numbers > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".eg-figure .eg-numbers").first.get_attribute("open") is not None
    page.locator(".eg-figure .eg-tree .eg-button").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".eg-tree [role=tree]")
    first = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('[role=tree]') !== null")
    assert page.evaluate("document.activeElement.textContent") != first
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=tree]') === null"), "the tree traps the keyboard"


def test_downloads_are_there(context: BrowserContext, web: str, site: Path) -> None:
    for entry in registry(site):
        page = context.new_page()
        page.goto(web + entry["page"])
        for kind, start in (("csv", b""), ("svg", b"<svg"), ("png", b"\x89PNG")):
            link = page.locator(f"#fig-{entry['name']} a[download$='.{kind}']")
            answer = page.request.get(page.evaluate("a => a.href", link.element_handle()))
            assert answer.ok
            assert answer.body().startswith(start)
        page.close()
    poster = (site / "figures" / f"{registry(site)[0]['name']}.svg").read_text("utf-8")
    assert "var(--" not in poster
    assert "Source:" in poster


def test_printed_page_holds_the_chart(context: BrowserContext, web: str, tmp_path: Path) -> None:
    page = context.new_page()
    page.goto(web + CHAPTER, wait_until="networkidle")
    enliven(page)
    target = tmp_path / "page.pdf"
    page.pdf(path=str(target), format="A4", tagged=True, outline=True)
    page.emulate_media(media="print")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.eg-drawing')].every(d => d.getBoundingClientRect().height > 80)"
    )
    assert drawn
    hidden = page.evaluate(
        "[...document.querySelectorAll('.eg-live,.eg-controls')].every(d => d.getClientRects().length === 0)"
    )
    assert hidden
    with pikepdf.open(target) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("en")
        kinds = {str(thing.get("/S")) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)}
        assert {"/Figure", "/H1", "/P"} <= kinds


def test_forced_colors_leave_marks_that_differ_from_the_ground(browser: Browser, web: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, forced_colors="active")
    page = context.new_page()
    page.goto(web + CHAPTER, wait_until="networkidle")
    same = page.evaluate(
        """() => { const ground = getComputedStyle(document.body).backgroundColor;
          return [...document.querySelectorAll('.eg-wide svg path')].filter(p => p.getClientRects().length).filter(p => {
            const s = getComputedStyle(p); const fill = s.fill !== 'none' && s.fill !== ground && parseFloat(s.fillOpacity) > 0;
            const stroke = s.stroke !== 'none' && s.stroke !== ground && parseFloat(s.strokeWidth) > 0;
            return !fill && !stroke && s.fill !== 'none'; }).length }"""
    )
    assert same == 0
    # A browser that forces colors paints all classes of a map alike, unless the drawing keeps its tokens.
    forced = page.evaluate(
        """() => [...new Set([...document.querySelectorAll('.eg-wide svg path')]
          .map(p => getComputedStyle(p).forcedColorAdjust))]"""
    )
    assert forced == ["none"]
    context.close()
