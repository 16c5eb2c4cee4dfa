"""What tests of the built site share: what went on while a page was open, and bringing its figures to life."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Page


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
