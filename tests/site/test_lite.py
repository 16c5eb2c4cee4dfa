"""Each worksheet in the browser copy of the built site, to its end, in a real browser that can reach no other host."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import Seen
from filling import CONTROLS, FORM, SLOW, STUMBLED, UNANSWERED, WORDS, answered, fill, forms, said, values
from playwright.sync_api import Browser, BrowserContext, Page, expect

from equityguide.site import serve
from equityguide.site.lite import build
from equityguide.site.lite.page import POLICY, PRIVATE, PRIVATE_SHARED, PROMISE, SHARED, STORAGE

ROOT = Path(__file__).resolve().parents[2]
STEMS = sorted(path.stem for path in (ROOT / "exercises").glob("*.ipynb"))
IN_MAKE_TEST = {"ask-and-record", "map-your-community", "policy-review"}
EACH = [stem if stem in IN_MAKE_TEST else pytest.param(stem, marks=pytest.mark.full) for stem in STEMS]
# Forms of which a journal keeps nothing, by the start of their headings: words given in a room stay there, and so do marks.
UNKEPT = {"culture-words": ("Task 3", "Task 4"), "self-assessment": ("Task 2",)}


@pytest.fixture(scope="module")
def host(site: Path) -> Iterator[str]:
    """The site as `make serve` shows it: right types, no policy from the server."""

    class Quiet(serve.Handler):
        def log_message(self, *args: object) -> None:
            """Stay quiet."""

    running = serve.server(site, 0)
    running.RequestHandlerClass = lambda *rest: Quiet(*rest, directory=str(site))
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_address[1]}/"
    running.shutdown()


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, at a desk."""
    opened = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.set_default_timeout(SLOW)  # a page that sets up Python answers nothing for a while on a busy machine
    yield opened
    opened.close()


def _start(page: Page, host: str, stem: str) -> None:
    """From the worksheet's page to the worksheet that has set itself up."""
    page.goto(f"{host}exercises/{stem}.html")
    page.get_by_role("link", name="Run in the browser").click()
    expect(page.locator("#start")).to_be_enabled(timeout=SLOW)
    page.locator("#start").click()
    page.wait_for_selector("body[data-worksheet=ready], body[data-worksheet=failed]", timeout=SLOW, state="attached")
    expect(page.locator("#eg-line")).to_contain_text("Ready")


def _press(page: Page, name: str) -> str:
    """Press a button of the journal's form and return the sentence it answers with."""
    form = page.locator(".eg-form", has=page.get_by_role("button", name="Save my answers"))
    return answered(form, form.get_by_role("button", name=name, exact=True))


