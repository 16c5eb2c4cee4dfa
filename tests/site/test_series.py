"""The calendar file as a host makes it: read back by a strict reader of our own, by RFC 5545."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from browsing import Seen
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from equityguide.site import guides

ROOT = Path(__file__).resolve().parents[2]
PAGE = "book/facilitate/series.html"
SAID = yaml.safe_load((ROOT / guides.FOLDER / "series.yml").read_text("utf-8"))
TODAY = dt.datetime(2027, 1, 5, 9, 30)
# The clocks of Chicago change on 14 March 2027, between the fourth and the fifth of these.
FIRST = dt.datetime(2027, 1, 28, 12, 0)

LINE = re.compile(r"(?P<name>[A-Z-]+)(?:;(?P<parameter>[A-Z]+=[A-Z]+))?:(?P<value>.*)")
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "TRANSP"}


def unescaped(text: str) -> str:
    """A text value as it was; a bare comma or semicolon, or a backslash before anything else, is an error."""
    assert re.fullmatch(r"(?:[^\\,;]|\\[\\,;nN])*", text), text
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def parsed(content: bytes) -> list[dict[str, str]]:
    """The entries of a calendar file. Every rule that a calendar program may insist on is an assertion."""
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    lines = content.split(b"\r\n")[:-1]
    assert max(map(len, lines)) <= 75
    for octets in lines:
        octets.decode("utf-8")  # a character of several octets is never parted
    unfolded = content.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]
    assert unfolded[0] == "BEGIN:VCALENDAR"
    assert unfolded[-1] == "END:VCALENDAR"
    head = unfolded[1 : unfolded.index("BEGIN:VEVENT")]
    assert head == ["VERSION:2.0", "PRODID:-//Closing the Gap//Series//EN", "CALSCALE:GREGORIAN"]
    found: list[dict[str, str]] = []
    inside = False
    for line in unfolded[1 + len(head) : -1]:
        if line in ("BEGIN:VEVENT", "END:VEVENT"):
            assert inside is (line == "END:VEVENT")
            inside = not inside
            found += [{}] if inside else []
            continue
        match = LINE.fullmatch(line)
        assert inside, line
        assert match, line
        assert match["name"] in ONCE
        assert match["name"] not in found[-1]
        text = match["name"] in ("SUMMARY", "DESCRIPTION")
        found[-1][match["name"]] = unescaped(match["value"]) if text else match["value"]
        assert match["parameter"] == ("VALUE=DATE" if re.fullmatch(r"\d{8}", match["value"]) else None)
    assert not inside
    for entry in found:
        assert ONCE - {"TRANSP"} <= set(entry)
        assert re.fullmatch(r"\d{8}T\d{6}Z", entry["DTSTAMP"])
        assert entry["DTSTART"] < entry["DTEND"]
    assert len({entry["UID"] for entry in found}) == len(found)
    return found


@pytest.fixture
def page(browser: Browser, site: Path) -> Iterator[Page]:
    context = browser.new_context(timezone_id="America/Chicago", locale="en-US", accept_downloads=True)
    opened, seen = context.new_page(), Seen()
    opened.clock.set_fixed_time(TODAY.replace(tzinfo=dt.timezone(dt.timedelta(hours=-6))))
    seen.watch(opened, "file:")
    opened.goto((site / PAGE).as_uri())
    yield opened
    assert not seen.outside
    assert not seen.errors
    context.close()


def field(page: Page, name: str) -> Locator:
    return page.locator(f".eg-series [name={name}]")


def filled(page: Page, **values: str) -> None:
    """Fill in the form, with a first session at noon unless told."""
    for name, value in {"date": f"{FIRST:%Y-%m-%d}", "time": f"{FIRST:%H:%M}", **values}.items():
        if field(page, name).evaluate("control => control.tagName") == "SELECT":
            field(page, name).select_option(value)
        else:
            field(page, name).fill(value)


def saved(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as loading:
        page.get_by_role("button", name="Save the calendar file").click()
    assert loading.value.suggested_filename.endswith(".ics")
    return parsed(Path(loading.value.path()).read_bytes())


def starts(entries: list[dict[str, str]]) -> list[str]:
    return [entry["DTSTART"] for entry in entries]


@pytest.mark.parametrize("name", SAID["programs"])
def test_each_program_has_its_sessions_on_their_days(page: Page, name: str) -> None:
    program = SAID["programs"][name]
    filled(page, program=name)
    entries = saved(page)
    step = dt.timedelta(weeks=program.get("weeks", 0))
    when = [FIRST + n * step for n in range(len(program["sessions"]))]
    # No zone and no UTC: noon stays noon where the reader is, though the clocks change on the way.
    assert starts(entries) == [f"{one:%Y%m%dT%H%M%S}" for one in when]
    length = dt.timedelta(minutes=program["minutes"])
    assert [entry["DTEND"] for entry in entries] == [f"{one + length:%Y%m%dT%H%M%S}" for one in when]
    for number, (entry, session) in enumerate(zip(entries, program["sessions"], strict=True), 1):
        lines = entry["DESCRIPTION"].split("\n")
        always = {SAID["voluntary"], SAID["support"], f"In hand at the end: {session['result']}."}
        assert always - {*lines} == set()
        if "guide" in session:
            guide = guides.load(ROOT, session["guide"])
            assert f"{guide.title}. {guide.purpose}" in lines
            assert f"Emotional load: {guide.load}." in lines
            assert f"Before: {guide.prework['text']}" in lines
            assert f"With only five minutes: {guide.prework['five']}" in lines
        many = len(program["sessions"]) > 1
        title = f"session {number} of {len(entries)}: {session['name']}" if many else guide.title
        assert entry["SUMMARY"] == f"Closing the Gap, {title}"
        assert (SAID["short_forum"] in lines) is (not many)
        assert not any("file:" in line for line in lines)
    dated = page.locator(".eg-series-dates li").all_text_contents()
    assert dated == [f"{one:%A, %B} {one.day}, {one.year}, 12:00" for one in when]


def test_weeks_length_and_support_are_the_readers(page: Page) -> None:
    support = "Zoë, ext. 5; ask for “Médiation”\\語 " + "ö" * 80
    filled(page, program="four", weeks="1", minutes="45", time="23:30", support=support)
    entries = saved(page)
    first = FIRST.replace(hour=23, minute=30)
    assert starts(entries) == [f"{first + dt.timedelta(weeks=n):%Y%m%dT%H%M%S}" for n in range(4)]
    assert entries[0]["DTEND"] == "20270129T001500"
    for entry in entries:
        assert f"Reports of harm and support: {support}" in entry["DESCRIPTION"].split("\n")
        assert SAID["support"] not in entry["DESCRIPTION"]


def test_tasks_are_whole_days_and_those_of_the_past_are_left_out(page: Page) -> None:
    field(page, "tasks").check()
    filled(page, program="eight")
    entries = saved(page)
    tasks = [entry for entry in entries if "T" not in entry["DTSTART"]]
    sessions = [FIRST.date() + dt.timedelta(weeks=2 * n) for n in range(8)]
    wanted = {
        (sessions[at] + dt.timedelta(days=day["days"]), f"Closing the Gap ({day['who'].lower()}): {day['do']}")
        for day in SAID["days"]
        for at in {"first": [0], "each": range(8), "last": [7]}.get(day.get("of", ""), [])
    }
    ahead = {one for one in wanted if one[0] >= TODAY.date()}
    assert 0 < len(wanted) - len(ahead) < 5  # six, five and four weeks before 28 January have passed on the 5th
    assert {(dt.date.fromisoformat(one["DTSTART"]), one["SUMMARY"]) for one in tasks} == ahead
    assert len(tasks) == len(ahead)
    assert len(entries) == 8 + len(ahead)
    for task in tasks:
        day = dt.date.fromisoformat(task["DTSTART"])
        assert dt.date.fromisoformat(task["DTEND"]) == day + dt.timedelta(days=1)
        assert task["TRANSP"] == "TRANSPARENT"
    assert page.get_by_role("status").text_content() == (
        f"The file holds 8 sessions and {len(ahead)} tasks. Tasks left out because their day has passed: "
        f"{len(wanted) - len(ahead)}. Look through the dates for holidays."
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("date", "", "Choose the date of the first session."),
        ("date", "2027-01-04", "The date of the first session has passed. Choose a later one."),
        ("date", "2031-01-04", "Choose a date within the next 2 years."),
        ("time", "", "Choose the time at which the sessions start."),
        ("minutes", "", "Write the length as a whole number of minutes, from 15 to 240."),
        ("minutes", "14", "Write the length as a whole number of minutes, from 15 to 240."),
        ("minutes", "45.5", "Write the length as a whole number of minutes, from 15 to 240."),
    ],
)
def test_a_mistake_is_told_in_one_sentence_where_it_is(page: Page, name: str, value: str, said: str) -> None:
    loaded: list[object] = []
    page.on("download", lambda download: loaded.append(download))
    filled(page, **{name: value})
    page.get_by_role("button", name="Save the calendar file").click()
    expect(page.get_by_role("status")).to_have_text(said)
    expect(field(page, name)).to_be_focused()
    expect(field(page, name)).to_have_attribute("aria-invalid", "true")
    expect(field(page, name)).to_have_accessible_description(said)
    page.wait_for_timeout(200)
    assert loaded == []
    filled(page, minutes="60")
    assert len(saved(page)) == 8
    assert page.locator("[aria-invalid]").count() == 0


def test_the_form_is_filled_in_by_keyboard_alone(page: Page) -> None:
    field(page, "program").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("03042027")
    while page.evaluate("document.activeElement.name") != "time":
        page.keyboard.press("Tab")
    page.keyboard.type("0830AM")
    while page.evaluate("document.activeElement.name") != "tasks":
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    with page.expect_download() as loading:
        page.keyboard.press("Enter")
    entries = parsed(Path(loading.value.path()).read_bytes())
    assert starts(entries) == ["20270304T083000", "20270318T083000", "20270401T083000", "20270415T083000"]


def test_one_session_has_no_distance_and_ninety_minutes(page: Page) -> None:
    filled(page, program="unit")
    expect(field(page, "weeks")).to_be_disabled()
    expect(field(page, "minutes")).to_have_value("90")


def test_on_a_web_address_an_entry_names_the_chapters_page(context: BrowserContext, web: str) -> None:
    opened = context.new_page()
    opened.clock.set_fixed_time(TODAY)
    opened.goto(web + PAGE)
    filled(opened, program="four")
    address = f"The chapter: {web}book/measure/gaps.html"
    assert [address in entry["DESCRIPTION"].split("\n") for entry in saved(opened)] == [True, False, False, False]


def test_without_scripts_the_page_says_what_is_missing(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto((site / PAGE).as_uri())
    assert opened.locator(".eg-series").is_hidden()
    expect(opened.locator(".eg-series-none")).to_contain_text("made by a script")
    assert opened.get_by_role("table").count() == 3
    context.close()


STRAIGHT = str.maketrans({"\u2019": "'", "\u201c": '"', "\u201d": '"'})  # as Sphinx found the quotes


def rows(site: Path, name: str) -> list[list[list[Any]]]:
    """The tables of a page as texts."""
    page = BeautifulSoup((site / name).read_text("utf-8"), "lxml")
    return [
        [
            [cell.get_text(" ", strip=True).translate(STRAIGHT) for cell in row.select("th, td")]
            for row in table.select("tbody tr")
        ]
        for table in page.select("article table")
    ]


def test_tables_and_calendar_come_from_the_same_lines(site: Path) -> None:
    tables = rows(site, PAGE)
    for table, name in zip(tables, ("eight", "four"), strict=False):
        sessions = SAID["programs"][name]["sessions"]
        assert [row[0] for row in table] == [f"{n} {one['name']}" for n, one in enumerate(sessions, 1)]
        assert [row[2] for row in table] == [one["result"] for one in sessions]
        for row, one in zip(table, sessions, strict=True):
            title = guides.load(ROOT, one["guide"]).title.lower() if "guide" in one else "action forum, below"
            assert title in row[1].lower()
            assert one.get("with", "") in row[1]
    assert rows(site, "book/facilitate/calendar.html")[0] == [
        [one["when"], one["do"], one["who"]] for one in SAID["days"]
    ]
