"""Session guides: one YAML file each, read and checked here; page, session mode, handout and slides use the result.

`book/facilitate/common.yml` holds what all guides share (roles, agreements, the blocks every session has, safety);
`book/facilitate/<stem>.yml` holds what is its own. Checks return findings, sentences that name the file and the mend.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from equityguide.site import yamls

FOLDER = "book/facilitate"
FORMS = ("60", "90", "30")  # minutes of the three forms in which a group meets; the fourth is asynchronous
SHARED = ("common", "series")  # files that are not the guide of a chapter
BLOCKS = ("arrive", "check-in", "look", "groups", "discuss", "own", "commit", "close")
LEVELS = ("understand", "relate", "act")
KINDS = ("fact", "meaning", "feeling", "choice")
LOADS = {
    "low": "Low. Suits a first-time host.",
    "medium": "Medium. Two prepared hosts.",
    "high": "High. Two prepared hosts who have led this group before.",
}
# The activities that the sources name, each with the minutes that the whole of it takes; each has its place in some
# guide. The minutes are ours, since the sources give few.
ACTIVITIES = {
    "board-review": 30, "culture-words": 40, "leader-message": 45, "map": 45, "one-to-one": 45, "policy-review": 60,
    "power-map": 45, "story-types": 60,
}  # fmt: skip


class GuideError(ValueError):
    """A session guide that cannot be read; the message names the file and the mend."""


@dataclass(frozen=True)
class Block:
    """One step of a session: its minutes in each form, who leads it, what may be read aloud and what happens.

    `show` are the few words of its slide; where it is empty, the slide shows what is read aloud.
    `short` and `long` are what changes in the 30-minute and in the 90-minute form, empty if nothing does. `say_short`
    is read aloud in place of `say` in a 30-minute form that leaves the figure out; empty where it does not.
    `waits` says that the group guesses before it sees the figure.
    """

    id: str
    title: str
    minutes: Mapping[str, int]
    who: str
    say: str
    show: str
    do: tuple[str, ...]
    needs: tuple[str, ...]
    figure: str
    waits: bool
    asks: tuple[str, ...]
    short: str
    long: str
    say_short: str


@dataclass(frozen=True)
class Activity:
    """What a group does with its hands: steps, cards to print, materials, and what keeps it safe.

    `block` is the step of the plan that it fills; empty for one that needs more time than the plan has. `instead` names
    the steps of the 90-minute form whose place such a one may take. `leaves_out` says what a smaller form lacks.
    """

    id: str
    title: str
    steps: tuple[str, ...]
    cards: tuple[str, ...]
    needs: tuple[str, ...]
    safety: str
    block: str
    instead: tuple[str, ...]
    leaves_out: str


@dataclass(frozen=True)
class Question:
    """A question at one of three levels, two follow-ups, and the way back when talk drifts.

    `weak` marks one whose honest answer may be that the example is weak evidence.
    """

    level: str
    kind: str
    ask: str
    follow: tuple[str, ...]
    redirect: str
    weak: bool


@dataclass(frozen=True)
class Guide:
    """A whole session guide. `stem` is its chapter's, `chapter` the chapter's page; `safety` is for the hosts, `told`
    is what the group reads of it.

    `sayings` are what people may say: the guide's own, then those of every guide, which are `at_hand` by themselves.
    Each has texts: what one may `hear`, what is `under` it, what to say `first` and to `ask`. It may have a list of
    what to do `then`.
    """

    stem: str
    chapter: str
    title: str
    load: str
    size: str
    purpose: str
    prework: Mapping[str, str]
    roles: Mapping[str, str]
    needs: tuple[str, ...]
    safety: tuple[str, ...]
    told: tuple[str, ...]
    agreements: tuple[str, ...]
    blocks: tuple[Block, ...]
    days: tuple[Mapping[str, str], ...]
    activities: tuple[Activity, ...]
    questions: tuple[Question, ...]
    sayings: tuple[Mapping[str, Any], ...]
    at_hand: tuple[Mapping[str, Any], ...]
    answers: tuple[str, ...]
    commitment: str
    after: tuple[str, ...]
    huddle: Mapping[str, str]
    huddle_how: tuple[str, ...]

    @property
    def warned(self) -> bool:
        """Whether nobody should meet the guide's figure without a warning first."""
        return self.load == "high"

    def total(self, form: str) -> int:
        """Minutes of a form, summed over its blocks."""
        return sum(block.minutes.get(form, 0) for block in self.blocks)

    def span(self, block: Block, form: str) -> tuple[int, int]:
        """The minutes at which a block begins and ends in a form."""
        begins = sum(one.minutes.get(form, 0) for one in self.blocks[: self.blocks.index(block)])
        return begins, begins + block.minutes.get(form, 0)

    def first_questions(self) -> tuple[Question, ...]:
        """The two or three questions for which the 60-minute form has time: the one on weak evidence, and one of each
        further level, except a question that another step asks.
        """
        elsewhere = {ask for block in self.blocks for ask in block.asks}
        chosen = [one for one in self.questions if one.weak][:1]
        for level in LEVELS[1:]:
            known = [one for one in self.questions if one.level == level]
            chosen += [] if any(one in chosen or one.ask in elsewhere for one in known) else known[:1]
        return tuple(one for one in self.questions if one in chosen)

    def spare_questions(self) -> tuple[Question, ...]:
        """Those that wait for the 90-minute form, or for time that is left; one asked in another step is none."""
        used = {*(one.ask for one in self.first_questions()), *(ask for block in self.blocks for ask in block.asks)}
        return tuple(one for one in self.questions if one.ask not in used)


