"""What a page says about itself: the line under its title, evidence labels, the datasets, worksheets' downloads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import Inliner
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from equityguide import data
from equityguide.site import sheets

KINDS = {"story": "Case story", "report": "Report", "study": "Study", "rule": "Rule", "ours": "Ours"}
SUPPORTS = (
    "was tried",
    "changed over time",
    "changed against a comparison",
    "is required",
    "is a definition",
)
TELLERS = ("told by the organization itself", "independent")

WORKSHEETS = sheets.WORKSHEETS
RUN = (
    "There is nothing to install. Nothing you type is sent, but this browser remembers what you save; the next page "
    "says how to clear it."
)
RUN_PRIVATE = "There is nothing to install. Nothing you type is sent or kept."
RUN_FROM_A_FOLDER = (
    "You opened this page from a folder. A browser runs a worksheet only from a web address that starts with https. "
    "Download the worksheet instead."
)


START = "Start here: one of six worksheets to begin with."
PRIVATE = (
    "This worksheet is private: it keeps nothing of what you type. So there is no link that would run it on a server "
    "of others (Binder, JupyterHub)."
)


def evidence_role(
    name: str,
    rawtext: str,
    text: str,
    lineno: int,
    inliner: Inliner,
    options: dict[str, Any] | None = None,
    content: list[str] | None = None,
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """`` {evidence}`story; was tried; independent` ``: what an example is, what it can support, and who tells it."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) != 3 or parts[0] not in KINDS or parts[1] not in SUPPORTS or parts[2] not in TELLERS:
        message = inliner.reporter.error(
            f"evidence: {text!r} is not understood. Write kind; support; teller with kind one of {', '.join(KINDS)}; "
            f"support one of {', '.join(SUPPORTS)}; teller one of {', '.join(TELLERS)}.",
            line=lineno,
        )
        return [], [message]
    label = f"{KINDS[parts[0]]} · {parts[1]} · {parts[2]}"
    return [nodes.inline("", label, classes=["eg-evidence"])], []


def add_header(app: Sphinx, doctree: nodes.document) -> None:
    """Put minutes, worksheets and the review date under a chapter's title, from its front matter."""
    docname = app.env.docname
    about = app.env.metadata[docname]
    title = next(doctree.findall(nodes.title), None)
    if title is None or title.parent is None:
        return
    if is_marked(about, "private"):
        title.parent.insert(1, nodes.paragraph("", PRIVATE, classes=["eg-reading"]))
    if is_marked(about, "start"):
        title.parent.insert(1, nodes.paragraph("", START, classes=["eg-reading"]))
    if docname.startswith(sheets.SOLUTIONS):
        title += nodes.Text(": solution")
        title.parent.insert(1, _for_trainers(docname))
    elif docname.startswith(WORKSHEETS):
        for block in reversed(
            sheets.ways(app, docname) + _ways(docname, app.config.equityguide_lite, is_marked(about, "private"))
        ):
            title.parent.insert(1, block)
    elif "reading_minutes" in about:
        title.parent.insert(1, _facts(about))


def is_marked(about: dict[str, Any], mark: str) -> bool:
    """Whether a page's metadata are those of a worksheet that bears a mark: to start with, or private."""
    said = about.get("equityguide", {})
    worksheet = json.loads(said) if isinstance(said, str) else said
    return worksheet.get(mark) is True


def _facts(about: dict[str, Any]) -> nodes.Element:
    line = nodes.paragraph("", classes=["eg-reading"])
    line += nodes.Text(f"{about['reading_minutes']}-minute read")
    if about.get("discussion_minutes"):
        line += nodes.Text(f" · {about['discussion_minutes']} minutes to discuss")
    for worksheet in _listed(about.get("worksheets", "[]")):
        line += nodes.Text(" · Worksheet: ")
        link = addnodes.pending_xref(
            "",
            refdomain="std",
            reftype="doc",
            reftarget=f"/{WORKSHEETS}{worksheet}",
            refexplicit=False,
            refwarn=True,
        )
        link += nodes.inline("", worksheet)
        line += link
    line += nodes.Text(f" · Last reviewed {about['last_reviewed']}")
    return line


