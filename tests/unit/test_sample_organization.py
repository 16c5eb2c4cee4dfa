"""The sample organization: its records, the counts that follow from them, and the truths planted in them.

The truths stand in `tests/truths/organization.json`, outside the package's data. Each is found again here with
`equityguide.measures` on the committed counts alone; nothing of the maker is used for that.
"""

from __future__ import annotations

import importlib
import itertools
import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import yaml

from equityguide import data
from equityguide.measures import gap_change, gaps, p_chart, run_chart, stratify, summary, unknown_bounds
from equityguide.suppression import audit, suppress

ROOT = Path(__file__).resolve().parents[2]
HERE = ROOT / "data" / "organization"
TRUTHS = {truth["id"]: truth for truth in json.loads((ROOT / "tests/truths/organization.json").read_text())["truths"]}
PLANTED = [
    "a gap that narrows by improvement",
    "a gap that narrows because the comparison group got worse",
    "a gap that only looks narrower",
    "absolute and relative disagree",
    "small cells",
    "a small group that vanishes if suppression is careless",
    "unknowns could change the answer",
    "unknowns could not change the answer",
    "a largest gap where nothing differs",
]
KEYS = ["measure", "period", "dimension", "group"]
UNKNOWN = {"Unknown", "Declined"}
LATIN = re.compile(r"[A-Z][a-z]+")


def table(name: str) -> pd.DataFrame:
    """One of the dataset's tables, checked against its schema."""
    resource = next(r for r in data.describe("organization")["resources"] if r["path"] == name)
    return data.parse((HERE / name).read_bytes(), resource["schema"], name)


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    return table("measures.csv")


@pytest.fixture(scope="module")
def definitions() -> pd.DataFrame:
    return table("measure_definitions.csv").set_index("measure")


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    """The records with their codes written out, by the rule the README states."""
    rows = data.load("organization")
    for column, codes in table("codes.csv").groupby("column"):
        labels = dict(zip(codes["code"], codes["label"], strict=True))
        rows[column] = [labels["+" if "+" in code else code] for code in rows[column]]
    return rows


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    sys.path.insert(0, str(HERE))
    try:
        return importlib.import_module("make_organization")
    finally:
        sys.path.remove(str(HERE))


def pooled(counts: pd.DataFrame, truth: dict[str, Any], periods: list[str]) -> pd.DataFrame:
    """The truth's measure and dimension with these quarters added up."""
    mine = counts[(counts["measure"] == truth["measure"]) & (counts["dimension"] == truth["dimension"])]
    mine = mine[mine["period"].isin(periods)].assign(period=f"{periods[0]} to {periods[-1]}")
    return mine.groupby(KEYS, as_index=False)[["events", "denominator"]].sum()


def up(definitions: pd.DataFrame, truth: dict[str, Any]) -> bool:
    return bool(definitions.loc[truth["measure"], "direction"] == "higher")


def row(rows: pd.DataFrame, group: str) -> pd.Series:
    return rows.set_index("group").loc[group]


def points(value: float) -> float:
    """A share as percentage points with one decimal."""
    return round(100 * value, 1)


def change(counts: pd.DataFrame, definitions: pd.DataFrame, truth: dict[str, Any]) -> pd.Series:
    """The truth's row of `gap_change`, after its sizes were held against the truth's own."""
    before, after = (pooled(counts, truth, truth[when]) for when in ("before", "after"))
    both = pd.concat([before, after], ignore_index=True)
    found = gap_change(
        both,
        focus=truth["focus"],
        reference=truth["reference"],
        before=before["period"].iloc[0],
        after=after["period"].iloc[0],
        higher_is_better=up(definitions, truth),
    ).iloc[0]
    assert {
        key: points(found[key]) for key in ("gap_before", "gap_after", "change", "change_lower", "change_upper")
    } == {key: truth["size"][key] for key in ("gap_before", "gap_after", "change", "change_lower", "change_upper")}
    for who, rows in itertools.product(("focus", "reference"), (before, after)):
        found_rate = row(rows, truth[who])
        when = "before" if rows is before else "after"
        assert points(found_rate["events"] / found_rate["denominator"]) == truth["size"][f"{who}_{when}"]
        assert found_rate["denominator"] == truth["size"][f"{who}_{when}_n"]
    return found


