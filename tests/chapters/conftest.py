"""What the chapter tests read: the sources of the pages, the word list, the inventory's ids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="session")
def lists() -> dict[str, Any]:
    """`words.yml`: words with reasons, terms left out of the grade, British spellings."""
    return yaml.safe_load((HERE / "words.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def ids() -> set[str]:
    """The inventory's ids."""
    return set((ROOT / "tests" / "ids.txt").read_text(encoding="utf-8").split())
