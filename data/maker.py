"""What every `make_<dataset>.py` shares: fetch the publisher's file, check it, write the table in one step.

A maker reads the official endpoint, or with `--from FILE` a copy in the publisher's shape. Nothing is written
until everything has been checked against the dataset's datapackage; on any failure the old files stay as they
are and one sentence says what went wrong.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import http.client
import io
import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from equityguide import data

TIMEOUT = 60.0  # seconds without an answer before giving up
LIMIT = 20_000_000  # bytes; the largest official file here is about a tenth of it
SAFE = 11  # the smallest count of people that is shown, zero apart

Row = dict[str, str]
Build = Callable[[bytes, str], dict[str, bytes]]
BuildAll = Callable[[dict[str, bytes]], dict[str, bytes]]


def main(script: str, endpoint: str | None, build: Build, arguments: Sequence[str] | None = None) -> None:
    """Run a maker from the command line. `endpoint` is None where no publisher has the table as a file.

    `script` is the maker's `__file__`; `build` turns the publisher's bytes (and the name to call them by)
    into the dataset's files, {file name: bytes}. Exits with status 1 and one sentence on any fault.
    """
    parser = argparse.ArgumentParser(description=f"Write the dataset in {Path(script).parent.name}/.")
    parser.add_argument("--from", dest="copy", metavar="FILE", help="read this copy of the publisher's file")
    parser.add_argument("--endpoint", metavar="URL", default=endpoint, help="fetch from here (%(default)s)")
    options = parser.parse_args(arguments)

    def files() -> dict[str, bytes]:
        if not (options.copy or options.endpoint):
            raise ValueError("No publisher has this table as a file. Use --from FILE with the sheet of figures.")
        raw, name = _copy(options.copy) if options.copy else (fetch(options.endpoint), options.endpoint)
        return build(raw, name)

    _run(script, files)


def main_all(script: str, endpoints: Sequence[str], build: BuildAll, arguments: Sequence[str] | None = None) -> None:
    """`main` for a dataset made of several files of one publisher: `--from` and `--endpoint` take all of them.

    `build` gets {file name: bytes}, the name being the last part of each path or address.
    """
    parser = argparse.ArgumentParser(description=f"Write the dataset in {Path(script).parent.name}/.")
    parser.add_argument(
        "--from", dest="copies", metavar="FILE", nargs="+", help="read these copies of the publisher's files"
    )
    parser.add_argument(
        "--endpoint", dest="endpoints", metavar="URL", nargs="+", default=endpoints, help="fetch from these"
    )
    options = parser.parse_args(arguments)

    def files() -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for place in options.copies or options.endpoints:
            raw, where = _copy(place) if options.copies else (fetch(place), place)
            name = urllib.parse.unquote(where.partition("?")[0].rpartition("/")[2])
            if name in found:
                raise ValueError(f"{name} is given twice. Give each file once.")
            found[name] = raw
        return build(found)

    _run(script, files)


def main_by_hand(script: str) -> None:
    """Check the tables beside a maker, written by hand since no publisher has them, and describe them anew."""
    folder = Path(script).resolve().parent
    tables = [resource["path"] for resource in json.loads((folder / "datapackage.json").read_bytes())["resources"]]
    _run(script, lambda: {path: (folder / path).read_bytes() for path in tables})


def _run(script: str, files: Callable[[], dict[str, bytes]]) -> None:
    folder = Path(script).resolve().parent
    try:
        write(folder, files())
    except ValueError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"{folder.name} cannot be written ({error.strerror}). Check the disk.")
    print(f"Wrote {folder.name}.")


def fetch(url: str) -> bytes:
    """The bytes at `url`. Raises `ValueError` with one sentence on any fault, an empty answer included."""
    late = f"{url} gave no answer in {TIMEOUT:g} seconds. Try again, or use --from FILE."
    cut = f"{url} broke off before the end. Try again, or use --from FILE."
    request = urllib.request.Request(url, headers={"User-Agent": "equityguide-makers"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            raw: bytes = answer.read(LIMIT + 1)
            promised = int(answer.headers.get("Content-Length") or len(raw))
    except urllib.error.HTTPError as error:
        raise ValueError(f"{url} answered with status {error.code}. Try later, or use --from FILE.") from None
    except http.client.IncompleteRead:
        raise ValueError(cut) from None
    except (OSError, http.client.HTTPException) as error:
        # urllib wraps a timeout while connecting, and lets one while reading through as it is.
        if isinstance(getattr(error, "reason", error), TimeoutError):
            raise ValueError(late) from None
        raise ValueError(f"{url} cannot be reached ({error}). Check it, or use --from FILE.") from None
    if len(raw) > LIMIT:
        raise ValueError(f"{url} is larger than {LIMIT // 1_000_000} MB. Check the address.")
    if len(raw) < promised:
        raise ValueError(cut)
    if not raw.strip():
        raise ValueError(f"{url} is empty. Check the address, or use --from FILE.")
    return raw


def rows(raw: bytes, name: str, columns: Mapping[str, Sequence[str]]) -> list[Row]:
    """The publisher's table as rows of text cells under our column names.

    `columns` maps each of our names to the publisher's spellings. Capitals, spaces, hyphens and underscores
    do not count: the portal's download page and its API write the same header in different ways.
    """
    records = list(data.read_records(raw, name))
    header = [_bare(cell) for cell in records[0]] if records else []
    place: dict[str, int] = {}
    for ours, theirs in columns.items():
        found = [i for i, cell in enumerate(header) if cell in {_bare(spelling) for spelling in theirs}]
        if len(found) != 1:
            raise ValueError(
                f"{name}, row 1: the column {theirs[0]} occurs {len(found)} times. "
                "Check whether the publisher changed the file."
            )
        place[ours] = found[0]
    table: list[Row] = []
    for row, record in enumerate(records[1:], start=2):
        if len(record) != len(header):
            raise ValueError(
                f"{name}, row {row}: there are {len(record)} cells for {len(header)} columns. "
                "The file may be cut off: fetch it again."
            )
        table.append({ours: record[i] for ours, i in place.items()})
    return table


def exact(name: str, row: int, column: str, text: str) -> float:
    """A cell's number. Raises `ValueError` naming file, row and column."""
    try:
        return data.number(text)
    except ValueError as error:
        raise ValueError(f"{name}, row {row}, column {column}: {error}") from None


