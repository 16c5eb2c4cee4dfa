from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import manners
import pytest

from equityguide.worksheets import shared_glossary as task
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "compare": task.compare, "words": task.words, "entry": task.entry,
    "roll-out": task.roll_out,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "compare": {name: list(task.NAMES.values()) for name in ("list", "society", "avoid", "act")},
    "words": {name: list(task.SAME.values()) for name in ("gaps", "all", "language", "day")},
    "roll-out": {name: list(task.AUDIENCES.values()) for name in ("first", "then")},
}
HEAD = "term,version,date,meaning,example,source,owner,change\n"
EARLIER = HEAD + (
    'Gap,1,2026-01-10,"How far two groups are apart, in points.",Screening by language.,Ours,Analyst,First version\n'
    "Gap,2,2026-06-01,How far care for one group falls short.,Screening by language.,Ours,Analyst,Care is the subject\n"
    "Panel,1,2026-02-01,All patients of one team.,The east clinic.,Ours,Clinic manager,First version\n"
)


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"heard": "else"},
        "compare": {"list": "sinai", "society": "cdc", "avoid": "whitehead", "act": "minnesota", "items": 8},
        "words": {
            "gaps": "same", "all": "changed", "language": "same", "day": "changed",
            "phrase": "Vulnerable patients, and nobody says who.",
        },
        "entry": {
            "file": None, "term": "Gap", "meaning": "How far care falls short for one group.",
            "example": "Screening calls in one language only.", "source": "Ours", "owner": "Quality analyst",
            "date": "May 31, 2027", "change": "First version",
        },
        "roll-out": {
            "first": "board", "then": "staff", "channel": "news", "propose": "Send it to the keeper's box.",
            "owner": "Librarian and equity lead", "review": "2027-09",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}), optional=("file",))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("compare", {"list": "cdc"}, "Look again: look for the one that you could go through"),
        ("compare", {"items": 9}, "Close: air and water stand together"),
        ("compare", {"items": "many"}, "Look again: write one number, in digits."),
        ("words", {"gaps": "changed"}, "Look again: first case: ask who is named and what is counted. Both are still"),
        ("words", {"all": "same"}, "Look again: second case: ask who is named and what is counted. One of them is gone."),
        ("words", {"language": "changed"}, "Look again: third case: ask who is named"),
        ("words", {"day": "same"}, "Look again: fourth case: ask who is named"),
        ("words", {"phrase": "Access"}, "Close: write a phrase used here"),
        ("entry", {"term": "a word that is really a whole long sentence"}, "Close: one text has 9 words."),
        ("entry", {"meaning": "A gap is a gap in care."}, "Close: the meaning uses the word itself."),
        ("entry", {"meaning": "Distance."}, "Close: write what it means here, in a few more words."),
        ("entry", {"owner": "Ms. Jones"}, "Close: that looks like a person's name."),
        ("entry", {"date": "soon"}, "Close: write the date of this version: a day"),
        ("entry", {"file": File("g.csv", EARLIER.encode())}, "Yes: this is version 3 of this entry. The versions before"),
        ("entry", {"file": File("g.csv", EARLIER.encode()), "date": "2026-05-01"}, "Close: the version before this one"),
        (
            "entry",
            {"file": File("g.csv", EARLIER.encode()), "meaning": "How far care for one group falls short."},
            "Close: this is the meaning that the file has already.",
        ),
        ("entry", {"file": File("g.csv", None)}, "Look again: g.csv could not be opened"),
        ("entry", {"file": File("g.csv", b"a,b\n1,2\n")}, "Look again: g.csv is not a glossary from here"),
        ("entry", {"file": File("g.csv", b"\xff\xfe\x00")}, "Look again: g.csv is not UTF-8 text."),
        ("roll-out", {"first": "staff"}, "Close: they came second."),
        ("roll-out", {"then": "board"}, "Close: they came first."),
        ("roll-out", {"review": "often"}, "Close: write when it is looked at again"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_a_first_version_speaks_of_none_before_it() -> None:
    assert said("entry") == Result("right", "this is version 1 of this entry.")


def test_the_list_has_as_many_things_as_the_check_says() -> None:
    told = dict(task.DEFINITIONS.values())["C. An institute at Mount Sinai"]
    assert told.count(";") + 1 == task.ITEMS
    page = (ROOT / "book/field/research-cores.md").read_text("utf-8")
    for thing in ("nourishing food", "a stable home", "a good school", "clean air and clean water", "good care"):
        assert thing in told
        assert thing in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is not a glossary from here: the column term"),
        (HEAD.replace("change", "term"), "the column term is not there once"),
        (HEAD + ",1,2026-01-01,m,e,s,o,c\n", "row 2, column term: it is empty"),
        (HEAD + "Gap,one,2026-01-01,m,e,s,o,c\n", "row 2, column version: 'one' is no count. Write 1."),
        (HEAD + "Gap,1,d,m,e,s,o,c\nGap,1,d,other,e,s,o,c\n", "row 3: Gap has version 1 twice."),
        (HEAD + 'Gap,1,d,"m,e,s,o,c\n', "quotation marks do not pair"),
        (HEAD + "Gap,1,d,m,e,s,o,c\n" * 2_000, "more than 2,000 rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(content: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        task.read(content.encode(), "g.csv")


def test_what_is_written_is_read_back_the_same() -> None:
    entries = task.read(EARLIER.encode(), "g.csv")
    odd = task.Entry('=HYPERLINK("x")', 1, "2026-01-01", "-2, and\tmore", "@home", "'quoted'", "+role", "")
    assert task.read(task.write([*entries, odd]), "g.csv") == [odd, *entries]
    assert "\n=HYPERLINK" not in task.write([odd]).decode()


def test_a_saved_glossary_keeps_every_version(tmp_path: Path) -> None:
    answers = right()["entry"]
    assert task.save(answers, tmp_path).sentence == "the glossary is in glossary.csv: Gap, version 1."
    assert task.save(answers, tmp_path).sentence == "glossary.csv has this meaning already. Nothing was changed."
    changed = {
        **answers,
        "term": "gap",
        "meaning": "How far one group is from its own aim.",
        "change": "Aim, not others",
    }
    assert task.save(changed, tmp_path).sentence == "the glossary is in glossary.csv: Gap, version 2."
    with (tmp_path / "glossary.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["term"], row["version"]) for row in rows] == [("Gap", "1"), ("Gap", "2")]
    assert [row["date"] for row in rows] == ["2027-05-31"] * 2


def test_in_a_browser_the_glossary_is_a_download_each_time(tmp_path: Path, downloads: dict[str, bytes]) -> None:
    assert task.save(right()["entry"], tmp_path).state == "noted"
    written = (tmp_path / "glossary.csv").read_bytes()
    assert downloads == {"glossary.csv": written}
    downloads.clear()
    assert "already" in task.save(right()["entry"], tmp_path).sentence
    assert downloads == {"glossary.csv": written}, "whoever lost the file gets it once more"


def test_entries_of_the_file_there_and_of_the_one_chosen_are_both_kept(tmp_path: Path) -> None:
    other = HEAD + "Ward,1,2026-01-01,A floor with beds.,Ours,Ours,Clerk,First version\n"
    (tmp_path / "glossary.csv").write_text(other, encoding="utf-8")
    assert task.save({**right()["entry"], "file": File("g.csv", EARLIER.encode())}, tmp_path).state == "noted"
    kept = task.read((tmp_path / "glossary.csv").read_bytes(), "g.csv")
    assert [(one.term, one.version) for one in kept] == [("Gap", 1), ("Gap", 2), ("Gap", 3), ("Panel", 1), ("Ward", 1)]


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"my own notes\n"])
def test_a_file_that_is_no_glossary_is_never_replaced(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "glossary.csv").write_bytes(content)
    result = task.save(right()["entry"], tmp_path)
    assert "could not be read, and was left as it is" in result.sentence
    assert (tmp_path / "glossary.csv").read_bytes() == content
    assert len(task.read((tmp_path / "glossary-2.csv").read_bytes(), "g.csv")) == 1


@pytest.mark.parametrize(
    "changed", [{"term": None}, {"meaning": "Gap."}, {"date": "soon"}, {"file": File("g.csv", None)}]
)
def test_an_unfinished_entry_writes_nothing(changed: dict[str, Any], tmp_path: Path) -> None:
    result = task.save({**right()["entry"], **changed}, tmp_path)
    assert result.state == "not yet"
    assert result.sentence.startswith("nothing was written. First: ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "could not be written" in task.save(right()["entry"], tmp_path / "file").sentence


def test_a_long_meaning_is_saved_whole(tmp_path: Path) -> None:
    meaning = " ".join(["understanding"] * 39) + " end"
    task.save({**right()["entry"], "meaning": meaning}, tmp_path)
    assert task.read((tmp_path / "glossary.csv").read_bytes(), "g.csv")[0].meaning == meaning


def test_the_glossary_and_its_log_are_shown_as_they_stand() -> None:
    answers = {**right()["entry"], "file": File("g.csv", EARLIER.encode())}
    now, log = task.entry_seen(answers)
    assert "How far care falls short for one group." in repr(now)
    assert "in points" not in repr(now)
    assert [row.count("Gap") for row in map(list, log.body)] == [1, 1, 1, 0]
    assert len(task.entry_seen({**answers, "meaning": None})[1].body) == 3
    assert task.entry_seen(dict.fromkeys(answers)) == []
    assert task.entry_seen({**answers, "file": File("g.csv", b"x")}) == []


def test_typed_markup_is_shown_as_text() -> None:
    now, _ = task.entry_seen({**right()["entry"], "source": "<script>alert(1)</script>"})
    assert "<script>" not in now._repr_html_()
