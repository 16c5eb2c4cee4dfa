"""The checks and views of the worksheet "Policy review". The clinic, the rule and the situations are invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equityguide.worksheets import check, menus, written
from equityguide.worksheets.check import Result
from equityguide.worksheets.shown import Table

RULES = {
    "Who may visit, and when": "visits",
    "What happens to a patient who comes late": "late",
    "Who has to pay before a visit": "pay",
    "What staff may wear or how they wear their hair": "dress",
    "How an interpreter is called": "interpreter",
    "Another one": "other",
}
GAINS = {
    "Patients who come on time, and staff who can go home on time": "on time",
    "Nobody": "nobody",
    "Only the managers": "managers",
}
LEFT_OUT = {
    "Nobody: the rule is the same for all": "nobody",
    "Patients who do not plan ahead": "plan",
    "Patients who need an interpreter": "interpreter",
}
CAUSES = {
    "In their culture time means less": "culture",
    "We call the interpreter only after check-in, and check-in is in English": "check-in",
    "The bus is slow": "bus",
}
CHANGES = {
    "Drop the rule": "drop",
    "Call the interpreter the day before, and see late patients at the end of the session": "call",
    "Charge a fee for coming late": "fee",
    "Put the rule on a sign in five languages": "sign",
}
EMERGENCY = {
    "Look for a White nurse first": "swap",
    "Treat him now, with the team that is here. Talk later": "treat",
    "Wait until he takes it back": "wait",
}
STABLE = {
    "Change the assignment without a word: it saves trouble": "swap",
    "Tell the nurse to bear it": "bear",
    "Tell him that nobody is chosen by race here. Ask the nurse, away from the bed, what they want": "ask",
}
REFUSES = {
    "He may refuse. Say what could happen, write it down, and offer other ways to get care": "respect",
    "Treat him all the same: it is for his good": "force",
    "Then give him the staff that he wants": "swap",
}
SURVIVOR = {
    "Say no: the rule is that nobody chooses staff": "no",
    "Ask what happened, so that you can judge": "proof",
    "Arrange it if it can be done at all, and do not ask for reasons": "arrange",
}
LANGUAGE = {
    "Say no: it is about where people come from": "no",
    "Offer someone who speaks Spanish, or an interpreter": "language",
    "Ask his daughter to translate": "daughter",
}
ILLNESS = {
    "Read the rule to her": "rule",
    "Do nothing: she cannot help it": "nothing",
    "Care for her illness, stand by the aide, and let the aide say whether to switch": "both",
}
KNOW = {"We counted, group by group": "counted", "People whom it affects told us": "told", "We guess so far": "guess"}
SEATS = {
    "Before anything is drafted": "before",
    "When there is a draft that can still change": "draft",
    "After it is decided": "after",
}
SAYS = {"They decide with us": "decide", "They advise, and we answer in writing": "advise", "They are told": "told"}
PAID = {"Yes, like any other work": "yes", "In another way that they chose": "other", "Not settled yet": "open"}
DECISIONS = {
    "Keep the rule": "keep",
    "Change the rule": "change",
    "End the rule": "end",
    "Find out more first": "more",
}
LOG = {
    "rule": "Rule",
    "decision": "Decision",
    "why": "Why",
    "measure": "What will show whether fewer are left out",
    "owner": "Owner",
    "start": "From",
    "review": "Looked at again",
    "told": "Who is told",
}


def warm_up(answers: dict[str, Any]) -> Result:
    """Any choice is right."""
    return check.pick(
        answers["rule"],
        list(RULES.values()),
        ask="choose a rule that you live with at work",
        right="keep it in mind. You will look at a rule of your own in Task 3.",
    )


def two_questions(answers: dict[str, Any]) -> Result:
    """Who gains, who is left out, which step of ours does it, and a change that keeps what is good."""
    return check.first(
        menus.only(
            answers["gains"],
            "on time",
            GAINS,
            what="who gains from the rule",
            again="a rule that nobody gains from is rare.",
            slips={
                "nobody": "someone does, or it would not be there. A fair review sees that too.",
            },
        ),
        menus.only(
            answers["left_out"],
            "interpreter",
            LEFT_OUT,
            what="who is left out",
            again="compare the two numbers above.",
            slips={
                "nobody": "the rule is the same. What it does is not: compare the two numbers above.",
                "plan": "that is a guess about people. The two numbers above speak of something else.",
            },
        ),
        menus.only(
            answers["cause"],
            "check-in",
            CAUSES,
            what="what in our own work makes it so",
            again="look for a step of ours.",
            slips={
                "culture": "that is a stereotype, and it leaves us nothing to do. Look for a step of ours.",
                "bus": "it may be slow for all. Look for a step of ours that meets these patients alone.",
            },
        ),
        menus.only(
            answers["change"],
            "call",
            CHANGES,
            what="a change",
            again="look for one that mends the step you just found.",
            slips={
                "drop": "then those who came on time wait. Look for one that keeps what is good.",
                "fee": "that adds a cost for the same patients. Look for one that mends our step.",
                "sign": "to read the rule does not bring the interpreter sooner. Mend our step.",
            },
        ),
        right="you asked both questions, found a step that is ours, and kept what is good about the rule.",
    )


def requests(answers: dict[str, Any]) -> Result:
    """Six requests about a caregiver: emergency, race, refusal, safety, language, illness; and a word to the nurse."""
    return check.first(
        menus.only(
            answers["emergency"],
            "treat",
            EMERGENCY,
            what="what you do first in A",
            again="in A, minutes count.",
            slips={
                "swap": "in A, the search costs minutes, and it lets race choose the staff.",
                "wait": "in A, he needs care now. The talk can wait.",
            },
        ),
        menus.only(
            answers["stable"],
            "ask",
            STABLE,
            what="what you do first in B",
            again="in B, there is time to talk.",
            slips={
                "swap": "in B, the nurse would learn that the rule does not hold. It may also break the law.",
                "bear": "in B, nobody has asked the nurse yet.",
            },
        ),
        menus.only(
            answers["refuses"],
            "respect",
            REFUSES,
            what="what you do in C",
            again="in C, he can decide for himself.",
            slips={
                "force": "in C, a person who can decide may say no to care.",
                "swap": "in C, the right to refuse care is not a right to choose staff by race.",
            },
        ),
        menus.only(
            answers["survivor"],
            "arrange",
            SURVIVOR,
            what="what you do in D",
            again="in D, think of what the wish is for.",
            slips={
                "no": "in D, the wish is about feeling safe. A rule against racism does not speak of it.",
                "proof": "in D, to tell it again can hurt. She need not earn a safe exam.",
            },
        ),
        menus.only(
            answers["language"],
            "language",
            LANGUAGE,
            what="what you do in E",
            again="in E, think of what the wish is for.",
            slips={
                "no": "in E, he wants to understand and be understood. That is part of good care.",
                "daughter": "in E, a relative may leave things out, and he may hold back.",
            },
        ),
        menus.only(
            answers["illness"],
            "both",
            ILLNESS,
            what="what you do in F",
            again="in F, two people need you.",
            slips={
                "rule": "in F, she cannot take it in now. Two people need you in another way.",
                "nothing": "in F, she cannot help it, and the aide heard it all the same.",
            },
        ),
        written.sentence(answers["nurse"], ask="write what you say to the nurse afterward"),
        right="you told apart six wishes that can sound alike, and the nurse heard from you.",
    )


def own_rule(answers: dict[str, Any]) -> Result:
    """The reader's rule: its purpose, who gains, who is left out, how that is known, and who could tell more."""
    return check.first(
        written.sentence(answers["rule"], ask="write the rule in a sentence"),
        written.sentence(answers["purpose"], ask="write what the rule is good for", least=3),
        written.sentence(answers["gains"], ask="write who gains from it", least=2),
        written.sentence(answers["left_out"], ask="write who is left out, or by what it asks of them", least=2),
        check.pick(answers["know"], list(KNOW.values()), ask="choose how you know"),
        written.sentence(answers["more"], ask="write which number, or whose account, would tell you more", least=3),
        right="your rule has two sides on paper now, and you know whom or what to ask next.",
    )


