"""Whether a gap changed between two periods, and apart from that what each group did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from equityguide.measures import intervals
from equityguide.measures.arms import Arm, Scale, arms, counted, difference, fixed, joined, measured
from equityguide.measures.distributions import Floats
from equityguide.measures.references import (
    HIDDEN_NOTE,
    LARGEST_NOTE,
    NUMBER_NOTE,
    OTHERS_NOTE,
    Choice,
    Reference,
    choice_for,
    eligible,
    pick,
)
from equityguide.measures.tables import Direction, Kind, Table, better, checked, exclusive
from equityguide.suppression import keeps_seal

Period = str | int | Sequence[str] | Sequence[int]
Texts = NDArray[np.object_]

UNSEEN = "no detectable change"
REGRESSION = (
    "{} was picked from the period before itself: extreme values drift back by chance, "
    "so part of this change may be no change at all"
)
_GROUP = ["measure", "dimension", "group"]
_SAME = 1e-9  # relative difference under which two gaps count as unchanged


@keeps_seal
def gap_change(
    counts: pd.DataFrame,
    *,
    focus: str | Mapping[str, str],
    reference: Reference,
    before: Period,
    after: Period,
    higher_is_better: Direction,
    level: float = 0.95,
    kind: Kind = "proportion",
    scale: Scale = "normal",
    minimum_n: int | None = None,
) -> pd.DataFrame:
    """The change of the gap between two groups from `before` to `after`; one row for each measure and dimension.

    `before` and `after` are periods of the table, or lists of periods whose counts are added up first. `focus` is
    a group, or "worst"; `reference` a group, "best", "largest", "others" or a number; each may be given for each
    dimension. "worst" and "best" are picked from the period before (with `minimum_n`), which `note` warns of.

    Adds `gap_before`, `gap_after` (focus - reference) and `change`, with limits: MOVER on Wilson's, Poisson or
    published limits, the two periods taken as independent samples. `direction` is *narrowed, widened, reversed*
    or *no detectable change*, the last where the change's interval holds 0; *reversed* where the focus group has
    passed the reference by more than chance, or to a distance as great. `focus_did` and `reference_did` say of
    each group alone *improved, worsened, no detectable change*. `success` is true only where the gap narrowed,
    the group behind improved and the group ahead did not get worse; `finding` says in a sentence what happened.
    `absolute`, `relative_favorable` and `relative_adverse` are *narrowed, widened, unchanged* by the point values
    of the difference and of the ratio in each framing; `framings_disagree` where they are not one.

    A row whose groups are not shown in both periods has their `status` and no numbers. Raises `ValueError` with
    one sentence for periods or groups that are not there, and for overlapping groups.
    """
    table = checked(counts, kind=kind)
    exclusive(table, "a change of a gap")
    periods = _periods(table, before, "before"), _periods(table, after, "after")
    if shared := set(periods[0]) & set(periods[1]):
        raise ValueError(f"The period {min(shared)} stands both before and after. Put it in one of them.")
    groups = table.rows[_GROUP].drop_duplicates().reset_index(drop=True)
    first, last = (_at(table, groups, labels) for labels in periods)
    codes, out = first.strata(["measure", "dimension"])
    up = better(first.rows, higher_is_better)
    sides = [(side, arms(side, level, scale)) for side in (first, last)]
    names = groups["group"].astype(str).to_numpy(str)

    focus_rows = np.full(len(out), -1, np.intp)
    focus_note = np.full(len(out), "", object)
    reference_name = np.full(len(out), "", object)
    reference_note = np.full(len(out), "", object)
    pairs: list[tuple[Arm, Arm]] = []
    status = np.full(len(out), "shown", object)
    for code, dimension in enumerate(out["dimension"].astype(str)):
        rows = np.flatnonzero(codes == code)
        chooser = _Chooser(first, sides[0][1], codes, rows, up, names, minimum_n)
        focus_rows[code], focus_note[code] = chooser.focus(choice_for(focus, dimension))
        wanted = choice_for(reference, dimension)
        at, reference_name[code], reference_note[code] = chooser.reference(wanted, focus_rows[code])
        # The same other groups before and after, or the comparison would change with who is shown.
        others = rows[first.shown[rows] & last.shown[rows] & (rows != focus_rows[code])]
        sources = [_comparator(side, arm, others, wanted, at, level) for side, arm in sides]
        pairs.append((sources[0], sources[1]))
        used = [focus_rows[code]] if at < 0 else [focus_rows[code], at]
        status[code] = _worst_status(first, last, np.array(used))
        if wanted == "others" and not (first.shown[rows].all() and last.shown[rows].all()):
            reference_note[code] += HIDDEN_NOTE
    focus_arms = [arm.take(focus_rows) for _, arm in sides]
    reference_arms = [_stack([pair[i] for pair in pairs]) for i in (0, 1)]
    for side in range(2):
        status[(status == "shown") & np.isnan(reference_arms[side].rate)] = "no data"

    gap = [difference(f, r) for f, r in zip(focus_arms, reference_arms, strict=True)]
    change = gap[1][0] - gap[0][0], intervals.mover(gap[1][0], gap[1][1], gap[0][0], gap[0][1])
    rising = up[focus_rows]
    out["focus"] = names[focus_rows]
    out["reference"] = reference_name
    out["before"], out["after"] = (", ".join(labels) for labels in periods)
    out["status"] = status
    shown = status == "shown"
    for name, (value, limits) in {"gap_before": gap[0], "gap_after": gap[1], "change": change}.items():
        out = joined(out, measured(name, _only(shown, value), (_only(shown, limits[0]), _only(shown, limits[1]))))
    out["level"] = level
    direction = _direction(gap, change)
    did = [_did(difference(side[1], side[0])[1], rising) for side in (focus_arms, reference_arms)]
    ahead = np.where(rising, gap[0][0] > 0, gap[0][0] < 0)
    said = [_spoken(name, note) for name, note in zip(reference_name, reference_note, strict=True)]
    finding, success = _findings(direction, did[0], did[1], ahead, names[focus_rows], said)
    for name, texts in {
        "direction": direction,
        "focus_did": did[0],
        "reference_did": did[1],
        "finding": finding,
        **_framings(focus_arms, reference_arms, kind, rising),
    }.items():
        out[name] = pd.Series(texts).where(shown, pd.Series(status) if name == "direction" else None)
    out["framings_disagree"] = [
        len({value for value in row if value is not None}) > 1
        for row in out[["absolute", "relative_favorable", "relative_adverse"]].itertuples(index=False)
    ]
    out["success"] = success
    out["note"] = ["; ".join(filter(None, texts)) for texts in zip(reference_note, focus_note, strict=True)]
    return out


class _Chooser:
    """Finds a stratum's focus and reference rows in the period before."""

    def __init__(
        self,
        table: Table,
        arm: Arm,
        codes: NDArray[np.intp],
        rows: NDArray[np.intp],
        up: NDArray[np.bool_],
        names: NDArray[np.str_],
        minimum_n: int | None,
    ) -> None:
        self.table, self.arm, self.codes, self.rows = table, arm, codes, rows
        self.up, self.names, self.minimum_n = up, names, minimum_n

    def focus(self, wanted: Choice) -> tuple[int, str]:
        """The focus group's row, and a warning where it was picked."""
        if not isinstance(wanted, str):
            raise ValueError(f"focus is {wanted!r}. Name a group, or write 'worst'.")
        if wanted == "worst":
            return self._extreme(best=False), REGRESSION.format("The focus group")
        return self._named("focus", wanted), ""

    def reference(self, wanted: Choice, focus: int) -> tuple[int, str, str]:
        """The reference's row (-1 if it is no single group), its name, and what it is."""
        if not isinstance(wanted, str):
            return -1, f"{wanted:g}", NUMBER_NOTE
        if wanted == "overall":
            raise ValueError("The reference 'overall' holds the focus group itself. Use 'others' for a change.")
        if wanted == "others":
            return -1, "others", OTHERS_NOTE
        if wanted == "best":
            row, note = self._extreme(best=True), REGRESSION.format("The reference")
        elif wanted == "largest":
            candidates = self.rows[self.table.compared[self.rows]]
            if np.isnan(self.table.n[candidates]).any():
                raise ValueError("The reference 'largest' needs the number of people in each group. Add denominator.")
            row, note = self._pick(candidates, self.table.n), LARGEST_NOTE
        else:
            row, note = self._named("reference", wanted), ""
        if row == focus:
            raise ValueError(f"{str(self.names[row])!r} is both focus and reference. Name another reference.")
        return row, str(self.names[row]), note

    def _extreme(self, *, best: bool) -> int:
        what = "The reference 'best'" if best else "The focus 'worst'"
        large = eligible(self.table, self.minimum_n, what)
        score = np.where(self.up == best, self.arm.rate, -self.arm.rate)
        return self._pick(self.rows[large[self.rows]], score)

    def _pick(self, candidates: NDArray[np.intp], score: Floats) -> int:
        if not len(candidates):
            where = ", ".join(str(self.table.rows[key].iloc[self.rows[0]]) for key in ("measure", "dimension"))
            raise ValueError(f"{where}: no group shown before is large enough to pick. Lower minimum_n or name one.")
        return int(pick(self.codes, candidates, score, self.table.n, self.names)[self.codes[candidates[0]]])

    def _named(self, what: str, wanted: str) -> int:
        hits = self.rows[(self.names[self.rows] == wanted) & self.table.known[self.rows]]
        if not len(hits):
            where = ", ".join(str(self.table.rows[key].iloc[self.rows[0]]) for key in ("measure", "dimension"))
            there = ", ".join(sorted(self.names[self.rows]))
            raise ValueError(f"{where}: the {what} {wanted!r} is not a group there. Choose one of {there}.")
        return int(hits[0])


