"""Chicago's 77 community areas: number and name, for the makers of the city's tables.

The city's tables spell some names differently ("Lake View", "Washington Height"), and join by number. Each
maker holds the name in its file against this list, so that a shifted row cannot pass.
"""

from __future__ import annotations

import re

_LIST = """
Rogers Park, West Ridge, Uptown, Lincoln Square, North Center, Lakeview, Lincoln Park, Near North Side,
Edison Park, Norwood Park, Jefferson Park, Forest Glen, North Park, Albany Park, Portage Park, Irving
Park, Dunning, Montclare, Belmont Cragin, Hermosa, Avondale, Logan Square, Humboldt Park, West Town,
Austin, West Garfield Park, East Garfield Park, Near West Side, North Lawndale, South Lawndale, Lower
West Side, Loop, Near South Side, Armour Square, Douglas, Oakland, Fuller Park, Grand Boulevard,
Kenwood, Washington Park, Hyde Park, Woodlawn, South Shore, Chatham, Avalon Park, South Chicago,
Burnside, Calumet Heights, Roseland, Pullman, South Deering, East Side, West Pullman, Riverdale,
Hegewisch, Garfield Ridge, Archer Heights, Brighton Park, McKinley Park, Bridgeport, New City, West
Elsdon, Gage Park, Clearing, West Lawn, Chicago Lawn, West Englewood, Englewood, Greater Grand Crossing,
Ashburn, Auburn Gresham, Beverly, Washington Heights, Mount Greenwood, Morgan Park, O'Hare, Edgewater
"""
NAMES = dict(enumerate(" ".join(_LIST.split()).split(", "), start=1))

# The publishers' own misspellings, as letters only.
_SPELLINGS = {"montclaire": "montclare", "washingtonheight": "washingtonheights"}


def number(text: str, name: str, where: str) -> int:
    """A community area's number, if `name` is that area's. Raises `ValueError` that begins with `where`."""
    key = text.strip().removesuffix(".0")
    area = int(key) if re.fullmatch(r"[0-9]{1,2}", key) else 0
    if area not in NAMES:
        raise ValueError(f"{where}: {text!r} is not a community area's number. Write 1 to 77.")
    found = re.sub(r"[^a-z]", "", name.lower())
    if _SPELLINGS.get(found, found) != re.sub(r"[^a-z]", "", NAMES[area].lower()):
        raise ValueError(f"{where}: area {area} is called {name!r} and should be {NAMES[area]}. Find the shifted row.")
    return area


def complete(areas: list[int], name: str) -> None:
    """Raise `ValueError` unless `areas` holds each of the 77 once."""
    if sorted(areas) != list(NAMES):
        absent = [NAMES[area] for area in NAMES if area not in areas]
        twice = sorted({NAMES[area] for area in areas if areas.count(area) > 1})
        what = f"lacks {', '.join(absent[:3])}" if absent else f"holds {', '.join(twice[:3])} twice"
        raise ValueError(f"{name} {what}: it should hold each of the 77 areas once. Fetch it again.")
