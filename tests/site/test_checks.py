"""The questions at a chapter's end, answered by keyboard: each answer explains itself, nothing is kept or sent."""

from __future__ import annotations

from pathlib import Path

from browsing import Seen
from playwright.sync_api import Browser, expect

CHAPTER = "book/strategies/build-will.html"
THEME = {"mode", "theme"}  # the reader's choice of light or dark
SCROLL = {"sidebar-scroll-top"}  # how far the theme's list of pages was scrolled, until the tab is closed


def test_by_keyboard_and_without_scripts(browser: Browser, site: Path) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page, seen = context.new_page(), Seen()
    seen.watch(page, "file:")
    page.goto((site / CHAPTER).as_uri())
    question = page.get_by_role("group", name="What did Rush's map prove?")
    answers = question.locator("summary")
    expect(answers).to_have_count(3)
    expect(question.get_by_text("Not quite.").first).to_be_hidden()
    answers.nth(0).focus()
    for number in range(3):
        expect(answers.nth(number)).to_be_focused()
        page.keyboard.press("Enter")
        expect(question.locator("details p").nth(number)).to_be_visible()
        page.keyboard.press("Tab")
    told = question.locator("strong").filter(has_text="Yes.")
    expect(told).to_have_count(1)
    page.reload()
    expect(page.locator(".eg-question [open]")).to_have_count(0)
    assert not seen.errors
    context.close()


def test_no_answer_and_no_search_is_stored(browser: Browser, web: str) -> None:
    """Scripts are on, and the page comes from a server: from a folder, or without scripts, nothing could be stored."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(web + CHAPTER)
    for answer in page.get_by_role("group", name="What did Rush's map prove?").locator("summary").all():
        answer.click()
    kept = "async () => [...Object.keys(sessionStorage), ...(await indexedDB.databases()).map((one) => one.name)]"
    assert page.evaluate(kept) == []
    page.goto(web + "search.html?q=redlining")
    expect(page.locator("#search-results li").first).to_be_visible()
    stored = context.storage_state()
    assert set(page.evaluate(kept)) <= SCROLL
    assert stored["cookies"] == []
    assert {item["name"] for one in stored["origins"] for item in one["localStorage"]} <= THEME
    context.close()
