"""Figures in the Sphinx build: the renderer myst-nb calls for our mimetype, and the registry of all figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from equityguide.figure import MIMETYPE, markup
from equityguide.site import drawing
from equityguide.site.editions import SOLUTIONS
from equityguide.site.perpage import PerPage
from equityguide.worksheets.forms import ASKED

REGISTRY = "figures.json"
FILES = "figures"
registered: PerPage[dict[str, dict[str, Any]]] = PerPage("figures")  # of each page: figure name -> payload


class FigureRenderer:
    """myst-nb's plugin for `application/vnd.equityguide.figure+json` (an entry point in pyproject.toml)."""

    mime_priority_overrides: ClassVar[list[tuple[str, str, int | None]]] = [("*", MIMETYPE, 1)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """A figure's place (see `resolve`) and its entry in the environment; a form's picture with what it asks; None
        for all else.
        """
        asked = data.output_metadata.get("text/html", {}).get(ASKED)
        if asked and data.mime_type == "text/html" and not inline:
            picture = nodes.raw("", data.string, format="html", classes=["output", "text_html"])
            picture["eg_form"] = asked
            return [picture]
        if data.mime_type != MIMETYPE or inline:
            return None
        env = renderer.renderer.sphinx_env
        payload: dict[str, Any] = data.content
        if env.docname.startswith(f"{SOLUTIONS}/"):
            # The learners' page has a figure of this name.
            payload = {**payload, "name": f"{payload['name']}-solution"}
        block = nodes.raw("", "", format="html")
        block["eg_figure"] = payload["name"]
        registered(env).setdefault(env.docname, {})[payload["name"]] = payload
        return [block]


def resolve(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put each figure in its place: not while pages are read, so that it can be drawn meanwhile."""
    for block in doctree.findall(nodes.raw):
        if name := block.get("eg_figure"):
            payload = registered(app.env)[docname][name]
            drawn = drawing.drawings(payload, cache(app.env))
            block += nodes.Text(markup.page(payload, drawn, f"{'../' * docname.count('/')}{FILES}/"))


def cache(env: BuildEnvironment) -> Path:
    """Where drawings are kept between builds."""
    return Path(env.config.equityguide_cache) / "drawings"


def check_unique(app: Sphinx, env: BuildEnvironment) -> None:
    """Two figures of one name would share an id, a download and an entry in the registry."""
    seen: dict[str, str] = {}
    for docname, found in sorted(registered(env).items()):
        for name in found:
            if name in seen:
                raise ExtensionError(
                    f"figure name {name!r} is used in {seen[name]} and in {docname}. Rename one of them."
                )
            seen[name] = docname


def write(app: Sphinx, error: Exception | None) -> None:
    """Write `figures.json` and the files offered for download."""
    if error is not None or app.builder.format != "html":
        return
    out = Path(app.outdir)
    (out / FILES).mkdir(exist_ok=True)
    listed, wanted = [], set()
    for docname, found in sorted(registered(app.env).items()):
        for name, payload in found.items():
            for kind, content in drawing.downloads(payload, cache(app.env)).items():
                path = out / FILES / f"{name}.{kind}"
                wanted.add(path)
                if not path.exists() or path.read_bytes() != content:
                    path.write_bytes(content)
            entry = {key: payload[key] for key in ("name", "finding", "summary", "rows", "source", "evidence")}
            listed.append({**entry, "page": f"{docname}.html"})
    for path in (out / FILES).iterdir():
        if path not in wanted:
            path.unlink()
    (out / REGISTRY).write_text(json.dumps(listed, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
