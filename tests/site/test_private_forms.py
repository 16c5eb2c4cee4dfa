"""Private worksheets in the browser copy of the built site: worked by keyboard alone, and a save keeps nothing."""

from __future__ import annotations

import json

import pytest
from filling import SLOW
from playwright.sync_api import BrowserContext, Page, expect
from test_lite import _start, desk, host

from equityguide.site.lite.page import PRIVATE, PRIVATE_SHARED, PROMISE, SHARED

__all__ = ["desk", "host"]
DOTS = (("A", "-3:", "9"), ("B", "4", "6"), ("C", "0:", "2"), ("D", "5:", "1"))


def _kept(page: Page) -> str:
    """What the notebook would write to its file now, after a save."""
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    kept: str = page.evaluate("JSON.stringify(jupyterapp.shell.currentWidget.content.model.toJSON())")
    return kept


@pytest.mark.full
@pytest.mark.parametrize("stem", ["one-to-one", "power-map"])
def test_a_private_worksheet_offers_to_keep_nothing(stem: str, host: str, desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto(f"{host}lite/index.html?worksheet={stem}")
    expect(page.get_by_text(PRIVATE)).to_be_visible()
    expect(page.get_by_text(PRIVATE_SHARED)).to_be_visible()
    expect(page.get_by_text(PROMISE)).to_be_hidden()
    expect(page.get_by_text(SHARED)).to_be_hidden()
    _start(page, host, stem)
    expect(page.locator("#eg-line")).to_have_text("Ready. Nothing you type is sent or kept.")
    expect(page.locator("#eg-bar").get_by_role("button", name="Put back a saved journal")).to_have_count(0)


@pytest.mark.full
def test_a_power_map_is_made_by_keyboard_alone_and_saved_nowhere(host: str, desk: BrowserContext) -> None:
    page = desk.new_page()
    _start(page, host, "power-map")
    form = page.locator(".eg-form", has=page.get_by_role("button", name="Place this dot"))
    status = form.locator(".eg-check").last
    for letter, support, influence in DOTS:
        form.locator("select").first.focus()
        for typed in (letter, support, influence):
            page.keyboard.type(typed)
            page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.innerText") != "Place this dot":
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(status).to_contain_text(f"{letter} is on the map", timeout=SLOW)
    expect(form.locator(":is(canvas, svg).marks").first).to_be_visible(timeout=SLOW)
    expect(form.locator("tbody th").filter(has_text="A")).not_to_have_count(0)

    kept = _kept(page)
    assert "worksheet-power-map-practice" in kept  # the invented map is an output like any other
    assert "worksheet-power-map-own" not in kept
    assert "widgets" not in json.loads(kept)["metadata"]

    page.get_by_role("button", name="Delete everything").press("Enter")
    expect(form.locator(":is(canvas, svg).marks")).to_have_count(0, timeout=SLOW)
    expect(page.locator(".eg-check", has_text="everything here is deleted")).to_be_visible()
