"""Runs the learner's copies to their end. A file of its own, so that two workers share the notebooks between them."""

from __future__ import annotations

import nbformat
import pytest
from running import EXERCISES, STEMS, code, nbval


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
