"""The chapter rules as small validators: pure functions from a page's source text to findings.

`parse` turns a MyST source into a `Page`; each `check_...` takes a `Page` (or plain texts) and returns `Finding`s
with file, line and one sentence that says what to do. An empty list means that the rule holds. Nothing here reads a
file or the network, so that each rule can be shown a bad text.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

WORDS_A_MINUTE = 200
LONGEST_READING = 15
LONGEST_CELL = 8
MOST_ANCHORS = 6

OPENING = ["Questions this chapter answers", "What you will be able to do", "First, try it"]
CLOSING = [
    "What this does not show",
    "On your own organization",
    "Discussion",
    "Key points",
    "References",
]
# How the six parts of the source's strategy sections begin here; after the colon each heading says its own thing.
STRATEGY_PARTS = ["In short", "Key action", "Tested example", "Challenge", "Lesson", "Tools and resources"]
LEVELS = ["Understand", "Relate", "Act"]

EVIDENCE = (
    ("the kind", {"story", "report", "study", "rule", "ours"}),
    (
        "what it can support",
        {"was tried", "changed over time", "changed against a comparison", "is required", "is a definition"},
    ),
    ("who tells it", {"told by the organization itself", "independent"}),
)

CHAPTER_KEYS: dict[str, type] = {
    "file_format": str,
    "kernelspec": dict,
    "id": str,
    "title": str,
    "reading_minutes": int,
    "discussion_minutes": int,
    "worksheets": list,
    "covers": list,
    "data": list,
    "readers": list,
    "last_reviewed": str,
}
PAGE_KEYS: dict[str, type] = {"file_format": str, "kernelspec": dict, "title": str, "covers": list}

_FENCE = re.compile(r"^\s*(`{3,}|~{3,}|:{3,})\s*(\{?[\w-]*\}?)")
_ROLE = re.compile(r"\{([\w:+-]+)\}`([^`]*)`")
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]*)\)")
_ADDRESS = re.compile(r"\b(?:https?|ftp)://[^\s)>\"']+|(?<=\]\()//[^\s)]+")
_WORD = re.compile(r"[A-Za-z]+(?:['\u2019][A-Za-z]+)?")
_ANCHOR_ROLES = {"covers", "evidence"}
# Directives whose body a reader reads; the body of every other fence is code or data.
_PROSE_DIRECTIVES = {"glossary", "note", "warning", "tip", "important", "admonition", "seealso"}


class Finding(NamedTuple):
    """One broken rule: the file, the line (counted from 1) and a sentence that says how to mend it."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class Line(NamedTuple):
    """One line of prose: its number in the file and its text."""

    number: int
    text: str


class Cell(NamedTuple):
    """One code cell: the line of its fence and its lines of code, options left out."""

    line: int
    code: list[str]


class Heading(NamedTuple):
    """One heading: line, level (1 to 6) and text."""

    line: int
    level: int
    text: str


@dataclass(frozen=True)
class Page:
    """A page's source, taken apart once: front matter, prose lines, blocks of prose, headings and code cells."""

    file: str
    front: Mapping[str, Any]
    prose: list[Line]
    blocks: list[list[Line]]
    headings: list[Heading]
    cells: list[Cell]

    def section(self, start: str, level: int = 2) -> list[Line]:
        """The prose under the first heading of `level` that begins with `start`, to the next one as high."""
        for i, heading in enumerate(self.headings):
            if heading.level == level and heading.text.startswith(start):
                rest = (h.line for h in self.headings[i + 1 :] if h.level <= level)
                end = next(rest, max((line.number for line in self.prose), default=0) + 1)
                return [line for line in self.prose if heading.line < line.number < end]
        return []


def parse(file: str, text: str) -> Page:
    """Take a MyST source apart. Front matter that is not a YAML mapping counts as none."""
    lines = text.splitlines()
    front, start = _front(lines)
    prose: list[Line] = []
    blocks: list[list[Line]] = [[]]
    headings: list[Heading] = []
    cells: list[Cell] = []
    closing = ""
    fence = ""
    for number, line in enumerate(lines[start:], start=start + 1):
        match = _FENCE.match(line)
        if closing:
            if match and line.strip().startswith(closing) and not match[2]:
                closing = fence = ""
                blocks.append([])
                continue
            if fence == "code-cell":
                cells[-1].code.append(line)
            if fence not in _PROSE_DIRECTIVES or re.match(r"\s*:[\w-]+:", line):
                continue
        elif match:
            closing, fence = match[1], match[2].strip("{}")
            if fence == "code-cell":
                cells.append(Cell(number, []))
            blocks.append([])
            continue
        if heading := re.match(r"(#{1,6})\s+(.*)", line):
            headings.append(Heading(number, len(heading[1]), heading[2].strip()))
            blocks.append([])
            continue
        if not line.strip():
            blocks.append([])
            continue
        if re.match(r"\s*(?:[-*+]|\d+\.)\s", line) and blocks[-1]:
            blocks.append([])
        prose.append(Line(number, line))
        blocks[-1].append(Line(number, line))
    return Page(file, front, prose, [b for b in blocks if b], headings, [_without_options(c) for c in cells])


