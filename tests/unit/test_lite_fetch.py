"""The parts of the browser copy: the hash decides, whatever the source; an unreachable source says what to do."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from equityguide.site.lite import fetch
from equityguide.site.lite.fetch import Part, PartMissing

GOOD = b"a wheel of numpy"
WHEEL = Part("numpy-2.0.2-x.whl", "pyodide", "numpy==2.0.2", hashlib.sha256(GOOD).hexdigest(), "kernel")


def quiet(said: str) -> None:
    """Show nothing."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """No network: Pyodide's host is unreachable, and pip brings a carrier with what `CARRIED` holds."""
    commands: list[list[str]] = []

    def unreachable(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no such host")

    def pip(command: list[str], name: str) -> None:
        commands.append(command)
        into = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(into / "open_webui-0.6.18-py3-none-any.whl", "w") as carrier:
            carrier.writestr(fetch.CARRIED + WHEEL.file, Carrier.holds)

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    monkeypatch.setattr(fetch, "_run", pip)
    Carrier.holds = GOOD
    return commands


class Carrier:
    """What the carrier has under the wheel's name."""

    holds = GOOD


def test_the_official_host_comes_first(asked: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: BytesIO(GOOD))
    got = fetch.fetch([WHEEL], tmp_path, quiet)
    assert got[WHEEL.file].read_bytes() == GOOD
    assert asked == []


def test_the_carrier_stands_in_where_the_host_cannot_be_reached(asked: list[list[str]], tmp_path: Path) -> None:
    assert fetch.fetch([WHEEL], tmp_path, quiet)[WHEEL.file].read_bytes() == GOOD
    assert len(asked) == 1
    assert [path.name for path in tmp_path.iterdir()] == [WHEEL.file]  # the carrier itself is not kept


@pytest.mark.parametrize("official", [True, False])
def test_a_wrong_hash_stops_with_one_sentence(
    official: bool, asked: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if official:
        monkeypatch.setattr(urllib.request, "urlopen", lambda url, timeout: BytesIO(b"another"))
    Carrier.holds = b"another"
    with pytest.raises(PartMissing, match=r"^numpy-2\.0\.2-x\.whl has the SHA-256 .* is pinned, .*LITE=0`") as stopped:
        fetch.fetch([WHEEL], tmp_path, quiet)
    assert "\n" not in str(stopped.value)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_fetched_again_unless_it_is_damaged(asked: list[list[str]], tmp_path: Path) -> None:
    fetch.fetch([WHEEL], tmp_path, quiet)
    fetch.fetch([WHEEL], tmp_path, quiet)
    assert len(asked) == 1
    (tmp_path / WHEEL.file).write_bytes(b"half a wh")
    assert fetch.fetch([WHEEL], tmp_path, quiet)[WHEEL.file].read_bytes() == GOOD
    assert len(asked) == 2


def test_no_network_says_how_to_build_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part("six-1.whl", "pypi", "six==1", "0" * 64, "kernel")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(PartMissing, match=r"^pip could not get .*LITE=0`") as stopped:
        fetch.fetch([part], tmp_path, quiet)
    assert "\n" not in str(stopped.value)


def test_every_part_is_pinned_and_has_a_source() -> None:
    parts = fetch.parts()
    assert len(parts) > 20
    assert len({part.file for part in parts}) == len(parts)
    for part in parts:
        assert len(part.sha256) == 64
        assert part.source in {"pypi", "pypi-linux", "npm", "pyodide"}
        assert part.role in {"app", "kernel", "runtime"}
        assert "==" in part.requirement or "@" in part.requirement


def test_worksheets_get_the_charts_and_forms_of_the_book(root: Path) -> None:
    pinned = {part.requirement for part in fetch.parts()}
    locked = set((root / "requirements.txt").read_text("utf-8").split())
    for name in ("altair", "pandas", "ipywidgets", "narwhals"):
        [ours] = [one for one in pinned if one.startswith(f"{name}==")]
        assert ours in locked, f"the browser copy has {ours}, the book another"
