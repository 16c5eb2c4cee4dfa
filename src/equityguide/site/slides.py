"""The slides of each session guide: a page of the site each, which scrolls, prints a slide a page and needs no script.

`book/_static/slides.js` turns slides by keyboard. A box that is ticked opens all of the host's notes, and prints them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sphinx.application import Sphinx
from sphinx.util import logging

from equityguide.figure.markup import source_line, synthetic, text
from equityguide.site import deck, drawing, editions, figures, guides
from equityguide.site.deck import Note, Slide
from equityguide.site.guides import Guide
from equityguide.site.pdf import NOTES, SLIDES
from equityguide.worksheets.sheet import pdfs

SUFFIX = "-slides"
UP = "../" * (guides.FOLDER.count("/") + 1)  # from the folder of the guides to the site's root
KEYS = "Right and left arrow keys, Page Down and Page Up turn the slides; Home and End lead to the first and the last."
# Room for a drawing, in hundredths of a slide's width, with the caption at its side or under it.
BESIDE, UNDER, UNDER_A_NOTE = (59, 38), (90, 36), (90, 32)
_LONG = 130  # characters of a finding or question that is set smaller
_log = logging.getLogger(__name__)


class Drawn(NamedTuple):
    """A figure for a slide: what it says, its inline drawings by width, and the page that has its table."""

    payload: Mapping[str, Any]
    svg: Mapping[str, str]
    page: str


class Further(NamedTuple):
    """Where to read on: its title and its address."""

    title: str
    address: str


def address(guide: str) -> str:
    """The file of a guide's slides, beside the guide's page."""
    return f"{guide}{SUFFIX}.html"


def way(guide: str) -> str:
    """The link to the slides of the guide at an address (without `.html`)."""
    return f'<a href="{address(guide)}">the slides</a>'


def write(app: Sphinx, error: Exception | None) -> None:
    """Write the slides of each guide whose page is in this book."""
    if error is not None or app.builder.format != "html":
        return
    known = {
        name: (one, docname) for docname, found in figures.registered(app.env).items() for name, one in found.items()
    }
    for stem in guides.stems(Path(app.confdir)):
        docname = f"{guides.FOLDER}/{stem}"
        if docname not in app.env.found_docs:
            continue
        guide = guides.load(Path(app.confdir), stem)
        for sentence in deck.findings(guide):
            _log.warning("%s.yml: %s.", stem, sentence, location=docname)
        drawn = {}
        for name in (block.figure for block in guide.blocks if block.figure in known):
            payload, where = known[name]
            drawn[name] = Drawn(payload, drawing.drawings(payload, figures.cache(app.env)), f"{UP}{where}.html")
        (Path(app.outdir) / address(docname)).write_text(page(guide, drawn, _further(app, guide)), "utf-8")


def _further(app: Sphinx, guide: Guide) -> list[Further]:
    chapter = f"book/{guide.chapter}"
    listed = app.env.metadata[chapter].get("worksheets", "[]")
    sheets = json.loads(listed) if isinstance(listed, str) else listed
    pages = [chapter, *(f"{editions.WORKSHEETS}/{name}" for name in sheets)]
    return [Further(app.env.titles[page].astext(), f"{UP}{page}.html") for page in pages]


def page(guide: Guide, drawn: Mapping[str, Drawn], further: Sequence[Further]) -> str:
    """The whole page. `drawn`: what there is for each figure's name; `further`: where to read on, the chapter first.

    A figure that is not in `drawn` is left out: the book may have been built without its page.
    """
    shown = list(_shown(guide, drawn))
    frames = "".join(_frame(guide, one, number, len(shown), drawn, further) for number, one in enumerate(shown, 1))
    title, papers = f"Slides: {guide.title}", " ".join(one.name for one in SLIDES)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(title)} — Closing the Gap</title>'
        f'<link rel="stylesheet" href="{UP}_static/tokens.css"><link rel="stylesheet" href="{UP}_static/book.css">'
        f'<link rel="stylesheet" href="{UP}_static/slides.css"></head>'
        f'<body><header class="eg-deck-head"><p><a href="{guide.stem}.html">The guide for hosts, with session mode</a> '
        f'<a href="{further[0].address}">The chapter</a> <label><input type="checkbox" id="{NOTES}"> '
        f"Show the notes for the host, and print them</label> {pdfs(guide.stem + SUFFIX)}</p>"
        f'<p class="eg-deck-keys">{KEYS}</p></header>'
        f'<main><article class="eg-deck" data-eg-papers="{papers}">{frames}</article></main></body></html>\n'
    )


def _shown(guide: Guide, drawn: Mapping[str, Drawn]) -> Iterator[Slide]:
    for slide in deck.slides(guide):
        if not slide.figure:
            yield slide
        elif slide.figure in drawn:
            yield slide
            yield from deck.words(slide, drawn[slide.figure].payload)


def _frame(
    guide: Guide,
    slide: Slide,
    number: int,
    of: int,
    drawn: Mapping[str, Drawn],
    further: Sequence[Further],
) -> str:
    """A slide with its notes below it."""
    body = _figure(drawn[slide.figure]) if slide.kind == "figure" else _words(slide, number, drawn, further)
    back = f'<a href="#slide-{number - 1}" aria-label="Back to slide {number - 1}">Back</a> ' if number > 1 else ""
    on = f' <a href="#slide-{number + 1}" aria-label="Next, slide {number + 1}">Next</a>' if number < of else ""
    notes = _notes(slide, number, drawn)
    return (
        f'<div class="eg-slide-frame"><section class="eg-slide eg-slide-{slide.kind}" id="slide-{number}" role="group" '
        f'aria-roledescription="slide" aria-label="Slide {number} of {of}" tabindex="-1">'
        f'<div class="eg-slide-box">{body}<div class="eg-slide-foot"><span>{text(guide.title)}</span>'
        f"<span>{back}<span>Slide {number} of {of}</span>{on}</span></div></div></section>{notes}</div>"
    )


def _words(slide: Slide, number: int, drawn: Mapping[str, Drawn], further: Sequence[Further]) -> str:
    long = " eg-slide-long" if len(slide.title) > _LONG else ""
    label = f'<p class="eg-slide-label">{text(slide.label)}</p>' if slide.label else ""
    level = "h1" if number == 1 else "h2"
    lines = "".join(f"<li>{text(line)}</li>" for line in slide.lines)
    if slide.kind == "steps":
        first = f' start="{slide.first}"' if slide.first > 1 else ""
        lines = f"<ol{first}>{lines}</ol>"
    elif slide.kind == "points":
        lines = f"<ul>{lines}</ul>"
    elif slide.kind == "words":
        lines = f"<ul>{lines}</ul>{source_line(drawn[slide.figure].payload)}"
    elif slide.kind == "read":
        chapter, *sheets = map(_led, further)
        lines = f"<p>The chapter: {chapter}</p>" + (f"<p>To fill in: {', '.join(sheets)}</p>" if sheets else "")
    else:
        lines = _paragraphs(slide)
    title = f'<{level} class="eg-slide-title{long}">{text(slide.title)}</{level}>'
    return f'<div class="eg-slide-body">{label}{title}{lines}</div>'


def _led(one: Further) -> str:
    title = text(one.title)
    # On paper the link would lead nowhere.
    return f'<a href="{one.address}">{title}</a><span class="eg-slide-paper">{title}</span>'


def _paragraphs(slide: Slide) -> str:
    return "".join(f"<p>{text(line)}</p>" for line in slide.lines)


def _figure(drawn: Drawn) -> str:
    figure, svg = drawn.payload, drawn.svg
    name, finding = figure["name"], figure["finding"]
    note = f'<p class="eg-note">{text(figure["note"])}</p>' if figure["note"] else ""
    long = " eg-slide-long" if len(finding) > _LONG else ""
    width, place = _largest(svg, noted=bool(note))
    # The phone's drawing stands on every narrow screen; where it is the larger one it stands on the others too.
    wide = f'<div class="eg-wide">{svg["wide"]}</div>' if width == "wide" else ""
    return (
        f'<div class="eg-slide-body"><h2 class="eg-slide-title{long}" id="{name}-finding">{text(finding)}</h2>'
        f'<figure class="eg-slide-{place}" aria-labelledby="{name}-finding">'
        f'<div class="eg-drawing" role="img" aria-labelledby="{name}-finding" aria-describedby="{name}-summary">'
        f'{wide}<div class="eg-phone">{svg["phone"]}</div></div>'
        f'<figcaption class="eg-slide-caption">{synthetic(figure)}{note}'
        f"<p>Source: {text(figure['source'])}. As of {text(figure['as_of'])}. "
        f'<span class="eg-evidence">Evidence: {text(figure["evidence"])}</span></p></figcaption></figure>'
        f'<p hidden id="{name}-summary">{text(figure["summary"])}</p></div>'
    )


def _largest(svg: Mapping[str, str], *, noted: bool) -> tuple[str, str]:
    """Which of the two drawings is larger on a slide, and whether its caption then stands beside or under it."""
    scales = {
        (name, place): min(room[0] / size[0], room[1] / size[1])
        for name, size in ((name, _size(drawing)) for name, drawing in svg.items())
        for place, room in {"beside": BESIDE, "under": UNDER_A_NOTE if noted else UNDER}.items()
    }
    return max(scales, key=lambda one: scales[one])


def _size(drawing: str) -> tuple[float, float]:
    found = re.search(r'<svg[^>]* width="([\d.]+)" height="([\d.]+)"', drawing)
    if found is None:
        raise ValueError("the drawing states no size")
    return float(found[1]), float(found[2])


def _notes(slide: Slide, number: int, drawn: Mapping[str, Drawn]) -> str:
    parts = [part for part in slide.notes if part.lines]
    body = "".join(_note(part) for part in parts)
    if slide.kind == "figure":
        where = f"{drawn[slide.figure].page}#fig-{slide.figure}"
        body += f'<p><a href="{where}">The figure with its table</a></p>'
    if not body:
        return ""
    return (
        f'<details class="eg-slide-notes"><summary>Notes for the host, slide {number}</summary>'
        f'<div class="eg-slide-said">{body}</div></details>'
    )


def _note(part: Note) -> str:
    about = part.about if part.about.endswith((".", "?", "!", "”")) else f"{part.about}."
    if len(part.lines) == 1:
        return f"<p><strong>{text(about)}</strong> {text(part.lines[0])}</p>"
    lines = "".join(f"<li>{text(line)}</li>" for line in part.lines)
    return f"<p><strong>{text(about)}</strong></p><ul>{lines}</ul>"
