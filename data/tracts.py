"""Census tracts from three federal files, for the makers of the tract tables.

Each maker is given a table of the American Community Survey, a file of USALEEP life expectancies and a boundary
file, in any order; they are told apart by how they begin. The survey comes as the Census Bureau's API gives it
(rows of text cells under a header) or as the third-party copy has it (one object a tract); the boundaries as the
Bureau's zipped shapefile or as the copy's TopoJSON.
"""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import maker
import topology

ACS = "https://api.census.gov/data/2017/acs/acs5"
USALEEP = "https://ftp.cdc.gov/pub/Health_Statistics/NCHS/Datasets/NVSS/USALEEP/CSV"
BOUNDARIES = "https://www2.census.gov/geo/tiger/GENZ2018/shp"
# Our name -> the survey's variable and the copy's key; the shares are of B17001_001E and of everybody.
ESTIMATES = {
    "population": ("B01003_001E", "total_pop"),
    "median_household_income_usd": ("B19013_001E", "med_hh_inc"),
    "per_capita_income_usd": ("B19301_001E", "inc_pc"),
}
SHARES = {
    "poverty_pct": ("B17001_002E", "B17001_001E", "pct_poverty"),
    "black_pct": ("B02001_003E", "B01003_001E", "pct_black"),
}
FEW = 100  # residents; of fewer than that, zero apart, a tract's numbers are left out
MOST = 100_000_000  # bytes unpacked; a state's boundaries make a tenth of it
LIFE = {"tract": ("Tract ID",), "years": ("e(0)",), "se": ("se(e(0))",)}

Estimates = dict[str, float | None]
Shapes = dict[int, list[topology.Polygon]]


def variables() -> str:
    """The survey's variables, as the API's `get` wants them."""
    shares = [code for *codes, _ in SHARES.values() for code in codes]
    return ",".join(dict.fromkeys([code for code, _ in ESTIMATES.values()] + shares))


@dataclass(frozen=True)
class Region:
    """What a maker's files are held to: the counties wanted, how many tracts and people each has by publication."""

    counties: Mapping[str, str]
    tracts: Mapping[str, int]
    people: Mapping[str, int]


@dataclass(frozen=True)
class Tract:
    """One tract: the survey's estimates, life expectancy with its standard error, and its polygons."""

    county: str
    estimates: Estimates
    life: tuple[float, float] | None
    shape: list[topology.Polygon]

    def cells(self, columns: Sequence[str]) -> list[object]:
        """Cells for the survey's `columns` and for life expectancy; numbers of a tract of few people stay empty."""
        people = self.estimates["population"] or 0
        if 0 < people < FEW:
            return [None] * (len(columns) + 2)
        known = [self.estimates[column] for column in columns]
        cells: list[object] = [int(v) if v is not None and v == int(v) and c[-4:] != "_pct" else v
                               for c, v in zip(columns, known, strict=True)]  # fmt: skip
        return [*cells, *(self.life or (None, None))]


def read(files: Mapping[str, bytes], region: Region) -> dict[int, Tract]:
    """The region's tracts by their number. Raises `ValueError` where the files do not belong together."""
    survey = _estimates(*one(files, "survey table", b"["), region)
    life = _life(*one(files, "life expectancy table", b'"', b"T"), region)
    raw, name = one(files, "boundary file", b"PK", b"{")
    shape = shapes(raw, name, region.counties)
    for county, count in region.tracts.items():
        for part, numbers in (("survey", survey), ("boundaries", shape)):
            maker.expect(
                name if part == "boundaries" else "The survey table",
                f"the number of tracts in {region.counties[county]}",
                sum(str(number).startswith(county) for number in numbers),
                count,
            )
        people = sum(e["population"] or 0 for number, e in survey.items() if str(number).startswith(county))
        maker.expect("The survey table", f"the population of {region.counties[county]}", int(people),
                     region.people[county])  # fmt: skip
    if odd := sorted(set(survey) ^ set(shape)):
        raise ValueError(f"Tract {odd[0]} is in the survey or in {name}, not in both. Use files of one vintage.")
    return {
        number: Tract(region.counties[str(number)[:5]], survey[number], life.get(number), shape[number])
        for number in sorted(survey)
    }


