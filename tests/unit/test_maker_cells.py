"""What every maker asks of a cell: which counts to withhold together, what is open, what is a count."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("parts", "extra", "expected"),
    [
        ({"a": [50], "b": [40]}, 0, set()),
        ({"a": [50], "b": [0]}, 0, set()),
        ({"a": [50], "b": [5], "c": [30]}, 0, {"b", "c"}),
        ({"a": [50], "b": [5], "c": [4]}, 0, {"a", "b", "c"}),
        ({"a": [50], "b": [10], "c": [9]}, 0, {"b", "c"}),
        ({"a": [50], "b": [5], "c": [30]}, 20, {"b"}),
        ({"a": [50], "b": [5], "c": [30]}, 5, {"b", "c"}),
        ({"a": [50], "b": [-1], "c": [30]}, 11, {"b"}),
        ({"a": [50, 60], "b": [12, 3], "c": [70, 20]}, 0, {"b", "c"}),
        ({"a": [5]}, 0, {"a"}),
    ],
)
def test_what_is_withheld_with_a_small_count(makers, parts: dict[str, list[int]], extra: int, expected: set[str]):
    # The status does not tell which of two withheld groups was the small one.
    assert makers.hidden(parts, extra) == expected


@pytest.mark.parametrize("text", ["", " ", ".", "-", "--", "\u2013"])
def test_cells_left_open(makers, text: str):
    assert makers.blank(text)
    assert not makers.blank("0")


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("1,234", 1234), ("0", 0), (" 12,345,678 ", 12345678)])
def test_counts_with_commas(makers, text: str, value: int):
    assert makers.whole("f.csv", 2, "n", text) == value


@pytest.mark.parametrize("text", ["1,23", "-3", "2.5", "1,2345", "", "x"])
def test_what_is_no_count(makers, text: str):
    with pytest.raises(ValueError, match=r"^f\.csv, row 2, column n: .*\.$"):
        makers.whole("f.csv", 2, "n", text)