def _periods(table: Table, wanted: Period, what: str) -> list[str]:
    labels = [str(wanted)] if isinstance(wanted, str | int) else [str(value) for value in wanted]
    there = table.rows["period"].astype(str)
    if not labels:
        raise ValueError(f"{what} names no period. Name one, or a list.")
    if lacking := [label for label in labels if not (there == label).any()]:
        raise ValueError(f"{what}: the table has no period {lacking[0]!r}. It has {', '.join(dict.fromkeys(there))}.")
    if len(labels) > 1 and not table.counted:
        raise ValueError(f"{what} lists several periods, and estimates cannot be added up. Name one.")
    return labels


def _at(table: Table, groups: pd.DataFrame, labels: list[str]) -> Table:
    """The table of one period, or of several added up, with a row for every group; hidden if any part is."""
    rows = table.rows[table.rows["period"].astype(str).isin(labels)]
    keys = [rows[key] for key in _GROUP]
    if table.counted:
        pooled = rows.groupby(keys, observed=True)[["events", "denominator"]].sum().reset_index()
        # A period in which nobody was eligible adds nothing and hides nothing.
        nobody = rows["denominator"].eq(0).fillna(False).to_numpy(bool)
        hidden = rows[(rows["status"] != "shown") & ~nobody].drop_duplicates(_GROUP)[[*_GROUP, "status"]]
        pooled = pooled.merge(hidden, on=_GROUP, how="left")
        pooled["status"] = pooled["status"].fillna("shown")
        pooled.loc[pooled["status"] != "shown", ["events", "denominator"]] = np.nan
    else:
        pooled = rows.drop(columns="period")
    whole = groups.merge(pooled, on=_GROUP, how="left")
    whole["status"] = whole["status"].fillna("no data")
    whole.insert(1, "period", ", ".join(labels))
    return checked(whole, kind=table.kind)