def one(files: Mapping[str, bytes], what: str, *beginnings: bytes) -> tuple[bytes, str]:
    """The one file that begins in one of these ways, and its name."""
    found = [name for name, raw in files.items() if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(beginnings)]
    if len(found) != 1:
        raise ValueError(f"Of {', '.join(files)}, {len(found)} is a {what}. Give the maker one of each it needs.")
    return files[found[0]], found[0]


def title(number: int, county: str) -> str:
    """What a tract is called: "Tract 2055.03, Montgomery County"."""
    whole, part = divmod(number % 1_000_000, 100)
    return f"Tract {whole}{f'.{part:02d}' if part else ''}, {county}"


def center(shape: Sequence[topology.Polygon]) -> tuple[float, float]:
    """The center of a tract's largest part as (longitude, latitude)."""
    return topology.centroid(max((polygon[0] for polygon in shape), key=lambda ring: abs(topology.area_km2(ring))))


def miles(start: tuple[float, float], end: tuple[float, float]) -> float:
    """Distance of two near points (longitude, latitude) in miles."""
    east = (end[0] - start[0]) * math.cos(math.radians((start[1] + end[1]) / 2))
    return math.hypot(east, end[1] - start[1]) * topology.METERS / 1609.344


def outlines(dataset: str, tracts: Mapping[int, Tract], thin: float, step: int) -> bytes:
    """TopoJSON of the tracts' outlines, thinned by `thin` meters onto a grid of `step` grid units."""
    cleaned = topology.clean({number: tract.shape for number, tract in tracts.items()}, 1.0, thin, step)
    areas = [({"tract_geoid": str(number)}, shape) for number, shape in cleaned.items()]
    return topology.encode(dataset, areas, step, [tracts[number].county for number in cleaned])


def shapes(raw: bytes, name: str, counties: Iterable[str]) -> Shapes:
    """Polygons of grid points of the counties' tracts, from a zipped shapefile or a TopoJSON of one object."""
    found = _zipped(raw, name) if raw.startswith(b"PK") else _topojson(raw, name)
    wanted = tuple(counties)
    return {int(number): shape for number, shape in found if number.startswith(wanted)}


def _estimates(raw: bytes, name: str, region: Region) -> dict[int, Estimates]:
    try:
        table = json.loads(raw.decode("utf-8-sig"))
    except ValueError:
        raise ValueError(f"{name} is not whole JSON. It may be cut off: fetch it again.") from None
    if table and isinstance(table[0], dict):
        records, theirs = table, 1
    else:
        records, theirs = [dict(zip(table[0], line, strict=False)) for line in table[1:]] if table else [], 0
    place = (("state", "county", "tract"), ("state_fips", "county_fips", "tract_code"))[theirs]
    found: dict[int, Estimates] = {}
    for row, record in enumerate(records, start=2):

        def cell(key: str, row: int = row, record: Mapping[str, Any] = record) -> float | None:
            if key not in record:
                raise ValueError(f"{name}, row {row} has no {key}. Check whether the publisher changed the file.")
            if record[key] in (None, ""):
                return None
            value = maker.exact(name, row, key, str(record[key]))
            return None if value < 0 else value  # -666666666 stands for "no estimate"

        for key in place:
            cell(key)
        number = "".join(str(record[key]) for key in place)
        if not number.startswith(tuple(region.counties)):
            continue
        estimates = {ours: cell(keys[theirs]) for ours, keys in ESTIMATES.items()}
        for ours, (part, whole, share) in SHARES.items():
            estimates[ours] = _percent(cell(share), 1.0) if theirs else _percent(cell(part), cell(whole))
        if int(number) in found:
            raise ValueError(f"{name}, row {row}: tract {number} is there already. Fetch the file again.")
        found[int(number)] = estimates
    return found