def activity_needs(guide: Guide) -> list[str]:
    """What to have ready for each activity of the plan, one line each."""
    return [
        f"for “{one.title}”{' (a set of the cards for each small group)' * bool(one.cards)}: {', '.join(one.needs)}"
        for one in guide.activities
        if one.block
    ]


def stems(root: Path) -> list[str]:
    """The stems of all guides below `root`, in the order of the alphabet."""
    return sorted(file.stem for file in (root / FOLDER).glob("*.yml") if file.stem not in SHARED)


def load(root: Path, stem: str) -> Guide:
    """The guide of the chapter called `stem`. Raises `GuideError` in one sentence for what cannot be read."""
    files = [root / FOLDER / f"{name}.yml" for name in ("common", stem)]
    try:
        return _loaded(stem, *files, *(file.read_bytes() for file in files))
    except FileNotFoundError as error:
        name = Path(error.filename).name
        raise GuideError(f"There is no {FOLDER}/{name}. Write one, after build-will.yml.") from None
    except GuideError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        missing = f"lacks {error}" if isinstance(error, KeyError) else f"has a part of the wrong shape ({error})"
        raise GuideError(f"{FOLDER}/{stem}.yml {missing}. Compare it with build-will.yml.") from error


@functools.lru_cache(maxsize=64)
def _loaded(stem: str, common: Path, own: Path, *contents: bytes) -> Guide:
    """Each guide is asked for by its page, its chapter, its handout, its slides and the list of sessions."""
    return _guide(stem, *(_read(file, content) for file, content in zip((common, own), contents, strict=True)))


def _read(file: Path, content: bytes) -> dict[str, Any]:
    try:
        found = yamls.loaded(content.decode("utf-8"))
    except yaml.YAMLError as error:
        raise GuideError(f"{FOLDER}/{file.name} is not YAML: {error}. Check its indents and quotes.") from None
    if not isinstance(found, dict):
        raise GuideError(f"{FOLDER}/{file.name} does not hold named parts. Compare it with build-will.yml.")
    return found


def _guide(stem: str, common: dict[str, Any], own: dict[str, Any]) -> Guide:
    load = own["load"]
    roles = {**common["roles"], **own.get("roles", {})}
    if load != "low":
        roles = {**roles, **common["second_host"]}
    blocks = {**{name: {} for name in BLOCKS}, **own.get("blocks", {})}
    return Guide(
        stem=stem,
        chapter=own["chapter"],
        title=own["title"],
        load=load,
        size=own.get("size", common["size"]),
        purpose=own["purpose"],
        prework=own["prework"],
        roles=roles,
        needs=(*common["needs"], *own.get("needs", [])),
        safety=(*common["safety"], *common["safety_by_load"][load], *own.get("safety", [])),
        told=tuple(common["told"]),
        agreements=tuple(common["agreements"]),
        blocks=tuple(_block(name, _merged(common["blocks"][name], said)) for name, said in blocks.items()),
        days=tuple(own["days"]),
        activities=tuple(_activity(one, "" if place else "groups") for place, one in enumerate(own["activities"])),
        questions=tuple(_question(one) for one in own["questions"]),
        sayings=(*own["sayings"], *common["sayings"]),
        at_hand=tuple(common["sayings"]),
        answers=tuple(own["answers"]),
        commitment=own["commitment"],
        after=(*common["after"], *own.get("after", [])),
        huddle=own["huddle"],
        huddle_how=tuple(common["huddle_how"]),
    )


