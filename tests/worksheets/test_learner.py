from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from equityguide.worksheets import learner

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "exercises" / "source").glob("*.md"))

FRONT = "---\nworksheet:\n  title: Small\n  minutes: 5\n  chapter: part/page\n---\n\n"
SMALL = (
    FRONT
    + """# Small

```{code-cell}
---
name: first
tags: [hide-input]
---
before = 1
if before:
    ### BEGIN SOLUTION
    the_answer_is = before + 41
    ### ANSWER: 42 pieces
    ### END SOLUTION
### BEGIN SOLUTION
shared_line_of_both_copies = 7
only_in_the_solution_copy = 8
### LEARNER
shared_line_of_both_copies = 7
### END SOLUTION
```

+++ {"tags": ["solution"]}

Why this is so, in prose.

+++

After.

```{code-cell}
---
tags: [solution]
---
print("a whole cell of the solution")
```
"""
)


def cells(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


def test_learner_has_the_blank_where_the_solution_was() -> None:
    text = learner.learner(SMALL, "small")
    assert cells(text) == [
        "# Small",
        "before = 1\nif before:\n    ...\nshared_line_of_both_copies = 7",
        "After.",
    ]


def test_solution_has_the_solution_and_neither_markers_nor_blanks() -> None:
    found = [cell.source for cell in learner.solution(SMALL, "small").cells]
    assert found[1] == (
        "before = 1\nif before:\n    the_answer_is = before + 41\n"
        "shared_line_of_both_copies = 7\nonly_in_the_solution_copy = 8"
    )
    assert found[2:] == ["Why this is so, in prose.", "After.", 'print("a whole cell of the solution")']


def test_neither_copy_carries_a_marker_or_a_marked_answer() -> None:
    for text in (learner.learner(SMALL, "small"), nbformat.writes(learner.solution(SMALL, "small"))):
        assert "###" not in text
        assert "42 pieces" not in text


def test_answers_are_the_marked_values() -> None:
    assert learner.answers(SMALL) == ["42 pieces"]


def test_solution_lines_are_the_long_lines_that_only_the_solution_has() -> None:
    assert learner.solution_lines(SMALL) == [
        "the_answer_is = before + 41",
        "only_in_the_solution_copy = 8",
        "Why this is so, in prose.",
        'print("a whole cell of the solution")',
    ]


def test_learner_is_a_valid_notebook_with_fixed_ids_and_no_outputs() -> None:
    notebook = nbformat.reads(learner.learner(SMALL, "small"), as_version=4)
    nbformat.validate(notebook)
    assert [cell.id for cell in notebook.cells] == ["small-01", "small-first", "small-04"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert code[0].metadata == {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}
    assert notebook.metadata == {
        "equityguide": {"chapter": "part/page", "minutes": 5, "title": "Small", "worksheet": "small"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_both_copies_share_the_ids_of_shared_cells() -> None:
    copy = {cell["id"] for cell in json.loads(learner.learner(SMALL, "small"))["cells"]}
    assert copy < {cell.id for cell in learner.solution(SMALL, "small").cells}


def test_generation_gives_the_same_bytes_each_time() -> None:
    assert learner.learner(SMALL, "small") == learner.learner(SMALL, "small")
    assert learner.learner(SMALL, "small").endswith("}\n")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_committed_learner_copy_is_what_its_source_gives(source: Path) -> None:
    committed = (ROOT / "exercises" / f"{source.stem}.ipynb").read_bytes()
    assert committed == learner.learner(source.read_text(encoding="utf-8"), source.stem).encode("utf-8")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_committed_learner_copy_holds_no_solution(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    secret = learner.solution_lines(text, source.stem)
    assert secret
    copy = "\n".join(cells((ROOT / "exercises" / f"{source.stem}.ipynb").read_text(encoding="utf-8")))
    assert [line for line in [*secret, *learner.answers(text, source.stem)] if line in copy] == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_committed_solution_has_the_source_of_its_source(source: Path) -> None:
    committed = nbformat.read(ROOT / "exercises" / "solutions" / f"{source.stem}.ipynb", as_version=4)
    made = learner.solution(source.read_text(encoding="utf-8"), source.stem)
    assert [(cell.id, cell.source, cell.metadata) for cell in committed.cells] == [
        (cell.id, cell.source, cell.metadata) for cell in made.cells
    ]


CELL = "```{code-cell}\n"
BROKEN = {
    "no front matter": ("# Only text\n", "small.md, line 1: there is no front matter."),
    "empty": ("", "small.md, line 1: there is no front matter."),
    "endless front matter": ("---\na: 1\n", "small.md, line 1: the front matter never ends."),
    "no worksheet": ("---\na: 1\n---\n# T\n", "small.md, line 1: the front matter lacks worksheet."),
    "no minutes": (
        "---\nworksheet: {title: T, chapter: c}\n---\n# T\n",
        "small.md, line 1: the front matter lacks minutes.",
    ),
    "front matter is a list": ("---\n- a\n---\n# T\n", "small.md, line 1: the front matter lacks worksheet."),
    "front matter is no YAML": ("---\na: [\n---\n# T\n", "small.md, line 1: the front matter is not YAML."),
    "end alone": (f"{FRONT}{CELL}### END SOLUTION\n```\n", "line 9: '### END SOLUTION' has no '### BEGIN SOLUTION'"),
    "begin alone": (f"{FRONT}{CELL}### BEGIN SOLUTION\na\n```\n", "line 9: '### BEGIN SOLUTION' has no"),
    "begin twice": (
        f"{FRONT}{CELL}### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION\n```\n",
        "line 10: '### BEGIN SOLUTION' stands inside the one at line 9.",
    ),
    "learner outside": (f"{FRONT}{CELL}### LEARNER\n```\n", "line 9: '### LEARNER' outside a solution stretch."),
    "learner twice": (
        f"{FRONT}{CELL}### BEGIN SOLUTION\n### LEARNER\n### LEARNER\n### END SOLUTION\n```\n",
        "line 11: a second '### LEARNER' in one stretch.",
    ),
    "answer of nothing": (f"{FRONT}{CELL}### ANSWER:\n```\n", "line 9: '### ANSWER:' names no value."),
    "answer without a colon": (f"{FRONT}{CELL}### ANSWER 4\n```\n", "line 9: '### ANSWER 4' is nearly a marker."),
    "answer for learners": (
        f"{FRONT}{CELL}### BEGIN SOLUTION\n### LEARNER\n### ANSWER: 4\n### END SOLUTION\n```\n",
        "line 11: '### ANSWER:' stands in the learner's part.",
    ),
    "misspelled marker": (f"{FRONT}{CELL}## BEGIN SOLUTION\n```\n", "line 9: '## BEGIN SOLUTION' is nearly a marker."),
    "marker in prose": (f"{FRONT}### BEGIN SOLUTION\n", "line 8: '### BEGIN SOLUTION' stands outside a code cell."),
    "marker in other code": (
        f"{FRONT}```python\n### BEGIN SOLUTION\n```\n",
        "line 9: '### BEGIN SOLUTION' stands outside a code cell.",
    ),
    "cell without end": (f"{FRONT}{CELL}a = 1\n", "line 8: this cell never ends."),
    "same name twice": (
        f"{FRONT}{CELL}---\nname: a\n---\n1\n```\n\n{CELL}---\nname: a\n---\n2\n```\n",
        "the cell name is that of the cell at line 9.",
    ),
    "name with a space": (f"{FRONT}{CELL}---\nname: a b\n---\n1\n```\n", "'small-a b' is no cell id."),
    "settings are no YAML": (f"{FRONT}{CELL}---\ntags: [\n---\n1\n```\n", "small.md"),
    "tags are a word": (
        f"{FRONT}{CELL}---\ntags: solution\n---\n1\n```\n",
        "a cell's settings are wrong: 'solution' is not of type 'array'.",
    ),
}


@pytest.mark.parametrize(("text", "sentence"), BROKEN.values(), ids=BROKEN)
def test_malformed_source_is_one_sentence_with_file_and_line(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^small\.md") as error:
        learner.learner(text, "small")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def project(root: Path, text: str) -> Path:
    (root / "exercises" / "source").mkdir(parents=True)
    (root / "exercises" / "source" / "small.md").write_text(text, encoding="utf-8")
    return root / "exercises"


def test_write_makes_both_copies_and_runs_the_solution_outside_a_book_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EQUITYGUIDE_BOOK", "1")
    asks = '### BEGIN SOLUTION\nimport os\nprint(os.environ.get("EQUITYGUIDE_BOOK"), 6 * 7)\n### END SOLUTION\n'
    folder = project(tmp_path, f"{FRONT}# Small\n\n{CELL}{asks}```\n")
    assert learner.write(tmp_path) == [folder / "small.ipynb", folder / "solutions" / "small.ipynb"]
    solved = nbformat.read(folder / "solutions" / "small.ipynb", as_version=4)
    assert solved.cells[1].outputs[0].text == "None 42\n"
    assert solved.cells[1].execution_count == 1
    assert solved.metadata.language_info == {"name": "python"}
    assert sorted(path.name for path in folder.iterdir()) == ["small.ipynb", "solutions", "source"]


def test_write_leaves_the_old_copies_when_a_cell_raises(tmp_path: Path) -> None:
    folder = project(tmp_path, f"{FRONT}# Small\n\n{CELL}1 / 0\n```\n")
    (folder / "small.ipynb").write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match=r"^small.md: a cell raises ZeroDivisionError: division by zero\."):
        learner.write(tmp_path)
    assert (folder / "small.ipynb").read_text(encoding="utf-8") == "old"
    assert not (folder / "solutions").exists()
