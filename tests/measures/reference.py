"""The form of a worked example, and the page that a list of them becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

PAGE = Path(__file__).resolve().parents[2] / "book" / "reference" / "measures.md"
HEAD = """# The measures, each with a worked example

This page is written by tests. Each worked number below was got without our code: from a printed table, from another program or by hand. The tests run the code you see, and they fail if it gives anything else. So the page and the code cannot drift apart.

Rates are fractions here: 0.65 is 65 of 100 people. Each interval is a 95% interval unless it says so. All functions are in `equityguide.measures`. They take counts with the columns `measure`, `period`, `dimension`, `group`, `events` and `denominator`. Hide small counts first with `suppress`; each measure then passes on which rows are hidden.
"""


@dataclass(frozen=True)
class Number:
    """A worked number: what it is, the column of ours, and the value another source gives for it."""

    what: str
    column: str
    expected: float | str
    decimals: int = 3

    @property
    def printed(self) -> str:
        return self.show(self.expected)

    def show(self, value: Any) -> str:
        return value if isinstance(value, str) else f"{value:,.{self.decimals}f}"


@dataclass(frozen=True)
class Example:
    """One measure: its words, the table and the call, and which row's numbers are worked.

    Each formula is short enough for a phone, so there may be several. `call` is run as it stands in the page, with `given` (name -> value) and the measures in reach; `row` picks the row
    of the result that the numbers stand in.
    """

    name: str
    title: str
    use: str
    formula: Sequence[str]
    given: dict[str, Any]
    say: str
    call: str
    numbers: Sequence[Number]
    interval: str
    caveat: str
    source: str
    row: Callable[[pd.DataFrame], pd.Series] = field(default=lambda found: found.iloc[0])


def page(examples: Sequence[Example]) -> str:
    """The whole reference page."""
    return "\n".join([HEAD, *map(section, examples)])


def section(example: Example) -> str:
    """One measure's section."""
    lines = "\n".join(f"| {number.what} | {number.printed} | `{number.column}` |" for number in example.numbers)
    formulas = "\n\n".join(f"```{{math}}\n{formula}\n```" for formula in example.formula)
    return f"""## {example.title}

**`{example.name}`. When to use.** {example.use}

{formulas}

**Worked example.** {example.say}

```python
{example.call}
```

| What | Value | Column |
|---|---|---|
{lines}

**Interval.** {example.interval}

**Take care.** {example.caveat}

**Source.** {example.source}
"""
