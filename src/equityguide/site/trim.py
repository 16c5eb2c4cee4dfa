"""From what Sphinx wrote to what ships: mended pages, one stylesheet, an icon font of the icons in use, no spare files.

A stock page weighs 1.2 MB, two thirds of it an icon font and its script, and asks other hosts.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath

from fontTools import subset

from equityguide.site import pages
from equityguide.site.environment import node

_ICONS = "fa-solid-900.woff2"
_ALWAYS = ("boot.js", "vega.js", "tree.js", "icon.svg", *pages.SCRIPTS.values(), *pages.THEME, *pages.SEARCH)
# Sphinx's search leaves what a reader looked for in the browser's storage, for the pages that it leads to; ours load
# nothing that would read it.
_KEEPS_WORDS = re.compile(rb"\blocalStorage\.setItem\([^\n]*\)")
_NOT_SHIPPED = {".buildinfo", ".buildinfo.bak", "objects.inv"}


class TrimFailed(ValueError):
    """The built pages could not be trimmed; the text says why in one sentence."""


def trim(work: Path, out: Path, cache: Path, root: Path) -> None:
    """Write the site that ships into `out` (a new folder) out of Sphinx's `work`. Node.js runs in `root`.

    Raises `TrimFailed`.
    """
    mended: dict[str, str] = {}
    linked: dict[str, None] = {}
    for path in sorted(work.rglob("*.html")):
        if "_static" in path.relative_to(work).parts:
            continue
        html = path.read_text("utf-8")
        linked |= dict.fromkeys(pages.stylesheets(html))
        name = path.relative_to(work).as_posix()
        mended[name] = _cached(cache / "pages", f"{name}\0{html}", partial(pages.mend, html, PurePosixPath(name)))
    static = work / "_static"
    scripts = [static / name for name in _ALWAYS if name.endswith(".js") and (static / name).exists()]
    small = [path.read_text("utf-8") for path in scripts if path.name != "vega.js"]
    css = _used(
        _joined(static, linked),
        [*mended.values(), *small],
        cache,
        root,
    )
    css = _with_icons(css, static, out / "_static", cache)
    for name, html in mended.items():
        _put(out / name, html.encode())
    _put(out / "_static" / pages.STYLESHEET, css.encode())
    for name in _ALWAYS:
        if (static / name).exists():
            script = _without_map((static / name).read_bytes())
            _put(out / "_static" / name, _KEEPS_WORDS.sub(b"", script) if name in pages.SEARCH else script)
    for path in sorted(work.rglob("*")):
        relative = path.relative_to(work)
        if (
            path.is_file()
            and relative.parts[0] != "_static"
            and path.suffix != ".html"
            and path.name not in _NOT_SHIPPED
        ):
            _put(out / relative, path.read_bytes())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _without_map(script: bytes) -> bytes:
    return re.sub(rb"\n?//# sourceMappingURL=\S+\s*$", b"\n", script)


def _cached(folder: Path, text: str, make: Callable[[], str]) -> str:
    """What `make()` gives for `text`, kept under its hash and that of this package's page code."""
    key = hashlib.sha256(_code().encode() + text.encode()).hexdigest()[:32]
    path = folder / key
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(make(), "utf-8")
        part.replace(path)
    return path.read_text("utf-8")


def _code() -> str:
    here = Path(__file__).parent
    return "".join((here / name).read_text("utf-8") for name in ("pages.py", "policy.py", "trim.py", "purge.mjs"))


def _joined(static: Path, names: Iterable[str]) -> str:
    """All stylesheets as one, imports put in place and addresses made relative to `_static`."""
    return "".join(_inlined(static, static / name) for name in names if (static / name).exists())


def _inlined(static: Path, path: Path) -> str:
    css = path.read_text("utf-8")

    def imported(match: re.Match[str]) -> str:
        target = (path.parent / match.group(1)).resolve()
        return _inlined(static, target) if target.exists() else ""

    def moved(match: re.Match[str]) -> str:
        target = (path.parent / match.group(2).split("?")[0].split("#")[0]).resolve()
        return f"url({target.relative_to(static.resolve()).as_posix()})" if target.exists() else match.group(0)

    css = re.sub(r'@import\s+(?:url\()?["\']?([^"\')]+)["\']?\)?\s*;', imported, css)
    return re.sub(r'url\((["\']?)(?!data:)([^)"\']+)\1\)', moved, css) + "\n"


def _used(css: str, content: list[str], cache: Path, root: Path) -> str:
    """The rules that pages and scripts use. Asked of Node.js only when the words in them have changed."""
    words = sorted({word for text in content for word in re.findall(r"[A-Za-z0-9_-]+", text)})

    def purge() -> str:
        task = json.dumps({"css": css, "content": [" ".join(words)]})
        done = subprocess.run(
            [str(node()), str(Path(__file__).with_name("purge.mjs"))],
            input=task,
            text=True,
            capture_output=True,
            cwd=root,
            check=False,
        )
        if done.returncode:
            said = (done.stderr.strip() or "Node.js said nothing").splitlines()[-1]
            raise TrimFailed(f"The stylesheet could not be trimmed: {said}")
        return done.stdout

    return _cached(cache / "css", json.dumps([css, words]), purge)


_FACE = re.compile(r"@font-face\{[^}]*\}")


def _with_icons(css: str, static: Path, out: Path, cache: Path) -> str:
    """Cut the icon font to the icons the stylesheet still names, and drop the other faces."""
    codes = sorted(
        {int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", css)}
        | {ord(c) for c in css if "\ue000" <= c <= "\uf8ff"}
    )

    def face(match: re.Match[str]) -> str:
        solid = re.search(r"url\(([^)]*" + re.escape(_ICONS) + r")\)", match.group(0))
        if solid is None:
            return ""
        _put(out / "icons.woff2", _font(static / solid.group(1).strip("\"'"), codes, cache))
        return re.sub(r"src:[^;}]*", 'src:url(icons.woff2) format("woff2")', match.group(0))

    return _FACE.sub(face, css)


def _font(source: Path, codes: list[int], cache: Path) -> bytes:
    key = hashlib.sha256(source.read_bytes() + repr(codes).encode()).hexdigest()[:32]
    path = cache / "fonts" / f"{key}.woff2"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        options = subset.Options(flavor="woff2", recalc_timestamp=False)
        font = subset.load_font(str(source), options)
        cutter = subset.Subsetter(options)
        cutter.populate(unicodes=codes)
        cutter.subset(font)
        subset.save_font(font, str(part), options)
        part.replace(path)
    return path.read_bytes()
