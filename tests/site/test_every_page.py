"""Every page in real Chromium, with no network: whole, quiet, alive and accessible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import Seen, axe, enliven
from playwright.sync_api import Browser, BrowserContext
from toc_pages import PAGES, TEMPLATES


def test_every_page_of_the_site_is_tested(site: Path) -> None:
    everything = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    # The browser copy of the worksheets has pages and rules of its own (test_lite).
    built = {name for name in everything if not name.startswith("lite/")}
    assert built == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_quiet_alive_and_accessible(context: BrowserContext, web: str, root: Path, name: str) -> None:
    page, seen = context.new_page(), Seen()
    seen.watch(page, web)
    page.goto(web + name, wait_until="networkidle")
    page.wait_for_selector("h1")
    assert set(enliven(page)) <= {"live"}
    assert axe(page, root) == []
    assert (seen.outside, seen.failed, seen.errors) == ([], [], [])
    scroll = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert scroll <= 0, f"{name} scrolls sideways at 360 px by {scroll} px"


def accessible(browser: Browser, web: str, root: Path, name: str, width: int, scheme: Any) -> None:
    """The page in one mode and width, everything alive and open, has no axe violation."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(web + name, wait_until="networkidle")
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    enliven(page)
    for details in page.query_selector_all("details"):
        details.evaluate("element => element.open = true")
    for button in page.query_selector_all(".eg-tree .eg-button"):
        button.click()
    if page.query_selector(".eg-tree"):
        page.wait_for_selector(".eg-tree [role=tree]")
        page.keyboard.press("ArrowRight")
    # What has just been opened fades in: half there, it has half its contrast.
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    assert axe(page, root) == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_accessible_in_both_modes_and_widths(
    browser: Browser, web: str, root: Path, name: str, width: int, scheme: str
) -> None:
    accessible(browser, web, root, name, width, scheme)


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_in_both_modes_and_all_widths(
    browser: Browser, web: str, root: Path, name: str, width: int, scheme: str
) -> None:
    accessible(browser, web, root, name, width, scheme)
