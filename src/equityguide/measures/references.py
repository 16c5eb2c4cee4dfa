"""What each group is compared with: a named group, the best, the largest, the others, everyone, or a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from equityguide.data import shown
from equityguide.measures.arms import Arm, counted, fixed
from equityguide.measures.distributions import Floats
from equityguide.measures.tables import Table, exclusive

Choice = str | float
Reference = Choice | Mapping[str, Choice]
Rows = NDArray[np.intp]

LARGEST_NOTE = "the largest group: chosen for precision, not as the norm"
BEST_NOTE = (
    "the best rate among groups of at least {}: a rate picked for being best is partly luck, "
    "so gaps from it look larger than they are"
)
OTHERS_NOTE = "all other groups together"
OVERALL_NOTE = "everyone, the group itself included"
NUMBER_NOTE = "a fixed number"
HIDDEN_NOTE = "; groups that are not shown are left out"


@dataclass
class Resolved:
    """One entry a row: the arm compared with, how it is printed, and what the comparison has to know.

    `share` is the group's share of everyone where the reference is everyone, else 0; `arm` is then the others.
    """

    arm: Arm
    rate: Floats
    name: NDArray[np.object_]
    note: NDArray[np.object_]
    itself: NDArray[np.bool_]
    number: NDArray[np.bool_]
    share: Floats


def resolve(
    table: Table,
    arm: Arm,
    codes: Rows,
    reference: Reference,
    better: NDArray[np.bool_],
    minimum_n: int | None,
    level: float,
) -> Resolved:
    """The reference of each row, within its measure, period and dimension, which `codes` number.

    Raises `ValueError` for a group that is not there, "best" without `minimum_n`, a reference that needs people
    counts the table does not give, and overlapping groups where the comparison needs exclusive ones.
    """
    size = len(table.rows)
    out = Resolved(
        arm=Arm(*(np.full(size, np.nan) for _ in fields(Arm))),
        rate=np.full(size, np.nan),
        name=np.full(size, "", object),
        note=np.full(size, "", object),
        itself=np.zeros(size, bool),
        number=np.zeros(size, bool),
        share=np.zeros(size),
    )
    dimensions = table.rows["dimension"].astype(str).to_numpy()
    for dimension in dict.fromkeys(dimensions):
        rows = np.flatnonzero(dimensions == dimension)
        choice = choice_for(reference, dimension)
        if isinstance(choice, str):
            exclusive(table, "comparing groups with each other")
        if not isinstance(choice, str):
            _number(table, float(choice), rows, out)
        elif choice in ("others", "overall"):
            _together(table, choice, rows, codes, level, out)
        else:
            _group(table, arm, choice, rows, codes, better, minimum_n, out)
    return out


def pick(codes: Rows, rows: Rows, score: Floats, n: Floats, names: NDArray[np.str_]) -> Rows:
    """In each stratum the row with the highest score, or -1; ties go to the larger group, then by name."""
    chosen = np.full(int(codes.max()) + 1, -1, np.intp)
    order = rows[np.lexsort((names[rows], -np.nan_to_num(n[rows]), -score[rows], codes[rows]))]
    first = np.unique(codes[order], return_index=True)[1]
    chosen[codes[order[first]]] = order[first]
    return chosen


def eligible(table: Table, minimum_n: int | None, what: str) -> NDArray[np.bool_]:
    """Rows large enough to be picked as best or worst. Raises `ValueError` without a minimum or without counts."""
    if minimum_n is None:
        raise ValueError(f"{what} needs minimum_n, or the smallest group wins by luck. Write one, such as 100.")
    if np.isnan(table.n[table.compared]).any():
        raise ValueError(
            f"{what} needs the number of people in each group. Add the column denominator, or name a group."
        )
    return table.compared & (table.n >= minimum_n)


def choice_for(reference: Reference, dimension: str) -> Choice:
    """The reference of one dimension, where each has its own."""
    if not isinstance(reference, Mapping):
        return reference
    if dimension not in reference:
        raise ValueError(f"reference says nothing of the dimension {dimension!r}. Add it.")
    return reference[dimension]


def _fill(out: Resolved, rows: Rows, arm: Arm) -> None:
    for field in fields(Arm):
        getattr(out.arm, field.name)[rows] = getattr(arm, field.name)


def _number(table: Table, number: float, rows: Rows, out: Resolved) -> None:
    if not number >= 0 or (table.kind == "proportion" and number > 1):
        raise ValueError(f"The reference {number:g} is out of range. Write a rate as the table has it, such as 0.8.")
    _fill(out, rows, fixed(number, len(rows)))
    out.rate[rows], out.name[rows], out.note[rows], out.number[rows] = number, f"{number:g}", NUMBER_NOTE, True


def _together(table: Table, choice: str, rows: Rows, codes: Rows, level: float, out: Resolved) -> None:
    if not table.counted:
        raise ValueError(
            f"The reference {choice!r} needs complete counts. For estimates name a group, 'best', or a number."
        )
    shown = rows[table.shown[rows]]
    events = np.bincount(codes[shown], table.events[shown], codes.max() + 1)
    n = np.bincount(codes[shown], table.n[shown], codes.max() + 1)
    hidden = np.bincount(codes[rows], ~table.shown[rows], codes.max() + 1) > 0
    code = codes[shown]
    others = counted(events[code] - table.events[shown], n[code] - table.n[shown], table.kind, level)
    _fill(out, shown, others)
    out.name[rows] = choice
    note = OVERALL_NOTE if choice == "overall" else OTHERS_NOTE
    out.note[rows] = np.where(hidden[codes[rows]], note + HIDDEN_NOTE, note)
    out.rate[shown] = others.rate
    if choice == "overall":
        out.rate[shown], out.share[shown] = events[code] / n[code], table.n[shown] / n[code]


def _group(
    table: Table,
    arm: Arm,
    choice: str,
    rows: Rows,
    codes: Rows,
    better: NDArray[np.bool_],
    minimum_n: int | None,
    out: Resolved,
) -> None:
    groups = table.rows["group"].astype(str).to_numpy(str)
    if choice == "best":
        large = eligible(table, minimum_n, "The reference 'best'")
        chosen = pick(codes, rows[large[rows]], np.where(better, arm.rate, -arm.rate), table.n, groups)
        note = BEST_NOTE.format(minimum_n)
    elif choice == "largest":
        if np.isnan(table.n[rows[table.compared[rows]]]).any():
            raise ValueError("The reference 'largest' needs the number of people in each group. Add denominator.")
        chosen = pick(codes, rows[table.compared[rows]], table.n, table.n, groups)
        note = LARGEST_NOTE
    else:
        chosen, note = _named(table, choice, rows, codes, groups), ""
    at = chosen[codes[rows]]
    _fill(out, rows, arm.take(at))
    out.rate[rows] = np.where((at >= 0) & table.shown[at], arm.rate[at], np.nan)
    out.name[rows] = np.where(at >= 0, groups[at], choice)
    out.note[rows] = note
    out.itself[rows] = at == rows


def _named(table: Table, choice: str, rows: Rows, codes: Rows, groups: NDArray[np.str_]) -> Rows:
    chosen = np.full(int(codes.max()) + 1, -1, np.intp)
    hits = rows[(groups[rows] == choice) & table.known[rows]]
    chosen[codes[hits]] = hits
    if len(lacking := rows[chosen[codes[rows]] < 0]):
        row = lacking[0]
        there = sorted({str(group) for group in groups[rows][codes[rows] == codes[row]]})
        where = ", ".join(str(table.rows[key].iloc[row]) for key in ("measure", "period", "dimension"))
        raise ValueError(
            f"{where}: the reference {shown(choice)} is not a group there. Choose one of {', '.join(there)}, "
            "or 'best', 'largest', 'others', 'overall' or a number."
        )
    return chosen