def test_the_truths_file_lists_what_was_planted_and_stays_out_of_the_package() -> None:
    assert [truth["what"] for truth in TRUTHS.values()] == PLANTED
    assert not list((ROOT / "data").rglob("*truth*"))
    shipped = "".join(path.read_text("utf-8") for path in HERE.glob("*.json"))
    assert "only looks narrower" not in shipped


def test_narrowed_by_improvement(counts: pd.DataFrame, definitions: pd.DataFrame) -> None:
    truth = TRUTHS["improvement"]
    found = change(counts, definitions, truth)
    assert (found["direction"], found["focus_did"], found["reference_did"]) == (
        "narrowed",
        "improved",
        "no detectable change",
    )
    assert found["success"]
    assert not found["framings_disagree"]


def test_the_improvement_shows_on_run_and_p_charts(counts: pd.DataFrame) -> None:
    truth = TRUTHS["improvement"]
    mine = counts[(counts["measure"] == truth["measure"]) & (counts["dimension"] == truth["dimension"])]
    signals = {}
    for who in ("focus", "reference"):
        rows = mine[mine["group"] == truth[who]].sort_values("period")
        assert len(rows) == 16
        run = run_chart((rows["events"] / rows["denominator"]).tolist())["signal"]
        chart = p_chart(rows, baseline=truth["before"]).set_index("period")["signal"]
        signals[who] = (run, chart)
    assert signals["focus"][0].str.contains("shift").any()
    beyond = signals["focus"][1][signals["focus"][1].str.contains("beyond the limits")]
    assert beyond.index[0] == truth["size"]["first_quarter_beyond_the_limits"]
    assert set(beyond.index) >= set(truth["after"])
    assert not signals["reference"][0].any()
    assert not signals["reference"][1].any()


def test_narrowed_because_the_comparison_group_got_worse(counts: pd.DataFrame, definitions: pd.DataFrame) -> None:
    found = change(counts, definitions, TRUTHS["leveled_down"])
    assert (found["direction"], found["focus_did"], found["reference_did"]) == (
        "narrowed",
        "no detectable change",
        "worsened",
    )
    assert not found["success"]
    assert "because the comparison group got worse" in found["finding"]


def test_only_looks_narrower(counts: pd.DataFrame, definitions: pd.DataFrame) -> None:
    truth = TRUTHS["looks_narrower"]
    found = change(counts, definitions, truth)
    assert abs(found["gap_after"]) < abs(found["gap_before"]) / 2
    assert (found["absolute"], found["relative_adverse"]) == ("narrowed", "narrowed")
    assert found["direction"] == found["focus_did"] == found["reference_did"] == "no detectable change"
    assert found["change_lower"] < 0 < found["change_upper"]
    between = [q for q in truth["all_periods"] if q not in {*truth["before"], *truth["after"]}]
    rows = pooled(counts, truth, between)
    assert (
        points(row(rows, truth["focus"])["events"] / row(rows, truth["focus"])["denominator"])
        == truth["size"]["between"]
    )
    assert truth["size"]["focus_before"] < truth["size"]["between"] < truth["size"]["focus_after"]


def test_absolute_and_relative_disagree(counts: pd.DataFrame, definitions: pd.DataFrame) -> None:
    truth = TRUTHS["framings"]
    found = change(counts, definitions, truth)
    assert (found["absolute"], found["relative_adverse"]) == ("narrowed", "widened")
    assert found["framings_disagree"]
    assert found["direction"] == "narrowed"
    ratio = {}
    for when in ("before", "after"):
        compared = gaps(pooled(counts, truth, truth[when]), reference=truth["reference"], higher_is_better=False)
        ratio[when] = round(float(row(compared, truth["focus"])["ratio_adverse"]), 2)
    assert ratio == {when: truth["size"][f"ratio_adverse_{when}"] for when in ("before", "after")}
    assert ratio["after"] > 1.4 * ratio["before"]


