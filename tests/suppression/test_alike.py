"""Rows that count the same people under two names: two measures of the same patients, a group in two dimensions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from attackers import X, table

from equityguide.suppression import audit, suppress

RACES = ["Asian", "Black", "Hispanic", "White"]
PEOPLE = [5, 20, 30, 400]
Rows = list[tuple[str, str, str, str, int, int]]


def measure(name: str, events: list[int], people: list[int], sex: list[tuple[int, int]] | None = None) -> Rows:
    groups = dict(zip(RACES, zip(events, people, strict=True), strict=True))
    rows = [(name, "2024", "race", group, *counts) for group, counts in groups.items()]
    return rows + [(name, "2024", "sex", group, *counts) for group, counts in zip("FM", sex or [], strict=False)]


HBA1C = measure("hba1c", [3, 15, 15, 300], PEOPLE, [(166, 227), (167, 228)])
EYES = measure("eye_exam", [2, 0, 15, 280], PEOPLE, [(148, 227), (149, 228)])


def shown(out: pd.DataFrame) -> dict[str, list[str]]:
    """The groups with a denominator in print, by measure."""
    seen = out[(out["dimension"] == "race") & out["denominator"].notna()]
    return {name: seen.loc[seen["measure"] == name, "group"].tolist() for name in out["measure"].unique()}


def test_two_measures_of_the_same_patients_do_not_tell_of_each_other() -> None:
    out = suppress(table(HBA1C + EYES))
    there = shown(out)
    assert there["hba1c"] == there["eye_exam"] == ["Black", "White"], "two are hidden, and the same two in both"
    assert audit(out).empty
    apart = pd.concat([pd.DataFrame(suppress(table(rows))) for rows in (HBA1C, EYES)], ignore_index=True)
    assert shown(apart)["hba1c"] != shown(apart)["eye_exam"], "alone each is safe, and together they are not"
    found = audit(apart)
    asian = found[(found["group"] == "Asian") & (found["cell"] == "denominator")]
    assert asian[["measure", "lower", "upper"]].values.tolist() == [["eye_exam", 5, 5], ["hba1c", 5, 5]]


def test_three_measures() -> None:
    feet = measure("foot_exam", [5, 11, 30, 389], PEOPLE, [(217, 227), (218, 228)])
    out = suppress(table(HBA1C + EYES + feet))
    assert len({tuple(groups) for groups in shown(out).values()}) == 1
    assert audit(out).empty


def test_patients_that_differ_in_one_group() -> None:
    # 10 White patients may not have the second measure; the others are the same people.
    fewer = measure("eye_exam", [2, 0, 15, 280], [5, 20, 30, 390])
    there = shown(suppress(table(HBA1C + fewer)))
    assert there["hba1c"] == there["eye_exam"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([5, 20, 30, 400], [90, 20, 41, 365]),
        ([5, 400], [90, 400]),
        ([5, 20, 30, 400, 60], [90, 20, 41, 365, 60]),
    ],
    ids=["one of four", "one of two", "two of five"],
)
def test_few_equal_denominators_are_chance(one: list[int], other: list[int]) -> None:
    parts = [
        [(name, "2024", "race", f"{place}", count // 2 + 1, count) for place, count in enumerate(people)]
        for name, people in (("m", one), ("n", other))
    ]
    together = pd.DataFrame(suppress(table(parts[0] + parts[1])))
    apart = pd.concat([pd.DataFrame(suppress(table(rows))) for rows in parts], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart)
    assert audit(apart).empty


def test_almost_the_same_patients_are_no_contradiction() -> None:
    # 5 Asian patients in one and 6 in the other: all that is in print agrees, but for the totals.
    nearly = measure("eye_exam", [2, 0, 15, 280], [6, 20, 30, 400], [(148, 228), (149, 228)])
    out = suppress(table(HBA1C + nearly))
    assert audit(out).empty
    assert audit(out[out["dimension"] == "race"]).empty


def test_measures_that_agree_in_print_and_cannot_be_of_the_same_patients() -> None:
    # B and C are 40 people in one; B alone is 45 in the other.
    rows = [("m", "2024", "race", "A", 30, 60), ("m", "2024", "race", "B", None, None)]
    rows += [("m", "2024", "race", "C", None, None), ("m", "2024", "sex", "F", 50, 100)]
    other = [("n", "2024", "race", "A", 40, 60), ("n", "2024", "race", "B", 15, 45)]
    assert audit(table([*rows, *other, ("n", "2024", "race", "C", None, None)])).empty


@pytest.mark.parametrize("seed", range(12))
def test_random_measures_of_the_same_patients(seed: int) -> None:
    random = np.random.default_rng(seed)
    size = int(random.choice([60, 300, 1000]))
    parts = {
        name: random.choice(groups, size, p=random.dirichlet(np.full(groups, 0.6)))
        for name, groups in (("race", 5), ("sex", 3))
    }
    rows = []
    for name in ("m", "n", "o"):
        events = random.random(size) < random.choice([0.03, 0.3, 0.6, 0.95])
        for dimension, groups in parts.items():
            rows += [
                (name, "2024", dimension, f"{g}", int(events[groups == g].sum()), int((groups == g).sum()))
                for g in np.unique(groups)
            ]
    out = suppress(table(rows))
    assert audit(out).empty, audit(out).to_string()
    denominators = out.pivot(index=["dimension", "group"], columns="measure", values="denominator").isna()
    assert (denominators.nunique(axis=1) == 1).all(), "hidden in one means hidden in all"


SAME = [("Black", 60, 100), ("Pacific Islander", 12, 25), ("White", 200, 300)]
RACE = [("m", "2024", "race", *counts) for counts in [("Asian", 26, 62), *SAME]]
DETAIL = [("m", "2024", "race detail", *counts) for counts in [("Chinese", 21, 42), ("Vietnamese", 5, 20), *SAME]]


def test_a_group_in_two_dimensions_is_one_cell() -> None:
    out = suppress(table(RACE + DETAIL))
    known = out["events"].notna()
    assert not known[out["group"] == "Vietnamese"].any()
    assert known[out["group"].isin(["Asian", "Chinese"])].sum() < 2, "26 less 21 is 5"
    assert (known.groupby(out["group"]).nunique() == 1).all()
    assert audit(out).empty
    # Hidden each by itself, they tell.
    apart = pd.concat([pd.DataFrame(suppress(table(rows))) for rows in (RACE, DETAIL)], ignore_index=True)
    assert apart["events"].isna().tolist() == [False] * 5 + [True, False, True, False], "as if the races were others"
    told = audit(apart)
    assert ("Vietnamese", 5) in zip(told["group"], told["upper"], strict=True)


def test_unknown_is_somebody_else_in_each_dimension() -> None:
    # 15 of 40 declined in both, by chance. That says nothing of the Unknown.
    declined = [("m", "2024", name, "Declined", 15, 40) for name in ("payer", "sex")]
    unknown = [("m", "2024", "payer", "Unknown", None, 30), ("m", "2024", "sex", "Unknown", 12, 30)]
    unknown += [("m", "2024", "payer", "Public", None, 80), ("m", "2024", "sex", "Female", None, 80)]
    assert audit(table([*declined, *unknown])).empty
    everybody = [("m", "2024", name, "All", 60, 150) for name in ("payer", "sex")]
    told = audit(table([*declined, *unknown, *everybody]))
    assert set(told["group"]) == {"Female"}, "by its own total; that both count everybody says nothing of the Unknown"
    named = [("m", "2024", name, "Asian", 15, 40) for name in ("race", "race detail")]
    again = [(m, p, {"payer": "race", "sex": "race detail"}[d], *rest) for m, p, d, *rest in unknown]
    told = audit(table([*named, *again]))
    assert told[["group", "cell", "upper"]].values.tolist()[0] == ["Unknown", "events", 12], "beside a group it does"


@pytest.mark.parametrize("everybody", [False, True])
def test_as_many_unknown_in_two_dimensions_is_chance(everybody: bool) -> None:
    groups = {
        "payer": [("Public", 4, 60), ("Private", 200, 400), ("Unknown", 15, 40)],
        "sex": [("Female", 100, 230), ("Male", 104, 230), ("Unknown", 15, 40)],
    }
    whole = [("All", 219, 500)] if everybody else []
    rows = [("m", "2024", name, *counts) for name, listed in groups.items() for counts in [*listed, *whole]]
    out = suppress(table(rows))
    assert out.loc[out["events"].isna(), "group"].tolist() == ["Public", "Unknown"]
    assert audit(out).empty


def test_a_finer_dimension_as_a_pair() -> None:
    """Two groups divided at once: no name says which lies in which, a pair does."""
    finer = {("Asian", "Chinese"): (21, 42), ("Asian", "Vietnamese"): (5, 20), ("White", "Arab"): (30, 50)}
    finer |= {("White", "European"): (170, 250), **{(name, name): counts for name, *counts in SAME[:2]}}
    pair = [("m", "2024", f"race{X}detail", X.join(names), *counts) for names, counts in finer.items()]
    out = suppress(table([*RACE, *pair]))
    known = out.set_index("group")["events"].notna()
    assert not known[["Asian", f"Asian{X}Chinese"]].all()
    assert audit(out).empty
    careless = table([*RACE, *pair]).astype({"events": "Int64"})
    careless.loc[careless["group"] == f"Asian{X}Vietnamese", "events"] = pd.NA
    assert ("events", 5) in zip(audit(careless)["cell"], audit(careless)["upper"], strict=True)