def seat(answers: dict[str, Any]) -> Result:
    """A person affected at the table: who, when, with what say, and paid."""
    return check.first(
        written.sentence(answers["who"], ask="write which people the rule affects, as a group", least=2),
        menus.any_but(
            answers["when"],
            SEATS,
            what="when they come in",
            slips={
                "after": "after it is decided there is little left to say. Look for an earlier day.",
            },
        ),
        menus.any_but(
            answers["say"],
            SAYS,
            what="what say they have",
            slips={
                "told": "to be told is not a seat. Choose what they can change.",
            },
        ),
        menus.any_but(
            answers["paid"],
            PAID,
            what="whether their time is paid",
            slips={
                "open": "one thing is open: who can say yes to paying them? Ask before you invite.",
            },
        ),
        written.sentence(answers["ease"], ask="write what makes it easier to come and to speak freely", least=3),
        right="there is a seat, in time, with a say. Ask for two people, so that nobody speaks for a whole group.",
    )


def log(answers: dict[str, Any]) -> Result:
    """The decision with its reason, a number to watch, the owner's role, two dates in order, and who is told."""
    return check.first(
        written.sentence(answers["rule"], ask="name the rule", least=1),
        check.pick(answers["decision"], list(DECISIONS.values()), ask="choose what you decided"),
        written.sentence(answers["why"], ask="write why, so that someone absent can follow"),
        written.sentence(answers["measure"], ask="write what will show whether fewer people are left out"),
        written.role(answers["owner"], ask="write which role owns it"),
        written.date(answers["start"], ask="write from when"),
        written.date(
            answers["review"],
            ask="write when you look at it again",
            after=answers["start"],
            late="the second look comes before the start. Put it after.",
        ),
        written.sentence(answers["told"], ask="write who is told, and how", least=3),
        right="someone who was not there can read what you decided, why, and when you look again.",
    )


def logged(answers: Mapping[str, Any]) -> list[Table]:
    """The decision log as a table, once anything is written; what is still open says so."""
    if all(check.is_blank(answer) for answer in answers.values()):
        return []
    words = {value: label for label, value in DECISIONS.items()}
    texts = {name: str(answers[name]) if type(check.plain(answers[name])) is str else "" for name in LOG}
    texts["decision"] = words.get(texts["decision"], "")
    return [Table("Decision log", ["Part", "What we wrote"], [[LOG[n], texts[n] or "(open)"] for n in LOG])]
