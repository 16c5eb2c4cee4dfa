"""Marks made into drawings without Altair's copying.

Altair copies every part of a chart, down to the last row and axis label, each time the chart becomes part of another:
two thirds of the time that a chapter's charts took. Here a mark's description is turned into plain JSON once, when it
is layered, and passed on as it is.
"""

from __future__ import annotations

from typing import Any, ClassVar

import altair as alt

ROWS = alt.NamedData(name="rows")  # the data of nearly every mark: the rows of its figure


class _Plain:
    """A part of a specification that is JSON already. Altair knows such a part by these three names."""

    _schema: ClassVar[dict[str, Any]] = {"type": "object"}

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec

    def to_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._spec

    def _get(self, name: str) -> Any:
        return self._spec.get(name, alt.Undefined)


def layer(*marks: Any, **properties: Any) -> Any:
    """`alt.layer` of marks. Those without data of their own draw the rows of the whole."""
    plain = [_plain(mark) for mark in marks]
    if all(mark.data is ROWS or mark.data is alt.Undefined for mark in plain):
        properties = {"data": ROWS} | properties
        for mark in plain:
            mark.data = alt.Undefined
    return alt.layer(*plain, **properties)


def having(chart: Any, **properties: Any) -> Any:
    """`chart.properties`, sharing what the chart holds instead of copying it: nobody changes our charts in place."""
    light = chart.copy(deep=False)
    for name, value in properties.items():
        setattr(light, name, value)
    return light


def _plain(mark: Any) -> Any:
    light = mark.copy(deep=False)
    if isinstance(mark, alt.Chart):
        for part in ("mark", "encoding"):
            found = getattr(light, part)
            if isinstance(found, alt.SchemaBase):
                setattr(light, part, _Plain(found.to_dict(validate=False)))
        if light.transform is not alt.Undefined:
            # Altair copies lists, and passes on what it does not know.
            light.transform = tuple(_Plain(step.to_dict(validate=False)) for step in light.transform)
    return light
