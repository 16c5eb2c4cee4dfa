"""Shared by the makers' tests."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

import pytest

from equityguide import data


@pytest.fixture
def makers(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The makers' shared module, importable as the scripts import it, and every script beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.syspath_prepend(str(data.root()))
    for package in data.catalog():
        monkeypatch.syspath_prepend(str(data.root() / package["name"]))
    return importlib.import_module("maker")
