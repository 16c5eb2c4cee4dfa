"""A small linear program solver on numpy alone: the browser kernel, where `suppress` must run, has no scipy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

TINY = 1e-9
GREEDY = 5_000  # pivots by steepest gain; after that by Bland's rule, which cannot go round in circles
MOST = 20_000


def maximize(gain: Vector, limits: Vector, room: Vector) -> Vector | None:
    """x ≥ 0 with `limits @ x <= room` that makes `gain @ x` largest; None if that has no end.

    Shapes: gain (n,), limits (m, n), room (m,) and not negative, so that x = 0 is a valid start. The classic primal
    simplex method on a condensed table (one column for each variable outside the basis). Its answers are in floating
    point: callers round them and check them in whole numbers.
    """
    rows, columns = limits.shape
    table = np.zeros((rows + 1, columns + 1))
    table[:rows, :columns], table[:rows, columns], table[rows, :columns] = limits, room, -gain
    outside, basis = np.arange(columns), np.arange(columns, columns + rows)
    for pivot in range(MOST):
        falling = np.flatnonzero(table[rows, :columns] < -TINY)
        if not falling.size:
            break
        # Ties go to the lowest number everywhere: the same table always gives the same answer.
        order = table[rows, falling] if pivot < GREEDY else np.zeros(falling.size)
        enter = int(falling[np.lexsort((outside[falling], order))[0]])
        rising = np.flatnonzero(table[:rows, enter] > TINY)
        if not rising.size:
            return None
        step = table[rising, columns] / table[rising, enter]
        level = rising[step <= step.min() + TINY]
        leave = int(level[np.argmin(basis[level])])
        _exchange(table, leave, enter)
        outside[enter], basis[leave] = basis[leave], outside[enter]
    answer = np.zeros(columns + rows)
    answer[basis] = table[:rows, columns]
    return answer[:columns]


def _exchange(table: Vector, leave: int, enter: int) -> None:
    pivot = table[leave, enter]
    row, column = table[leave] / pivot, table[:, enter].copy()
    column[leave] = 0
    touched, width = np.flatnonzero(column), np.flatnonzero(row)  # most of a table of sums is zero, and stays so
    table[np.ix_(touched, width)] -= np.outer(column[touched], row[width])
    table[:, enter] = -column / pivot
    table[leave] = row
    table[leave, enter] = 1 / pivot
