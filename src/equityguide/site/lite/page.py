"""What readers meet in the browser copy: the page before a worksheet, the notebook's own page, and its words."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from equityguide.figure import markup

# Pyodide compiles and the notebook writes styles, so this is wider than the pages' policy. No other host either.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:"
)
# The browser's databases: files, settings, layout. "Clear what I typed" deletes them.
STORAGE = ("equityguide worksheets", "equityguide settings", "equityguide layout")
PROMISE = (
    "Nothing you type is sent to anyone. Python runs inside this browser. But this browser remembers what you save, "
    "until you press “Clear what I typed”."
)
SHARED = (
    "Is this a shared computer? Then the next person can read what you saved here. Download your journal at the end "
    "and press “Clear what I typed” before you leave."
)
# The same for a worksheet that is private: the browser copy keeps that promise as the downloaded notebook does.
PRIVATE = (
    "Nobody but those at this screen. Python runs inside this browser and sends nothing. This worksheet is private: it "
    "keeps nothing. What you type is in the memory of the open page and is gone when you close it. No file is written "
    "unless you ask for a page at the end; that one goes into your downloads."
)
PRIVATE_SHARED = "On a shared computer, press “Delete everything” and close the page before you leave."
LEAVE_OUT = (
    "Do not write about patients, and do not name colleagues. Others may be able to ask for work notes; in a public "
    "hospital they may be public records."
)
_START = "**To start:** wait until the line above says *Ready*. The worksheet sets itself up."
_QUESTION = "Who sees what you type?"
_WHO = f"**{_QUESTION}** {PROMISE} {SHARED} {LEAVE_OUT}"
_WHO_PRIVATE = f"**{_QUESTION}** {PRIVATE} {PRIVATE_SHARED}"
_JOURNAL = (
    "Save your answers if you want to go on another day. This browser keeps them, and you get them as a file in your "
    "downloads too. To go on in another browser, press *Put back a saved journal* above, choose that file, and press "
    "*Load my answers*."
)
_NOWHERE = "and nowhere else."  # ends what a downloaded notebook says of its journal
_LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)\s]+\)")


@dataclass(frozen=True)
class Sheet:
    """A worksheet as the browser copy has it: its notebook, worded for the browser, and how it is listed.

    A `private` one keeps nothing, and says so wherever the others say what is kept.
    """

    stem: str
    title: str
    minutes: int
    notebook: bytes
    private: bool

    @property
    def edition(self) -> str:
        """Another notebook, another edition."""
        return hashlib.sha256(self.notebook).hexdigest()[:12]


def sheet(stem: str, notebook: str) -> Sheet:
    """The learner's copy `notebook` (JSON) as the browser gets it. Raises `ValueError` if it lacks title or minutes."""
    read = json.loads(notebook)
    about = read["metadata"].get("equityguide", {})
    if not {"title", "minutes"} <= set(about):
        raise ValueError(f"exercises/{stem}.ipynb names no title and minutes. Write it anew: make worksheets.")
    private = about.get("private") is True
    for cell in read["cells"]:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            if text.startswith("## Journal"):
                # What a worksheet adds about its own journal holds here too.
                cell["source"] = f"## Journal\n\n{_JOURNAL}{text.partition(_NOWHERE)[2]}"
            else:
                cell["source"] = worded(text, private)
    read["metadata"]["kernelspec"] = {"display_name": "Python", "language": "python", "name": "python"}
    text = json.dumps(read, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return Sheet(stem, str(about["title"]), int(about["minutes"]), text.encode(), private)


def worded(text: str, private: bool) -> str:
    """A worksheet's words for this route: how it starts, who sees what is typed; links into the book as plain text."""
    paragraphs = []
    for paragraph in text.split("\n\n"):
        if paragraph.startswith("**To start:**"):
            paragraph = _START
        elif paragraph.startswith(f"**{_QUESTION}**"):
            paragraph = _WHO_PRIVATE if private else _WHO
        # Links lead to files of the checkout, which the notebook's file browser would look for in vain.
        paragraphs.append(_LINK.sub(r"\1", paragraph))
    return "\n\n".join(paragraphs)


def start(sheets: Sequence[Sheet], parts: Sequence[Mapping[str, Any]], version: str, store: str) -> str:
    """The page before a worksheet. Without scripts, or from a folder, it still says what it is and leads on.

    `store` is the browser's cache in which the service worker keeps the `parts`.
    """
    about = {
        "worksheets": [{"stem": s.stem, "title": s.title, "edition": s.edition, "private": s.private} for s in sheets],
        "parts": list(parts),
        "storage": list(STORAGE),
        "store": store,
        "version": version,
    }
    listed = "".join(
        f'<li><a href="index.html?worksheet={s.stem}">{html.escape(s.title)}</a>, {s.minutes} minutes '
        f'(or <a href="../exercises/{s.stem}.ipynb" download>download it</a>)</li>'
        for s in sheets
    )
    size = sum(part["size"] for part in parts) / 1e6
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Worksheets of the guidebook Closing the Gap that run in the browser.">
<title>Worksheets in the browser · Closing the Gap</title>
<link rel="icon" href="../_static/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="start.css">
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{{}}</script>
<script id="equityguide-lite" type="application/json">{markup.inline(about)}</script>
<script src="start.js" defer></script>
</head><body><main>
<div id="choose"><h1>Worksheets in the browser</h1>
<p>Pick a worksheet. It opens in this browser; there is nothing to install.</p><ul>{listed}</ul></div>
<div id="sheet" hidden><h1 id="title"></h1>
<div class="notice"><h2>Before you start</h2>
<div data-private="false"><p>{PROMISE}</p><p><strong>{SHARED}</strong></p></div>
<div data-private="true"><p><strong>{_QUESTION}</strong> {PRIVATE}</p><p><strong>{PRIVATE_SHARED}</strong></p></div>
<p>{LEAVE_OUT}</p></div>
<p id="line" role="status">Getting ready …</p>
<progress id="bar" aria-label="How much of Python has been loaded"></progress>
<p><button type="button" id="start" class="first" disabled>Start</button></p>
<div id="failure" class="notice" role="alert" hidden><h2>The worksheet cannot run here</h2><p id="why"></p>
<p>You can still fill it in: <a class="button download" href="../exercises/index.html">Download this worksheet</a>
and open it with Jupyter on your own computer.</p></div>
<p><a id="back" href="../index.html">Back to the worksheet's page</a> ·
<a class="download" href="../index.html">Download this worksheet</a> ·
<a href="../book/reference/for-it.html">For hospital IT</a></p></div>
<noscript><p class="notice">Worksheets in the browser need JavaScript. Download one instead.</p></noscript>
<h2>Clear what I typed</h2>
<p>This deletes all that you saved from any worksheet in this browser. Files in your downloads stay.</p>
<p><button type="button" id="clear">Clear what I typed</button></p><p id="cleared" role="status"></p>
<p>The first visit loads about {size:.0f} MB, less where the server compresses. Later visits load next to nothing.</p>
</main></body></html>
"""


def notebook(stock: str, charts: str, kernel: str, private: Sequence[str]) -> str:
    """JupyterLite's page of a single notebook with our policy, our bar, our chart library and the text's language.

    `charts` is the library's path below `lite/`, `kernel` that of the worker in which Python starts, `private` are the
    stems of the worksheets of which the bar offers to put nothing back.
    """
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<link rel="icon" href="favicon.ico"><link rel="stylesheet" href="../worksheet.css">'
    )
    made = stock.replace("<html>", '<html lang="en">', 1).replace("<head>", f'<head><meta charset="utf-8">{head}', 1)
    made = re.sub(r"<title>[^<]*</title>", "<title>Worksheet · Closing the Gap</title>", made, count=1)
    made = re.sub(r'\s*<link rel="manifest"[^>]*>', "", made)
    known = f'data-vega="{charts}" data-kernel="{kernel}" data-private="{" ".join(private)}"'
    script = f'<script src="../worksheet.js" {known}></script>'
    return re.sub(r"(<body[^>]*>)", rf"\1{script}", made, count=1)
