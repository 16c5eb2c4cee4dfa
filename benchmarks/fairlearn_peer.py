"""How long fairlearn's MetricFrame takes for rates and counts by group: run by `measures.py`, in a venv of its own.

    python fairlearn_peer.py RECORDS.csv

Prints fairlearn's version and the seconds, on one line. Only fairlearn and what it brings is imported here.
"""

from __future__ import annotations

import sys
import time

import fairlearn
import pandas as pd
from fairlearn.metrics import MetricFrame, count, mean_prediction

# It refuses missing groups, so they get a name first; that is not timed.
records = pd.read_csv(sys.argv[1]).fillna({"race": "Unknown"})
start = time.perf_counter()
frame = MetricFrame(
    metrics={"rate": mean_prediction, "n": count},
    y_true=records["screened"],
    y_pred=records["screened"],
    sensitive_features=records[["race"]],
    control_features=records[["quarter"]],
)
groups = len(frame.by_group)
print(fairlearn.__version__, groups, time.perf_counter() - start)
