"""A session guide as a page: the directive `{guide}`, written from the guide's data, with session mode's beside it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from equityguide.figure import markup
from equityguide.site import figures, guides, handout_page, paths, slides
from equityguide.site.guides import FORMS, LOADS, Activity, Block, Guide
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
        chapter = root / "book" / f"{guide.chapter}.md"
        self.env.note_dependency(str(chapter))
        lines = list(lines_of(guide, paths.front(chapter).get("worksheets", [])))
        self.state.nested_parse(StringList(lines, source=f"{stem}.yml"), self.content_offset, holder, match_titles=True)
        return list(holder.children)


def start(guide: Guide) -> str:
    """The button that opens session mode, hidden until its script runs, with the plan it shows, as HTML on one line."""
    plan = markup.inline(session(guide))
    choices = "".join(f'<option value="{form}">{form} minutes</option>' for form in FORMS)
    return (
        '<div class="eg-session" hidden><p>Session mode shows the plan in large type, a step at a time, with a timer. '
        "It needs no network, and keeps nothing afterward.</p>"
        '<label>Length <select class="eg-session-form">'
        f'{choices}</select></label> <button type="button" class="eg-button eg-session-start">Start session mode'
        f'</button></div><script type="application/json" class="eg-session-plan">{plan}</script>'
    )


def session(guide: Guide) -> dict[str, Any]:
    """What session mode shows, block by block: plain data, without markup."""
    asks = {one.ask: [*one.follow, one.redirect] for one in guide.questions}
    return {
        "title": guide.title,
        "needs": [*guide.needs, *guides.activity_needs(guide)],
        "safety": list(guide.safety),
        "answers": list(guide.answers),
        "blocks": [
            {
                "title": block.title,
                "minutes": dict(block.minutes),
                "who": block.who,
                "say": block.say,
                "say_short": block.say_short,
                "do": list(block.do),
                "changes": {"30": block.short, "90": block.long},
                "lines": lines(guide, block),
                "activities": [_shown(one) for one in guide.activities if one.block == block.id],
                "figure": block.figure,
                "waits": guide.warned or block.waits,
                "questions": questions(guide, block),
                "spare": [one.ask for one in guide.spare_questions()] if block.id == "discuss" else [],
            }
            for block in guide.blocks
        ],
        "help": asks,
        "instead": [_shown(one) for one in guide.activities if not one.block],
        "hand": [dict(one) for one in guide.at_hand],
        "sayings": [dict(one) for one in guide.sayings],
    }


def _shown(one: Activity) -> dict[str, Any]:
    return {"title": one.title, "steps": list(one.steps), "cards": list(one.cards), "note": note(one)}


def lines(guide: Guide, block: Block) -> list[str]:
    """What is read or written in a block besides its say line: the agreements, the purpose, the commitment."""
    if block.id == "arrive":
        return [f"Purpose: {guide.purpose}", *guide.agreements]
    return [f"For example: {guide.commitment}"] if block.id == "commit" else []


def note(activity: Activity) -> str:
    """What keeps an activity safe, and what its smaller form leaves out."""
    return f"{activity.safety} {activity.leaves_out}".strip()


def questions(guide: Guide, block: Block) -> list[str]:
    """The questions on screen in a block: its own, or for the discussion those that fit into the hour."""
    if block.asks or block.id != "discuss":
        return list(block.asks)
    return [one.ask for one in guide.first_questions()]


def resolve_figures(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the figures that a guide's plan shows into their steps: the drawing, its finding and its source as text."""
    for block in list(doctree.findall(nodes.raw)):
        wanted = _PLACE.fullmatch(block.astext())
        if not wanted:
            continue
        name = wanted[1]
        known = {
            name: (page, one) for page, found in figures.registered(app.env).items() for name, one in found.items()
        }
        up = "../" * docname.count("/")
        if name in known:
            page, payload = known[name]
            text = _drawing(name, f"{up}{page}.html", f"{up}{figures.FILES}/{name}.svg", payload)
            block.replace_self(nodes.raw("", text, format="html"))
        else:
            stem = docname.rsplit("/", 1)[-1]
            _log.warning("%s.yml: no page has a figure %r. Check its name.", stem, name, location=docname)


_PLACE = re.compile(r'<div data-figure="([\w-]+)"></div>')


