"""Building: the old site stands until the new one is whole, nothing is stale, nothing is done twice."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import small_book
from small_book import FIGURE, cell, gone, page

from equityguide.__main__ import main
from equityguide.site import build as building
from equityguide.site import pages, trim
from equityguide.site.assignments import progress
from equityguide.site.build import BuildFailed, build
from equityguide.site.editions import TRAINER
from equityguide.site.execute import PageFailed
from equityguide.site.serve import ServeFailed, server

READS = cell(
    "import sys\nfrom pathlib import Path\nsys.path.insert(0, '../src')\nimport helper\n"
    "print('the answer is', helper.ANSWER, 'of', len(Path('../data/visits/visits.csv').read_text().split()))"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pages = {
        "one": page("Page one", "See {doc}`two`.", FIGURE.replace("NAME", "visits")),
        "two": page("Page two", READS),
        "three": page("Page three", "A page without code."),
    }
    book = small_book.write(tmp_path_factory.mktemp("built") / "book", pages)
    build(book)
    return book


@pytest.fixture
def book(built: Path, tmp_path: Path) -> Path:
    """A copy of a book that has been built once, brought up to date in its own folder."""
    copy = shutil.copytree(built, tmp_path / "book")
    build(copy)
    return copy


def listing(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def text(book: Path, name: str) -> str:
    return small_book.output(book / "_build" / "html", name)


def edit(path: Path, old: str, new: str) -> None:
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), "utf-8")


def leftovers(book: Path) -> set[str]:
    return {path.name for path in (book / "_build").iterdir()} - {"html", ".cache", ".work", ".lock", "build.log"}


def test_it_builds_and_sphinx_finds_every_output(built: Path) -> None:
    """Sphinx would start kernels of its own for a page that the cache does not hold under Sphinx's own key."""
    site, log = built / "_build" / "html", (built / "_build" / "build.log").read_text()
    assert "the answer is 1 of 3" in text(built, "two")
    assert 'id="fig-visits"' in text(built, "one")
    assert (site / "index.html").exists()
    assert "Executing notebook" not in log
    assert "reading sources" in log
    assert leftovers(built) == set()


def test_words_that_a_reader_looks_for_are_not_stored(built: Path) -> None:
    scripts = {name: (built / "_build" / "html" / "_static" / name).read_text("utf-8") for name in pages.SEARCH}
    assert "_parseQuery" in scripts["searchtools.js"]
    assert [name for name, script in scripts.items() if "setItem" in script] == []


def test_a_stylesheet_that_cannot_be_trimmed_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trim, "node", lambda: sys.executable)  # which cannot read the program
    with pytest.raises(trim.TrimFailed, match=r"^The stylesheet could not be trimmed: .+$"):
        trim._used("p{color:red}", ["p"], tmp_path, tmp_path)


def test_without_a_change_nothing_is_done(book: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    before = listing(book / "_build")
    monkeypatch.setattr(building, "_make", lambda *_: pytest.fail("it was built again"))
    site = build(book)
    assert "Nothing has changed since the last build.\n" in capsys.readouterr().out
    assert site == book / "_build" / "html"
    assert listing(book / "_build") == before


@pytest.mark.parametrize("harm", ["missing", "altered", "extra"])
def test_a_site_that_was_touched_is_made_again(book: Path, harm: str) -> None:
    site = book / "_build" / "html"
    before, file = listing(site), site / "book" / "two.html"
    if harm == "missing":
        file.unlink()
    else:
        (file if harm == "altered" else site / "more.html").write_text("altered")
    build(book)
    assert listing(site) == before


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("data/visits/visits.csv", "North,7\n", "North,7\nWest,9\n", "the answer is 1 of 4"),
        ("src/helper.py", "ANSWER = 1", "ANSWER = 2", "the answer is 2 of 3"),
        ("requirements.lock", "one==1", "one==2", "the answer is 1 of 3"),
    ],
)
def test_what_cells_depend_on_executes_them_again(
    book: Path, capsys: Any, name: str, old: str, new: str, says: str
) -> None:
    capsys.readouterr()
    edit(book / name, old, new)
    build(book)
    assert sorted(line.split(" (")[0] for line in capsys.readouterr().err.splitlines()) == [
        "executed book/one.md",
        "executed book/two.md",
    ]
    assert says in text(book, "two")
    edit(book / name, new, old)
    build(book)
    assert "executed" not in capsys.readouterr().err, "the first outputs were still there"
    assert "the answer is 1 of 3" in text(book, "two")


