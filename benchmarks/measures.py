"""How fast the measures are, as ratios within one run: `python benchmarks/measures.py [rows]`.

stratify beside the same engine's own group-by (at most 1.5 times as long) and beside fairlearn's MetricFrame (at
least 80 times faster; timed on a tenth of the rows and scaled by ten); intervals, differences, ratios and tests
for 500 group-periods (under 50 ms); what importing equityguide adds to pandas and altair (at most 0.1 s).
Medians of 5 but for fairlearn, which is timed once: it is a peer of the benchmark alone, installed from PyPI into a
temporary venv, and without the network that line says so.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

from equityguide import measures

REPEATS = 5
FAIRLEARN = "fairlearn>=0.12"
RACES = ["American Indian", "Asian", "Black", "Hispanic", "Middle Eastern", "Pacific Islander", "White", None]
KEYS = ["quarter", "race"]
IMPORT = (
    "import pandas, altair, time; start = time.perf_counter(); import equityguide, equityguide.measures; "
    "print(time.perf_counter() - start)"
)


def seconds(call: Callable[[], Any]) -> float:
    return in_turn(call)[0]


def in_turn(*calls: Callable[[], Any]) -> list[float]:
    """The median seconds of each call; they take turns, so that what else the machine does falls on all of them."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for taken, call in zip(times, calls, strict=True):
            start = time.perf_counter()
            call()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def records(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    quarters = np.array([f"{2022 + i // 4}-Q{i % 4 + 1}" for i in range(12)], object)
    frame = pd.DataFrame(
        {
            "race": np.array(RACES, object)[rng.integers(0, len(RACES), rows)],
            "quarter": quarters[rng.integers(0, 12, rows)],
            "screened": rng.random(rows) < 0.7,
        }
    )
    return frame.astype({"race": "str", "quarter": "str"})


def beside_the_engine(frame: pd.DataFrame) -> None:
    polars, relation = pl.from_pandas(frame), duckdb.from_arrow(pa.Table.from_pandas(frame))
    aggregates = [pl.col("screened").sum(), pl.len()]
    query = "quarter, race, sum(screened::int) as events, count(*) as n"
    own: dict[str, tuple[Any, Callable[[], Any]]] = {
        "pandas": (frame, lambda: frame.groupby(KEYS, dropna=False)["screened"].agg(["sum", "size"])),
        "polars": (polars, lambda: polars.lazy().group_by(KEYS).agg(aggregates).collect()),
        "duckdb": (relation, lambda: relation.aggregate(query).df()),
    }
    for name, (table, native) in own.items():
        base, ours = in_turn(
            native, lambda table=table: measures.stratify(table, "race", event="screened", period="quarter")
        )
        print(f"stratify on {name}: {ours:.2f} s, own group-by {base:.2f} s, ratio {ours / base:.2f} (at most 1.5)")


def beside_fairlearn(frame: pd.DataFrame) -> None:
    """MetricFrame on a tenth of the rows, times ten, beside ours on all of them; its time grows with the rows."""
    part = frame.iloc[: len(frame) // 10]
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        records_file = Path(folder) / "records.csv"
        part.to_csv(records_file, index=False)
        uv = [sys.executable, "-m", "uv"]
        try:
            subprocess.run([*uv, "venv", "-q", "--python", sys.executable, Path(folder) / "venv"], check=True)
            subprocess.run([*uv, "pip", "install", "-q", "--python", python, FAIRLEARN], check=True)
        except subprocess.CalledProcessError:
            print("fairlearn could not be installed: not compared")
            return
        peer = [python, Path(__file__).with_name("fairlearn_peer.py"), records_file]
        said = subprocess.run(peer, capture_output=True, text=True, check=True).stdout.split()
    version, groups, taken = said[0], int(said[1]), float(said[2])
    ours = seconds(lambda: measures.stratify(frame, "race", event="screened", period="quarter"))
    print(
        f"fairlearn {version}: {taken:.1f} s for {len(part):,} rows in {groups} groups, times ten {10 * taken:.0f} s;"
        f" ours {ours:.2f} s for {len(frame):,}, {10 * taken / ours:.0f} times faster (at least 80)"
    )


def statistics_of_500() -> None:
    rng = np.random.default_rng(2)
    keys = [("m", str(1900 + period), "race", f"g{group}") for period in range(100) for group in range(5)]
    table = pd.DataFrame(keys, columns=["measure", "period", "dimension", "group"])
    table["denominator"] = rng.integers(50, 3000, len(table))
    table["events"] = rng.binomial(table["denominator"], 0.7)

    parts = {
        "rates": seconds(lambda: measures.rates(table)),
        "gaps": seconds(lambda: measures.gaps(table, reference="g0", higher_is_better=True)),
        "summary": seconds(lambda: measures.summary(table, higher_is_better=True)),
    }
    listed = ", ".join(f"{name} {1000 * value:.0f}" for name, value in parts.items())
    print(f"500 group-periods: {1000 * sum(parts.values()):.0f} ms ({listed}; under 50)")


def importing() -> None:
    # As after an installation, whatever this machine's settings: modules compiled once, by a first run that is not
    # counted.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", IMPORT]
    with tempfile.TemporaryDirectory() as folder:
        environment["PYTHONPYCACHEPREFIX"] = folder
        runs = [
            float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
            for _ in range(REPEATS + 1)
        ][1:]
    print(f"import equityguide and its measures after pandas and altair: {statistics.median(runs):.3f} s (at most 0.1)")


if __name__ == "__main__":
    importing()
    statistics_of_500()
    table = records(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
    beside_the_engine(table)
    beside_fairlearn(table)
