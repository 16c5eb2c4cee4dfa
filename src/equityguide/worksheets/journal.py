"""The journal: what was answered in a worksheet, kept in a file of the reader's own when they ask for it.

`save` and `load` use one JSON file beside the notebook; `markdown`, `page` and `document` write the answers
to read, print or edit. Nothing is saved on its own and nothing is sent. A good file is never replaced by a
worse one: what is not this worksheet's journal stays, and so does a saved journal when there is nothing to
save.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from equityguide.worksheets import browser, docx
from equityguide.worksheets.check import Result, plain
from equityguide.worksheets.files import give, replace
from equityguide.worksheets.forms import Action, File, Form, written_out

FORMAT, VERSION = "equityguide-journal", 1
LARGEST = 2_000_000  # bytes; a journal is some pages of text
PROMISE = (
    "Write about places, rules, and what your organization does. Leave out anything about a patient and the "
    "names of colleagues. Others may be able to ask for work notes; in a public hospital they may be public "
    "records."
)
UNANSWERED = "(left open)"

Answers = dict[str, dict[str, str | float]]


class JournalError(ValueError):
    """A journal file that cannot be read, or must not be replaced; the message is one sentence that says
    so.
    """


@dataclass(frozen=True)
class Entry:
    """One form's answers in words: its heading, and pairs of a question and what was answered."""

    heading: str
    answers: tuple[tuple[str, str], ...]


