"""The reference page is what the worked examples make, and each worked number is what the measure gives."""

from __future__ import annotations

import pytest
from reference import PAGE, Example, page
from worked_examples import EXAMPLES

from equityguide import measures


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_worked_numbers(example: Example) -> None:
    reach = {name: getattr(measures, name) for name in measures.__all__}
    row = example.row(eval(example.call, {**reach, **example.given}))
    for number in example.numbers:
        found = row[number.column]
        if isinstance(number.expected, str):
            assert found == number.expected, number.what
        else:
            # As printed, and to half a unit of the last digit.
            assert float(found) == pytest.approx(number.expected, abs=0.5 * 10**-number.decimals), number.what


def test_every_measure_has_an_example() -> None:
    assert {example.name.split("(")[0] for example in EXAMPLES} == set(measures.__all__)


def test_the_page_is_what_the_examples_make() -> None:
    made = PAGE.read_text(encoding="utf-8")
    assert made == page(EXAMPLES), "Write it anew: .venv/bin/python tests/measures/worked_examples.py"
