"""From records to counts, on whatever engine holds them: one row a record in, the counts table out.

narwhals is imported here only, and only when a table is stratified: a worksheet in the browser never needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from equityguide.measures.tables import PAIR, UNKNOWN, is_unknown

By = str | tuple[str, str]

COLUMNS = ["measure", "period", "dimension", "group", "events", "denominator", "completeness"]
# Spellings that mean "not recorded" and "asked, and would rather not say", in lower case.
UNKNOWN_TEXTS = {"", "unknown", "not recorded", "nan", "none", "null"}
DECLINED_TEXTS = {"declined", "declined to answer", "patient declined", "prefer not to say", "prefer not to answer"}
_EVENTS, _GIVEN, _RECORDS, _OTHER = "eg_events", "eg_given", "eg_records", "eg_other"


def stratify(frame: Any, by: By | Sequence[By], *, event: str, period: str | None = None) -> pd.DataFrame:
    """Counts of an event by group: `measure, period, dimension, group, events, denominator, completeness`.

    `frame` is a pandas, Polars (also lazy), PyArrow, DuckDB or PySpark table with one row a record, all of them
    eligible. `by` names the columns to count by, and pairs of them such as ("race", "payer"). `event` is a column
    of true and false or 1 and 0; its name becomes the measure. `period` names the column of period labels;
    without it all records are of period "all". The engine does the counting, in one pass for each dimension.

    A record whose group is empty is counted as "Unknown", never dropped, and one who declined to say apart, as
    "Declined". `completeness` is the share of a period's records, in that dimension, that are neither. Rows come
    in the order of `by`, then period, then group, with Unknown and Declined last. Nothing is suppressed yet: pass
    the counts through `suppress` before anyone sees them.

    Raises `ValueError` with one sentence for a table that is none of these, a column that is not there, no
    records, an event that is empty or neither 0 nor 1, or an empty period.
    """
    import narwhals.stable.v2 as nw

    dimensions = _dimensions(by)
    try:
        records = nw.from_native(frame)
    except TypeError:
        kind = type(frame).__name__
        raise ValueError(f"A {kind} is no table we read. Pass pandas, Polars, PyArrow, DuckDB or PySpark.") from None
    schema = records.collect_schema()
    time = [period] if period else []
    columns = list(dict.fromkeys([event, *time, *(name for names in dimensions for name in names)]))
    if lacking := [name for name in columns if name not in schema]:
        raise ValueError(f"The table has no column {lacking[0]!r}. It has {', '.join(schema)}.")
    if period and schema[period].is_temporal():
        raise ValueError(f"The period column {period!r} holds dates. Write a label for each record, such as 2024-Q1.")
    if records.implementation.is_polars():
        records = records.lazy()  # Polars plans a query better than it runs its steps
    value = nw.col(event)
    if schema[event] == nw.Boolean:
        # Arrays add up true and false as they are; SQL wants numbers.
        sql = isinstance(records, nw.LazyFrame) and not records.implementation.is_polars()
        flags = [(value.cast(nw.Int64) if sql else value).alias(_EVENTS)]
    elif schema[event].is_numeric():
        flags = [value.alias(_EVENTS), ((value != 0) & (value != 1)).cast(nw.Int64).alias(_OTHER)]
    else:
        raise ValueError(
            f"The event column {event!r} does not hold true and false, or 1 and 0, in every row. Mend it there."
        )
    records = records.select(columns).with_columns(*flags)
    totals = [nw.col(name).sum() for name in (_EVENTS, _OTHER)[: len(flags)]]
    totals += [nw.col(_EVENTS).count().alias(_GIVEN), nw.len().alias(_RECORDS)]
    parts = []
    for names in dimensions:
        keys = list(dict.fromkeys([*time, *names]))
        found = records.group_by(keys, drop_null_keys=False).agg(*totals)
        if isinstance(found, nw.LazyFrame):
            # DuckDB hands over pandas by itself; the others come as what they already depend on.
            found = found.collect(backend="pandas" if found.implementation.is_duckdb() else None)
        parts.append(_tidy(found.to_dict(as_series=False), names, event, period))
    counts = pd.concat(parts, ignore_index=True)
    counts.attrs["suppressed"] = False  # so that no figure takes them, nor what is made of them, under any columns
    # Where records read by `data.load` come from, so that a figure of synthetic ones says so.
    if named := getattr(frame, "attrs", {}).get("dataset"):
        counts.attrs["dataset"] = named
    return counts


def _dimensions(by: By | Sequence[By]) -> list[tuple[str, ...]]:
    """Each dimension's columns. A tuple is a pair, a list several dimensions."""
    wanted = [by] if isinstance(by, str | tuple) else list(by)
    dimensions = [(item,) if isinstance(item, str) else tuple(item) for item in wanted]
    if not dimensions or any(len(set(names)) != len(names) or len(names) > 2 for names in dimensions):
        raise ValueError("by needs column names, or pairs of two columns such as ('race', 'payer'). Mend the list.")
    return dimensions


def _tidy(found: dict[str, list[Any]], names: tuple[str, ...], event: str, period: str | None) -> pd.DataFrame:
    """One dimension's counts, from the engine's few rows: spellings joined, completeness added, sorted."""
    if not found[_RECORDS]:
        raise ValueError("The table has no records. Pass one row for each eligible record.")
    table = pd.DataFrame(
        {
            "measure": event,
            "period": [_text(value) for value in found[period]] if period else "all",
            "dimension": PAIR.join(names),
            "group": [PAIR.join(map(_group, parts)) for parts in zip(*(found[name] for name in names), strict=True)],
            "events": found[_EVENTS],
            "denominator": found[_RECORDS],
        }
    )
    where = table["dimension"] + " " + table["group"] + ", period " + table["period"]
    empty = pd.Series(found[_RECORDS]) - pd.Series(found[_GIVEN])
    if (empty > 0).any():
        row = int(empty.argmax())
        raise ValueError(
            f"{where[row]}: {event} is empty in {empty[row]} records. Write 0 for not done, and leave out records "
            "that are not eligible."
        )
    if _OTHER in found and (other := pd.Series(found[_OTHER])).any():
        raise ValueError(f"{where[int(other.argmax())]}: {event} is neither 0 nor 1 in some records. Mend them.")
    if (table["period"] == "").any():
        raise ValueError(f"{period} is empty in some records. Write the period of each.")
    keys = COLUMNS[:4]
    table = table.astype({"events": "int64", "denominator": "int64"}).groupby(keys, as_index=False).sum()
    known = table["denominator"].where(~table["group"].map(is_unknown), 0)
    whole = table.groupby("period")["denominator"].transform("sum")
    table["completeness"] = known.groupby(table["period"]).transform("sum") / whole
    last = table["group"].map(lambda group: sum(UNKNOWN.index(p) + 1 if p in UNKNOWN else 0 for p in group.split(PAIR)))
    order = table.assign(last=last).sort_values(["period", "last", "group"]).index
    return table.loc[order, COLUMNS]


def _text(value: Any) -> str:
    """A label as text; "" where there is none. A code that missing neighbors turned into 1.0 is 1."""
    if value is None or value is pd.NA or value != value:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _group(value: Any) -> str:
    text = _text(value)
    if text.lower() in UNKNOWN_TEXTS:
        return "Unknown"
    return "Declined" if text.lower() in DECLINED_TEXTS else text
