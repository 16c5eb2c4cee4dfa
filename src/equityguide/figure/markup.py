"""The HTML of a figure. Pages and notebooks share the words and the table; only pages carry drawings and files."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

PRINTED_ROWS = 24  # of a table that is printed beside its drawing; a longer one would take pages
PRINTED_COLUMNS = 6  # likewise: a wider one makes the browser shrink the whole page

HIDDEN = 'aria-hidden="true"'  # what a drawing says of itself, for a page that names the element around it
_PAPER = {"width": 680, "height": 730}  # CSS pixels that large print leaves for a drawing
_READABLE = 1.5  # times as large as on a screen: the words of a drawing are then 15 points


def text(value: object) -> str:
    """Escaped for HTML text and attribute values."""
    return html.escape(str(value), quote=True)


def inline(found: object) -> str:
    """JSON for a script element of a page, which no "<" in it can end early, whatever a text holds."""
    return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def table(name: str, caption: str, head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """The rows as a table in a region that scrolls on its own and can be reached by keyboard."""
    columns = "".join(f'<th scope="col">{text(title)}</th>' for title in head)
    lines = "".join(
        f'<tr><th scope="row">{text(row[0])}</th>' + "".join(f"<td>{text(value)}</td>" for value in row[1:]) + "</tr>"
        for row in body
    )
    return (
        f'<div class="eg-table" role="region" aria-label="{text(f"Table: {caption}")}" tabindex="0">'
        f'<table id="fig-{name}-table"><caption>{text(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def told(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """The rows as paragraphs: in large print a table of words breaks them into syllables."""
    return "".join(
        f"<p><strong>{text(row[0])}</strong><br>"
        + " ".join(
            f"{text(title)}: {text(value.rstrip('.'))}."
            for title, value in zip(head[1:], row[1:], strict=True)
            if value
        )
        + "</p>"
        for row in body
    )


def source_line(figure: Mapping[str, Any]) -> str:
    """Source, date, n, what is missing and how strong the evidence is, on every figure in the same order."""
    missing = str(figure["missing"]).strip().rstrip(".")
    return (
        f'<p class="eg-source">Source: {text(figure["source"])}. As of {text(figure["as_of"])}. '
        f"Rows: {figure['rows']:,}. Missing: {text(missing)}. "
        f'<span class="eg-evidence">Evidence: {text(figure["evidence"])}</span></p>'
    )


def synthetic(figure: Mapping[str, Any]) -> str:
    """The mark of made-up data, or nothing."""
    return f'<p class="eg-synthetic">{text(figure["synthetic"])}</p>' if figure["synthetic"] else ""


def notebook(figure: Mapping[str, Any]) -> str:
    """Summary and table, as shown under the chart in a notebook."""
    note = f"<p>{text(figure['note'])}</p>" if figure["note"] else ""
    return (
        f'<div class="eg-figure-words"><p><strong>{text(figure["finding"])}</strong></p>'
        f"{synthetic(figure)}<p>{text(figure['summary'])}</p>{note}"
        f"{source_line(figure)}<details><summary>Show the numbers</summary>"
        f"{table(figure['name'], figure['finding'], figure['head'], figure['body'])}</details></div>"
    )


def printed(figure: Mapping[str, Any], drawings: Mapping[str, str]) -> str:
    """Words and drawing for a page that is made to be printed: no controls, no download, nothing to unfold.

    Large print takes the drawing that comes out larger, with a short table where even that one's words stay small, or
    for a drawing of words alone with these in paragraphs.
    """
    name, finding = figure["name"], figure["finding"]
    # On the drawing itself: what is hidden inside a named element gets no tag in a PDF, and its name neither.
    named = f'role="img" aria-labelledby="fig-{name}-finding" aria-describedby="fig-{name}-summary"'
    note = f'<p class="eg-note">{text(figure["note"])}</p>' if figure["note"] else ""
    scales = {width: _scale(drawing) for width, drawing in drawings.items()}
    large = " eg-large-wide" if scales["wide"] > scales["phone"] else ""
    fits = len(figure["body"]) <= PRINTED_ROWS and len(figure["head"]) <= PRINTED_COLUMNS
    small = max(scales.values()) < _READABLE and fits
    rows = table(name, finding, figure["head"], figure["body"]) if small else ""
    if small and figure["roles"]["value"] is None:
        rows = told(figure["head"], figure["body"])
    drawn = "".join(
        f'<div class="eg-{width}">{drawing.replace(HIDDEN, named, 1)}</div>' for width, drawing in drawings.items()
    )
    return (
        f'<div class="eg-printed{large}"><h3 class="eg-finding" id="fig-{name}-finding">{text(finding)}</h3>'
        f"{synthetic(figure)}"
        f'<div class="eg-drawing">{drawn}</div>'
        f'<p class="eg-summary" id="fig-{name}-summary">{text(figure["summary"])}</p>{note}'
        f'{source_line(figure)}<div class="eg-large-only">{rows}</div></div>'
    )


def _scale(svg: str) -> float:
    """How much larger than on a screen a drawing comes out on a page of large print."""
    width, height = (float(size[1]) if (size := re.search(rf' {side}="([\d.]+)"', svg)) else 1 for side in _PAPER)
    return min(_PAPER["width"] / width, _PAPER["height"] / height)


def page(figure: Mapping[str, Any], drawings: Mapping[str, str], files: str) -> str:
    """The whole block of a page. `drawings`: wide and phone SVG; `files`: path prefix of the downloads."""
    name, finding = figure["name"], figure["finding"]
    payload = {key: figure[key] for key in ("specs", "datasets", "roles")}
    links = " ".join(
        f'<a href="{files}{name}.{kind}" download="{name}.{kind}">{kind.upper()}</a>' for kind in ("csv", "svg", "png")
    )
    note = f'<p class="eg-note">{text(figure["note"])}</p>' if figure["note"] else ""
    controls = " data-controls" if figure["roles"]["controls"] else ""
    return (
        f'<figure class="eg-figure" id="fig-{name}" data-state="static"{controls} '
        f'aria-labelledby="fig-{name}-finding">'
        f'<p class="eg-finding" id="fig-{name}-finding">{text(finding)}</p>{synthetic(figure)}'
        f'<div class="eg-controls"></div>'
        f'<div class="eg-drawing" role="img" aria-labelledby="fig-{name}-finding" '
        f'aria-describedby="fig-{name}-summary">'
        f'<div class="eg-wide">{drawings["wide"]}</div><div class="eg-phone">{drawings["phone"]}</div></div>'
        f'<div class="eg-live" hidden></div>'
        f'<p class="eg-summary" id="fig-{name}-summary">{text(figure["summary"])}</p>{note}'
        f"{source_line(figure)}"
        f'<details class="eg-numbers"><summary>Show the numbers'
        f'<span class="eg-hidden"> behind: {text(finding)}</span></summary>'
        f"{table(name, finding, figure['head'], figure['body'])}"
        f'<p class="eg-downloads">Download this figure: {links}</p><div class="eg-tree"></div></details>'
        f'<script type="application/json" class="eg-spec">{inline(payload)}</script></figure>'
    )
