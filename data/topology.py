"""Area boundaries as small TopoJSON: shared borders are stored and thinned once, so that no gap opens.

Positions are handled as whole numbers on a grid of `GRID` degrees. A border that two areas share is cut out
as one arc; each arc is thinned with the Douglas-Peucker rule (D. Douglas and T. Peucker 1973), and both areas
refer to it. Rings run clockwise on the map, as Vega's projections expect.
"""

from __future__ import annotations

import itertools
import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

GRID = 1e-5  # degrees, about a meter
METERS = 111_320.0  # one degree of latitude

Point = tuple[int, int]
Ring = list[Point]
Polygon = list[Ring]


def grid(coordinates: Iterable[Sequence[float]]) -> Ring:
    """A GeoJSON ring as grid points, without its repeated last point and without points that coincide."""
    return _distinct([(round(longitude / GRID), round(latitude / GRID)) for longitude, latitude, *_ in coordinates])


def area_km2(ring: Ring) -> float:
    """A ring's area in square kilometers, positive when it runs clockwise. For areas of city size."""
    twice = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in _sides(ring))
    latitude = math.radians(GRID * sum(y for _, y in ring) / len(ring))
    return -twice / 2 * (GRID * METERS / 1000) ** 2 * math.cos(latitude)


def centroid(ring: Ring) -> tuple[float, float]:
    """The center of a ring's area as (longitude, latitude)."""
    x_0, y_0 = ring[0]
    twice = x = y = 0.0
    for (x0, y0), (x1, y1) in _sides([(px - x_0, py - y_0) for px, py in ring]):
        cross = x0 * y1 - x1 * y0
        twice += cross
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return GRID * (x_0 + x / (3 * twice)), GRID * (y_0 + y / (3 * twice))


def clean(areas: Mapping[int, list[Polygon]], fit: float, thin: float, step: int = 1) -> dict[int, list[Polygon]]:
    """The areas' polygons (lists of rings, the outside first) with borders joined and thinned, both in meters.

    Corners come to lie on every `step`-th line of the grid.

    All this is repeated until nothing changes, at most 20 times: a thinned border can come to lie on its
    neighbor's. Polygons and holes that thin away to nothing are left out.
    """
    now = {
        area: [[_turned(ring, i == 0) for i, ring in enumerate(polygon)] for polygon in polygons]
        for area, polygons in sorted(areas.items())
    }
    for _ in range(20):
        before = now
        now = _each_ring(now, lambda rings: _fitted(rings, fit))
        now = _each_ring(now, lambda rings: _thinned(rings, thin))
        now = _each_ring(now, lambda rings: [_coarse(ring, step) for ring in rings])
        if now == before:
            break
    return now


