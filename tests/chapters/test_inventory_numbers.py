"""The numbers and dates of the inventory (its block 18) stand in the very paragraph that carries their anchor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rules import parse, plain

ROOT = Path(__file__).parents[2]

# Id -> what the paragraph must hold, from the sources themselves.
EXPECTED = {
    "N1": ["five"],
    "N2": ["three"],
    "N3": ["eight"],
    "N4": ["2016"],
    "N5": ["April 2017", "two years"],
    "N6": ["69", "85"],
    "N7": ["six miles"],
    "N8": ["1930s"],
    "N9": ["1938"],
    "N10": ["four colors"],
    "N11": ["four types"],
    "N12": ["more than 30 times in a year"],
    "N13": ["over a year"],
    "N14": ["Six kinds"],
    "N15": ["2005"],
    "N16": ["five years"],
    "N17": ["fiscal year 2019"],
    "N18": ["four key strategies"],
    "N19": ["four commitments"],
    "N20": ["More than ten years"],
    "N21": ["nine neighborhoods"],
    "N22": ["5%", "10%"],
    "N23": ["two measures of equity"],
    "N24": ["four things"],
    "N25": ["seven years"],
    "N26": ["three words"],
    "N27": ["80%", "20%"],
    "N28": ["five steps", "Five questions"],
    "N29": ["Draw a line"],
    "N30": ["12,000"],
    "N31": ["four patients"],
    "N32": ["2003"],
    "N33": ["22"],
    "N34": ["Four of the eight", "two"],
    "N35": ["two aims"],
    "N36": ["40", "10", "50"],
    "N37": ["January 2023", "June 2024"],
    "N38": ["21 October", "1 November"],
    "N39": ["10 or 15"],
    "N40": ["four"],
    "N41": ["eight entries"],
    "N42": ["three subcommittees"],
    "N43": ["7 April 2017"],
    "N44": ["four times a year"],
    "N45": ["18 September 2020"],
    "N46": ["five"],
    "N47": ["seven numbered figures"],
    "N48": ["11 entries", "19"],
    "N49": ["two letters"],
    "N50": ["five kinds"],
}


def blocks() -> dict[str, str]:
    """Id -> the paragraphs that carry it, as read, over all pages."""
    found: dict[str, str] = {}
    for file in sorted(ROOT.glob("book/**/*.md")):
        for block in parse(file.name, file.read_text(encoding="utf-8")).blocks:
            raw = " ".join(line.text for line in block)
            for ids in re.findall(r"\{covers\}`([^`]*)`", raw):
                for item in ids.split(","):
                    found[item.strip()] = found.get(item.strip(), "") + " " + plain(raw)
    return found


BLOCKS = blocks()


@pytest.mark.parametrize("item", EXPECTED)
def test_number_stands_where_its_anchor_is(item: str) -> None:
    text = " ".join(BLOCKS[item].split())
    assert [part for part in EXPECTED[item] if part.lower() not in text.lower()] == []


def test_every_number_of_the_inventory_is_here() -> None:
    known = (ROOT / "tests/ids.txt").read_text(encoding="utf-8").split()
    assert {item for item in known if re.fullmatch(r"N\d+", item)} == set(EXPECTED)