def plain(text: str) -> str:
    """A line as a reader sees it: roles resolved to their text, links to their label, code and marks gone."""
    text = _ROLE.sub(_shown, text)
    text = _LINK.sub(r"\1", text)
    text = re.sub(r"`[^`]*`", "", text)
    text = re.sub(r"<[^>]*>", "", text)
    text = re.sub(r"^\s*(?:[-*+:]|\d+\.|>|#+)\s+", "", text)
    return re.sub(r"[*_]{1,3}([^*_]+)[*_]{1,3}", r"\1", text)


def _front(lines: list[str]) -> tuple[Mapping[str, Any], int]:
    if not lines or lines[0] != "---" or "---" not in lines[1:]:
        return {}, 0
    end = lines.index("---", 1)
    try:
        front = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError:
        front = None
    return (front if isinstance(front, dict) else {}), end + 1


def _without_options(cell: Cell) -> Cell:
    code = cell.code
    while code and (code[0].startswith(":") or not code[0].strip()):
        code = code[1:]
    while code and not code[-1].strip():
        code = code[:-1]
    return Cell(cell.line, code)


def _shown(match: re.Match[str]) -> str:
    name, content = match[1], match[2]
    if name in _ANCHOR_ROLES:
        return ""
    labeled = re.fullmatch(r"(.*?)\s*<[^>]*>", content)
    return labeled[1] if labeled else "this page" if name == "doc" else content


# Front matter and structure


def check_front_matter(
    page: Page, datasets: Collection[str], worksheets: Collection[str], readers: Collection[str]
) -> list[Finding]:
    """A chapter's front matter has every key, of its type, and names files that exist."""
    found = _check_keys(page, CHAPTER_KEYS, required=True)
    if found:
        return found
    front, stem = page.front, page.file.rsplit("/", 1)[-1].removesuffix(".md")
    title = next((h.text for h in page.headings if h.level == 1), "")
    wrong = []
    if front["id"] != stem:
        wrong.append(f"the id is {front['id']!r}; write {stem!r}, the file's name")
    if front["title"] != title:
        wrong.append(f"the title is {front['title']!r} and the heading says {title!r}; write the same")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", front["last_reviewed"]) or not _is_date(front["last_reviewed"]):
        wrong.append(f'last_reviewed is {front["last_reviewed"]!r}; write a date such as "2026-11-22"')
    wrong += [f"data names {name!r}, and data/ has no such folder" for name in front["data"] if name not in datasets]
    wrong += [
        f"readers names {name!r}; write some of {', '.join(readers)}"
        for name in front["readers"]
        if name not in readers
    ]
    wrong += ["readers is empty; name whom the chapter is for"] if not front["readers"] else []
    wrong += [
        f"worksheets names {name!r}, and exercises/source/ has no such file"
        for name in front["worksheets"]
        if name not in worksheets
    ]
    return [Finding(page.file, 1, f"In the front matter {sentence}.") for sentence in wrong]


def check_page_front_matter(page: Page) -> list[Finding]:
    """A front or reference page needs no front matter; what it has is of the right type."""
    return _check_keys(page, PAGE_KEYS, required=False)