def _percent(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else round(100 * part / whole, 1)


def _life(raw: bytes, name: str, region: Region) -> dict[int, tuple[float, float]]:
    found: dict[int, tuple[float, float]] = {}
    for row, cells in enumerate(maker.rows(raw.rstrip(), name, LIFE), start=2):  # it ends with an empty line
        if not cells["tract"].startswith(tuple(region.counties)):
            continue
        number = maker.whole(name, row, "Tract ID", cells["tract"])
        years, se = (maker.exact(name, row, LIFE[key][0], cells[key]) for key in ("years", "se"))
        if number in found or not 50 < years < 100 or not 0 < se < 10:
            raise ValueError(f"{name}, row {row}: {years:g} years with {se:g} cannot stand for {number}. Check it.")
        found[number] = (round(years, 1), round(se, 2))
    if not found:
        raise ValueError(f"{name} holds none of the counties. Use the file of their state.")
    return found


def _topojson(raw: bytes, name: str) -> list[tuple[str, list[topology.Polygon]]]:
    try:
        document = json.loads(raw.decode("utf-8-sig"))
        (scale_x, scale_y), (west, south) = document["transform"]["scale"], document["transform"]["translate"]
        arcs: list[list[tuple[float, float]]] = []
        for steps in document["arcs"]:
            x = y = 0
            arcs.append([])
            for dx, dy in steps:
                x, y = x + dx, y + dy
                arcs[-1].append((x * scale_x + west, y * scale_y + south))
        (whole,) = document["objects"].values()

        def ring(indices: list[int]) -> topology.Ring:
            return topology.grid(p for i in indices for p in (arcs[i] if i >= 0 else arcs[~i][::-1])[:-1])

        return [
            (
                str(area["properties"]["GEOID"]),
                [
                    [ring(part) for part in polygon]
                    for polygon in (area["arcs"] if area["type"] == "MultiPolygon" else [area["arcs"]])
                ],
            )
            for area in whole["geometries"]
        ]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise ValueError(f"{name} is not a TopoJSON of tracts. It may be cut off: fetch it again.") from None


def _zipped(raw: bytes, name: str) -> list[tuple[str, list[topology.Polygon]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST:
                raise ValueError(f"{name} unpacks too large. Check the address.")
            inside: dict[str, bytes] = {entry[-4:]: archive.read(entry) for entry in archive.namelist()}
        return list(zip(_geoids(inside[".dbf"]), _polygons(inside[".shp"]), strict=True))
    except (zipfile.BadZipFile, KeyError, struct.error, IndexError, UnicodeDecodeError):
        raise ValueError(f"{name} is not a whole zipped shapefile of tracts. Fetch it again.") from None


def _geoids(dbf: bytes) -> list[str]:
    """The column GEOID of a dBASE table (layout: dBASE III PLUS, as shapefiles use it)."""
    count, start, length = struct.unpack("<4xIHH", dbf[:12])
    offset, fields = 1, {}
    for at in range(32, start - 1, 32):
        fields[dbf[at : at + 11].rstrip(b"\0").decode("ascii")] = (offset, offset + dbf[at + 16])
        offset += dbf[at + 16]
    first, last = fields["GEOID"]
    records = [dbf[start + i * length : start + (i + 1) * length] for i in range(count)]
    return [record[first:last].decode("ascii").strip() for record in records]


def _polygons(shp: bytes) -> list[list[topology.Polygon]]:
    """The polygons of a shapefile (ESRI 1998): rings that run clockwise are outsides, the others their holes."""
    found, at = [], 100
    while at < len(shp):
        (words,) = struct.unpack(">4xI", shp[at : at + 8])
        kind, parts, points = struct.unpack("<I32xII", shp[at + 8 : at + 52])
        if kind != 5:
            raise KeyError(kind)
        starts = struct.unpack(f"<{parts}I", shp[at + 52 : at + 52 + 4 * parts])
        flat = struct.unpack(f"<{2 * points}d", shp[at + 52 + 4 * parts : at + 52 + 4 * parts + 16 * points])
        shape: list[topology.Polygon] = []
        for start, end in zip(starts, [*starts[1:], points], strict=True):
            ring = topology.grid(
                list(zip(flat[2 * start : 2 * end : 2], flat[2 * start + 1 : 2 * end : 2], strict=True))
            )
            if topology.area_km2(ring) > 0 or not shape:
                shape.append([ring])
            else:
                shape[-1].append(ring)
        found.append(shape)
        at += 8 + 2 * words
    return found
