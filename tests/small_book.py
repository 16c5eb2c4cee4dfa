"""A small book with the checkout's own settings, for tests that build one of their own."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]

FRONT = """---
file_format: mystnb
kernelspec:
  name: python3
---
"""

CHAPTER = """---
id: one
title: One
reading_minutes: 7
discussion_minutes: 30
worksheets: []
covers: []
data: []
readers: [host]
last_reviewed: "2026-11-22"
---
"""

FIGURE = """
```{code-cell}
:tags: [remove-input]

import altair as alt
import pandas as pd
from equityguide import charts
from equityguide.figure import figure

rows = pd.read_csv("../data/visits/visits.csv")
drawn = alt.Chart(rows).mark_point().encode(x="visits:Q", y="area:N")
titles = {"area": "Area", "visits": "Visits"}
chart = charts.describe(drawn, label="area", value="visits", unit="visits", noun="areas", titles=titles, decimals=0)
figure(
    chart, rows, name="NAME", finding="People made at most {visits.max} visits.", source="A made-up table",
    evidence="synthetic", as_of="2020", missing="none",
)
```
"""


def cell(code: str) -> str:
    """A code cell of a page."""
    return f"\n```{{code-cell}}\n{code}\n```\n"


def page(title: str, *parts: str) -> str:
    """A page that is executed."""
    return "\n".join([FRONT, f"# {title}", *parts])


def chapter(*parts: str) -> str:
    """A page with a chapter's front matter, without cells."""
    return "\n".join([CHAPTER, "# One\n", *parts])


def write(folder: Path, pages: dict[str, str]) -> Path:
    """A book of an index and `pages` (name -> text), a table in data/ and a module in src/; returns its folder."""
    for name in ("book", "data/visits", "src"):
        (folder / name).mkdir(parents=True)
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "book" / "_static", folder / "book" / "_static")
    toc = {
        "format": "jb-book",
        "root": "book/index",
        "chapters": [{"file": f"book/{name}"} for name in pages],
    }
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), "utf-8")
    (folder / "book" / "index.md").write_text("# A small book\n\nIt has a few pages, each with a cell.\n", "utf-8")
    for name, text in pages.items():
        (folder / "book" / name).parent.mkdir(exist_ok=True)
        (folder / "book" / f"{name}.md").write_text(text, "utf-8")
    (folder / "data" / "visits" / "visits.csv").write_text("area,visits\nEast,4\nNorth,7\n", "utf-8")
    (folder / "src" / "helper.py").write_text("ANSWER = 1\n", "utf-8")
    (folder / "requirements.lock").write_text("one==1\n", "utf-8")
    return folder


def output(built: Path, name: str) -> str:
    """The text of a built page."""
    return (built / "book" / f"{name}.html").read_text("utf-8")


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends within some seconds (a zombie has ended)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
