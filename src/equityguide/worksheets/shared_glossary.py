"""The checks and views of the worksheet "Shared glossary", and the glossary file, which keeps every version."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any

from equityguide import data
from equityguide.worksheets import browser, check, files, forms, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import File
from equityguide.worksheets.shown import Table

FILE_NAME = "glossary.csv"
MOST_ROWS = 2_000
MOST_WORDS = 6  # of a term
ITEMS = 8  # in Mount Sinai's list

HEARD = {"Equity": "equity", "Disparity": "disparity", "Upstream": "upstream", "Another one": "else"}

# As the book's glossary and chapters tell them, in our words.
DEFINITIONS = {
    "cdc": (
        "A. CDC, an older wording",
        "Everyone can become as healthy as they are able to be. Nobody is held back by their place in society, or by "
        "other conditions that society sets.",
    ),
    "whitehead": (
        "B. HealthPartners, after Margaret Whitehead",
        "A fair chance for all to reach full health. For daily use: nobody is held back from it where that can be "
        "avoided.",
    ),
    "sinai": (
        "C. An institute at Mount Sinai",
        "Having what health needs: nourishing food; a stable home; safe places to play and move; a good school; work "
        "with fair pay; clean air and clean water; good care; a life free of racism and exploitation.",
    ),
    "minnesota": (
        "D. A student at the University of Minnesota, on her work",
        "Action upstream: a change of policy and structure, with the community engaged.",
    ),
}
NAMES = {name: key for key, (name, _) in DEFINITIONS.items()}
SAME = {"The same work in other words": "same", "The work itself has changed": "changed"}
AUDIENCES = {"Patients": "patients", "The board and senior leaders": "board", "All staff": "staff"}
CHANNELS = {"Trainings": "training", "Discussion groups": "groups", "A book club": "club", "A newsletter": "news"}

# What a spreadsheet would take for a formula.
_FORMULA = re.compile(r"[=+\-@\t\r]")


@dataclass(frozen=True)
class Entry:
    """One version of one entry: `date` as year-month-day, `owner` a role, `change` why this version was made."""

    term: str
    version: int
    date: str
    meaning: str
    example: str
    source: str
    owner: str
    change: str


COLUMNS = [field.name for field in fields(Entry)]


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["heard"],
        list(HEARD.values()),
        ask="choose a word",
        right="whoever asks what a word means helps everyone who did not dare to.",
    )


def compare(answers: dict[str, Any]) -> Result:
    """What each of four definitions does that the others do not, and how long the list is."""
    wanted = {
        "list": ("sinai", "look for the one that you could go through item by item."),
        "society": ("cdc", "look for the one that says who sets the conditions."),
        "avoid": ("whitehead", "look for a fair chance, and for a limit to what is meant."),
        "act": ("minnesota", "look for the one that says what to do."),
    }
    return check.first(
        *check.chosen(answers, wanted, list(NAMES.values()), ask="choose one of the four for each question"),
        check.number(
            answers["items"],
            ITEMS,
            decimals=0,
            ask="write how many things stand in the list",
            again="the things are set apart by semicolons.",
            right="",
            slips=[(ITEMS + 1, "air and water stand together, as one.")],
        ),
        right="one has a list, one names society, one sets a limit, one says what to do. None of them is the only "
        "right one.",
    )


@forms.once
def definitions_seen(answers: dict[str, Any]) -> list[Table]:
    """The four side by side, whatever has been answered."""
    caption = "What four sources say of equity, in our words. The fourth tells of a way to work and is no definition."
    return [Table(caption, ["Source", "What it says"], [list(pair) for pair in DEFINITIONS.values()])]


def words(answers: dict[str, Any]) -> Result:
    """Where only the words change and where the work does; then a phrase of one's own."""
    kept = "ask who is named and what is counted. Both are still there."
    lost = "ask who is named and what is counted. One of them is gone."
    wanted = {
        "gaps": ("same", f"first case: {kept}"),
        "all": ("changed", f"second case: {lost}"),
        "language": ("same", f"third case: {kept}"),
        "day": ("changed", f"fourth case: {lost}"),
    }
    return check.first(
        *check.chosen(answers, wanted, list(SAME.values()), ask="say of each whether the work has changed"),
        written.sentence(answers["phrase"], ask="write a phrase used here, and what it leaves out or keeps"),
        right="other words can keep the work alive, while the same people are named and the same thing is counted.",
    )


