"""Checks of what a reader writes in their own words: its form only, never the opinion in it.

A sentence, a date, an owner as a role, an amount with its unit. Each gives a `Result` for `check.first`: not yet
where nothing is written, one useful sentence where something is lacking, else right without a sentence.
"""

from __future__ import annotations

import calendar
import datetime
import re

from equityguide.worksheets.check import Result, not_yet, plain

FEWEST, MOST = 4, 80  # words of a sentence that says something, and that others still read
# 52%, 52 percent, and 52 of 100 are one unit.
PERCENT = "percent"

_WORDS = re.compile(r"\w+(?:['\u2019-]\w+)*")
_MONTHS = {name.lower(): place for place, name in enumerate(calendar.month_name) if name}
_SHORT = {name[:3]: place for name, place in _MONTHS.items()}
_MONTH = r"(?P<word>[A-Za-z]{3,9})\.?"
_DATES = [
    re.compile(pattern)
    for pattern in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?",
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})",
        rf"{_MONTH} (?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?P<year>\d{{4}})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? {_MONTH},? (?P<year>\d{{4}})",
        r"[Qq](?P<quarter>[1-4])[ -](?P<year>\d{4})",
        r"(?P<year>\d{4})[ -][Qq](?P<quarter>[1-4])",
    )
]
_LEAD = re.compile(r"(?:by|on|until|before|from|in)? ?(?:the end of |end of )?", re.IGNORECASE)
_ABOUT = r"(?:about|around|roughly|(?:more|less|fewer) than|at (?:least|most)|up to|at|above|below|under|over)"
_AMOUNT = re.compile(
    rf"(?:{_ABOUT} ){{0,2}}(\d{{1,3}}(?:,\d{{3}})+(?:\.\d{{1,6}})?|\d{{1,12}}(?:\.\d{{1,6}})?)(?![\d,.]) ?(.*)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(?:%|percent|per cent|(?:out )?of (?:every )?100|(?:out )?of (?:a|one) hundred|in 100)\b(?![,.]\d)", re.IGNORECASE
)
# Words that are in the names of roles and departments, and hardly ever in the names of people.
_ROLE = (
    r"\b(?i:access|administrators?|advis\w+|advocates?|affairs|aides?|ambulatory|analysts?|assistants?|audit\w*|"
    r"billing|board|care|center|ceo|cfo|chairs?|chaplain\w*|chief|cio|clerks?|clinics?|cmo|cno|committee|community|"
    r"compliance|coo|coordinat\w+|council|counsel|data|department|desk|diet\w+|directors?|doctors?|education|"
    r"educators?|emergency|engineers?|equity|executives?|experience|finance|governance|group|heads?|health|hospitals?|"
    r"human|imaging|informati\w+|intake|interpreters?|investigators?|leaders?|leads?|legal|liaisons?|manage\w+|"
    r"medical|members?|midwi\w+|navigators?|nurs\w+|office|officers?|operations|organizers?|outreach|owners?|"
    r"partners?|patients?|payroll|pediatric\w*|pharmac\w+|physicians?|planning|presidents?|prevention|program|quality|"
    r"records|registrars?|registration|relations|representatives?|resources|revenue|room|safety|scheduling|"
    r"scientists?|secretar\w+|security|services?|shift|social|specialists?|sponsors?|staff|stewards?|strategy|"
    r"superintendents?|supervisors?|surg\w+|systems?|teams?|technicians?|technolog\w+|techs?|therapists?|treasurers?|"
    r"unit|vice|ward|wing|work|workers?|\w+olog(?:y|ists?))\b"
)
_CAPITAL = rf"(?!{_ROLE})[A-Z\u00c0-\u00de](?:\.|[A-Z\u00c0-\u00de'\u2019-]*+[a-z\u00df-\u00ff][\w'\u2019-]*+)"
_NAME = rf"{_CAPITAL}(?: {_CAPITAL}){{1,2}}"
# A title, an address, or two or three words in capitals that no role has: alone, before a comma, or right after a role.
_PERSON = re.compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\b\.?\s+[A-Z]|@|^{_NAME}(?=$| ?[,;:(]| [-\u2013\u2014])|{_ROLE}:? {_NAME}(?! [A-Z])"
)
_GAP = re.compile(r"\b(?:gaps?|disparit\w+|differences?)\b", re.IGNORECASE)
# What is left of "all our patients" and the like without these words is nothing: no group is named.
_EVERYONE = {
    "all", "any", "each", "entire", "every", "everybody", "everyone", "whole", "clinic", "hospital", "patient",
    "patients", "people", "person", "population", "at", "for", "here", "in", "of", "our", "see", "serve", "that", "the",
    "these", "this", "together", "we", "who", "whom",
}  # fmt: skip


def words(answer: object) -> int:
    """How many words a text has; none for what is no text. Counts the whole of a long one."""
    return len(_WORDS.findall(str(answer))) if type(plain(answer)) is str else 0


