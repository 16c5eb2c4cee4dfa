"""How much of each area of one map lies in each area of another, in square kilometers.

The two maps are cut into thin strips from west to east. Along a strip's middle line each area is a list of
stretches (between its first and second crossing, third and fourth, ...); what two areas share there, times the
strip's height, is their common area. Exact from west to east, and as fine as `STRIP` from north to south.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import TypeVar

import topology

STRIP = 10  # grid units, about 11 meters

Stretches = list[tuple[float, float]]
One = TypeVar("One", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)


def sizes(areas: Mapping[One, list[topology.Polygon]]) -> dict[One, float]:
    """Each area's square kilometers, measured by the strips."""
    total: dict[One, float] = defaultdict(float)
    for row, line in _strips(areas).items():
        for area, stretches in line.items():
            total[area] += sum(end - start for start, end in stretches) * _km2(row)
    return dict(total)


def shared(
    one: Mapping[One, list[topology.Polygon]], other: Mapping[Other, list[topology.Polygon]]
) -> dict[tuple[One, Other], float]:
    """Square kilometers that lie in an area of `one` and in an area of `other`, for each pair that meets."""
    total: dict[tuple[One, Other], float] = defaultdict(float)
    beneath = _strips(other)
    for row, line in _strips(one).items():
        for (area, mine), (under, theirs) in itertools.product(line.items(), beneath.get(row, {}).items()):
            common = sum(max(0.0, min(b, d) - max(a, c)) for a, b in mine for c, d in theirs)
            if common:
                total[area, under] += common * _km2(row)
    return dict(total)


def _km2(row: int) -> float:
    """The size of one grid unit of a strip."""
    side = topology.GRID * topology.METERS / 1000
    return side * side * STRIP * math.cos(math.radians((row + 0.5) * STRIP * topology.GRID))


def _strips(areas: Mapping[One, list[topology.Polygon]]) -> dict[int, dict[One, Stretches]]:
    """For each strip its areas, and where each lies on the strip's middle line."""
    crossings: dict[int, dict[One, list[float]]] = defaultdict(lambda: defaultdict(list))
    for area, polygons in areas.items():
        for ring in itertools.chain.from_iterable(polygons):
            for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
                low, high = sorted((y0, y1))
                for row in range(math.ceil(low / STRIP - 0.5), math.ceil(high / STRIP - 0.5)):
                    crossings[row][area].append(x0 + ((row + 0.5) * STRIP - y0) * (x1 - x0) / (y1 - y0))
    return {
        row: {area: list(zip(sorted(line[area])[::2], sorted(line[area])[1::2], strict=True)) for area in line}
        for row, line in crossings.items()
    }
