"""Formulas as MathML, made while the book is built: read by browsers and screen readers with no script at all."""

from __future__ import annotations

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.writers.html5 import HTML5Translator


def visit_inline(self: HTML5Translator, node: nodes.Element) -> None:
    """Write an inline formula."""
    self.body.append(convert(node.astext(), display="inline"))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.Element) -> None:
    """Write a displayed formula, with its number where it has one."""
    identifier = f' id="{node["ids"][0]}"' if node.get("ids") else ""
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    self.body.append(f'<div class="math"{identifier}>{convert(node.astext(), display="block")}{number}</div>\n')
    raise nodes.SkipNode
