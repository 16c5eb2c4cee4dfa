from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hostile
import manners
import nbformat
import pandas as pd
import pytest

from equityguide.worksheets import culture_words as task
from equityguide.worksheets import learner
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Form
from equityguide.worksheets.journal import Journal

ROOT = Path(__file__).resolve().parents[2]
WORDS = pd.DataFrame(
    [
        ("careful", "helps"), ("careful", "hinders"), ("careful", "hinders"), ("warm", "helps"), ("warm", "helps"),
        ("slow", "hinders"), ("quiet", "hinders"), ("proud", "helps and hinders"), ("tired", "hinders"),
    ],
    columns=["word", "does"],
)  # fmt: skip
CHECKS = {
    "warm-up": task.warm_up, "kinds": task.kinds, "polite": task.polite,
    "handed": lambda answers: task.handed(answers, WORDS), "looked": task.looked, "carried": task.carried,
}  # fmt: skip
MENUS: dict[str, dict[str, list[Any]]] = {
    "kinds": {f"{what}_{scene}": list(menu.values()) for scene in (1, 2, 3)
              for what, menu in (("kind", task.KINDS), ("way", task.WAYS))},
    "polite": {"helps": list(task.POLITE_HELPS.values()), "hinders": list(task.POLITE_HINDERS.values()),
               "judged": list(task.JUDGED.values())},
    "looked": {"agreed": list(task.AGREED.values()), "more": list(task.MORE.values())},
}  # fmt: skip


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"place": "school"},
        "kinds": {
            "kind_1": "rank", "way_1": "numbers", "kind_2": "ties", "way_2": "stories", "kind_3": "change",
            "way_3": "aloud",
        },
        "polite": {"helps": "hear", "hinders": "unsaid", "judged": "depends"},
        "handed": {"one": None, "notes": None},
        "looked": {"agreed": "yes", "more": "hinders", "words": WORDS, "down": None},
        "carried": {
            "carry": "We are warm to new people.", "soften": "We are slow: set a date.", "kind": "rank",
            "way": "numbers", "who": "Chief nurse", "when": "May 2027",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", [name for name in CHECKS if name != "handed"])
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}), optional=("down",))


