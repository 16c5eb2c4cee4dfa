"""`suppress` against attackers on random tables: the package's own, and one that tries everything."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from attackers import COLUMNS, X, one_period, small, table, told, told_over_time
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from equityguide.suppression import audit, suppress

quick = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


@st.composite
def tables(draw: st.DrawFn, periods: int = 3) -> pd.DataFrame:
    """One to three dimensions over some periods, sometimes with their year; rare, common and near-universal events."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups = draw(st.lists(st.integers(1, 6), min_size=1, max_size=3))
    size = draw(st.sampled_from([15, 60, 300, 5000]))
    rows = []
    for place in range(draw(st.integers(1, periods))):
        people = int(random.integers(1, size))
        events = int(random.binomial(people, random.choice([0.02, 0.3, 0.5, 0.95])))
        for dimension, count in enumerate(groups):
            share = random.dirichlet(np.full(count, 0.6))
            with_it, without = random.multinomial(events, share), random.multinomial(people - events, share)
            rows += [
                ("m", f"2024-Q{place + 1}", f"dimension {dimension}", f"group {g}", int(a), int(a + b))
                for g, (a, b) in enumerate(zip(with_it, without, strict=True))
            ]
    counts = table(rows)
    if draw(st.booleans()):
        keys = ["measure", "dimension", "group"]
        year = counts.groupby(keys, as_index=False)[["events", "denominator"]].sum().assign(period="2024")
        counts = pd.concat([counts, year], ignore_index=True)[COLUMNS]
    return counts


@quick
@given(tables())
def test_survives_the_audit(counts: pd.DataFrame) -> None:
    out = suppress(counts)
    found = audit(out)
    assert found.empty, found.to_string()
    shown = out["status"] == "shown"
    assert (out.loc[shown, ["events", "denominator"]].astype(int) == counts.loc[shown, ["events", "denominator"]]).all(
        axis=None
    )
    for value in (out["events"], out["denominator"] - out["events"], out["denominator"]):
        assert not value.between(1, 10).any(), "a small count in print, or in the rate times the denominator"
    assert len(out) == len(counts), "a suppressed group keeps its row"


@quick
@given(tables(periods=2), st.integers(0, 1000))
def test_row_order_changes_nothing(counts: pd.DataFrame, seed: int) -> None:
    once, shuffled = suppress(counts), suppress(counts.sample(frac=1, random_state=seed))
    pd.testing.assert_frame_equal(pd.DataFrame(once), pd.DataFrame(shuffled).loc[counts.index])
    pd.testing.assert_frame_equal(pd.DataFrame(once), pd.DataFrame(suppress(counts)))


SIDES = ("race", "sex")
COUNTS = st.sampled_from([0, 0, 1, 2, 4, 5, 6, 8, 12, 17, 25])


def crossed(cells: list[list[tuple[int, int]]]) -> pd.DataFrame:
    """Race by sex (a row of `cells` a race; events and non-events), both sides, and a row for everybody."""
    rows = [
        ("m", "2024", f"race{X}sex", f"r{race}{X}s{sex}", events, events + others)
        for race, line in enumerate(cells)
        for sex, (events, others) in enumerate(line)
        if events + others
    ]
    counts = table(rows)
    sides = [counts.assign(dimension=name, group=counts["group"].str.split(X).str[i]) for i, name in enumerate(SIDES)]
    keys = ["measure", "period", "dimension", "group"]
    whole = counts.assign(dimension="everybody", group="All")
    sums = pd.concat([*sides, whole]).groupby(keys, as_index=False)[["events", "denominator"]].sum()
    return pd.concat([counts, sums], ignore_index=True)[COLUMNS]


lines = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(st.tuples(COUNTS, COUNTS), min_size=width, max_size=width), min_size=2, max_size=3)
)
# 0 of 5 that could be no more than 10, as the rows around it are: the attack found that 1 to 10 follows.
ZERO = [[(2, 0), (25, 25), (2, 8)], [(0, 5), (1, 8), (25, 25)], [(12, 5), (4, 5), (0, 0)]]


@settings(quick, max_examples=60)
@given(lines)
@example(ZERO)
def test_pairs_survive_the_audit(cells: list[list[tuple[int, int]]]) -> None:
    assume(any(sum(counts) for line in cells for counts in line))
    found = audit(suppress(crossed(cells)))
    assert found.empty, found.to_string()


pairs = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda pair: (pair[0], sum(pair)))


