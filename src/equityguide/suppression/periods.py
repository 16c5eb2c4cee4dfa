"""Which periods add up to which others: four quarters to a year, two rolling years to the quarters they differ in."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]  # months since year 0: the first, and the first no longer in it

WHOLE = re.compile(r"(all|total|overall)( (periods|months|quarters|years|together))?", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})")
_PART = re.compile(r"(\d{4})[- ]?([QqHh])([1-4])")
_PART_FIRST = re.compile(r"([QqHh])([1-4])[- ]?(\d{4})")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_A_YEAR = re.compile(
    r"(19|20)\d\d|\bfy\W?\d\d|^((full|whole|entire|fiscal|calendar) )?year\b(?!\W?\d)|\bannual|\bytd\b", re.IGNORECASE
)
AS_MONTHS = "Write it as months, such as 2023-07 to 2024-06."
_RANGE = re.compile(r"\s+to\s+|\s*[\u2013\u2014/]\s*|\s*\.\.\s*|\s+-\s+|(?<=^\d{4})-(?=\d{4}$)")


@dataclass(frozen=True)
class Link:
    """Periods with their signs: together they make 0 (`exact`), or what is left is a period nobody printed."""

    signs: tuple[tuple[str, int], ...]
    exact: bool


def span(label: str) -> Span | None:
    """The months of `2024`, `2024-Q3`, `Q3 2024`, `2024-H1`, `2024-07`, or of two of these with "to", "/" or a dash."""
    label = label.strip()
    if found := _YEAR.fullmatch(label):
        return _months(found[1], 0, 12)
    if found := _PART.fullmatch(label):
        return _part(found[1], found[2], found[3])
    if found := _PART_FIRST.fullmatch(label):
        return _part(found[3], found[1], found[2])
    if found := _MONTH.fullmatch(label):
        return _months(found[1], int(found[2]) - 1, 1)
    ends = _RANGE.split(label)
    if len(ends) == 2:
        first, last = span(ends[0]), span(ends[1])
        if first and last and first[0] < last[1]:
            return first[0], last[1]
    return None


def undated(labels: Iterable[str]) -> tuple[str, str] | None:
    """A period without dates, and one beside it that has dates or may share months with it; None where all is well.

    A "FY2024" beside quarters may hold them, and nobody can reckon with what it leaves of them. Names without dates
    ("before", "after") stand for themselves, unless they speak of a year: "FY2024" beside "FY2024 Q1" does not.
    """
    names = [label for label in dict.fromkeys(labels) if not WHOLE.fullmatch(label.strip())]
    dated = [label for label in names if span(label)]
    without = [label for label in names if label not in dated]
    unclear = without if dated else [label for label in without if _A_YEAR.search(label)]
    beside = next((label for label in dated or without if label not in unclear[:1]), None)
    return (unclear[0], beside) if unclear and beside is not None else None


def links(labels: Iterable[str]) -> list[Link]:
    """What follows for counts from the periods' dates alone; nothing where no two periods share a month.

    Of labels that all have dates, or all have none (see `undated`).

    A period is a line from its first month to its end, so that every closed walk along such lines is a sum that must
    come out even. One walk for each line beyond a spanning tree gives them all. Besides, where some periods lie inside
    a longer one and do not fill it, the difference is a count that anyone can make.
    """
    spans = _spans(sorted(set(labels)))
    order = sorted(spans, key=lambda label: (spans[label][1] - spans[label][0], label))
    tree: dict[int, list[tuple[int, str, int]]] = {}
    found = []
    for label in order:
        start, end = spans[label]
        walk = _walk(tree, start, end)
        if walk is not None:
            found.append(Link(((label, 1), *((name, -sign) for name, sign in walk)), exact=True))
        else:
            tree.setdefault(start, []).append((end, label, 1))
            tree.setdefault(end, []).append((start, label, -1))
    return found + _remainders(spans)


def _spans(labels: list[str]) -> dict[str, Span]:
    whole = [label for label in labels if WHOLE.fullmatch(label.strip())]
    names = [label for label in labels if label not in whole]
    # "before", "after", "all": names without dates still add up. `undated` refuses a mixture.
    spans = {label: span(label) or (place, place + 1) for place, label in enumerate(names)}
    if spans:
        everything = min(start for start, _ in spans.values()), max(end for _, end in spans.values())
        spans |= dict.fromkeys(whole, everything)
    return spans


def _walk(tree: dict[int, list[tuple[int, str, int]]], start: int, end: int) -> list[tuple[str, int]] | None:
    """The one way from start to end in the tree, as periods with a sign for their direction."""
    ways: dict[int, list[tuple[str, int]]] = {start: []}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there, label, sign in tree.get(here, []):
            if there not in ways:
                ways[there] = [*ways[here], (label, sign)]
                queue.append(there)
    return ways.get(end)


def _remainders(spans: dict[str, Span]) -> list[Link]:
    found = []
    for label, (start, end) in sorted(spans.items()):
        inside = [
            (name, first, last)
            for name, (first, last) in spans.items()
            if start <= first and last <= end and last - first < end - start
        ]
        reached, covered, parts = start, 0, []
        for name, first, last in sorted(inside, key=lambda part: (part[1], -part[2], part[0])):
            if first >= reached:
                parts.append(name)
                reached, covered = last, covered + last - first
        if parts and covered < end - start:
            found.append(Link(((label, 1), *((name, -1) for name in parts)), exact=False))
    return found


def _part(year: str, kind: str, number: str) -> Span | None:
    length = 3 if kind in "Qq" else 6
    return _months(year, (int(number) - 1) * length, length) if int(number) * length <= 12 else None


def _months(year: str, first: int, length: int) -> Span:
    start = int(year) * 12 + first
    return start, start + length
