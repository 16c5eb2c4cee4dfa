"""What a map needs to know of a boundary file before it is drawn: its extent, and the projection that fits it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

Extent = tuple[float, float, float, float]  # west, south, east, north, in degrees


def feature_name(topology: dict[str, Any]) -> str:
    """The name of the one object in a TopoJSON topology. Raises `ValueError` where there is none or more."""
    names = list(topology.get("objects", {}))
    if len(names) != 1:
        raise ValueError(f"The boundary file holds {len(names)} objects ({', '.join(names)}); a map needs exactly one.")
    return str(names[0])


def topology_extent(topology: dict[str, Any]) -> Extent:
    """West, south, east and north of a TopoJSON topology, in degrees. Quantized arcs are running sums."""
    transform = topology.get("transform")
    scale, shift = (transform["scale"], transform["translate"]) if transform else ((1, 1), (0, 0))
    points: list[tuple[float, float]] = []
    for arc in topology["arcs"]:
        x = y = 0.0
        for step in arc:
            x, y = (x + step[0], y + step[1]) if transform else (step[0], step[1])
            points.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
    return points_extent(points)


def points_extent(points: Iterable[tuple[float, float]]) -> Extent:
    """West, south, east and north of (longitude, latitude) points, in degrees. Raises `ValueError` for no points."""
    listed = list(points)
    if not listed:
        raise ValueError("A map needs at least one place with a longitude and a latitude.")
    east_west, north_south = zip(*listed, strict=True)
    return min(east_west), min(north_south), max(east_west), max(north_south)


def mercator(latitude: float) -> float:
    """Mercator's y for a latitude in degrees, in radians at the equator (Snyder 1987, equation 7-2)."""
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def fitted(extent: Extent, left: float, top: float, width: float, height: float) -> tuple[float, float, float]:
    """Scale and translation (x, y) of a Mercator projection that centers `extent` in a box, all in pixels.

    Fitted here and not by the renderer, so that labels in the margin and every year's map share one frame.
    """
    west, south, east, north = extent
    # A single place has no extent: half a hundredth of a degree (about half a kilometer) gives it a frame.
    wide = max(math.radians(east - west), math.radians(0.005))
    tall = max(mercator(north) - mercator(south), math.radians(0.005))
    scale = min(width / wide, height / tall)
    across = left + width / 2 - scale * math.radians((west + east) / 2)
    down = top + height / 2 + scale * (mercator(south) + mercator(north)) / 2
    return scale, across, down
