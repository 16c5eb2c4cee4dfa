"""The small-cell rule: what of a table of counts may be seen."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from equityguide.suppression import alike, relations
from equityguide.suppression.alternatives import EVENTS, ROW, SHOWN, Whole
from equityguide.suppression.complementary import Small, hide
from equityguide.suppression.seal import Suppressed, seal
from equityguide.suppression.table import COUNTS, LABELS, Table, read

SHARE = "completeness"
_OWN = {*LABELS, *COUNTS, "status", "review"}  # what is written anew, and what rows are called
_BEGINS_WITH_A_DIGIT = re.compile(r"\W*\d")  # "12.5%", "<11"


def suppress(counts: pd.DataFrame, *, threshold: int = 11) -> Suppressed:
    """`counts` with small numbers hidden: the same rows in the same order, with `status` and `review`.

    Columns in: measure, period, dimension, group, events, denominator (people), any others, and perhaps `status`.
    Out: the same, events and denominator as Int64 and missing where hidden; `status` (shown, suppressed, no data,
    not asked); `review` ("0 of n" or "n of n" on shown rows, for the steward, else empty).

    The rule, for a threshold of 11:

    - Events of 1 to 10, or people *without* the event of 1 to 10, hide the events; the denominator stays.
    - A denominator of 1 to 10 hides the whole row.
    - Zero is not hidden. But 0 of n and n of n tell everyone's status in a group: such rows are marked in `review`.
      A steward who decides to hide one writes "suppressed" in the row's `status` and runs `suppress` again: the
      events are then hidden, and protected as a small count is.
    - Further rows are hidden until no count of 1 to 10 follows from what is shown, by subtraction within a dimension,
      from another dimension (all dimensions of a measure and period count the same people), from a pair such as
      race by payer and its sides (`relations.PAIR` joins their names), or from periods that add up (2024 and its
      quarters, rolling years). The totals count as known, printed or not, unless they are small, or unless a small one
      would follow from them: then they count as unknown, so do not print such a total anywhere else. A hidden count of
      1 to 10 is safe when it might, for all that is shown, as well be 11 or more; nor may it follow for one who has
      guessed which of the hidden are small.
    - Two measures of the same patients have the same denominators. Where, in a period and dimension, the denominators
      of two measures are equal in two groups or more, and in at least half of all, each of those groups has one
      denominator, which both measures show or both hide. Fewer agree by chance, and then nothing in print says whose
      they are. So pass measures of the same patients in one table.
    - A group with one name and the same counts in two dimensions (race, and a race detail that divides only some of
      its groups) is one cell, too, shown in both or hidden in both.
    - A count that no row gives but that anyone can make is held to the same rule: people a dimension leaves without
      data, or what a year leaves beside those of its quarters that are shown.
    - Where a column `patients` counts the people behind repeated events, 1 to 10 of them hide the events. All other
      numbers of a row whose events are hidden (patients, a rate someone added) are hidden with them, and the
      `completeness` of a dimension that hides a denominator. Numbers written as text are refused. `attrs` are emptied.
    - Where a column `overlapping` is true, a dimension counts people in each group they named. Its groups then need not
      add up to the total, and how many are *not* in a group, or were counted again, must not be a small count either.
    - A row without counts keeps the status it brought, or becomes "no data". A hidden row stays as a row, and does not
      say whether it is small itself or protects another.

    Counts add up over periods where they do so in fact: twelve months of patients rarely make a year of patients.

    Two things cannot be told from the names of rows. Whether a dimension divides the groups of another: write the finer
    one as a pair of both (`relations.PAIR` between "race" and "race detail", and between "Asian" and "Vietnamese"), or
    pass one of the two. And whether a measure is of those whom another found, as a follow-up of all who screened
    positive is: its denominators are the other's events, so pass one of the two.

    11 follows the cell size policy of the Centers for Medicare & Medicaid Services for users of its data (no cell of
    1 to 10, nor percentages that give one; zero allowed). For an organization's own data it is our default: neither
    law nor HIPAA de-identification. The privacy office decides.

    Raises `ValueError` with one sentence for: a missing column or label; counts that are not whole, negative, or events
    above the denominator; one count without the other; a row twice; a status that contradicts the counts; dimensions
    of a measure and period that do not count the same people; pairs that do not add up to their sides; a period without
    dates beside one with dates; a column of numbers written as text; a threshold under 2.
    """
    if isinstance(threshold, bool) or not isinstance(threshold, int) or threshold < 2:
        raise ValueError(f"threshold: {threshold!r} is not a whole number of 2 or more. CMS uses 11.")
    table = read(counts)
    _check(table)
    level = _levels(table, threshold)
    # `data.load` says which dataset a table is; a figure of a synthetic one is marked by that.
    named = counts.attrs.get("dataset")
    return seal(_published(counts, table, level), frozenset([str(named)] if named else []))


def _check(table: Table) -> None:
    seen: dict[relations.Key, int] = {}
    for row, (key, events, people, status) in enumerate(
        zip(table.keys, table.events.tolist(), table.denominators.tolist(), table.status, strict=True), 1
    ):
        if first := seen.get(key):
            raise ValueError(f"counts, row {row} repeats row {first}, {', '.join(key)}. Keep one.")
        seen[key] = row
        if (events < 0) != (people < 0):
            given, missing = ("denominator", "events") if events < 0 else ("events", "denominator")
            raise ValueError(f"counts, row {row}, column {missing} is empty beside the {given}. Give both or neither.")
        if status == "shown" and people < 0:
            raise ValueError(f'counts, row {row}, column status: "shown", but the row has no counts. Write "no data".')
        if status in ("no data", "not asked") and people >= 0:
            raise ValueError(f"counts, row {row}, column status: {status!r}, but the row has counts. Drop one.")


def _levels(table: Table, threshold: int) -> Whole:
    """Of shape (rows,), what to hide of each. Worked in order of the keys, so that the rows' order changes nothing."""
    order = sorted(range(len(table.keys)), key=lambda row: table.keys[row])
    denominators = table.denominators[order]
    missing = set(np.flatnonzero(denominators < 0).tolist())
    overlapping = {place for place, row in enumerate(order) if table.overlapping[row]}
    structure = relations.build([table.keys[row] for row in order], missing, overlapping)
    events = np.where(denominators < 0, 0, table.events[order])
    known = np.stack([events, np.maximum(denominators, 0) - events], axis=1)
    by_hand = np.array([status == "suppressed" for status in table.status], dtype=bool)
    few = (table.patients > 0) & (table.patients < threshold)
    asked = np.zeros(len(structure.keys), dtype=bool)
    asked[: len(order)] = ((by_hand | few) & (table.denominators > 0))[order]
    counted = relations.fill(structure, known)
    structure.relations += alike.certain(structure, counted)
    small = Small(counted, asked, frozenset(structure.totals), threshold)
    level = np.zeros(len(order), dtype=np.int64)
    level[order] = hide(structure, small)[: len(order)]
    return level


