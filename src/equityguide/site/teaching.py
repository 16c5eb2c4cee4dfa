"""What a trainer needs of each chapter, taken from the chapter itself: objectives, minutes, ids, references.

Nothing of this is typed a second time: the directives read front matter and sections of the chapters in `_toc.yml`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from equityguide.figure import markup
from equityguide.site import paths

FEWEST, MOST = 2, 4  # objectives of a chapter
SIGNATURES = 16  # rows of the sign-in sheet

# Bloom's levels, from recall to create, and the verbs with which this book's objectives begin. "Understand" is on none:
# nobody can see it.
BLOOM = {
    "recall": "Define List Match Name",
    "explain": "Describe Explain Say Show Tell",
    "apply": "Ask Carry Find Hold Mark Measure Place Practice Read State Use",
    "analyze": "Break Compare Map Pair Sort Take Trace",
    "evaluate": "Argue Check Choose Judge Pick Review Weigh",
    "create": "Build Design Draft Host Make Plan Prepare Propose Set Write",
}
_LEVELS = {verb: level for level, verbs in BLOOM.items() for verb in verbs.split()}


@dataclass(frozen=True)
class Lesson:
    """One chapter as a trainer sees it. `objectives` and `references` are Markdown, one item each."""

    page: str
    id: str
    title: str
    reading: int
    discussion: int
    worksheets: tuple[str, ...]
    covers: tuple[str, ...]
    objectives: tuple[str, ...]
    references: tuple[str, ...]
    reviewed: str


def level(objective: str) -> str:
    """The level of Bloom's that an objective's first word stands for. Raises `ValueError` for a verb not listed."""
    verb = objective.split()[0].strip("*,.:")
    if verb not in _LEVELS:
        known = ", ".join(sorted(_LEVELS))
        raise ValueError(f"an objective begins with {verb!r}. Begin with one of {known}.")
    return _LEVELS[verb]


def lessons(root: Path) -> list[Lesson]:
    """Every chapter of the table of contents that says what a reader will be able to do, in its order.

    Raises `ValueError` naming the file where a chapter has too few or too many objectives, or one with another verb.
    """
    found = []
    for chapter in paths.chapters(root):
        source = root / f"{chapter.page}.md"
        text = source.read_text("utf-8")
        about: dict[str, Any] = paths.front(source)
        objectives = _items(text, "What you will be able to do")
        if not objectives or "id" not in about:
            continue
        if not FEWEST <= len(objectives) <= MOST:
            raise ValueError(f"{chapter.page}.md: {len(objectives)} objectives. Write {FEWEST} to {MOST}.")
        for objective in objectives:
            try:
                level(objective)
            except ValueError as error:
                raise ValueError(f"{chapter.page}.md: {error}") from None
        found.append(
            Lesson(
                chapter.page,
                str(about["id"]),
                chapter.title,
                chapter.minutes,
                int(about.get("discussion_minutes", 0)),
                tuple(about.get("worksheets", ())),
                tuple(about.get("covers", ())),
                objectives,
                _items(text, "References"),
                str(about["last_reviewed"]),
            )
        )
    return found


def _items(text: str, heading: str) -> tuple[str, ...]:
    """The points of the list under a heading of the second level, without the anchors that only the chapter needs."""
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    points = re.findall(r"^- (.*(?:\n  +\S.*)*)", section[1] if section else "", re.MULTILINE)
    return tuple(re.sub(r"\{covers\}`[^`]*` ?", "", " ".join(point.split())) for point in points)


class Taught(SphinxDirective):
    """What the directives below share: the chapters read, and Markdown lines put into the page."""

    def lessons(self) -> list[Lesson]:
        """The chapters, noted as what this page hangs on."""
        root = Path(self.env.app.confdir)
        try:
            found = lessons(root)
        except ValueError as error:
            raise self.error(str(error)) from None
        for name in ["_toc.yml", *(f"{lesson.page}.md" for lesson in found)]:
            self.env.note_dependency(str(root / name))
        return found

    def parsed(self, lines: list[str]) -> list[nodes.Node]:
        """Markdown as nodes of this page."""
        holder = nodes.section()
        holder.document = self.state.document
        self.state.nested_parse(StringList(lines, source="chapters"), self.content_offset, holder, match_titles=True)
        return list(holder.children)


class Objectives(Taught):
    """```` ```{objectives} ````: a section a chapter with objectives, levels, exercise, check and inventory ids."""

    def run(self) -> list[nodes.Node]:
        """One section a chapter."""
        return self.parsed([line for lesson in self.lessons() for line in objective_lines(lesson, self.env.docname)])


def objective_lines(lesson: Lesson, docname: str) -> list[str]:
    """One chapter's objectives as Markdown for the page `docname`."""
    lines = [f"## {lesson.title}", "", f"{{doc}}`/{lesson.page}`: {_minutes(lesson)}.", ""]
    lines += [f"- {objective} *({level(objective)})*" for objective in lesson.objectives]
    lines += ["", f"**Exercise:** [First, try it](/{lesson.page}.md#first-try-it){_worksheets(lesson)}."]
    checks = '"Check yourself" at the end of the chapter' + ", the checks in the worksheets" * bool(lesson.worksheets)
    lines += ["", f"**Check:** {checks}, then [the discussion](/{lesson.page}.md#discussion) for the group.", ""]
    if lesson.covers:
        page = relpath(f"{lesson.page}.html", dirname(docname))
        links = " ".join(f'<a href="{page}#inv-{_anchor(one)}">{html.escape(one)}</a>' for one in lesson.covers)
        said = f"Items of the sources that these objectives rest on: {len(lesson.covers)}"
        lines += ["```{raw} html", f'<details class="eg-five"><summary>{said}</summary>']
        lines += [f'<p class="eg-ids">{links}</p></details>', "```", ""]
    else:
        lines += ["The sources have no items for this chapter; it is ours.", ""]
    return lines


