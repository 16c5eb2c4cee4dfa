"""The file of the programs: what it must hold, and the plan that the calendar is made of."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml

from equityguide.site import guides, series
from equityguide.site.guides import GuideError

ROOT = Path(__file__).parents[2]
SAID = yaml.safe_load((ROOT / series.FILE).read_text("utf-8"))


def folder_with(tmp_path: Path, text: str) -> Path:
    """A checkout that holds nothing but a file of programs."""
    path = tmp_path / series.FILE
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    return tmp_path


def test_a_file_without_a_part_is_refused_in_one_sentence(tmp_path: Path) -> None:
    less = {key: value for key, value in SAID.items() if key != "support"}
    with pytest.raises(GuideError, match=r"series.yml has no part 'support'. Add it."):
        series.read(folder_with(tmp_path, yaml.safe_dump(less)))


def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r"series.yml is not YAML"):
        series.read(folder_with(tmp_path, "programs: [eight"))


def test_programs_last_as_long_as_the_page_says() -> None:
    lengths = {name: (len(one["sessions"]), one["minutes"]) for name, one in SAID["programs"].items()}
    assert lengths == {"eight": (8, 60), "four": (4, 60), "first-try": (1, 90), "leaders": (1, 90), "unit": (1, 90)}
    assert {name: one["weeks"] for name, one in SAID["programs"].items() if "weeks" in one} == {"eight": 2, "four": 2}


def test_days_stand_in_their_order_and_say_what_they_count() -> None:
    days = [day["days"] for day in SAID["days"]]
    assert days == sorted(days)
    words = {"One": 1, "Two": 2, "Three": 3, "Four": 4, "Five": 5, "Six": 6}
    for day in SAID["days"]:
        first, unit, *side = day["when"].split()
        if first in words:
            length = dt.timedelta(**{f"{unit.removesuffix('s')}s": words[first]}).days
            assert day["days"] == (-length if side == ["before"] else length)


def test_a_series_opens_with_a_low_load_and_ends_with_the_forum() -> None:
    for name in ("eight", "four"):
        sessions = SAID["programs"][name]["sessions"]
        assert guides.load(ROOT, sessions[0]["guide"]).load == "low"
        assert [n for n, one in enumerate(sessions) if "guide" not in one] == [len(sessions) - 1]


def test_an_entry_of_the_forum_says_what_it_is(tmp_path: Path) -> None:
    shutil.copytree(ROOT / guides.FOLDER, tmp_path / guides.FOLDER)
    last = series.plan(tmp_path)["programs"]["eight"]["sessions"][-1]
    assert last["about"][0] == SAID["forum"]
    assert last["page"] == ""
