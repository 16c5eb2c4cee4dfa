from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile
import nbformat
import pytest

from equityguide.worksheets import check, forms, learner
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Action, File, Form


def form(**changed: Any) -> Form:
    settings: dict[str, Any] = {
        "name": "walk",
        "legend": "Task 1. <Walks>",
        "fields": [
            forms.select("area", "Which area?", ["Elm Hill", "Mill Bend"]),
            forms.number("years", "How many years?", hint="Keep one decimal."),
            forms.text("why", "Why?", lines=3),
            forms.file("file", "Your table"),
            forms.table("rows"),
        ],
        "check": lambda answers: check.number(
            answers["years"], 2.0, ask="write the years", again="look.", right="so it is."
        ),
        "actions": [Action("Save a sample", lambda: Result("noted", "it is saved."))],
    }
    return Form(**{**settings, **changed})


def test_values_are_ordinary_python_values_that_a_cell_can_set() -> None:
    walk = form()
    assert walk.values == {"area": None, "years": None, "why": None, "file": None, "rows": None}
    walk["area"], walk["years"], walk["why"] = "Elm Hill", 2, "because"
    assert walk["area"] == "Elm Hill"
    assert walk.values == {"area": "Elm Hill", "years": 2, "why": "because", "file": None, "rows": None}


def test_an_ellipsis_leaves_what_was_chosen() -> None:
    walk = form()
    walk.enter(area="Mill Bend")
    walk["area"] = ...
    assert walk["area"] == "Mill Bend"
    walk["area"] = None
    assert walk["area"] is None


def test_running_the_cell_again_keeps_the_answers() -> None:
    form().enter(area="Mill Bend")
    form().skip()
    assert form()["area"] == "Mill Bend"
    assert form().result.state == "skipped"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("2.5", 2.5), (" 7 ", 7.0), ("-3", -3.0), ("7,2", "7,2"), ("ten", "ten"), ("", None), ("1e9", "1e9")],
)
def test_a_typed_number_is_a_number_where_it_is_one(typed: str, kept: object) -> None:
    walk = form()
    walk.enter(years=typed)
    assert walk["years"] == kept


def test_a_file_is_set_by_path_or_bytes(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(b"a,b")
    walk = form()
    for value in (path, str(path), File("mine.csv", b"a,b")):
        walk["file"] = value
        assert walk["file"] == File("mine.csv", b"a,b")
    walk["file"] = b"x"
    assert walk["file"] == File("table.csv", b"x")
    walk["file"] = tmp_path / "gone.csv"
    assert walk["file"] == File("gone.csv", None)
    walk["file"] = tmp_path
    assert walk["file"].content is None


def test_a_file_too_large_is_not_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "LARGEST", 3)
    (tmp_path / "mine.csv").write_bytes(b"four")
    walk = form()
    walk["file"] = tmp_path / "mine.csv"
    assert walk["file"] == File("mine.csv", None)


def test_unknown_fields_are_named() -> None:
    with pytest.raises(KeyError, match="the form walk has no 'year'; it has area, years"):
        form()["year"] = 3


def test_two_questions_of_a_form_have_two_labels() -> None:
    with pytest.raises(ValueError, match=r"The form 'twice' asks 'By when\?' twice"):
        forms.Form("twice", "Two promises", [forms.text("mine", "By when?"), forms.text("theirs", "By when?")])


def test_states_of_a_form() -> None:
    walk = form()
    assert str(walk.result) == "Not yet: write the years."
    assert walk.skip() == walk.result == check.skipped()
    walk["years"] = 2
    assert str(walk.result) == "Yes: so it is."
    walk.clear()
    assert walk.result.state == "not yet"


def test_a_form_without_check_notes_what_is_written() -> None:
    open_question = form(check=None)
    assert str(open_question.result) == "Not yet: nothing is written here."
    open_question["why"] = "history"
    assert open_question.result.state == "noted"
    assert [one.label for one in open_question.buttons] == ["Save a sample"]


def test_a_check_that_stumbles_is_a_sentence() -> None:
    assert form(check=lambda answers: 1 / 0).result.state == "again"


