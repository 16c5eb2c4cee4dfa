"""A map of equal tiles: one grid cell an area, near where the area lies and beside its neighbors.

Two steps, both without chance. First every area's center is scaled onto the grid and each gets a cell of its
own so that the sum of squared distances is least (the assignment problem: H. Kuhn 1955, J. Munkres 1957).
Then single moves and swaps are made, the best one first, as long as they lower

    `PULL` x squared distance from the area's scaled center
    + for each pair of neighbors, the squared difference between the step from tile to tile and a step of
      length one in the pair's true direction.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

PULL = 0.5  # how much an area's own place weighs against its neighbors; 0.25 to 1 give nearly the same map

Cell = tuple[int, int]


def tiles(
    centers: Mapping[int, tuple[float, float]], neighbors: set[tuple[int, int]], columns: int, rows: int
) -> dict[int, Cell]:
    """Each area's (column, row), counted from 1 at the top left; empty columns and rows at the edge are cut.

    `centers` has (east, north) in any one unit; `neighbors` holds pairs of areas that share a border.
    """
    areas = sorted(centers)
    west, east = min(x for x, _ in centers.values()), max(x for x, _ in centers.values())
    south, north = min(y for _, y in centers.values()), max(y for _, y in centers.values())
    home = {
        area: ((x - west) / (east - west) * (columns - 1), (north - y) / (north - south) * (rows - 1))
        for area, (x, y) in centers.items()
    }
    cells = [(column, row) for row in range(rows) for column in range(columns)]
    costs = [[math.dist(home[area], cell) ** 2 for cell in cells] for area in areas]
    place = {area: cells[i] for area, i in zip(areas, _assign(costs), strict=True)}
    _refine(place, home, _steps(centers, neighbors), cells)
    left, top = min(column for column, _ in place.values()), min(row for _, row in place.values())
    return {area: (column - left + 1, row - top + 1) for area, (column, row) in place.items()}


def _steps(
    centers: Mapping[int, tuple[float, float]], neighbors: set[tuple[int, int]]
) -> dict[int, list[tuple[int, float, float]]]:
    """For each area its neighbors with the step of length one that leads there (right, down)."""
    steps: dict[int, list[tuple[int, float, float]]] = {area: [] for area in centers}
    for one, other in sorted(neighbors):
        right, down = centers[other][0] - centers[one][0], centers[one][1] - centers[other][1]
        length = math.hypot(right, down)
        steps[one].append((other, right / length, down / length))
        steps[other].append((one, -right / length, -down / length))
    return steps


def _refine(
    place: dict[int, Cell],
    home: Mapping[int, tuple[float, float]],
    steps: Mapping[int, list[tuple[int, float, float]]],
    cells: list[Cell],
) -> None:
    """Move and swap tiles in `place`, the best change first, until none helps."""

    def strain(area: int) -> float:
        column, row = place[area]
        pull = PULL * math.dist(home[area], (column, row)) ** 2
        return pull + sum(
            (place[other][0] - column - right) ** 2 + (place[other][1] - row - down) ** 2
            for other, right, down in steps[area]
        )

    def change(area: int, cell: Cell, other: int | None) -> float:
        moved = [area] if other is None else [area, other]
        start = place[area]
        before = sum(strain(tile) for tile in moved)
        place[area] = cell
        if other is not None:
            place[other] = start
        after = sum(strain(tile) for tile in moved)
        place[area] = start
        if other is not None:
            place[other] = cell
        return after - before

    while True:
        holder = {cell: area for area, cell in place.items()}
        trials = [
            (change(area, cell, holder.get(cell)), area, cell)
            for area in sorted(place)
            for cell in cells
            if holder.get(cell, area + 1) > area
        ]
        gain, area, cell = min(trials)
        if gain > -1e-9:
            return
        if cell in holder:
            place[holder[cell]] = place[area]
        place[area] = cell


def _assign(costs: list[list[float]]) -> list[int]:
    """For each row of `costs` its column, no column twice, with the least total. Needs a column for each row.

    Rows come in one at a time; each takes the cheapest path of reassignments to a free column, measured in
    costs reduced by row and column prices, which keep every reduced cost at zero or more.
    """
    width = len(costs[0])
    row_price, column_price = [0.0] * len(costs), [0.0] * width
    owner: list[int | None] = [None] * width
    for newcomer in range(len(costs)):
        distance, previous = [math.inf] * width, [-1] * width
        reached: list[int] = []
        row, column, traveled = newcomer, -1, 0.0
        while True:
            for other in range(width):
                if other not in reached:
                    through = traveled + costs[row][other] - row_price[row] - column_price[other]
                    if through < distance[other]:
                        distance[other], previous[other] = through, column
            column = min((c for c in range(width) if c not in reached), key=distance.__getitem__)
            traveled = distance[column]
            holder = owner[column]
            if holder is None:
                break
            reached.append(column)
            row = holder
        row_price[newcomer] += traveled
        for other in reached:
            held = owner[other]
            if held is not None:
                row_price[held] += traveled - distance[other]
            column_price[other] -= traveled - distance[other]
        while column != -1:
            before = previous[column]
            owner[column] = newcomer if before == -1 else owner[before]
            column = before
    return [owner.index(row) for row in range(len(costs))]