def test_words_are_read_again_whatever_the_time_of_the_file(book: Path, capsys: Any) -> None:
    capsys.readouterr()
    source = book / "book" / "two.md"
    edit(source, "# Page two", "# Page two\n\nNew words here.")
    os.utime(source, (1, 1))
    build(book)
    assert "New words here." in text(book, "two")
    assert capsys.readouterr().err == ""
    log = (book / "_build" / "build.log").read_text()
    assert [line.split()[-1] for line in log.splitlines() if line.startswith("reading")] == ["book/two"]


def test_a_new_title_reaches_the_other_pages(book: Path) -> None:
    """In processes of their own, as authors build: a second build in one process may write every page anyway."""
    command = [sys.executable, "-m", "equityguide", "book"]
    edit(book / "book" / "three.md", "without code", "without any code")
    subprocess.run(command, cwd=book, check=True)
    edit(book / "book" / "two.md", "# Page two", "# Another title")
    subprocess.run(command, cwd=book, check=True)
    assert "Another title" in text(book, "one")
    assert "Page two" not in text(book, "one")


def test_a_page_that_goes_leaves_nothing(book: Path) -> None:
    edit(book / "_toc.yml", "- file: book/one\n", "")
    (book / "book" / "one.md").unlink()
    build(book)
    names = listing(book / "_build" / "html")
    assert not [name for name in names if "one" in name or "visits" in name]


def test_a_failing_cell_leaves_the_old_site(book: Path) -> None:
    before = listing(book / "_build" / "html")
    edit(book / "book" / "two.md", "import helper", "import helpful")
    for _ in range(2):
        with pytest.raises(PageFailed) as failure:
            build(book)
        assert str(failure.value) == (
            "book/two.md, cell 1 (line 13): ModuleNotFoundError: No module named 'helpful'\n  import helpful"
        )
        assert listing(book / "_build" / "html") == before
        assert leftovers(book) == set()


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_figure_that_cannot_be_drawn_is_named(book: Path, elsewhere: bool) -> None:
    before = listing(book / "_build" / "html")
    edit(book / "book" / "one.md", ".mark_point()", ".transform_calculate(z='1 +').mark_point()")
    if elsewhere:
        # All is made anew, with drawings by other processes.
        edit(book / "src" / "helper.py", "1", "2")
    with pytest.raises(BuildFailed) as failure:
        build(book)
    first, *rest = str(failure.value).splitlines()
    assert first == "figure 'visits' cannot be drawn: Unexpected end of input. Mend its chart."
    assert rest == ["The whole log is in _build/build.log."]
    assert listing(book / "_build" / "html") == before