def _anchor(covered: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", covered.lower())


def _worksheets(lesson: Lesson) -> str:
    listed = " and ".join(f"{{doc}}`/exercises/{stem}`" for stem in lesson.worksheets)
    return f", and the worksheet {listed}" if listed else ""


def _minutes(lesson: Lesson) -> str:
    talk = f", {lesson.discussion} to discuss" if lesson.discussion else ""
    return f"{lesson.reading} minutes to read{talk}"


class EducationPacket(Taught):
    """```` ```{education-packet} ````: minutes, objectives and references of each chapter, for a provider's form."""

    def run(self) -> list[nodes.Node]:
        """One section a chapter."""
        lines = []
        for lesson in self.lessons():
            lines += [
                f"## {lesson.title}",
                "",
                f"**Minutes:** {_minutes(lesson)}. Last reviewed {lesson.reviewed}.",
                "",
            ]
            lines += ["**Objectives.** At the end, a learner can:", ""]
            lines += [f"- {objective}" for objective in lesson.objectives]
            lines += ["", "**References**", "", *(f"- {reference}" for reference in lesson.references), ""]
        return self.parsed(lines)


class CompletionNote(Taught):
    """```` ```{completion-note} ````: a note the reader fills in and prints; with scripts off, a blank."""

    def run(self) -> list[nodes.Node]:
        """Controls, the note, and the chapters as data for `note.js`."""
        known = self.lessons()
        data = [
            {"title": one.title, "minutes": one.reading, "objectives": [_plain(each) for each in one.objectives]}
            for one in known
        ]
        options = "".join(f'<option value="{n}">{html.escape(one.title)}</option>' for n, one in enumerate(known))
        return [nodes.raw("", _NOTE.format(options=options, data=markup.inline(data)), format="html")]


class SignInSheet(SphinxDirective):
    """```` ```{sign-in-sheet} ````: an empty table to print."""

    def run(self) -> list[nodes.Node]:
        """A table with numbered rows."""
        rows = "".join(
            f'<tr><th scope="row">{n}</th><td></td><td></td><td></td></tr>' for n in range(1, SIGNATURES + 1)
        )
        head = "".join(f'<th scope="col">{name}</th>' for name in ("No.", "Name", "Role or department", "Signature"))
        about = "".join(f"<p>{name}: <span></span></p>" for name in ("Session", "Date", "Minutes", "Host"))
        sheet = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        button = '<p><button type="button" class="eg-button" data-eg-print>Print this sheet</button></p>'
        # It scrolls sideways on a phone, so that a keyboard has to be able to reach it.
        paper = '<div class="eg-paper eg-sign" role="region" aria-label="Sign-in sheet" tabindex="0">'
        return [nodes.raw("", f"{button}{paper}{about}{sheet}</div>", format="html")]


_NOTE = """<div class="eg-paper-ways">
<p><label>Chapter <select data-note="chapter"><option value="">Choose …</option>{options}</select></label></p>
<p><label>Date <input type="date" data-note="date"></label></p>
<p><label>Name, if you like <input type="text" data-note="name" autocomplete="off"></label></p>
<p><button type="button" class="eg-button" data-eg-print>Print, or save as PDF</button></p>
</div>
<div class="eg-paper">
<p>Chapter: <span data-note-shown="title"></span></p>
<p>Minutes to read: <span data-note-shown="minutes"></span></p>
<p>Date: <span data-note-shown="date"></span></p>
<p>Name: <span data-note-shown="name"></span></p>
<p>What I can do now:</p>
<ul data-note-shown="objectives"><li><span></span></li><li><span></span></li><li><span></span></li></ul>
<p>From the book <em>Closing the Gap</em>. I wrote this note myself. It holds no score, and nobody has checked it. The
book grants no credit.</p>
<script type="application/json" class="eg-paper-data">{data}</script>
</div>"""


def _plain(markdown: str) -> str:
    """Markdown of one line as plain text: roles and emphasis without their marks."""
    return re.sub(r"\{\w+\}`([^`<]*?)(?: <[^`]*>)?`", r"\1", markdown).replace("*", "").replace("`", "")
