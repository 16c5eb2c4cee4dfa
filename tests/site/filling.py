"""Fills in a worksheet that runs in a browser as a reader does: each form, found by its labels, typed or by arrow key."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

SLOW = 240_000  # ms; Python runs in a browser on a busy machine
WORDS = "The corner shop on Elm Street"
TABLE = b"area,indicator,value\nElm Hill,walks,3\nMill Bend,walks,5\n"
FORM = ".jp-OutputArea-output .eg-form"
# What a form says where a check or a chart lacks something that is not there where it runs.
STUMBLED = re.compile("this answer could not be read|these answers could not be drawn")
UNANSWERED = re.compile(r"^(Choose\s…)?$")  # the first entry of every menu is no answer
CONTROLS = "select:visible, textarea:visible, input[type=text]:visible"


def forms(page: Page) -> list[Locator]:
    """The forms that ask something, in the page's order: the journal's has buttons only."""
    return [form for form in page.locator(FORM).all() if form.locator(CONTROLS).count()]


def fill(form: Locator) -> None:
    """Answer every question by keyboard: a menu by the arrow key, the rest by words or a number.

    A control without a label for a screen reader to say fails here. Where a file is asked for, it is a small table.
    """
    for control in form.locator(CONTROLS).all():
        label = str(control.evaluate("one => one.labels.length ? one.labels[0].innerText : ''"))
        assert re.search(r"\w{2}", label), "a control has no label"
        control.focus()
        if control.evaluate("one => one.tagName") == "SELECT":
            control.page.keyboard.press("ArrowDown")
            expect(control).to_have_js_property("selectedIndex", 1)
            control.page.keyboard.type("x")  # a letter is no command here
        else:
            long = control.evaluate("one => one.tagName") == "TEXTAREA"
            control.page.keyboard.type(WORDS if long else "7")
            control.page.keyboard.press("Tab")
    for button in form.get_by_role("button", name=re.compile("choose a file")).all():
        with form.page.expect_file_chooser() as chooser:
            button.press("Enter")
        chooser.value.set_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": TABLE})


def answered(form: Locator, press: Locator) -> str:
    """Press a button of `form` by keyboard and return the sentence that takes the place of the one before."""
    status = form.locator(".eg-check").last
    before = status.inner_text() if status.count() else ""
    press.press("Enter")
    expect(status).to_have_text(re.compile(r"^\s*(?!One moment)\w"), timeout=SLOW)
    if before:
        expect(status).not_to_have_text(before, timeout=SLOW)
        expect(status).not_to_contain_text("One moment", timeout=SLOW)
    return status.inner_text()


def said(form: Locator) -> str:
    """What the form says about its answers: its check's sentence if it has one, else that they are noted."""
    check = form.get_by_role("button", name=re.compile("^Check"))
    if check.count():
        return answered(form, check)
    expect(form.locator(".eg-check").last).to_contain_text("Noted", timeout=SLOW)
    return form.locator(".eg-check").last.inner_text()


def values(form: Locator) -> list[str]:
    """What each control of the form holds; nothing for a menu without a choice."""
    found: list[str] = form.locator(CONTROLS).evaluate_all("all => all.map((one) => one.value)")
    return ["" if UNANSWERED.match(value) else value for value in found]
