"""A glossary term's preview: by mouse, keyboard and touch, closed by Escape, with nothing asked of any host."""

from __future__ import annotations

from pathlib import Path

from browsing import Seen
from playwright.sync_api import Browser, BrowserContext, Page, expect

CHAPTER = "book/strategies/build-will.html"
TERM = 'a[href*="#term-redlining"]'
MEANING = "Keeping loans and investment out of a neighborhood"


def opened(context: BrowserContext, site: Path) -> tuple[Page, Seen]:
    page, seen = context.new_page(), Seen()
    seen.watch(page, "file:")
    page.goto((site / CHAPTER).as_uri())
    return page, seen


def test_focus_shows_the_meaning_and_escape_closes_it(context: BrowserContext, site: Path) -> None:
    page, seen = opened(context, site)
    term = page.locator(TERM).first
    term.focus()
    preview = page.locator(".eg-preview")
    expect(preview).to_be_visible()
    expect(preview).to_contain_text(MEANING)
    described = term.get_attribute("aria-describedby")
    assert MEANING in str(page.locator(f"#{described}").text_content())
    box = preview.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.keyboard.press("Escape")
    expect(preview).to_be_hidden()
    expect(term).to_be_focused()
    assert [request for request in seen.requests if "glossary" in request] == []
    assert not seen.errors


def test_the_mouse_may_move_onto_the_preview(context: BrowserContext, site: Path) -> None:
    page, _ = opened(context, site)
    page.locator(TERM).first.hover()
    preview = page.locator(".eg-preview")
    expect(preview).to_be_visible()
    preview.hover()
    page.wait_for_timeout(400)  # longer than it waits before it hides
    expect(preview).to_be_visible()
    page.mouse.move(1, 1)
    expect(preview).to_be_hidden()


def test_the_first_touch_shows_and_the_second_follows(browser: Browser, site: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, has_touch=True)
    page, _ = opened(context, site)
    term = page.locator(TERM).first
    term.tap()
    expect(page.locator(".eg-preview")).to_contain_text(MEANING)
    assert page.url.endswith("build-will.html")
    term.tap()
    page.wait_for_url("**/glossary.html#term-redlining")
    context.close()


def test_without_scripts_the_term_is_a_link_and_nothing_hangs_about(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page, _ = opened(context, site)
    assert page.locator(".eg-terms").is_hidden()
    assert str(page.locator(TERM).first.get_attribute("href")).endswith("reference/glossary.html#term-redlining")
    context.close()