class Journal:
    """The journal of one worksheet: `stem` and `title` are its, `forms` those whose answers it keeps.

    `unkept` are forms whose answers it never writes anywhere; clearing empties them all the same.

    Shown last in a cell it is a form with buttons; each button is also a method.
    """

    def __init__(
        self, stem: str, title: str, forms: Sequence[Form], folder: Path | None = None, unkept: Sequence[Form] = ()
    ) -> None:
        self.stem, self.title, self.forms, self.unkept = stem, title, tuple(forms), tuple(unkept)
        self.folder = folder or Path()
        # Answers of a loaded file that this edition of the worksheet has no question for: kept, and saved
        # again.
        self._others: Answers = {}
        self.form = Form(
            f"{stem}-journal",
            "Your journal",
            [],
            note=PROMISE,
            blank="nothing has been saved from here",
            actions=[
                Action("Save my answers", self._said(self.save)),
                Action("Load my answers", self._said(self.load)),
                Action("Word file", self._said(self.document)),
                Action("Page to print", self._said(self.page)),
                Action("Markdown file", self._said(self.markdown)),
                Action("Clear what I typed", self.clear),
            ],
        )

    @property
    def path(self) -> Path:
        """The journal's file: beside the notebook, called after the worksheet."""
        return self.folder / f"{self.stem}.journal.json"

    def entries(self) -> list[Entry]:
        """What is answered now, in words, form by form; a chosen file is its name."""
        return [
            Entry(form.legend, tuple((one.label, _words(form, one.name)) for one in form.questions))
            for form in self.forms
        ]

    def save(self) -> Path:
        """Save the answers. Raises `JournalError` rather than replace another file, save an empty journal over one, or
        write more than `load` reads.
        """
        answers = self._answers()
        if self.path.exists():
            try:
                read(self.path, self.stem)
            except JournalError as error:
                raise JournalError(f"{error} Nothing was saved: move that file first.") from None
            if not answers:
                raise JournalError(f"Nothing is answered yet, so {self.path.name} stays as you saved it.")
        content = {"format": FORMAT, "version": VERSION, "worksheet": self.stem, "answers": answers}
        text = (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
        if len(text) > LARGEST:  # `read` would refuse the file, and with it all the answers
            raise JournalError("These answers are longer than a journal can hold. Shorten one, then save again.")
        replace(self.path, text)
        if browser.here():
            browser.offer(self.path.name, text)
        return self.path

    def load(self) -> Path:
        """Put saved answers back into the forms. Raises `JournalError` before anything changes."""
        answers = read(self.path, self.stem)
        known = {form.name: {one.name for one in form.questions if one.kind != "file"} for form in self.forms}
        # An earlier edition may have kept what this one never writes: it is not carried on.
        unkept = {form.name for form in self.unkept}
        self._others = {
            name: rest
            for name, found in answers.items()
            if name not in unkept
            and (rest := {key: value for key, value in found.items() if key not in known.get(name, set())})
        }
        for form in self.forms:
            form.enter(**{key: value for key, value in answers.get(form.name, {}).items() if key in known[form.name]})
        return self.path

    def markdown(self) -> Path:
        """Write the answers as Markdown, under a name that no file has yet."""
        lines = [f"# {self.title}", "", PROMISE]
        for entry in self.entries():
            lines += ["", f"## {entry.heading}"]
            for question, answer in entry.answers:
                lines += ["", f"**{question}**", "", *(f"> {line}".rstrip() for line in answer.splitlines())]
        return self._export(".md", "\n".join(lines) + "\n")

    def page(self) -> Path:
        """Write the answers as one HTML page to print, under a name that no file has yet."""
        parts = []
        for entry in self.entries():
            pairs = "".join(
                f"<dt>{html.escape(question)}</dt><dd>{html.escape(answer)}</dd>" for question, answer in entry.answers
            )
            parts.append(f"<h2>{html.escape(entry.heading)}</h2><dl>{pairs}</dl>")
        return self._export(
            ".html",
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>{html.escape(self.title)}</title>'
            "<style>body{font:12pt/1.5 Arial,sans-serif;max-width:42em;margin:2em auto;padding:0 1em}"
            "dt{font-weight:bold;margin-top:1em}dd{margin:.3em 0 0;white-space:pre-wrap;overflow-wrap:anywhere}"
            "h2,dt{break-after:avoid}</style></head>"
            f"<body><main><h1>{html.escape(self.title)}</h1><p>{html.escape(PROMISE)}</p>"
            f"{''.join(parts)}</main></body></html>\n",
        )

    def document(self) -> Path:
        """Write the answers as a Word file, under a name that no file has yet."""
        paragraphs: list[docx.Part] = [("Title", self.title), ("Normal", PROMISE)]
        for entry in self.entries():
            paragraphs.append(("Heading1", entry.heading))
            for question, answer in entry.answers:
                paragraphs += [("Heading2", question), ("Normal", answer)]
        return self._export(".docx", docx.write(self.title, paragraphs))

    def clear(self) -> Result:
        """Empty every form. A saved file stays, and is named so that the reader can delete it; in a browser, where
        they cannot, it is deleted too.
        """
        self._others = {}
        for form in (*self.forms, *self.unkept):
            form.clear()
        if browser.here():
            self.path.unlink(missing_ok=True)
            return Result(
                "noted",
                "every form is empty again, and the journal you saved in this browser is deleted. To delete all else "
                "that it keeps, press “Clear what I typed” at the top.",
            )
        kept = f" Your saved file {self.path.name} is still there; delete it if you want it gone." * self.path.exists()
        return Result("noted", f"every form is empty again.{kept}")

    def _ipython_display_(self) -> None:
        self.form._ipython_display_()

    def _export(self, ending: str, content: str | bytes) -> Path:
        whole = content.encode("utf-8", "replace") if isinstance(content, str) else content
        return give(self.folder / f"{self.stem}{ending}", whole)

    def _answers(self) -> Answers:
        answers: Answers = {name: dict(found) for name, found in self._others.items()}
        for form in self.forms:
            for one in form.questions:
                value = plain(form[one.name]) if one.kind != "file" else None
                if isinstance(value, str | int | float):
                    answers.setdefault(form.name, {})[one.name] = value
        return answers

    def _said(self, run: Callable[[], Path]) -> Callable[[], Result]:
        """A method that writes or reads a file, as a button's action that says what became of it."""
        verb = {"save": "your answers are saved in", "load": "your answers are back, from"}.get(
            run.__name__, "your answers are written to"
        )

        def action() -> Result:
            try:
                return Result("noted", f"{verb} {run().name}, {_place(run.__name__)}.")
            except JournalError as error:
                return Result("again", str(error))
            except OSError as error:
                return Result("again", f"the file could not be used ({error.strerror}). Nothing was lost here.")

        return action


def _place(done: str) -> str:
    """Where the file of a button is, in words."""
    if not browser.here():
        return "in the folder of this notebook"
    return {"save": "in this browser and in your downloads", "load": "in this browser"}.get(done, "in your downloads")


def read(path: Path, stem: str) -> Answers:
    """A saved journal's answers, by form and field.

    Raises `JournalError` for a file that is not there, too large, damaged, another program's, another
    worksheet's, or saved by a newer version.
    """
    name = path.name
    try:
        raw = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except FileNotFoundError:
        raise JournalError(f"There is no {name} in the folder of this notebook yet. Save your answers first.") from None
    except OSError as error:
        raise JournalError(f"{name} could not be opened ({error.strerror}).") from None
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise JournalError(f"{name} is damaged and cannot be read; it was left as it is.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise JournalError(f"{name} is not a journal of this book; it was left as it is.")
    version = content.get("version")
    if type(version) is int and version > VERSION:
        raise JournalError(f"{name} was saved by a newer version of this book; update the book to open it.")
    if content.get("worksheet") != stem:
        raise JournalError(f"{name} belongs to another worksheet; it was left as it is.")
    answers = content.get("answers")
    if version != VERSION or not isinstance(answers, dict) or not _whole(answers):
        raise JournalError(f"{name} is damaged and cannot be read; it was left as it is.")
    return answers


def _whole(answers: dict[str, Any]) -> bool:
    return all(
        isinstance(found, dict) and all(type(value) in (str, int, float) for value in found.values())
        for found in answers.values()
    )


def _words(form: Form, name: str) -> str:
    """An answer as a reader would say it: a menu's label, a file's name, the text typed."""
    value, one = form[name], next(one for one in form.questions if one.name == name)
    if type(value) is File:
        return value.name
    answer = plain(value)
    label = next((label for label, option in one.options if type(option) is type(answer) and option == answer), None)
    return label or written_out(answer) or UNANSWERED