def _check_keys(page: Page, keys: Mapping[str, type], required: bool) -> list[Finding]:
    wrong = [f"{key} is not a key that the book knows; remove it" for key in page.front if key not in keys]
    for key, kind in keys.items():
        if key not in page.front:
            wrong += [f"{key} is missing; add it"] if required else []
        elif not isinstance(page.front[key], kind):
            wrong.append(f"{key} is a {type(page.front[key]).__name__}; write a {kind.__name__}")
        elif kind is list and not all(isinstance(item, str) for item in page.front[key]):
            wrong.append(f"{key} holds something other than text; write a list of names")
    return [Finding(page.file, 1, f"In the front matter {sentence}.") for sentence in wrong]


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def check_order(page: Page) -> list[Finding]:
    """The sections of a chapter stand in the order of DESIGN section 4; a strategy has its six parts between."""
    middle = STRATEGY_PARTS if "/strategies/" in page.file else []
    wanted = OPENING + middle + CLOSING
    headings = [h for h in page.headings if h.level == 2]
    found, at = [], -1
    for start in wanted:
        here = next((i for i, h in enumerate(headings) if h.text.startswith(start)), None)
        if here is None:
            found.append(Finding(page.file, 1, f"There is no section '{start}'. Add it."))
        elif here < at:
            sentence = f"The section '{start}' stands too early. Move it after '{headings[at].text}'."
            found.append(Finding(page.file, headings[here].line, sentence))
        else:
            at = here
    if not found:
        last = next(i for i, h in enumerate(headings) if h.text.startswith(OPENING[-1]))
        first = next(i for i, h in enumerate(headings) if h.text.startswith(CLOSING[0]))
        fixed = len(OPENING) + len(CLOSING)
        if first - last == 1:
            found.append(Finding(page.file, headings[first].line, "The chapter argues nothing: add a section."))
        elif len(headings) - (first - last - 1) != fixed:
            known = tuple(OPENING + CLOSING)
            stray = next(h for i, h in enumerate(headings) if not last < i < first and not h.text.startswith(known))
            sentence = f"The section '{stray.text}' stands outside the chapter's middle. Move it there."
            found.append(Finding(page.file, stray.line, sentence))
    return found


def check_cells(page: Page) -> list[Finding]:
    """A code cell holds at most eight lines."""
    return [
        Finding(page.file, cell.line, f"This cell has {len(cell.code)} lines. Write at most {LONGEST_CELL}.")
        for cell in page.cells
        if len(cell.code) > LONGEST_CELL
    ]


def check_covers(page: Page, known: Collection[str]) -> list[Finding]:
    """Every inventory id in the front matter is known and has its one anchor, in a block that says something."""
    stated = page.front.get("covers") or []
    found = [
        Finding(page.file, 1, f"The front matter covers {id_}, which is not in tests/ids.txt. Check the id.")
        for id_ in stated
        if id_ not in known
    ]
    anchored: dict[str, int] = {}
    for block in page.blocks:
        ids = [
            (id_.strip(), line.number)
            for line in block
            for match in _ROLE.finditer(line.text)
            if match[1] == "covers"
            for id_ in match[2].split(",")
        ]
        if not ids:
            continue
        if not _WORD.search(" ".join(plain(line.text) for line in block)):
            found.append(Finding(page.file, block[0].number, "These anchors stand alone. Put them into a paragraph."))
        if len(ids) > MOST_ANCHORS:
            sentence = f"This paragraph has {len(ids)} anchors. Give it at most {MOST_ANCHORS}."
            found.append(Finding(page.file, block[0].number, sentence))
        for id_, number in ids:
            if id_ in anchored:
                sentence = f"{id_} has an anchor on line {anchored[id_]} already. Keep one of the two."
                found.append(Finding(page.file, number, sentence))
            elif id_ not in stated:
                found.append(Finding(page.file, number, f"{id_} is not in the front matter. Add it to covers."))
            anchored.setdefault(id_, number)
    found += [
        Finding(page.file, h.line, "A heading holds an anchor. Move it into the paragraph below.")
        for h in page.headings
        if "{covers}" in h.text
    ]
    return found + [
        Finding(page.file, 1, f"The front matter covers {id_}, and no place has its anchor. Add {{covers}}`{id_}`.")
        for id_ in stated
        if id_ not in anchored
    ]


def check_evidence(page: Page) -> list[Finding]:
    """Every evidence label has three known parts, and every tested example has a label."""
    found = []
    labeled: list[int] = []
    for line in page.prose:
        for match in _ROLE.finditer(line.text):
            if match[1] != "evidence":
                continue
            labeled.append(line.number)
            parts = [part.strip() for part in match[2].split(";")]
            if len(parts) != len(EVIDENCE):
                sentence = f"This label has {len(parts)} parts. Write the kind; what it can support; who tells it."
                found.append(Finding(page.file, line.number, sentence))
                continue
            for part, (name, allowed) in zip(parts, EVIDENCE, strict=True):
                if part not in allowed:
                    sentence = f"{part!r} is not {name} of evidence. Write one of: {', '.join(sorted(allowed))}."
                    found.append(Finding(page.file, line.number, sentence))
    inside = False
    for i, heading in enumerate(page.headings):
        if heading.level == 2:
            inside = heading.text.startswith("Tested example")
        elif inside and heading.level == 3:
            end = page.headings[i + 1].line if i + 1 < len(page.headings) else float("inf")
            if not any(heading.line < number < end for number in labeled):
                sentence = f"The example '{heading.text}' has no evidence label. Add the evidence role."
                found.append(Finding(page.file, heading.line, sentence))
    return found


