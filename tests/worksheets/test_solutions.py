"""Every task of a worksheet has, for the trainer, a reason, or what to look for where there is no single answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEMS = sorted(path.stem for path in (ROOT / "exercises" / "source").glob("*.md"))
OPENINGS = ("**Why.**", "**Look for.**")


def tasks(source: str) -> dict[str, str]:
    """Heading of each task -> the source under it."""
    parts = re.split(r"^## (Task .*)$", source, flags=re.MULTILINE)[1:]
    return {
        head: re.split(r"^## ", body, flags=re.MULTILINE)[0] for head, body in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.mark.parametrize("stem", STEMS)
def test_every_task_says_why_or_what_to_look_for(stem: str) -> None:
    found = tasks((ROOT / "exercises" / "source" / f"{stem}.md").read_text("utf-8"))
    assert len(found) >= 3
    for head, body in found.items():
        reasons = re.findall(r'^\+\+\+ \{"tags": \["solution"\]\}\n\n(.*)', body, re.MULTILINE)
        assert any(reason.startswith(OPENINGS) for reason in reasons), (
            f"{stem}.md, {head}: write {' or '.join(OPENINGS)}"
        )


@pytest.mark.parametrize("stem", STEMS)
def test_links_of_a_solution_lead_somewhere_from_its_folder(stem: str) -> None:
    folder = ROOT / "exercises" / "solutions"
    cells = json.loads((folder / f"{stem}.ipynb").read_text("utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", text) if ":" not in link]
    assert [link for link in links if not (folder / link).exists()] == []