@pytest.mark.parametrize("kind", hostile.NAMES)
def test_hostile_words_are_neither_shown_nor_counted(kind: str) -> None:
    answer = hostile.answers()[kind]
    manners.calm(task.handed({"one": answer}, answer))
    assert task.words_shown({"agreed": "yes", "words": answer}) == []
    form, onto = task.entry(), task.wall()
    form.enter(one=answer, two=answer, three=answer, notes=answer, one_does=answer)
    for press in (task.hand_in, task.put_up):
        assert press(form, onto).state == "not yet" or kind in ("lone surrogate",)
    onto.enter(down=answer, words=answer)
    assert task.take_down(onto).state == "not yet"


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("kinds", {"kind_2": "rank"}, "Look again: read scene 2 again: what are people there looking at?"),
        ("kinds", {"way_3": "numbers"}, "Look again: scene 3: which of these would the people there listen to?"),
        ("polite", {"helps": "quiet"}, "Close: quiet is not the same as fair."),
        ("polite", {"judged": "words"}, "Close: the same word has just done both."),
        ("handed", {"one": "warm"}, "Close: there are words in this form still."),
        ("looked", {"agreed": "no"}, "Close: then the wall stays closed."),
        ("looked", {"agreed": "host"}, "Close: the host looks while the others look away."),
        ("looked", {"agreed": "maybe"}, "Look again: say whether all agree, from the menu."),
        ("looked", {"words": WORDS.head(6)}, "Close: with so few words all would know whose is whose."),
        ("looked", {"words": "warm"}, "Look again: hand in your words in Task 3."),
        ("looked", {"more": "helps"}, "Look again: count the words that help"),
        ("looked", {"more": task.BOTH}, "Close: one of the two stands there more often."),
        ("looked", {"words": WORDS.assign(does=task.UNSAID), "more": "helps"}, "Yes: now go around"),
        ("looked", {"words": WORDS.assign(does=task.BOTH), "more": task.BOTH}, "Yes: now go around"),
        ("carried", {"carry": "Warmth"}, "Close: write which trait carries the work, and how you use it, in a few"),
        (
            "carried", {"way": "stories"},
            "Yes: you have a trait to build on, one to soften, a way in, and a first step with a date. In the guide, that",
        ),
        ("carried", {"kind": "none", "way": "stories"}, "Yes: you have a trait to build on"),
        ("carried", {"who": "Dr. Lopez"}, "Close: that looks like a person's name."),
        ("carried", {"when": "soon"}, "Close: write by when: a day, or a month with its year"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def give(form: Form, onto: Form, *words: str, does: str = "helps") -> Result:
    form.enter(**dict(zip(task.FIELDS, words, strict=True)), **{f"{name}_does": does for name in task.FIELDS})
    return task.hand_in(form, onto)


def test_words_are_handed_in_unsigned_and_the_form_is_empty_again() -> None:
    form, onto = task.entry(), task.wall()
    assert form.result.state == "not yet"
    assert str(give(form, onto, " Warm ", "CAREFUL.", "open   minded")).startswith(
        "Noted: your words are in, unsigned. 3 "
    )
    assert set(form.values.values()) == {None}
    assert list(onto["words"].columns) == ["word", "does"]
    assert sorted(onto["words"]["word"]) == ["careful", "open minded", "warm"]
    assert form.result.state == "close"
    give(form, onto, "slow", "warm", "proud")
    give(form, onto, "kind", "warm", "quiet")
    assert str(form.result).startswith("Yes: 9 words are in, unsigned and shuffled.")


@pytest.mark.parametrize(
    "words", [("warm", "warm", "slow"), ("warm", "", "slow"), ("warm", "x" * 31, "slow"), ("1", "2", "3")]
)
def test_what_is_not_three_words_stays_in_the_form(words: tuple[str, str, str]) -> None:
    form, onto = task.entry(), task.wall()
    assert give(form, onto, *words).state == "not yet"
    assert give(form, onto, "warm", "slow", "kind", does="perhaps").state == "not yet"
    assert onto["words"] is None


def test_the_wall_is_shuffled_anew_with_each_person() -> None:
    """Twelve words stay in the order of entry about once in 480 million times."""
    form, onto = task.entry(), task.wall()
    given = "abcdefghijkl"
    for start in range(0, len(given), 3):
        give(form, onto, *given[start : start + 3])
    assert "".join(onto["words"]["word"]) != given
    assert "".join(sorted(onto["words"]["word"])) == given


def test_nothing_shows_before_the_group_agrees_and_counts_show_from_three_on() -> None:
    for agreed in (None, "no", "perhaps"):
        assert task.words_shown({"agreed": agreed, "words": WORDS}) == []
    assert task.words_shown({"agreed": "yes", "words": WORDS.head(8)}) == []
    (shown,) = task.words_shown({"agreed": "yes", "words": WORDS})
    assert shown.body == [
        ("careful", "3", "helps, hinders"), ("warm", "fewer than 3", "helps"), ("slow", "fewer than 3", "hinders"),
        ("quiet", "fewer than 3", "hinders"), ("proud", "fewer than 3", "helps and hinders"),
        ("tired", "fewer than 3", "hinders"),
    ]  # fmt: skip


def test_the_host_takes_a_word_down() -> None:
    onto = task.wall()
    onto.enter(words=WORDS, down="Careful")
    assert str(task.take_down(onto)) == "Noted: that word is down. Nobody has to say why."
    assert "careful" not in set(onto["words"]["word"])
    assert len(onto["words"]) == 6
    assert onto["down"] is None
    onto.enter(down="careful")
    assert task.take_down(onto).state == "not yet"


def test_a_large_group_puts_up_its_notes() -> None:
    form, onto = task.entry(), task.wall()
    form.enter(notes="Warm\n\nslow \n12")
    assert str(task.put_up(form, onto)).startswith("Not yet: line 3 is no word")
    form.enter(notes="Warm\n\nslow ")
    assert str(task.put_up(form, onto)) == "Noted: the notes are on the wall, shuffled. 2 words so far."
    assert set(onto["words"]["does"]) == {task.UNSAID}
    form.enter(notes="\n".join(["warm"] * 600))
    assert task.put_up(form, onto).state == "not yet"
    assert len(onto["words"]) == 2


def test_the_journal_never_has_the_words_and_clear_empties_them(tmp_path: Path) -> None:
    form, onto = task.entry(), task.wall()
    kept = Form("kept", "Kept", [], blank="nothing")
    journal = Journal("culture-words", "Culture words", [kept], tmp_path, unkept=[form, onto])
    give(form, onto, "heron", "warm", "slow")
    form.enter(one="heron")
    for write in (journal.save, journal.markdown, journal.page, journal.document):
        assert b"heron" not in write().read_bytes()
    assert "heron" not in json.dumps([entry.answers for entry in journal.entries()])
    journal.clear()
    assert onto["words"] is form["one"] is None


def test_a_saved_notebook_has_no_word_of_the_wall() -> None:
    notebook = nbformat.read(ROOT / "exercises" / "culture-words.ipynb", as_version=4)
    filling = [
        "from equityguide.worksheets import live",
        "seat, view = live.View(entry), live.View(wall); wall.watch(view.refresh); view.display_charts()",
        "entry.watch(seat.refresh)",
        "for at in 'abc':",
        "    for name in task.FIELDS:",
        "        seat.controls[name].value = f'heron {at}{name}'",
        "        seat.controls[name + '_does'].value = task.HELPS",
        "    seat.box.children[-3].children[2].click()",
        "view.controls['agreed'].value = 'yes'",
        "print(str(view.inside.outputs).count('heron') > 8)",
    ]
    again = [nbformat.v4.new_code_cell(cell.source) for cell in notebook.cells if cell.cell_type == "code"][-5:]
    notebook.cells += [nbformat.v4.new_code_cell("\n".join(filling)), *again]
    run = learner.execute(notebook, "culture-words")
    assert run.cells[-len(again) - 1].outputs[0].text == "True\n"
    assert "widgets" not in run.metadata
    assert "heron" not in json.dumps([cell.get("outputs", []) for cell in run.cells])
