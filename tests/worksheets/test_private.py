"""What holds for every worksheet marked private: it keeps nothing, and no link runs it on a server of others."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from equityguide.site import reading
from equityguide.worksheets import forms, learner
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Form
from equityguide.worksheets.leave import Leave

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "exercises" / "source").glob("*.md"))
MEANT = ["one-to-one", "power-map"]


def front(path: Path) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(path.read_text("utf-8").split("---")[1])["worksheet"]
    return found


PRIVATE = [path for path in SOURCES if front(path).get("private")]


def test_the_worksheets_about_colleagues_are_private() -> None:
    assert [path.stem for path in PRIVATE] == [
        stem for stem in MEANT if (ROOT / f"exercises/source/{stem}.md").exists()
    ]


@pytest.mark.parametrize("path", PRIVATE, ids=lambda path: path.stem)
def test_a_private_worksheet_has_no_journal_and_ends_with_delete(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "Journal" not in text
    assert "This worksheet is private" in text
    cells = re.findall(r"```\{code-cell\}(.*?)```", text, flags=re.DOTALL)
    assert cells[-1].rstrip().endswith("\nleave")
    assert "Leave(" in cells[-1]


@pytest.mark.parametrize("path", PRIVATE, ids=lambda path: path.stem)
def test_its_notebook_says_so_and_points_to_no_server(path: Path) -> None:
    for copy in (f"{path.stem}.ipynb", f"solutions/{path.stem}.ipynb"):
        notebook = json.loads((ROOT / "exercises" / copy).read_text("utf-8"))
        assert notebook["metadata"]["equityguide"]["private"] is True
        written = "".join("".join(cell["source"]) for cell in notebook["cells"])
        assert re.findall(r"https?://[^\s)\"]*(?:binder|hub|colab|deepnote)", written, re.IGNORECASE) == []


@pytest.mark.parametrize("path", [path for path in SOURCES if path not in PRIVATE], ids=lambda path: path.stem)
def test_the_others_are_not_marked(path: Path) -> None:
    assert (
        "private"
        not in json.loads((ROOT / "exercises" / f"{path.stem}.ipynb").read_text("utf-8"))["metadata"]["equityguide"]
    )


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"equityguide": '{"worksheet": "a", "private": true}'}, True),
        ({"equityguide": {"private": True}}, True),
        ({"equityguide": '{"worksheet": "a"}'}, False),
        ({"equityguide": '{"private": "yes"}'}, False),
        ({}, False),
    ],
)
def test_a_page_knows_a_private_worksheet(metadata: dict[str, object], expected: bool) -> None:
    assert reading.is_marked(metadata, "private") is expected


@pytest.mark.parametrize("value", ["maybe", "1", "[true]"])
def test_private_is_true_or_false(value: str) -> None:
    text = f"---\nworksheet: {{title: T, minutes: 1, chapter: c, private: {value}}}\n---\n\n# T\n"
    with pytest.raises(ValueError, match=r"t.md, line 1: private is .* Write true or false."):
        learner.learner(text, "t")


# The last step --------------------------------------------------------------------------------------------------------


def ending(folder: Path) -> tuple[Form, Form, Leave]:
    talk = Form("talk", "The talk", [forms.text("who", "Who?")], private=True)
    other = Form("other", "Another", [forms.text("why", "Why?")], private=True)
    return talk, other, Leave("t", "T", [talk, other], [talk], "Now tear up the paper.", folder)


def test_nothing_is_written_unless_the_reader_chose_it(tmp_path: Path) -> None:
    talk, other, leave = ending(tmp_path)
    talk.enter(who="the heron")
    other.enter(why="the secret")
    assert leave.page().state == "not yet"
    leave.form.enter(keep="nothing")
    assert leave.page().state == "not yet"
    assert list(tmp_path.iterdir()) == []
    leave.form.enter(keep="page")
    assert str(leave.page()).startswith("Noted: your page is t.html.")
    (written,) = tmp_path.iterdir()
    assert "the heron" in written.read_text("utf-8")
    assert "the secret" not in written.read_text("utf-8")


def test_an_empty_page_is_not_written(tmp_path: Path) -> None:
    _, _, leave = ending(tmp_path)
    leave.form.enter(keep="page")
    assert leave.page().state == "not yet"
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    talk, _, leave = ending(tmp_path / "file")
    talk.enter(who="the heron")
    leave.form.enter(keep="page")
    assert leave.page().state == "again"


def test_delete_empties_every_form(tmp_path: Path) -> None:
    talk, other, leave = ending(tmp_path)
    talk.enter(who="the heron")
    other.enter(why="the secret")
    leave.form.enter(keep="nothing")
    assert leave.delete() == Result("noted", "everything here is deleted. Now tear up the paper.")
    assert [form.values for form in (talk, other, leave.form)] == [{"who": None}, {"why": None}, {"keep": None}]


def test_a_private_form_promises_no_journal() -> None:
    form = Form("talk", "The talk", [forms.text("who", "Who?")], private=True)
    form.enter(who="the heron")
    assert str(form.result) == "Noted: this is in the memory of the open worksheet, and nowhere else."


def test_a_page_of_the_book_shows_nothing_that_a_private_form_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython.display

    shown: list[object] = []
    monkeypatch.setenv("EQUITYGUIDE_BOOK", "1")
    monkeypatch.setattr(IPython.display, "display", lambda *what, **_: shown.extend(what))
    for private in (True, False):
        Form("talk", "The talk", [], draw=lambda _: ["drawn"], private=private)._ipython_display_()
    assert shown.count("drawn") == 1
