"""The end of a private worksheet: delete everything, after one page to print where the reader chose to have one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Action, Form, select
from equityguide.worksheets.journal import Journal

KEEP = {"Nothing: delete all of it": "nothing", "One page to print, then delete the rest": "page"}


class Leave:
    """The last form of a worksheet: nothing is written unless the reader chose it, and "Delete everything" ends it.

    `forms` are all those that are emptied, `printed` those whose answers stand on the page, `paper` says what is
    left to do away from the screen. Shown last in a cell it is a form with two buttons.
    """

    def __init__(
        self,
        stem: str,
        title: str,
        forms: Sequence[Form],
        printed: Sequence[Form],
        paper: str,
        folder: Path | None = None,
    ) -> None:
        self.forms, self.paper = tuple(forms), paper
        self.journal = Journal(stem, title, printed, folder)
        self.form = Form(
            f"{stem}-leave",
            "Before you go",
            [select("keep", "What do you keep?", KEEP)],
            actions=[Action("Write the page to print", self.page), Action("Delete everything", self.delete)],
            blank="choose what you keep. Then press Delete everything",
            private=True,
        )

    def page(self) -> Result:
        """Write the page, if the reader chose to have one, under a name that no file has yet."""
        if self.form["keep"] != "page":
            return Result("not yet", "nothing was written. Choose the page above first, if you want one.")
        if not any(value is not None for form in self.journal.forms for value in form.values.values()):
            return Result("not yet", "there is nothing to print yet.")
        try:
            name = self.journal.page().name
        except OSError as error:
            return Result("again", f"the page could not be written ({error.strerror}).")
        return Result("noted", f"your page is {name}. Print it, delete that file, and then press Delete everything.")

    def delete(self) -> Result:
        """Empty every form of the worksheet, this one too."""
        for form in (*self.forms, self.form):
            form.clear()
        return Result("noted", f"everything here is deleted. {self.paper}")

    def _ipython_display_(self) -> None:
        self.form._ipython_display_()
