"""The files every page shares that are made rather than written: color tokens, the Vega bundle, the keyboard tree."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from equityguide import theme
from equityguide.site.drawing import VEGA_LITE


def prepare(root: Path, cache: Path) -> Path:
    """Write `tokens.css`, `vega.js` and `olli.js` into `cache`/assets and return that folder.

    The bundle is made once for each version of vl-convert. `olli.js` comes from node_modules; where npm has not run
    yet (`jupyter-book build .` by hand) it is left out, and the button for it says that it could not start.
    """
    folder = cache / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "tokens.css", theme.css())
    bundle = cache / f"vega-{version('vl-convert-python')}-{VEGA_LITE}.js"
    if not bundle.exists():
        _write(bundle, _vega())
    _write(folder / "vega.js", bundle.read_text("utf-8"))
    tree = root / "node_modules" / "olli" / "dist" / "olli.js"
    if tree.exists():
        _write(folder / "olli.js", tree.read_text("utf-8").split("//# sourceMappingURL")[0])
    return folder


def _vega() -> str:
    import vl_convert

    script = vl_convert.javascript_bundle("window.equityguideVega = vegaEmbed;", vl_version=VEGA_LITE)
    # Wrapped, or the bundle's own constants would become the page's.
    return f"(function(){{\n{script}\n}})();\n"


def _write(path: Path, text: str) -> None:
    """Only when it differs, so that Sphinx does not take an untouched file for a new one."""
    if not path.exists() or path.read_text("utf-8") != text:
        part = path.with_suffix(".part")
        part.write_text(text, "utf-8")
        part.replace(path)
