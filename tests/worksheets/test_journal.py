from __future__ import annotations

import io
import json
import os
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from equityguide.worksheets import docx, files, forms, journal
from equityguide.worksheets.forms import File, Form
from equityguide.worksheets.journal import Journal, JournalError

NASTY = 'Line one\nLine two <b> & "quotes" \x00\ud800 # *stars*'


def journal_in(folder: Path, name: str = "places") -> tuple[Journal, Form]:
    form = Form(
        "task",
        "Task 1. Places",
        [
            forms.select("area", "Which area?", {"Elm Hill, north": 1, "Mill Bend": 2}),
            forms.number("years", "How many years?"),
            forms.text("why", "Why?", lines=2),
            forms.file("file", "Your table"),
        ],
    )
    return Journal(name, "Places & people", [form], folder), form


def fill(form: Form, why: str = "history") -> None:
    form.enter(area=2)
    form.enter(years="16.2")
    form.enter(why=why)
    form.enter(file=File("mine.csv", b"secret rows"))


def test_saved_answers_come_back(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    assert book.save() == tmp_path / "places.journal.json"
    form.clear()
    assert form["why"] is None
    book.load()
    assert form.values == {"area": 2, "years": 16.2, "why": "history", "file": None}


def test_the_file_is_versioned_and_holds_no_content_of_chosen_files(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    content = json.loads(book.save().read_text(encoding="utf-8"))
    assert content == {
        "format": "equityguide-journal",
        "version": 1,
        "worksheet": "places",
        "answers": {"task": {"area": 2, "years": 16.2, "why": "history"}},
    }


def test_saving_twice_gives_the_same_bytes_and_leaves_nothing_else(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    first = book.save().read_bytes()
    assert book.save().read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["places.journal.json"]


def test_a_long_answer_is_whole_wherever_it_comes_out(tmp_path: Path) -> None:
    long = "Whoever has no car waits for the bus. " * 26 + "So end the thousand."
    assert len(long) > 1000
    book, form = journal_in(tmp_path)
    fill(form, long)
    assert json.loads(book.save().read_bytes())["answers"]["task"]["why"] == long
    assert long in book.markdown().read_text("utf-8")
    assert long in book.page().read_text("utf-8")
    with zipfile.ZipFile(book.document()) as package:
        assert long in package.read("word/document.xml").decode("utf-8")
    form.clear()
    book.load()
    assert form["why"] == long
    form["why"] = long
    assert long in form.picture()


def test_more_than_a_journal_holds_is_not_saved(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    before = book.save().read_bytes()
    form.enter(why="x" * journal.LARGEST)
    sentence = "These answers are longer than a journal can hold. Shorten one, then save again."
    assert str(book.form.buttons[0].run()) == f"Look again: {sentence}"
    assert book.path.read_bytes() == before
    assert book.load() == book.path


GOOD: dict[str, Any] = {"format": "equityguide-journal", "version": 1, "worksheet": "places", "answers": {}}
UNREADABLE = {
    "damaged": (b'{"format": "equityg', "places.journal.json is damaged"),
    "empty": (b"", "places.journal.json is damaged"),
    "binary": (b"\x00\xff\xfe", "places.journal.json is damaged"),
    "deep": (b"[" * 100_000, "places.journal.json is damaged"),
    "too large": (b" " * (journal.LARGEST + 1), "places.journal.json is damaged"),
    "foreign JSON": (b'{"cells": []}', "places.journal.json is not a journal of this book"),
    "a list": (b"[1]", "places.journal.json is not a journal of this book"),
    "another worksheet": (json.dumps({**GOOD, "worksheet": "power-map"}).encode(), "belongs to another worksheet"),
    "newer": (json.dumps({**GOOD, "version": 2, "answers": [1]}).encode(), "was saved by a newer version of this book"),
    "no version": (json.dumps({**GOOD, "version": None}).encode(), "places.journal.json is damaged"),
    "answers are a list": (json.dumps({**GOOD, "answers": [1]}).encode(), "places.journal.json is damaged"),
    "answers are deep": (json.dumps({**GOOD, "answers": {"task": {"why": []}}}).encode(), "is damaged"),
}


@pytest.mark.parametrize(("content", "sentence"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_file_is_one_sentence_and_loses_nothing(tmp_path: Path, content: bytes, sentence: str) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    book.path.write_bytes(content)
    for use in (book.load, book.save):
        with pytest.raises(JournalError) as error:
            use()
        assert sentence in str(error.value)
        assert "\n" not in str(error.value)
        assert book.path.read_bytes() == content
    assert form["why"] == "history"


def test_no_file_yet_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"There is no places\.journal\.json in the folder of this notebook yet"):
        journal_in(tmp_path)[0].load()


def test_an_empty_journal_does_not_replace_a_full_one(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    before = book.save().read_bytes()
    form.clear()
    with pytest.raises(JournalError, match="Nothing is answered yet"):
        book.save()
    assert book.path.read_bytes() == before


def test_a_failure_while_writing_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    before = book.save().read_bytes()
    form.enter(why="something else")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        book.save()
    assert book.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["places.journal.json"]


def test_answers_this_worksheet_does_not_know_are_kept(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    answers = {"task": {"why": "old", "gone": "kept"}, "older-task": {"x": 1}}
    book.path.write_text(json.dumps({**GOOD, "answers": answers}), encoding="utf-8")
    book.load()
    form.enter(why="new")
    book.save()
    saved = json.loads(book.path.read_text(encoding="utf-8"))["answers"]
    assert saved == {"task": {"why": "new", "gone": "kept"}, "older-task": {"x": 1}}


def test_what_an_earlier_edition_kept_and_this_one_never_writes_is_not_carried_on(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    answers = {"task": {"why": "kept"}, "alone": {"marks": "3 1 2"}}
    book.path.write_text(json.dumps({**GOOD, "answers": answers}), encoding="utf-8")
    alone = Form("alone", "Alone", [forms.text("marks", "Your marks")])
    later = Journal("places", "Places", [form], tmp_path, unkept=[alone])
    later.load()
    assert alone["marks"] is None
    assert json.loads(later.save().read_text(encoding="utf-8"))["answers"] == {"task": {"why": "kept"}}


def test_clear_empties_the_forms_and_names_the_file_that_stays(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    assert str(book.clear()) == "Noted: every form is empty again."
    fill(form)
    book.save()
    assert "places.journal.json is still there" in str(book.clear())
    assert set(form.values.values()) == {None}
    assert book.path.exists()


def test_in_a_browser_all_files_are_downloads_and_clear_says_what_is_left(
    tmp_path: Path, downloads: dict[str, bytes]
) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    for write in (book.save, book.document, book.page, book.markdown):
        write()
    assert list(downloads) == ["places.journal.json", "places.docx", "places.html", "places.md"]
    assert downloads["places.journal.json"] == book.path.read_bytes()
    said = str(book.clear())
    assert "the journal you saved in this browser is deleted" in said
    assert "To delete all else that it keeps, press “Clear what I typed” at the top." in said
    assert list(tmp_path.iterdir()) == []


def test_buttons_say_what_became_of_it(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    said = {action.label: str(action.run()) for action in book.form.buttons}
    assert said == {
        "Save my answers": "Noted: your answers are saved in places.journal.json, in the folder of this notebook.",
        "Load my answers": "Noted: your answers are back, from places.journal.json, in the folder of this notebook.",
        "Word file": "Noted: your answers are written to places.docx, in the folder of this notebook.",
        "Page to print": "Noted: your answers are written to places.html, in the folder of this notebook.",
        "Markdown file": "Noted: your answers are written to places.md, in the folder of this notebook.",
        "Clear what I typed": (
            "Noted: every form is empty again. Your saved file places.journal.json is still there; "
            "delete it if you want it gone."
        ),
    }
    book.path.write_text("x", encoding="utf-8")
    assert str(book.form.buttons[1].run()).startswith("Look again: places.journal.json is damaged")


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    book, form = journal_in(tmp_path / "file")
    fill(form)
    assert str(book.form.buttons[2].run()).startswith("Look again: the file could not be used (")


def test_the_form_says_what_not_to_write(tmp_path: Path) -> None:
    picture = journal_in(tmp_path)[0].form.picture()
    assert "Leave out anything about a patient and the names of colleagues." in picture


def test_an_export_never_replaces_a_file(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form)
    assert [book.markdown().name for _ in range(3)] == ["places.md", "places-2.md", "places-3.md"]


def test_markdown_has_every_question_and_answer(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    form.enter(area=1)
    form.enter(why="one\ntwo")
    text = book.markdown().read_text(encoding="utf-8")
    assert text.startswith("# Places & people\n\nWrite about places")
    assert "**Which area?**\n\n> Elm Hill, north\n" in text
    assert "**Why?**\n\n> one\n> two\n" in text
    assert "**How many years?**\n\n> (left open)\n" in text


class Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag != "meta":
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_to_print_is_whole_and_escaped(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form, NASTY)
    page = Balanced()
    page.feed(book.page().read_text(encoding="utf-8"))
    assert page.stack == []
    assert "script" not in page.seen
    assert "b" not in page.seen
    assert 'Line two <b> & "quotes"' in page.text
    assert "mine.csv" in page.text


def test_the_word_file_is_a_package_that_reads_back(tmp_path: Path) -> None:
    book, form = journal_in(tmp_path)
    fill(form, NASTY)
    with zipfile.ZipFile(book.document()) as package:
        assert package.testzip() is None
        parts = {name: ElementTree.fromstring(package.read(name)) for name in package.namelist()}
    word = f"{{{docx.MAIN}}}"
    read = []
    for paragraph in parts["word/document.xml"].iter(f"{word}p"):
        style = paragraph.find(f"{word}pPr/{word}pStyle")
        assert style is not None
        text = "".join(
            "\n" if one.tag == f"{word}br" else one.text or "" for one in paragraph.iter() if one.tag != word
        )
        read.append((style.get(f"{word}val"), text))
    assert read[0] == ("Title", "Places & people")
    assert read[2:] == [
        ("Heading1", "Task 1. Places"),
        ("Heading2", "Which area?"), ("Normal", "Mill Bend"),
        ("Heading2", "How many years?"), ("Normal", "16.2"),
        ("Heading2", "Why?"), ("Normal", 'Line one\nLine two <b> & "quotes" \ufffd\ufffd # *stars*'),
        ("Heading2", "Your table"), ("Normal", "mine.csv"),
    ]  # fmt: skip
    styles = {style.get(f"{word}styleId") for style in parts["word/styles.xml"].iter(f"{word}style")}
    assert {style for style, _ in read} <= styles
    named = {one.get("PartName") for one in parts["[Content_Types].xml"]} - {None}
    assert named <= {f"/{name}" for name in parts}
    targets = {one.get("Target") for one in parts["_rels/.rels"]} | {"word/styles.xml"}
    assert targets <= set(parts)


def test_the_word_file_is_the_same_bytes_each_time() -> None:
    paragraphs: list[docx.Part] = [("Title", "T"), ("Normal", "x")]
    first = docx.write("T", paragraphs)
    assert docx.write("T", paragraphs) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_free_names_count_up(tmp_path: Path) -> None:
    (tmp_path / "a.md").touch()
    (tmp_path / "a-2.md").touch()
    assert files.free(tmp_path / "a.md").name == "a-3.md"
    assert files.free(tmp_path / "b.md").name == "b.md"