def _comparator(side: Table, arm: Arm, others: NDArray[np.intp], wanted: Choice, at: int, level: float) -> Arm:
    if not isinstance(wanted, str):
        return fixed(float(wanted), 1)
    if wanted != "others":
        return arm.take(np.array([at]))
    if not side.counted:
        raise ValueError("The reference 'others' needs complete counts. For estimates name a group, or a number.")
    n = side.n[others].sum() if len(others) else np.nan
    return counted(np.array([side.events[others].sum()]), np.array([n]), side.kind, level)


def _stack(parts: list[Arm]) -> Arm:
    return Arm(*(np.concatenate(values) for values in zip(*(vars(part).values() for part in parts), strict=True)))


def _worst_status(first: Table, last: Table, rows: NDArray[np.intp]) -> str:
    found = {str(status) for side in (first, last) for status in side.rows["status"].iloc[rows]} - {"shown"}
    return min(found, key=["suppressed", "no data", "not asked"].index) if found else "shown"


def _only(shown: NDArray[np.bool_], values: Floats) -> Floats:
    return np.where(shown, values, np.nan)


def _direction(gap: list[tuple[Floats, tuple[Floats, Floats]]], change: tuple[Floats, tuple[Floats, Floats]]) -> Texts:
    (was, _), (now, (lower, upper)) = gap
    crossed = was * now < 0
    passed = crossed & ((lower > 0) | (upper < 0) | (np.abs(now) >= np.abs(was)))
    seen = (change[1][0] > 0) | (change[1][1] < 0)
    nearer = np.abs(now) < np.abs(was)
    return np.where(~seen, UNSEEN, np.where(passed, "reversed", np.where(nearer, "narrowed", "widened"))).astype(object)