def test_small_cells(counts: pd.DataFrame) -> None:
    truth = TRUTHS["small_cells"]
    mine = counts[(counts["measure"] == truth["measure"]) & (counts["dimension"] == truth["dimension"])]
    events, without = mine["events"], mine["denominator"] - mine["events"]
    small = events.between(1, 10) | without.between(1, 10) | (mine["denominator"] <= 10)
    assert (int(small.sum()), len(mine)) == (truth["size"]["small_rows"], truth["size"]["rows"])
    assert small.mean() > 0.9
    told = audit(mine)
    assert len(told) >= small.sum()
    hidden = suppress(mine)
    assert len(hidden) == len(mine)
    assert (hidden.loc[small, "status"] == "suppressed").all()
    assert audit(hidden).empty


def test_a_small_group_is_lost_by_careless_suppression_and_seen_by_careful(
    counts: pd.DataFrame, definitions: pd.DataFrame
) -> None:
    truth = TRUTHS["small_group"]
    focus = truth["focus"]
    mine = counts[(counts["measure"] == truth["measure"]) & (counts["dimension"] == truth["dimension"])]
    theirs = mine[mine["group"] == focus]
    assert int(theirs["denominator"].max()) == truth["size"]["largest_quarter"] <= 10
    for periods in (mine, mine.assign(period=mine["period"].str[:4]).groupby(KEYS, as_index=False).sum()):
        shown = suppress(periods)
        assert focus not in set(shown.dropna(subset=["events"])["group"])  # who drops hidden rows loses the group
        assert (shown.loc[shown["group"] == focus, "status"] == "suppressed").all()  # suppress keeps them
    whole = suppress(pooled(counts, truth, truth["periods"]))
    assert audit(whole).empty
    found = row(gaps(whole, reference=truth["reference"], higher_is_better=up(definitions, truth)), focus)
    assert found["status"] == "shown"
    assert {key: points(found[key]) for key in ("rate", "difference", "difference_lower", "difference_upper")} == {
        key: truth["size"][key] for key in ("rate", "difference", "difference_lower", "difference_upper")
    }
    assert (found["events"], found["denominator"]) == (truth["size"]["events"], truth["size"]["denominator"])
    assert found["label"] == "worse"
    assert found["p_holm"] < 0.001


def test_unknowns_that_could_change_the_answer_and_unknowns_that_could_not(
    counts: pd.DataFrame, definitions: pd.DataFrame
) -> None:
    for name in ("unknowns_could", "unknowns_could_not"):
        truth = TRUTHS[name]
        rows = pooled(counts, truth, truth["periods"])
        compared = row(
            gaps(rows, reference=truth["reference"], higher_is_better=up(definitions, truth)), truth["focus"]
        )
        assert compared["label"] == "worse"  # the counted gap looks certain in both
        for published in (rows, suppress(rows)):
            bounds = row(unknown_bounds(published, reference=truth["reference"]), truth["focus"])
            assert {key: points(bounds[key]) for key in ("difference", "bound_lower", "bound_upper")} == {
                key: truth["size"][key] for key in ("difference", "bound_lower", "bound_upper")
            }
            assert bounds["unknown"] == truth["size"]["unknown"]
            assert bool(bounds["could_change"]) is (name == "unknowns_could")


def test_a_largest_gap_where_nothing_differs(counts: pd.DataFrame, definitions: pd.DataFrame) -> None:
    truth = TRUTHS["chance_range"]
    found = summary(pooled(counts, truth, truth["periods"]), higher_is_better=up(definitions, truth)).iloc[0]
    assert {key: points(found[key]) for key in ("mrd", "expected_mrd")} == {
        key: truth["size"][key] for key in ("mrd", "expected_mrd")
    }
    assert found["p_value"] > 0.05


def test_the_counts_follow_from_the_records(counts: pd.DataFrame, records: pd.DataFrame) -> None:
    assert 59_000 < len(records) < 61_000
    parts = []
    for measure, dimensions in counts.groupby("measure")["dimension"].unique().items():
        mine = records[records["measure"] == measure].rename(columns={"event": measure})
        parts.append(stratify(mine, list(dimensions), event=str(measure), period="period"))
    found = pd.concat(parts).drop(columns="completeness").sort_values(KEYS, ignore_index=True)
    pd.testing.assert_frame_equal(found, counts.sort_values(KEYS, ignore_index=True), check_dtype=False)


