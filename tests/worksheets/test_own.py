"""A reader's own table: how the empty form for it gets out of a browser. The rest is tested where it is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from equityguide.worksheets import own


def test_in_a_browser_the_empty_form_is_a_download(
    tmp_path: Path, downloads: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "the empty form is in measures_template.csv" in own.save_form().sentence
    assert downloads["measures_template.csv"].startswith(b"measure,period,dimension,group")
    assert list(tmp_path.iterdir()) == []
