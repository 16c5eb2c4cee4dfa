"""How wide text is, so that it can be broken into lines that fit a box on any machine.

Widths are those of Arial, which Liberation Sans (the font that vl-convert carries) shares letter by letter.
"""

from __future__ import annotations

from functools import cache

# Advance widths in thousandths of the font size, from the public metrics of the Helvetica family.
_REGULAR = {
    191: "'", 222: "ijl", 260: "|", 278: " !,./:;I[]\\ft", 333: "()-`r", 334: "{}", 355: '"', 389: "*", 469: "^",
    500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu\u2013", 584: "+<=>~\u2212", 611: "FTZ",
    667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "\u2014", 1015: "@",
}  # fmt: skip
_BOLD = {
    238: "'", 278: " ,./I\\ijl", 280: "|", 333: "!()-:;[]`ft", 389: "*r{}", 474: '"', 500: "z",
    556: "#$0123456789J_aceksvxy\u2013", 584: "+<=>^~\u2212", 611: "?FLTZbdghnopqu", 667: "EPSVXY", 722: "&ABCDHKNRU",
    778: "GOQw", 833: "M", 889: "%m", 944: "W", 975: "@", 1000: "\u2014",
}  # fmt: skip
_WIDE = 1000  # a letter outside the tables is taken to be as wide as the font is high: text never runs over


@cache
def _widths(bold: bool) -> dict[str, int]:
    return {letter: width for width, letters in (_BOLD if bold else _REGULAR).items() for letter in letters}


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that one line of `text` takes at `size` pixels."""
    widths = _widths(bold)
    return sum(widths.get(letter, _WIDE) for letter in text) * size / 1000


def lines(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """`text` in as few lines as fit `room` pixels; a word longer than a line is broken where it must be."""
    found: list[str] = []
    for word in text.split():
        joined = f"{found[-1]} {word}" if found else word
        if found and width(joined, size, bold=bold) <= room:
            found[-1] = joined
            continue
        while width(word, size, bold=bold) > room and len(word) > 1:
            cut = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or width(word[:n], size, bold=bold) <= room)
            found.append(word[:cut])
            word = word[cut:]
        found.append(word)
    return found
