"""Charts drawn to SVG and PNG without a browser, by one process, each only once.

vl-convert carries V8 and its own fonts, so a drawing is the same on every machine. It must never be loaded into the
process that kernels are forked from (V8's threads do not survive a fork); only the builder imports this module.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import signal
import sys
import textwrap
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from equityguide.figure import complete, to_csv
from equityguide.figure.markup import text
from equityguide.theme import FONT, TOKENS

VEGA_LITE = "6.4"  # the grammar Altair 6 writes; vl-convert carries several
_REVISION = "3"  # raised when `_clean` or `_poster` change what they write
WIDTHS = ("wide", "phone")


# What other processes are drawing for this one: the path of a drawing -> the task that writes it.
_begun: dict[Path, Future[None]] = {}


def get_ready() -> None:
    """Load vl-convert and its engine, which takes half a second the first time something is drawn."""
    import vl_convert

    vl_convert.vegalite_to_svg({"mark": "point", "data": {"values": []}}, vl_version=VEGA_LITE)


class Elsewhere:
    """Draws on the processes of `pool` while this one reads and writes pages; who needs a drawing waits for it."""

    def __init__(self, pool: Executor, cache: Path) -> None:
        self.pool, self.cache = pool, cache
        self.figures: list[list[Path]] = []

    def draw(self, payloads: Iterable[dict[str, Any]]) -> None:
        """Begin with what pages show of each figure that the cache does not hold whole."""
        for payload in payloads:
            paths = _paths(payload, self.cache)
            # A trainer's edition has some figures twice, on a worksheet and in its solution.
            if paths[0] not in _begun and not all(path.exists() for path in paths):
                _begun.update(dict.fromkeys(paths[:-1], self.pool.submit(_draw, payload, paths)))
                self.figures.append(paths)

    def finish(self) -> None:
        """Begin with the pictures for download, which take longest and are needed last, once all else is drawn."""
        _wait(_begun)
        _begun.update({paths[-1]: self.pool.submit(_picture, paths) for paths in self.figures})
        self.figures.clear()


@contextlib.contextmanager
def elsewhere(cache: Path) -> Iterator[Elsewhere]:
    """Processes that draw on every core: vl-convert draws one figure at a time in a process, and holds the others up.

    The block ends with all that was begun drawn, and passes on the first error.
    """
    # New processes, not forks of this one: threads that vl-convert has started here would be missing in a fork.
    pool = ProcessPoolExecutor(min(4, os.cpu_count() or 1), get_context("spawn"), _be_drawer)
    try:
        begun = Elsewhere(pool, cache)
        yield begun
        begun.finish()
        _wait(_begun)
    finally:
        _begun.clear()
        pool.shutdown(cancel_futures=True)


def _be_drawer() -> None:
    """Leave Ctrl-C to the build, and the cores to what it waits for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        os.nice(5)


def _wait(paths: Iterable[Path]) -> None:
    for task in {_begun[path] for path in paths if path in _begun}:
        task.result()


def drawings(payload: dict[str, Any], cache: Path) -> dict[str, str]:
    """The inline SVG of both widths, colored by CSS variables; drawn now if the cache lacks them."""
    wide, phone, *_ = _found(payload, cache, 2)
    return {"wide": wide.read_text("utf-8"), "phone": phone.read_text("utf-8")}


def downloads(payload: dict[str, Any], cache: Path) -> dict[str, bytes]:
    """The files offered under a figure: `csv` (the rows), `svg` and `png` (with finding and source, light colors)."""
    *_, svg, png = _found(payload, cache, 4)
    return {"csv": to_csv(payload).encode(), "svg": svg.read_bytes(), "png": png.read_bytes()}


def _found(payload: dict[str, Any], cache: Path, first: int) -> list[Path]:
    """Where a figure's drawings lie, once the `first` of them are there."""
    paths = _paths(payload, cache)
    _wait(paths[:first])
    if not all(path.exists() for path in paths[:first]):
        _draw(payload, paths)
        _picture(paths)
    return paths


def _key(payload: dict[str, Any]) -> str:
    parts = [complete(payload, width) for width in WIDTHS]
    said = [payload["name"], payload["finding"], payload["source"], version("vl-convert-python"), _REVISION]
    return hashlib.sha256(json.dumps([parts, said], sort_keys=True).encode()).hexdigest()[:32]


def _paths(payload: dict[str, Any], cache: Path) -> list[Path]:
    key = _key(payload)
    return [cache / f"{key}{suffix}" for suffix in ("-wide.svg", "-phone.svg", ".svg", ".png")]


