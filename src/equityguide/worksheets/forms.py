"""Forms: menus, numbers, short texts and files to fill in, whose answers are ordinary Python values.

`form["years"]` is what the reader has chosen or typed, or None; a cell may set it as well, and `...` leaves
it as it is. In a notebook a form is shown as live controls (`live`), with a plain HTML picture of itself
beside them for the places where nothing is live. In a book build (environment variable EQUITYGUIDE_BOOK) the
picture is all there is: no script, no widget state, no ids. What was typed into the live form never gets into
the picture, only what a cell set.
"""

from __future__ import annotations

import functools
import html
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Literal, TypeVar, cast

from equityguide.worksheets.check import Result, guarded, is_blank, not_yet, plain, skipped

Kind = Literal["select", "number", "text", "file", "table"]
Drawn = TypeVar("Drawn", bound=Sequence[object])

LARGEST = 10_000_000  # bytes of a file that a form takes in
CHOOSE = "Choose …"
STILL = "This is a picture of the form. It works when you run the worksheet."
ASKED = "equityguide_form"  # the key of what a form asks, in the metadata of its picture
CHECK, SKIP = "Check my answer", "Skip this one"


@dataclass(frozen=True)
class File:
    """A file the reader chose: its name and what is in it, or None where it could not be read."""

    name: str
    content: bytes | None


@dataclass(frozen=True)
class Field:
    """One question of a form. `options` are (label, value) pairs of a menu; `hint` is a sentence under the
    question.
    """

    name: str
    label: str
    kind: Kind
    options: tuple[tuple[str, str | int], ...] = ()
    hint: str = ""
    lines: int = 1


@dataclass(frozen=True)
class Action:
    """A button: its label, and what it does, which answers in a sentence."""

    label: str
    run: Callable[[], Result]


@dataclass
class Kept:
    """What one form holds in this notebook's memory: running its cell again must not empty it.

    `answers` has, by field, the answer and whether it was typed into the live form rather than set by a cell.
    `watchers` are told of each change.
    """

    answers: dict[str, tuple[object, bool]] = field(default_factory=dict)
    skipped: bool = False
    watchers: list[Callable[[], None]] = field(default_factory=list)


_KEPT: dict[str, Kept] = {}


def select(name: str, label: str, options: Sequence[str | int] | Mapping[str, str | int], *, hint: str = "") -> Field:
    """A menu. `options` are its entries, or labels with the value each stands for."""
    pairs = options.items() if isinstance(options, Mapping) else [(str(option), option) for option in options]
    return Field(name, label, "select", tuple(pairs), hint)


def number(name: str, label: str, *, hint: str = "") -> Field:
    """A number, typed: a float where it is one, else as typed, for the check to speak about."""
    return Field(name, label, "number", hint=hint)


def text(name: str, label: str, *, hint: str = "", lines: int = 1) -> Field:
    """Words, in `lines` lines."""
    return Field(name, label, "text", hint=hint, lines=lines)


def file(name: str, label: str, *, hint: str = "") -> Field:
    """A file of the reader's own, as `File`. A cell sets it to a path or to the bytes."""
    return Field(name, label, "file", hint=hint)


def table(name: str) -> Field:
    """A table that only a cell can set, for analysts: it has no control, and the form can do without it."""
    return Field(name, "", "table")


def once(draw: Callable[[dict[str, Any]], Drawn]) -> Callable[[dict[str, Any]], Drawn]:
    """A `draw` that no answer changes: made at its first call and the same objects after it.

    A chart costs about a second in a browser's own Python, and a reader would wait for it after each choice.
    """
    kept: list[Drawn] = []

    @functools.wraps(draw)
    def drawn(answers: dict[str, Any]) -> Drawn:
        if not kept:
            kept.append(draw(answers))
        return kept[0]

    return drawn


