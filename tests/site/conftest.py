"""A local server and a real Chromium for the built site, with every other host unreachable."""

from __future__ import annotations

import functools
import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from equityguide.site.environment import chromium
from equityguide.site.policy import POLICY

# The last one blocks every name but the local server's, so that a page cannot be whole thanks to a cache or a proxy.
FLAGS = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
_TEXT = {".html", ".css", ".js", ".json", ".svg", ".csv", ".ipynb"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, compressed as a plain host would, under the policy that the pages state."""

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Security-Policy", POLICY)
        if path.suffix in _TEXT:
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


# A module's, not the session's: while it runs, its event loop stands in the way of other tests' own.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=str(chromium()), args=FLAGS)
    yield running
    running.close()


@pytest.fixture(scope="session")
def web(site: Path) -> Iterator[str]:
    """Address of the local server, with a closing slash."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme="light")
    yield opened
    opened.close()
