"""Weights that do not drift with the machine: bytes, requests, layout shift, policy blocks."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import Seen
from playwright.sync_api import Browser
from toc_pages import TEMPLATES_FIRST

TEXT_PAGE, FIGURE_PAGE = 80_000, 150_000  # bytes on the wire, compressed
SEARCH_PAGE = 200_000  # it brings the index of the whole book, which no other page asks for
REQUESTS = 15
SHIFT = 0.05

_WATCH = """
window.egShift = 0; window.egBlocks = [];
new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.egShift += e.value })
  .observe({type: 'layout-shift', buffered: true});
addEventListener('securitypolicyviolation', e => window.egBlocks.push(e.violatedDirective + ' ' + e.blockedURI));
"""


@pytest.mark.parametrize("name", TEMPLATES_FIRST)
def test_page_keeps_its_budget(browser: Browser, web: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page, seen = context.new_page(), Seen()
    sizes: dict[str, int] = {}
    live: set[str] = set()
    seen.watch(page, web)
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        if event["request"]["url"].endswith("vega.js"):
            live.add(event["requestId"])  # the live chart's cost is its own, and comes after the page

    session.on("Network.requestWillBeSent", asked)
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(web + name, wait_until="networkidle")
    page.wait_for_timeout(300)
    budget = FIGURE_PAGE if page.query_selector(".eg-figure") else TEXT_PAGE
    budget = SEARCH_PAGE if name == "search.html" else budget
    requests = [url for url in seen.requests if not url.endswith("vega.js")]
    weight = sum(size for request, size in sizes.items() if request not in live)
    assert weight > 3_000, "nothing was measured"
    assert weight <= budget, f"{name}: {weight:,} bytes"
    assert len(requests) <= REQUESTS, requests
    # Bring everything into view once: figures with controls come alive there and must not push the text about.
    page.evaluate(
        "async () => { for (let y = 0; y < document.body.scrollHeight; y += 300) { scrollTo(0, y); await new Promise(r => setTimeout(r, 60)) } }"
    )
    page.wait_for_timeout(600)
    assert page.evaluate("window.egShift") <= SHIFT
    assert page.evaluate("window.egBlocks") == []
    context.close()