def encode(
    name: str,
    areas: Sequence[tuple[Mapping[str, Any], list[Polygon]]],
    step: int = 1,
    sides: Sequence[str] | None = None,
) -> bytes:
    """TopoJSON bytes with one object, `name`: the properties and cleaned polygons of each area.

    All positions are multiples of `step` grid units. `sides` names the side of each area (its county); the borders
    between areas of different sides follow as one geometry more, with the property `line`.
    """
    joints = _joints([ring for _, polygons in areas for polygon in polygons for ring in polygon])
    arcs: list[Ring] = []
    index: dict[tuple[Point, ...], int] = {}
    beside: dict[int, set[str]] = defaultdict(set)

    def refer(piece: Ring) -> int:
        if tuple(piece) in index:
            return index[tuple(piece)]
        if tuple(reversed(piece)) in index:
            return ~index[tuple(reversed(piece))]
        index[tuple(piece)] = len(arcs)
        arcs.append(piece)
        return len(arcs) - 1

    geometries = []
    for place, (properties, polygons) in enumerate(areas):
        parts = [[[refer(piece) for piece in _pieces(ring, joints)] for ring in polygon] for polygon in polygons]
        one = len(parts) == 1
        geometries.append(
            {
                "type": "Polygon" if one else "MultiPolygon",
                "arcs": parts[0] if one else parts,
                "properties": dict(properties),
            }
        )
        for arc in itertools.chain.from_iterable(itertools.chain.from_iterable(parts)):
            beside[max(arc, ~arc)].add(sides[place] if sides else "")
    lines = [[arc] for arc, both in sorted(beside.items()) if len(both) > 1]
    if lines:
        geometries.append({"type": "MultiLineString", "arcs": lines, "properties": {"line": "border"}})
    west = min(x for arc in arcs for x, _ in arc)
    south = min(y for arc in arcs for _, y in arc)
    document = {
        "type": "Topology",
        "transform": {
            "scale": [round(GRID * step, 5)] * 2,
            "translate": [round(west * GRID, 5), round(south * GRID, 5)],
        },
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_steps([((x - west) // step, (y - south) // step) for x, y in arc]) for arc in arcs],
    }
    return (json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n").encode("utf-8")


def _each_ring(
    areas: Mapping[int, list[Polygon]], change: Callable[[list[Ring]], list[Ring]]
) -> dict[int, list[Polygon]]:
    """The areas with all their rings changed together; a ring left with less than three corners goes."""
    rings = iter(change([ring for polygons in areas.values() for polygon in polygons for ring in polygon]))
    changed: dict[int, list[Polygon]] = {}
    for area, polygons in areas.items():
        redone = [[next(rings) for _ in polygon] for polygon in polygons]
        changed[area] = [[r for r in polygon if len(r) > 2] for polygon in redone if len(polygon[0]) > 2]
    return changed


def _fitted(rings: list[Ring], meters: float) -> list[Ring]:
    """Rings whose sides pass through every corner of a neighbor that lies within `meters` of them.

    A copy whose areas were simplified one by one keeps other corners on either side of a border. Given the
    same corners, the two sides become one line.
    """
    stretch = math.cos(math.radians(GRID * rings[0][0][1]))
    reach = meters / METERS / GRID
    cell = 400
    corners: dict[Point, set[Point]] = defaultdict(set)
    for ring in rings:
        for x, y in ring:
            corners[x // cell, y // cell].add((x, y))

    def between(start: Point, end: Point, own: set[Point]) -> list[Point]:
        (x0, y0), (x1, y1) = start, end
        dx, dy = (x1 - x0) * stretch, y1 - y0
        length = math.hypot(dx, dy)
        found: list[tuple[float, Point]] = []
        for column in range((min(x0, x1) - 100) // cell, (max(x0, x1) + 100) // cell + 1):
            for row in range((min(y0, y1) - 100) // cell, (max(y0, y1) + 100) // cell + 1):
                for x, y in corners.get((column, row), ()):
                    px, py = (x - x0) * stretch, y - y0
                    along = (px * dx + py * dy) / length**2
                    if (x, y) not in own and 0 < along < 1 and abs(px * dy - py * dx) / length <= reach:
                        found.append((along, (x, y)))
        return [point for _, point in sorted(found)]

    fitted = []
    for ring in rings:
        own = set(ring)
        fitted.append([point for start, end in _sides(ring) for point in (start, *between(start, end, own))])
    return fitted


def _coarse(ring: Ring, step: int) -> Ring:
    """The ring with each corner on the nearest of every `step`-th line."""
    return _distinct([(round(x / step) * step, round(y / step) * step) for x, y in ring])


def _distinct(ring: Ring) -> Ring:
    """The ring without points that equal the next, GeoJSON's repeated last point among them."""
    return [point for point, after in zip(ring, [*ring[1:], ring[0]], strict=True) if point != after]


def _sides(ring: Ring) -> Iterable[tuple[Point, Point]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def _turned(ring: Ring, outside: bool) -> Ring:
    """The ring clockwise if it is an outside, else counterclockwise."""
    return ring if (area_km2(ring) > 0) == outside else ring[::-1]


def _joints(rings: list[Ring]) -> set[Point]:
    """Points where borders meet: their neighbors differ from one ring to another."""
    joints: set[Point] = set()
    around: dict[Point, frozenset[Point]] = {}
    for ring in rings:
        for before, point, after in zip([ring[-1], *ring], ring, [*ring[1:], ring[0]], strict=False):
            sides = frozenset((before, after))
            if around.setdefault(point, sides) != sides:
                joints.add(point)
    return joints


def _pieces(ring: Ring, joints: set[Point]) -> list[Ring]:
    """The ring cut at its joints; one without a joint, at its westernmost point, so that copies agree."""
    cuts = [i for i, point in enumerate(ring) if point in joints] or [ring.index(min(ring))]
    turned = [*ring[cuts[0] :], *ring[: cuts[0]], ring[cuts[0]]]
    ends = [*(cut - cuts[0] for cut in cuts), len(ring)]
    return [turned[start : end + 1] for start, end in itertools.pairwise(ends)]


def _thinned(rings: list[Ring], meters: float) -> list[Ring]:
    """Rings without the points that a border can do without; joints stay, so that neighbors still meet."""
    joints = _joints(rings)
    thinned = []
    for ring in rings:
        pieces = [_both_ways(piece, meters) for piece in _pieces(ring, joints)]
        thinned.append(_distinct([point for piece in pieces for point in piece[:-1]]))
    return thinned


def _both_ways(piece: Ring, meters: float) -> Ring:
    """The piece thinned from the same end whichever way it runs, so that both sides keep the same points."""
    return _thin(piece, meters) if piece[0] <= piece[-1] else _thin(piece[::-1], meters)[::-1]


def _thin(arc: Ring, meters: float) -> Ring:
    """The arc without points that lie within `meters` of the line through those kept. Its ends stay."""
    stretch = math.cos(math.radians(GRID * arc[0][1]))
    reach = meters / METERS / GRID
    keep = {0, len(arc) - 1}
    open_spans = [(0, len(arc) - 1)]
    while open_spans:
        start, end = open_spans.pop()
        (x0, y0), (x1, y1) = arc[start], arc[end]
        dx, dy = (x1 - x0) * stretch, y1 - y0
        length = math.hypot(dx, dy)
        far, most = 0.0, start
        for i in range(start + 1, end):
            px, py = (arc[i][0] - x0) * stretch, arc[i][1] - y0
            off = abs(px * dy - py * dx) / length if length else math.hypot(px, py)
            if off > far:
                far, most = off, i
        if far > reach:
            keep.add(most)
            open_spans += [(start, most), (most, end)]
    return [arc[i] for i in sorted(keep)]


def _steps(arc: Ring) -> list[list[int]]:
    """The arc's first point and the steps from each to the next."""
    before = [(0, 0), *arc]
    return [[x - bx, y - by] for (x, y), (bx, by) in zip(arc, before, strict=False)]