@pytest.mark.parametrize("stem", EACH)
def test_a_worksheet_runs_to_its_end(stem: str, host: str, desk: BrowserContext, tmp_path: Path) -> None:
    page = desk.new_page()
    seen = Seen()
    seen.watch(page, host)
    older: list[str] = []
    page.on("console", lambda said: older.append(said.text) if "current version of Vega-Lite" in said.text else None)
    _start(page, host, stem)

    notebook = json.loads((ROOT / "exercises" / f"{stem}.ipynb").read_text("utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    ran = page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets.filter((cell) => cell.model.executionCount > 0).length"
    )
    assert ran == len(cells)
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
    assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.stderr']").count() == 0

    solved = json.loads((ROOT / "exercises" / "solutions" / f"{stem}.ipynb").read_text("utf-8"))
    if _charts_without_answers(notebook, solved):
        expect(page.locator(".jp-OutputArea-output :is(canvas, svg).marks").first).to_be_visible(timeout=SLOW)
    drawn = page.locator(".jp-OutputArea-output svg.marks text").all_text_contents()
    assert [text for text in drawn if "eg_" in text] == []  # names of our own columns: a lost `"axis": null`
    assert older == []  # another Vega-Lite than the book's draws other charts
    for form in (asking := forms(page)):
        empty = form.locator(".eg-check").last.inner_text()
        fill(form)
        assert re.search(r"\w{3}", heard := said(form))
        # Two forms wait for another button first: to place a dot, to hand words in.
        assert heard != empty or re.search("press|hand in", empty)
    assert len(asking) >= 6
    expect(page.get_by_text(STUMBLED)).to_have_count(0)

    if page.get_by_role("button", name="Save my answers").count():
        _journal(page, tmp_path, stem)
    else:
        page.get_by_role("button", name="Delete everything").press("Enter")
        _expect_empty(page)
    # Answers with an error. Requests that the worker took over are reported as failed too, though they arrived.
    assert [found for found in seen.failed if not found.startswith(host)] == []
    _clear(page)
    assert seen.outside == []


@pytest.mark.full
def test_a_table_is_made_safe_where_there_is_no_integer_program(host: str, desk: BrowserContext) -> None:
    page = desk.new_page()
    _start(page, host, "protect-small-numbers")
    form = page.locator(FORM, has_text="Task 2")
    form.locator("input[type=text]").fill("9")
    for row, choice in (("Arabic", "Hide"), ("English", "Show"), ("Somali", "Show"), ("Spanish", "Hide")):
        form.get_by_label(f"The row {row}").select_option(choice)
    assert said(form).startswith("Yes")
    expect(page.get_by_text("nothing small can be worked out")).to_be_visible(timeout=SLOW)


def _charts_without_answers(notebook: dict[str, Any], solved: dict[str, Any]) -> bool:
    """Whether a cell without any answer of the reader's draws a chart in the executed solution."""
    learner = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
    return any(
        "application/vnd.vegalite.v5+json" in output.get("data", {})
        for cell in solved["cells"]
        if cell["cell_type"] == "code" and "".join(cell["source"]) == learner.get(cell["id"])
        for output in cell["outputs"]
    )


def _journal(page: Page, folder: Path, stem: str) -> None:
    """What was typed is saved, downloaded, cleared, put back from the download, and loaded."""
    unkept = UNKEPT.get(stem, ())
    kept = [form for form in forms(page) if not form.inner_text().strip().startswith(unkept or "-")]
    assert len(kept) == len(forms(page)) - len(unkept)
    before = [values(form) for form in kept]
    assert all(all(held) for held in before)
    with page.expect_download() as saved:
        assert "in your downloads" in _press(page, "Save my answers")
    assert saved.value.suggested_filename == f"{stem}.journal.json"
    file = folder / "saved.json"
    saved.value.save_as(file)
    assert WORDS in file.read_text("utf-8")
    with page.expect_download() as word:
        _press(page, "Word file")
    assert word.value.suggested_filename == f"{stem}.docx"

    assert "is deleted" in _press(page, "Clear what I typed")
    _expect_empty(page)
    assert "back" not in _press(page, "Load my answers")
    assert not any(any(values(form)) for form in forms(page))

    other = folder / "other.json"
    other.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "worksheet": "another"}), "utf-8")
    for chosen, told in (
        (other, "is not a journal of this worksheet. Nothing was changed."),
        (file, "Your file is here"),
    ):
        with page.expect_file_chooser() as chooser:
            page.locator("#eg-bar").get_by_role("button", name="Put back a saved journal").click()
        chooser.value.set_files(chosen)
        expect(page.locator("#eg-line")).to_contain_text(told, timeout=SLOW)
    assert "your answers are back" in _press(page, "Load my answers")
    assert [values(form) for form in kept] == before


def _expect_empty(page: Page) -> None:
    for form in forms(page):
        for control in form.locator(CONTROLS).all():
            expect(control).to_have_value(UNANSWERED, timeout=SLOW)


def _clear(page: Page) -> None:
    """The bar's button leads to a page that has deleted what the browser kept."""
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("#eg-bar").get_by_role("button", name="Clear what I typed").click()
    expect(page.locator("#cleared")).to_contain_text("Cleared.", timeout=SLOW)
    names = page.evaluate("async () => (await indexedDB.databases()).map((one) => one.name)")
    assert set(names) & set(STORAGE) == set()


def test_nothing_is_loaded_before_the_button_is_pressed(host: str, desk: BrowserContext) -> None:
    page = desk.new_page()
    seen = Seen()
    seen.watch(page, host)
    page.goto(f"{host}exercises/{STEMS[0]}.html", wait_until="networkidle")
    assert [url for url in seen.requests if "/lite/" in url] == []


