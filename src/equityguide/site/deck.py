"""A session guide as slides: one idea each, split by rule so that no text is cut and none overflows.

What stands here knows nothing of HTML; `equityguide.site.slides` writes the pages. The plan is the 60-minute one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from equityguide.site import guides
from equityguide.site.guides import LOADS, Activity, Block, Guide, Question

FORM = "60"
RESERVE = "In reserve"
# What a slide holds is estimated in lines of its text size; `tests/site/test_slides.py` measures that it fits.
LINE = 60  # characters
GAP = 0.5  # lines between two points
ROOM = 9.0  # lines under a title
SOURCE = 3.5  # lines that a figure's source takes under its words
LONGEST = 300  # characters of one point or question: whoever needs more has two things to say

Kind = Literal["title", "step", "points", "steps", "question", "figure", "words", "read"]


@dataclass(frozen=True)
class Note:
    """A part of the host's notes: what it is, and its lines."""

    about: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Slide:
    """One slide. `label` stands small above the title, `first` is the number of a step's first line, `figure` the name
    of a figure, whose finding is then the title, or of the one that is told in words; the notes are the host's and not
    on the slide.
    """

    kind: Kind
    title: str
    label: str = ""
    lines: tuple[str, ...] = ()
    first: int = 1
    figure: str = ""
    notes: tuple[Note, ...] = ()


def slides(guide: Guide) -> list[Slide]:
    """The whole deck of a guide, in the order of its 60-minute plan; what the plan has no time for comes last."""
    blocks = [block for block in guide.blocks if block.minutes.get(FORM, 0)]
    found: list[Slide] = []
    for number, block in enumerate(blocks, 1):
        label = f"Step {number} of {len(blocks)} · {block.minutes[FORM]} minutes"
        found += _opening(guide, block) if block.id == "arrive" else _block(guide, block, label)
    found.append(Slide("read", "Read on"))
    found += [_question(one, f"{RESERVE} · {one.level.capitalize()}") for one in guide.spare_questions()]
    for activity in guide.activities:
        if activity.block not in [block.id for block in blocks]:
            found += _activity(activity, RESERVE)
    return found


def words(slide: Slide, figure: Mapping[str, Any]) -> Iterator[Slide]:
    """Finding and summary in large type, after the slide of the figure: a drawing's own letters stay small."""
    said = (figure["finding"], *_sentences(figure["summary"]))
    for lines, title, _ in _parts("The same in words", said, ROOM - SOURCE):
        yield Slide("words", title, slide.label, lines, figure=slide.figure)


def findings(guide: Guide) -> list[str]:
    """What is too long for a slide, one sentence each; empty when all fits."""
    return [
        f"{line[:40]!r} … has {len(line)} characters, and a slide holds {LONGEST}; write it as two"
        for slide in slides(guide)
        for line in (slide.title, *slide.lines)
        if len(line) > LONGEST
    ]


