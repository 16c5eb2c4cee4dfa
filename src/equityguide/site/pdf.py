"""Pages printed to tagged PDF by Chromium, several at once, each only once.

A page is printed from disk, with scripts off and no network. What comes out is checked and kept under a key of the
caller's, so that an unchanged page is not printed again. The date of printing is taken out: the same page gives the
same text and tags on any day.
"""

from __future__ import annotations

import asyncio
import html
import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf
from playwright.async_api import Browser, Error, async_playwright

from equityguide.site.environment import chromium

# Nothing but the files on disk: a page cannot be whole thanks to another host.
FLAGS = ["--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"]
# Ids of boxes on a page: ticked, they set it in large print, or open a host's notes under the slides.
LARGE, NOTES = "eg-large", "eg-notes"
AT_ONCE = min(4, os.cpu_count() or 1)
MINUTES = 5  # that one page may take to print: the whole book is one page

_PIXELS = {"mm": 96 / 25.4, "in": 96.0}  # CSS pixels in one
# What is wider than the paper (a width in CSS pixels), None if nothing is.
_TOO_WIDE = """room => {
  if (document.documentElement.scrollWidth <= room + 1) return null;
  const wide = [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > room + 1);
  const last = wide.at(-1) ?? document.body;
  return `${last.localName} ${last.className}: ${last.textContent.trim().slice(0, 40)}`;
}"""
_HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(one => one.textContent)"


class PdfError(ValueError):
    """A page that could not be printed, or printed without what a screen reader needs; the text names the page."""


@dataclass(frozen=True)
class Paper:
    """A size of paper with its margins (CSS lengths), the words at its foot, and the box that is ticked on the page."""

    name: str
    title: str
    width: str
    height: str
    margin: str = "14mm"
    foot: str = ""
    tick: str = ""


A4, LETTER = ("210mm", "297mm"), ("8.5in", "11in")
FOOT = "CC BY 4.0"
SHEETS = (
    Paper("a4", "A4", *A4, foot=FOOT),
    Paper("letter", "Letter", *LETTER, foot=FOOT),
    Paper("a4-large", "A4, large print", *A4, foot=FOOT, tick=LARGE),
    Paper("letter-large", "Letter, large print", *LETTER, foot=FOOT, tick=LARGE),
)
SLIDES = (
    Paper("wide", "slides", "13.3333in", "7.5in", margin="0mm"),
    Paper("notes-a4", "slides with notes, A4", *A4, foot=FOOT, tick=NOTES),
    Paper("notes-letter", "slides with notes, Letter", *LETTER, foot=FOOT, tick=NOTES),
)
PAPERS = {one.name: one for one in (*SHEETS, *SLIDES)}


@dataclass(frozen=True)
class Task:
    """One page to print: its file, its paper, a key that differs whenever the PDF would, and a name for people."""

    page: Path
    paper: Paper
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} ({self.paper.title})"


def kept(task: Task, cache: Path) -> Path:
    """Where the PDF of `task` stands in `cache` once it has been printed."""
    return cache / f"{task.key}.pdf"


def print_all(tasks: Sequence[Task], cache: Path, show: Callable[[str], None]) -> None:
    """Print every task that `cache` does not hold yet; `show` is told what is being printed.

    Raises `PdfError` in one sentence for a page that cannot be printed, `ToolMissing` where there is no browser. What
    was printed until then is kept.
    """
    wanted = [task for task in dict.fromkeys(tasks) if not kept(task, cache).exists()]
    if wanted:
        cache.mkdir(parents=True, exist_ok=True)
        asyncio.run(_print_all(wanted, cache, chromium(), show))


async def _print_all(tasks: Sequence[Task], cache: Path, program: Path, show: Callable[[str], None]) -> None:
    waiting = iter(enumerate(tasks, start=1))
    async with async_playwright() as running:
        try:
            browser = await running.chromium.launch(executable_path=str(program), args=FLAGS)
        except Error as error:
            raise PdfError(f"{program} does not start: {_first(error)} Set CHROMIUM to another browser.") from error
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(AT_ONCE, len(tasks))):
                    group.create_task(_work(browser, waiting, len(tasks), cache, show))
        except ExceptionGroup as failed:
            # One page that fails ends the others; the first sentence is enough.
            raise failed.exceptions[0] from None
        finally:
            await browser.close()


async def _work(
    browser: Browser, waiting: Iterator[tuple[int, Task]], total: int, cache: Path, show: Callable[[str], None]
) -> None:
    for number, task in waiting:
        show(f"printing {number} of {total}: {task}")
        try:
            raw, headings = await _printed(browser, task)
        except Error as error:
            raise PdfError(f"{task} was not printed: {_first(error)} Open {task.page} in a browser.") from error
        # In a thread: reading and writing a long PDF would hold up the other pages.
        await asyncio.to_thread(_keep, raw, headings, task, cache)


