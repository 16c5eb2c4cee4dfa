"""What our Sphinx extension refuses, each planted in a small book and named in the build's message."""

from __future__ import annotations

from pathlib import Path

import pytest
import small_book

from equityguide.site.build import BuildFailed, build

FRONT = "---\ncovers: [{}]\n---\n\n# {}\n\n"

PAGES = {
    "missing": FRONT.format("S1.A1, S1.A2", "Missing") + "Says it. {covers}`S1.A1`\n",
    "unstated": FRONT.format("", "Unstated") + "Says it. {covers}`S1.A3`\n",
    "crowd": FRONT.format("A1, A2, A3, A4, A5, A6, A7", "Crowd") + "All. {covers}`A1, A2, A3, A4, A5, A6, A7`\n",
    "empty": FRONT.format("B1", "Empty") + "{covers}`B1`\n",
    "twice": FRONT.format("C1", "Twice") + "One. {covers}`C1`\n\nTwo. {covers}`C1`\n",
    "evidence": "# Evidence\n\nAn example. {evidence}`rumor; was tried; independent`\n",
    "bypass": small_book.page(
        "Bypass",
        small_book.cell("import altair as alt\nalt.Chart({'values': [{'a': 1}]}).mark_point().encode(x='a:Q')"),
    ),
}
SAID = {
    "missing": "covers: S1.A2 is in the front matter but has no {covers} anchor.",
    "unstated": "covers: S1.A3 has an anchor but is not in the front matter.",
    "crowd": "covers: 7 ids on one paragraph, at most 6.",
    "empty": "covers: B1 stands in an empty block.",
    "twice": "covers: C1 has two anchors on one page.",
    "evidence": "evidence: 'rumor; was tried; independent' is not understood.",
    "bypass": "a cell shows a chart or picture that bypasses figure().",
}


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = small_book.write(tmp_path_factory.mktemp("refused") / "book", PAGES)
    with pytest.raises(BuildFailed):
        build(folder)
    assert not (folder / "_build" / "html").exists()
    return (folder / "_build" / "build.log").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_each_fault_is_named_with_its_page(log: str, page: str) -> None:
    lines = [line for line in log.splitlines() if SAID[page] in line]
    assert lines, f"nothing says {SAID[page]!r}"
    assert any(f"book/{page}" in line for line in lines)


def test_two_figures_of_one_name_are_refused(tmp_path: Path) -> None:
    figure = small_book.FIGURE.replace("NAME", "visits")
    pages = {"one": small_book.page("One", figure), "two": small_book.page("Two", figure)}
    with pytest.raises(BuildFailed, match=r"figure name 'visits' is used in book/one and in book/two"):
        build(small_book.write(tmp_path / "book", pages))


def test_a_good_page_is_covered_and_listed(tmp_path: Path) -> None:
    text = FRONT.format("S1.A1.E1", "Good") + "Says it. {covers}`S1.A1.E1`\n\nA sum: $a^2$.\n"
    built = build(small_book.write(tmp_path / "book", {"good": text}))
    assert '"S1.A1.E1": [\n  "book/good.html#inv-s1-a1-e1"' in (built / "coverage.json").read_text("utf-8")
    page = small_book.output(built, "good")
    assert 'id="inv-s1-a1-e1"' in page
    assert "<math" in page
