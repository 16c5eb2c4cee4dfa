"""One source a worksheet, two notebooks out of it: the learner's copy and the executed solution.

The source is a MyST notebook, `exercises/source/<stem>.md`. Inside a code cell,

    ### BEGIN SOLUTION
    gap = longer - shorter
    ### ANSWER: 16 years apart
    ### LEARNER
    gap = ...
    ### END SOLUTION

becomes `gap = longer - shorter` in the solution and what follows `### LEARNER` (or a plain `...`) in the
learner's copy. A cell tagged `solution` is in the solution only. `### ANSWER:` marks a value that must not
stand anywhere in the public edition; the line itself is in neither copy. A code cell tagged `hide-input`
starts folded in both. `start: true` in the front matter marks a worksheet to begin with, `private: true` one that
keeps nothing, and that no link may open on a server which others run.

Both copies are the same bytes each time: cell ids come from the stem and the cell's `name` or its place in
the source.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import yaml

from equityguide.worksheets.files import replace

if TYPE_CHECKING:
    from nbformat import NotebookNode

Copy = Literal["learner", "solution"]

BEGIN, LEARNER, END = "### BEGIN SOLUTION", "### LEARNER", "### END SOLUTION"
ANSWER = "### ANSWER:"
SOLUTION_TAG = "solution"
LONG = 20  # characters from which a solution line is told from any other line of code
CELL_SECONDS = 120

_FENCE = re.compile(r"^(`{3,})(.*)$")
_MARKER = re.compile(r"^\s*#+\s*(BEGIN SOLUTION|END SOLUTION|LEARNER|ANSWER)\b")
_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Stretch:
    """What stands between BEGIN and END in one place: the solution's lines, the learner's, the marked
    answers.
    """

    solution: tuple[str, ...]
    learner: tuple[str, ...]
    answers: tuple[str, ...]


def learner(source_text: str, stem: str) -> str:
    """The learner's notebook as JSON text ending in a newline: no solution, no outputs, no answers.

    Raises `ValueError` naming file and line where the source's markers, cells or front matter are malformed.
    """
    return _dumps(_notebook(source_text, stem, "learner"))


def solution(source_text: str, stem: str) -> NotebookNode:
    """The solution's notebook, not executed, with links as from the folder below the learner's.

    Raises `ValueError` as `learner` does.
    """
    notebook = _notebook(source_text, stem, "solution")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("](../", "](../../")
    return notebook


def answers(source_text: str, stem: str = "worksheet") -> list[str]:
    """The values marked `### ANSWER:` in the source, in their order, each once."""
    _validate(source_text, stem)
    found = [line.split(":", 1)[1].strip() for line in source_text.splitlines() if _is(line, ANSWER)]
    return list(dict.fromkeys(found))


def solution_lines(source_text: str, stem: str = "worksheet") -> list[str]:
    """The solution's lines of 20 characters or more (code and prose) that the learner's copy does not
    have.
    """
    public = {line.strip() for cell in _notebook(source_text, stem, "learner").cells for line in _lines(cell)}
    secret = [line.strip() for cell in _notebook(source_text, stem, "solution").cells for line in _lines(cell)]
    return [line for line in dict.fromkeys(secret) if len(line) >= LONG and line not in public]


def write(root: Path) -> list[Path]:
    """Write both copies of every source under `root/exercises/source`; returns the files that were written.

    The solution is executed with a plain kernel and stored with its outputs. A source that is malformed or a
    cell that raises stops with one `ValueError`, and that worksheet's copies stay as they were.
    """
    folder = root / "exercises"
    written = []
    for source in sorted((folder / "source").glob("*.md")):
        text = source.read_text(encoding="utf-8")
        copy, solved = learner(text, source.stem), execute(solution(text, source.stem), source.stem)
        for path, content in (
            (folder / f"{source.stem}.ipynb", copy),
            (folder / "solutions" / f"{source.stem}.ipynb", _dumps(solved)),
        ):
            replace(path, content.encode("utf-8"))
            written.append(path)
    return written


def execute(notebook: NotebookNode, stem: str) -> NotebookNode:
    """The notebook with its outputs, run from top to end in a kernel of its own and an empty folder.

    Widget views are left out of what is stored: their ids differ from run to run, and each form gives a
    picture of itself as HTML beside them. Raises `ValueError` naming the cell and the error if one raises.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    env = {key: value for key, value in os.environ.items() if key != "EQUITYGUIDE_BOOK"}
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            store_widget_state=False,
            record_timing=False,
        )
        try:
            client.execute(cwd=folder, env=env)
        except CellExecutionError as error:
            raise ValueError(f"{stem}.md: a cell raises {error.ename}: {error.evalue}. Mend that cell.") from None
        except CellTimeoutError:
            raise ValueError(f"{stem}.md: a cell ran longer than {CELL_SECONDS} seconds. Shorten it.") from None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(_VIEW, None)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def _notebook(text: str, stem: str, copy: Copy) -> NotebookNode:
    import nbformat
    from myst_nb.core.read import MystMetadataParsingError, read_myst_markdown_notebook

    _validate(text, stem)
    metadata = _metadata(text, stem)
    try:
        parsed = read_myst_markdown_notebook(text, add_source_map=True)
    except MystMetadataParsingError as error:
        raise ValueError(f"{stem}.md: a cell's settings cannot be read: {_flat(error)}. Mend them.") from None
    except nbformat.ValidationError as error:
        raise ValueError(f"{stem}.md: a cell's settings are wrong: {_flat(error.message)}. Mend them.") from None
    notebook = nbformat.v4.new_notebook(metadata=metadata)
    starts: dict[str, int] = {}
    for place, (cell, start) in enumerate(zip(parsed.cells, parsed.metadata["source_map"], strict=True), start=1):
        cell_id = f"{stem}-{cell.metadata.get('name', f'{place:02d}')}"
        if cell_id in starts:
            raise _fault(stem, start + 1, f"the cell name is that of the cell at line {starts[cell_id]}", "Rename one")
        starts[cell_id] = start + 1
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", cell_id):
            raise _fault(stem, start + 1, f"{cell_id!r} is no cell id", "Use letters, digits and hyphens, 64 at most")
        tags = sorted(cell.metadata.get("tags", []))
        if copy == "learner" and SOLUTION_TAG in tags:
            continue
        kept: dict[str, Any] = {"tags": tags} if tags else {}
        if "hide-input" in tags:
            kept["jupyter"] = {"source_hidden": True}
        source = _strip(cell.source, copy)
        make = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
        notebook.cells.append(make(source=source, id=cell_id, metadata=kept))
    return notebook