def check_discussion(page: Page) -> list[Finding]:
    """The discussion has its three levels in order, each with a question and a redirect."""
    start = next((h for h in page.headings if h.level == 2 and h.text == "Discussion"), None)
    if start is None:
        return []
    end = next((h.line for h in page.headings if h.level <= 2 and h.line > start.line), 10**9)
    levels = [h for h in page.headings if h.level == 3 and start.line < h.line < end]
    if [h.text for h in levels] != LEVELS:
        return [Finding(page.file, start.line, f"The discussion's levels are {', '.join(LEVELS)}, in that order.")]
    found = []
    for i, heading in enumerate(levels):
        stop = levels[i + 1].line if i + 1 < len(levels) else end
        lines = [line.text for line in page.prose if heading.line < line.number < stop]
        if not any(re.match(r"\s*\d+\.\s.*\?", line) for line in lines):
            found.append(Finding(page.file, heading.line, f"'{heading.text}' asks nothing. Add a numbered question."))
        if not any(line.startswith("**Redirect.**") for line in lines):
            found.append(Finding(page.file, heading.line, f"'{heading.text}' has no redirect. Add '**Redirect.**'."))
    return found


# Words


def check_words(page: Page, words: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """No word of the list, outside proper names, quoted titles, column names, code and addresses."""
    found = []
    entries = [(re.compile(rf"\b(?:{w['word']})\b", 0 if w.get("case") else re.I), w) for w in words]
    for number, text in _readable(page):
        for pattern, entry in entries:
            masked = text
            for name in entry.get("except", []):
                masked = re.sub(re.escape(name), "", masked, flags=re.I)
            if match := pattern.search(masked):
                sentence = f"'{match[0]}' {entry['reason']}. Write {' or '.join(entry['instead'])}."
                found.append(Finding(page.file, number, sentence))
    return found


def check_spelling(page: Page, spelling: Mapping[str, str]) -> list[Finding]:
    """No British spelling of the list."""
    return [
        Finding(page.file, number, f"'{match[0]}' is spelled '{spelling[match[0].lower()]}' in this book.")
        for number, text in _readable(page)
        for match in _WORD.finditer(text)
        if match[0].lower() in spelling
    ]


def _readable(page: Page) -> list[Line]:
    """Prose and headings as read, without titles in italics and without what stands in quotation marks."""
    lines = [*page.prose, *(Line(h.line, h.text) for h in page.headings)]
    return [
        Line(number, plain(re.sub(r"(?<![*\w])\*[^*]+\*(?!\*)|\"[^\"]+\"|“[^”]+”", "", text)))
        for number, text in sorted(lines)
    ]


def check_links(page: Page) -> list[Finding]:
    """Every address outside the book is https."""
    return [
        Finding(page.file, line.number, f"The address {match[0]} is not https. Write its https address.")
        for line in page.prose
        for match in _ADDRESS.finditer(line.text)
        if not match[0].startswith("https://")
    ]


# Reading


def syllables(word: str) -> int:
    """How many syllables an English word has, by rule: groups of vowels, less a silent e, es or ed, more for -ism and -ria-."""
    word = re.sub(r"['\u2019].*$", "", word.lower())
    extra = len(re.findall(r"isms?$|(?<=[rd])i[aou]", word))
    if word.endswith("e") and not re.search(r"[^aeiouy]le$", word):
        word = word[:-1]
    elif re.search(r"[^dtaeiouy]ed$", word) or re.search(r"[^scxzghaeiouy]es$", word):
        word = word[:-2]
    return max(1, extra + len(re.findall(r"[aeiouy]+", word)))


def grade(page: Page, leave_out: Collection[str] = ()) -> float:
    """The Flesch-Kincaid grade of a page's body, after Kincaid and others (1975).

    0.39 x words per sentence + 11.8 x syllables per word - 15.59. Left out of the words: numbers and the terms in
    `leave_out`, since the book explains those where they first stand. A list item ends a sentence. Headings, code,
    tables and the references are not body. 0 for a page without words.
    """
    references = {line.number for line in page.section("References")}
    words: list[str] = []
    sentences = 0
    terms = re.compile(rf"\b(?:{'|'.join(map(re.escape, leave_out))})\b", re.I) if leave_out else None
    for block in page.blocks:
        if block[0].number in references or block[0].text.lstrip().startswith("|"):
            continue
        text = " ".join(plain(line.text) for line in block)
        if terms:
            text = terms.sub("", text)
        for sentence in re.split(r"(?<=[.?!])[\"”)]?\s+", text):
            body = _WORD.findall(sentence)
            words += body
            sentences += bool(body)
    if not words:
        return 0.0
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def check_grade(page: Page, highest: float, leave_out: Collection[str] = ()) -> list[Finding]:
    """The body's grade is at most `highest`. There is no lower limit: plainer is never a fault."""
    reached = grade(page, leave_out)
    if reached <= highest:
        return []
    sentence = f"The body reads at grade {reached:.1f}. Shorten sentences and words until it is {highest:g} or less."
    return [Finding(page.file, 1, sentence)]


def reading_minutes(page: Page) -> float:
    """Minutes to read a page at 200 words a minute, without the discussion (it has its own) and the references."""
    skipped = {line.number for part in ("Discussion", "References") for line in page.section(part)}
    words = sum(len(plain(line.text).split()) for line in page.prose if line.number not in skipped)
    return words / WORDS_A_MINUTE


def check_reading_time(page: Page) -> list[Finding]:
    """A chapter reads in under 15 minutes, and says how many within two of what its words give."""
    minutes, stated = reading_minutes(page), page.front.get("reading_minutes", 0)
    found = []
    if minutes >= LONGEST_READING:
        sentence = f"The chapter takes {minutes:.0f} minutes to read. Cut it below {LONGEST_READING}."
        found.append(Finding(page.file, 1, sentence))
    if isinstance(stated, int) and abs(minutes - stated) > 2:  # another type is the front matter's finding
        found.append(Finding(page.file, 1, f"The chapter says {stated} reading minutes. Its words give {minutes:.0f}."))
    return found


# The book as a whole


def toc_entries(text: str) -> list[str]:
    """The pages a table of contents lists, root first, in its order, without suffixes."""
    entries: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    entries.append(value)
                else:
                    walk(value)
        elif isinstance(node, list):
            for item in node:
                walk(item)

    walk(yaml.safe_load(text))
    return entries


def check_toc(tocs: Mapping[str, str], pages: Collection[str]) -> list[Finding]:
    """Every page stands in a table of contents, every entry has its page, none stands twice in one."""
    found, listed = [], set()
    for file, text in tocs.items():
        entries = toc_entries(text)
        listed |= set(entries)
        for entry in sorted(set(entries)):
            line = next(i for i, t in enumerate(text.splitlines(), 1) if re.search(rf":\s*{re.escape(entry)}\s*$", t))
            if entry not in pages:
                found.append(Finding(file, line, f"There is no page {entry}. Remove the entry or write the page."))
            if entries.count(entry) > 1:
                found.append(Finding(file, line, f"{entry} stands here twice. Remove one."))
    return found + [
        Finding(page, 1, "No table of contents lists this page, so it would not be built. Add it to _toc.yml.")
        for page in sorted(pages)
        if page not in listed
    ]


def check_config(file: str, text: str, known: Mapping[str, Any], sphinx_values: Collection[str]) -> list[Finding]:
    """Every key of the book's configuration is known: Jupyter Book passes over the others in silence.

    `known` is the tree of Jupyter Book's own keys (a mapping for a section, anything else for a value), and
    `sphinx_values` the names that Sphinx and its extensions register, allowed under sphinx: config.
    """
    lines = text.splitlines()

    def line(key: str) -> int:
        return next((i for i, t in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\s*:", t)), 1)

    found = []
    for key, value in yaml.safe_load(text).items():
        if key not in known:
            found.append(Finding(file, line(key), f"{key} is not a key of Jupyter Book. Check its spelling."))
            continue
        inner = known[key]
        for sub in value if isinstance(value, dict) and isinstance(inner, dict) else ():
            if sub not in inner:
                found.append(Finding(file, line(sub), f"{key}: {sub} is not a key of Jupyter Book. Check it."))
        if key == "sphinx":
            for name in (value or {}).get("config") or {}:
                if name not in sphinx_values:
                    sentence = f"{name} is not a setting that Sphinx or an extension knows. Check its spelling."
                    found.append(Finding(file, line(name), sentence))
    return found
