"""The Sphinx extension of the book: figures, coverage, reading blocks, formulas, and the traps of the stock theme.

Named in `_config.yml`; `python -m equityguide book` builds with it, and so does a plain `jupyter-book build .`
(slower, and without the trim step).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from equityguide.figure import MIMETYPE
from equityguide.site import (
    assets,
    audit,
    checks,
    coverage,
    figures,
    formulas,
    guide_page,
    handout_page,
    navigation,
    paths,
    reading,
    series,
    sheets,
    slides,
    teaching,
    terms,
)
from equityguide.site.stale import digest

_log = logging.getLogger(__name__)
_PLAIN = {MIMETYPE, "text/html", "text/plain", "text/markdown"}


def _configure(app: Sphinx, config: Config) -> None:
    root = Path(app.confdir)
    if not config.equityguide_cache:
        config.equityguide_cache = str(root / "_build" / ".cache")
    # jupyter-cache knows a page by its cells alone. With the digest of everything else they read in the path, a
    # changed table, module or lock file means an empty cache, and Sphinx reads every page anew.
    if not config.nb_execution_cache_path:
        config.nb_execution_cache_path = str(Path(config.equityguide_cache) / "execution" / digest(root))
    made = assets.prepare(Path(config.equityguide_cache))
    config.html_static_path = [*config.html_static_path, str(root / "book" / "_static"), str(made)]


def _without_thebe(app: Sphinx) -> None:
    """sphinx-thebe declares one constant twice, a script error on every page, and names another host."""
    for event in ("env-before-read-docs", "doctree-resolved", "builder-inited"):
        listeners = app.events.listeners.get(event, [])
        kept = [entry for entry in listeners if not entry.handler.__module__.startswith("sphinx_thebe")]
        app.events.listeners[event] = kept


def _only_figures(app: Sphinx, doctree: nodes.document) -> None:
    """A chart or picture from a cell that did not go through `figure` has no words, no table and no source."""
    for bundle in doctree.findall(nodes.container):
        if bundle.get("nb_element") != "mime_bundle":
            continue
        kinds = {child.get("mime_type") for child in bundle.children if isinstance(child, nodes.container)}
        drawn = any("vega" in raw.astext() for raw in bundle.findall(nodes.raw) if "eg_figure" not in raw)
        if kinds - _PLAIN or drawn:
            _log.warning(
                "a cell shows a chart or picture that bypasses figure(). Hand it to figure().",
                location=bundle,
            )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register everything with Sphinx."""
    app.add_config_value("equityguide_cache", "", "")
    app.add_config_value("equityguide_lite", False, "env")
    app.add_role("covers", coverage.covers_role)
    app.add_role("evidence", reading.evidence_role)
    app.add_directive("datasets", reading.Datasets)
    app.add_directive("guide", guide_page.GuidePage)
    app.add_directive("paths", paths.Paths)
    app.add_directive("sessions", series.Sessions)
    app.add_directive("days", series.Days)
    app.add_directive("calendar-file", series.CalendarFile)
    app.add_directive("objectives", teaching.Objectives)
    app.add_directive("education-packet", teaching.EducationPacket)
    app.add_directive("completion-note", teaching.CompletionNote)
    app.add_directive("sign-in-sheet", teaching.SignInSheet)
    app.add_css_file("tokens.css", priority=900)
    app.add_css_file("book.css", priority=901)
    app.add_css_file("slides.css", priority=902)
    app.add_js_file("boot.js", priority=1)
    app.add_js_file("figure.js", loading_method="defer")
    app.add_js_file("terms.js", loading_method="defer")
    app.add_js_file("run.js", loading_method="defer")
    app.add_js_file("session.js", loading_method="defer")
    app.add_js_file("note.js", loading_method="defer")
    app.add_js_file("slides.js", loading_method="defer")
    app.add_js_file("series.js", loading_method="defer")
    app.add_html_math_renderer(
        "mathml", inline_renderers=(formulas.visit_inline, None), block_renderers=(formulas.visit_block, None)
    )
    app.connect("config-inited", _configure, priority=5)
    app.connect("builder-inited", _without_thebe, priority=0)
    app.connect("env-purge-doc", figures.registered.purge)
    app.connect("env-purge-doc", coverage.covered.purge)
    app.connect("env-purge-doc", sheets.sheets.purge)
    app.connect("env-purge-doc", handout_page.chapters.purge)
    app.connect("env-check-consistency", figures.check_unique)
    app.connect("env-check-consistency", audit.check)
    app.connect("doctree-read", _only_figures)
    app.connect("doctree-read", coverage.collect)
    app.connect("doctree-read", sheets.collect)
    app.connect("doctree-read", reading.add_header)
    app.connect("doctree-read", paths.add_five_minutes)
    app.connect("doctree-read", handout_page.collect)
    # Before Sphinx collects the headings, so that the page's table of contents lists this one.
    app.connect("doctree-read", checks.add, priority=400)
    app.connect("doctree-resolved", figures.resolve)
    app.connect("doctree-resolved", guide_page.resolve_figures)
    app.connect("doctree-resolved", terms.add_previews)
    app.connect("html-collect-pages", sheets.pages)
    app.connect("html-collect-pages", handout_page.pages)
    # Before the theme asks for it.
    app.connect("html-page-context", navigation.replace, priority=400)
    app.connect("build-finished", sheets.write)
    app.connect("build-finished", slides.write)
    app.connect("build-finished", figures.write)
    app.connect("build-finished", coverage.write)
    app.connect("build-finished", reading.copy_worksheets)
    # A parallel read would need `merge` for each collection above; with a warm cache reading is not where time goes.
    return {"version": "0.1.0", "parallel_read_safe": False, "parallel_write_safe": True}
