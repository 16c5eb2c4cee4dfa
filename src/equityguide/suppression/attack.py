"""The attacker: bounds on hidden counts by interval propagation, then exactly by an integer program.

Knows nothing of how `suppress` chose. Variables are events and non-events of each row, whole and not negative;
equations are what is printed and what adds up.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Equation = tuple[dict[int, int], int]  # coefficients by variable, and their sum


class ContradictionError(Exception):
    """No table of counts fits what is printed."""


@dataclass
class System:
    """Equations over whole, non-negative variables, with the bounds known so far (`math.inf` for no upper bound)."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)

    def variable(self, lower: float = 0, upper: float = math.inf) -> int:
        """The number of a new variable."""
        self.lower.append(lower)
        self.upper.append(upper)
        return len(self.lower) - 1

    def equate(self, signs: Mapping[int, int], total: int) -> None:
        """Hold that the signed variables make `total`."""
        self.equations.append(({variable: sign for variable, sign in signs.items() if sign}, total))

    def propagate(self) -> None:
        """Narrow all bounds until nothing changes: each variable is what its equation leaves after all others.

        Raises `ContradictionError` where a bound crosses another.
        """
        users: dict[int, list[int]] = {}
        for number, (signs, _) in enumerate(self.equations):
            for variable in signs:
                users.setdefault(variable, []).append(number)
        todo = dict.fromkeys(range(len(self.equations)))
        # Bounds hold whenever it stops; without a limit, equations that contradict each other could climb for ever.
        for _ in range(100 * len(self.equations)):
            if not todo:
                break
            number = next(iter(todo))
            del todo[number]
            for variable in self._narrow(*self.equations[number]):
                todo |= dict.fromkeys(users[variable])

    def _narrow(self, signs: dict[int, int], total: int) -> list[int]:
        terms = {v: (s * self.lower[v], s * self.upper[v])[:: 1 if s > 0 else -1] for v, s in signs.items()}
        if not sum(low for low, _ in terms.values()) <= total <= sum(high for _, high in terms.values()):
            raise ContradictionError
        changed = []
        for variable, sign in signs.items():
            others = [term for name, term in terms.items() if name != variable]
            least, most = (total - sum(term[side] for term in others) for side in (1, 0))
            low, high = (least, most) if sign > 0 else (-most, -least)
            if low > self.lower[variable] or high < self.upper[variable]:
                self.lower[variable] = max(low, self.lower[variable])
                self.upper[variable] = min(high, self.upper[variable])
                terms[variable] = (sign * self.lower[variable], sign * self.upper[variable])[:: 1 if sign > 0 else -1]
                changed.append(variable)
        return changed

    def parts(self) -> list[list[int]]:
        """Variables not yet known, in groups that share equations."""
        leader = {v: v for v in range(len(self.lower)) if self.lower[v] < self.upper[v]}

        def find(variable: int) -> int:
            while leader[variable] != variable:
                leader[variable] = variable = leader[leader[variable]]
            return variable

        for signs, _ in self.equations:
            inside = [variable for variable in signs if variable in leader]
            for variable in inside[1:]:
                leader[find(variable)] = find(inside[0])
        groups: dict[int, list[int]] = {}
        for variable in leader:
            groups.setdefault(find(variable), []).append(variable)
        return list(groups.values())


class Program:
    """The integer program of one part of a system; scipy is loaded with the first one."""

    def __init__(self, system: System, variables: Sequence[int], limit: int) -> None:
        self.solver: Any = importlib.import_module("scipy.optimize")
        self.variables = list(variables)
        self.place = {variable: place for place, variable in enumerate(variables)}
        self.lower = np.array([system.lower[v] for v in variables])
        # Without end in truth; the solver is given one far above every count in print.
        self.upper = np.array([min(system.upper[v], limit) for v in variables])
        rows, totals = [], []
        for signs, total in system.equations:
            if signs.keys() & self.place.keys():
                row = np.zeros(len(variables))
                for variable, sign in signs.items():
                    if variable in self.place:
                        row[self.place[variable]] = sign
                    else:
                        total -= int(sign * system.lower[variable])
                rows.append(row)
                totals.append(total)
        self.constraints = self.solver.LinearConstraint(np.array(rows), totals, totals) if rows else ()

    def extreme(self, signs: Sequence[int], sense: int) -> tuple[int, NDArray[np.int64]]:
        """The largest (sense 1) or smallest (-1) sum of these variables, and the whole table where it is reached."""
        aim = np.zeros(len(self.variables))
        aim[[self.place[variable] for variable in signs]] = -sense
        found = self.solver.milp(
            aim,
            constraints=self.constraints,
            integrality=np.ones(len(aim)),
            bounds=self.solver.Bounds(self.lower, self.upper),
            options={"mip_rel_gap": 0},
        )
        if found.status == 2:
            raise ContradictionError
        if found.x is None:
            raise RuntimeError(f"The integer program found no answer: {found.message}")
        table = np.rint(found.x).astype(np.int64)
        return int(table[[self.place[variable] for variable in signs]].sum()), table
