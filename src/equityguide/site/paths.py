"""Ways into the book made from the chapters' front matter: paths for each kind of reader, five-minute versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from equityguide.site import yamls

# Who may be reading, in the order of the alphabet; a chapter's front matter names them in `readers`.
READERS = {
    "analyst": "I work with data",
    "clinician": "I care for patients",
    "community": "I live or work in the community",
    "educator": "I teach or train",
    "host": "I lead a group",
    "leader": "I lead an organization or sit on its board",
    "registration": "I register patients",
}
BUDGETS = (15, 60)  # minutes; under the first, a chapter's five-minute version


class Chapter(NamedTuple):
    """What a path needs to know of a chapter: its page, its minutes and whom it is for."""

    page: str
    title: str
    minutes: int
    readers: tuple[str, ...]


def chapters(root: Path) -> list[Chapter]:
    """Every chapter that the table of contents lists and whose front matter names readers, in its order."""
    toc = yamls.loaded((root / "_toc.yml").read_text("utf-8"))
    found = []
    for page in pages(toc):
        source = root / f"{page}.md"
        about = front(source) if source.exists() else {}
        if "readers" in about:
            found.append(Chapter(page, about["title"], about["reading_minutes"], tuple(about["readers"])))
    return found


def path(known: list[Chapter], reader: str, minutes: int) -> list[Chapter]:
    """The chapters to read in `minutes`: those written for the fewest kinds of reader first, then in the book's order.

    A chapter that does not fit into what is left is passed over. Empty if not even the shortest fits.
    """
    chosen, left = [], minutes
    for chapter in sorted((c for c in known if reader in c.readers), key=lambda c: len(c.readers)):
        if chapter.minutes <= left:
            chosen.append(chapter)
            left -= chapter.minutes
    return chosen


def pages(node: dict[str, Any]) -> list[str]:
    """The pages that a table of contents, or a part of one, lists."""
    found = [str(node[key]) for key in ("root", "file") if key in node]
    for key in ("parts", "chapters", "sections"):
        found += [page for child in node.get(key, []) for page in pages(child)]
    return found


def front(source: Path) -> dict[str, Any]:
    """A page's front matter; empty where it has none."""
    text = source.read_text("utf-8")
    if not text.startswith("---\n"):
        return {}
    about: dict[str, Any] = yamls.loaded(text.split("---\n", 2)[1]) or {}
    return about


class Paths(SphinxDirective):
    """```` ```{paths} ````: for each kind of reader, what to read in five, fifteen and sixty minutes."""

    def run(self) -> list[nodes.Node]:
        """One section a reader, with one line a budget."""
        root = Path(self.env.app.confdir)
        known = chapters(root)
        for name in ["_toc.yml", *(f"{chapter.page}.md" for chapter in known)]:
            self.env.note_dependency(str(root / name))
        lines: list[str] = []
        for reader, says in READERS.items():
            lines += _lines(known, reader, says)
        holder = nodes.section()
        holder.document = self.state.document
        self.state.nested_parse(StringList(lines, source="_toc.yml"), self.content_offset, holder, match_titles=True)
        return list(holder.children)


def _lines(known: list[Chapter], reader: str, says: str) -> list[str]:
    short = path(known, reader, BUDGETS[0])
    if not short:
        return []
    lines = [f"### {says}", "", f"- **5 minutes:** the five-minute version of {{doc}}`/{short[0].page}`"]
    for minutes in BUDGETS:
        listed = ", then ".join(
            f"{{doc}}`/{chapter.page}` ({chapter.minutes})" for chapter in path(known, reader, minutes)
        )
        lines.append(f"- **{minutes} minutes:** {listed}")
    return [*lines, ""]


def add_five_minutes(app: Sphinx, doctree: nodes.document) -> None:
    """Put a chapter's key points, with the way to its opening activity, in a fold under its title."""
    if "reading_minutes" not in app.env.metadata[app.env.docname]:
        return
    sections = {title.astext(): title.parent for title in doctree.findall(nodes.title)}
    points, opening = sections.get("Key points"), sections.get("First, try it")
    listed = points.next_node(nodes.bullet_list) if points is not None else None
    title = next(doctree.findall(nodes.title))
    if listed is None or opening is None or title.parent is None:
        return
    copy = listed.deepcopy()
    for node in copy.findall(nodes.Element):
        node["ids"] = []
    way = nodes.paragraph("", "Then do ")
    way += nodes.reference("", "First, try it", refid=opening["ids"][0], internal=True)
    way += nodes.Text(".")
    start = '<details class="eg-five"><summary>The five-minute version</summary>'
    parts = [nodes.raw("", start, format="html"), copy, way, nodes.raw("", "</details>", format="html")]
    at = 2 if isinstance(title.parent[1], nodes.paragraph) and "eg-reading" in title.parent[1]["classes"] else 1
    title.parent[at:at] = parts
