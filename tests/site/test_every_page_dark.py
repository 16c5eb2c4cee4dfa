"""Every page in dark mode, at every width. The light ones have a file of their own: a worker takes whole files."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import accessible
from playwright.sync_api import Browser
from toc_pages import PAGES


@pytest.mark.full
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_in_dark(browser: Browser, web: str, root: Path, name: str, width: int) -> None:
    accessible(browser, web, root, name, width, "dark")
