"""The browser copy beside the book: only where there are worksheets, never in the way, and said to be missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import small_book
from small_book import page

from equityguide.__main__ import parser
from equityguide.site import build as building
from equityguide.site.lite import beside
from equityguide.site.lite import build as lite
from equityguide.site.lite.fetch import PartMissing
from equityguide.site.reading import _ways
from equityguide.worksheets import map_your_community as task


def test_a_book_without_worksheets_has_no_browser_copy(tmp_path: Path) -> None:
    with beside.started(tmp_path, tmp_path, ["book/index", "book/one"]) as copy:
        copy.put(tmp_path / "lite")
    assert not (tmp_path / "lite").exists()


def test_what_stops_the_copy_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise PartMissing("numpy has another hash.")

    monkeypatch.setattr(lite, "build", stopped)
    with (
        beside.started(tmp_path, tmp_path, ["exercises/one"]) as copy,
        pytest.raises(PartMissing, match="another hash"),
    ):
        copy.put(tmp_path / "lite")


def test_the_copy_is_made_of_the_worksheets_in_the_table_of_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def made(root: Path, out: Path, cache: Path, stems: list[str], show: object) -> None:
        asked.extend(stems)
        (out / "static").mkdir(parents=True)

    monkeypatch.setattr(lite, "build", made)
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static" / "vega.js").write_text("charts", "utf-8")
    with beside.started(tmp_path, tmp_path, ["book/index", "exercises/one", "exercises/two"]) as copy:
        copy.put(tmp_path / "lite")
    assert asked == ["one", "two"]
    assert (tmp_path / "lite" / lite.charts()).read_text("utf-8") == "charts"
    assert "of their own" in capsys.readouterr().out


def test_pages_say_when_there_is_no_browser_copy() -> None:
    without = " ".join(node.astext() for node in _ways("exercises/one", False, private=False))
    assert "without worksheets that run in the browser" in without
    assert "lite/index.html" not in without
    having = " ".join(node.astext() for node in _ways("exercises/one", True, private=False))
    assert "../lite/index.html?worksheet=one" in having
    assert "this browser remembers" in having
    private = " ".join(node.astext() for node in _ways("exercises/one", True, private=True))
    assert "Nothing you type is sent or kept." in private
    assert "remembers" not in private


def test_leaving_it_out_is_another_book(tmp_path: Path) -> None:
    book = small_book.write(tmp_path / "book", {"one": page("One", "Words.")})
    assert building.read_inputs(book, True) != building.read_inputs(book, False)


@pytest.mark.parametrize("command", ["book", "trainer"])
def test_the_choice_reaches_the_build(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(building, "build", lambda root, lite, **_: asked.append(lite))
    for options in ([], ["--without-lite"]):
        arguments = parser().parse_args([command, *options])
        assert arguments.run(arguments) == 0
    assert asked == [True, False]


@pytest.mark.parametrize("target", ["book", "trainer", "assignments", "handouts", "print"])
def test_make_hands_the_choice_on(target: str, root: Path) -> None:
    recipe = (root / "Makefile").read_text("utf-8").split(f"\n{target}: ")[1].split("\n\n")[0]
    assert "$(if $(filter 0,$(LITE)),--without-lite)" in recipe


def test_a_chart_leaves_the_browsers_python_as_text_with_its_nulls(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, object]] = []
    monkeypatch.delenv("EQUITYGUIDE_BOOK", raising=False)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    drawn = task.ranking()
    for platform, kind in (("linux", dict), ("emscripten", str)):
        monkeypatch.setattr(sys, "platform", platform)
        drawn._ipython_display_()
        assert type(shown[-2]["application/vnd.vegalite.v5+json"]) is kind
    sent = shown[-2]["application/vnd.vegalite.v5+json"]
    assert isinstance(sent, str)
    assert ":null" in sent.replace(" ", "")
