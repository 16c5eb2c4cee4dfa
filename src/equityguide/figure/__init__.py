"""One accessible block out of a chart and its rows: `figure(chart, rows, name=..., finding=..., ...)`.

Words, table, downloads and chart come from the same rows; this module refuses a figure of which that is not true.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import altair as alt
import pandas as pd

from equityguide.charts import Responsive, rules
from equityguide.figure import guard, markup, template, words
from equityguide.theme import resolve

MIMETYPE = "application/vnd.equityguide.figure+json"
WIDE, PHONE = 600, 240  # pixels of plotting width for a chart that has no width of its own; axes come on top

_NAME = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
_PLACE = {
    "column",
    "row",
    "x",
    "y",
    "latitude",
    "longitude",
}  # what a dataset beside the rows may hold: positions


class FigureError(ValueError):
    """A figure that must not be built; the message names the figure and the mend."""


@dataclass(frozen=True)
class Figure:
    """A checked figure. `payload` is plain JSON data: everything a page, notebook, handout or slide needs."""

    payload: dict[str, Any]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        said = f"{self.payload['finding']} {self.payload['summary']}"
        if os.environ.get("EQUITYGUIDE_BOOK"):
            return {MIMETYPE: self.payload, "text/plain": said}
        return {"text/html": markup.notebook(self.payload), "text/plain": said}

    def _ipython_display_(self) -> None:
        from IPython.display import display

        if not os.environ.get("EQUITYGUIDE_BOOK"):
            # Altair's own type is drawn by neither JupyterLab nor JupyterLite, and nbformat refuses it.
            spec = resolve(self.spec("wide"))
            # On its way out of Python in a browser None is lost, and with it every `"scale": null`; text arrives whole.
            sent = json.dumps(spec) if sys.platform == "emscripten" else spec
            display({"application/vnd.vegalite.v5+json": sent}, raw=True)
        display(self._repr_mimebundle_(), raw=True)

    def spec(self, width: str) -> dict[str, Any]:
        """The Vega-Lite specification for `width` ("wide" or "phone"), its data inside."""
        return complete(self.payload, width)

    def csv(self) -> str:
        """The plotted rows as CSV, the same text the page offers as a download."""
        return to_csv(self.payload)


@dataclass(frozen=True)
class LeftOut:
    """The sentence that stands where a figure would, were its dataset's folder there."""

    sentence: str

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/markdown": f"*{self.sentence}*", "text/plain": self.sentence}


def left_out(dataset: str) -> LeftOut:
    """What a cell shows in place of a figure whose dataset is not there (`equityguide.data.available`)."""
    return LeftOut(
        f"A figure is left out here. It needs the table {dataset}, which has a license of its own and was removed from "
        "this edition."
    )


def complete(payload: dict[str, Any], width: str) -> dict[str, Any]:
    """The specification of `payload` for `width` with its datasets put back in."""
    return {**payload["specs"][width], "datasets": payload["datasets"]}


def to_csv(payload: dict[str, Any]) -> str:
    """The rows of `payload` as CSV (LF line ends), one column per column of the rows.

    An empty cell is a number there is none of; in a row that is not shown, its status stands there, so that nobody
    reads it as zero. Synthetic rows say so in a column of their own, which goes wherever the file goes.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    mark = ["synthetic"] if payload["synthetic"] else []
    writer.writerow([*(["data"] if mark else []), *payload["columns"]])
    # By name: a payload that has been through a notebook file has its keys in another order.
    for record in payload["datasets"]["rows"]:
        empty = words.withheld(record.get("status"))
        cells = [empty if record[column] is None else record[column] for column in payload["columns"]]
        writer.writerow([*mark, *cells])
    return out.getvalue()


def figure(
    chart: alt.TopLevelMixin | Responsive,
    rows: pd.DataFrame,
    *,
    name: str,
    finding: str,
    source: str,
    evidence: str,
    as_of: str,
    missing: str,
) -> Figure:
    """Check a chart and its rows and return the block that shows them.

    chart: an Altair chart, or `Responsive` with one for wide screens and one for phones.
    rows: exactly the rows the chart plots; summary, table and download are made from them. Counts of people and what
    was made of them must be a `Suppressed` table; `guard.clear` has the rule.
    name: kebab-case, unique in the book. finding: a template (see `figure.template`), no typed digits.
    source, evidence, as_of: who published it, how strong it is, of what date. missing: "none" or what is missing beside
    the rows whose `status` says so, which are counted here. What comes from a synthetic organization is marked so in
    drawing, words and download, whatever is stated.

    Raises `FigureError` in one sentence that names the figure and the mend.
    """
    said = {"finding": finding, "source": source, "evidence": evidence, "as_of": as_of, "missing": missing}
    try:
        return Figure(_payload(chart, rows, name, said))
    except ValueError as error:
        raise FigureError(f"figure {name!r}: {error}") from error


def _payload(
    chart: alt.TopLevelMixin | Responsive, rows: pd.DataFrame, name: str, said: dict[str, str]
) -> dict[str, Any]:
    if not _NAME.match(str(name)):
        raise ValueError("the name is not kebab-case. Write lower-case words joined by hyphens.")
    for what, text in said.items():
        if not str(text).strip():
            raise ValueError(f"{what} is empty. Every figure states it.")
    if rows.empty:
        raise ValueError("there are no rows. A figure shows at least one.")
    cleared = guard.clear(rows, name, said["evidence"])
    records = _records(rows)
    specs = {width: _spec(view) for width, view in _views(chart).items()}
    roles = words.roles_of(specs["wide"], rows)
    _check_missing(rows, roles, said["missing"])
    datasets: dict[str, Any] = {"rows": records}
    for width, spec in specs.items():
        if cleared.synthetic:
            spec = guard.marked(spec)
        specs[width] = _with_named_data(spec, records, set(map(str, rows.columns)), datasets)
        if broken := rules.findings(specs[width]):
            raise ValueError("; ".join(broken))
    missing = words.missing(rows, roles, said["missing"])
    statuses = rows["status"] if "status" in rows.columns else [None] * len(rows)
    return {
        "name": name,
        "finding": template.fill(said["finding"], rows),
        "summary": words.summary(rows, roles, missing),
        "note": words.race_note(rows),
        "source": said["source"].strip().rstrip("."),
        "evidence": guard.labeled(said["evidence"]) if cleared.synthetic else said["evidence"],
        "synthetic": guard.SYNTHETIC if cleared.synthetic else "",
        "as_of": said["as_of"],
        "missing": missing,
        "rows": len(rows),
        "columns": [str(c) for c in rows.columns],
        "head": [roles.title(str(c)) for c in rows.columns],
        "body": [
            [words.cell(value, status) for value in row]
            for row, status in zip(rows.itertuples(index=False), statuses, strict=True)
        ],
        "specs": specs,
        "datasets": datasets,
        "roles": asdict(roles),
        "counts": cleared.counts,
    }


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as Altair itself would write them, so that a chart's data can be compared with them."""
    with alt.data_transformers.enable("default", max_rows=None):
        spec = alt.Chart(rows.reset_index(drop=True)).mark_point().to_dict(validate=False)
    (records,) = spec["datasets"].values()
    return [{str(key): value for key, value in record.items()} for record in records]


