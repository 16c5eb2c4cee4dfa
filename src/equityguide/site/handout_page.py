"""A chapter's handout: one page of the site, made to be printed from the session guide and from the chapter itself.

Five parts, each on paper of its own: a summary with the guide's figure, a discussion sheet, the activities with their
cards, a voting sheet for before and after, and the huddle card. Nothing is typed here that a guide or a chapter says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from equityguide.figure import markup
from equityguide.site import drawing, figures, guides, slides
from equityguide.site.guides import LOADS, Activity, Guide
from equityguide.site.perpage import PerPage
from equityguide.worksheets import sheet

HANDOUT = "-handout"
PARTS = (
    "One-page summary",
    "Discussion sheet",
    "Activities and cards",
    "Voting sheet, before and after",
    "Huddle card: ten minutes",
)
LINES = 4  # ruled lines under a question
SCALE = 5  # boxes of a vote
# The first page is for everybody in the room: what needs a warning is not on it.
_WARNED = (
    "<p>The chapter has a chart that may be hard to look at. A warning stands before it there, and you may skip it.</p>"
)
# In a guide of any load: `guides.findings` holds each card to what is light enough for a shift.
_HUDDLE_LOAD = "Load of this card: low. One person may lead it."
_HUDDLE_NAMES = ("Takes reports of harm tonight", "Support at this hour", "I stay until")
EVIDENCE = f"How strong is this chapter's evidence, as far as you can tell now? 1 is weak, {SCALE} is strong."


@dataclass(frozen=True)
class Chapter:
    """What a handout takes from a chapter: its title, key points, objectives, and the first thing it does not show."""

    title: str
    points: tuple[str, ...]
    objectives: tuple[str, ...]
    limit: str


chapters: PerPage[Chapter] = PerPage("handouts")


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Keep what a chapter's handout needs, and lead from the chapter to it."""
    docname = app.env.docname
    title = next(doctree.findall(nodes.title), None)
    if title is None or title.parent is None or not has_guide(app, docname):
        return
    sections = {one.astext(): one.parent for one in doctree.findall(nodes.title)}
    limits = _points(sections.get("What this does not show"))
    chapters(app.env)[docname] = Chapter(
        title.astext(),
        _points(sections.get("Key points")),
        _points(sections.get("What you will be able to do")),
        limits[0] if limits else "",
    )
    load = guides.load(Path(app.confdir), _stem(docname)).load
    ways = _ways(f"{relpath(guides.FOLDER, dirname(docname))}/{_stem(docname)}", load)
    facts = isinstance(title.parent[1], nodes.paragraph) and "eg-reading" in title.parent[1]["classes"]
    title.parent.insert(2 if facts else 1, nodes.raw("", ways, format="html"))


def has_guide(app: Sphinx, docname: str) -> bool:
    """Whether a page is a chapter that a session guide is about."""
    root, stem = Path(app.confdir), _stem(docname)
    # A worksheet may share a chapter's stem.
    return stem in guides.stems(root) and docname == f"book/{guides.load(root, stem).chapter}"


def _stem(docname: str) -> str:
    return docname.rpartition("/")[2]


def _points(section: nodes.Element | None) -> tuple[str, ...]:
    listed = section.next_node(nodes.bullet_list) if section is not None else None
    return tuple(" ".join(item.astext().split()) for item in listed.children) if listed is not None else ()


def _ways(guide: str, load: str) -> str:
    host = f'<a href="{guide}.html">the guide</a> ({load} load), {slides.way(guide)}'
    return f'<p class="eg-reading">For a session: {host} and {way(guide)}</p>'


def way(guide: str) -> str:
    """The link to the handout of the guide at an address (without `.html`), and the place for its PDFs."""
    return f'<a href="{guide}{HANDOUT}.html">the handout to print</a>. {sheet.pdfs(guide + HANDOUT)}'


def pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The handouts, as pages of the site that no table of contents and no search index lists."""
    drawn = {name: payload for found in figures.registered(app.env).values() for name, payload in found.items()}
    for docname, chapter in sorted(chapters(app.env).items()):
        guide = guides.load(Path(app.confdir), _stem(docname))
        payload = drawn.get(next((block.figure for block in guide.blocks if block.figure), ""))
        figure = markup.printed(payload, drawing.drawings(payload, figures.cache(app.env))) if payload else ""
        body = page(guide, chapter, figure)
        yield (
            f"{guides.FOLDER}/{guide.stem}{HANDOUT}",
            {"title": f"{chapter.title}: handout", "body": body},
            "page.html",
        )


def page(guide: Guide, chapter: Chapter, figure: str) -> str:
    """The body of a handout's page; `figure` is the guide's figure as HTML, empty where it has none."""
    links = (
        f'<a href="{guide.stem}.html">The session guide</a> '
        f'<a href="{relpath(f"book/{guide.chapter}", guides.FOLDER)}.html">The chapter</a>'
    )
    bodies = (
        _summary(chapter, _WARNED if guide.warned else figure),
        _discussion(guide),
        "".join(_activity(one) for one in guide.activities),
        _voting(guide, chapter),
        _huddle(guide),
    )
    loads = [*[f"Emotional load: {LOADS[guide.load]}"] * (len(PARTS) - 1), _HUDDLE_LOAD]
    parts = (
        f'<section class="eg-part"><h2>{title}</h2><p class="eg-part-of">{escape(chapter.title)} · {escape(load)}</p>'
        f"{body}</section>"
        for title, load, body in zip(PARTS, loads, bodies, strict=True)
    )
    return (
        f'<section class="eg-handout" {sheet.PAPERS}><h1>{escape(chapter.title)}</h1>'
        f"{sheet.ways(links, guide.stem + HANDOUT)}{''.join(parts)}</section>"
    )


def _summary(chapter: Chapter, figure: str) -> str:
    limit = f"<p><strong>What this does not show.</strong> {escape(chapter.limit)}</p>" if chapter.limit else ""
    return f"<h3>Key points</h3>{_list(chapter.points)}{figure}{limit}"


def _discussion(guide: Guide) -> str:
    out = [f"<p>{escape(guide.purpose)}</p><h3>We agree</h3>{_list(guide.agreements)}"]
    for level in guides.LEVELS:
        out.append(f"<h3>{level.capitalize()}</h3>")
        out += [_asked(one.ask, LINES) for one in guide.questions if one.level == level]
    commitment = "".join(_asked(said, 1) for said in ("Who?", "What?", "By when?"))
    return "".join(
        [*out, f'<div class="eg-whole"><h3>One commitment</h3><p>{escape(guide.commitment)}</p>{commitment}</div>']
    )


def _asked(question: str, lines: int) -> str:
    ruled = '<div class="eg-sheet-line"></div>' * lines
    return f'<div class="eg-sheet-question"><p class="eg-form-label">{escape(question)}</p>{ruled}</div>'


def _activity(one: Activity) -> str:
    steps = "".join(f"<li>{escape(step)}</li>" for step in one.steps)
    cards = "".join(f'<li class="eg-card">{escape(card)}</li>' for card in one.cards)
    cut = (
        f'<p class="eg-cut">Cut out the cards along the broken lines.</p><ul class="eg-cards">{cards}</ul>'
        if cards
        else ""
    )
    return (
        f'<div class="eg-activity"><div class="eg-whole"><h3>{escape(one.title)}</h3><ol>{steps}</ol>'
        f"<p><strong>Materials:</strong> {escape(', '.join(one.needs))}. "
        f"<strong>Safety:</strong> {escape(one.safety)}</p></div>{cut}</div>"
    )


def _voting(guide: Guide, chapter: Chapter) -> str:
    votes = "".join(_vote(said) for said in chapter.objectives)
    asked = (
        f"<p>How sure are you that you can do this? Mark one box: 1 is not at all, {SCALE} is very.</p>{votes}"
        f"{_vote(EVIDENCE)}"
    )
    close = next(block.say for block in guide.blocks if block.id == "close")
    # The host asks these two aloud in every session; here they are to be marked.
    ended = "".join(_boxes(said, ("Yes", "No")) for said in re.findall(r"[A-Z][^.?!]*\?", close))
    title = escape(chapter.title)
    unsigned = "No name, no unit. Fold it, and hand it in face down."
    return (
        '<p class="eg-note">For the host, if you want it: cut the two apart. Give out the first five minutes before '
        "the session, the second in place of the slips at its close. Cross out a line that your session leaves out. "
        "Read out totals only, and none where fewer than five people voted.</p>"
        f'<div class="eg-slip"><h3>Before: {title}</h3><p>{unsigned}</p>{asked}</div>'
        f'<div class="eg-slip"><h3>After: {title}</h3><p>{unsigned}</p>{asked}{ended}</div>'
    )


def _vote(said: str) -> str:
    return _boxes(said, tuple(str(number) for number in range(1, SCALE + 1)))


def _boxes(said: str, choices: Iterable[str]) -> str:
    boxes = "".join(f"<li>{choice}</li>" for choice in choices)
    return f'<div class="eg-vote"><p>{escape(said)}</p><ul class="eg-sheet-boxes eg-scale">{boxes}</ul></div>'


def _huddle(guide: Guide) -> str:
    said = "".join(f"<p><strong>{name.capitalize()}.</strong> {escape(text)}</p>" for name, text in _card(guide))
    names = "".join(_asked(f"{name}:", 1) for name in _HUDDLE_NAMES)
    return (
        f'<div class="eg-card eg-huddle"><h3>{escape(guide.title)}</h3>{said}</div>'
        f"<h3>How to hold it</h3>{_list(guide.huddle_how)}{names}"
    )


def _card(guide: Guide) -> list[tuple[str, str]]:
    names = {"process": "process", "number": "number", "action": "action", "after": "afterward"}
    return [(title, guide.huddle[key]) for key, title in names.items()]


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in items)}</ul>"
