"""The chapter rules: the real pages have no findings, and each rule has a bad text that it must find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import rules
import yaml
from jupyter_book import config as jupyter_book
from rules import Finding, Page, parse
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from equityguide import data
from equityguide.site.paths import READERS
from equityguide.site.policy import POLICY

ROOT = Path(__file__).parents[2]
# Folders of chapters; the other pages of book/ are front and reference pages.
CHAPTERS = ("field", "framework", "measure", "strategies")
BODY_GRADE, WORKSHEET_GRADE = 10, 8


def sources() -> list[str]:
    """Every MyST source that a reader reads, as paths from the root."""
    files = [*ROOT.glob("book/**/*.md"), *ROOT.glob("exercises/source/*.md")]
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


def is_chapter(file: str) -> bool:
    """Whether a source is a chapter and not a front page, a reference page or a worksheet."""
    return file.startswith(tuple(f"book/{folder}/" for folder in CHAPTERS))


def load(file: str) -> Page:
    """One of the project's pages, parsed."""
    return parse(file, (ROOT / file).read_text(encoding="utf-8"))


def known_config() -> dict[str, Any]:
    """Jupyter Book's own keys: its schema and its defaults, which each leave some out."""

    def tree(node: dict[str, Any]) -> dict[str, Any]:
        return {key: tree(value) for key, value in node.get("properties", {}).items()}

    known = tree(json.loads(jupyter_book.PATH_JSON_SCHEMA.read_text(encoding="utf-8")))
    defaults = yaml.safe_load(jupyter_book.PATH_YAML_DEFAULT.read_text(encoding="utf-8"))
    for key, value in defaults.items():
        known.setdefault(key, {})
        if isinstance(value, dict):
            known[key] |= {sub: known[key].get(sub, {}) for sub in value}
    return {key: value or None for key, value in known.items()}


