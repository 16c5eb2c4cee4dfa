"""What tests of the built site share: what went on while a page was open, and bringing its figures to life."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass
class Seen:
    """What went on while a page was open."""

    requests: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page, base: str) -> None:
        """Record requests, failures, console errors and script errors of `page`."""
        own = (base, "data:", "blob:", "file:")
        page.on("request", lambda r: (self.requests if r.url.startswith(own) else self.outside).append(r.url))
        page.on("requestfailed", lambda r: self.failed.append(r.url))
        page.on("response", lambda r: self.failed.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.errors.append(str(e)))


def enliven(page: Page) -> list[str]:
    """Bring every figure of `page` to life, seen if it has controls and pressed if not; their states after."""
    for figure in page.query_selector_all(".eg-figure"):
        figure.scroll_into_view_if_needed()
        button = figure.query_selector(".eg-go")
        if button:
            button.click()
        name = figure.get_attribute("id")
        page.wait_for_selector(f"#{name}[data-state=live]", timeout=20_000, state="attached")
    return [str(figure.get_attribute("data-state")) for figure in page.query_selector_all(".eg-figure")]


def axe(page: Page, root: Path) -> list[str]:
    """axe-core's violations as short sentences. Run after the theme's own scripts have set their roles."""
    source = (root / "node_modules/axe-core/axe.min.js").read_text("utf-8")
    page.evaluate(source)  # by the debugger: the page's policy does not let a page add scripts
    found: dict[str, Any] = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
    return [f"{v['id']}: {n['html'][:120]}" for v in found["violations"] for n in v["nodes"]]


def accessible(browser: Browser, web: str, root: Path, name: str, width: int, scheme: Any) -> None:
    """The page in one mode ("light" or "dark") and width, everything alive and open, has no axe violation."""
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