async def _printed(browser: Browser, task: Task) -> tuple[bytes, list[str]]:
    """Chromium's own PDF of a page, and the page's headings."""
    # Each in a context of its own, which gives it a process of its own.
    context = await browser.new_context(java_script_enabled=False, offline=True, color_scheme="light")
    context.set_default_timeout(MINUTES * 60_000)
    try:
        page = await context.new_page()
        await page.goto(task.page.resolve().as_uri(), wait_until="load")
        if task.paper.tick:
            await page.evaluate("id => { document.getElementById(id).checked = true }", task.paper.tick)
        margin = task.paper.margin
        # Chromium would print a page that is too wide smaller, words and all, without a word about it.
        room = int(_pixels(task.paper.width) - 2 * _pixels(margin))
        await page.set_viewport_size({"width": room, "height": 1000})
        await page.emulate_media(media="print")
        if wide := await page.evaluate(_TOO_WIDE, room):
            raise PdfError(f"{task} is wider than its paper and would come out smaller: {wide}. Let it wrap.")
        raw = await page.pdf(
            width=task.paper.width,
            height=task.paper.height,
            margin={"top": margin, "right": margin, "bottom": margin, "left": margin},
            display_header_footer=bool(task.paper.foot),
            header_template="<span></span>",
            footer_template=_foot(task.paper),
            tagged=True,
            outline=True,
        )
        return raw, await page.evaluate(_HEADINGS)
    finally:
        await context.close()


def _pixels(length: str) -> float:
    """A CSS length in millimeters or inches as pixels."""
    return float(length[:-2]) * _PIXELS[length[-2:]]


def _foot(paper: Paper) -> str:
    size = "11pt" if paper.tick == LARGE else "7pt"
    return (
        f'<div style="width:100%;margin:0 {paper.margin};font:{size} Arial,sans-serif;color:#525a66;display:flex;'
        f'justify-content:space-between"><span><span class="title"></span> · {html.escape(paper.foot)}</span>'
        '<span><span class="pageNumber"></span> of <span class="totalPages"></span></span></div>'
    )


def _first(error: Error) -> str:
    return error.message.splitlines()[0].strip().rstrip(".") + "."


def _keep(raw: bytes, headings: Sequence[str], task: Task, cache: Path) -> None:
    path = kept(task, cache)
    part = path.with_suffix(".part")
    part.write_bytes(finished(raw, str(task), headings))
    part.replace(path)


def finished(raw: bytes, name: str, headings: Sequence[str] = ()) -> bytes:
    """The PDF `raw` as it is handed out: checked for tags, language, title and links, without the date of printing.

    Its outline takes its words from the page's `headings`.

    Raises `PdfError` naming `name` for what a screen reader would miss, or a link that leads into this machine.
    """
    with Pdf.open(io.BytesIO(raw)) as pdf:
        root, info = pdf.Root, pdf.docinfo
        lacking = [
            said
            for said, there in {
                "tags": bool(root.get(Name.MarkInfo, Dictionary()).get(Name.Marked, False))
                and "/StructTreeRoot" in root,
                "a language": "/Lang" in root,
                "a title": bool(str(info.get(Name.Title, "")).strip()),
            }.items()
            if not there
        ]
        if lacking:
            raise PdfError(f"{name} came out without {' and '.join(lacking)}. Print it with a newer Chromium.")
        if local := local_links(pdf):
            raise PdfError(f"{name} links to a file of this machine: {local[0]}. Make it text where it is printed.")
        title = str(info[Name.Title])
        for key in (Name.CreationDate, Name.ModDate):
            if key in info:
                del info[key]
        if Name.Outlines in root:
            _space(root.Outlines, {"".join(one.split()): " ".join(one.split()) for one in headings})
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as about:
            about["dc:title"] = title
            about["dc:language"] = {str(root.Lang)}
        out = io.BytesIO()
        pdf.save(
            out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, compress_streams=True
        )
    return out.getvalue()


def _space(node: Object, headings: Mapping[str, str]) -> None:
    """Chromium drops the blank where a heading goes on in a second line; the outline gets the page's own words."""
    child = node.get(Name.First)
    while child is not None:
        title = str(child.Title)
        child.Title = headings.get("".join(title.split()), title)
        _space(child, headings)
        child = child.get(Name.Next)


def local_links(pdf: Pdf) -> list[str]:
    """Addresses on this machine that the links of a PDF lead to; there should be none."""
    found = []
    for page in pdf.pages:
        for mark in page.get(Name.Annots, []):
            address = str(mark.get(Name.A, Dictionary()).get(Name.URI, ""))
            if address.startswith("file:"):
                found.append(address)
    return found