def _drawing(name: str, page: str, image: str, payload: dict[str, Any]) -> str:
    finding, summary = (html.escape(payload[key]) for key in ("finding", "summary"))
    note = f'<p class="eg-note">{html.escape(payload["note"])}</p>' if payload["note"] else ""
    # A drawing of words alone has no summary that says them, and the host may be asked to read one aloud.
    words = ""
    if payload["roles"]["value"] is None:
        table = markup.table(name, payload["finding"], payload["head"], payload["body"])
        words = f"<details><summary>The same as a table</summary>{table}</details>"
    # Lazy: the page's first screen is words, and the picture stands far below it.
    return (
        f'<figure class="eg-session-figure" data-figure="{name}">'
        f'<a href="{page}#fig-{name}"><img src="{image}" alt="{finding}" loading="lazy"></a>'
        f"<figcaption><p><strong>{finding}</strong> {summary}</p>{markup.synthetic(payload)}{note}"
        f'{markup.source_line(payload)}{words}<p><a href="{page}#fig-{name}">The figure with its table</a></p>'
        "</figcaption></figure>"
    )


def lines_of(guide: Guide, worksheets: list[str]) -> Iterator[str]:
    """The whole guide as MyST, line by line. `worksheets`: stems of those that go with its chapter."""
    sheets = ", ".join(f"{{doc}}`/exercises/{name}`" for name in worksheets)
    yield from [
        "## At a glance",
        "",
        "```{raw} html",
        start(guide),
        "```",
        "",
        "```{raw} html",
        f'<p><a href="{slides.address(guide.stem)}">Slides for the 60-minute form</a>, one idea each, with your notes '
        f"under them. They need no network. {pdfs(guide.stem + slides.SUFFIX)}</p>",
        "```",
        "",
        f"- **Chapter:** {{doc}}`/book/{guide.chapter}`",
        f"- **Emotional load:** {LOADS[guide.load]}",
        f"- **Group:** {guide.size}, in a room or on a call",
        f"- **Purpose:** {guide.purpose}",
        f"- **Before they come:** {guide.prework['text']}",
        f"- **With only five minutes:** {guide.prework['five']}",
        *([f"- **Worksheets:** {sheets}"] if sheets else []),
        f"- **New to hosting?** {_NEW}",
        "",
        "```{raw} html",
        f'<p class="eg-reading">For everybody in the room: {handout_page.way(guide.stem)}</p>',
        "```",
        "",
        "## Before you host: what keeps people safe",
        "",
        *_bullets(guide.safety),
        "",
        "## Who does what, and what to have ready",
        "",
        *(f"- **{name.capitalize()}:** {does}." for name, does in guide.roles.items()),
        "",
        "**Materials:**",
        "",
        *_bullets([*guide.needs, *guides.activity_needs(guide)]),
        "",
        "## Keep at hand: words for a hard moment",
        "",
        "Read these aloud once before the day. The guardian keeps this part on top.",
        "",
    ]
    for saying in guide.at_hand:
        yield from _saying(saying)
    yield from _plan(guide)
    yield from ["## Questions", ""]
    yield from ["Those marked *first* fit into 60 minutes. The others are for 90, or for time that is left.", ""]
    for level in guides.LEVELS:
        yield from [f"### {level.capitalize()}", ""]
        for one in guide.questions:
            if one.level == level:
                first = " *(first)*" if one in guide.first_questions() else ""
                yield from [
                    f"**{one.ask}**{first}", "",
                    *_bullets(one.follow), "",
                    f"*Way back.* {one.redirect}", "",
                ]  # fmt: skip
    yield from ["## What people may say, and how to answer", ""]
    for saying in guide.sayings:
        if saying not in guide.at_hand:
            yield from _saying(saying)
    yield from ["## Answers for the host", "", *_bullets(guide.answers), ""]
    yield from _longer(guide)
    yield from ["## After", "", *_bullets(guide.after), ""]
    yield from ["## Without a meeting: five days, one post a day", "", _days(guide), ""]
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
        "**How to hold it:**",
        "",
        *_bullets(guide.huddle_how),
        "",
    ]


_NEW = (
    "Read {doc}`/book/facilitate/hosting` first, plan with {doc}`/book/facilitate/calendar`, and read three cards of "
    "{doc}`/book/facilitate/difficult-moments` aloud. On a call or mixed: {doc}`/book/facilitate/remote`."
)