def _numbers(counts: pd.DataFrame) -> dict[str, pd.Series]:
    """The other columns that hold numbers, so that they can be hidden. Raises `ValueError` for numbers as text."""
    found = {}
    for name in counts.columns.difference(list(_OWN)):
        column = counts[name]
        types = pd.api.types
        if types.is_bool_dtype(column) or types.is_datetime64_any_dtype(column):
            continue
        if types.is_numeric_dtype(column):
            # Whole numbers stay whole beside a missing one.
            found[name] = column.astype("Int64") if types.is_integer_dtype(column) else column
        else:
            values = column.dropna().tolist()
            if any(isinstance(value, str) and _BEGINS_WITH_A_DIGIT.match(value) for value in values):
                raise ValueError(
                    f"counts, column {name}: text that holds numbers cannot be hidden. Make it a number or drop it."
                )
            if not all(isinstance(value, str | bool) for value in values):
                found[name] = column.astype(object)  # categories would go on listing what is hidden
    return found


def _published(counts: pd.DataFrame, table: Table, level: Whole) -> pd.DataFrame:
    nothing = table.denominators < 0
    status = np.where(level == SHOWN, "shown", "suppressed").astype(object)
    status[nothing] = [own or "no data" for own, none in zip(table.status, nothing, strict=True) if none]
    zero, all_of_them = table.events == 0, table.events == table.denominators
    mark = (level == SHOWN) & (table.denominators > 0)
    review = np.where(mark & zero, "0 of n", np.where(mark & all_of_them, "n of n", ""))
    hidden = level >= EVENTS
    # The share of people whose group is known stands on every row of a dimension, and beside the total it tells how
    # many are Unknown: with any denominator hidden it goes from all of them.
    parts = [key[:3] for key in table.keys]
    shares = pd.Series(level == ROW).groupby(pd.Index(parts, tupleize_cols=False)).transform("any").to_numpy(bool)
    published = counts.assign(
        **{name: column.mask(shares if name == SHARE else hidden) for name, column in _numbers(counts).items()},
        events=pd.arrays.IntegerArray(np.maximum(table.events, 0), nothing | hidden),
        denominator=pd.arrays.IntegerArray(np.maximum(table.denominators, 0), nothing | (level == ROW)),
        status=pd.array(status.tolist(), dtype="str"),
        review=pd.array(review.tolist(), dtype="str"),
    )
    published.attrs = {}  # whatever they told of the counts in full
    return published