@pytest.fixture(scope="module")
def sphinx_values(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The settings that Sphinx and the extensions of the book register."""
    folder = tmp_path_factory.mktemp("empty-book")
    (folder / "index.md").write_text("# Empty\n", encoding="utf-8")
    (folder / "_toc.yml").write_text("format: jb-book\nroot: index\n", encoding="utf-8")
    config = jupyter_book.get_final_config(
        user_yaml=ROOT / "_config.yml", cli_config={"latex_individualpages": False}, validate=False
    )[0]
    wanted = {"extensions": config["extensions"], "external_toc_path": "_toc.yml"}
    with pytest.MonkeyPatch.context() as patch, docutils_namespace():
        # Our extension would make the Vega bundle here, which takes seconds and has no bearing on names.
        patch.setattr("equityguide.site.extension._configure", lambda app, config: None)
        app = Sphinx(
            folder, None, folder / "out", folder / "trees", "dummy", confoverrides=wanted, status=None, warning=None
        )
    return set(app.config.values)


# The real pages


@pytest.mark.parametrize("file", sources())
def test_page_has_no_findings(file: str, lists: dict[str, Any], ids: set[str]) -> None:
    page = load(file)
    worksheet = file.startswith("exercises/")
    found = [
        *rules.check_words(page, lists["words"]),
        *rules.check_spelling(page, lists["spelling"]),
        *rules.check_links(page),
        *rules.check_grade(page, WORKSHEET_GRADE if worksheet else BODY_GRADE, lists["left_out"]),
    ]
    if not worksheet:
        found += [*rules.check_cells(page), *rules.check_covers(page, ids), *rules.check_evidence(page)]
    if is_chapter(file):
        datasets = {package["name"] for package in data.catalog()}
        worksheets = {source.stem for source in ROOT.glob("exercises/source/*.md")}
        found += [
            *rules.check_front_matter(page, datasets, worksheets, READERS),
            *rules.check_order(page),
            *rules.check_discussion(page),
            *rules.check_reading_time(page),
        ]
    elif not worksheet:
        found += rules.check_page_front_matter(page)
    assert not found, "\n" + "\n".join(map(str, found))


def test_every_page_is_in_a_toc() -> None:
    pages = {p.relative_to(ROOT).with_suffix("").as_posix() for p in ROOT.glob("book/**/*.md")}
    pages |= {p.relative_to(ROOT).with_suffix("").as_posix() for p in ROOT.glob("exercises/*.ipynb")}
    tocs = {toc.name: toc.read_text(encoding="utf-8") for toc in sorted(ROOT.glob("_toc*.yml"))}
    found = rules.check_toc(tocs, pages)
    assert not found, "\n" + "\n".join(map(str, found))


def test_every_config_key_is_known(sphinx_values: set[str]) -> None:
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    found = rules.check_config("_config.yml", text, known_config(), sphinx_values)
    assert not found, "\n" + "\n".join(map(str, found))


def test_license_of_the_content_lists_each_exception() -> None:
    notice = (ROOT / "LICENSE-content").read_text(encoding="utf-8")
    free = {"CC0-1.0", "CC-BY-4.0", "public-domain", "PDDL-1.0"}
    closed = [
        (package["name"], item["name"])
        for package in data.catalog()
        for item in package["licenses"]
        if item["name"] not in free
    ]
    stated = {tuple(line.split()) for line in notice.splitlines()}
    assert [pair for pair in closed if pair not in stated] == []


def test_page_for_it_states_the_policy_that_pages_carry() -> None:
    text = " ".join((ROOT / "book/reference/for-it.md").read_text(encoding="utf-8").split())
    assert POLICY in text


def test_accessibility_page_is_the_one_at_the_root() -> None:
    # The code host shows one, the site the other.
    assert (ROOT / "ACCESSIBILITY.md").read_bytes() == (ROOT / "book/reference/accessibility.md").read_bytes()


# The rules, each against a text that breaks it

CHAPTER = """\
---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
id: sample
title: A sample
reading_minutes: 1
discussion_minutes: 30
worksheets: []
covers: [S1.A1]
data: [rain]
readers: [host]
last_reviewed: "2026-11-22"
---

# A sample

## Questions this chapter answers

- What fell?

## What you will be able to do

- Say how much rain fell.

## First, try it

Look out of the window.

## In short: it rained

{covers}`S1.A1` It rained on the hill and in the town.

## Key action: look up

Look up.

## Tested examples: one town

### A town looked up

{evidence}`story; was tried; independent`

It rained there.

```{code-cell} ipython3
:tags: [hide-input]

rows = 1
rows
```

## Challenges: none

None.

## Lessons: one

Look up.

## Tools and resources

A window.

## What this does not show

Why it rained.

## On your own organization

Look up.

## Discussion

### Understand

1. Did it rain?

**Redirect.** Ask again.

### Relate

1. Did it rain here?

**Redirect.** Ask again.

### Act

1. Who looks up?

**Redirect.** Ask again.

## Key points

- It rained.

## References

- A window.
"""
FILE = "book/strategies/sample.md"


def all_findings(text: str, lists: dict[str, Any], file: str = FILE) -> list[Finding]:
    """What every chapter rule finds in a text."""
    page = parse(file, text)
    return [
        *rules.check_front_matter(page, {"rain"}, set(), {"host"}),
        *rules.check_order(page),
        *rules.check_cells(page),
        *rules.check_covers(page, {"S1.A1", "S1.A2"}),
        *rules.check_evidence(page),
        *rules.check_discussion(page),
        *rules.check_words(page, lists["words"]),
        *rules.check_spelling(page, lists["spelling"]),
        *rules.check_links(page),
        *rules.check_grade(page, BODY_GRADE),
        *rules.check_reading_time(page),
    ]


def test_sample_is_clean(lists: dict[str, Any]) -> None:
    assert all_findings(CHAPTER, lists) == []


LONG_CELL = "rows = 1\n" + "rows += 1\n" * 7
SIX = " ".join(f"{{covers}}`S1.A{i}`" for i in range(2, 9))
HARD = (
    "Interorganizational accountability considerations necessitate comprehensive operationalization "
    "of multidimensional socioeconomic characteristics notwithstanding methodological heterogeneity. "
) * 9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # front matter
        ("id: sample\n", "", "id is missing"),
        ("id: sample\n", "id: simple\n", "write 'sample'"),
        ("title: A sample\n", "title: Another\n", "write the same"),
        ("reading_minutes: 1\n", 'reading_minutes: "1"\n', "reading_minutes is a str"),
        ("covers: [S1.A1]\n", "covers: [1]\n", "write a list of names"),
        ("data: [rain]\n", "data: [snow]\n", "'snow'"),
        ("worksheets: []\n", "worksheets: [rain]\n", "'rain'"),
        ('"2026-11-22"', "2026-11-22", "last_reviewed is a date"),
        ('"2026-11-22"', '"22 November"', "write a date"),
        ('"2026-11-22"', '"2026-13-22"', "write a date"),
        ("data: [rain]\n", "data: [rain]\nmood: gray\n", "mood is not a key"),
        # order
        ("## Key points\n\n- It rained.\n", "", "no section 'Key points'"),
        ("## Lessons: one", "## Wisdom: one", "no section 'Lesson'"),
        ("## Discussion\n", "## Key points\n\n## Discussion\n", "stands too early"),
        ("## Key points\n", "## Weather\n\n## Key points\n", "outside the chapter's middle"),
        # cells
        ("rows = 1\n", LONG_CELL, "has 9 lines"),
        # covers
        ("covers: [S1.A1]", "covers: [S1.A1, S9.Z9]", "not in tests/ids.txt"),
        ("covers: [S1.A1]", "covers: [S1.A1, S1.A2]", "no place has its anchor"),
        ("Look up.\n\n## Tested", "{covers}`S1.A2` Look up.\n\n## Tested", "Add it to covers"),
        ("{covers}`S1.A1` It rained", "{covers}`S1.A1`\n\nIt rained", "stand alone"),
        ("{covers}`S1.A1` It", f"{{covers}}`S1.A1` {SIX} It", "8 anchors"),
        ("{covers}`S1.A1` It", "{covers}`S1.A1,S1.A2,a,b,c,d,e` It", "7 anchors"),
        ("A window.\n\n## What", "{covers}`S1.A1` A window.\n\n## What", "already"),
        ("## Tools and resources", "## Tools and resources {covers}`S1.A1`", "heading holds an anchor"),
        # evidence
        ("{evidence}`story; was tried; independent`\n", "", "has no evidence label"),
        ("story; was tried; independent", "story; was tried", "has 2 parts"),
        ("story; was tried; independent", "rumor; was tried; independent", "'rumor' is not the kind"),
        ("story; was tried; independent", "story; worked; independent", "'worked' is not what it can support"),
        ("story; was tried; independent", "story; was tried; me", "'me' is not who tells it"),
        # discussion
        ("### Relate", "### Feel", "levels are Understand, Relate, Act"),
        ("1. Who looks up?", "1. Look up.", "'Act' asks nothing"),
        ("1. Did it rain here?\n\n**Redirect.** Ask again.", "1. Did it rain here?", "'Relate' has no redirect"),
        # words
        ("Why it rained.", "How vulnerable the town is.", "'vulnerable' says what people are"),
        ("Why it rained.", "The Social Vulnerability Index and its vulnerability.", "'vulnerability'"),
        ("Why it rained.", "Why Blacks and others got wet.", "'Blacks'"),
        ("Why it rained.", "What the rain did in order to fall.", "'in order to'"),
        ("### A town looked up", "### A journey", "'journey'"),
        ("Why it rained.", "What colour it had.", "'color'"),
        # links
        ("A window.\n\n## What", "A [window](http://example.org).\n\n## What", "http://example.org is not https"),
        ("A window.\n\n## What", "A [window](//example.org/a).\n\n## What", "//example.org/a is not https"),
        # reading
        ("Why it rained.", HARD, "reads at grade"),
        ("reading_minutes: 1\n", "reading_minutes: 9\n", "Its words give 0"),
        ("Why it rained.", "It rained. " * 1600, "takes 16 minutes"),
    ],
)
def test_rule_finds(old: str, new: str, said: str, lists: dict[str, Any]) -> None:
    assert CHAPTER.count(old) >= 1
    found = all_findings(CHAPTER.replace(old, new, 1), lists)
    assert any(said in finding.sentence for finding in found), found


def test_chapter_that_argues_nothing_is_found() -> None:
    start, end = CHAPTER.index("## In short"), CHAPTER.index("## What this does")
    found = rules.check_order(parse("book/measure/sample.md", CHAPTER[:start] + CHAPTER[end:]))
    assert [finding.sentence for finding in found] == ["The chapter argues nothing: add a section."]


@pytest.mark.parametrize(
    "text",
    [
        "The column `vulnerable` and the code:\n\n```python\nvulnerable = 1\n```\n",
        "The *Journal of Vulnerable Places* says so.",
        'Somebody said "a vulnerable place" and meant well.',
        "The Social Vulnerability Index has a name.",
        "See [the list](https://example.org/vulnerable).",
        "White patients and Black patients.",
    ],
)
def test_word_list_passes_over(text: str, lists: dict[str, Any]) -> None:
    assert rules.check_words(parse(FILE, text), lists["words"]) == []


def test_finding_names_file_and_line(lists: dict[str, Any]) -> None:
    found = rules.check_words(parse(FILE, "# Rain\n\nIt is\nvulnerable.\n"), lists["words"])
    assert str(found[0]).startswith(f"{FILE}:4: 'vulnerable' says what people are")


def test_front_page_needs_no_front_matter() -> None:
    assert rules.check_page_front_matter(parse("book/about.md", "# About\n")) == []
    found = rules.check_page_front_matter(parse("book/about.md", "---\ncovers: D1\nmood: gray\n---\n# About\n"))
    assert [finding.sentence for finding in found] == [
        "In the front matter mood is not a key that the book knows; remove it.",
        "In the front matter covers is a str; write a list.",
    ]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("map", 1), ("made", 1), ("table", 2), ("wanted", 2), ("looked", 1), ("houses", 2), ("makes", 1),
        ("racism", 3), ("median", 3), ("social", 2), ("neighbor's", 2), ("organization", 5), ("the", 1),
    ],
)  # fmt: skip
def test_syllables(word: str, count: int) -> None:
    assert rules.syllables(word) == count


def test_grade_follows_the_formula() -> None:
    # Two sentences, eight words, nine syllables; without "inside" seven of each.
    page = parse(FILE, "# Not counted\n\nThe town saw much rain. We stayed inside.\n\n| not | counted |\n")
    assert rules.grade(page) == pytest.approx(0.39 * 4 + 11.8 * 9 / 8 - 15.59)
    assert rules.grade(page, ["inside"]) == pytest.approx(0.39 * 3.5 + 11.8 - 15.59)
    assert rules.grade(parse(FILE, "# Only a heading\n")) == 0


def test_reading_time_leaves_out_discussion_and_references() -> None:
    text = f"# A\n\n{'word ' * 400}\n\n## Discussion\n\n{'word ' * 400}\n\n## References\n\n{'word ' * 400}\n"
    assert rules.reading_minutes(parse(FILE, text)) == 2


TOC = "format: jb-book\nroot: book/index\nparts:\n  - chapters:\n      - file: book/a\n"


def test_toc() -> None:
    assert rules.check_toc({"_toc.yml": TOC}, {"book/index", "book/a"}) == []
    assert rules.check_toc({"_toc.yml": TOC}, {"book/index"}) == [
        Finding("_toc.yml", 5, "There is no page book/a. Remove the entry or write the page.")
    ]
    forgotten = rules.check_toc({"_toc.yml": TOC}, {"book/index", "book/a", "book/b"})
    assert [(finding.file, "would not be built" in finding.sentence) for finding in forgotten] == [("book/b", True)]
    twice = rules.check_toc({"_toc.yml": TOC + "      - file: book/a\n"}, {"book/index", "book/a"})
    assert [finding.sentence for finding in twice] == ["book/a stands here twice. Remove one."]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title: A\nexecute_notebook: cache\n", 2, "execute_notebook is not a key"),
        ("title: A\nexecute:\n  execute_notebook: cache\n", 3, "execute: execute_notebook"),
        ("sphinx:\n  config:\n    nb_execution_raise_on_errors: true\n", 3, "nb_execution_raise_on_errors"),
    ],
)
def test_misspelt_config_key_is_found(text: str, line: int, said: str, sphinx_values: set[str]) -> None:
    found = rules.check_config("_config.yml", text, known_config(), sphinx_values)
    assert [finding.line for finding in found] == [line]
    assert said in found[0].sentence


def test_words_have_a_reason_and_an_alternative(lists: dict[str, Any]) -> None:
    for entry in lists["words"]:
        assert entry["reason"], entry
        assert entry["instead"], entry


def test_inventory_copy_is_whole(ids: set[str]) -> None:
    assert len(ids) == 321
