"""Runs the committed notebooks. A notebook without outputs passes strict nbval with nothing compared, so it is told
here which file is which.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "exercises"
STEMS = sorted(path.stem for path in (EXERCISES / "source").glob("*.md"))


def nbval(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "EQUITYGUIDE_BOOK"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-current-env",
        "--nbval-cell-timeout",
        "120",
        *options,
        str(path),
    ]
    # Its own root: the book's pytest settings are for the book's tests.
    apart = ["-p", "no:cacheprovider", "-q", "--rootdir", str(path.parent), "-c", os.devnull]
    return subprocess.run([*command, *apart], capture_output=True, text=True, env=env, cwd=path.parent)


def code(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def outputs(cell: nbformat.NotebookNode) -> list[str]:
    """What a cell says in plain text, output by output."""
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]


def test_every_source_has_both_copies_and_no_copy_is_without_source() -> None:
    assert STEMS
    assert sorted(path.stem for path in EXERCISES.glob("*.ipynb")) == STEMS
    assert sorted(path.stem for path in (EXERCISES / "solutions").glob("*.ipynb")) == STEMS


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


@pytest.mark.parametrize("stem", STEMS)
def test_nbval_sees_a_changed_output(stem: str, tmp_path: Path) -> None:
    notebook = nbformat.read(EXERCISES / "solutions" / f"{stem}.ipynb", as_version=4)
    notebook.cells = notebook.cells[:3]
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs[0]["text"] = "Something else.\n"
    nbformat.write(notebook, tmp_path / "changed.ipynb")
    assert "1 failed" in nbval(tmp_path / "changed.ipynb", "--nbval").stdout


@pytest.mark.parametrize("stem", STEMS)
def test_learner_copy_runs_to_its_end_and_blanks_answer_not_yet(stem: str) -> None:
    path = EXERCISES / f"{stem}.ipynb"
    assert all(cell.execution_count is None and cell.outputs == [] for cell in code(path))
    done = nbval(path, "--nbval-lax")
    assert done.returncode == 0, done.stdout
    assert f"{len(code(path))} passed" in done.stdout


@pytest.mark.parametrize("stem", STEMS)
def test_learner_copy_answers_not_yet_in_every_form(stem: str) -> None:
    from equityguide.worksheets import learner

    run = learner.execute(nbformat.read(EXERCISES / f"{stem}.ipynb", as_version=4), stem)
    forms = [
        output.data for cell in run.cells for output in cell.get("outputs", []) if "eg-form" in str(output.get("data"))
    ]
    assert len(forms) >= 5
    assert all("\nNot yet: " in form["text/plain"] for form in forms)


def test_set_up_says_one_sentence_where_the_package_is_missing(tmp_path: Path) -> None:
    (tmp_path / "equityguide.py").write_text("raise ModuleNotFoundError('no')\n", encoding="utf-8")
    source = next(cell.source for cell in code(EXERCISES / f"{STEMS[0]}.ipynb"))
    script = f"from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell().run_cell({source!r})\n"
    (tmp_path / "run.py").write_text(script, encoding="utf-8")
    done = subprocess.run([sys.executable, "run.py"], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.strip().startswith("This worksheet needs the book's own code")
    assert len(done.stdout.strip().splitlines()) == 1
