"""A form as live controls in a notebook, through ipywidgets, and the charts under it that follow its answers.

Each display carries two kinds at once: the widget, which a running notebook shows, and the form's HTML
picture, which is what remains where there is no kernel. Charts are ordinary outputs with a display id, so
that the saved notebook keeps them and a change of the form replaces them. Those of a private form are drawn
inside its widget instead, and a saved notebook has neither.
"""

from __future__ import annotations

import html
import itertools
import operator
from collections.abc import Callable, Sequence
from typing import Any, cast

import ipywidgets as widgets
from IPython.display import display, update_display
from IPython.utils.capture import capture_output

from equityguide.worksheets.check import Result, guarded, plain
from equityguide.worksheets.forms import CHOOSE, LARGEST, Field, File, Form, written_out

VIEW = "application/vnd.jupyter.widget-view+json"
OUTPUTS_A_FIGURE = 2  # a figure displays its drawing and its words
# Said at once: a map takes seconds to draw, more so in a browser's own Python.
WAIT = '<p class="eg-check" role="status">One moment …</p>'
NOTHING = ""  # what a menu holds before a choice; ipywidgets shows no label at all for None
Bundle = tuple[dict[str, Any], dict[str, Any]]  # an output's MIME bundle, and its metadata
EMPTY: dict[str, Any] = {"text/html": "", "text/plain": ""}

# Labels above their controls and wrapped: questions are sentences, and ipywidgets would cut them off.
STYLE = """<style>
.eg-form{border:1px solid currentColor;border-radius:6px;padding:12px 16px;margin:8px 0;max-width:46rem}
.eg-form .widget-inline-hbox,.eg-form .jupyter-widget-inline-hbox{flex-direction:column;align-items:stretch;
height:auto;width:100%;margin:0 0 10px}
.eg-form .widget-label{white-space:normal;width:auto;max-width:none;text-align:left;height:auto;
line-height:1.4}
.eg-form select,.eg-form input,.eg-form textarea{max-width:100%;min-height:34px;font-size:14px;flex:0 0 auto}
.eg-form .widget-html,.eg-form .widget-html-content{height:auto;line-height:1.4}
.eg-form button{width:auto;min-height:34px;height:auto;padding:4px 14px}
.eg-form p{margin:4px 0}
</style>"""

_show = cast("Callable[..., Any]", display)
_update = cast("Callable[..., Any]", update_display)
_count = itertools.count(1)


def show(form: Form) -> None:
    """Display the form with its live controls, and under it what it draws."""
    view = View(form)
    data = {
        VIEW: {"version_major": 2, "version_minor": 0, "model_id": view.box.model_id},
        "text/html": form.picture(),
        "text/plain": repr(form),
    }
    _show(data, raw=True)
    view.display_charts()
    form.watch(view.refresh)