@dataclass(frozen=True)
class Form:
    """A form: its questions, its check, and what is drawn from its answers.

    `name` is unique in a worksheet. `check` takes the answers by field and gives a `Result`; `draw` takes
    them and gives what to display under the form: at most `charts` figures. It is asked at each change, and
    what it gives is displayed anew unless it is the very same objects (`once`). `actions`
    are more buttons, `note` stands under the legend, and `blank` says what an empty form has not yet.

    A `private` form draws inside its live controls only, which a notebook does not save: nothing that was
    typed, and nothing drawn from it, becomes an output.
    """

    name: str
    legend: str
    fields: Sequence[Field]
    check: Callable[[dict[str, Any]], Result] | None = None
    draw: Callable[[dict[str, Any]], Sequence[object]] | None = None
    charts: int = 1
    actions: Sequence[Action] = ()
    note: str = ""
    blank: str = "nothing is written here"
    private: bool = False

    def __post_init__(self) -> None:
        labels = [one.label for one in self.questions]
        if twice := [label for label in labels if labels.count(label) > 1]:
            # Whoever hears a form, or fills it in from a list of its controls, has nothing but the labels.
            raise ValueError(f"The form {self.name!r} asks {twice[0]!r} twice. Say in each label which one it is.")

    def __getitem__(self, name: str) -> Any:
        return self._kept.answers.get(self._field(name).name, (None, False))[0]

    def __setitem__(self, name: str, value: object) -> None:
        one = self._field(name)
        if value is not Ellipsis:
            self._answer({one.name: value}, typed=False)

    @property
    def questions(self) -> list[Field]:
        """The fields that readers see."""
        return [one for one in self.fields if one.kind != "table"]

    @property
    def values(self) -> dict[str, Any]:
        """The answers by field, None where there is none yet."""
        return {one.name: self[one.name] for one in self.fields}

    @property
    def result(self) -> Result:
        """What the check says about the answers as they are. Never raises."""
        if self._kept.skipped:
            return skipped()
        if self.check:
            check, values = self.check, self.values
            return guarded(lambda: check(values))
        if all(value is None for value in self.values.values()):
            return not_yet(self.blank)
        if self.private:
            return Result("noted", "this is in the memory of the open worksheet, and nowhere else.")
        return Result("noted", "this is in the notebook's memory. The journal below can save it.")

    def enter(self, **answers: object) -> None:
        """Take answers from the live form or a journal: they count as typed and stay out of the picture."""
        self._answer(answers, typed=True)

    def skip(self) -> Result:
        """Leave this form for later: a state like any other."""
        self._kept.skipped = True
        self._tell()
        return self.result

    def clear(self) -> None:
        """Forget every answer."""
        self._kept.answers.clear()
        self._kept.skipped = False
        self._tell()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have `watcher` called after each change, in place of those before it."""
        self._kept.watchers[:] = [watcher]

    @property
    def buttons(self) -> list[Action]:
        """The form's buttons, in their order."""
        own = [Action(CHECK, lambda: self.result), Action(SKIP, self.skip)] if self.check else []
        return [*own, *self.actions]

    def drawn(self) -> list[object]:
        """What is displayed under the form for the answers as they are. Never raises."""
        try:
            return list(self.draw(self.values)) if self.draw else []
        except Exception:
            return [Result("again", "these answers could not be drawn. Change one of them, or clear the form.")]

    def picture(self) -> str:
        """The form as plain HTML: its questions, what cells have answered, its buttons, the check's sentence."""
        return self._fieldset("") + self._stored_result()._repr_html_()

    def still(self) -> str:
        """The form as a page of the book shows it: plain HTML that says it is a picture."""
        return self._fieldset(f'<p class="eg-form-note">{STILL}</p>')

    def asked(self) -> dict[str, Any]:
        """What an empty form asks, as plain JSON: legend, note, and each question with its menu's labels."""
        questions = [
            {
                "label": one.label,
                "hint": one.hint,
                "kind": one.kind,
                "lines": one.lines,
                "options": [label for label, _ in one.options],
            }
            for one in self.questions
        ]
        return {"legend": self.legend, "note": self.note, "questions": questions}

    def _fieldset(self, end: str) -> str:
        rows = "".join(_row(one, *self._kept.answers.get(one.name, (None, False))) for one in self.questions)
        buttons = " ".join(f'<button type="button" disabled>{html.escape(one.label)}</button>' for one in self.buttons)
        note = f'<p class="eg-form-note">{html.escape(self.note)}</p>' if self.note else ""
        legend = f'<legend class="eg-form-legend">{html.escape(self.legend)}</legend>'
        actions = f'<p class="eg-form-actions">{buttons}</p>' if buttons else ""
        return f'<fieldset class="eg-form" disabled>{legend}{note}{rows}{actions}{end}</fieldset>'

    def __repr__(self) -> str:
        return f"{self.legend}\n{self._stored_result()}"

    def _ipython_display_(self) -> None:
        if not os.environ.get("EQUITYGUIDE_BOOK"):
            # The book's pages need no ipywidgets, and are built faster without.
            from equityguide.worksheets import live

            live.show(self)
            return
        from IPython.display import display

        show = cast("Callable[..., None]", display)
        # The metadata of an output never gets into a page: the build takes the Word file and the print sheet from it.
        asked = {"text/html": {ASKED: self.asked()}}
        show({"text/html": self.still(), "text/plain": repr(self)}, raw=True, metadata=asked)
        for one in [] if self.private else self.drawn():
            show(one)

    @property
    def _kept(self) -> Kept:
        return _KEPT.setdefault(self.name, Kept())

    def _field(self, name: str) -> Field:
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(f"the form {self.name} has no {name!r}; it has {', '.join(one.name for one in self.fields)}")

    def _answer(self, answers: Mapping[str, object], *, typed: bool) -> None:
        for name, value in answers.items():
            kind = self._field(name).kind
            read = _file(value) if kind == "file" else _number(value) if kind == "number" else value
            self._kept.answers[name] = (None if is_blank(read) else read, typed)
        self._kept.skipped = False
        self._tell()

    def _tell(self) -> None:
        for watcher in self._kept.watchers:
            watcher()

    def _stored_result(self) -> Result:
        """The result as a saved notebook may hold it: not about what was typed into the live form."""
        if any(typed and answer is not None for answer, typed in self._kept.answers.values()):
            return Result("noted", "what was typed in this form is not kept in its picture.")
        return self.result


