"""Runs the committed notebooks. A notebook without outputs passes strict nbval with nothing compared, so it is told
here which file is which.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from running import EXERCISES, STEMS, code, nbval


def outputs(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell says in plain text, output by output."""
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]


def test_every_source_has_both_copies_and_no_copy_is_without_source() -> None:
    assert STEMS
    assert sorted(path.stem for path in EXERCISES.glob("*.ipynb")) == STEMS
    assert sorted(path.stem for path in (EXERCISES / "solutions").glob("*.ipynb")) == STEMS


@pytest.mark.parametrize("stem", STEMS)
def test_the_tasks_take_as_long_as_the_worksheet_says(stem: str) -> None:
    text = (EXERCISES / "source" / f"{stem}.md").read_text("utf-8")
    (whole,) = re.findall(r"^  minutes: (\d+)$", text, re.MULTILINE)
    assert sum(map(int, re.findall(r"^## .*\((\d+) minutes?\)$", text, re.MULTILINE))) == int(whole)


@pytest.mark.parametrize("stem", STEMS)
def test_solution_was_executed_and_has_outputs(stem: str) -> None:
    cells = code(EXERCISES / "solutions" / f"{stem}.ipynb")
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.outputs for cell in cells)
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert kinds <= {"stream", "display_data", "execute_result"}
    assert {output.name for cell in cells for output in cell.outputs if output.output_type == "stream"} <= {"stdout"}


@pytest.mark.parametrize("stem", STEMS)
def test_solution_gives_its_stored_outputs_again(stem: str) -> None:
    path = EXERCISES / "solutions" / f"{stem}.ipynb"
    done = nbval(path, "--nbval")
    assert done.returncode == 0, done.stdout
    assert f"{len(code(path))} passed" in done.stdout


@pytest.mark.parametrize("stem", STEMS)
def test_solution_answers_every_check_right(stem: str) -> None:
    said = [text for cell in code(EXERCISES / "solutions" / f"{stem}.ipynb") for text in outputs(cell)]
    assert not [text for text in said if "\nClose: " in text or "\nLook again: " in text]
    assert sum("\nYes: " in text for text in said) >= 4


def test_nbval_sees_a_changed_output(tmp_path: Path) -> None:
    notebook = nbformat.read(EXERCISES / "solutions" / "map-your-community.ipynb", as_version=4)
    notebook.cells = notebook.cells[:3]
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs[0]["text"] = "Something else.\n"
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    assert "1 failed" in nbval(tmp_path / "changed.ipynb", "--nbval").stdout


def test_set_up_says_one_sentence_where_the_package_is_missing(tmp_path: Path) -> None:
    (tmp_path / "equityguide.py").write_text("raise ModuleNotFoundError('no')\n", encoding="utf-8")
    source = next(cell.source for cell in code(EXERCISES / f"{STEMS[0]}.ipynb"))
    script = f"from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell().run_cell({source!r})\n"
    (tmp_path / "run.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "run.py"], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip().startswith("This worksheet needs the book's own code")
    assert len(done.stdout.strip().splitlines()) == 1
