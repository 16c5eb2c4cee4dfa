"""Session mode as a host uses it: by keyboard through a whole plan, with a reload on the way and notes in a window."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Seen, axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from equityguide.site import guides

ROOT = Path(__file__).resolve().parents[2]
GUIDE = "book/facilitate/build-will.html"
PLAN = guides.load(ROOT, "build-will")
BLOCKS = [block.title for block in PLAN.blocks]
STORED = "Object.keys(sessionStorage).filter((key) => key.startsWith('eg-session'))"


def start(context: BrowserContext, site: Path) -> tuple[Page, Seen]:
    page, seen = context.new_page(), Seen()
    seen.watch(page, "file:")
    page.goto((site / GUIDE).as_uri())
    page.locator(".eg-session-start").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.eg-session-screen")).to_be_visible()
    return page, seen


def test_a_whole_plan_by_keyboard_with_a_reload_in_the_middle(context: BrowserContext, site: Path) -> None:
    page, seen = start(context, site)
    heading = page.locator(".eg-session-body h2")
    for place, title in enumerate(BLOCKS):
        expect(heading).to_have_text(title)
        expect(heading).to_be_focused()
        expect(page.locator(".eg-session-said")).to_contain_text(title)
        # What a host needs in this step is on the screen: cards, agreements, and words for a remark that hurts.
        for activity in (one for one in PLAN.activities if one.block == PLAN.blocks[place].id):
            expect(page.locator(".eg-session-body h3", has_text=activity.title)).to_be_visible()
        expect(page.locator(".eg-session-hard > summary")).to_be_visible()
        if place == 3:
            page.reload()
            expect(page.locator(".eg-session-start")).to_have_text("Go on with the session")
            page.locator(".eg-session-start").focus()
            page.keyboard.press("Enter")
            expect(heading).to_have_text(title)
        page.keyboard.press("ArrowRight")
    expect(heading).to_have_text(BLOCKS[-1])
    page.keyboard.press("ArrowLeft")
    expect(heading).to_have_text(BLOCKS[-2])
    assert page.evaluate(STORED)
    page.get_by_role("button", name="End the session").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.eg-session-screen")).to_have_count(0)
    expect(page.locator(".eg-session-start")).to_be_focused()
    assert page.evaluate(STORED) == []
    assert not seen.outside
    assert not seen.errors


@pytest.mark.parametrize("width", [360, 1280])
def test_words_for_harm_are_one_key_away_in_every_step(browser: Browser, site: Path, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page, _ = start(context, site)
    heard = PLAN.at_hand[0]
    for title in BLOCKS:
        page.keyboard.press("h")
        words = page.locator(".eg-session-hard")
        expect(words.locator("> summary")).to_be_focused()
        bar = page.locator(".eg-session-bar").bounding_box()
        said = words.get_by_text(heard["first"])
        expect(said).to_be_in_viewport()
        place = said.bounding_box()
        assert bar
        assert place
        assert place["y"] >= bar["y"] + bar["height"]  # the bar stays on top, and must not cover what to say first
        page.keyboard.press("ArrowRight")
        if title != BLOCKS[-1]:
            expect(page.locator(".eg-session-body h2")).not_to_have_text(title)
    context.close()


def test_the_timer_counts_while_nobody_looks_and_stops_when_paused(context: BrowserContext, site: Path) -> None:
    page, _ = start(context, site)
    expect(page.locator(".eg-session-clock")).to_have_text("5:00")
    # A closed lid: the clock on the wall goes on, the page does not.
    page.evaluate("Date.now = ((now) => () => now() + 120000)(Date.now)")
    expect(page.locator(".eg-session-clock")).to_have_text("2:59", timeout=4_000)
    page.keyboard.press("Space")
    expect(page.locator(".eg-session-pause")).to_have_text("Run the timer")
    page.evaluate("Date.now = ((now) => () => now() + 600000)(Date.now)")
    page.wait_for_timeout(1_200)
    assert str(page.locator(".eg-session-clock").text_content()).startswith("2:5")
    page.keyboard.press("Space")
    page.evaluate("Date.now = ((now) => () => now() + 240000)(Date.now)")
    expect(page.locator(".eg-session-clock")).to_contain_text("over by 1:", timeout=4_000)


def test_the_second_window_follows_and_hears_nobody_else(context: BrowserContext, site: Path) -> None:
    page, _ = start(context, site)
    with context.expect_page() as opening:
        page.get_by_role("button", name="Host's notes in a second window").click()
    notes = opening.value
    expect(notes.locator("h1")).to_have_text(BLOCKS[0])
    page.locator(".eg-session-body h2").focus()
    page.keyboard.press("ArrowRight")
    expect(notes.locator("h1")).to_have_text(BLOCKS[1])
    key = page.evaluate("`eg-session:${location.pathname}`")
    notes.evaluate("(key) => window.postMessage({ eg: key, state: { form: '60', at: 4 } }, '*')", key)
    notes.wait_for_timeout(300)
    expect(notes.locator("h1")).to_have_text(BLOCKS[1])
    assert "keeps people safe" in str(notes.locator("main").text_content())


def test_what_needs_a_warning_waits_for_a_press_and_a_short_form_leaves_it_out(
    context: BrowserContext, site: Path
) -> None:
    guide = guides.load(ROOT, "racism-and-oppression")
    place, look = next((place, block) for place, block in enumerate(guide.blocks) if block.figure)
    page = context.new_page()
    for form, said in (("60", look.say), ("30", look.say_short)):
        page.goto((site / f"{guides.FOLDER}/{guide.stem}.html").as_uri())
        page.locator(".eg-session-form").select_option(form)
        page.locator(".eg-session-start").click()
        for _ in range(place):
            page.keyboard.press("ArrowRight")
        expect(page.locator(".eg-session-body blockquote")).to_have_text(said.strip())
        image = page.locator(".eg-session-body img")
        if form == "60":
            expect(image).to_be_hidden()
            page.locator(".eg-session-body summary", has_text="Show the chart").click()
            expect(image).to_be_visible()
        else:
            expect(image).to_have_count(0)
        page.get_by_role("button", name="End the session").click()


def test_a_length_that_is_chosen_anew_begins_anew(context: BrowserContext, site: Path) -> None:
    page, _ = start(context, site)
    page.keyboard.press("ArrowRight")
    page.reload()
    button = page.locator(".eg-session-start")
    expect(button).to_have_text("Go on with the session")
    page.locator(".eg-session-form").select_option("30")
    expect(button).to_have_text("Start session mode")
    button.click()
    expect(page.locator(".eg-session-body h2")).to_have_text(BLOCKS[0])
    expect(page.locator(".eg-session-clock")).to_have_text(f"{PLAN.blocks[0].minutes['30']}:00")
    page.get_by_role("button", name="End the session").click()
    expect(button).to_have_text("Start session mode")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_session_mode_is_accessible_and_fits(browser: Browser, site: Path, width: int, forced: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, forced_colors=forced, reduced_motion="reduce"
    )
    page, _ = start(context, site)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".eg-session-body img")).to_be_visible()
    assert page.evaluate("document.querySelector('dialog.eg-session-screen').scrollWidth") <= width
    assert axe(page, ROOT) == []
    context.close()