def read(content: bytes, name: str) -> list[Entry]:
    """The entries in a glossary file, every version of each. Raises `ValueError` with one sentence."""
    records = data.read_records(content, name)
    header = [cell.strip().lower() for cell in next(iter(records), [])]
    if lacking := [column for column in COLUMNS if header.count(column) != 1]:
        raise ValueError(f"{name} is not a glossary from here: the column {lacking[0]} is not there once.")
    place = {column: header.index(column) for column in COLUMNS}
    found: dict[tuple[str, int], Entry] = {}
    for row, record in enumerate(records, start=2):
        if row > MOST_ROWS:
            raise ValueError(f"{name} has more than {MOST_ROWS:,} rows. Keep them in two files.")
        cells = {column: _bare(record[at]) if at < len(record) else "" for column, at in place.items()}
        if not any(cells.values()):
            continue
        if not cells["term"]:
            raise ValueError(f"{name}, row {row}, column term: it is empty. Write the word.")
        if not re.fullmatch(r"[1-9]\d{0,3}", cells["version"]):
            raise ValueError(f"{name}, row {row}, column version: {data.shown(cells['version'])} is no count. Write 1.")
        version = int(cells.pop("version"))
        entry = Entry(version=version, **cells)
        if found.setdefault(_key(entry), entry) != entry:
            raise ValueError(
                f"{name}, row {row}: {check.short(entry.term)} has version {entry.version} twice. Number one anew."
            )
    return list(found.values())


def write(entries: Sequence[Entry]) -> bytes:
    """The entries as a CSV file, by term and version. Cells that a spreadsheet would run are set apart."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for entry in sorted(entries, key=_key):
        rows.writerow([f"'{cell}" if _FORMULA.match(str(cell)) else cell for cell in astuple(entry)])
    return out.getvalue().encode("utf-8")


def current(entries: Sequence[Entry]) -> list[Entry]:
    """The newest version of each entry, in alphabetical order."""
    newest = {entry.term.lower(): entry for entry in sorted(entries, key=_key)}
    return list(newest.values())


def entry(answers: dict[str, Any]) -> Result:
    """A word with a meaning that does not use it, an example, a source, an owner, a date, and why it changed."""
    try:
        earlier = _earlier(answers["file"])
    except ValueError as error:
        return Result("again", str(error))
    term = _text(answers["term"])
    before = next((one for one in current(earlier) if one.term.lower() == term.lower()), None)
    read_so_far = check.first(
        written.sentence(answers["term"], ask="write the word", least=1, most=MOST_WORDS),
        written.sentence(answers["meaning"], ask="write what it means here", most=40),
        right="",
    )
    if read_so_far.state != "right":
        return read_so_far
    if re.search(rf"\b{re.escape(term)}\b", _text(answers["meaning"]), re.IGNORECASE):
        return Result("close", "the meaning uses the word itself. Say it to someone who has never heard the word.")
    result = check.first(
        written.sentence(answers["example"], ask="write an example from our own work"),
        written.sentence(answers["source"], ask="write where the meaning comes from", least=1),
        written.role(answers["owner"], ask="write who looks after this entry, as a role"),
        written.date(answers["date"], ask="write the date of this version"),
        written.sentence(answers["change"], ask="write why this version was made", least=2),
        right="",
    )
    if result.state != "right":
        return result
    made = _made(answers, earlier)
    if before and made.date < before.date:
        return Result(
            "close", f"the version before this one is of {check.short(before.date)}. Give this one a later date."
        )
    if before and made.meaning == before.meaning:
        return Result("close", "this is the meaning that the file has already. Change it, or take another word.")
    kept = " The versions before it are kept in the log." if before else ""
    return Result("right", f"this is version {made.version} of this entry.{kept}")


def entry_seen(answers: dict[str, Any]) -> list[Table]:
    """The glossary as it stands with the reader's entry, and the log of its versions."""
    try:
        entries = _earlier(answers["file"])
    except ValueError:
        return []
    if entry(answers).state == "right":
        entries = [*entries, _made(answers, entries)]
    if not entries:
        return []
    now = [[one.term, one.meaning, one.example, one.source, one.owner] for one in current(entries)]
    log = [[one.term, str(one.version), one.date, one.change] for one in sorted(entries, key=_key)]
    return [
        Table("The glossary as it stands", ["Word", "Meaning", "Example", "Source", "Looked after by"], now),
        Table("The log: every version", ["Word", "Version", "Date", "Why"], log),
    ]


