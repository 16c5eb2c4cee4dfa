"""Paths for each kind of reader, the five-minute version, and previews of terms, in a small book."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_book
from bs4 import BeautifulSoup

from equityguide.site.build import build
from equityguide.site.paths import Chapter, path

LONG, SHORT, ALL = (
    Chapter("book/long", "Long", 14, ("host", "leader")),
    Chapter("book/short", "Short", 5, ("leader",)),
    Chapter("book/all", "All", 10, ("analyst", "host", "leader")),
)


def test_the_most_specific_chapter_comes_first_and_what_does_not_fit_is_passed_over() -> None:
    known = [LONG, SHORT, ALL]
    assert path(known, "leader", 60) == [SHORT, LONG, ALL]
    assert path(known, "leader", 15) == [SHORT, ALL]  # 14 no longer fits after 5, 10 does
    assert path(known, "analyst", 60) == [ALL]
    assert path(known, "clinician", 60) == []


CHAPTER = small_book.chapter("""It explains a {term}`gap`, and another {term}`gap`.

## First, try it

Look.

## Key points

- A gap is {term}`a distance <gap>`.
""")
GLOSSARY = """# Glossary

```{glossary}
gap
  A distance between two groups. It can be measured. Source: us.

unused
  A word that no page links.
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = {"one": CHAPTER, "reference/glossary": GLOSSARY, "ways": "# Ways\n\n## Yours\n\n```{paths}\n```\n"}
    folder = tmp_path_factory.mktemp("paths") / "book"
    small_book.write(folder, pages)
    build(folder)
    return folder / "_build" / "html"


def soup(built: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup(small_book.output(built, name), "lxml")


def test_five_minute_version_repeats_the_key_points_without_their_ids(built: Path) -> None:
    fold = soup(built, "one").select_one("details.eg-five")
    assert fold is not None
    assert "A gap is a distance." in " ".join(fold.get_text().split())
    assert [link["href"] for link in fold.select("a.internal") if "try" in str(link["href"])] == ["#first-try-it"]
    assert fold.select("[id]") == []


def test_a_page_carries_the_meaning_of_its_terms_once_and_of_no_other(built: Path) -> None:
    page = soup(built, "one")
    held = page.select(".eg-terms > p")
    assert [(p["id"], p.get_text()) for p in held] == [
        ("def-term-gap", "A distance between two groups. It can be measured. Source: us.")
    ]
    assert page.select_one("script[src$='terms.js']") is not None
    assert soup(built, "reference/glossary").select_one(".eg-terms, script[src$='terms.js']") is None


def test_paths_name_the_minutes(built: Path) -> None:
    text = " ".join(part.get_text(" ", strip=True) for part in soup(built, "ways").select("article"))
    assert "I lead a group" in text
    assert "15 minutes: One (7)" in text
    assert "I work with data" not in text
