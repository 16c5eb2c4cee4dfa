"""How far the people whose group is not known could move a gap."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from equityguide.measures.arms import counted, joined
from equityguide.measures.references import resolve
from equityguide.measures.tables import at_least_two, checked
from equityguide.suppression import keeps_seal


@keeps_seal
def unknown_bounds(counts: pd.DataFrame, *, reference: str | Mapping[str, str]) -> pd.DataFrame:
    """The lowest and highest difference each group could have, whatever groups the unknown people belong to.

    For each group beside a named `reference` (a group, or one for each dimension): `difference` as counted, and
    `bound_lower`, `bound_upper`, the differences if those whose group is Unknown or Declined were shared out in
    the two extreme ways: those without the event to one side and those with it to the other. No interval: these
    are limits of what is not known, beside the play of chance. `unknown` is how many people that is, and
    `could_change` whether they could turn the answer: whether the bounds hold 0 or a gap of the other sign.
    `could_change` is missing, and so are the bounds, where the unknown or either group is not shown. Rows of
    Unknown and Declined come back without bounds.

    Raises `ValueError` with one sentence, also for a reference that is not a group.
    """
    table = checked(counts, kind="proportion", estimates=False)
    codes, strata = table.strata(["measure", "period", "dimension"])
    at_least_two(table, codes, strata)
    arm = counted(table.events, table.n, "proportion", 0.95)
    choices = reference.values() if isinstance(reference, Mapping) else [reference]
    for choice in choices:
        if not isinstance(choice, str) or choice in ("best", "largest", "others", "overall"):
            raise ValueError(f"The reference is {choice!r}. Name a group: the unknown would change any other choice.")
    against = resolve(table, arm, codes, reference, np.zeros(len(codes), bool), None, 0.95)
    count = len(strata)
    hidden = np.bincount(codes, ~table.known & (table.rows["status"] == "suppressed"), count) > 0
    apart = ~table.known & table.shown
    events = np.where(hidden, np.nan, np.bincount(codes[apart], table.events[apart], count))[codes]
    n = np.where(hidden, np.nan, np.bincount(codes[apart], table.n[apart], count))[codes]
    compared = table.compared & ~against.itself
    other = against.arm
    without = n - events
    lower = table.events / (table.n + without) - (other.events + events) / (other.n + events)
    upper = (table.events + events) / (table.n + events) - other.events / (other.n + without)
    gap = np.where(compared, arm.rate - other.rate, np.nan)
    turned = np.where(gap > 0, lower <= 0, np.where(gap < 0, upper >= 0, lower < upper))
    columns = {
        "reference": against.name,
        "unknown": n,
        "difference": gap,
        "bound_lower": np.where(compared, lower, np.nan),
        "bound_upper": np.where(compared, upper, np.nan),
    }
    rows = joined(table.rows, columns)
    rows["could_change"] = pd.Series(turned, dtype="boolean").where(rows["bound_lower"].notna())
    return rows