def sentence(answer: object, *, ask: str, least: int = FEWEST, most: int = MOST) -> Result:
    """Checks that something is written, in `least` to `most` words. `ask` says what to write ("write why")."""
    if (read := _text(answer, ask)).state != "right":
        return read
    count = words(answer)
    if count < least:
        return Result("close", f"{ask}, in a few more words.")
    if count > most:
        return Result("close", f"one text has {count} words. Keep it to {most}, so that others read it.")
    return Result("right", "")


def role(answer: object, *, ask: str) -> Result:
    """Checks that an owner is named by role: what looks like a person's name or address is asked for again."""
    if (read := _text(answer, ask)).state != "right":
        return read
    written = str(plain(answer))
    if _PERSON.search(written):
        return Result("close", "that looks like a person's name. Write the role, which stays when people change.")
    if words(answer) == 0:
        return Result("close", f"{ask}, in words.")
    return Result("right", "")


def group(answer: object, *, ask: str) -> Result:
    """Checks that a group of people is named, in a word or more, and not everyone."""
    if (read := sentence(answer, ask=ask, least=1)).state != "right":
        return read
    if {word.casefold() for word in _WORDS.findall(str(plain(answer)))} <= _EVERYONE:
        return Result("close", "that is all patients. Name the group for whom care falls short.")
    return Result("right", "")


def measure(answer: object, *, ask: str) -> Result:
    """Checks that a measure is named, and is a group's own number: a gap also closes when someone else loses."""
    if (read := sentence(answer, ask=ask, least=2)).state != "right":
        return read
    if _GAP.search(str(plain(answer))):
        return Result("close", "a gap can also close when others get worse care. Name the group's own number.")
    return Result("right", "")


def day(answer: object) -> datetime.date | None:
    """The date in a text, or None: a day, or the last day of a month or quarter. Months come in words or first."""
    written = plain(answer)
    if type(written) is not str:
        return None
    bare = written[lead.end() :] if (lead := _LEAD.match(written)) else written
    found = next((match.groupdict() for pattern in _DATES if (match := pattern.fullmatch(bare.rstrip(".")))), None)
    if found is None:
        return None
    year, month = int(found["year"]), _month(found)
    if not (2000 <= year <= 2100 and 1 <= month <= 12):
        return None
    last = calendar.monthrange(year, month)[1]
    on = int(found.get("day") or last)
    return datetime.date(year, month, on) if 1 <= on <= last else None


def date(answer: object, *, ask: str, after: object = None, late: str = "") -> Result:
    """Checks that a text is a date, and where `after` is one as well, that it is later; else `late` is said."""
    value = plain(answer)
    if value is None:
        return not_yet(ask)
    found, before = day(answer), day(after)
    if found is None:
        return Result("close", f"{ask}: a day, or a month with its year, such as 2001-05-31 or May 2001.")
    if before is not None and found <= before:
        return Result("close", late)
    return Result("right", "")


def measured(answer: object) -> tuple[float, str] | None:
    """The number in a text and its unit ("percent" for %, of 100, and the like), or None where one is lacking."""
    written = plain(answer)
    match = _AMOUNT.fullmatch(written) if type(written) is str else None
    if match is None or not re.search(r"[A-Za-z%]", match[2]):
        return None
    unit = PERCENT if _PERCENT.match(f"{match[2]} ") or match[2].startswith("%") else match[2].lower().rstrip(".")
    return float(match[1].replace(",", "")), unit


def amount(answer: object, *, ask: str) -> Result:
    """Checks that a text is a number with its unit."""
    value = plain(answer)
    if value is None:
        return not_yet(ask)
    if type(value) in (int, float) or (type(value) is str and re.fullmatch(r"[\d,]+(?:\.\d+)?", value)):
        return Result("close", f"{ask}, with its unit, such as percent, of 100, or days.")
    if measured(answer) is None:
        return Result("close", f"{ask}: a number in digits first, then its unit.")
    return Result("right", "")


def moved(now: object, then: object) -> Result:
    """Checks that two amounts have one unit and are not the same; says nothing where one of them is no amount."""
    before, after = measured(now), measured(then)
    if before is None or after is None:
        return Result("right", "")
    if before[1] != after[1]:
        return Result("close", "your two values have different units. Give both in the same one.")
    if before == after:
        return Result("close", "both values are the same. Write what you want instead of today's value.")
    return Result("right", "")


def _text(answer: object, ask: str) -> Result:
    value = plain(answer)
    if value is None:
        return not_yet(ask)
    return Result("right", "") if type(value) is str else Result("again", f"{ask}, in words.")


def _month(found: dict[str, str | None]) -> int:
    """The month of a matched date, by number, word or quarter; 0 for a word that is no month."""
    if quarter := found.get("quarter"):
        return 3 * int(quarter)
    if word := found.get("word"):
        return _MONTHS.get(word.lower()) or (_SHORT.get(word[:3].lower(), 0) if len(word) <= 4 else 0)
    return int(found.get("month") or 0)