def _merged(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """A guide's own parts replace the shared ones, but its `first` are done before the shared `do`."""
    return {**common, **own, "do": [*own.get("first", []), *own.get("do", common.get("do", []))]}


def _block(name: str, said: dict[str, Any]) -> Block:
    return Block(
        id=name,
        title=said["title"],
        minutes={str(form): int(minutes) for form, minutes in said["minutes"].items()},
        who=said["who"],
        say=said["say"],
        show=said.get("show", ""),
        do=tuple(said.get("do", [])),
        needs=tuple(said.get("needs", [])),
        figure=said.get("figure", ""),
        waits=bool(said.get("waits", False)),
        asks=tuple(said.get("asks", [])),
        short=said.get("short", ""),
        long=said.get("long", ""),
        say_short=said.get("say_short", ""),
    )


def _activity(said: dict[str, Any], block: str) -> Activity:
    return Activity(
        id=said.get("id", ""),
        title=said["title"],
        steps=tuple(said["steps"]),
        cards=tuple(said.get("cards", [])),
        needs=tuple(said["needs"]),
        safety=said["safety"],
        block=said.get("block", block),
        instead=tuple(said.get("instead", [])),
        leaves_out=said.get("leaves_out", ""),
    )


def _question(said: dict[str, Any]) -> Question:
    return Question(
        level=said["level"],
        kind=said["kind"],
        ask=said["ask"],
        follow=tuple(said["follow"]),
        redirect=said["redirect"],
        weak=bool(said.get("weak", False)),
    )


def findings(guide: Guide) -> list[str]:
    """What breaks a rule of session guides, one sentence each; empty when all hold."""
    found = [f"the load is {guide.load!r}; write low, medium or high"] * (guide.load not in LOADS)
    for form in FORMS:
        if guide.total(form) != int(form):
            found.append(f"the {form}-minute form adds up to {guide.total(form)} minutes; change a block's minutes")
    for block in guide.blocks:
        if block.id not in BLOCKS:
            found.append(f"there is a block {block.id!r}; use {', '.join(BLOCKS)}")
        if not block.say.strip():
            found.append(f"the block {block.id!r} has nothing to read aloud; write a say line")
        if block.who not in guide.roles:
            found.append(
                f"the block {block.id!r} is led by {block.who!r}, which is no role; use {', '.join(guide.roles)}"
            )
    for activity in guide.activities:
        if not activity.needs or not activity.safety.strip():
            found.append(f"the activity {activity.title!r} lacks materials or a safety line; add both")
        if activity.id and activity.id not in ACTIVITIES:
            found.append(f"the activity id {activity.id!r} is unknown; use {', '.join(sorted(ACTIVITIES))}")
        found += _about_time(guide, activity)
    found += _about_questions(guide)
    if set(guide.prework) != {"text", "five"}:
        found.append("the pre-work has not both a text and a five-minute version; write both")
    if set(guide.huddle) != {"process", "number", "action", "after"}:
        found.append("the huddle card has not just a process, a number, an action and who is there after; write these")
    if guide.load == "high" and "not for huddle" not in guide.huddle.get("process", "").lower():
        found.append("the load is high and the huddle card does not say what is not for huddle; say it")
    if len(guide.days) != 5:
        found.append(f"the asynchronous form has {len(guide.days)} days; write five")
    return found


def _about_time(guide: Guide, activity: Activity) -> list[str]:
    """An activity gets the minutes that it takes, or says what its smaller form leaves out."""
    blocks = {block.id: block.minutes for block in guide.blocks}
    whole = ACTIVITIES.get(activity.id, 0)
    unknown = {activity.block, *activity.instead} - {"", *blocks}
    if unknown:
        return [f"the activity {activity.title!r} is put into {', '.join(sorted(unknown))}, which is no block"]
    if activity.block and blocks[activity.block].get("60", 0) < whole and not activity.leaves_out.strip():
        given = blocks[activity.block].get("60", 0)
        return [
            f"the activity {activity.title!r} takes {whole} minutes and gets {given}; say in leaves_out what is missing"
        ]
    freed = sum(blocks[name].get("90", 0) for name in activity.instead)
    if activity.instead and freed < whole:
        return [f"the activity {activity.title!r} takes {whole} minutes and its steps leave {freed}; name more steps"]
    return []


def _about_questions(guide: Guide) -> list[str]:
    found = []
    for level in LEVELS:
        if not any(one.level == level for one in guide.questions):
            found.append(f"no question is at the level {level!r}; add one")
    for one in guide.questions:
        if one.level not in LEVELS or one.kind not in KINDS:
            found.append(f"the question {one.ask!r} has an unknown level or kind; use {LEVELS} and {KINDS}")
        if len(one.follow) != 2 or not one.redirect.strip():
            found.append(f"the question {one.ask!r} needs two follow-ups and a redirect; add them")
        if not one.ask.rstrip().endswith("?"):
            found.append(f"{one.ask!r} is not a question; ask one thing")
    if not any(one.weak for one in guide.questions):
        found.append("no question lets 'the example is weak evidence' be the answer; mark one as weak")
    return found
