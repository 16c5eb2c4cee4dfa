"""The pages under test, listed from the toc, so that a test can be one page without building the book to collect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from equityguide.site import guides

ROOT = Path(__file__).resolve().parents[2]


def _files(node: dict[str, Any]) -> list[str]:
    found = [node[key] for key in ("root", "file") if key in node]
    for key in ("parts", "chapters", "sections"):
        for child in node.get(key, []):
            found += _files(child)
    return found


DOCUMENTS = _files(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))
WORKSHEETS = [name for name in DOCUMENTS if name.startswith("exercises/")]
SHEETS = [f"{name}-sheet.html" for name in WORKSHEETS]
STEMS = guides.stems(ROOT)
HANDOUTS = [f"book/facilitate/{stem}-handout.html" for stem in STEMS]
SLIDES = [f"book/facilitate/{stem}-slides.html" for stem in STEMS]
PAGES = ["index.html", "search.html", *(f"{name}.html" for name in DOCUMENTS), *SHEETS, *HANDOUTS, *SLIDES]

# One of each kind of page: what differs between two pages of a kind is words.
TEMPLATES = [
    "book/index.html",
    "search.html",
    "book/strategies/build-will.html",
    "book/reference/data.html",
    "book/reference/tools.html",
    "book/measure/stratify.html",
    "book/start.html",
    "exercises/map-your-community.html",
    "exercises/map-your-community-sheet.html",
    "book/train/completion-note.html",
    "book/facilitate/build-will.html",
    "book/facilitate/build-will-handout.html",
    "book/facilitate/build-will-slides.html",
]
# For what costs seconds a page: the templates each time, every page in the full matrix.
TEMPLATES_FIRST = [name if name in TEMPLATES else pytest.param(name, marks=pytest.mark.full) for name in PAGES]
