"""The programs of `book/facilitate/series.yml`: their tables, the days before and after, and the calendar file's form.

The file itself is made in the reader's browser by `book/_static/series.js`, from the plan that stands here as JSON.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from equityguide.figure import markup
from equityguide.site import guides, yamls

FILE = f"{guides.FOLDER}/series.yml"
FORUM = "Action forum, below"


def read(root: Path) -> dict[str, Any]:
    """What the file holds. Raises `GuideError` in one sentence where it lacks a part."""
    try:
        found = yamls.loaded((root / FILE).read_text("utf-8"))
    except yaml.YAMLError as error:
        raise guides.GuideError(f"{FILE} is not YAML: {error}. Check its indents and quotes.") from None
    for key in ("programs", "days", "forum", "forum_before", "short_forum", "voluntary", "support"):
        if not isinstance(found, dict) or key not in found:
            raise guides.GuideError(f"{FILE} has no part {key!r}. Add it.")
    return dict(found)


class _Made(SphinxDirective):
    def said(self) -> dict[str, Any]:
        """The file, on which the page depends from now on."""
        root = Path(self.env.app.confdir)
        self.env.note_dependency(str(root / FILE))
        return read(root)

    def parsed(self, lines: list[str]) -> list[nodes.Node]:
        """Lines of Markdown as nodes."""
        holder = nodes.section()
        holder.document = self.state.document
        self.state.nested_parse(StringList(lines, source=FILE), self.content_offset, holder)
        return list(holder.children)


class Sessions(_Made):
    """```` ```{sessions} eight ````: a program's table, or for programs of one session a line each."""

    required_arguments = 1
    optional_arguments = 9

    def run(self) -> list[nodes.Node]:
        """A table of one program, or a list of several."""
        programs = self.said()["programs"]
        unknown = [name for name in self.arguments if name not in programs]
        if unknown:
            raise self.error(f"{FILE} has no program {unknown[0]!r}; it has {', '.join(programs)}.")
        chosen = [programs[name]["sessions"] for name in self.arguments]
        if all(len(sessions) == 1 for sessions in chosen):
            return self.parsed([f"- {one['name']}: {_guide(one)}" for (one,) in chosen])
        return self.parsed([line for sessions in chosen for line in _table(sessions)])


class Days(_Made):
    """```` ```{days} ````: what to do from six weeks before a session to two weeks after."""

    def run(self) -> list[nodes.Node]:
        """A table, one row a day."""
        rows = (f"| {day['when']} | {day['do']} | {day['who']} |" for day in self.said()["days"])
        return self.parsed(["| When | What to do | Who |", "|---|---|---|", *rows])


class CalendarFile(_Made):
    """```` ```{calendar-file} ````: the form from which `series.js` makes a calendar file."""

    def run(self) -> list[nodes.Node]:
        """The form, hidden until its script runs, and the plan."""
        said, root = self.said(), Path(self.env.app.confdir)
        stems = {one["guide"] for program in said["programs"].values() for one in program["sessions"] if "guide" in one}
        for name in ("common", *sorted(stems)):
            self.env.note_dependency(str(root / guides.FOLDER / f"{name}.yml"))
        options = "".join(
            f'<option value="{name}">{html.escape(one["choice"])}</option>' for name, one in said["programs"].items()
        )
        return [nodes.raw("", _FORM.format(options=options, data=markup.inline(plan(root))), format="html")]


def _table(sessions: list[dict[str, Any]]) -> list[str]:
    rows = (f"| {n} {one['name']} | {_guide(one)} | {one['result']} |" for n, one in enumerate(sessions, 1))
    return ["| Session | Guide | What the group has in hand at the end |", "|---|---|---|", *rows]


def _guide(session: dict[str, Any]) -> str:
    if "guide" not in session:
        return FORUM
    having = f", with {session['with']}" if "with" in session else ""
    return f"{{doc}}`/{guides.FOLDER}/{session['guide']}`{having}"


def plan(root: Path) -> dict[str, Any]:
    """What the calendar file is made of: plain data, without markup."""
    said = read(root)
    return {
        "programs": {
            name: {
                "weeks": program.get("weeks", 0),
                "minutes": program["minutes"],
                "sessions": [
                    {
                        "name": one["name"] if len(program["sessions"]) > 1 else guides.load(root, one["guide"]).title,
                        "about": list(_about(root, said, one)),
                        "page": f"../{guides.load(root, one['guide']).chapter}.html" if "guide" in one else "",
                    }
                    for one in program["sessions"]
                ],
            }
            for name, program in said["programs"].items()
        },
        "days": [{key: day[key] for key in ("when", "days", "of", "who", "do")} for day in said["days"] if "of" in day],
        "voluntary": said["voluntary"],
        "support": said["support"],
    }


def _about(root: Path, said: dict[str, Any], session: dict[str, Any]) -> Iterator[str]:
    """What an entry says of its session, a line each."""
    if "guide" not in session:
        yield from (said["forum"], f"In hand at the end: {session['result']}.", f"Before: {said['forum_before']}")
        return
    guide = guides.load(root, session["guide"])
    yield f"{guide.title}. {guide.purpose}"
    if "with" in session:
        yield f"This time with {session['with']}."
    if session.get("forum"):
        yield said["short_forum"]
    yield f"Emotional load: {guide.load}."
    yield f"In hand at the end: {session['result']}."
    yield f"Before: {guide.prework['text']}"
    yield f"With only five minutes: {guide.prework['five']}"


_FORM = """<p class="eg-series-none">With scripts switched off, this page shows the programs only. The calendar file is
made by a script.</p>
<form class="eg-series" hidden novalidate autocomplete="off">
<p><label>Program <select name="program">{options}</select></label></p>
<p><label>Date of the first session <input type="date" name="date"></label></p>
<p><label>Start <input type="time" name="time"></label></p>
<p><label>Length in minutes <input type="number" name="minutes" min="15" max="240" step="1"></label></p>
<p><label>How often <select name="weeks"><option value="1">Every week</option><option value="2">Every two
weeks</option></select></label></p>
<p><label>Who takes reports of harm, and where support is; stands in each entry, if you like <input type="text"
name="support" maxlength="300"></label></p>
<p><label class="eg-series-tick"><input type="checkbox" name="tasks"> With the hosts' tasks from the page Calendar, as
entries for a whole day</label></p>
<p><button type="submit" class="eg-button">Save the calendar file</button></p>
<p class="eg-series-said" role="status" id="series-said"></p>
<ol class="eg-series-dates" aria-label="Dates in the file"></ol>
</form>
<script type="application/json" class="eg-series-plan">{data}</script>"""
