"""One set of tokens for every chart and page: an Altair theme, and the CSS variables the drawings are colored with.

A chart names colors as CSS variables (`color("group-1")` is `var(--eg-group-1)`), so that one drawing serves light,
dark, print and forced colors. Where no stylesheet reaches (a notebook, a downloaded picture) `resolve` writes the
values of one mode in their place.

The group colors were searched for in OKLab under normal, protan, deutan and tritan vision (Machado 2009), each at
least 4.5:1 against its ground so that a label can share its mark's color. No red/green pair, no skin tone, no ramp.
The class colors are an ordered ramp for values on a map, never for groups of people; each is at least 3:1 against
its ground, and `on-class-…` is the ink for text on one, at least 4.5:1. `border` parts neighboring areas: the ground
showing through, or a line where colors are forced. `tests/unit/test_theme.py` recomputes all of this.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, cast

import altair as alt

Mode = Literal["light", "dark", "forced"]

GROUPS = 4
CLASSES = 5

TOKENS: dict[Mode, dict[str, str]] = {
    "light": {
        "ground": "#ffffff",
        "ink": "#1b1f24",
        "quiet": "#525a66",
        "rule": "#d4d8de",
        "edge": "#6b7380",
        "group-1": "#0072b2",
        "group-2": "#b8430f",
        "group-3": "#1e1b6e",
        "group-4": "#7a395a",
        "class-1": "#1fa29f",
        "class-2": "#267d90",
        "class-3": "#335789",
        "class-4": "#2d2e79",
        "class-5": "#281547",
        "on-class-1": "#000000",
        "on-class-2": "#ffffff",
        "on-class-3": "#ffffff",
        "on-class-4": "#ffffff",
        "on-class-5": "#ffffff",
        "border": "#ffffff",
        "mark": "#0072b2",
        "named": "#b8430f",
        "missing": "#eef0f3",
        "focus": "#005fcc",
    },
    "dark": {
        "ground": "#14181e",
        "ink": "#e8eaed",
        "quiet": "#b4bcc8",
        "rule": "#3a424d",
        "edge": "#8b95a3",
        "group-1": "#9ecbff",
        "group-2": "#ff9d5c",
        "group-3": "#b07cff",
        "group-4": "#fff3b0",
        "class-1": "#5c5ea5",
        "class-2": "#6987d6",
        "class-3": "#65bcd0",
        "class-4": "#a9d8a8",
        "class-5": "#f4efb0",
        "on-class-1": "#ffffff",
        "on-class-2": "#000000",
        "on-class-3": "#000000",
        "on-class-4": "#000000",
        "on-class-5": "#000000",
        "border": "#14181e",
        "mark": "#9ecbff",
        "named": "#ff9d5c",
        "missing": "#262c35",
        "focus": "#8ec7ff",
    },
    # System colors: the reader's own high-contrast choice. Marks differ by shape, label and outline there; classes and
    # grid lines are shades between that choice's two, since it has no ramp of its own.
    "forced": {
        "ground": "Canvas",
        "ink": "CanvasText",
        "quiet": "CanvasText",
        "rule": "color-mix(in srgb, CanvasText 35%, Canvas)",
        "edge": "CanvasText",
        "group-1": "CanvasText",
        "group-2": "LinkText",
        "group-3": "GrayText",
        "group-4": "Highlight",
        "class-1": "color-mix(in srgb, CanvasText 4%, Canvas)",
        "class-2": "color-mix(in srgb, CanvasText 20%, Canvas)",
        "class-3": "color-mix(in srgb, CanvasText 40%, Canvas)",
        "class-4": "color-mix(in srgb, CanvasText 62%, Canvas)",
        "class-5": "color-mix(in srgb, CanvasText 82%, Canvas)",
        "on-class-1": "CanvasText",
        "on-class-2": "CanvasText",
        "on-class-3": "CanvasText",
        "on-class-4": "Canvas",
        "on-class-5": "Canvas",
        "border": "CanvasText",
        "mark": "CanvasText",
        "named": "LinkText",
        "missing": "Canvas",
        "focus": "Highlight",
    },
}

# Arial's metrics are those of Liberation Sans, which vl-convert carries: text is measured the same on every machine.
FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
FONT_SIZE = 13  # pixels; drawings are never scaled down, so this is what a phone shows

_VARIABLE = re.compile(r"var\(--eg-([a-z0-9-]+)\)")


def color(token: str) -> str:
    """The CSS variable of a token, for use in a chart. Raises `KeyError` naming an unknown token."""
    if token not in TOKENS["light"]:
        raise KeyError(f"unknown color token {token!r}; known: {', '.join(TOKENS['light'])}")
    return f"var(--eg-{token})"


def groups(count: int) -> list[str]:
    """Colors for `count` groups of people, at most four: beyond that a chart needs panels, not more colors."""
    if not 1 <= count <= GROUPS:
        raise ValueError(f"{count} groups: there are colors for 1 to {GROUPS}. Use one panel a group.")
    return [color(f"group-{i + 1}") for i in range(count)]


def classes(count: int) -> list[str]:
    """Colors for `count` ordered classes of a value (2 to 5), low to high, spread over the whole ramp."""
    return [color(f"class-{step}") for step in _steps(count)]


def class_inks(count: int) -> list[str]:
    """Colors for text written on the areas that `classes(count)` fills, in the same order."""
    return [color(f"on-class-{step}") for step in _steps(count)]


def _steps(count: int) -> list[int]:
    if not 2 <= count <= CLASSES:
        raise ValueError(f"{count} classes: a map can be told apart with 2 to {CLASSES}.")
    return [1 + round(i * (CLASSES - 1) / (count - 1)) for i in range(count)]


def resolve(spec: dict[str, Any], mode: Literal["light", "dark"] = "light") -> dict[str, Any]:
    """A copy of a Vega-Lite specification with every token replaced by its value in `mode`."""
    text = _VARIABLE.sub(lambda m: TOKENS[mode][m.group(1)], json.dumps(spec))
    return cast("dict[str, Any]", json.loads(text))


def css() -> str:
    """The tokens as CSS variables: light by default, dark by the page's switch, system colors when forced."""

    def block(mode: Mode) -> str:
        return "".join(f"--eg-{token}:{value};" for token, value in TOKENS[mode].items())

    return (
        f":root{{{block('light')}}}\n"
        f'html[data-theme="dark"]{{{block("dark")}}}\n'
        f"@media print{{html[data-theme]{{{block('light')}}}}}\n"
        f"@media (forced-colors:active){{html[data-theme]{{{block('forced')}}}}}\n"
    )