def _draw(payload: dict[str, Any], paths: list[Path]) -> None:
    import vl_convert

    wide, phone, poster, _ = paths
    poster.parent.mkdir(parents=True, exist_ok=True)
    for width, path in (("wide", wide), ("phone", phone)):
        try:
            svg = vl_convert.vegalite_to_svg(complete(payload, width), vl_version=VEGA_LITE)
        except ValueError as error:
            said = next((line for line in str(error).splitlines() if "Error: " in line), str(error))
            said = said.rsplit("Error: ", 1)[-1].strip().rstrip(".")
            raise ValueError(f"figure {payload['name']!r} cannot be drawn: {said}. Mend its chart.") from None
        _write(path, _clean(svg, f"{payload['name']}-{width}").encode())
    svg = _poster(wide.read_text("utf-8"), payload["finding"], f"Source: {payload['source']}.")
    _write(poster, svg.encode())


def _picture(paths: list[Path]) -> None:
    import vl_convert

    *_, poster, picture = paths
    _write(picture, vl_convert.svg_to_png(poster.read_text("utf-8"), scale=2))


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: an interrupted build must not leave half a drawing in the cache."""
    part = path.with_suffix(path.suffix + ".part")
    part.write_bytes(content)
    part.replace(path)


_NOISE = re.compile(
    r' (?:role="graphics-[a-z]+"|aria-[a-z]+="[^"]*"|class="mark-[^"]*"|pointer-events="none"|opacity="1"'
    r'|version="1\.1"|xmlns:xlink="[^"]*"|font-family="[^"]*"|stroke-miterlimit="10")'
)
_EMPTY_PATH = re.compile(r'<path(?: class="(?:background|foreground)")?(?: d="[^"]*")?(?: display="none")?/>')
_TAG = re.compile(r"<[^>]*>")
_LONG_NUMBER = re.compile(r"(-?\d+\.\d)\d+")
_STYLE = re.compile(r' style="([^"]*)"')
_ID = re.compile(r'((?:id="|url\(#|href="#))((?:clip|gradient|pattern)\d*)')


def _clean(svg: str, prefix: str) -> str:
    """The drawing as a page needs it: one accessible name outside, ids that do not clash, no inline style.

    Marks lose their own labels, since the block's name, summary and table say it and a label for each of a hundred
    marks would be read out one by one. Styles become attributes: the page's policy forbids inline styles.
    """
    svg = _NOISE.sub("", svg)
    svg = _STYLE.sub(lambda m: _attributes(m.group(1)), svg)
    svg = _EMPTY_PATH.sub("", svg)
    while (slimmer := svg.replace("<g></g>", "")) != svg:
        svg = slimmer
    # Positions need no second decimal. Numbers that are read stand between the tags and keep theirs.
    svg = _TAG.sub(lambda m: _LONG_NUMBER.sub(r"\1", m.group()), svg)
    # vl-convert counts on from one drawing to the next; a drawing is to be the same whatever was drawn before it.
    names: dict[str, str] = {}
    svg = _ID.sub(lambda m: m.group(1) + names.setdefault(m.group(2), f"{prefix}-part{len(names)}"), svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def _attributes(style: str) -> str:
    pairs = (part.split(":", 1) for part in style.split(";") if ":" in part)
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs if name.strip() != "cursor")


def _poster(svg: str, finding: str, source: str) -> str:
    """The wide drawing as a picture of its own, finding above and source below, in light colors."""
    match = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg)
    if match is None:
        raise ValueError("the drawing states no size")
    width, height = (float(size) for size in match.groups())
    head = textwrap.wrap(finding, max(20, int(width / 8.4)))
    foot = textwrap.wrap(source, max(20, int(width / 6.2)))
    top, bottom = 22 * len(head) + 18, 16 * len(foot) + 16
    ink, quiet, ground = (TOKENS["light"][token] for token in ("ink", "quiet", "ground"))

    def lines(said: list[str], y: float, step: int, style: str) -> str:
        return "".join(
            f'<text x="16" y="{y + step * (i + 1):g}" {style}>{text(line)}</text>' for i, line in enumerate(said)
        )

    colored = re.sub(r"var\(--eg-([a-z0-9-]+)\)", lambda m: TOKENS["light"][m.group(1)], svg)
    # A group and not a nested drawing, which takes vl-convert four times as long to turn into a picture.
    inner = re.sub(r"^<svg[^>]*>", f'<g transform="translate(16,{top:g})">', colored).replace("</svg>", "</g>")
    total_width, total_height = width + 32, height + top + bottom
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total_width:g}" height="{total_height:g}" '
        f'viewBox="0 0 {total_width:g} {total_height:g}" font-family="{text(FONT)}">'
        f'<rect width="100%" height="100%" fill="{ground}"/>'
        + lines(head, 6, 22, f'font-size="16" font-weight="bold" fill="{ink}"')
        + inner
        + lines(foot, top + height + 2, 16, f'font-size="12" fill="{quiet}"')
        + "</svg>\n"
    )
