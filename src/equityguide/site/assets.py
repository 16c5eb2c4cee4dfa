"""The files every page shares that are made rather than written: color tokens and the Vega bundle."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from equityguide import theme
from equityguide.site.drawing import VEGA_LITE


def prepare(cache: Path) -> Path:
    """Write `tokens.css` and `vega.js` into `cache`/assets and return that folder.

    The bundle is made once for each version of vl-convert.
    """
    folder = cache / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "tokens.css", theme.css())
    bundle = cache / f"vega-{version('vl-convert-python')}-{VEGA_LITE}.js"
    if not bundle.exists():
        _write(bundle, _vega())
    _write(folder / "vega.js", bundle.read_text("utf-8"))
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
