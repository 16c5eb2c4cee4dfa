from __future__ import annotations

import datetime
from collections.abc import Callable

import hostile
import manners
import pytest

from equityguide.worksheets import written
from equityguide.worksheets.check import Result


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-03-31", (2027, 3, 31)),
        ("2027-03", (2027, 3, 31)),
        ("2/28/2027", (2027, 2, 28)),
        ("March 5, 2027", (2027, 3, 5)),
        ("by March 5th 2027", (2027, 3, 5)),
        ("5 Mar 2027", (2027, 3, 5)),
        ("Sept. 2027", (2027, 9, 30)),
        ("the end of February 2028", (2028, 2, 29)),
        ("By the end of June 2027.", (2027, 6, 30)),
        ("Q2 2027", (2027, 6, 30)),
        ("2027-Q4", (2027, 12, 31)),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, expected: tuple[int, int, int]) -> None:
    assert written.day(text) == datetime.date(*expected)
    assert written.date(text, ask="write by when") == Result("right", "")


@pytest.mark.parametrize(
    "text",
    ["soon", "2027", "next spring", "2027-13-01", "2/30/2027", "Marchy 2027", "31.3.2027", "0000-01-01", "May", "27"],
)
def test_what_is_no_date_is_asked_for_again(text: str) -> None:
    assert written.day(text) is None
    assert str(written.date(text, ask="write by when")).startswith("Close: write by when: a day, or a month")


def test_a_date_must_follow_the_one_before_it() -> None:
    late = "put the review after the start."
    assert written.date("May 2027", ask="a", after="June 2027", late=late) == Result("close", late)
    assert written.date("June 2027", ask="a", after="2027-06-30", late=late) == Result("close", late)
    assert written.date("July 2027", ask="a", after="June 2027", late=late).state == "right"
    assert written.date("July 2027", ask="a", after="soon", late=late).state == "right"


@pytest.mark.parametrize(
    "text",
    ["Chief nurse", "Chief Nursing Officer", "the ward's lead", "Head of Radiology", "Interpreter services", "CEO",
     "registration desk", "quality team", "vice president", "dietitian", "Nurse Manager", "Internal Auditor",
     "Internal Audit", "Compliance Auditor", "Social Work", "Infection Prevention", "Data Scientist",
     "Payroll Specialist", "Dietary Aide", "Community Member", "Information Technology", "Hospital Epidemiologist",
     "Director Guest Relations", "Director, Guest Relations", "Manager Spanish Language Services",
     "Nurse manager, West Side", "Director of Elm Street Clinic", "Elm Street Clinic Manager", "VP Population Growth"],
)  # fmt: skip
def test_a_role_is_taken(text: str) -> None:
    assert written.role(text, ask="write who owns it") == Result("right", "")


@pytest.mark.parametrize(
    "text",
    ["Dr. Lopez", "Maria Lopez", "Maria J. Lopez", "m.lopez@example.org", "ask Ms Lee", "Board Chair Maria Lopez",
     "chief nurse Maria O'Neil", "Owner: Maria Lopez", "Maria Lopez, chief nurse", "Maria Lopez (Chief Nurse)",
     "José Álvarez"],
)  # fmt: skip
def test_a_persons_name_is_asked_for_as_a_role(text: str) -> None:
    assert str(written.role(text, ask="write who owns it")).startswith("Close: that looks like a person's name.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("52%", (52, "percent")),
        ("52 percent of patients", (52, "percent")),
        ("52 of 100 patients", (52, "percent")),
        ("about 9.5 days", (9.5, "days")),
        ("3 of 20 patients", (3, "of 20 patients")),
        ("52 of 1000", (52, "of 1000")),
        ("66 out of 100", (66, "percent")),
        ("52 of 100,000 births", (52, "of 100,000 births")),
        ("1,200 visits", (1200, "visits")),
        ("more than 30 of 100 cuffs", (30, "percent")),
        ("at 5 falls", (5, "falls")),
        ("fewer than 6 of 8 patients", (6, "of 8 patients")),
        ("1,20 visits", None),
        ("52", None),
        ("half", None),
        ("days: 9", None),
    ],
)
def test_an_amount_is_a_number_with_its_unit(text: str, expected: tuple[float, str] | None) -> None:
    assert written.measured(text) == expected
    assert (written.amount(text, ask="write today's value").state == "right") is (expected is not None)


def test_an_amount_without_unit_is_told_what_is_lacking() -> None:
    for bare in ("52", "1,200", 52, 52.0):
        assert str(written.amount(bare, ask="write today's value")).startswith("Close: write today's value, with its")


def test_two_amounts_have_one_unit_and_differ() -> None:
    assert written.moved("58 of 100", "66 out of 100") == Result("right", "")
    assert written.moved("1,200 visits", "1,500 visits") == Result("right", "")
    assert written.moved("52%", "60 of 100 patients") == Result("right", "")
    assert written.moved("52%", "60 days").sentence.startswith("your two values have different units.")
    assert written.moved("52%", "52 percent").sentence.startswith("both values are the same.")
    assert written.moved("52%", None).state == "right"  # the amount's own check speaks about that


@pytest.mark.parametrize("text", ["all patients", "Everyone here", "Every patient.", "all of our patients", "People"])
def test_everyone_is_no_group(text: str) -> None:
    assert str(written.group(text, ask="write for whom")).startswith("Close: that is all patients.")


@pytest.mark.parametrize("text", ["Children", "All Black patients", "Everyone who needs an interpreter"])
def test_a_group_is_taken(text: str) -> None:
    assert written.group(text, ask="write for whom") == Result("right", "")


@pytest.mark.parametrize("text", ["The gap, in screening", "Disparities in pain care", "Difference from the target"])
def test_a_gap_is_no_groups_own_number(text: str) -> None:
    assert str(written.measure(text, ask="write the measure")).startswith("Close: a gap can also close")
    assert written.measure("Singapore index read", ask="write the measure") == Result("right", "")


def test_a_sentence_has_neither_too_few_nor_too_many_words() -> None:
    assert str(written.sentence("two words", ask="write why")) == "Close: write why, in a few more words."
    assert str(written.sentence("word " * 81, ask="write why")).startswith("Close: one text has 81 words.")
    assert written.sentence("It's the bus, once an hour.", ask="write why").state == "right"
    assert str(written.sentence(7, ask="write why")) == "Look again: write why, in words."


@pytest.mark.parametrize(
    "check", [written.sentence, written.role, written.date, written.amount, written.group, written.measure]
)
def test_blank_is_not_yet_and_hostile_answers_are_answered_calmly(check: Callable[..., Result]) -> None:
    for blank in (None, ..., "", "  "):
        assert str(check(blank, ask="write it")) == "Not yet: write it."
    for answer in hostile.answers().values():
        manners.calm(check(answer, ask="write it"))
