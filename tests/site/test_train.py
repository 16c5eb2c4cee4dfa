"""The trainer's pages: a note that keeps nothing, objectives that are the chapters' own."""

from __future__ import annotations

from pathlib import Path

from browsing import Seen
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext

from equityguide.site import teaching

NOTE = "book/train/completion-note.html"


def test_the_note_fills_itself_in_and_keeps_nothing(context: BrowserContext, web: str, root: Path) -> None:
    lesson = next(one for one in teaching.lessons(root) if one.id == "build-will")
    page, seen = context.new_page(), Seen()
    seen.watch(page, web)
    page.goto(web + NOTE, wait_until="networkidle")
    before = len(seen.requests)
    page.locator("[data-note=chapter]").select_option(label=lesson.title)
    page.get_by_label("Date").fill("2026-11-22")
    page.get_by_label("Name, if you like").fill("<b>A. Reader</b>")
    note = page.locator("div.eg-paper")
    shown = note.inner_text()
    for said in (lesson.title, "Minutes to read: 14", "2026-11-22", "<b>A. Reader</b>", "no score", "grants no credit"):
        assert said in shown
    assert note.locator("li").all_inner_texts() == list(lesson.objectives)
    # The theme keeps light or dark, and nothing else is kept.
    kept = page.evaluate("[Object.keys(localStorage).sort(), sessionStorage.length, document.cookie, location.search]")
    assert kept == [["mode", "theme"], 0, "", ""]
    assert len(seen.requests) == before
    page.emulate_media(media="print")
    assert page.locator(".eg-paper-ways").is_hidden()
    assert note.is_visible()
    page.emulate_media(media="screen")
    page.locator("[data-note=chapter]").select_option("")
    assert lesson.title not in note.inner_text()
    assert (seen.outside, seen.failed, seen.errors) == ([], [], [])


def test_without_scripts_the_note_is_a_blank(browser: Browser, web: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(web + NOTE)
    assert page.locator(".eg-paper-ways").is_hidden()
    boxes = [blank.bounding_box() for blank in page.locator(".eg-paper span").all()]
    widths = [box["width"] for box in boxes if box]
    assert len(widths) == 7
    assert min(widths) > 100
    context.close()


def test_the_pages_hold_every_objective_and_every_link_to_an_item_leads_to_it(site: Path, root: Path) -> None:
    page = BeautifulSoup((site / "book/train/objectives.html").read_text("utf-8"), "lxml")
    packet = BeautifulSoup((site / "book/train/education-packet.html").read_text("utf-8"), "lxml").get_text()
    text = page.get_text()
    lessons = teaching.lessons(root)
    assert len(lessons) >= 15
    for lesson in lessons:
        chapter = BeautifulSoup((site / f"{lesson.page}.html").read_text("utf-8"), "lxml")
        section = chapter.find(id="what-you-will-be-able-to-do")
        assert section is not None
        for point in section.find_all("li"):
            assert point.get_text() in text
            assert point.get_text() in packet
        for item in chapter.select("#references li"):
            assert item.get_text() in packet
        links = [str(link["href"]) for link in page.select(".eg-ids a") if f"/{lesson.id}.html" in str(link["href"])]
        assert len(links) == len(lesson.covers)
        for link in links:
            assert chapter.find(id=link.partition("#")[2]) is not None, link
