"""The tokens: contrast, distance in four kinds of color vision, no red with green, and their CSS, all recomputed."""

from __future__ import annotations

import itertools
import re

import altair as alt
import numpy as np
import pytest

from equityguide import theme

MODES = ("light", "dark")
# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# Ottosson 2020: linear RGB to OKLab.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def linear(color: str) -> np.ndarray:
    channels = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def oklab(color: str, vision: str = "normal") -> np.ndarray:
    seen = np.clip(np.array(VISION[vision]) @ linear(color), 0, 1)
    return LAB @ np.cbrt(CONES @ seen)


def distance(one: str, other: str) -> float:
    """The least OKLab distance over the four kinds of color vision."""
    return min(float(np.linalg.norm(oklab(one, v) - oklab(other, v))) for v in VISION)


def hue(color: str) -> str:
    _, a, b = oklab(color)
    angle = np.degrees(np.arctan2(b, a)) % 360
    if np.hypot(a, b) < 0.06:
        return "gray"
    return "red" if angle < 38 or angle > 350 else "green" if 120 < angle < 165 else "other"


def test_the_measures_know_black_white_red_and_green() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert oklab("#ffffff") == pytest.approx([1, 0, 0], abs=1e-4)
    assert hue("#ff0000") == "red"
    assert hue("#2ca02c") == "green"
    # A classic red and green pair, apart for most and close for a deutan reader: what the tokens must not be.
    assert distance("#d62728", "#2ca02c") < 0.16 < float(np.linalg.norm(oklab("#d62728") - oklab("#2ca02c")))


@pytest.mark.parametrize("mode", MODES)
def test_text_reads_on_its_ground(mode: theme.Mode) -> None:
    tokens = theme.TOKENS[mode]
    for token in ("ink", "quiet", "named", *(f"group-{i + 1}" for i in range(theme.GROUPS))):
        assert contrast(tokens[token], tokens["ground"]) >= 4.5, token
    for step in range(1, theme.CLASSES + 1):
        assert contrast(tokens[f"on-class-{step}"], tokens[f"class-{step}"]) >= 4.5, step
    assert contrast(tokens["ink"], tokens["missing"]) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_marks_stand_out_from_their_ground(mode: theme.Mode) -> None:
    tokens = theme.TOKENS[mode]
    for token in ("edge", "mark", "named", "focus", *(f"class-{i + 1}" for i in range(theme.CLASSES))):
        assert contrast(tokens[token], tokens["ground"]) >= 3, token
    # The missing class is as pale as the ground, so its outline has to show it.
    assert contrast(tokens["edge"], tokens["missing"]) >= 3


@pytest.mark.parametrize("mode", MODES)
def test_groups_are_apart_in_four_kinds_of_color_vision(mode: theme.Mode) -> None:
    colors = [theme.TOKENS[mode][f"group-{i + 1}"] for i in range(theme.GROUPS)]
    for one, other in itertools.combinations(colors, 2):
        assert distance(one, other) >= 0.10, (one, other)


@pytest.mark.parametrize("mode", MODES)
def test_classes_are_one_ramp_away_from_the_ground_with_steps_that_show(mode: theme.Mode) -> None:
    tokens = theme.TOKENS[mode]
    ramp = [tokens[f"class-{i + 1}"] for i in range(theme.CLASSES)]
    against = [contrast(color, tokens["ground"]) for color in ramp]
    assert against == sorted(against)
    for one, other in itertools.pairwise(ramp):
        assert distance(one, other) >= 0.08, (one, other)


@pytest.mark.parametrize("mode", MODES)
def test_no_red_stands_with_green(mode: theme.Mode) -> None:
    tokens = theme.TOKENS[mode]
    for family in ("group-", "class-"):
        hues = {hue(color) for token, color in tokens.items() if token.startswith(family)}
        assert not {"red", "green"} <= hues


def test_every_mode_has_every_token() -> None:
    assert {frozenset(tokens) for tokens in theme.TOKENS.values()} == {frozenset(theme.TOKENS["light"])}


def test_css_carries_every_token_in_all_four_modes() -> None:
    blocks = {
        ":root{": "light",
        'html[data-theme="dark"]{': "dark",
        "@media print{html[data-theme]{": "light",
        "@media (forced-colors:active){html[data-theme]{": "forced",
    }
    lines = theme.css().splitlines()
    assert len(lines) == len(blocks)
    for (opening, mode), line in zip(blocks.items(), lines, strict=True):
        assert line.startswith(opening)
        assert dict(re.findall(r"--eg-([a-z0-9-]+):([^;]+);", line)) == theme.TOKENS[mode]


def test_forced_colors_are_the_readers_own() -> None:
    assert not [value for value in theme.TOKENS["forced"].values() if "#" in value]


def test_color_names_a_known_token_only() -> None:
    assert theme.color("ink") == "var(--eg-ink)"
    with pytest.raises(KeyError, match="unknown color token 'red'"):
        theme.color("red")


def test_groups_and_classes_have_their_limits() -> None:
    assert len(theme.groups(theme.GROUPS)) == theme.GROUPS
    with pytest.raises(ValueError, match="Use one panel a group"):
        theme.groups(theme.GROUPS + 1)
    for count in range(2, theme.CLASSES + 1):
        fills, inks = theme.classes(count), theme.class_inks(count)
        assert len(set(fills)) == count
        assert [ink.replace("on-", "") for ink in inks] == fills
        assert (fills[0], fills[-1]) == (theme.color("class-1"), theme.color("class-5"))
    with pytest.raises(ValueError, match="2 to 5"):
        theme.classes(6)


@pytest.mark.parametrize("mode", MODES)
def test_resolve_leaves_no_variable(mode: theme.Mode) -> None:
    spec = alt.Chart(alt.Data(values=[{"a": 1}])).mark_bar(color=theme.color("named")).encode(x="a:Q").to_dict()
    assert "var(" in str(spec)
    resolved = theme.resolve(spec, mode)
    assert "var(" not in str(resolved)
    assert resolved["mark"]["color"] == theme.TOKENS[mode]["named"]
