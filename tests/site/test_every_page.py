"""Every page in real Chromium, with no network: whole, quiet, alive and accessible."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import Seen, accessible, axe, enliven
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_are_accessible_in_both_modes_and_widths(
    browser: Browser, web: str, root: Path, name: str, width: int, scheme: str
) -> None:
    accessible(browser, web, root, name, width, scheme)
