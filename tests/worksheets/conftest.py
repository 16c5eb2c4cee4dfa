from __future__ import annotations

from collections.abc import Iterator

import pytest

from equityguide.worksheets import forms


@pytest.fixture(autouse=True)
def _fresh_forms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forms keep answers in memory by name, and look at the book's environment variable: neither crosses tests."""
    monkeypatch.delenv("EQUITYGUIDE_BOOK", raising=False)
    forms.forget()
    yield
    forms.forget()