def test_every_dimension_counts_the_same_patients(counts: pd.DataFrame, definitions: pd.DataFrame) -> None:
    totals = counts.groupby(["measure", "period", "dimension"])[["events", "denominator"]].sum()
    assert (totals.groupby(["measure", "period"]).nunique() == 1).all().all()
    assert counts["period"].nunique() == 16
    assert list(counts["measure"].unique()) == list(definitions.index)
    assert len(definitions) == 8
    without_sex = {m for m, part in counts.groupby("measure") if "sex" not in set(part["dimension"])}
    assert without_sex == {"breast_cancer_screening", "first_trimester_prenatal_care"}


def test_groups_are_whole_names_with_unknown_and_declined_apart(counts: pd.DataFrame) -> None:
    race = set(counts.loc[counts["dimension"] == "race_and_ethnicity", "group"])
    assert race == {
        "American Indian or Alaska Native",
        "Asian",
        "Black or African American",
        "Hispanic or Latino",
        "Middle Eastern or North African",
        "Native Hawaiian or Pacific Islander",
        "White",
        "Multiracial or multiethnic",
        *UNKNOWN,
    }
    assert set(counts.loc[counts["dimension"] == "language", "group"]) >= UNKNOWN
    assert all(LATIN.match(group) for group in counts["group"].unique())


def test_every_name_says_synthetic(definitions: pd.DataFrame) -> None:
    package = data.describe("organization")
    assert "synthetic" in package["title"].lower()
    assert "synthetic" in package["caveats"][0].lower()
    assert definitions["title"].str.endswith("(synthetic)").all()
    about = yaml.safe_load((HERE / "organization.yml").read_text("utf-8"))
    assert about["name"] == "Riverbend Health (synthetic)"
    assert set(about) >= {"name", "place", "contact", "words"}
    assert "(synthetic)" in (HERE / "README.md").read_text("utf-8").splitlines()[0]


def test_the_readme_says_how_to_read_the_records(counts: pd.DataFrame) -> None:
    readme = (HERE / "README.md").read_text("utf-8")
    found: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0], found)
    assert f"all {len(found['records']):,} records" in readme
    mine = counts[(counts["measure"] == "hba1c_testing") & (counts["dimension"] == "language")]
    theirs = found["counts"][found["counts"]["dimension"] == "language"]
    assert theirs["events"].tolist() == mine["events"].tolist()


def test_the_folder_stays_small() -> None:
    assert (HERE / "organization.csv").stat().st_size < 2_000_000
    assert sum(path.stat().st_size for path in HERE.iterdir() if path.is_file()) < 3_000_000


def test_the_maker_writes_the_committed_bytes(maker: ModuleType) -> None:
    made = maker.build(HERE)
    assert {name: (HERE / name).read_bytes() for name in made} == made