def test_a_drawing_that_stumbles_is_a_sentence() -> None:
    (said,) = form(draw=lambda answers: 1 / 0).drawn()
    assert str(said).startswith("Look again: these answers could not be drawn.")


def test_what_no_answer_changes_is_drawn_once_for_each_form() -> None:
    made: list[int] = []

    def draw(answers: dict[str, Any]) -> list[object]:
        made.append(1)
        return [f"{answers['why']}"]

    walk, other = form(draw=forms.once(draw)), form(draw=forms.once(draw))
    (first,) = walk.drawn()
    walk["why"] = "history"
    (again,) = walk.drawn()
    assert again is first
    assert len(made) == 1
    other.drawn()
    assert len(made) == 2


@pytest.mark.parametrize("kind", hostile.NAMES)
def test_hostile_answers_never_raise(kind: str) -> None:
    walk, answer = form(), hostile.answers()[kind]
    for name in walk.values:
        walk[name] = answer
        assert walk.picture()
        assert repr(walk)
        assert walk.result.state in ("not yet", "again", "right")


# The picture ----------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Gathers tags with their attributes, and whether each closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.stack: list[str] = []
        self.inside: list[tuple[str, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.inside.append((tag, list(self.stack)))
        if tag != "input":
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag


@pytest.mark.parametrize("picture", [form().picture(), form().still()], ids=["notebook", "book"])
def test_the_picture_is_plain_accessible_html(picture: str) -> None:
    page = Page(picture)
    assert page.stack == []
    names = {name for _, attrs in page.tags for name in attrs}
    assert names <= {"class", "disabled", "role", "type", "value", "rows"}
    assert "id" not in names
    assert "style" not in names
    assert not {"script", "style"} & {tag for tag, _ in page.tags}
    for tag, above in page.inside:
        if tag in ("select", "input", "textarea"):
            assert "label" in above
            assert "fieldset" in above
    classes = {one for _, attrs in page.tags for one in (attrs.get("class") or "").split()}
    assert all(one.startswith(("eg-form", "eg-check")) for one in classes)


def test_a_notebook_picture_has_the_check_and_a_book_picture_says_what_it_is() -> None:
    assert form().picture().endswith('role="status"><strong>Not yet:</strong> write the years.</p>')
    assert "This is a picture of the form. It works when you run the worksheet." in form().still()
    assert "Not yet" not in form().still()


def test_the_picture_shows_what_cells_set_and_not_what_was_typed() -> None:
    walk = form()
    walk["area"], walk["years"] = "Mill Bend", 2.0
    assert "<option>Mill Bend</option>" in walk.picture()
    assert 'value="2"' in walk.picture()
    assert "Yes:" in walk.picture()
    walk.enter(why="a private thought")
    walk.enter(years="2")
    picture = walk.picture()
    assert "private" not in picture
    assert 'value="2"' not in picture
    assert "Noted:" in picture


def test_markup_in_answers_and_labels_is_escaped() -> None:
    walk = form()
    walk["why"] = '</textarea><script>alert("x")</script>'
    assert "<script>" not in walk.picture()
    assert "Task 1. &lt;Walks&gt;" in walk.picture()


# In a notebook --------------------------------------------------------------------------------------------------------

SOURCE = """---
worksheet: {title: T, minutes: 1, chapter: c}
---

# T

```{code-cell}
from IPython.display import HTML
from equityguide.worksheets import check, forms
walk = forms.Form(
    "walk", "Task", [forms.select("area", "Which?", ["A", "B"]), forms.text("why", "Why?"), forms.file("file", "File")],
    check=lambda answers: check.choice(answers["area"], "A", ["A", "B"], ask="choose", again="look.", right="yes."),
    draw=lambda answers: [HTML(f"<b>{answers['area']}</b>")] if answers["area"] else [],
)
walk
```

```{code-cell}
from equityguide.worksheets import live
view = live.View(walk)
view.display_charts()
walk.watch(view.refresh)
area, why, file = view.controls["area"], view.controls["why"], view.controls["file"]
check_it, skip_it = view.box.children[-2].children
area.value = "B"
check_it.click()
print(walk["area"], view.status.value)
area.value = "A"
print(repr(view.status.value))
check_it.click()
print(view.status.value)
walk["area"] = "B"
print(area.value, view.status.value, "<option>B</option>" in walk.picture())
skip_it.click()
print(view.status.value)
from datetime import datetime
upload = {"name": "m.csv", "type": "", "size": 1, "content": memoryview(b"x"), "last_modified": datetime(2026, 1, 1)}
file.value = (upload,)
print(walk["file"])
why.value = "typed"
print(walk["why"], walk.result.state)
why.value = "long " * 200
skip_it.click()
print(len(walk["why"]), len(why.value))
walk.clear()
print(repr(area.value), repr(why.value), file.value, walk.values)
```

```{code-cell}
chart = HTML("<i>always</i>")
for draw in (lambda answers: [chart], lambda answers: [HTML("<i>anew</i>")]):
    seen, sent = live.View(forms.Form("fixed", "Fixed", [forms.text("why", "Why?")], draw=draw)), []
    seen.display_charts()
    seen.form.watch(seen.refresh)
    live._update = lambda *a, **more: sent.append(more["display_id"])
    seen.controls["why"].value = "one"
    seen.controls["why"].value = "two"
    print(len(sent) // len(seen.slots))
```
"""


@pytest.fixture(scope="module")
def run() -> nbformat.NotebookNode:
    return learner.execute(learner.solution(SOURCE, "t"), "t")


def test_a_live_form_answers_its_buttons(run: nbformat.NotebookNode) -> None:
    said = "".join(output.text for output in run.cells[2].outputs if output.output_type == "stream").splitlines()
    states = ("again", "right", "again", "skipped")
    seen = [line for line in said if "eg-check" in line]
    assert [next(state for state in states if f"eg-check-{state}" in line) for line in seen] == list(states)
    assert said[0].startswith("B ")
    assert said[1] == "''"
    assert said[3].startswith("B ")
    assert said[3].endswith(" True")
    assert said[5:] == [
        "File(name='m.csv', content=b'x')",
        "typed again",
        "1000 999",  # only the space at its end is gone
        "'' '' () {'area': None, 'why': None, 'file': None}",
    ]


def test_a_chart_is_sent_to_the_page_again_only_if_it_is_another(run: nbformat.NotebookNode) -> None:
    said = "".join(output.text for output in run.cells[3].outputs if output.output_type == "stream").split()
    assert said == ["0", "2"]


def test_a_stored_form_is_its_picture_and_no_widget_state(run: nbformat.NotebookNode) -> None:
    shown = run.cells[1].outputs[0]
    assert set(shown.data) == {"text/html", "text/plain"}
    assert shown.data["text/plain"] == "Task\nNot yet: choose."
    assert "widgets" not in run.metadata
    assert "model_id" not in json.dumps(run)


def test_a_live_form_gives_the_widget_and_the_picture_at_once() -> None:
    code = (
        "from IPython.utils.capture import capture_output\n"
        "from IPython.testing.globalipapp import start_ipython\nstart_ipython()\n"
        "from equityguide.worksheets import forms\n"
        "walk = forms.Form('walk', 'Task', [forms.text('why', 'Why?')])\n"
        "with capture_output() as out:\n    walk._ipython_display_()\n"
        "print(*sorted(out.outputs[0].data))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["application/vnd.jupyter.widget-view+json", "text/html", "text/plain"]


def test_a_book_build_has_the_picture_only_and_does_not_load_ipywidgets() -> None:
    code = (
        "import os, sys\nos.environ['EQUITYGUIDE_BOOK'] = '1'\n"
        "from IPython.utils.capture import capture_output\n"
        "from IPython.testing.globalipapp import start_ipython\nstart_ipython()\n"
        "from equityguide.worksheets import forms\n"
        "walk = forms.Form('walk', 'Task', [forms.text('why', 'Why?')])\n"
        "with capture_output() as out:\n    walk._ipython_display_()\n"
        "print(*sorted(out.outputs[0].data), 'ipywidgets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["text/html", "text/plain", "False"]
