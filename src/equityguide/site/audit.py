"""The attack at the end of a build: what all figures of the book together tell of an organization's counts.

Each figure brings the suppressed counts its numbers were computed from. A page that is safe alone may not be so beside
another: a hidden quarter is what the year on the next page leaves. Only what changed is attacked again.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError

from equityguide import suppression
from equityguide.figure import guard
from equityguide.measures.tables import KNOWN, UNKNOWN
from equityguide.site import figures, stale
from equityguide.worksheets.files import replace

PASSED = "audited.json"
Records = list[dict[str, Any]]
Figure = tuple[str, str]  # its page and its name
MEND = (
    "Make them from one table that went through suppress() as a whole, with suppression.pick, or leave one of them out"
)


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Fail the build, in one sentence that names page, figure and cell, where the figures tell a small count."""
    record = Path(env.config.equityguide_cache) / PASSED
    before = _passed(record)
    code = stale.fingerprint(stale.PACKAGE, stale.files(stale.PACKAGE / "suppression"))
    passed = []
    for tables in by_measure(figures.registered(env)):
        digest = hashlib.sha256("\n".join([code, *sorted(_distinct(tables))]).encode()).hexdigest()
        if digest not in before and (told := attack(tables)):
            raise ExtensionError(told)
        passed.append(digest)
    replace(record, json.dumps(passed).encode())


def _passed(record: Path) -> set[str]:
    """What an earlier build found safe; nothing where that cannot be read, and all is attacked again."""
    try:
        return set(json.loads(record.read_text("utf-8")))
    except (OSError, ValueError):
        return set()


def by_measure(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[dict[Figure, Records]]:
    """The counts behind the figures (page -> name -> payload), a measure at a time.

    Measures that seem to count the same people come together: what one hides may be printed in the other. Left out are
    the figures that `data/small_cell_exceptions.json` lists.
    """
    tables: dict[Figure, Records] = {}
    for page, payloads in sorted(found.items()):
        for name, payload in payloads.items():
            if payload["counts"] and name not in guard.exceptions():
                tables[page, name] = payload["counts"]
    for measures in _together(tables):
        own = {figure: [row for row in rows if row["measure"] in measures] for figure, rows in tables.items()}
        yield {figure: rows for figure, rows in own.items() if rows}


def _together(tables: Mapping[Figure, Records]) -> list[list[str]]:
    rows = list(_distinct(tables).values())
    try:
        groups = suppression.together(pd.DataFrame(rows)) if rows else []
    except ValueError:  # `attack` says which figures contradict each other
        groups = [{row["measure"]} for row in {row["measure"]: row for row in rows}.values()]
    return sorted(sorted(group) for group in groups)


def attack(tables: Mapping[Figure, Records]) -> str:
    """What these figures together tell, with the fewest of them that do; "" where they are safe."""
    told = _told(tables)
    if not told:
        return ""
    needed = dict(tables)
    for figure in tables:
        fewer = {name: rows for name, rows in needed.items() if name != figure}
        if fewer and (still := _told(fewer)):
            needed, told = fewer, still
    listed = " and ".join(f"{name!r} in {page}" for page, name in needed)
    subject = f"The figures {listed} together" if len(needed) > 1 else f"The figure {listed}"
    return f"{subject} {told}. {MEND}."


def _told(tables: Mapping[Figure, Records]) -> str:
    try:
        found = suppression.audit(pd.DataFrame(answers_apart(list(_distinct(tables).values()))))
    except ValueError as error:
        return f"cannot be audited ({str(error).rstrip('.')})"
    if found.empty:
        return ""
    first = found.iloc[0]
    cell = ", ".join(str(first[column]) for column in ("measure", "period", "dimension", "group"))
    range_ = f"{first['lower']}" if first["lower"] == first["upper"] else f"{first['lower']} to {first['upper']}"
    more = f", and {len(found) - 1} cells more" if len(found) > 1 else ""
    verb = "tell" if len(tables) > 1 else "tells"
    return f"{verb} a small count: {cell}: {first['cell']} {range_} ({first['how']}){more}"


def answers_apart(rows: Records) -> Records:
    """The rows with those of `measures.answered` in a dimension of their own, as whoever has both would use them.

    Known, Declined and Unknown count the same people as the groups by name do. Side by side in one dimension they would
    count them twice; apart, both add up to the same total. Where Declined or Unknown is shown in one of the two, it is
    known in the other.
    """
    place = operator.itemgetter("period", "dimension")
    rolled = {place(row) for row in rows if row["group"] == KNOWN}
    told = [row for row in rows if row.get("status", "shown") == "shown" and row["group"] in UNKNOWN]
    shown = {(*place(row), row["group"]): row for row in told}
    apart: Records = []
    for row in rows:
        known = shown.get((*place(row), row["group"]), row)
        if place(row) not in rolled:
            apart.append(row)
            continue
        if row["group"] in (KNOWN, *UNKNOWN):
            apart.append({**known, "dimension": f"{row['dimension']}, answered"})
        if row["group"] != KNOWN:
            apart.append(known)
    # A dimension shown only as Known, Declined and Unknown has no groups by name to add up.
    named = {place(row) for row in apart if row["group"] not in UNKNOWN}
    return [row for row in _once(apart) if place(row) in named]


def _once(rows: Records) -> Records:
    return list({json.dumps(row, sort_keys=True): row for row in rows}.values())


def _distinct(tables: Mapping[Figure, Records]) -> dict[str, dict[str, Any]]:
    """Each row once, by its text: most figures of a measure rest on the same rows."""
    return {json.dumps(row, sort_keys=True): row for records in tables.values() for row in records}
