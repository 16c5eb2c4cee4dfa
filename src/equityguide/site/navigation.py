"""The list of all pages at each page's side, written from their titles.

Sphinx resolves the whole table of contents anew for each page, a quarter of the time that writing took. What is written
here is what Sphinx writes (tested).
"""

from __future__ import annotations

import html
from functools import partial
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


def replace(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document) -> None:
    """Give the page's template this list in place of Sphinx's."""
    context["toctree"] = partial(_listed, app, pagename)


def _listed(app: Sphinx, page: str, **settings: Any) -> str:
    return "".join(
        _caption(part.get("caption")) + _level(app, page, [name for _, name in part["entries"]], 1)
        for part in app.env.master_doctree.findall(addnodes.toctree)
    )


def _caption(said: str | None) -> str:
    if not said:
        return ""
    name = html.escape(said, quote=False)
    return f'<p aria-level="2" class="caption" role="heading"><span class="caption-text">{name}</span></p>\n'


def _level(app: Sphinx, page: str, names: list[str], depth: int) -> str:
    current = ' class="current"' if any(_holds(app, name, page) for name in names) else ""
    return f"<ul{current}>\n{''.join(_entry(app, page, name, depth) for name in names)}</ul>\n"


def _entry(app: Sphinx, page: str, name: str, depth: int) -> str:
    own, below = page == name, app.env.toctree_includes.get(name, [])
    here = " current" if _holds(app, name, page) else ""
    link = "#" if own else html.escape(app.builder.get_relative_uri(page, name))
    title = _title(app, name)
    inner = _level(app, page, below, depth + 1) if below else ""
    return (
        f'<li class="toctree-l{depth}{here}"><a class="{"current " if own else ""}reference internal" href="{link}">'
        f"{title}</a>{inner}</li>\n"
    )


def _title(app: Sphinx, name: str) -> str:
    title = app.env.titles[name]
    if all(isinstance(part, nodes.Text) for part in title.children):
        return html.escape(title.astext(), quote=False)
    marked = nodes.paragraph("", "", *(part.deepcopy() for part in title.children))
    builder: Any = app.builder  # the one for HTML, which alone can render a part
    fragment: str = builder.render_partial(marked)["fragment"]
    return fragment.strip().removeprefix("<p>").removesuffix("</p>")


def _holds(app: Sphinx, name: str, page: str) -> bool:
    return name == page or any(_holds(app, below, page) for below in app.env.toctree_includes.get(name, []))