def test_a_warning_fails_every_time(book: Path) -> None:
    before = listing(book / "_build" / "html")
    edit(book / "book" / "two.md", "# Page two", "# Page two\n\nSee {ref}`nowhere`.")
    for _ in range(3):
        with pytest.raises(BuildFailed) as failure:
            build(book)
        first, *rest = str(failure.value).splitlines()
        assert first.startswith("book/two.md:9: WARNING: undefined label: 'nowhere'")
        assert rest == ["The whole log is in _build/build.log."]
        assert listing(book / "_build" / "html") == before
        assert leftovers(book) == set()
    with pytest.raises(BuildFailed, match=r"\nThe whole log is in _build/trainer\.log\.$"):
        build(book, edition=TRAINER)
    edit(book / "book" / "two.md", "See {ref}`nowhere`.", "See {doc}`one`.")
    build(book)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interrupted_build_leaves_the_old_site(
    book: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    before = listing(book / "_build" / "html")
    edit(book / "book" / "two.md", "# Page two", "# Another title")

    def stop(work: Path, out: Path, *_: Any) -> None:
        (out / "half.html").write_text("half")
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(trim, "trim", stop)
        with pytest.raises(error):
            build(book)
    assert listing(book / "_build" / "html") == before
    assert leftovers(book) == set()
    # What Sphinx wrote by then must not come back when the change is taken back.
    edit(book / "book" / "two.md", "# Another title", "# Page two")
    os.utime(book / "book" / "two.md", (1, 1))
    edit(book / "book" / "one.md", "# Page one", "# Page one\n\nNew words.")
    build(book)
    assert "New words." in text(book, "one")
    assert "Another title" not in text(book, "one") + text(book, "two")


def test_a_swap_that_fails_half_way_is_undone(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = listing(book / "_build" / "html")
    edit(book / "book" / "two.md", "# Page two", "# Another title")
    rename = Path.rename

    def stop(self: Path, target: Path) -> Path:
        if self.name == ".html.new":
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", stop)
        with pytest.raises(KeyboardInterrupt):
            build(book)
    assert listing(book / "_build" / "html") == before
    assert leftovers(book) == set()


def test_a_build_that_was_killed_in_the_swap_is_cleared_up(book: Path) -> None:
    site = book / "_build" / "html"
    before = listing(site)
    site.rename(site.with_name(".html.old"))
    site.with_name(".html.new").mkdir()
    build(book)
    assert listing(site) == before
    assert leftovers(book) == set()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_while_a_page_executes(book: Path, tmp_path: Path, number: signal.Signals) -> None:
    before, mark = listing(book / "_build" / "html"), tmp_path / "mark"
    code = f"import os, pathlib, time\npathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\ntime.sleep(60)"
    edit(book / "book" / "two.md", "# Page two", f"# Page two\n{cell(code)}")
    command = [sys.executable, "-m", "equityguide", "book"]
    running = subprocess.Popen(command, cwd=book, stderr=subprocess.PIPE, text=True)
    while not (mark.exists() and mark.read_text()):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    _, said = running.communicate(timeout=20)
    assert (running.returncode, said) == (130, "Stopped.\n")
    assert listing(book / "_build" / "html") == before
    assert leftovers(book) == set()
    assert gone(int(mark.read_text()))


def test_two_builds_at_once(book: Path) -> None:
    with (
        building._alone(book / "_build" / ".lock"),
        pytest.raises(BuildFailed, match=r"^Another build is running in this folder\. Wait until it has ended\.$"),
    ):
        build(book)


def test_what_is_missing_or_malformed_is_said(book: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match=r"has no _config\.yml\. Run this in the folder of the book\."):
        build(tmp_path)
    edit(book / "_toc.yml", "format: jb-book", "format: jb-booklet")
    with pytest.raises(BuildFailed, match=r"^_toc\.yml: "):
        build(book)
    edit(book / "_toc.yml", "format: jb-booklet", "format: jb-book")
    edit(book / "_toc.yml", "book/one", "book/nine")
    with pytest.raises(PageFailed, match=r"_toc\.yml names book/nine"):
        build(book)


def test_what_comes_after_a_build_leaves_no_half_line(book: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    build(book, after=lambda site: progress("printing 1 of 1"))
    assert capsys.readouterr().err.endswith("printing 1 of 1\r\x1b[K")
    with pytest.raises(BuildFailed):
        build(book, after=_fails)
    assert capsys.readouterr().err.endswith("printing 1 of 2\r\x1b[K")


def _fails(site: Path) -> None:
    progress("printing 1 of 2")
    raise BuildFailed("no browser")


@pytest.mark.parametrize("terminal", [True, False])
def test_packing_leaves_no_half_line(terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    def write(root: Path, show: Callable[[str], None]) -> Path:
        show("packing 1 of 1")
        return root / "made"

    monkeypatch.setattr("equityguide.site.assignments.write", write)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "argv", ["equityguide", "assignments"])
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert main() == 0
    said = capsys.readouterr()
    assert said.err == ("\r\x1b[Kpacking 1 of 1\r\x1b[K" if terminal else "packing 1 of 1\n")
    assert said.out == f"The packages are in {Path.cwd() / 'made'}.\n"


def test_another_folder_for_the_site(book: Path, tmp_path: Path) -> None:
    assert build(book, output=tmp_path / "site") == tmp_path / "site"
    assert listing(tmp_path / "site") == listing(book / "_build" / "html")


def test_serve_shows_the_site(built: Path, tmp_path: Path) -> None:
    site = built / "_build" / "html"
    with server(site, 0) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        host, port = running.server_address[:2]
        assert host == "127.0.0.1"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/figures.json") as answer:
            assert answer.headers["Content-Type"] == "application/json"
            assert answer.read() == (site / "figures.json").read_bytes()
        with pytest.raises(ServeFailed, match=rf"^Port {port} is taken\. Choose another: make serve PORT={port + 1}"):
            server(site, port)
        running.shutdown()
    with pytest.raises(ServeFailed, match=r"^Ports go from 1 to 65535, not to 99999\. Choose another: make serve"):
        server(site, 99999)
    with pytest.raises(ServeFailed, match=r"There is no site in .* yet\. Run `make book` first\."):
        server(tmp_path, 0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "This system keeps port 80 for itself. Choose another: "),
        (OSError(errno.EADDRNOTAVAIL, "Cannot assign"), r"Port 80 cannot be used \(Cannot assign\)\."),
    ],
)
def test_serve_says_what_stands_in_the_way(
    error: OSError, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise error

    (tmp_path / "index.html").touch()
    monkeypatch.setattr("http.server.ThreadingHTTPServer", stopped)
    with pytest.raises(ServeFailed, match=f"^{said}"):
        server(tmp_path, 80)