@st.composite
def tiny(draw: st.DrawFn) -> pd.DataFrame:
    """Two dimensions of the same few people, for a threshold of 3."""
    first = draw(st.lists(pairs, min_size=1, max_size=3))
    cuts = draw(st.lists(st.integers(0, 10), min_size=2, max_size=2))
    events, people = sum(e for e, _ in first), sum(d for _, d in first)
    e = min(cuts[0], events)
    c = min(cuts[1], people - events)
    return one_period({"race": first, "sex": [(e, e + c), (events - e, people - e - c)]})


@settings(quick, max_examples=60)
@given(tiny())
def test_survives_every_other_table(counts: pd.DataFrame) -> None:
    out = suppress(counts, threshold=3)
    found = told(counts, out, threshold=3, most=12)
    assert not found, (out.to_string(), found)


@settings(quick, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=3))
def test_survives_every_other_table_over_time(groups: list[tuple[int, int]]) -> None:
    rows = [
        ("m", period, "race", f"{place}", events, people)
        for place, (first, second) in enumerate(groups)
        for period, events, people in (("2024-H1", first, 6), ("2024-H2", second, 6), ("2024", first + second, 12))
    ]
    counts = table(rows)
    for _, period in counts.groupby("period"):
        events, people = int(period["events"].sum()), int(period["denominator"].sum())
        assume(not small(events, 3) and not small(people - events, 3))  # else `suppress` lets a total be unknown
    out = suppress(counts, threshold=3)
    assume(out["denominator"].notna().all())  # this attacker knows them all
    assert not told_over_time(counts, out, threshold=3), out.to_string()


@quick
@given(tables(periods=2))
def test_carelessness_is_noticed(counts: pd.DataFrame) -> None:
    """Show one row that `suppress` hid for its own sake: the audit must see it."""
    out = pd.DataFrame(suppress(counts))
    smalls = [
        row.Index
        for row in counts.itertuples()
        if any(small(value, 11) for value in (row.events, row.denominator - row.events, row.denominator))
    ]
    for row in smalls[:1]:
        out.loc[row, ["events", "denominator"]] = counts.loc[row, ["events", "denominator"]]
        assert "shown" in set(audit(out)["how"])


def test_a_small_group_does_not_vanish_and_is_not_told() -> None:
    """Native Hawaiian and Pacific Islander patients: four screened of nine, in every quarter, and 40 in a year."""
    quarters = []
    for place in (1, 2, 3, 4):
        groups = [(130, 260), (90, 240), (4, 9), (300, 520), (21, 45)]
        names = ["Asian", "Black", "Native Hawaiian or Pacific Islander", "White", "Unknown"]
        quarters += [
            ("screening", f"2024-Q{place}", "race", name, events + place, people + 5 * place)
            for name, (events, people) in zip(names, groups, strict=True)
        ]
    counts = table(quarters)
    year = counts.groupby(["measure", "dimension", "group"], as_index=False)[["events", "denominator"]].sum()
    both = pd.concat([counts, year.assign(period="2024")], ignore_index=True)[COLUMNS]
    out = suppress(both)
    mine = out[out["group"].str.startswith("Native")]
    assert len(mine) == 5
    assert mine.loc[mine["period"] == "2024", "status"].tolist() == ["shown"], "combined, the group is seen"
    assert mine.loc[mine["period"] != "2024", "status"].tolist() == ["suppressed"] * 4
    assert audit(out).empty
    # Carelessly, the group's rows alone are hidden: then the total gives them back.
    careless = both.astype({"events": "Int64", "denominator": "Int64"})
    careless.loc[mine.index, ["events", "denominator"]] = pd.NA
    total = counts.groupby("period", as_index=False)[["events", "denominator"]].sum()
    everybody = total.assign(measure="screening", dimension="everybody", group="All")
    found = audit(pd.concat([careless, everybody]))
    assert (found["group"] == "Native Hawaiian or Pacific Islander").sum() >= 8


@pytest.mark.parametrize("events", [(10, 10), (1, 1), (2, 9), (10, 1)])
def test_guessing_which_are_small_does_not_help(events: tuple[int, int]) -> None:
    """Two hidden counts, both taken to be 1 to 10, beside a known sum: more than one split must remain."""
    out = suppress(one_period({"race": [(events[0], 90), (events[1], 90), (40, 95), (60, 99)]}))
    hidden = out["events"].isna()
    left = sum(events) + 100 - int(out["events"].fillna(0).sum())
    splits = {
        (a, b)
        for a in range(1, 11)
        for b in range(1, 11)
        if left - a - b == 0 or (hidden.sum() > 2 and left - a - b >= 0)
    }
    assert len({a for a, _ in splits}) > 1
    assert len({b for _, b in splits}) > 1
