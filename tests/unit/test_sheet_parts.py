"""What a worksheet's page gives to its Word file and its print sheet."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from myst_parser.parsers.docutils_ import Parser
from sphinx.application import Sphinx

from equityguide.site import figures, sheets
from equityguide.worksheets import forms, sheet

SOURCE = Path(__file__).resolve().parents[2] / "exercises" / "source"
CARE = {
    "data-and-story": "Before you begin. Some tasks touch",
    "leader-message": "Invented events only. Do not use",
    "one-to-one": "No names. Keep the",
    "policy-review": "A word of care: Task 2 is about",
    "power-map": "Letters only. The host writes",
    "story-types": "What comes up: the lines speak of",
}
FIGURE = {"name": "rain", "finding": "It rained", "summary": "Highest: East.", "source": "Us", "synthetic": ""}


def form(*fields: forms.Field) -> nodes.container:
    """A form as it stands in a page."""
    return nodes.container("", nodes.raw("", "", format="html", eg_form=forms.Form("f", "Asked", fields).asked()))


def collected(stem: str, *cells: nodes.container) -> tuple[str, list[sheet.Block]]:
    """What the page of a worksheet gives: its own opening, then a task with these cells."""
    opening = (SOURCE / f"{stem}.md").read_text("utf-8").split("---\n", 2)[2].split("```", 1)[0]
    document = publish_doctree(f"{opening}\n\n## Task\n", parser=Parser(), settings_overrides={"report_level": 5})
    page = nodes.section("", nodes.title(text=stem), *document.children)
    page.children[-1].extend(cells)
    env = SimpleNamespace(docname=f"{sheets.WORKSHEETS}{stem}")
    figures.registered(cast("Any", env))[env.docname] = {"rain": FIGURE}
    sheets.collect(cast("Sphinx", SimpleNamespace(env=env)), cast("nodes.document", nodes.section("", page)))
    _, about, blocks = sheets.sheets(cast("Any", env))[env.docname]
    return about, blocks


@pytest.mark.parametrize("stem", sorted(path.stem for path in SOURCE.glob("*.md")))
def test_words_of_care_come_before_the_first_task_and_words_about_the_screen_do_not(stem: str) -> None:
    about, blocks = collected(stem, form(forms.text("why", "Why?")))
    before = [block.text for block in blocks if isinstance(block, sheet.Said) and block.kind == "text"]
    assert "minutes" in about.split(".")[0]
    assert len(before) == (stem in CARE)
    assert all(text.startswith(CARE[stem]) for text in before)


def test_a_file_is_asked_for_only_on_the_screen() -> None:
    _, blocks = collected("compare-groups", form(forms.file("f", "File?"), forms.text("why", "Why?")))
    assert [one.label for block in blocks if isinstance(block, sheet.Asked) for one in block.questions] == ["Why?"]
    _, blocks = collected("compare-groups", form(forms.text("why", "Why?")), form(forms.file("f", "File?")))
    assert len([block for block in blocks if isinstance(block, sheet.Asked)]) == 1


def test_a_figures_finding_ends_before_its_summary_begins() -> None:
    drawn = nodes.container("", nodes.raw("", "", format="html", eg_figure="rain"))
    _, blocks = collected("compare-groups", form(forms.text("why", "Why?")), drawn)
    assert [block.caption for block in blocks if isinstance(block, sheet.Shown)] == [
        "It rained. Highest: East. Source: Us."
    ]
