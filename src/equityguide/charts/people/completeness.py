"""How many people's answers are known: one bar a dimension, parted into known, declined and unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from equityguide import theme
from equityguide.charts import PHONE, TEXT, WIDE, Responsive, describe, lettering
from equityguide.charts.compose import having, layer
from equityguide.charts.people.frame import GAP, LEADING, MARGIN, PAD, balanced
from equityguide.charts.people.table import NO_DATA, WITHHELD, require
from equityguide.charts.places import records
from equityguide.charts.scene import at, haloed, px
from equityguide.measures.tables import PAIR, UNKNOWN, is_unknown

BAR = 20  # pixels
KNOWN, DECLINED, UNANSWERED = ANSWERS = ("known", "declined", "unknown")
STYLES: dict[str, dict[str, Any]] = {
    KNOWN: {"fill": "mark", "strokeDash": [1, 0]},
    DECLINED: {"fill": "missing", "strokeDash": [1, 0]},
    UNANSWERED: {"fill": "ground", "strokeDash": [4, 3]},
}


def completeness(
    rows: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    dimension: str = "dimension",
    group: str = "group",
    n: str = "denominator",
    unit: str = "percent of people",
    noun: str = "dimensions",
    decimals: int = 0,
) -> Responsive:
    """The shares of people whose group is known, who declined to say, and who were not asked or not recorded.

    `rows` are counts of one measure and period, one row a `dimension` and `group`, with `n` people: the groups
    "Declined" and "Unknown" (also as one side of a pair) are what they say, all others are known. The dimensions stand
    in the order of the table, each with its shares in words and how many people it counts; `titles` may also hold a
    heading for a dimension's name. A dimension of which a count is withheld shows the word instead of a bar, since its
    shares cannot be worked out: combine the groups that are known before the counts are suppressed.

    Raises `ValueError` in one sentence for a column that is not there, a group that stands twice, and a table that
    shows no dimension whole.
    """
    require(rows, [dimension, group, n])
    twice = rows[rows.duplicated([dimension, group])]
    if len(twice):
        name, where = twice[group].iloc[0], twice[dimension].iloc[0]
        raise ValueError(f"{name} stands twice in {where}. Filter to one measure and one period.")
    whole = {str(name): _shares(part, group, n) for name, part in rows.groupby(dimension, sort=False, observed=True)}
    if not any(isinstance(shares, dict) for shares in whole.values()):
        raise ValueError("No dimension shows all of its counts. Combine the known groups, then suppress, then chart.")
    said = []
    for name, shares in whole.items():
        heading = _heading(name, titles)
        if isinstance(shares, str):
            said.append(f"{heading}: {shares}.")
        else:
            said.append(
                f"{heading}: {', '.join(_said(answer, share, decimals) for answer, share in shares.items() if share)}."
            )
    drawn = [
        _drawing(
            rows, whole, dict(titles), (dimension, group, n), unit, decimals, width - 2 * MARGIN, phone=width == PHONE
        )
        for width in (WIDE, PHONE)
    ]
    return describe(
        Responsive(wide=drawn[0], phone=drawn[1]),
        label=dimension,
        value=None,
        unit=unit,
        noun=noun,
        titles=titles,
        decimals=decimals,
        said=" ".join(said),
    )


def _heading(name: str, titles: Mapping[str, str]) -> str:
    return titles.get(name) or name.replace("_", " ").strip().capitalize()


def _said(answer: str, share: float, decimals: int) -> str:
    """An answer with its share, as the chart writes it."""
    small = 0 < share < 0.5 * 10 ** -(decimals + 2)
    return f"{answer} <{10.0**-decimals:g}%" if small else f"{answer} {share:.{decimals}%}"


def _answer(name: object) -> str:
    if not is_unknown(name):
        return KNOWN
    # In a pair with both, the person was not reached for one of the two.
    return UNANSWERED if UNKNOWN[0] in str(name).split(PAIR) else DECLINED


def _shares(part: pd.DataFrame, group: str, n: str) -> dict[str, float] | str:
    """The share of each answer, or the word of the first count that is withheld."""
    hidden = part[part[n].isna()]
    if len(hidden):
        status = str(hidden["status"].iloc[0]) if "status" in hidden else NO_DATA
        return status if status in WITHHELD else NO_DATA
    counts = part[n].astype(float).groupby(part[group].map(_answer)).sum()
    total = float(counts.sum())
    if total <= 0:
        return NO_DATA
    return {answer: float(counts.get(answer, 0.0)) / total for answer in ANSWERS}


def _drawing(
    rows: pd.DataFrame,
    whole: Mapping[str, Any],
    titles: dict[str, str],
    columns: tuple[str, str, str],
    unit: str,
    decimals: int,
    width: int,
    *,
    phone: bool,
) -> Any:
    dimension, group, n = columns
    total = {name: float(rows.loc[rows[dimension] == name, n].astype("Float64").sum()) for name in whole}
    n_room = max(lettering.width(f"n = {count:,.0f}", TEXT) for count in total.values())
    names = [balanced(_heading(name, titles), width - n_room - 8 if phone else 150) for name in whole]
    lane = (
        0
        if phone
        else max(lettering.width(line, theme.FONT_SIZE) for name in names for line in name) + n_room + 2 * GAP
    )
    above = [len(name) * LEADING + 4 if phone else 0 for name in names]
    key = 16 if phone else 14
    pitches = [BAR + key + LEADING + more + 12 for more in above]
    starts = [sum(pitches[:place]) for place in range(len(pitches))]
    tops = [start + more for start, more in zip(starts, above, strict=True)]
    left, right = max(lane, 2), width - 8

    def lookup(values: list[Any]) -> str:
        return f"{json.dumps(values, ensure_ascii=False)}[datum.eg_at]"

    answered = list(dict.fromkeys(map(str, rows[group])))
    order_of = [ANSWERS.index(_answer(name)) for name in answered]
    base = (
        alt.Chart()
        .transform_calculate(
            eg_at=f"indexof({json.dumps(list(whole), ensure_ascii=False)}, '' + {at(dimension)})",
            eg_order=f"{order_of}[indexof({json.dumps(answered, ensure_ascii=False)}, '' + {at(group)})]",
        )
        .transform_aggregate(
            [
                alt.AggregatedFieldDef(op="sum", field=n, **{"as": "eg_n"}),
            ],
            groupby=["eg_at", "eg_order", dimension],
        )
        .transform_joinaggregate(eg_all="sum(eg_n)", groupby=["eg_at"])
        .transform_window(
            [alt.WindowFieldDef(op="sum", field="eg_n", **{"as": "eg_to"})],
            groupby=["eg_at"],
            sort=[alt.SortField("eg_order")],
            frame=[None, 0],
        )
        .transform_calculate(
            eg_word=lookup([shares if isinstance(shares, str) else "" for shares in whole.values()]),
            eg_share="datum.eg_n / datum.eg_all",
            eg_end="100 * datum.eg_to / datum.eg_all",
            eg_start="100 * (datum.eg_to - datum.eg_n) / datum.eg_all",
            eg_top=lookup([float(top) for top in tops]),
            eg_bottom=lookup([float(top + BAR) for top in tops]),
            eg_key=lookup([float(top + BAR + key) for top in tops]),
            eg_name=lookup(names),
            eg_name_y=lookup(
                [
                    start + LEADING / 2 + 1 if phone else top + BAR / 2 - (len(name) - 1) * LEADING / 2
                    for start, top, name in zip(starts, tops, names, strict=True)
                ]
            ),
        )
        .transform_calculate(
            eg_percent=f"(datum.eg_share > 0 && datum.eg_share < {0.5 * 10 ** -(decimals + 2)} ? '<' + "
            f"{json.dumps(f'{10.0**-decimals:g}%')} : format(datum.eg_share, '.{decimals}%'))",
            eg_answer=f"{json.dumps(ANSWERS)}[datum.eg_order]",
        )
        .transform_calculate(
            eg_sentence=f"{at(dimension)} + ': ' + datum.eg_answer + ' ' + datum.eg_percent",
        )
    )
    scale = alt.Scale(domain=[0, 100], range=[left, right], nice=False)
    axis = alt.Axis(
        title=unit[0].upper() + unit[1:],
        values=[0, 25, 50, 75, 100],
        titleAnchor="start",
        titleAlign="left",
        titleX=left,
        domain=False,
        ticks=False,
        labelPadding=6,
        grid=False,
        labelFlush=True,
    )
    whole_bars = base.transform_filter("datum.eg_word === '' && datum.eg_n > 0")
    tips = [
        alt.Tooltip(dimension, type="nominal", title=_heading(dimension, titles)),
        alt.Tooltip("eg_answer:N", title="Answer"),
        alt.Tooltip("eg_percent:N", title="Share"),
        alt.Tooltip("eg_n:Q", title=_heading(n, titles), format=","),
    ]
    layers = []
    # Where the parts are named: their words differ in length, which tells on a phone.
    keys = [share * (right - left) for share in ((0, 0.31, 0.65) if phone else (0, 1 / 3, 2 / 3))]
    for order, answer in enumerate(ANSWERS):
        style = STYLES[answer] | {"fill": theme.color(STYLES[answer]["fill"]), "stroke": theme.color("mark")}
        part = whole_bars.transform_filter(f"datum.eg_order === {order}")
        layers.append(
            part.mark_rect(**style, strokeWidth=1.5).encode(
                x=alt.X("eg_start:Q", scale=scale, axis=axis),
                x2=alt.X2("eg_end"),
                y=px("eg_top", alt.Y),
                y2=alt.Y2("eg_bottom"),
                tooltip=tips,
                description=alt.Description("eg_sentence:N"),
            )
        )
        start = left + keys[order]
        layers.append(
            part.mark_point(shape="square", size=90, opacity=1, filled=True, strokeWidth=1.5, aria=False, tooltip=None,
                            **style).encode(x=alt.XValue(start + 6), y=px("eg_key", alt.Y))
        )  # fmt: skip
        layers += [
            text.encode(x=alt.XValue(start + 16), y=px("eg_key", alt.Y), text=alt.Text("eg_said:N"))
            for text in haloed(
                part.transform_calculate(eg_said="datum.eg_answer + ' ' + datum.eg_percent"), align="left"
            )
        ]
    once = base.transform_window(eg_once="row_number()", groupby=["eg_at"]).transform_filter("datum.eg_once === 1")
    layers += [
        text.encode(
            x=alt.XValue(0 if phone else lane - n_room - 2 * GAP), y=px("eg_name_y", alt.Y), text=alt.Text("eg_name:N")
        )
        for text in haloed(once, align="left" if phone else "right", fontSize=theme.FONT_SIZE, lineHeight=LEADING)
    ]
    counted = once.transform_filter("datum.eg_word === ''").transform_calculate(
        eg_count="'n = ' + format(datum.eg_all, ',')", eg_middle=f"datum.eg_top + {BAR / 2}"
    )
    layers += [
        text.encode(
            x=alt.XValue(right if phone else lane - GAP),
            y=px("eg_name_y" if phone else "eg_middle", alt.Y),
            text=alt.Text("eg_count:N"),
        )
        for text in haloed(counted, align="right", color=theme.color("quiet"))
    ]
    word = once.transform_filter("datum.eg_word !== ''").transform_calculate(eg_middle=f"datum.eg_top + {BAR / 2}")
    layers += [
        text.encode(x=alt.XValue(left + 4), y=px("eg_middle", alt.Y), text=alt.Text("eg_word:N"))
        for text in haloed(word, align="left", fontStyle="italic", fontSize=theme.FONT_SIZE, color=theme.color("quiet"))
    ]
    drawn = layer(*layers, width=width, height=sum(pitches))
    return having(drawn, datasets={"rows": records(rows)}, padding=PAD)
