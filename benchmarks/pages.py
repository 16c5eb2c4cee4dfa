"""How a chapter page of the built book compares with a stock Jupyter Book page of the same figure, in one run.

Both are served by one local server, compressed. "Slow phone": 1.6 Mbit/s, 150 ms round trips, a CPU four times
slower, 412 x 823 pixels. The stock page's charts come from a public CDN; here it gets the same files from the local
server, so that the cost of finding and greeting another host, which real readers pay, is not even counted.
Run `make book` first. Needs Chromium; installs Lighthouse from benchmarks/package.json.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from equityguide.site.environment import chromium, node, npm_ci

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = "book/strategies/build-will.html"
ROUNDS = 5

_STOCK = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---
# Map your community

Life expectancy in Chicago's community areas.

```{code-cell} ipython3
import altair as alt
from equityguide import data
rows = data.load("chicago_life_expectancy")
alt.Chart(rows).mark_point().encode(x="life_expectancy_years:Q", y="community_area:N", tooltip=["community_area"])
```
"""

_FIRST_CHART = """
window.firstChart = null;
const look = () => {
  const chart = [...document.querySelectorAll('.eg-drawing svg, svg.marks, canvas.marks')]
    .find(e => e.getBoundingClientRect().width > 50 && e.getBoundingClientRect().height > 50);
  if (chart) window.firstChart = performance.now(); else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Static files, gzip as on a plain host."""

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Cache-Control", "max-age=600")
        if path.suffix in {".html", ".css", ".js", ".svg", ".json"}:
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(folder: Path) -> tuple[http.server.ThreadingHTTPServer, str]:
    """A local server of `folder`, and its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


def stock_book(folder: Path) -> Path:
    """Build a plain Jupyter Book of one page with one chart; its CDN's files are laid beside it."""
    import vl_convert

    (folder / "_config.yml").write_text("title: Stock\nexecute: {execute_notebooks: force, timeout: 120}\n")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: chart\n")
    (folder / "chart.md").write_text(_STOCK)
    environment = {
        k: v for k, v in os.environ.items() if k not in ("EQUITYGUIDE_BOOK", "JUPYTER_DEFAULT_PROVISIONER_NAME")
    }
    book = Path(sys.executable).with_name("jupyter-book")
    subprocess.run([str(book), "build", "."], cwd=folder, check=True, capture_output=True, env=environment)
    html = folder / "_build/html"
    cdn = html / "cdn"
    cdn.mkdir()
    # All three libraries in one file, and empty ones for the other two: fewer requests than readers have.
    names = "window.vega = vega; window.vegaLite = vegaLite; window.vegaEmbed = vegaEmbed;"
    bundle = vl_convert.javascript_bundle(names, vl_version="6.4")
    (cdn / "vega.js").write_text(f"(function(){{\n{bundle}\n}})();\n")
    (cdn / "empty.js").write_text("")
    page = html / "chart.html"
    text = re.sub(r"https://cdn\.jsdelivr\.net/npm/vega@[^\"']*", "cdn/vega.js", page.read_text("utf-8"))
    text = re.sub(r"https://cdn\.jsdelivr\.net/npm/vega-(?:lite|embed)@[^\"']*", "cdn/empty.js", text)
    text = re.sub(
        r"https://cdn\.jsdelivr\.net/npm/(?:vega-(?:lite|embed)|vega)@[^\"'?]*\??[^\"']*", "cdn/empty.js", text
    )
    page.write_text(text, "utf-8")
    return html


def slow_phone(browser: Browser, url: str) -> tuple[float, int, int]:
    """Seconds to the first chart, bytes on the wire by then, requests by then."""
    context = browser.new_context(viewport={"width": 412, "height": 823}, is_mobile=True)
    page = context.new_page()
    page.add_init_script(_FIRST_CHART)
    session = context.new_cdp_session(page)
    sizes: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    speed = 1.6e6 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": speed, "uploadThroughput": speed},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(url, wait_until="commit")
    begun = time.monotonic()
    while (drawn := page.evaluate("window.firstChart")) is None:  # waiting inside the page would need eval
        if time.monotonic() - begun > 120:
            raise TimeoutError(f"no chart appeared on {url} in two minutes")
        time.sleep(0.05)
    seconds = drawn / 1000
    found = seconds, sum(sizes), len(sizes)
    context.close()
    return found


def lighthouse(url: str, browser: Path) -> dict[str, float]:
    """Lighthouse's mobile scores, 0 to 100, the median of three runs."""
    npm_ci(ROOT / "benchmarks")
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    command = [
        str(node()),
        str(ROOT / "benchmarks/node_modules/lighthouse/cli/index.js"),
        url,
        "--quiet",
        "--output=json",
        flags,
    ]
    runs = []
    for _ in range(3):
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "CHROME_PATH": str(browser)}
        )
        runs.append({name: part["score"] * 100 for name, part in json.loads(done.stdout)["categories"].items()})
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def main() -> None:
    site = ROOT / "_build/html"
    if not (site / CHAPTER).exists():
        sys.exit("There is no built book. Run `make book` first.")
    work = Path(tempfile.mkdtemp(prefix="equityguide-pages-"))
    try:
        ours, our_url = serve(site)
        stock, stock_url = serve(stock_book(work))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(chromium()), args=["--no-sandbox"])
            measured: dict[str, list[tuple[float, int, int]]] = {"ours": [], "stock": []}
            for _ in range(ROUNDS):  # in turn, so that a busy minute hits both
                measured["ours"].append(slow_phone(browser, our_url + CHAPTER))
                measured["stock"].append(slow_phone(browser, stock_url + "chart.html"))
            browser.close()
        medians = {}
        for name, runs in measured.items():
            seconds, size, requests = (statistics.median(column) for column in zip(*runs, strict=True))
            medians[name] = seconds
            by_then = f"{size / 1000:6.0f} KB, {requests:.0f} requests by then"
            print(f"first chart, slow phone, {name:5}: {seconds:5.2f} s, {by_then}")
        print(f"first chart: {medians['stock'] / medians['ours']:.1f} times sooner than the stock page (wanted: 4)")
        for name, url in (("ours", our_url + CHAPTER), ("stock", stock_url + "chart.html")):
            scores = lighthouse(url, chromium())
            print(f"Lighthouse mobile, {name:5}: " + ", ".join(f"{k} {v:.0f}" for k, v in scores.items()))
        ours.shutdown()
        stock.shutdown()
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
