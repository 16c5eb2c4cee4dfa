"""Previews of glossary terms: each page carries the definitions of the terms it links, for `terms.js` to show."""

from __future__ import annotations

import html

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "book/reference/glossary"
_LONGEST = 320  # characters of a preview; the link leads to the rest


def add_previews(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Append the definitions of all terms that this page links, hidden, so that no request is needed to show one."""
    if app.builder.format != "html" or docname == GLOSSARY or GLOSSARY not in app.env.found_docs:
        return
    linked = sorted({_term(link) for link in doctree.findall(nodes.reference)} - {""})
    if not linked:
        return
    known = definitions(app.env.get_doctree(GLOSSARY))
    said = "".join(f'<p id="def-{term}">{html.escape(known[term])}</p>' for term in linked if term in known)
    doctree.append(nodes.raw("", f'<div class="eg-terms" hidden>{said}</div>', format="html"))


def _term(link: nodes.reference) -> str:
    target = str(link.get("refuri", "")).partition("#")[2]
    return target if target.startswith("term-") else ""


def definitions(glossary: nodes.document) -> dict[str, str]:
    """Anchor of each term -> the opening of its definition, whole sentences as far as they fit."""
    found = {}
    for item in glossary.findall(nodes.definition_list_item):
        terms = [anchor for term in item.findall(nodes.term) for anchor in term["ids"]]
        body = next(item.findall(nodes.definition), None)
        if body is None or not terms:
            continue
        text = " ".join(body.astext().split())
        found.update({anchor: _opening(text) for anchor in terms})
    return found


def _opening(text: str) -> str:
    kept = ""
    for sentence in text.split(". "):
        if kept and len(kept) + len(sentence) > _LONGEST:
            break
        kept += sentence if sentence.endswith(".") else f"{sentence}. "
    return kept.strip()