def _metadata(text: str, stem: str) -> dict[str, Any]:
    """The notebook's metadata: a plain Python kernel, and what the front matter says about the worksheet."""
    try:
        front = yaml.safe_load(text.split("\n---", 1)[0].removeprefix("---"))
    except yaml.YAMLError:
        raise _fault(
            stem, 1, "the front matter is not YAML", "Write a name, a colon, and a value on each line"
        ) from None
    about = front.get("worksheet") if isinstance(front, dict) else None
    needed = ("title", "minutes", "chapter")
    if not isinstance(about, dict) or (lacking := [key for key in needed if key not in about]):
        what = ", ".join(lacking) if isinstance(about, dict) else "worksheet"
        raise _fault(stem, 1, f"the front matter lacks {what}", "Add worksheet: with title, minutes and chapter")
    marks = {name: about.get(name, False) for name in ("private", "start")}
    for name, mark in marks.items():
        if not isinstance(mark, bool):
            raise _fault(stem, 1, f"{name} is {mark!r} in the front matter", "Write true or false")
    return {
        "equityguide": {
            "worksheet": stem,
            **{key: about[key] for key in needed},
            **{name: True for name, mark in marks.items() if mark},
        },
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def _strip(source: str, copy: Copy) -> str:
    """A cell's source for one copy: each stretch replaced by that copy's part of it."""
    out: list[str] = []
    for part in _parts(source):
        if isinstance(part, Stretch):
            out.extend(part.solution if copy == "solution" else part.learner)
        elif not _is(part, ANSWER):
            out.append(part)
    return "\n".join(out)


def _parts(source: str) -> Iterator[str | Stretch]:
    """A cell's lines, each stretch gathered into one. The markers are known to pair."""
    lines = iter(source.split("\n"))
    for line in lines:
        if not _is(line, BEGIN):
            yield line
            continue
        indent = line[: len(line) - len(line.lstrip())]
        solved: list[str] = []
        blank: list[str] = []
        marked: list[str] = []
        into = solved
        for inner in lines:
            if _is(inner, END):
                break
            if _is(inner, LEARNER):
                into = blank
            elif _is(inner, ANSWER):
                marked.append(inner.split(":", 1)[1].strip())
            else:
                into.append(inner)
        yield Stretch(tuple(solved), tuple(blank) or (f"{indent}...",), tuple(marked))


def _validate(text: str, stem: str) -> None:
    """Raises `ValueError` for the first thing in the source's lines that would lose or leak a solution."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        raise _fault(stem, 1, "there is no front matter", "Start the file with --- and close it with ---")
    if "---" not in (line.strip() for line in lines[1:]):
        raise _fault(stem, 1, "the front matter never ends", "Write --- under its last line")
    fence, opened, is_code, begin, blank = "", 0, False, 0, 0
    for number, line in enumerate(lines, start=1):
        edge = _FENCE.match(line)
        if edge and not fence:
            fence, opened, is_code = edge[1], number, edge[2].startswith("{code-cell}")
            continue
        if edge and len(edge[1]) >= len(fence) and not edge[2].strip():
            if begin:
                raise _fault(stem, begin, f"'{BEGIN}' has no '{END}' in its cell", f"Add {END}")
            fence, is_code = "", False
            continue
        if not (marker := _MARKER.match(line)):
            continue
        kind = marker[1]
        known = {"BEGIN SOLUTION": BEGIN, "END SOLUTION": END, "LEARNER": LEARNER, "ANSWER": ANSWER}[kind]
        if not _is(line, known):
            raise _fault(stem, number, f"{line.strip()!r} is nearly a marker", f"Write {known}")
        if not is_code:
            raise _fault(stem, number, f"'{known}' stands outside a code cell", "Move it into one, or tag the cell")
        if kind == "BEGIN SOLUTION":
            if begin:
                raise _fault(stem, number, f"'{BEGIN}' stands inside the one at line {begin}", f"Add {END} before it")
            begin, blank = number, 0
        elif kind == "END SOLUTION":
            if not begin:
                raise _fault(stem, number, f"'{END}' has no '{BEGIN}' above it", "Add one or delete this line")
            begin = 0
        elif kind == "LEARNER":
            if not begin or blank:
                where = f"a second '{LEARNER}' in one stretch" if blank else f"'{LEARNER}' outside a solution stretch"
                raise _fault(stem, number, where, f"Keep one, between {BEGIN} and {END}")
            blank = number
        elif not line.split(":", 1)[1].strip():
            raise _fault(stem, number, f"'{ANSWER}' names no value", "Write the value after the colon")
        elif blank:
            raise _fault(stem, number, f"'{ANSWER}' stands in the learner's part", f"Move it above {LEARNER}")
    if fence:
        raise _fault(stem, opened, "this cell never ends", f"Write {fence} under its last line")


def _fault(stem: str, line: int, what: str, mend: str) -> ValueError:
    return ValueError(f"{stem}.md, line {line}: {what}. {mend}.")


def _is(line: str, marker: str) -> bool:
    return line.strip().startswith(ANSWER) if marker == ANSWER else line.strip() == marker


def _lines(cell: NotebookNode) -> list[str]:
    return cast("list[str]", cell.source.split("\n"))


def _flat(error: object) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _dumps(notebook: NotebookNode) -> str:
    import nbformat

    nbformat.validate(notebook)
    return cast("str", nbformat.writes(notebook)).rstrip("\n") + "\n"
