"""Looks for solutions in a built site: in every file, and inside zips, wheels, gzips and notebooks.

Needles are the solution lines that the learner's copy lacks, compared with all white space taken out (a page breaks
code into colored pieces), and the values that sources mark as answers, compared as whole words. A search index keeps
no sentences, only word stems by page: there, a page leaks when it is given every word of one solution line, at least
six of them are words that no learner's copy has, and it does not show these itself (what it shows is searched for the
line as such).
"""

from __future__ import annotations

import functools
import gzip
import html
import io
import json
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sphinx.search.en import SearchEnglish

from equityguide.worksheets import learner

DEEP = 4  # archives within archives
TELLING = 6  # words of a line that only solutions have, before an index can give it away

_SPACE = re.compile(r"\s+")
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
_INDEX = "Search.setIndex("


@dataclass(frozen=True)
class Needles:
    """What must not be found. `lines` has them without white space; `words` the stems a line has, and which tell."""

    lines: dict[str, str]
    answers: dict[str, re.Pattern[str]]
    words: dict[str, tuple[frozenset[str], frozenset[str]]]


def leaks(site_dir: Path, sources: Iterable[Path]) -> list[str]:
    """Every solution line and marked answer found under `site_dir`, one sentence each, naming file and worksheet."""
    found: list[str] = []
    wanted = [(source.stem, needles(source.read_text(encoding="utf-8"), source.stem)) for source in sources]
    for path in sorted(path for path in site_dir.rglob("*") if path.is_file()):
        place = path.relative_to(site_dir).as_posix()
        for name, content in opened(place, path.read_bytes()):
            # Once a file, not once a worksheet: undoing tags and escapes is what takes the time.
            read = _read(content)
            for stem, needle in wanted:
                found += [f"{name} holds {what} of {stem}" for what in _hits(read, needle, site_dir)]
    return list(dict.fromkeys(found))


def needles(source_text: str, stem: str) -> Needles:
    """The solution lines and marked answers of one source."""
    lines = learner.solution_lines(source_text, stem)
    public = _stems(json.loads(learner.learner(source_text, stem))["cells"])
    words = {line: (stems := _stems(line), stems - public) for line in lines}
    return Needles(
        {_SPACE.sub("", line): line for line in lines},
        {
            answer: re.compile(rf"(?<![\w.]){re.escape(_SPACE.sub(' ', answer))}(?!\w)")
            for answer in learner.answers(source_text, stem)
        },
        {line: pair for line, pair in words.items() if len(pair[1]) >= TELLING},
    )


def opened(name: str, content: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """A file and what is inside it: members of zips (and wheels, Word files) and tars, the content of gzips."""
    yield name, content
    if depth == DEEP:
        return
    if content[:2] == b"\x1f\x8b":
        try:
            yield from opened(f"{name} (unpacked)", gzip.decompress(content), depth + 1)
        except (OSError, EOFError, zlib.error):
            return
    elif content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as package:
            for part in package:
                if stream := package.extractfile(part):
                    yield from opened(f"{name}!{part.name}", stream.read(), depth + 1)
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for member in package.namelist():
                yield from opened(f"{name}!{member}", package.read(member), depth + 1)


@dataclass(frozen=True)
class Read:
    """A file's text in every form it may hide in: without white space, on one line; and a search index by page."""

    dense: list[str]
    flat: list[str]
    pages: dict[str, set[str]]


def _read(content: bytes) -> Read:
    raw = content.decode("utf-8", "replace")
    if "\0" in raw:  # a library, a picture, byte code: no tags or escapes to undo, and most of a site's bytes
        return Read([_SPACE.sub("", raw)], [_SPACE.sub(" ", raw)], {})
    texts = [raw]
    if "<" in raw or "&" in raw:
        # Twice: a notebook inside a page, or a page inside JSON, is escaped twice.
        texts += [once := html.unescape(_TAG.sub("", raw)), html.unescape(_TAG.sub("", once))]
    if "\\" in raw:
        texts += [_unescaped(text) for text in list(texts)]
    if raw.lstrip().startswith("{") and (cells := _notebook(raw)):
        texts.append(cells)
    texts = list(dict.fromkeys(texts))
    pages = _pages(raw) if _INDEX in raw else {}
    return Read([_SPACE.sub("", text) for text in texts], [_SPACE.sub(" ", text) for text in texts], pages)


def _hits(read: Read, needle: Needles, site_dir: Path) -> Iterator[str]:
    for dense in read.dense:
        yield from (f"the solution line {line!r}" for bare, line in needle.lines.items() if bare in dense)
    for flat in read.flat:
        yield from (f"the answer {answer!r}" for answer, pattern in needle.answers.items() if pattern.search(flat))
    yield from _indexed(read.pages, needle, site_dir)


def _notebook(raw: str) -> str:
    """The text of a notebook's cells and outputs, joined: JSON may keep it in pieces."""
    try:
        cells = json.loads(raw).get("cells", [])
    except ValueError:
        return ""
    return "\n".join(_joined(cells)) if isinstance(cells, list) else ""


def _joined(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        if node and all(isinstance(item, str) for item in node):
            yield "".join(node)
        else:
            for item in node:
                yield from _joined(item)
    elif isinstance(node, dict):
        for item in node.values():
            yield from _joined(item)


def _pages(raw: str) -> dict[str, set[str]]:
    """Page name -> the stems that a search index gives it."""
    body = raw[raw.index(_INDEX) + len(_INDEX) :]
    index, _ = json.JSONDecoder().raw_decode(body)
    pages: dict[str, set[str]] = {}
    for part in ("terms", "titleterms"):
        for term, where in index.get(part, {}).items():
            for page in where if isinstance(where, list) else [where]:
                pages.setdefault(index["docnames"][page], set()).add(term)
    return pages


def _indexed(pages: dict[str, set[str]], needle: Needles, site_dir: Path) -> Iterator[str]:
    """Lines whose every word the index gives to a page that does not show these words itself.

    A long page may hold all words of a line by chance; what it shows is searched for the line as such.
    """
    for name, terms in pages.items():
        for line, (stems, telling) in needle.words.items():
            if stems <= terms and not telling <= _shown(site_dir / f"{name}.html"):
                yield f"in its entry for {name} every word of the solution line {line!r}"


def _stems(text: object) -> frozenset[str]:
    """The stems under which the book's search keeps a text's words."""
    language = SearchEnglish({})
    words = (word for piece in _joined([text, ""]) for word in _WORD.findall(piece.lower()))
    return frozenset(language.stem(word) for word in words if len(word) > 1 and language.word_filter(word))


def _unescaped(text: str) -> str:
    """A JSON or JavaScript string's text with its commonest escapes undone."""
    for escaped, char in (("\\n", "\n"), ("\\t", "\t"), ('\\"', '"'), ("\\'", "'"), ("\\u003c", "<"), ("\\/", "/")):
        text = text.replace(escaped, char)
    return text.replace("\\\\", "\\")


@functools.lru_cache(maxsize=256)
def _shown(page: Path) -> frozenset[str]:
    """The stems of the words that a built page holds; none for a page that is not there."""
    return frozenset(_stems(html.unescape(_TAG.sub(" ", page.read_text("utf-8"))))) if page.is_file() else frozenset()
