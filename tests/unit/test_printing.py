"""PDFs beside a site's pages: laid and linked only where they are those of just this page, and kept between builds."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_book

from equityguide.__main__ import parser
from equityguide.site import pdf, printing
from equityguide.site.build import build
from equityguide.worksheets import sheet

SPOT = sheet.pdfs("../a/one-sheet")
PAGE = (
    "# Sheet\n\n```{raw} html\n<section "
    + sheet.PAPERS
    + "><p>To fill in.</p>"
    + sheet.pdfs("sheet")
    + "</section>\n```\n"
)


def test_a_place_is_filled_with_the_pdfs_there_are_and_emptied_again() -> None:
    there = {"book/a/one-sheet": {"a4": "A4", "letter": "Letter"}}
    page = f"<p>Or {SPOT} here, {sheet.pdfs('two')}.</p>"
    filled = printing.filled(page, "book/b/x.html", there)
    assert 'href="../a/one-sheet-a4.pdf">A4</a>, <a class="eg-download" href="../a/one-sheet-letter.pdf"' in filled
    assert filled.count("As PDF:") == 1
    assert printing.filled(filled, "book/b/x.html", there) == filled
    assert printing.filled(filled, "book/b/x.html", {}) == page


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return small_book.write(tmp_path / "book", {"sheet": PAGE, "other": "# Other\n\nWords.\n"})


def printed(root: Path, site: Path) -> None:
    """Stand-ins for the PDFs, kept as printing would keep them."""
    printing.kept(root).mkdir(parents=True, exist_ok=True)
    for task in printing.tasks(root, site):
        pdf.kept(task, printing.kept(root)).write_bytes(b"%PDF of " + str(task).encode())


def laid(site: Path) -> list[str]:
    return sorted(path.name for path in site.rglob("*.pdf"))


def test_a_later_build_lays_them_again_until_the_page_changes(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = build(book, after=lambda site: (printed(book, site), printing.lay(book, site))[1])
    names = [f"sheet-{paper}.pdf" for paper in ("a4", "a4-large", "letter", "letter-large")]
    assert laid(site) == names
    assert (site / "book/sheet-a4.pdf").read_bytes() == b"%PDF of sheet (A4)"
    assert small_book.output(site, "sheet").count(".pdf") == 4
    capsys.readouterr()
    build(book)
    assert "Nothing has changed" in capsys.readouterr().out
    (book / "book" / "other.md").write_text("# Other\n\nOther words.\n", "utf-8")
    build(book)
    assert laid(site) == names
    assert small_book.output(site, "sheet").count(".pdf") == 4
    (book / "book" / "sheet.md").write_text(PAGE.replace("To fill in.", "To fill in now."), "utf-8")
    build(book)
    assert laid(site) == []
    assert ".pdf" not in small_book.output(site, "sheet")


def test_a_paper_that_nobody_knows_is_named(book: Path) -> None:
    (book / "book" / "sheet.md").write_text(PAGE.replace("a4 letter", "a5 letter"), "utf-8")
    with pytest.raises(ValueError, match=r"sheet\.html asks for the paper 'a5'\. Use a4, letter"):
        build(book)


def test_each_command_is_a_target_of_the_makefile(root: Path) -> None:
    makefile = (root / "Makefile").read_text("utf-8")
    for command in ("handouts", "print"):
        assert f"\n{command}: $(STAMP) ## " in makefile
        assert f"\t@$(RUN) {command} $(if $(filter 0,$(LITE)),--without-lite)\n" in makefile
        assert parser().parse_args([command, "--without-lite"]).without_lite