def pick(files: Mapping[str, bytes], ending: str) -> tuple[bytes, str]:
    """The one file whose name ends with `ending` (letters and digits count), and its name."""
    found = [name for name in files if _bare(name).endswith(_bare(ending))]
    if len(found) != 1:
        raise ValueError(f"There are {len(found)} files called {ending}. Give the maker one of each it needs.")
    return files[found[0]], found[0]


def blank(text: str) -> bool:
    """Whether a federal table leaves the cell open: nothing in it, a point or a dash."""
    return text.strip() in {"", ".", "-", "--", "\u2013"}


def whole(name: str, row: int, column: str, text: str) -> int:
    """A cell's count, with or without commas between thousands. Raises `ValueError` naming the cell."""
    bare = text.strip()
    if re.fullmatch(r"[0-9]{1,3}(,[0-9]{3})+", bare):
        bare = bare.replace(",", "")
    value = exact(name, row, column, bare)
    if value < 0 or value != int(value):
        raise ValueError(f"{name}, row {row}, column {column}: {text!r} is not a count. Check the columns.")
    return int(value)


def small(*counts: int | None) -> bool:
    """Whether a count of people is 1 to 10, or left open by the publisher: it may not be shown."""
    return any(count is None or 1 <= count < SAFE for count in counts)


def hidden(parts: Mapping[str, Sequence[int]], extra: int = 0) -> set[str]:
    """The groups to withhold so that no count of 1 to 10 can be read or had by subtraction from the total.

    `parts` has each group's counts (a count of -1 is unknown: the publisher withheld it), which add up to a
    total that is shown too, with `extra` more people in no group. Groups with a small count go first, then
    the smallest others until two groups share the remainder and it holds 11 people or more in each column.
    """
    away = {name for name, counts in parts.items() if small(*(None if c < 0 else c for c in counts))}
    if not away:
        return away
    order = sorted(set(parts) - away, key=lambda name: (min(parts[name]), name))

    def safe() -> bool:
        sums = [sum(max(parts[name][i], 0) for name in away) for i in range(len(next(iter(parts.values()))))]
        return (len(away) > 1 or extra > 0) and min(sums) + extra >= SAFE

    while order and not safe():
        away.add(order.pop(0))
    return away


def csv_bytes(columns: Sequence[str], table: Iterable[Sequence[object]]) -> bytes:
    """A table as UTF-8 CSV with line feeds; numbers get the fewest digits that keep their value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(table)
    return text.getvalue().encode("utf-8")


def expect(name: str, what: str, found: object, published: object) -> None:
    """Hold one value against a figure published elsewhere. Raises `ValueError` if they differ."""
    if found != published:
        raise ValueError(
            f"{name}: {what} is {found} and was published as {published}. "
            "Find out which is right before writing the table."
        )


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Check `files` against the folder's datapackage, then put them and the updated datapackage in place.

    The datapackage gets each file's bytes, hash and row count. Files are written beside the old ones and
    renamed over them, the datapackage last.
    """
    package: dict[str, Any] = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    described = [resource["path"] for resource in package["resources"]]
    if sorted(described) != sorted(files):
        raise ValueError(f"{folder.name}: the datapackage lists {described}, not {sorted(files)}. Mend it.")
    for resource in package["resources"]:
        raw = files[resource["path"]]
        if "schema" in resource:
            resource["rowcount"] = len(data.parse(raw, resource["schema"], resource["path"]))
        resource["bytes"] = len(raw)
        resource["hash"] = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
    _replace(folder, {**files, "datapackage.json": text.encode("utf-8")})


def _replace(folder: Path, files: Mapping[str, bytes]) -> None:
    fresh = {name: folder / f".{name}.{os.getpid()}" for name in files}
    try:
        for name, raw in files.items():
            fresh[name].write_bytes(raw)
        for name, path in fresh.items():
            path.replace(folder / name)
    finally:
        for path in fresh.values():
            path.unlink(missing_ok=True)


def _copy(file: str) -> tuple[bytes, str]:
    path = Path(file)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{file} cannot be read ({error.strerror}). Check the path.") from None
    if not raw.strip():
        raise ValueError(f"{path.name} is empty. Use another copy.")
    return raw, path.name


def _bare(header: str) -> str:
    return re.sub(r"[^a-z0-9]", "", header.lower())