def test_the_maker_says_what_it_cannot_read(tmp_path: Path) -> None:
    copy = tmp_path / "data" / "organization"
    (copy / "template").mkdir(parents=True)
    for name in ("make_organization.py", "template/workbook.py", "datapackage.json", "measures_example.csv"):
        (copy / name).write_bytes((HERE / name).read_bytes())
    (copy.parent / "maker.py").write_bytes((ROOT / "data/maker.py").read_bytes())
    done = subprocess.run(
        [sys.executable, str(copy / "make_organization.py")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip().endswith(
        "organization.yml cannot be read or written (No such file or directory). Check it."
    )
    assert not (copy / "measures.csv").exists()


def test_draws_are_those_of_pcg64(maker: ModuleType) -> None:
    """The first numbers of the stream, so that a machine or numpy that draws others is found out here."""
    assert maker.Draws(1).below(10_000, 5).tolist() == [476, 5333, 2035, 5037, 3646]
    assert maker.path(0, -1100, leaves=3, arrives=11)[2:13] == [0, 0, *[-1100 * k // 8 for k in range(1, 9)], -1100]


def test_the_example_and_the_template_have_the_one_header(counts: pd.DataFrame) -> None:
    example, template = table("measures_example.csv"), table("measures_template.csv")
    assert list(example) == list(template) == list(counts)
    assert template.empty
    totals = example.groupby("dimension")[["events", "denominator"]].sum()
    assert (totals.nunique() == 1).all()
    assert set(example["group"]) >= UNKNOWN
    assert not suppress(example)["status"].eq("suppressed").any()
    assert audit(example).empty


def test_the_workbook_holds_the_form_and_the_example() -> None:
    """Read as Excel reads it: parts, relations, then cells. Well-formed, and nothing in it names a machine."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    with zipfile.ZipFile(HERE / "measures_template.xlsx") as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    names = [sheet.get("name") for sheet in parts["xl/workbook.xml"].iterfind(".//m:sheet", space)]
    assert names == ["measures", "example (made up)", "columns"]
    cells = [
        [[cell.findtext(".//m:t", None, space) or cell.findtext("m:v", "", space) for cell in row] for row in
         parts[f"xl/worksheets/sheet{i}.xml"].iterfind(".//m:row", space)]
        for i in (1, 2, 3)
    ]  # fmt: skip
    example = [line.split(",") for line in (HERE / "measures_example.csv").read_text("utf-8").splitlines()]
    assert cells[0] == example[:1]
    assert cells[1] == example
    assert [row[0] for row in cells[2][1:7]] == example[0]
    period = parts["xl/worksheets/sheet1.xml"].findall(".//m:col", space)[1]
    formats = parts["xl/styles.xml"].findall(".//m:cellXfs/m:xf", space)
    assert formats[int(period.get("style", "0"))].get("numFmtId") == "49"  # Excel's text


def test_the_guides_sql_runs_and_keeps_unknown_and_declined_apart() -> None:
    steps = re.findall(r"```sql\n(.*?)```", (HERE / "column-guide.md").read_text("utf-8"), re.DOTALL)
    race, answers, language, count, check = steps
    base = sqlite3.connect(":memory:")
    base.executescript(
        """
        CREATE TABLE patient (patient_id INTEGER, care_language TEXT);
        CREATE TABLE patient_race (patient_id INTEGER, answer TEXT);
        CREATE TABLE eligible (patient_id INTEGER, visit_date TEXT, event INTEGER);
        CREATE TABLE quarter (label TEXT, first_day TEXT, next_first_day TEXT);
        INSERT INTO patient VALUES (1, 'English'), (2, ' Spanish'), (3, NULL), (4, 'refused'), (5, 'other'), (6, 'English');
        INSERT INTO patient_race VALUES (1, 'White'), (1, 'Hispanic'), (2, 'latino'), (2, 'Hispanic'), (3, 'Declined'),
            (3, 'unable'), (4, 'refused'), (4, 'Asian'), (6, 'made-up code');
        INSERT INTO quarter VALUES ('2024-Q1', '2024-01-01', '2024-04-01');
        INSERT INTO eligible SELECT patient_id, '2024-02-03', patient_id % 2 FROM patient;
        """
    )
    base.executescript(race)
    assert [group for _, group in base.execute("SELECT * FROM race_group ORDER BY 1")] == [
        "Multiracial or multiethnic",
        "Hispanic or Latino",
        "Declined",
        "Asian",
        "Unknown",
        "Unknown",
    ]
    assert ("made-up code", 1) in base.execute(answers).fetchall()
    base.executescript(language)
    assert [group for _, group in base.execute("SELECT * FROM language_group ORDER BY 1")] == [
        "English",
        "Spanish",
        "Unknown",
        "Declined",
        "Unknown",
        "English",
    ]
    base.execute(f"CREATE TABLE measures AS {count}")
    found = pd.read_sql_query("SELECT * FROM measures", base)
    assert list(found) == [*KEYS, "events", "denominator"]
    assert found.groupby("dimension")["denominator"].sum().to_dict() == {"language": 6, "race_and_ethnicity": 6}
    assert base.execute(check).fetchall() == []
    base.execute("DELETE FROM measures WHERE \"group\" = 'Spanish'")
    assert base.execute(check).fetchall() == [("flu_vaccination", "2024-Q1", 5, 6)]
    base.close()
