from __future__ import annotations

from collections.abc import Iterator

import pytest

from equityguide.worksheets import browser, forms


@pytest.fixture(autouse=True)
def _fresh_forms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forms keep answers in memory by name, and look at the book's environment variable: neither crosses tests."""
    monkeypatch.delenv("EQUITYGUIDE_BOOK", raising=False)
    forms.forget()
    yield
    forms.forget()


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Python takes itself to run in a browser; what it offers as downloads, by name."""
    offered: dict[str, bytes] = {}
    monkeypatch.setattr(browser, "here", lambda: True)
    monkeypatch.setattr(browser, "offer", offered.__setitem__)
    return offered
