"""Write `boston_by_holc_grade.csv`: today's Boston by the grades of the 1938 map, four rows.

From Mapping Inequality's outlines of the graded areas (GeoJSON), the federal boundaries of today's tracts, and the
committed table `boston_tracts`. No outline and no share of a tract is kept: only four sums and means.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import maker
import overlay
import topology
import tracts

from equityguide import data

DATASET = "boston_by_holc_grade"
ENDPOINTS = (
    "https://dsl.richmond.edu/panorama/redlining/static/citiesData/MABoston1938/geojson.json",
    f"{tracts.BOUNDARIES}/cb_2018_25_tract_500k.zip",
)
GRADES = {"A": "Best", "B": "Still desirable", "C": "Definitely declining", "D": "Hazardous"}
AREAS = {"A": 1, "B": 8, "C": 18, "D": 12}
CITY_KM2 = 91.03  # all 41 areas, in an independent copy of Mapping Inequality's file fetched in 2026
LEAST = 0.01  # of a tract: a smaller overlap is a border drawn twice, not people
MEANS = ("life_expectancy_years", "poverty_pct", "per_capita_income_usd", "black_pct")
COLUMNS = ("grade", "grade_name", "areas", "area_km2", "tracts", "people", *MEANS)


def build(files: dict[str, bytes]) -> dict[str, bytes]:
    """The dataset's one file: each grade's area, people, and means over people, tract by tract."""
    raw, name = tracts.one({file: raw for file, raw in files.items() if b'"Topology"' not in raw}, "GeoJSON", b"{")
    graded = _graded(raw, name)
    raw, boundaries = tracts.one(
        {file: raw for file, raw in files.items() if file != name}, "boundary file", b"PK", b"{"
    )
    outlines = tracts.shapes(raw, boundaries, ["25025"])
    maker.expect(boundaries, "the number of tracts in Suffolk County", len(outlines), 204)
    size = overlay.sizes(outlines)
    people = data.load("boston_tracts").astype({"tract_geoid": "int64"}).set_index("tract_geoid")
    areas = overlay.sizes(graded)
    parts: dict[str, dict[int, float]] = defaultdict(dict)
    for (grade, tract), common in overlay.shared(graded, outlines).items():
        if common / size[tract] >= LEAST:
            parts[grade][tract] = common / size[tract]
    table: list[list[object]] = []
    for grade, words in GRADES.items():
        here = people.loc[sorted(parts[grade])].fillna({"population": 0})
        here = here.assign(people=here["population"].astype(float) * [parts[grade][tract] for tract in here.index])
        means = []
        for column in MEANS:
            known = here.dropna(subset=[column])
            means.append((known[column].astype(float) * known["people"]).sum() / known["people"].sum())
        life, poverty, income, black = means
        whole = (_hundreds(here["people"].sum()), round(life, 1), round(poverty, 1), _hundreds(income), round(black, 1))
        table.append([grade, words, AREAS[grade], round(areas[grade], 1), len(here), *whole])
    return {f"{DATASET}.csv": maker.csv_bytes(COLUMNS, table)}


def _hundreds(value: float) -> int:
    """The value to the nearest hundred: the method is no finer."""
    return round(value / 100) * 100


def _graded(raw: bytes, name: str) -> dict[str, list[topology.Polygon]]:
    """Each grade's polygons, after a look that no area is missing."""
    try:
        features = json.loads(raw.decode("utf-8-sig"))["features"]
        count: dict[str, int] = defaultdict(int)
        polygons: dict[str, list[topology.Polygon]] = defaultdict(list)
        for feature in features:
            grade, shape = (feature["properties"]["grade"] or "").strip(), feature["geometry"]
            parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            polygons[grade] += [[topology.grid(ring) for ring in part] for part in parts]
            count[grade] += 1
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{name} is not GeoJSON of graded areas. It may be cut off: fetch it again.") from None
    for grade, published in AREAS.items():
        maker.expect(name, f"the number of areas graded {grade}", count[grade], published)
    whole = sum(overlay.sizes(polygons).values())
    if abs(whole - CITY_KM2) > 0.5:
        raise ValueError(f"{name}: the areas make {whole:.1f} km2, and the map has {CITY_KM2}. Check the file.")
    return {grade: polygons[grade] for grade in GRADES}


if __name__ == "__main__":
    maker.main_all(__file__, ENDPOINTS, build)
