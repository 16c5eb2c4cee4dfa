from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import hostile
import manners
import nbformat
import pandas as pd
import pytest

from equityguide.worksheets import learner
from equityguide.worksheets import power_map as task
from equityguide.worksheets.check import Result
from equityguide.worksheets.forms import Form

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "warm-up": task.warm_up, "read": task.read, "placed": task.placed, "own": task.own, "planned": task.planned,
}  # fmt: skip
PEOPLE = list("PQRSTU")
MENUS: dict[str, dict[str, list[Any]]] = {
    "read": {"against": PEOPLE, "ally": PEOPLE, "first": list(task.FIRST.values())},
    "placed": {"basis": list(task.BASIS.values())},
}


def dots(*spots: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(spots, columns=["letter", "support", "influence"])


GOOD = dots(("A", -3, 9), ("B", 4, 6), ("C", 0, 2), ("D", 5, 1))


def right() -> dict[str, dict[str, Any]]:
    return {
        "warm-up": {"whose": "patient"},
        "read": {"against": "P", "ally": "R", "first": "talk"},
        "placed": {"support": -1, "influence": 8, "basis": "did"},
        "own": {"dots": GOOD},
        "planned": {
            "letter": "A", "hold": "task", "bring": "quality", "matters": "That the night team stays.",
            "part": "To choose the first unit.", "when": "May 2027",
        },
    }  # fmt: skip


def said(name: str, **changed: object) -> Result:
    return CHECKS[name]({**right()[name], **changed})


@pytest.mark.parametrize("name", CHECKS)
def test_manners(name: str) -> None:
    check, answers = CHECKS[name], right()[name]
    assert check(answers).state == "right"
    manners.hold(check, answers, MENUS.get(name, {}))


@pytest.mark.parametrize(
    ("name", "changed", "sentence"),
    [
        ("read", {"against": "U"}, "Close: that person is as much against it, and has little influence."),
        ("read", {"against": "T"}, "Close: that person only leans against it."),
        ("read", {"ally": "Q"}, "Close: that person has much influence."),
        ("read", {"ally": "S"}, "Close: that person is for it, and someone else even more so."),
        ("read", {"ally": "V"}, "Look again: choose who is most for it"),
        ("read", {"first": "boss"}, "Close: pressure may win a yes"),
        ("placed", {"support": 4}, "Close: you have her far for it."),
        ("placed", {"support": -5}, "Close: you have her far against it."),
        ("placed", {"influence": 2}, "Close: read who has to see each new form"),
        ("placed", {"support": 7}, "Look again: choose how much she is for it, from the menu."),
        ("placed", {"basis": "family"}, "Close: where a family comes from tells nothing"),
        ("own", {"dots": GOOD.head(3)}, "Close: 3 on the map so far."),
        ("own", {"dots": GOOD.assign(influence=8)}, "Close: all on your map have much influence."),
        ("own", {"dots": GOOD.assign(influence=1)}, "Close: none on your map has much influence."),
        ("own", {"dots": GOOD.assign(support=2)}, "Close: all on your map are for it."),
        ("own", {"dots": GOOD.assign(letter="A")}, "Look again: this map could not be read."),
        ("own", {"dots": GOOD.assign(letter=["Ann", "B", "C", "D"])}, "Look again: this map could not be read."),
        ("own", {"dots": GOOD.assign(support=2.5)}, "Look again: this map could not be read."),
        ("own", {"dots": GOOD.assign(influence=11)}, "Look again: this map could not be read."),
        ("own", {"dots": "A is against it"}, "Look again: this map could not be read."),
        ("planned", {"letter": "Z"}, "Look again: choose a letter from your map, from the menu."),
        ("planned", {}, "Yes: you have someone to ask, something to bring, and a day. The worksheet One-to-one"),
        ("planned", {"bring": "plan"}, "Yes: you have someone to ask, something to bring, and a day. In the guide, teams"),
        ("planned", {"bring": "plan", "when": "soon"}, "Close: write by when you ask for the talk"),
        ("planned", {"hold": "unknown"}, "Close: you do not know yet what holds them back."),
        ("planned", {"hold": "unknown", "bring": "listen"}, "Yes: you have someone to ask"),
        ("planned", {"matters": "Waits"}, "Close: write what may matter to this person, in a few more words."),
        ("planned", {"when": "soon"}, "Close: write by when you ask for the talk: a day, or a month with its year"),
    ],
)  # fmt: skip
def test_nearly_right_answers_get_one_useful_sentence(name: str, changed: dict[str, Any], sentence: str) -> None:
    assert str(said(name, **changed)).startswith(sentence)


def test_every_worry_has_an_answer_and_every_answer_a_worry() -> None:
    assert set(task.ANSWERS) == set(task.HOLD.values())
    assert {one for fits in task.ANSWERS.values() for one in fits} == set(task.BRING.values())


def fill(form: Form, letter: str, support: int, influence: int) -> Result:
    form.enter(letter=letter, support=support, influence=influence)
    return task.place(form)


def test_dots_are_placed_moved_and_taken_away() -> None:
    form = task.placing()
    assert task.place(form).state == "not yet"
    assert str(fill(form, "B", 4, 6)).startswith("Noted: B is on the map.")
    assert form["letter"] is form["support"] is form["influence"] is None
    fill(form, "A", -3, 9)
    assert form["dots"].to_numpy().tolist() == [["A", -3, 9], ["B", 4, 6]]
    assert str(fill(form, "B", 0, 1)) == "Noted: B has moved."
    assert form["dots"].to_numpy().tolist() == [["A", -3, 9], ["B", 0, 1]]
    assert task.remove(form).state == "not yet"
    for letter in "AB":
        form.enter(letter=letter)
        assert task.remove(form).state == "noted"
    assert form["dots"] is None
    assert task.own_map(form.values) == []


def test_the_map_is_drawn_from_exactly_the_dots_with_a_first_step_each() -> None:
    drawn, listed = task.own_map({"dots": GOOD})
    rows = [[row[name] for name in ("letter", "support", "influence")] for row in drawn.payload["datasets"]["rows"]]
    assert rows == GOOD.to_numpy().tolist()
    assert [row[:2] for row in listed.body] == [
        ("A", "Win over first"), ("B", "Ask to lead with you"), ("C", "On the line"), ("D", "Build up as allies"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", hostile.NAMES)
def test_hostile_dots_are_not_drawn(kind: str) -> None:
    assert task.own_map({"dots": hostile.answers()[kind]}) == []


def test_the_text_tells_who_the_invented_people_are() -> None:
    """On a phone and on paper the map has letters only."""
    source = " ".join((ROOT / "exercises/source/power-map.md").read_text("utf-8").split())
    sentence = source.split("P is head")[1].split(".")[0]
    for person in task.PEOPLE.itertuples():
        assert f"{person.letter} " in f"P is head{sentence}"
        assert person.role.lower() in f"head{sentence}"


def test_the_practice_maps_show_the_invented_people_and_say_so() -> None:
    (practice,) = task.practice_map({})
    assert practice.payload["rows"] == 6
    (with_v,) = task.placed_map({"support": 0, "influence": 8})
    assert with_v.payload["rows"] == 7
    assert task.placed_map({"support": 0, "influence": None}) == []
    assert "synthetic" in practice.payload["evidence"]


# Kept nowhere ---------------------------------------------------------------------------------------------------------

TYPED = {"letter": "A", "hold": "task", "bring": "quality", "matters": "the heron account", "part": "the heron chair",
         "when": "heron day"}  # fmt: skip


def test_a_notebook_in_which_a_map_was_made_keeps_nothing_of_it() -> None:
    """Filled in as a reader would: run, type and press in the live controls, and save."""
    notebook = nbformat.read(ROOT / "exercises" / "power-map.ipynb", as_version=4)
    filling = "\n".join(
        [
            "from equityguide.worksheets import live",
            "view = live.View(own); own.watch(view.refresh); view.display_charts()",
            "for letter, support, influence in [('K', -4, 7), ('L', 3, 1)]:",
            "    for name, value in (('letter', letter), ('support', support), ('influence', influence)):",
            "        view.controls[name].value = value",
            "    view.box.children[-3].children[2].click()",
            "other = live.View(plan)",
            f"for name, value in {TYPED!r}.items(): other.controls[name].value = value",
            "read.enter(against='U', ally='R', first='boss'); place.enter(support=-2, influence=9, basis='did')",
            "import json",
            "inside = json.dumps(view.inside.outputs)",
            "print(len(own['dots']), inside.count('vegalite'), 'Win over first' in inside, plan['matters'][-7:])",
        ]
    )
    notebook.cells.append(nbformat.v4.new_code_cell(filling))
    again = [
        nbformat.v4.new_code_cell(cell.source)
        for cell in notebook.cells
        if cell.source.endswith(("\nown", "\nread", "\nplace"))
    ]
    again += [nbformat.v4.new_code_cell("print(own.picture(), repr(own), plan.picture(), repr(plan))")]
    notebook.cells += again
    run = learner.execute(notebook, "power-map")
    assert run.cells[-len(again) - 1].outputs[0].text == "2 1 True account\n"
    assert "widgets" not in run.metadata
    kept = json.dumps([cell.get("outputs", []) for cell in run.cells])
    assert "heron" not in kept
    assert "worksheet-power-map-own" not in kept
    assert "worksheet-power-map-placed" not in kept
    assert "worksheet-power-map-practice" in kept  # the invented people as they are, for the page and for paper
    own_outputs = [
        output for cell in run.cells if cell.source.startswith("# For analysts: own") for output in cell.outputs
    ]
    assert own_outputs
    assert all(set(output.data) <= {"text/html", "text/plain"} for output in own_outputs)


def test_no_output_of_the_solution_shows_the_letters_on_the_map() -> None:
    solved = nbformat.read(ROOT / "exercises" / "solutions" / "power-map.ipynb", as_version=4)
    (cell,) = [cell for cell in solved.cells if cell.id == "power-map-own"]
    assert [set(output.data) for output in cell.outputs] == [{"text/html", "text/plain"}]