def _views(chart: alt.TopLevelMixin | Responsive) -> dict[str, alt.TopLevelMixin]:
    if isinstance(chart, Responsive):
        return {"wide": chart.wide, "phone": chart.phone}
    if isinstance(chart, alt.Chart | alt.LayerChart) and chart.width is alt.Undefined:
        return {"wide": chart.properties(width=WIDE), "phone": chart.properties(width=PHONE)}
    return {"wide": chart, "phone": chart}


def _spec(chart: alt.TopLevelMixin) -> dict[str, Any]:
    with alt.data_transformers.enable("default", max_rows=None):
        # Each part was validated when Altair made it, and the build draws every figure, which fails on a
        # specification that cannot be drawn. Validating the whole once more took five of seven seconds.
        spec: dict[str, Any] = json.loads(json.dumps(chart.to_dict(validate=False)))
    return spec


def _check_missing(rows: pd.DataFrame, roles: words.Roles, missing: str) -> None:
    if roles.value is None or missing.strip().rstrip(".").lower() != "none":
        return
    # A row that is not shown says so in its status, and is counted there.
    said = rows["status"].isin(words.NOT_SHOWN) if "status" in rows.columns else False
    empty = int((rows[roles.value].isna() & ~pd.Series(said, index=rows.index)).sum())
    if empty:
        raise ValueError(f"missing says 'none' but {roles.value} is empty in {empty} rows. Say what is missing.")


def _with_named_data(
    spec: dict[str, Any], records: list[dict[str, Any]], columns: set[str], datasets: dict[str, Any]
) -> dict[str, Any]:
    """Point the chart's data at "rows" and at named geometry, adding the geometry to `datasets`.

    Raises when the chart holds numbers that are not in the rows, or none of the rows.
    """
    names: dict[str, str] = {}
    for key, values in spec.pop("datasets", {}).items():
        if values == records:
            names[key] = "rows"
        elif _is_place(values, columns):
            known = next((n for n, v in datasets.items() if v == values), None)
            names[key] = known or f"place-{len(datasets)}"
            datasets[names[key]] = values
        else:
            size = f"{len(values)} rows" if isinstance(values, list) else "an object"
            raise ValueError(
                f"the chart holds data ({size}) that is not the {len(records)} rows given. Plot exactly the rows, "
                "filtering and joining in the chart where needed."
            )
    if "rows" not in names.values():
        raise ValueError("the chart does not plot the rows given. Pass the same table to the chart and to figure.")
    for data in _data_references(spec):
        if data.get("name") in names:
            data["name"] = names[data["name"]]
    return spec


def _is_place(values: Any, columns: set[str]) -> bool:
    """Whether a dataset only says where things stand: boundaries, positions on a tile map, or fixed labels."""
    if isinstance(values, dict):
        return values.get("type") in ("Topology", "FeatureCollection")
    if any("geometry" in record for record in values):
        return True
    used = {key for record in values for key in record}
    if used & _PLACE and used <= columns | _PLACE:
        return True
    return all(isinstance(v, str) and not any(map(str.isdigit, v)) for record in values for v in record.values())


def _data_references(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _data_references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "data" and isinstance(value, dict):
                yield value
            yield from _data_references(value)
