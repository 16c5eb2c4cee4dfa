"""What a reader waits for and loads when a worksheet runs in the browser: first and second visit, in one run.

The built site is served on this machine, compressed, by a server that lets nothing be cached but what the page itself
keeps. Bytes are counted by the server as they go out. Times run from the press of "Run in the browser" and of "Start".
Run `make book` first. Needs Chromium.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import BrowserContext, sync_playwright

from equityguide.site.environment import chromium
from equityguide.site.serve import TYPES

SITE = Path(__file__).resolve().parents[1] / "_build" / "html"
COMPRESSED = {".css", ".html", ".ipynb", ".js", ".json", ".mjs", ".svg", ".wasm"}
WANTED = "Wanted on 2 cores: visible 5 s, ready 20 s (first visit) and 10 s (second), under 35 MB and then nothing."
LONG = 300_000  # ms


class Counting(http.server.SimpleHTTPRequestHandler):
    """A compressing host that counts what it sends."""

    sent = 0
    packed: ClassVar[dict[Path, bytes]] = {}

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(path.suffix, self.guess_type(str(path))))
        if path.suffix in COMPRESSED:
            body = self.packed.setdefault(path, gzip.compress(body, 6))
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        Counting.sent += len(body)
        self.wfile.write(body)


def visit(desk: BrowserContext, base: str, stem: str) -> dict[str, float]:
    """Seconds and megabytes of one visit, from the worksheet's page to "Ready"."""
    page = desk.new_page()
    page.goto(f"{base}exercises/{stem}.html", wait_until="networkidle")
    Counting.sent, pressed = 0, time.monotonic()
    page.get_by_role("link", name="Run in the browser").click()
    page.wait_for_selector("#start:enabled", timeout=LONG)
    loaded = time.monotonic()
    page.locator("#start").click()
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=LONG)
    visible = time.monotonic()
    page.wait_for_selector("body[data-worksheet=running]", timeout=LONG, state="attached")
    first = time.monotonic()
    page.wait_for_selector("body[data-worksheet=ready]", timeout=LONG, state="attached")
    done = time.monotonic()
    page.close()
    return {
        "loaded": loaded - pressed,
        "visible": visible - loaded,
        "pandas and Altair": first - loaded,
        "all set up": done - loaded,
        "MB": Counting.sent / 1e6,
    }


def main() -> int:
    """Print both visits of a worksheet (the first in the list unless named)."""
    stems = sorted(path.stem for path in (SITE / "lite" / "files").glob("*.ipynb"))
    if not stems:
        print("There is no browser copy in _build/html. Run `make book` first.", file=sys.stderr)
        return 1
    stem = sys.argv[1] if len(sys.argv) > 1 else stems[0]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Counting, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    print(WANTED)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; worksheet {stem}; seconds after Start")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium()), args=["--no-sandbox", "--disable-gpu"])
        desk = browser.new_context(viewport={"width": 1280, "height": 900})
        for name in ("first visit", "second visit"):
            found = visit(desk, base, stem)
            print(f"{name:13}" + "".join(f"  {what} {value:.1f}" for what, value in found.items()), flush=True)
        browser.close()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