def _did(limits: tuple[Floats, Floats], rising: NDArray[np.bool_]) -> Texts:
    more, less = limits[0] > 0, limits[1] < 0
    improved, worsened = np.where(rising, more, less), np.where(rising, less, more)
    return np.where(improved, "improved", np.where(worsened, "worsened", UNSEEN)).astype(object)


def _framings(focus: list[Arm], reference: list[Arm], kind: Kind, rising: NDArray[np.bool_]) -> dict[str, Texts]:
    """How the difference and each ratio moved by their point values; a ratio's distance is that of its log from 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        absolute = [np.abs(f.rate - r.rate) for f, r in zip(focus, reference, strict=True)]
        plain = [np.abs(np.log(f.rate / r.rate)) for f, r in zip(focus, reference, strict=True)]
        other = (
            [np.abs(np.log((1 - f.rate) / (1 - r.rate))) for f, r in zip(focus, reference, strict=True)]
            if kind == "proportion"
            else [np.full(len(rising), np.nan)] * 2
        )
    favorable = [np.where(rising, p, o) for p, o in zip(plain, other, strict=True)]
    adverse = [np.where(rising, o, p) for p, o in zip(plain, other, strict=True)]
    return {
        "absolute": _moved(*absolute),
        "relative_favorable": _moved(*favorable),
        "relative_adverse": _moved(*adverse),
    }


def _moved(was: Floats, now: Floats) -> Texts:
    same = np.isclose(was, now, rtol=_SAME, atol=_SAME)
    moved = np.where(same, "unchanged", np.where(now < was, "narrowed", "widened")).astype(object)
    moved[~(np.isfinite(was) & np.isfinite(now))] = None
    return moved


def _findings(
    direction: Texts,
    focus_did: Texts,
    reference_did: Texts,
    ahead: NDArray[np.bool_],
    focus: NDArray[np.str_],
    reference: list[str],
) -> tuple[Texts, NDArray[np.bool_]]:
    """One sentence a row, and whether it is a success."""
    findings, success = [], []
    for way, f, r, focus_leads, name, other in zip(
        direction, focus_did, reference_did, ahead, focus, reference, strict=True
    ):
        leader, follower = (f, r) if focus_leads else (r, f)
        each = f"{name} {_verb(f)}; {other} {_verb(r)}" if other else f"{name} {_verb(f)}"
        if way == UNSEEN:
            findings.append(f"No change in the gap can be told from chance: {each}.")
        elif way == "narrowed" and leader == "worsened":
            who = "the group ahead" if focus_leads else "the comparison group"
            part = ", in part" if follower == "improved" else ""
            findings.append(f"The gap narrowed{part} because {who} got worse: {each}.")
        else:
            findings.append(f"The gap {'was ' if way == 'reversed' else ''}{way}: {each}.")
        success.append(way == "narrowed" and follower == "improved" and leader != "worsened")
    return np.array(findings, object), np.array(success, bool)


def _spoken(name: str, note: str) -> str:
    """What a sentence calls the reference; nothing for a number, which does nothing."""
    if note == NUMBER_NOTE:
        return ""
    return "everyone else" if note.startswith(OTHERS_NOTE) else name


def _verb(did: str) -> str:
    return {"improved": "improved", "worsened": "got worse"}.get(did, "shows no detectable change")
