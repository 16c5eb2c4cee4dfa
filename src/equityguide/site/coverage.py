"""Which page covers which item of the inventory: the role `{covers}`, its checks, and `coverage.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from equityguide.site.perpage import PerPage

COVERAGE = "coverage.json"
covered: PerPage[list[str]] = PerPage("covers")  # of each page: the items covered there
MOST = 6  # anchors on one paragraph; more would claim coverage that a reader cannot see

_log = logging.getLogger(__name__)
_ID = re.compile(r"^[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$")


def anchor(item: str) -> str:
    """The HTML id of an inventory item: `S1.A1.E1` gives `inv-s1-a1-e1`."""
    return "inv-" + item.lower().replace(".", "-")


def covers_role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: dict[str, Any] | None = None,
    content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """`` {covers}`S1.A1.E1` ``: an anchor that says this very paragraph covers the item (several: comma-separated)."""
    found: list[nodes.Node] = []
    for item in (part.strip() for part in text.split(",")):
        if not _ID.match(item):
            message = inliner.reporter.error(f"covers: {item!r} is not an inventory id such as S1.A1.E1.", line=lineno)
            return [], [message]
        found.append(nodes.inline("", "", ids=[anchor(item)], classes=["eg-covers"], eg_covers=item))
    return found, []


def collect(app: Sphinx, doctree: nodes.document) -> None:
    """Compare the anchors of a page with its front matter, and remember them for `coverage.json`."""
    env = app.env
    here: list[str] = []
    for block in doctree.findall(nodes.TextElement):
        marks = [n for n in block.children if isinstance(n, nodes.inline) and "eg_covers" in n]
        if not marks:
            continue
        here += [n["eg_covers"] for n in marks]
        if not block.astext().strip():
            _log.warning("covers: %s stands in an empty block.", marks[0]["eg_covers"], location=block)
        if len(marks) > MOST:
            _log.warning("covers: %d ids on one paragraph, at most %d.", len(marks), MOST, location=block)
    stated = _stated(env, env.docname)
    for item in sorted(set(stated) - set(here)):
        _log.warning("covers: %s is in the front matter but has no {covers} anchor.", item, location=env.docname)
    for item in sorted(set(here) - set(stated)):
        _log.warning("covers: %s has an anchor but is not in the front matter.", item, location=env.docname)
    for item in sorted({item for item in here if here.count(item) > 1}):
        _log.warning("covers: %s has two anchors on one page.", item, location=env.docname)
    covered(env)[env.docname] = here


def _stated(env: BuildEnvironment, docname: str) -> list[str]:
    said = env.metadata[docname].get("covers", "[]")
    listed = json.loads(said) if isinstance(said, str) else said
    return [str(item) for item in listed]


def write(app: Sphinx, error: Exception | None) -> None:
    """Write `coverage.json`: inventory id -> list of page#anchor."""
    if error is not None or app.builder.format != "html":
        return
    places: dict[str, list[str]] = {}
    for docname, items in sorted(covered(app.env).items()):
        for item in items:
            places.setdefault(item, []).append(f"{docname}.html#{anchor(item)}")
    text = json.dumps(places, indent=1, sort_keys=True) + "\n"
    (Path(app.outdir) / COVERAGE).write_text(text, "utf-8")
