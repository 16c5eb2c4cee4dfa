"""The README's commands in one fresh clone with an empty environment. `make test` itself is this suite, so not that one."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

# What a new user's shell has: where packages come from, and nothing of this environment.
KEPT = re.compile(r"HOME|LANG|PATH|TMPDIR|(PIP|NPM|SSL|NODE)_.*|.*_(PROXY|CERTS|BUNDLE)", re.IGNORECASE)


def _run(command: str, folder: Path, **more: str) -> str:
    environment = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)} | more
    environment["PATH"] = os.pathsep.join(p for p in environment["PATH"].split(os.pathsep) if ".venv" not in p)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def clone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh")
    subprocess.run(["git", "clone", "--quiet", str(root), str(folder / "book")], check=True)
    return folder / "book"


def test_readme_names_the_two_commands(root: Path) -> None:
    commands = re.findall(r"^\s*(?:\$ )?(make \S+)", (root / "README.md").read_text("utf-8"), re.MULTILINE)
    assert {"make book", "make test"} <= set(commands)


def test_make_book_in_a_fresh_clone(clone: Path) -> None:
    said = _run("make book", clone)
    assert "_build/html" in said
    assert (clone / "_build/html/book/strategies/build-will.html").exists()
    assert (clone / "_build/html/figures.json").exists()


def test_make_serve_shows_it(clone: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        ["make", "serve", f"PORT={port}"],
        cwd=clone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(100):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/book/index.html", timeout=2) as answer:
                    assert b"Closing the Gap" in answer.read()
                return
            except OSError:
                time.sleep(0.2)
        raise AssertionError("nothing answered")
    finally:
        os.killpg(server.pid, 15)
        server.wait(timeout=20)


def test_make_alone_prints_help(clone: Path) -> None:
    said = _run("make", clone)
    for target in ("make book", "make test", "make serve"):
        assert target in said


def test_a_clone_needs_nothing_beside_it(clone: Path) -> None:
    beside = "../" + "shared"  # in two parts, or this file would find itself
    assert not (clone.parent / "shared").exists()
    listed = subprocess.run(["git", "ls-files"], cwd=clone, capture_output=True, text=True, check=True).stdout
    files = [clone / name for name in listed.splitlines()]
    assert len(files) > 100
    assert [str(f) for f in files if beside in f.read_text("utf-8", errors="replace")] == []
