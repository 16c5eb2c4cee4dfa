"""Self-checks at the end of a chapter: questions whose every answer explains itself. Nothing is scored or kept.

Each chapter's questions stand in `book/checks/<stem>.yml`. An answer is a disclosure of the page's own, so that it
works by keyboard, for a screen reader, without scripts, and leaves no trace.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx

from equityguide.site import paths, yamls

FOLDER = "book/checks"
FEWEST, MOST = 3, 5
TITLE = "Check yourself"
LEAD = "Choose an answer to see what speaks for or against it. No score, and nothing is kept."


class CheckError(ValueError):
    """A file of questions that cannot be used; the message names the file, the question and the mend."""


@dataclass(frozen=True)
class Answer:
    """One answer to choose: what it says, whether it holds, and why."""

    say: str
    holds: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A question with two to four answers, one of which holds."""

    ask: str
    answers: tuple[Answer, ...]


def load(file: Path) -> list[Question]:
    """The questions in a YAML file: a list of `ask` and `answers`, each with `say`, `why` and, if it holds, `holds`.

    Raises `CheckError` in one sentence for a file of another shape, fewer than three or more than five questions, and
    a question that does not end with a question mark or has not exactly one answer that holds.
    """
    try:
        found = yamls.loaded(file.read_text("utf-8"))
        questions = [_question(one) for one in found]
    except (yaml.YAMLError, TypeError, KeyError, AttributeError) as error:
        raise CheckError(f"{file.name} is not a list of questions ({error}). Compare it with build-will.yml.") from None
    if not FEWEST <= len(questions) <= MOST:
        raise CheckError(f"{file.name} has {len(questions)} questions. Write {FEWEST} to {MOST}.")
    for number, question in enumerate(questions, 1):
        if not question.ask.endswith("?"):
            raise CheckError(f"{file.name}, question {number} does not end with a question mark. Ask one thing.")
        if sum(answer.holds for answer in question.answers) != 1 or not 2 <= len(question.answers) <= 4:
            raise CheckError(f"{file.name}, question {number} needs two to four answers, one of which holds.")
    return questions


def _question(said: dict[str, Any]) -> Question:
    answers = [Answer(one["say"], bool(one.get("holds", False)), one["why"]) for one in said["answers"]]
    return Question(said["ask"].strip(), tuple(answers))


def add(app: Sphinx, doctree: nodes.document) -> None:
    """Put a chapter's questions in front of its references."""
    # Sphinx keeps a page's front matter only after this has run, so it is read from the source.
    about = paths.front(Path(app.env.doc2path(app.env.docname)))
    file = Path(app.confdir) / FOLDER / f"{about.get('id', '')}.yml"
    if "reading_minutes" not in about or not file.exists():
        return
    app.env.note_dependency(str(file))
    sections = {title.astext(): title.parent for title in doctree.findall(nodes.title)}
    references = sections.get("References")
    if references is None or references.parent is None:
        return
    section = nodes.section(ids=["check-yourself"], names=["check yourself"])
    section += nodes.title(TITLE, TITLE)
    section += nodes.paragraph(LEAD, LEAD)
    section += nodes.raw("", "".join(_shown(*one) for one in enumerate(load(file), 1)), format="html")
    references.parent.insert(references.parent.index(references), section)


def _shown(number: int, question: Question) -> str:
    name = f"check-yourself-{number}"
    answers = "".join(
        f"<li><details><summary>{html.escape(one.say)}</summary>"
        f"<p><strong>{'Yes.' if one.holds else 'Not quite.'}</strong> {html.escape(one.why)}</p></details></li>"
        for one in question.answers
    )
    return (
        f'<div class="eg-question" role="group" aria-labelledby="{name}">'
        f'<p id="{name}"><strong>{html.escape(question.ask)}</strong></p><ul>{answers}</ul></div>'
    )