def _listed(said: Any) -> list[str]:
    found = json.loads(said) if isinstance(said, str) else said
    return [str(item) for item in found]


def _ways(docname: str, lite: bool, private: bool) -> list[nodes.Node]:
    """How to fill in a worksheet: in the browser, where the site has that copy, or downloaded."""
    stem = docname.removeprefix(WORKSHEETS)
    download = f'<a class="eg-download" href="{stem}.ipynb" download="{stem}.ipynb">Download this worksheet</a>'
    how = " to fill it in with Jupyter on your own computer. What you see below is a picture of it."
    if not lite:
        none = " This copy of the book was built without worksheets that run in the browser."
        return [nodes.paragraph("", "", _raw(download), nodes.Text(how + none), classes=["eg-reading"])]
    # A plain link: nothing of the browser copy is loaded before it is followed.
    run = f'<a class="eg-run" href="../lite/index.html?worksheet={stem}">Run in the browser</a>'
    first = nodes.paragraph(
        "", "", _raw(run), nodes.Text(f" {RUN_PRIVATE if private else RUN}"), classes=["eg-reading"]
    )
    return [
        first,
        _raw(f'<p class="eg-reading eg-run-status" role="status" data-why="{RUN_FROM_A_FOLDER}"></p>'),
        nodes.paragraph("", "", nodes.Text("Or "), _raw(download), nodes.Text(how), classes=["eg-reading"]),
    ]


def _for_trainers(docname: str) -> nodes.Node:
    stem = docname.removeprefix(sheets.SOLUTIONS)
    return _raw(
        '<p class="eg-reading">For trainers: the worksheet as solved, with reasons. It is not in the public edition, '
        f'and it is not secret: the repository is public. <a href="../{stem}.html">The learners\' page</a> '
        f'<a class="eg-download" href="{stem}.ipynb" download="{stem}-solution.ipynb">Download the solution</a></p>'
    )


def _raw(markup: str) -> nodes.raw:
    return nodes.raw("", markup, format="html")


def copy_worksheets(app: Sphinx, error: Exception | None) -> None:
    """Lay each learner's notebook beside its page."""
    if error is not None or app.builder.format != "html":
        return
    for docname in sorted(app.env.found_docs):
        if docname.startswith(WORKSHEETS):
            source = Path(app.srcdir) / f"{docname}.ipynb"
            target = Path(app.outdir) / f"{docname}.ipynb"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())


class Datasets(SphinxDirective):
    """```` ```{datasets} ````: one section for each dataset, written from its datapackage."""

    def run(self) -> list[nodes.Node]:
        """Sections with what, publisher, vintage, license, caveats and columns of every dataset."""
        for folder in sorted(data.root().iterdir()):
            self.env.note_dependency(str(folder / "datapackage.json"))
        lines = [line for package in data.catalog() for line in dataset_lines(package)]
        holder = nodes.section()
        holder.document = self.state.document
        self.state.nested_parse(
            StringList(lines, source="datapackage.json"), self.content_offset, holder, match_titles=True
        )
        return list(holder.children)


def dataset_lines(package: dict[str, Any]) -> list[str]:
    """One datapackage as Markdown lines."""
    sources = "; ".join(f"[{s['title']}]({s['path']})" if s.get("path") else s["title"] for s in package["sources"])
    licenses = "; ".join(f"[{s['title']}]({s['path']})" if s.get("path") else s["title"] for s in package["licenses"])
    lines = [
        f"## {package['title']}",
        "",
        package["description"],
        "",
        f"- **Publisher:** {sources}",
        f"- **As of:** {package['as_of']}",
        f"- **Kind:** {package['kind']}",
        f"- **License:** {licenses}",
    ]
    lines += [f"- **Caveat:** {caveat}" for caveat in package.get("caveats", [])]
    for resource in package["resources"]:
        fields = resource.get("schema", {}).get("fields", [])
        if fields:
            lines += [
                "",
                f"Columns of `{resource['path']}`:",
                "",
                "| column | what it holds | unit |",
                "|---|---|---|",
            ]
            lines += [
                f"| `{f['name']}` | {f.get('description') or f.get('title', '')} | {f.get('unit', '')} |"
                for f in fields
            ]
    return [*lines, ""]
