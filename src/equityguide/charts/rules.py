"""Rules a chart must keep, read off its specification: `findings(spec)` says in sentences what is broken.

What only the drawing shows (the order of marks, text that leaves its frame) is tested on the drawing instead.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterator
from typing import Any

from equityguide import theme
from equityguide.charts import TEXT

COLOR_CHANNELS = ("color", "fill", "stroke")
CLASSED = ("threshold", "quantize", "quantile", "bin-ordinal")
NO_COLOR = {"transparent", "none", "currentColor"}
INTERVALS = {"errorbar", "errorband"}
# What a specification carries beside the drawing; `resolve` holds scale names as keys, not colors.
APART = {"data", "datasets", "usermeta", "transform", "resolve", "$schema"}
RED_WITH_GREEN = {"redyellowgreen", "spectral", "rainbow", "sinebow", "turbo", "category10", "tableau10", "set1"}
NAMED = {
    "red": "#ff0000", "darkred": "#8b0000", "crimson": "#dc143c", "firebrick": "#b22222", "tomato": "#ff6347",
    "green": "#008000", "darkgreen": "#006400", "forestgreen": "#228b22", "seagreen": "#2e8b57", "lime": "#00ff00",
    "limegreen": "#32cd32",
}  # fmt: skip

_TOKEN = re.compile(r"var\(--eg-([a-z0-9-]+)\)\Z")
_COLOR_IN_EXPRESSION = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")
_COLOR_KEY = re.compile(r"(?:color|fill|stroke|background)\Z|.*(?:Color|Fill|Stroke)\Z")
_SIZE_KEY = re.compile(r"(?:f|.*F)ontSize\Z")


def findings(spec: dict[str, Any]) -> list[str]:
    """What a Vega-Lite specification breaks, one sentence each with its mend; an empty list for a sound chart.

    Found are: colors that are not tokens, continuous color scales, ramps for groups, red with green, text under
    12 px, a chart without the theme, and an interval that does not say its level.
    """
    found: list[str] = []
    if spec.get("config", {}).get("font") != theme.FONT:
        found.append("The chart was made without the theme. Import equityguide before Altair draws it.")
    for channel, scaled in _scaled(spec):
        found += _scale(channel, scaled)
    literals = []
    for where, value in _colors(spec):
        token = _TOKEN.match(value)
        if token is None and value not in NO_COLOR:
            literals.append(value)
            found.append(
                f"{where} is {value!r}, which suits one kind of page only. Use theme.color(…) or theme.groups(n)."
            )
        elif token is not None and token.group(1) not in theme.TOKENS["light"]:
            found.append(f"{where} is the unknown token {value!r}. Use theme.color(…), which checks the name.")
    if {"red", "green"} <= {_hue(value) for value in literals}:
        found.append("Red stands with green, which one man in twelve cannot tell apart. Use theme.groups(n).")
    found += _small_text(spec)
    found += _interval(spec)
    return list(dict.fromkeys(found))


def _units(node: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary of the drawing itself, data left out."""
    if isinstance(node, list):
        for part in node:
            yield from _units(part)
    elif isinstance(node, dict):
        yield node
        for key, part in node.items():
            if key not in APART:
                yield from _units(part)


def _scaled(spec: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every color channel that reads a column, and the column's definition."""
    for unit in _units(spec):
        encoding = unit.get("encoding", {})
        for channel in COLOR_CHANNELS:
            for definition in _branches(encoding.get(channel)):
                if definition.keys() & {"field", "aggregate"} and definition.get("scale", {}) is not None:
                    yield channel, definition


def _branches(definition: Any) -> list[dict[str, Any]]:
    """A channel's definition and its conditions."""
    if not isinstance(definition, dict):
        return []
    condition = definition.get("condition", [])
    return [definition, *(condition if isinstance(condition, list) else [condition])]


def _scale(channel: str, definition: dict[str, Any]) -> list[str]:
    scale, kind = definition.get("scale", {}), definition.get("type", "nominal")
    name = definition.get("field", "a count")
    scheme = scale.get("scheme")
    scheme = scheme.get("name") if isinstance(scheme, dict) else scheme
    colors = scale.get("range")
    found = []
    if kind in ("quantitative", "temporal") and scale.get("type") not in CLASSED and not definition.get("bin"):
        found.append(
            f"{channel} runs continuously over {name}. Use classes: alt.Scale(type='threshold', domain=breaks, "
            "range=theme.classes(n))."
        )
    elif kind != "nominal" and not colors and not scheme:
        found.append(f"{channel} over {name} falls to Vega's own ramp. Give the scale range=theme.classes(n).")
    if scheme:
        why = "puts red with green" if scheme in RED_WITH_GREEN else "is not made of tokens"
        found.append(
            f"{channel} uses the scheme {scheme!r}, which {why}. Use range=theme.groups(n) or theme.classes(n)."
        )
    if kind == "nominal" and isinstance(colors, list) and len([c for c in colors if "--eg-class-" in str(c)]) > 1:
        found.append(f"{channel} ranks the groups of {name} from light to dark. Use range=theme.groups(n).")
    return found


def _colors(spec: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every color written into the specification, and where."""
    for unit in _units(spec):
        for key, value in unit.items():
            if key in APART or not _COLOR_KEY.match(key):
                continue
            if isinstance(value, str):
                yield key, value
            for part in _branches(value):
                if isinstance(part.get("value"), str):
                    yield key, part["value"]
                if _COLOR_IN_EXPRESSION.search(str(part.get("expr", ""))):
                    yield key, str(part["expr"])
                for entry in (part.get("scale") or {}).get("range") or []:
                    yield f"the range of {key}", str(entry)
    for name, colors in spec.get("config", {}).get("range", {}).items():
        for entry in colors if isinstance(colors, list) else []:
            yield f"config.range.{name}", str(entry)


def _hue(color: str) -> str:
    digits = NAMED.get(color.lower(), color).lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        return "other"
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    if saturation < 0.3:
        return "other"
    return "red" if hue < 1 / 18 or hue > 17 / 18 else "green" if 2 / 9 < hue < 17 / 36 else "other"


def _small_text(spec: dict[str, Any]) -> list[str]:
    sizes = [(key, value) for unit in _units(spec) for key, value in unit.items() if _SIZE_KEY.match(key)]
    for unit in _units(spec):
        mark = unit.get("mark")
        if mark == "text" or (isinstance(mark, dict) and mark.get("type") == "text"):
            drawn = unit.get("encoding", {}).get("size", {})
            sizes += [("the size of a text", part.get("value")) for part in _branches(drawn)]
            sizes += [("the size of a text", mark.get("size"))] if isinstance(mark, dict) else []
    return [
        f"{key} is {size:g} px, too small to read on a phone. Use {TEXT} or more."
        for key, size in sizes
        if isinstance(size, int | float) and size < TEXT
    ]


def _interval(spec: dict[str, Any]) -> list[str]:
    note = spec.get("usermeta", {}).get("equityguide", {})
    marks = [unit.get("mark") for unit in _units(spec)]
    kinds = {mark.get("type") if isinstance(mark, dict) else mark for mark in marks if mark}
    if (note.get("lower") or kinds & INTERVALS) and not note.get("level"):
        return ["An interval is drawn that does not say its level. Give describe(…, level=95) for a 95% interval."]
    return []
