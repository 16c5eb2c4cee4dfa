from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from leak import leaks, needles
from sphinx.search.en import SearchEnglish

from equityguide.worksheets import learner

SOURCE = """---
worksheet: {title: T, minutes: 1, chapter: c}
---

# Walks

Look at the table of areas.

```{code-cell}
### BEGIN SOLUTION
longest_walk = distances["Elm Hill"] - min(nearby)  # a & b
### ANSWER: 16.2 years apart
### LEARNER
longest_walk = ...
### END SOLUTION
```

+++ {"tags": ["solution"]}

Neighbors measured their own sidewalks before anybody drew borders.
"""
CODE = 'longest_walk = distances["Elm Hill"] - min(nearby)  # a & b'
PROSE = "Neighbors measured their own sidewalks before anybody drew borders."
ANSWER = "16.2 years apart"

HIGHLIGHTED = (
    '<div><span class="n">longest_walk</span> <span class="o">=</span> <span class="n">distances</span>'
    "[<span>&quot;Elm Hill&quot;</span>] <span>-</span>\n<span>min</span>(nearby)  <span># a &amp; b</span></div>"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "walks.md"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


def tarred(content: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as package:
        entry = tarfile.TarInfo("solution.py")
        entry.size = len(content)
        package.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def notebook(text: str) -> bytes:
    half = len(text) // 2
    return json.dumps({"cells": [{"cell_type": "code", "source": [text[:half], text[half:]]}]}).encode()


def index(text: str) -> bytes:
    language = SearchEnglish({})
    words = {language.stem(word.strip(".")) for word in text.lower().split() if language.word_filter(word)}
    body = {"docnames": ["index", "part/page"], "terms": {word: [0, 1] for word in words}, "titleterms": {}}
    return f"Search.setIndex({json.dumps(body)})".encode()


PLANTED: dict[str, tuple[str, Callable[[str], bytes]]] = {
    "text": ("a.txt", str.encode),
    "page": ("a.html", lambda text: f"<p>{text}</p>".encode()),
    "broken over lines": ("a.html", lambda text: f"<p>{text.replace(' ', chr(10) + '  ')}</p>".encode()),
    "source in JSON": ("a.json", lambda text: json.dumps({"x": text}).encode()),
    "page in JSON": ("a.js", lambda text: json.dumps({"x": f'<p class="a">{text}</p>'}).encode()),
    "notebook in pieces": ("a.ipynb", notebook),
    "zip": ("a.zip", lambda text: zipped("a.txt", text.encode())),
    "wheel": ("a-1-py3-none-any.whl", lambda text: zipped("a/b.py", text.encode())),
    "word file": ("a.docx", lambda text: zipped("word/document.xml", f"<w:t>{text}</w:t>".encode())),
    "notebook in a zip in a zip": ("a.zip", lambda text: zipped("b.zip", zipped("c.ipynb", notebook(text)))),
    "gzip": ("a.gz", lambda text: gzip.compress(text.encode())),
    "tar": ("a.tar.gz", lambda text: tarred(text.encode())),
    "page in a tar": ("a.tar.gz", lambda text: tarred(f"<p>{text.replace(' ', ' <b></b>')}</p>".encode())),
    "wheel without its ending": ("data", lambda text: zipped("a.txt", text.encode())),
    "among bytes that are no text": ("a.bin", lambda text: b"\xff\xfe\x00" + text.encode() + b"\xff"),
    "deep in a folder": ("_static/x/y/a.txt", str.encode),
}


@pytest.mark.parametrize("needle", [CODE, PROSE, ANSWER])
@pytest.mark.parametrize(("name", "plant"), PLANTED.values(), ids=PLANTED)
def test_a_planted_leak_is_found(
    site: Path, source: Path, name: str, plant: Callable[[str], bytes], needle: str
) -> None:
    path = site / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plant(needle))
    found = leaks(site, [source])
    assert len(found) >= 1
    assert all(name in one and needle in one.replace("\\'", "'") and "of walks" in one for one in found)


def test_a_highlighted_line_is_found(site: Path, source: Path) -> None:
    (site / "a.html").write_text(HIGHLIGHTED, encoding="utf-8")
    assert leaks(site, [source]) == [f"a.html holds the solution line {CODE!r} of walks"]


def test_a_line_in_the_search_index_is_found(site: Path, source: Path) -> None:
    (site / "searchindex.js").write_bytes(index(f"some words before {PROSE} and after"))
    (found, *_) = leaks(site, [source])
    assert found.startswith("searchindex.js holds in its entry for index every word of the solution line")


def test_an_index_that_has_only_some_of_the_words_is_clean(site: Path, source: Path) -> None:
    (site / "searchindex.js").write_bytes(index("Neighbors drew borders, and measured a table of areas"))
    assert leaks(site, [source]) == []


def test_the_learner_copy_is_clean(site: Path, source: Path) -> None:
    (site / "walks.ipynb").write_text(learner.learner(SOURCE, "walks"), encoding="utf-8")
    (site / "walks.html").write_text(
        "<h1>Walks</h1><p>Look at the table of areas.</p>longest_walk = ...", encoding="utf-8"
    )
    (site / "broken.gz").write_bytes(b"\x1f\x8b and no more")
    assert leaks(site, [source]) == []


@pytest.mark.parametrize("text", ["116.2 years apart", "6.2 years apart", "16.2 years apartment", "16.25 years apart"])
def test_an_answer_is_found_as_whole_words_only(site: Path, source: Path, text: str) -> None:
    (site / "a.txt").write_text(text, encoding="utf-8")
    assert leaks(site, [source]) == []


def test_needles_are_the_long_lines_and_the_marked_answers() -> None:
    found = needles(SOURCE, "walks")
    assert list(found.lines.values()) == [CODE, PROSE]
    assert list(found.answers) == [ANSWER]
    assert PROSE in found.words
