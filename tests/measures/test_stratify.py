"""Records to counts, the same on every engine: nobody dropped, Unknown and Declined apart."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from equityguide.measures import rates, stratify
from equityguide.measures.tables import PAIR

RECORDS = pd.DataFrame(
    {
        "race": ["White", "Black", None, "White", "declined to answer", " White", "unknown", "", "Declined"],
        "payer": ["Private", "Medicaid", "Private", None, "Medicaid", "Medicaid", "Private", "Private", "Private"],
        "quarter": ["2024-Q1"] * 4 + ["2024-Q2"] * 5,
        "screened": [True, False, True, True, False, True, False, True, True],
        "flag": [1, 0, 1, 1, 0, 1, 0, 1, 1],
    }
)
WANTED = [
    ("2024-Q1", "Black", 0, 1, 0.75),
    ("2024-Q1", "White", 2, 2, 0.75),
    ("2024-Q1", "Unknown", 1, 1, 0.75),
    ("2024-Q2", "White", 1, 1, 0.2),
    ("2024-Q2", "Unknown", 1, 2, 0.2),
    ("2024-Q2", "Declined", 1, 2, 0.2),
]
ENGINES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda frame: frame,
    "pandas object": lambda frame: frame.astype({"race": object}),
    "pandas categorical": lambda frame: frame.astype({"race": "category"}),
    "polars": pl.from_pandas,
    "polars lazy": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame),
    "duckdb": lambda frame: duckdb.from_arrow(pa.Table.from_pandas(frame)),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Callable[[pd.DataFrame], Any]:
    return ENGINES[request.param]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A real local Spark; without Java this fails, and is meant to."""
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    yield session
    session.stop()


def pair(*groups: str) -> str:
    return PAIR.join(groups)


def check(table: Any, event: str) -> None:
    found = stratify(table, ["race", ("race", "payer")], event=event, period="quarter")
    race = found[found["dimension"] == "race"]
    columns = ["period", "group", "events", "denominator", "completeness"]
    assert list(race[columns].itertuples(index=False, name=None)) == WANTED
    assert found["measure"].unique().tolist() == [event]
    assert found[["events", "denominator"]].dtypes.astype(str).tolist() == ["int64", "int64"]
    pairs = found[found["dimension"] == pair("race", "payer")].set_index(["period", "group"])
    assert pairs["denominator"].to_dict() == {
        ("2024-Q1", pair("Black", "Medicaid")): 1,
        ("2024-Q1", pair("White", "Private")): 1,
        ("2024-Q1", pair("Unknown", "Private")): 1,
        ("2024-Q1", pair("White", "Unknown")): 1,
        ("2024-Q2", pair("White", "Medicaid")): 1,
        ("2024-Q2", pair("Unknown", "Private")): 2,
        ("2024-Q2", pair("Declined", "Medicaid")): 1,
        ("2024-Q2", pair("Declined", "Private")): 1,
    }
    assert pairs["completeness"].to_dict()["2024-Q1", pair("Black", "Medicaid")] == 0.5
    assert found.groupby(["dimension", "period"])["denominator"].sum().tolist() == [4, 5, 4, 5]
    assert rates(found)["rate"].notna().all()


@pytest.mark.parametrize("event", ["screened", "flag"])
def test_every_engine_counts_alike(engine: Callable[[pd.DataFrame], Any], event: str) -> None:
    check(engine(RECORDS), event)


def test_spark_counts_alike(spark: Any) -> None:
    rows = [
        tuple(None if pd.isna(value) else value.item() if hasattr(value, "item") else value for value in row)
        for row in RECORDS.itertuples(index=False)
    ]
    kinds = "race string, payer string, quarter string, screened boolean, flag long"
    table = spark.createDataFrame(rows, kinds)
    check(table, "screened")
    check(table, "flag")
    with pytest.raises(ValueError, match="flag is empty in 1 records"):
        stratify(spark.createDataFrame([("A", 1), ("A", None)], "race string, flag long"), "race", event="flag")


def test_without_a_period_all_are_of_one(engine: Callable[[pd.DataFrame], Any]) -> None:
    found = stratify(engine(RECORDS), "payer", event="flag")
    assert found["period"].unique().tolist() == ["all"]
    assert found.set_index("group")["denominator"].to_dict() == {"Medicaid": 3, "Private": 5, "Unknown": 1}


def test_codes_that_missing_neighbors_turned_into_floats_are_codes_again() -> None:
    frame = pd.DataFrame({"clinic": [1.0, 1.0, None], "seen": [1.0, 0.0, 1.0], "year": [2024, 2024, 2024]})
    found = stratify(frame, "clinic", event="seen", period="year")
    assert found["group"].tolist() == ["1", "Unknown"]
    assert found["period"].tolist() == ["2024", "2024"]


def test_a_large_random_table_is_pandas_crosstab(engine: Callable[[pd.DataFrame], Any]) -> None:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"race": rng.choice(list("ABC"), 5000), "seen": rng.integers(0, 2, 5000)})
    found = stratify(engine(frame), "race", event="seen").set_index("group")
    assert found["events"].to_dict() == frame.groupby("race")["seen"].sum().to_dict()
    assert found["denominator"].to_dict() == frame["race"].value_counts().to_dict()


FAULTS: dict[str, tuple[pd.DataFrame, dict[str, Any], str]] = {
    "no such column": (RECORDS, {"by": "ethnicity"}, "no column 'ethnicity'"),
    "event text": (RECORDS, {"event": "race"}, "does not hold true and false"),
    "event neither": (RECORDS.assign(flag=[2, *[0] * 8]), {}, "race White, period all: flag is neither 0 nor 1"),
    "event fraction": (RECORDS.assign(flag=[0.5, *[0] * 8]), {}, "neither 0 nor 1"),
    "event empty": (RECORDS.assign(flag=pd.array([None, *[0] * 8], "Int64")), {}, "flag is empty in 1 records"),
    "period empty": (
        RECORDS.assign(quarter=[None, *["Q"] * 8]),
        {"period": "quarter"},
        "quarter is empty in some records",
    ),
    "period date": (
        RECORDS.assign(quarter=pd.Timestamp("2024-01-01")),
        {"period": "quarter"},
        "holds dates",
    ),
    "no records": (RECORDS.iloc[:0], {}, "no records"),
    "three at once": (RECORDS, {"by": [("race", "payer", "quarter")]}, "pairs of two columns"),
    "nothing": (RECORDS, {"by": []}, "needs column names"),
}


@pytest.mark.parametrize(("frame", "options", "said"), FAULTS.values(), ids=FAULTS)
def test_what_cannot_be_counted(
    engine: Callable[[pd.DataFrame], Any], frame: pd.DataFrame, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        stratify(engine(frame), **{"by": "race", "event": "flag", **options})


def test_a_list_is_no_table() -> None:
    with pytest.raises(ValueError, match="A list is no table we read"):
        stratify([1, 2], "race", event="flag")