def forget() -> None:
    """Forget the answers of every form in this notebook."""
    _KEPT.clear()


def _number(value: object) -> object:
    """A typed text as a float where it is a plain number; anything else as it is."""
    if type(value) is str and re.fullmatch(r"\s*[+-]?[0-9]{1,15}(\.[0-9]{0,15})?\s*", value):
        return float(value)
    return value


def _file(value: object) -> File | None:
    """A path, bytes or a `File` as a `File`; anything else is none. The check speaks about one that cannot be
    read.
    """
    if type(value) is File:
        return value
    if type(value) is bytes:
        return File("table.csv", value)
    if (type(value) is str and value.strip()) or issubclass(type(value), PurePath):
        path = Path(cast("str | PurePath", value))
        try:
            return File(path.name, path.read_bytes() if path.stat().st_size <= LARGEST else None)
        except (OSError, ValueError):
            return File(path.name, None)
    return None


def _row(one: Field, answer: object, typed: bool) -> str:
    value = None if typed or one.kind == "file" else plain(answer)
    written = written_out(value)
    if one.kind == "select":
        picked = next((label for label, option in one.options if type(option) is type(value) and option == value), None)
        control = f"<select disabled><option>{html.escape(picked or CHOOSE)}</option></select>"
    elif one.kind == "file":
        control = '<input type="file" disabled>'
    elif one.lines > 1:
        control = f'<textarea rows="{one.lines}" disabled>{html.escape(written)}</textarea>'
    else:
        control = f'<input type="text" value="{html.escape(written)}" disabled>'
    hint = f' <span class="eg-form-hint">{html.escape(one.hint)}</span>' if one.hint else ""
    label = f'<span class="eg-form-label">{html.escape(one.label)}</span>'
    return f'<p class="eg-form-field"><label>{label}{hint} {control}</label></p>'


def written_out(value: object) -> str:
    """An answer as text in a control or a journal: numbers without a needless `.0`, nothing for what is no
    answer.
    """
    if type(value) is float:
        return f"{value:.10g}"
    return str(value) if type(value) in (str, int) else ""