def split(lines: Sequence[str], room: float = ROOM) -> list[tuple[str, ...]]:
    """Lines in their order on as few slides as hold them, each about equally full. A line alone may fill a slide."""
    costs = [-(-len(line) // LINE) + GAP for line in lines]

    def filled(most: float) -> list[tuple[str, ...]]:
        groups: list[list[str]] = []
        used = most
        for line, cost in zip(lines, costs, strict=True):
            if not groups or used + cost > most:
                groups.append([])
                used = 0.0
            groups[-1].append(line)
            used += cost
        return [tuple(group) for group in groups]

    fewest = filled(room)
    # The lowest filling that needs no more slides: three and three points rather than five and one.
    sums = sorted({sum(costs[i:j]) for i in range(len(costs)) for j in range(i + 1, len(costs) + 1)})
    return next((even for most in sums if most <= room and len(even := filled(most)) == len(fewest)), fewest)


def _opening(guide: Guide, block: Block) -> Iterator[Slide]:
    before = (
        Note("Load", (LOADS[guide.load], f"For {guide.size}.")),
        Note("Roles", tuple(f"{name.capitalize()}: {does}." for name, does in guide.roles.items())),
        Note("Bring", (*guide.needs, *guides.activity_needs(guide))),
        Note("They were asked to", (guide.prework["text"], f"With only five minutes: {guide.prework['five']}")),
        Note("What keeps people safe", guide.safety),
    )
    board = "Who takes a report of harm, and where support is: both names are on the board."
    yield Slide("title", guide.title, f"{guide.load.capitalize()} emotional load", (guide.purpose, board), notes=before)
    for lines, title, _ in _parts("What stays here, and what cannot", guide.told):
        yield Slide("points", title, block.title, lines, notes=_said(block))
    for lines, title, _ in _parts("Our agreements", guide.agreements):
        yield Slide("points", title, block.title, lines, notes=(Note("Do", ("Members read these aloud in turn.",)),))


def _block(guide: Guide, block: Block, label: str) -> Iterator[Slide]:
    shown = _sentences(block.show or block.say)
    if block.id == "commit":
        shown = (*shown, guide.commitment)
    notes: tuple[Note, ...] = _said(block)
    if block.id == "groups":  # where a host hears least of what is said
        notes += _sayings(guide.at_hand)
    if block.id == "discuss":
        notes += (Note("Answers for you", guide.answers), *_sayings(guide.sayings))
    if block.id == "close":
        notes += (Note("After", guide.after),)
    yield Slide("step", block.title, label, shown, notes=notes)
    if block.figure:
        yield Slide("figure", block.title, block.title, figure=block.figure, notes=_said(block))
    for line in block.do:
        asked = re.fullmatch(r"Ask[^:]*: (.+)", line)
        if asked:
            yield Slide("question", asked[1][0].upper() + asked[1][1:], block.title, notes=(Note("Do", block.do),))
    for activity in guide.activities:
        if activity.block == block.id:
            yield from _activity(activity, "Activity")
    for question in _questions(guide, block):
        yield _question(question, question.level.capitalize())


def _question(question: Question, label: str) -> Slide:
    return Slide("question", question.ask, label, notes=_help(question))


def _activity(activity: Activity, label: str) -> Iterator[Slide]:
    notes: tuple[Note, ...] = (Note("Bring", activity.needs), Note("Safety", (activity.safety,)))
    if activity.cards:
        notes += (Note("The cards", activity.cards),)
    for lines, title, first in _parts(activity.title, activity.steps):
        yield Slide("steps", title, label, lines, first, notes=notes)
    yield Slide("points", "What keeps this safe", activity.title, _sentences(activity.safety), notes=notes)


def _parts(title: str, lines: Sequence[str], room: float = ROOM) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Lines a slide at a time, with the slide's title and the number of its first line."""
    groups, first = split(lines, room), 1
    for number, group in enumerate(groups, 1):
        yield group, f"{title} ({number} of {len(groups)})" if len(groups) > 1 else title, first
        first += len(group)


def _questions(guide: Guide, block: Block) -> Sequence[Question]:
    """A block's own questions, or for the discussion those that fit into the hour."""
    known = {one.ask: one for one in guide.questions}
    if block.asks or block.id != "discuss":
        return [known[ask] for ask in block.asks]
    return guide.first_questions()


def _said(block: Block) -> tuple[Note, ...]:
    needs = (Note("Bring", block.needs),) * bool(block.needs)
    return (Note(f"The {block.who} may say", (block.say.strip(),)), Note("Do", block.do), *needs)


def _help(question: Question) -> tuple[Note, ...]:
    weak = Note("An honest answer may be", ("The example is weak evidence.",))
    return (
        Note("Ask further", question.follow),
        Note("If talk drifts", (question.redirect,)),
        *((weak,) * question.weak),
    )


def _sayings(sayings: Sequence[Mapping[str, Any]]) -> tuple[Note, ...]:
    return tuple(
        Note(
            f"If you hear: {one['hear']}",
            (f"Say first: {one['first']}", f"Then ask: {one['ask']}", *one.get("then", ())),
        )
        for one in sayings
    )


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(re.split(r"(?<=[.?!])\s+(?=[A-Z0-9\"“])", text.strip()))