def save(answers: dict[str, Any], folder: Path | None = None) -> Result:
    """Write the glossary with the new entry into `folder`, by default the notebook's, as a button's answer.

    What the file there already holds stays in it. A file that is not a glossary, or cannot be read, is left as it is,
    and the new one gets a name of its own. In a browser, where no one sees that folder, the file is a download as well.
    """
    checked = check.guarded(lambda: entry(answers))
    if checked.state != "right":
        return Result("not yet", f"nothing was written. First: {checked.sentence}")
    path = (folder or Path()) / FILE_NAME
    note = ""
    try:
        there: list[Entry] = []
        if path.exists():
            try:
                there = read(path.read_bytes(), FILE_NAME)
            except ValueError:
                note = f" The file {FILE_NAME} could not be read, and was left as it is."
                path = files.free(path)
        kept = {_key(one): one for one in [*_earlier(answers["file"]), *there]}
        made = _made(answers, list(kept.values()))
        meanings = [one.meaning for one in current(list(kept.values())) if one.term.lower() == made.term.lower()]
        known = made.meaning in meanings
        content = write([*kept.values(), *([] if known else [made])])
        if not known:
            files.replace(path, content)
    except OSError as error:
        return Result("again", f"the file could not be written ({error.strerror}).")
    if browser.here():
        browser.offer(path.name, content)
    if known:
        return Result("noted", f"{path.name} has this meaning already. Nothing was changed.")
    return Result("noted", f"the glossary is in {path.name}: {check.short(made.term)}, version {made.version}.{note}")


def roll_out(answers: dict[str, Any]) -> Result:
    """Whom HealthPartners showed it first and then, and how ours stays alive."""
    order = list(AUDIENCES.values())
    return check.first(
        check.choice(
            answers["first"],
            "board",
            order,
            ask="choose who saw it first",
            again="read the lines above the form once more.",
            right="",
            slips={"staff": "they came second."},
        ),
        check.choice(
            answers["then"],
            "staff",
            order,
            ask="choose who saw it next",
            again="read the lines above the form once more.",
            right="",
            slips={"board": "they came first."},
        ),
        check.pick(answers["channel"], list(CHANNELS.values()), ask="choose where new words will come up"),
        written.sentence(answers["propose"], ask="write how anyone here can propose a word"),
        written.role(answers["owner"], ask="write who keeps it, as a role"),
        written.date(answers["review"], ask="write when it is looked at again"),
        right="your glossary has a keeper, a way in for new words, and a day on which it is looked at again.",
    )


def _earlier(file: object) -> list[Entry]:
    """The entries of the file that the reader chose; none without a file. Raises `ValueError` with one sentence."""
    if type(file) is not File:
        return []
    if file.content is None:
        raise ValueError(f"{file.name} could not be opened, or is larger than 10 megabytes. Choose another file.")
    return read(file.content, file.name)


def _made(answers: dict[str, Any], earlier: Sequence[Entry]) -> Entry:
    """The entry that complete answers make, numbered after the versions there are."""
    day = written.day(answers["date"])
    texts = {name: _text(answers[name]) for name in ("term", "meaning", "example", "source", "owner", "change")}
    made = Entry(version=1, date=day.isoformat() if day else "", **texts)
    same = [one for one in earlier if one.term.lower() == made.term.lower()]
    # The word as it stands in the file: "Equity" and "equity" are one entry.
    return replace(
        made, version=1 + max((one.version for one in same), default=0), term=same[0].term if same else made.term
    )


def _text(answer: object) -> str:
    """A text answer in one line and without characters that nobody can see; empty for anything else."""
    value = check.plain(answer)
    line = " ".join(value.split()) if type(value) is str else ""
    return "".join(character for character in line if character.isprintable())


def _bare(cell: str) -> str:
    bare = cell.strip()
    return bare[1:] if bare.startswith("'") and _FORMULA.match(bare[1:]) else bare


def _key(one: Entry) -> tuple[str, int]:
    return one.term.lower(), one.version
