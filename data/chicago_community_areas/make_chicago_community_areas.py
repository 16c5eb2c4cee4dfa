"""Write the outlines and the tile layout of Chicago's community areas from the city's boundaries, igwz-8jzy.

Takes the portal's GeoJSON, and the Chicago Tribune boundary service's, which carries the same areas already
simplified one by one (`metadata` and `simple_shape` in place of `properties` and `geometry`).
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import chicago
import maker
import tiles
import topology

DATASET = "chicago_community_areas"
ENDPOINT = "https://data.cityofchicago.org/resource/igwz-8jzy.geojson?$limit=5000"
# Meters that may lie between the two sides of a border. The portal's sides are the same but for rounding; in the
# simplified copy 10 joins the most borders.
FIT, FIT_COPY = 1.0, 10.0
THIN = 40.0  # meters; under one pixel where the city is drawn 600 pixels high
# Columns and rows. Of the grids from 9 by 12 to 12 by 14 it keeps the most neighbors in touch, and the row
# from West Garfield Park to the Loop as it is in the city.
GRID = (11, 14)
CITY_KM2 = 606.0  # 234 square miles with water, as the Census Bureau gives it


def build(raw: bytes, name: str) -> dict[str, bytes]:
    """The dataset's two files from GeoJSON bytes."""
    shapes = _shapes(raw, name)
    chicago.complete(list(shapes), name)
    total = sum(_size(part[0]) for parts in shapes.values() for part in parts)
    if abs(total - CITY_KM2) > 15:
        raise ValueError(f"{name}: the areas make {total:.0f} km2, and Chicago has {CITY_KM2:.0f}. Check it.")
    shapes = topology.clean(shapes, FIT_COPY if b'"simple_shape"' in raw else FIT, THIN)
    outlines = topology.encode(
        DATASET,
        [
            ({"community_area_number": area, "community_area": chicago.NAMES[area]}, parts)
            for area, parts in shapes.items()
        ],
    )
    outside = {area: max((part[0] for part in parts), key=_size) for area, parts in shapes.items()}
    place = tiles.tiles(_centers(outside), _neighbors(outside), *GRID)
    table = [(area, chicago.NAMES[area], *place[area]) for area in sorted(place)]
    columns = ("community_area_number", "community_area", "column", "row")
    return {f"{DATASET}.csv": maker.csv_bytes(columns, table), f"{DATASET}.topojson": outlines}


def _shapes(raw: bytes, name: str) -> dict[int, list[topology.Polygon]]:
    """Each area's polygons as rings of grid points."""
    try:
        features = json.loads(raw.decode("utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{name} is not GeoJSON with features. It may be cut off: fetch it again.") from None
    shapes: dict[int, list[topology.Polygon]] = {}
    for position, feature in enumerate(features, start=1):
        where = f"{name}, feature {position}"
        facts: dict[str, Any] = feature.get("properties") or feature.get("metadata") or {}
        facts = {key.lower(): value for key, value in facts.items()}
        shape: dict[str, Any] = feature.get("geometry") or feature.get("simple_shape") or {}
        if lacking := [key for key in ("area_numbe", "community") if key not in facts]:
            raise ValueError(f"{where} has no {lacking[0]}. Check whether the publisher changed the file.")
        parts = shape.get("coordinates")
        if shape.get("type") == "Polygon":
            parts = [parts]
        elif shape.get("type") != "MultiPolygon":
            raise ValueError(f"{where} is no polygon. Check whether the publisher changed the file.")
        area = chicago.number(str(facts["area_numbe"]), str(facts["community"]), where)
        if area in shapes:
            raise ValueError(f"{where}: {chicago.NAMES[area]} is there already. Fetch the file again.")
        try:
            shapes[area] = [[topology.grid(ring) for ring in part] for part in parts]
        except (TypeError, ValueError, IndexError):
            raise ValueError(f"{where} has broken coordinates. Fetch the file again.") from None
    return shapes


def _size(ring: topology.Ring) -> float:
    return abs(topology.area_km2(ring))


def _centers(outside: dict[int, topology.Ring]) -> dict[int, tuple[float, float]]:
    """Centers as (east, north) in degrees of latitude."""
    stretch = math.cos(math.radians(41.84))  # the city's middle
    centers = {area: topology.centroid(ring) for area, ring in outside.items()}
    return {area: (longitude * stretch, latitude) for area, (longitude, latitude) in centers.items()}


def _neighbors(outside: dict[int, topology.Ring]) -> set[tuple[int, int]]:
    """Pairs of areas that share two corners or more: a border, not only a point."""
    corners = {area: set(ring) for area, ring in outside.items()}
    return {
        (one, other) for one in corners for other in corners if one < other and len(corners[one] & corners[other]) >= 2
    }


if __name__ == "__main__":
    maker.main(__file__, ENDPOINT, build)