def altair_theme() -> alt.theme.ThemeConfig:
    """The Altair theme, registered and enabled on import so that no chart has to ask for it."""
    text = {
        "labelColor": color("ink"),
        "titleColor": color("ink"),
        "labelFontSize": FONT_SIZE,
        "titleFontSize": FONT_SIZE,
        "titleFontWeight": "normal",
    }
    axis = {
        **text,
        "domainColor": color("edge"),
        "tickColor": color("edge"),
        "gridColor": color("rule"),
        "labelLimit": 220,
    }
    return cast(
        "alt.theme.ThemeConfig",
        {
            "config": {
                "background": "transparent",
                "font": FONT,
                "view": {"stroke": None},
                "axis": axis,
                "legend": {**text, "symbolStrokeColor": color("edge"), "labelLimit": 260},
                "header": text,
                "title": {
                    "color": color("ink"),
                    "fontSize": FONT_SIZE + 1,
                    "anchor": "start",
                    "subtitleColor": color("quiet"),
                    "subtitleFontSize": FONT_SIZE,
                },
                "range": {"category": groups(GROUPS)},
                "text": {"color": color("ink"), "fontSize": FONT_SIZE},
                "rule": {"color": color("edge")},
                "bar": {"color": color("mark")},
                "point": {"color": color("mark"), "filled": True, "size": 70},
                "line": {"color": color("mark"), "strokeWidth": 2.5},
            }
        },
    )


alt.theme.register("equityguide", enable=True)(altair_theme)