def _days(guide: Guide) -> str:
    charts = [
        f"Put the figure of “{block.title}” into the {'second' if block.waits else 'first'} post."
        for block in guide.blocks
        if block.figure
    ]
    if guide.warned:
        charts = ["Post no chart: keep to rules and practices."]
    way = "Where to post, what to say first and what to take down: {doc}`/book/facilitate/remote`."
    return " ".join((way, *charts))


def _plan(guide: Guide) -> Iterator[str]:
    yield from [
        "## The plan",
        "",
        "Minutes count from the start. Lost time? Cut the last question. Never cut the first step or the close.",
        "",
        f"| Step | Led by | {' | '.join(f'{form} min' for form in FORMS)} |",
        f"|---|---|{'---|' * len(FORMS)}",
    ]
    for block in guide.blocks:
        spans = [guide.span(block, form) for form in FORMS]
        times = " | ".join(f"{begins} to {ends}" if ends > begins else "" for begins, ends in spans)
        yield f"| {block.title} | {block.who} | {times} |"
    yield ""
    for block in guide.blocks:
        begins, ends = guide.span(block, "60")
        yield from [
            f"### {block.title}",
            "",
            f"**Minute {begins} to {ends}.** *The {block.who} may say:* “{block.say.strip()}”",
            "",
            *_bullets(block.do),
            "",
        ]
        if block.figure:
            yield from ["```{raw} html", f'<div data-figure="{block.figure}"></div>', "```", ""]
        if block.id == "arrive":
            yield from [f"**Purpose.** {guide.purpose}", "", "**Agreements.**", "", *_bullets(guide.agreements), ""]
        if block.id == "commit":
            yield from [f"**For example:** {guide.commitment}", ""]
        if asked := questions(guide, block):
            yield from ["**Ask,** with follow-ups and a way back under *Questions*:", ""]
            yield from [*(f"{i}. {ask}" for i, ask in enumerate(asked, 1)), ""]
        for form, change in (("30", block.short), ("90", block.long)):
            yield from [f"*In {form} minutes:* {change}", ""] if change else []
        if block.say_short:
            yield from [f"*In 30 minutes, say instead:* “{block.say_short.strip()}”", ""]
        for one in guide.activities:
            if one.block == block.id:
                yield from _activity(one)


def _activity(one: Activity, level: str = "####", time: str = "") -> Iterator[str]:
    yield from [f"{level} Activity: {one.title}", "", time, ""]
    yield from [*(f"{i}. {step}" for i, step in enumerate(one.steps, 1)), ""]
    yield from [f"**Materials:** {', '.join(one.needs)}. **Safety:** {one.safety}", ""]
    if one.leaves_out:
        yield from [f"**A smaller form.** {one.leaves_out}", ""]
    if one.cards:
        yield from ["**Cards, to print or to copy by hand:**", "", *_bullets(one.cards), ""]


def _longer(guide: Guide) -> Iterator[str]:
    longer = [one for one in guide.activities if not one.block]
    if longer:
        yield from ["## Activities that need more time than this plan has", ""]
    titles = {block.id: f"“{block.title}”" for block in guide.blocks}
    minutes = {block.id: block.minutes["90"] for block in guide.blocks}
    for one in longer:
        text = f"It takes {guides.ACTIVITIES[one.id]} minutes. " if one.id else ""
        if one.instead:
            freed = sum(minutes[name] for name in one.instead)
            text += f"In the 90-minute form it may take the place of {', '.join(titles[name] for name in one.instead)}"
            text += f", {freed} minutes together."
        else:
            text += "Give it a session of its own."
        yield from _activity(one, "###", text)


def _saying(saying: Mapping[str, Any]) -> Iterator[str]:
    yield from [
        f"### {saying['hear'].rstrip('.')}",
        "",
        f"**Say first:** “{saying['first']}”",
        "",
        f"**Then ask:** “{saying['ask']}”",
        "",
    ]
    if "then" in saying:
        yield from ["After that:", "", *_bullets(saying["then"]), ""]
    yield from [f"*Under it:* {saying['under']}", ""]


def _bullets(items: Iterable[str]) -> list[str]:
    return [f"- {item}" for item in items]
