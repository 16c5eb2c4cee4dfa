"""A worksheet on paper and in Word: what it asks is all there, whatever the words are, and nothing is answered."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree

from bs4 import BeautifulSoup

from equityguide.worksheets import docx, forms, sheet
from equityguide.worksheets.check import Result

WORD = f"{{{docx.MAIN}}}"
HOSTILE = 'Who & "why" <b>? \x00 ]]>'
LONG = "Which of these many words would you choose if you had to choose one of them today?"
BLOCKS: list[sheet.Block] = [
    sheet.Said("heading", "Task 1"),
    sheet.Said("text", "Look around."),
    sheet.Said("point", "First"),
    sheet.Said("point", "Second"),
    sheet.Shown("Two places.", ("Place", "Rain"), (("East", "4"), ("North", "7"))),
    sheet.Shown("It rained.", figure="rain"),
    sheet.Asked(
        "Your place",
        "Say it aloud.",
        (
            sheet.Question("Which area?", "select", "Any.", 1, ("East", "North & West")),
            sheet.Question(LONG, "select", "", 1, tuple(f"Area {n}" for n in range(13))),
            sheet.Question("How many years?", "number"),
            sheet.Question(HOSTILE, "text", "Three lines.", 3),
        ),
    ),
]


def body(content: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return ElementTree.fromstring(package.read("word/document.xml"))


def attribute(control: ElementTree.Element, name: str) -> str:
    found = control.find(f"{WORD}sdtPr/{WORD}{name}")
    assert found is not None
    return found.get(f"{WORD}val", "")


def test_the_word_file_asks_everything_and_can_be_filled_in() -> None:
    read = body(sheet.document("Places", "About it.", BLOCKS))
    text = " ".join(one.text or "" for one in read.iter(f"{WORD}t"))
    for said in ("Places", "About it.", "Task 1", "Look around.", "First", "Your place", "Say it aloud.", "Any."):
        assert said in text
    controls = list(read.iter(f"{WORD}sdt"))
    assert len(controls) == 4
    assert attribute(controls[0], "alias") == "Which area?"
    assert attribute(controls[1], "alias") == LONG[:63] + "…"
    assert attribute(controls[3], "alias") == HOSTILE.replace("\x00", "\ufffd")
    assert len({attribute(one, "id") for one in controls}) == len({attribute(one, "tag") for one in controls}) == 4
    # The control itself cannot be deleted by a stray key; what stands in it can.
    assert {attribute(one, "lock") for one in controls} == {"sdtLocked"}
    menus = [[item.get(f"{WORD}displayText") for item in one.iter(f"{WORD}listItem")] for one in controls]
    assert menus[0] == ["East", "North & West"]
    assert len(menus[1]) == 13
    assert menus[2:] == [[], []]
    # Room to write: a line more than the screen has.
    assert [len(one.findall(f"{WORD}sdtContent/{WORD}p")) for one in controls] == [1, 1, 2, 4]


def test_points_are_a_list_of_words_own() -> None:
    content = sheet.document("Places", "About it.", BLOCKS)
    styles = [one.get(f"{WORD}val") for one in body(content).iter(f"{WORD}pStyle")]
    assert styles.count("ListBullet") == 2 + 2
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            ElementTree.fromstring(package.read(name))
        style = ElementTree.fromstring(package.read("word/styles.xml"))
        numbers = ElementTree.fromstring(package.read("word/numbering.xml"))
        assert "numbering.xml" in package.read("word/_rels/document.xml.rels").decode()
        assert "/word/numbering.xml" in package.read("[Content_Types].xml").decode()
    [used] = [one.get(f"{WORD}val") for one in style.iter(f"{WORD}numId")]
    assert [one.get(f"{WORD}numId") for one in numbers.iter(f"{WORD}num")] == [used]


def test_the_word_file_is_the_same_bytes_each_time() -> None:
    assert sheet.document("T", "a", BLOCKS) == sheet.document("T", "a", BLOCKS)


def test_a_label_stands_right_above_its_control() -> None:
    parts = list(body(sheet.document("T", "a", BLOCKS)).find(f"{WORD}body") or [])
    for place, part in enumerate(parts):
        if part.tag == f"{WORD}sdt":
            above = "".join(one.text or "" for one in parts[place - 1].iter(f"{WORD}t"))
            assert above.startswith(attribute(part, "alias").rstrip("…"))
            style = parts[place - 1].find(f"{WORD}pPr/{WORD}pStyle")
            assert style is not None
            assert style.get(f"{WORD}val") == "Question"  # which stays on the page of what follows


def test_the_page_has_boxes_for_few_entries_and_lines_for_the_rest() -> None:
    page = BeautifulSoup(
        sheet.page("Places", "About it.", BLOCKS, "places.html", {"rain": "<p>A drawing of rain.</p>"}), "lxml"
    )
    asked = page.select(".eg-sheet-question")
    assert [len(one.select(".eg-sheet-boxes li")) for one in asked] == [2, 0, 0, 0]
    assert [len(one.select(".eg-sheet-line")) for one in asked] == [0, 1, 1, 6]
    assert "One of 13" in asked[1].get_text()
    assert HOSTILE.replace("\x00", "") in asked[3].get_text().replace("\x00", "").replace("\ufffd", "")
    assert [one.get_text() for one in page.select("section > ul > li")] == ["First", "Second"]
    assert [link["href"] for link in page.select("h1 + p a")] == ["places.html"]
    # The one box that can be ticked sets the page in large print; it is not printed.
    assert [box["id"] for box in page.select("input")] == ["eg-large"]
    assert not page.select("textarea, select, [style], script")


def test_what_a_task_shows_to_read_comes_with_it() -> None:
    page = BeautifulSoup(sheet.page("Places", "", BLOCKS, "places.html", {"rain": "<p>A drawing of rain.</p>"}), "lxml")
    table = page.select_one("table")
    assert table is not None
    assert [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tr")] == [
        ["Place", "Rain"],
        ["East", "4"],
        ["North", "7"],
    ]
    assert "A drawing of rain." in page.get_text()
    said = "".join(body(sheet.document("Places", "", BLOCKS)).itertext())
    assert "Two places.East: Rain 4North: Rain 7It rained." in said
    wide = sheet.Shown("All.", ("Place", "A", "B", "C", "D"), (("East", "1", "", "3", "4"),))
    listed = BeautifulSoup(sheet.page("Places", "", [wide], "places.html", {}), "lxml")
    assert [one.get_text() for one in listed.select("li")] == ["East: A 1; C 3; D 4"]


def test_only_a_word_file_whose_worksheet_has_charts_says_where_they_are() -> None:
    def said(blocks: list[sheet.Block]) -> bool:
        return sheet.ELSEWHERE in "".join(body(sheet.document("Places", "", blocks)).itertext())

    assert said(BLOCKS)
    assert not said([block for block in BLOCKS if not (isinstance(block, sheet.Shown) and block.figure)])
    assert sheet.ELSEWHERE not in sheet.page("Places", "", BLOCKS, "places.html", {"rain": ""})


def test_what_a_form_asks_has_no_answer_in_it() -> None:
    form = forms.Form(
        "asked-once",
        "Your place",
        [
            forms.select("area", "Which area?", {"East": "e"}, hint="Any."),
            forms.text("why", "Why?", lines=3),
            forms.table("t"),
        ],
        check=lambda answers: Result("right", "yes."),
        note="Say it aloud.",
    )
    form["area"], form["why"] = "e", "because of the bus"
    assert form.asked() == {
        "legend": "Your place",
        "note": "Say it aloud.",
        "questions": [
            {"label": "Which area?", "hint": "Any.", "kind": "select", "lines": 1, "options": ["East"]},
            {"label": "Why?", "hint": "", "kind": "text", "lines": 3, "options": []},
        ],
    }