class View:
    """The controls of one displayed form. `box` is the widget that holds them."""

    def __init__(self, form: Form) -> None:
        self.form = form
        wide = widgets.Layout(width="100%")  # one for all: each is a model of its own that the page has to be sent
        self.controls = {one.name: _control(one, form[one.name], wide) for one in form.questions}
        self.status = widgets.HTML(_status(form.result))
        self.typing = False
        self.slots: list[str] = []
        self.inside = widgets.Output()
        self.answers: dict[str, Any] = {}  # those that the charts show
        self.drawn: list[object] = []
        for one in form.questions:
            self.controls[one.name].observe(lambda change, name=one.name: self._typed(name, change["new"]), "value")
        buttons = [self._button(action.label, action.run) for action in form.buttons]
        note = f"<p>{html.escape(form.note)}</p>" if form.note else ""
        self.box = widgets.VBox(
            [
                widgets.HTML(f"{STYLE}<p><strong>{html.escape(form.legend)}</strong></p>{note}"),
                *(widget for one in form.questions for widget in self._question(one)),
                widgets.HBox(buttons, layout=widgets.Layout(flex_flow="row wrap")),
                self.status,
                *([self.inside] if form.private else []),
            ]
        )
        self.box.add_class("eg-form")

    def display_charts(self) -> None:
        """Display what the form draws, with empty places for as much as it may ever draw."""
        if not self.form.draw:
            return
        self._is_drawn()
        bundles = _bundles(self.drawn)
        if self.form.private:
            self._draw_inside(bundles)
            return
        count = max(len(bundles), OUTPUTS_A_FIGURE * self.form.charts)
        self.slots = [f"eg-{self.form.name}-{next(_count)}" for _ in range(count)]
        for slot, (data, metadata) in zip(self.slots, _padded(bundles, count), strict=True):
            _show(data, metadata=metadata, raw=True, display_id=slot)

    def refresh(self) -> None:
        """Bring controls, charts and the check's sentence in line with the form's answers."""
        if not self.typing:
            self.typing = True  # the controls' own changes are not the reader's
            for one in self.form.questions:
                _put(one, self.controls[one.name], self.form[one.name])
            self.typing = False
            self.status.value = _status(self.form.result)
        if not self._draws() or self._is_drawn():
            return
        bundles = _bundles(self.drawn)
        if self.form.private:
            self._draw_inside(bundles)
            return
        for slot, (data, metadata) in zip(self.slots, _padded(bundles, len(self.slots)), strict=True):
            _update(data, metadata=metadata, raw=True, display_id=slot)

    def _draws(self) -> bool:
        """Whether there is a place for charts."""
        return bool(self.slots) or (self.form.private and self.form.draw is not None)

    def _draw_inside(self, bundles: list[Bundle]) -> None:
        """Show charts as a part of the widget, of which a saved notebook keeps nothing."""
        self.inside.outputs = tuple(
            {"output_type": "display_data", "data": data, "metadata": metadata} for data, metadata in bundles
        )

    def _is_drawn(self) -> bool:
        """Whether the charts already show these answers; if not, has them drawn: they are about to be shown."""
        before, self.answers = self.answers, self.form.values
        if len(before) == len(self.answers) and all(before[name] is self.answers[name] for name in before):
            return True
        shown, self.drawn = self.drawn, self.form.drawn()
        return len(shown) == len(self.drawn) and all(map(operator.is_, shown, self.drawn))

    def _typed(self, name: str, value: Any) -> None:
        if self.typing:
            return
        self.typing = True
        if self._draws():
            self.status.value = WAIT
        try:
            self.form.enter(**{name: _uploaded(value) if isinstance(value, tuple) else value})
            # What the check said was about the answer before this one.
            self.status.value = "" if self.form.check else _status(self.form.result)
        finally:
            self.typing = False

    def _question(self, one: Field) -> list[Any]:
        """A field's control; before that of a file, whose label is its button, the hint."""
        hint = [widgets.HTML(html.escape(one.hint))] if one.kind == "file" and one.hint else []
        return [*hint, self.controls[one.name]]

    def _button(self, label: str, run: Callable[[], Result]) -> widgets.Button:
        button = widgets.Button(description=label)
        button.on_click(lambda _: self._pressed(run))
        return button

    def _pressed(self, run: Callable[[], Result]) -> None:
        self.status.value = WAIT
        self.status.value = _status(guarded(run))


def _control(one: Field, answer: object, layout: Any) -> Any:
    label = f"{one.label} {one.hint}".strip()
    wide = {"style": {"description_width": "initial"}, "layout": layout}
    control: Any
    if one.kind == "select":
        control = widgets.Dropdown(options=[(CHOOSE, NOTHING), *one.options], description=label, **wide)
    elif one.kind == "file":
        control = widgets.FileUpload(accept=".csv", multiple=False, description=f"{one.label}: choose a file", **wide)
    elif one.lines > 1:
        control = widgets.Textarea(description=label, rows=one.lines, continuous_update=False, **wide)
    else:
        control = widgets.Text(description=label, continuous_update=False, **wide)
    _put(one, control, answer)
    return control


def _put(one: Field, control: Any, answer: object) -> None:
    """Show an answer in its control; one that the control cannot show leaves it empty."""
    if one.kind == "file":
        if answer is None:
            control.value = ()
        return
    value = plain(answer)
    if one.kind == "select":
        known = any(type(option) is type(value) and option == value for _, option in one.options)
        control.value = value if known else NOTHING
    else:
        control.value = written_out(value)


def _uploaded(value: tuple[Any, ...]) -> File | None:
    """What the file control holds, as a `File`."""
    if not value:
        return None
    one = value[0]
    return File(str(one["name"]), bytes(one["content"]) if one["size"] <= LARGEST else None)


def _bundles(drawn: Sequence[object]) -> list[Bundle]:
    """The MIME bundles, with their metadata, that displaying what a form draws would put out."""
    with capture_output(stdout=False, stderr=False) as captured:
        for one in drawn:
            _show(one)
    return [(dict(output.data), dict(output.metadata or {})) for output in captured.outputs]


def _padded(bundles: list[Bundle], count: int) -> list[Bundle]:
    return [*bundles, *[(EMPTY, {})] * (count - len(bundles))][:count]


def _status(result: Result) -> str:
    return result._repr_html_()
