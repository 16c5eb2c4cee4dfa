"""A session guide as a page: the directive `{guide}`, written from the guide's data, with session mode's beside it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from equityguide.site import figures, guides, handout_page, slides
from equityguide.site.guides import FORMS, LOADS, Block, Guide
from equityguide.worksheets.sheet import pdfs

_log = logging.getLogger(__name__)


class GuidePage(SphinxDirective):
    """```` ```{guide} build-will ````: the whole guide of a chapter, from its YAML file."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The guide's sections, the button for session mode, and the plan as JSON for it."""
        root, stem = Path(self.env.app.confdir), self.arguments[0]
        for name in ("common", stem):
            self.env.note_dependency(str(root / guides.FOLDER / f"{name}.yml"))
        try:
            guide = guides.load(root, stem)
        except guides.GuideError as error:
            raise self.error(str(error)) from error
        for sentence in guides.findings(guide):
            _log.warning("%s.yml: %s.", stem, sentence, location=self.env.docname)
        holder = nodes.section()
        holder.document = self.state.document
        lines = list(_lines(guide))
        self.state.nested_parse(StringList(lines, source=f"{stem}.yml"), self.content_offset, holder, match_titles=True)
        return list(holder.children)


def start(guide: Guide) -> str:
    """The button that opens session mode, hidden until its script runs, with the plan it shows, as HTML on one line."""
    plan = json.dumps(session(guide), sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")
    choices = "".join(f'<option value="{form}">{form} minutes</option>' for form in FORMS)
    return (
        '<div class="eg-session" hidden><label>Length <select class="eg-session-form">'
        f'{choices}</select></label> <button type="button" class="eg-button eg-session-start">Start session mode'
        f'</button></div><script type="application/json" class="eg-session-plan">{plan}</script>'
    )


def session(guide: Guide) -> dict[str, Any]:
    """What session mode shows, block by block: plain data, without markup."""
    asks = {one.ask: [*one.follow, one.redirect] for one in guide.questions}
    return {
        "title": guide.title,
        "load": LOADS[guide.load],
        "purpose": guide.purpose,
        "safety": list(guide.safety),
        "blocks": [
            {
                "title": block.title,
                "minutes": dict(block.minutes),
                "who": block.who,
                "say": block.say,
                "do": list(block.do),
                "figure": block.figure,
                "questions": questions(guide, block),
            }
            for block in guide.blocks
        ],
        "help": asks,
        "sayings": [dict(one) for one in guide.sayings],
    }


def questions(guide: Guide, block: Block) -> list[str]:
    """The questions on screen in a block: its own, or for the discussion all of the guide's."""
    if block.asks or block.id != "discuss":
        return list(block.asks)
    return [one.ask for one in guide.questions]


def resolve_figures(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Add the figures that a guide's plan shows: their drawing, with the finding and summary as text."""
    for block in list(doctree.findall(nodes.raw)):
        if "eg-session-plan" not in block.astext():
            continue
        guide = guides.load(Path(app.confdir), docname.rsplit("/", 1)[-1])
        known = {
            name: (page, one) for page, found in figures.registered(app.env).items() for name, one in found.items()
        }
        up = "../" * docname.count("/")
        for name in dict.fromkeys(one.figure for one in guide.blocks if one.figure):
            if name in known:
                page, payload = known[name]
                text = _drawing(name, f"{up}{page}.html", f"{up}{figures.FILES}/{name}.svg", payload)
                block.parent.insert(block.parent.index(block) + 1, nodes.raw("", text, format="html"))
            else:
                _log.warning("%s.yml: no page has a figure %r. Check its name.", guide.stem, name, location=docname)


def _drawing(name: str, page: str, image: str, payload: dict[str, Any]) -> str:
    finding, summary = html.escape(payload["finding"]), html.escape(payload["summary"])
    # Folded: a page of words should not load a picture that the session will show.
    return (
        f"<details><summary>The figure of this session: {finding}</summary>"
        f'<figure class="eg-session-figure" data-figure="{name}">'
        f'<a href="{page}#fig-{name}"><img src="{image}" alt="{finding}" loading="lazy"></a>'
        f'<figcaption>{summary} <a href="{page}#fig-{name}">The figure with its table</a></figcaption>'
        "</figure></details>"
    )


def _lines(guide: Guide) -> Iterator[str]:
    yield from [
        "## On a screen",
        "",
        "Session mode shows this plan in large type, a step at a time, with a timer. It needs scripts, no network.",
        "Nothing that you do there is kept after the session.",
        "",
        "```{raw} html",
        start(guide),
        "```",
        "",
        "```{raw} html",
        f'<p><a href="{slides.address(guide.stem)}">Slides for this session</a>, one idea each, with your notes under '
        f"them. They need no network. {pdfs(guide.stem + slides.SUFFIX)}</p>",
        "```",
        "",
        "## At a glance",
        "",
        f"- **Chapter:** {{doc}}`/book/{guide.chapter}`",
        f"- **Emotional load:** {LOADS[guide.load]}",
        f"- **Group:** {guide.size}, in a room or on a call",
        f"- **Purpose:** {guide.purpose}",
        f"- **Before they come:** {guide.prework['text']}",
        f"- **With only five minutes:** {guide.prework['five']}",
        "",
        "```{raw} html",
        f'<p class="eg-reading">For everybody in the room: {handout_page.way(guide.stem)}</p>',
        "```",
        "",
        "## Before you host: what keeps people safe",
        "",
        *_bullets(guide.safety),
        "",
        "## Roles",
        "",
        *(f"- **{name.capitalize()}:** {does}." for name, does in guide.roles.items()),
        "",
        "**Materials:**",
        "",
        *_bullets(guide.needs),
        "",
        "## The plan",
        "",
        f"| Step | Led by | {' | '.join(f'{form} min' for form in FORMS)} |",
        f"|---|---|{'---|' * len(FORMS)}",
    ]
    for block in guide.blocks:
        times = " | ".join(str(block.minutes.get(form, 0)) or "" for form in FORMS)
        yield f"| {block.title} | {block.who} | {times} |"
    yield f"| **Together** | | {' | '.join(str(guide.total(form)) for form in FORMS)} |"
    yield ""
    for block in guide.blocks:
        aloud = f"*The {block.who} may say:* “{block.say.strip()}”"
        yield from [f"### {block.title}", "", aloud, "", *_bullets(block.do), ""]
        if block.id == "arrive":
            yield from ["**Agreements.**", "", *_bullets(guide.agreements), ""]
        if block.id == "groups":
            yield from _activities(guide)
    yield from ["## Questions", ""]
    for level in guides.LEVELS:
        yield from [f"### {level.capitalize()}", ""]
        for one in guide.questions:
            if one.level == level:
                yield from [
                    f"**{one.ask}**", "",
                    *_bullets(one.follow), "",
                    f"*Redirect.* {one.redirect}", "",
                ]  # fmt: skip
    yield from ["## What people may say, and how to answer", ""]
    for saying in guide.sayings:
        yield from [
            f"### {saying['hear']}",
            "",
            f"*Under it:* {saying['under']}",
            "",
            f"Say first: “{saying['first']}”",
            "",
        ]
        yield from [f"Then ask: “{saying['ask']}”", ""]
    yield from ["## Answers for the host", "", *_bullets(guide.answers), ""]
    yield from ["## One commitment", "", guide.commitment, "", "## After", "", *_bullets(guide.after), ""]
    yield from ["## Without a meeting: five days, one post a day", ""]
    yield from (f"{i}. **{day['title']}.** {day['post']}" for i, day in enumerate(guide.days, 1))
    yield from [
        "",
        "## Huddle card: ten minutes",
        "",
        f"- **Process:** {guide.huddle['process']}",
        f"- **Number:** {guide.huddle['number']}",
        f"- **Action:** {guide.huddle['action']}",
        f"- **Afterward:** {guide.huddle['after']}",
        "",
    ]


def _activities(guide: Guide) -> Iterator[str]:
    for one in guide.activities:
        yield from [f"#### Activity: {one.title}", "", *(f"{i}. {step}" for i, step in enumerate(one.steps, 1)), ""]
        yield from [f"**Materials:** {', '.join(one.needs)}. **Safety:** {one.safety}", ""]
        if one.cards:
            yield from ["**Cards to print:**", "", *_bullets(one.cards), ""]


def _bullets(items: tuple[str, ...]) -> list[str]:
    return [f"- {item}" for item in items]
