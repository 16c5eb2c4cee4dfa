"""The framework of five components, drawn our own way: a ring that no component leads and that each one closes."""

from __future__ import annotations

import itertools
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import TEXT, WIDE, Responsive, describe
from equityguide.charts.diagrams.boxes import WIDTHS, Box, box, boxes_drawn, links, lowest, sheets
from equityguide.charts.sheet import LINE, once, text

TITLES = {"stem": "Page", "name": "Component", "line": "In our words"}
_COMPONENTS = (
    (
        "strategic-priority",
        "Make health equity a strategic priority",
        "Leaders write it into the mission, the plan and the goals.",
    ),
    (
        "infrastructure",
        "Build infrastructure to support health equity",
        "People, money, data and a method turn a plan into daily work.",
    ),
    (
        "determinants",
        "Address the multiple determinants of health",
        "Care, policies, buildings, the local economy, healthy behavior.",
    ),
    (
        "racism-and-oppression",
        "Eliminate racism and other forms of oppression",
        "Find the rules and habits that do harm, and rebuild them.",
    ),
    (
        "community",
        "Partner with the community to improve health equity",
        "Work beside residents and the groups that are close to them.",
    ),
)
_RING = (0, 2, 4, 3, 1)  # the order in which neighbors on the ring are joined
_TAG = 16  # pixels above a card for "You are here"


def framework_rows() -> pd.DataFrame:
    """The five components: `stem` (its chapter), `name` (as IHI words it) and `line` (ours)."""
    return pd.DataFrame(_COMPONENTS, columns=list(TITLES))


def framework(here: str | None = None) -> Responsive:
    """The five components around one aim, in no order and with none left out; for `framework_rows()`.

    `here` is the stem of the component that the page is about. Raises `ValueError` for a stem that is not there.
    """
    rows = framework_rows()
    stems = list(rows["stem"])
    if here is not None and here not in stems:
        raise ValueError(f"No component is called {here!r}. Write one of {', '.join(stems)}.")

    def drawing(total: int) -> Any:
        return (_ring if total == WIDE else _stack)(rows, WIDTHS[total], here)

    names = dict(zip(stems, rows["name"], strict=True))
    said = f"In no fixed order, and all needed: {'; '.join(names.values())}."
    if here is not None:
        said += f" You are here: {names[here]}."
    return describe(
        sheets(rows, drawing), label="stem", value=None, unit="", noun="components", titles=TITLES, said=said
    )


def _cards(rows: pd.DataFrame, width: float) -> list[Box]:
    return [box(row["stem"], width, [("title", row["name"]), ("body", row["line"])]) for _, row in rows.iterrows()]


def _ring(rows: pd.DataFrame, width: float, here: str | None) -> tuple[list[Any], float, float]:
    """One card above, two at the sides, two below; the ring through them, the aim in the middle."""
    cards = _cards(rows, 212)
    tall = max(card.height for card in cards)
    cards = [card.raised(tall) for card in cards]
    side, gap = width - 214, 46
    corners = [((width - 212) / 2, 0.0), (2.0, 1.0), (side, 1.0), (84.0, 2.0), (side - 84, 2.0)]
    cards = [card.moved(x, _TAG + row * (tall + gap)) for card, (x, row) in zip(cards, corners, strict=True)]
    centers = {card.key: (card.x + card.width / 2, card.y + tall / 2) for card in cards}
    hub = (width / 2, _TAG + tall + gap + tall / 2)
    around = itertools.pairwise([*_RING, _RING[0]])
    stems = [card.key for card in cards]
    ring = {stems[a]: (*centers[stems[a]], *centers[stems[b]]) for a, b in around}
    layers = [
        links("stem", ring, strokeWidth=6, color=theme.color("rule")),
        links("stem", {stem: (*hub, *center) for stem, center in centers.items()}, strokeDash=[2, 4]),
        once()
        .mark_point(
            shape="circle",
            filled=True,
            opacity=1,
            size=14_000,
            fill=theme.color("ground"),
            stroke=theme.color("ink"),
            strokeWidth=2,
            aria=False,
        )
        .encode(x=alt.XValue(hub[0]), y=alt.YValue(hub[1])),
        text(["Health equity"], hub[0], hub[1] - LINE, align="center", fontSize=theme.FONT_SIZE + 1, fontWeight="bold"),
        text(["all five needed,", "in any order"], hub[0], hub[1] + 6, align="center", fontSize=TEXT),
        *boxes_drawn(cards, "stem", TITLES, here),
    ]
    return layers, width, lowest(cards) + 2


def _stack(rows: pd.DataFrame, width: float, here: str | None) -> tuple[list[Any], float, float]:
    """The aim above; below it every card hangs on one rail, which has no beginning or end among them."""
    top, rail, left = 62.0, 10.0, 26.0
    cards, y = [], top + 20
    for card in _cards(rows, width - left - 3):
        cards.append(card.moved(left, y))
        y += card.height + 22
    arms = {card.key: (rail, card.y + card.height / 2, left, card.y + card.height / 2) for card in cards}
    end = cards[-1].y + cards[-1].height / 2
    layers = [
        once()
        .mark_rule(strokeWidth=6, color=theme.color("rule"), aria=False)
        .encode(x=alt.XValue(rail), y=alt.YValue(top - 20), y2=alt.Y2Value(end)),
        links("stem", arms, strokeDash=[2, 4]),
        once()
        .mark_rect(cornerRadius=20, fill=theme.color("ground"), stroke=theme.color("ink"), strokeWidth=2, aria=False)
        .encode(x=alt.XValue(2), x2=alt.X2Value(width - 2), y=alt.YValue(2), y2=alt.Y2Value(54)),
        text(["Health equity"], width / 2, 19, align="center", fontSize=theme.FONT_SIZE + 1, fontWeight="bold"),
        text("all five needed, in any order", width / 2, 38, align="center"),
        *boxes_drawn(cards, "stem", TITLES, here),
    ]
    return layers, width, lowest(cards) + 2