def test_the_notice_comes_first_and_a_line_says_how_much_is_left(host: str, desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto(f"{host}exercises/{STEMS[0]}.html")
    page.evaluate("window.name = 'lines'")
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { window.said = []; new MutationObserver(() =>"
        " said.push(line.textContent)).observe(document.getElementById('line'), {childList: true}); })"
    )
    page.get_by_role("link", name="Run in the browser").click()
    expect(page.locator(".notice").first).to_contain_text(PROMISE)
    expect(page.locator(".notice").first).to_contain_text(SHARED)
    expect(page.locator("#start")).to_be_enabled(timeout=SLOW)
    lines = page.evaluate("said")
    left = [float(found[1]) for text in lines if (found := re.search(r"([\d.]+) MB are left", text))]
    assert len(left) > 10
    assert left == sorted(left, reverse=True)
    assert left[0] > 20 > left[-1]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (("*.whl", 403, "text/html"), "holds back the file"),
        (("*.wasm", 200, "application/octet-stream"), "application/wasm"),
        (("*.mjs", 200, "text/plain"), "text/javascript"),
    ],
)
def test_a_start_that_fails_says_why(broken: tuple[str, int, str], said: str, host: str, browser: Browser) -> None:
    desk = browser.new_context(service_workers="block")
    page = desk.new_page()
    # Without a worker the page would wait for one: what is asked here is what it says about files.
    page.add_init_script("Object.defineProperty(navigator.serviceWorker, 'register', {value: async () => ({})});"
                         "Object.defineProperty(navigator.serviceWorker, 'ready', {value: Promise.resolve()});"
                         "Object.defineProperty(navigator.serviceWorker, 'controller', {value: {}})")  # fmt: skip
    pattern, status, kind = broken
    page.route(f"**/{pattern}", lambda route: route.fulfill(status=status, content_type=kind, body="x"))
    page.goto(f"{host}lite/index.html?worksheet={STEMS[0]}")
    expect(page.locator("#failure")).to_be_visible(timeout=SLOW)
    expect(page.locator("#why")).to_contain_text(said)
    assert page.locator("#failure a.download").get_attribute("href") == f"../exercises/{STEMS[0]}.ipynb"
    expect(page.locator("#start")).to_be_hidden()
    desk.close()


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "https"),
        ("delete window.WebAssembly", "too old"),
        ("delete window.BroadcastChannel", "too old"),
    ],
)
def test_a_browser_that_cannot_is_told_so(without: str, said: str, host: str, desk: BrowserContext) -> None:
    page = desk.new_page()
    page.add_init_script(without)
    page.goto(f"{host}lite/index.html?worksheet={STEMS[0]}")
    expect(page.locator("#why")).to_contain_text(said)
    expect(page.locator("#failure a.download")).to_be_visible()


def test_from_a_folder_the_button_says_why_and_offers_the_download(site: Path, desk: BrowserContext) -> None:
    page = desk.new_page()
    page.goto((site / "exercises" / f"{STEMS[0]}.html").as_uri())
    page.get_by_role("link", name="Run in the browser").click()
    expect(page.locator(".eg-run-status")).to_contain_text("from a folder")
    expect(page.locator("a.eg-download[href$='.ipynb']")).to_be_focused()
    assert page.url.endswith(f"exercises/{STEMS[0]}.html")
    page.goto((site / "lite" / "index.html").as_uri() + f"?worksheet={STEMS[0]}")
    expect(page.locator("#why")).to_contain_text("from a folder")


def test_only_the_browser_copy_has_the_wider_policy(site: Path) -> None:
    for path in site.rglob("*.html"):
        wider = POLICY in path.read_text("utf-8")
        assert wider == ("lite" in path.relative_to(site).parts), path
    assert "http:" not in POLICY
    assert "https:" not in POLICY


def test_the_worksheets_are_worded_for_this_route(site: Path) -> None:
    files = sorted((site / "lite" / "files").glob("*.ipynb"))
    assert [path.stem for path in files] == STEMS
    for path in files:
        notebook = json.loads(path.read_text("utf-8"))
        cells, private = notebook["cells"], notebook["metadata"]["equityguide"].get("private", False)
        text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        assert [told in text for told in (PROMISE, SHARED)] == [not private] * 2, path.name
        assert [told in text for told in (PRIVATE, PRIVATE_SHARED)] == [private] * 2, path.name
        assert ("Journal" in text) is not private, path.name
        assert not re.search(r"Run All Cells|JupyterHub|Binder|folder of this notebook", text), path.name
        assert ".md)" not in text, path.name


@pytest.mark.full
def test_a_worksheet_saved_from_an_older_edition_is_the_readers_before_it_gives_way(
    host: str, desk: BrowserContext
) -> None:
    page, stem = desk.new_page(), "policy-review"
    _start(page, host, stem)
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    page.evaluate(f"localStorage.setItem('equityguide:edition:{stem}', 'an older one')")
    page.goto(f"{host}lite/index.html?worksheet={stem}")
    expect(page.locator("#start")).to_be_enabled(timeout=SLOW)
    with page.expect_download() as saved:
        page.locator("#start").click()
    assert saved.value.suggested_filename == f"{stem} (earlier edition).ipynb"
    assert json.loads(saved.value.path().read_text("utf-8"))["cells"]
    expect(page.locator("#line")).to_contain_text("now in your downloads")
    page.locator("#start").click()
    page.wait_for_selector("body[data-worksheet=ready]", timeout=SLOW, state="attached")


@pytest.mark.full
def test_the_package_compiles_to_the_same_bytes(site: Path, root: Path, tmp_path: Path) -> None:
    base = next((root / "_build" / ".cache" / "lite").glob("base-*"))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (build._own(root, base, tmp_path / name, lambda said: None) for name in ("one", "two"))
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()
    assert (site / "lite" / build.RUNTIME / one.name).read_bytes() == one.read_bytes()
