"""What the makers' tests share: a maker run in this process, what it refuses with, and files for it to read."""

from __future__ import annotations

import csv
import importlib
import io
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from equityguide import data

Files = dict[str, bytes]


def script(dataset: str) -> ModuleType:
    """A dataset's maker."""
    return importlib.import_module(f"make_{dataset}")


def copied(datasets: Iterable[str], folder: Path) -> Path:
    """`folder`, with a copy of the datasets for the makers to write in."""
    for dataset in datasets:
        shutil.copytree(data.root() / dataset, folder / dataset)
    return folder


def csv_text(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def committed(dataset: str) -> list[dict[str, str]]:
    with (data.root() / dataset / f"{dataset}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def written(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """The files on disk, as arguments to `--from`."""
    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    for name, raw in files.items():
        (copies / name).write_bytes(raw)
    return [str(copies / name) for name in files]


def run(makers: ModuleType, folder: Path, *arguments: str) -> None:
    """What `python make_<dataset>.py ARGUMENTS` does in `folder`, in this process."""
    make = script(folder.name)
    path = str(folder / f"make_{folder.name}.py")
    if hasattr(make, "ENDPOINTS"):
        makers.main_all(path, make.ENDPOINTS, make.build, arguments)
    else:
        makers.main(path, make.ENDPOINT, make.build, arguments)


def refusal(makers: ModuleType, folder: Path, *arguments: str) -> str:
    """The sentence a failing maker ends with, after a look that it left its folder as it was."""
    before = contents(folder)
    with pytest.raises(SystemExit) as stop:
        run(makers, folder, *arguments)
    assert contents(folder) == before
    message = stop.value.code
    assert isinstance(message, str)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def ring(indices: list[int], arcs: list[Any]) -> list[Any]:
    points = [point for i in indices for point in (arcs[i][:-1] if i >= 0 else arcs[~i][:0:-1])]
    return [*points, points[0]]
