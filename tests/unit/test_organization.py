"""The community table: what a reader's own file may hold, and the sentence each broken one gets."""

from __future__ import annotations

import math
import time

import pytest

from equityguide import data, organization

HEAD = "area,indicator,value\n"
PLACED = "area,indicator,value,unit,latitude,longitude\n"


def table(text: str):
    return organization.community(text.encode())


def refusal(content: str | bytes) -> str:
    with pytest.raises(ValueError, match=r"^community\.csv") as caught:
        organization.community(content.encode() if isinstance(content, str) else content)
    message = str(caught.value)
    assert type(caught.value) is ValueError
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 240
    return message


def test_a_right_file_keeps_its_order_and_types():
    rows = table(PLACED + "Loop,Life expectancy,85.0,years,41.88,-87.63\nAustin,Life expectancy,70.9,years,,\n")
    assert list(rows.columns) == ["area", "indicator", "value", "unit", "latitude", "longitude"]
    assert rows["area"].tolist() == ["Loop", "Austin"]
    assert rows["value"].tolist() == [85.0, 70.9]
    assert rows["unit"].tolist() == ["years", "years"]
    assert rows["latitude"].tolist()[0] == 41.88
    assert math.isnan(rows["longitude"].tolist()[1])
    assert [str(dtype) for dtype in rows.dtypes] == ["str", "str", "float64", "str", "float64", "float64"]


def test_only_the_required_columns_are_needed():
    rows = table(HEAD + "Loop,Rate,-1e3\n")
    assert rows.loc[0, "value"] == -1000
    assert rows.loc[0, "unit"] == ""
    assert rows["latitude"].isna().all()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeffarea,indicator,value\nLoop,Rate,7.2\n", id="byte order mark"),
        pytest.param("area,indicator,value\r\nLoop,Rate,7.2\r\n", id="Windows line ends"),
        pytest.param("area,indicator,value\rLoop,Rate,7.2\r", id="old Mac line ends"),
        pytest.param("Value, AREA ,Indicator\n7.2,Loop,Rate\n", id="capitals, spaces, another order"),
        pytest.param("area,indicator,value,,\nLoop,Rate,7.2,,\n,,,,\n", id="empty cells and rows of a spreadsheet"),
        pytest.param("area,indicator,value\n\n  Loop ,Rate, 7.2 \n\n", id="empty rows and outer spaces"),
        pytest.param("area,indicator,value\nLoop,Rate,7.2", id="no last line end"),
    ],
)
def test_a_nearly_right_file_is_taken(content: str):
    assert table(content)[["area", "indicator", "value"]].to_numpy().tolist() == [["Loop", "Rate", 7.2]]


def test_names_with_commas_quotes_and_accents_come_through():
    rows = table(HEAD + '"Loop, The",Rate,1\n"Peña ""Flats""",Rate,2\n北,Rate,3\n')
    assert rows["area"].tolist() == ["Loop, The", 'Peña "Flats"', "北"]


@pytest.mark.parametrize(
    ("content", "where", "what"),
    [
        ("", "community.csv is empty", "Write the columns area, indicator, value"),
        ("\n , ,\n", "community.csv is empty", "Write"),
        (HEAD, "no rows", "Write one row"),
        (HEAD + "\n,,\n", "no rows", "Write one row"),
        ("area,value\nLoop,1\n", "row 1: the column indicator is missing", "Add it"),
        ("\n" + HEAD + "Loop,Rate,1\n", "row 1: the column area is missing", "Add it"),
        ("place,indicator,value\nLoop,Rate,1\n", "row 1, column 1: 'place'", "Use area, indicator, value"),
        ("area,indicator,value,notes\nLoop,Rate,1,x\n", "row 1, column 4: 'notes'", "Use area"),
        ("area,Area,indicator,value\nA,B,Rate,1\n", "row 1: the column area stands there twice", "Remove one"),
        ("area;indicator;value\nLoop;Rate;7,2\n", "separated by semicolons", "Save it as 'CSV UTF-8"),
        ("area\tindicator\tvalue\nLoop\tRate\t7\n", "separated by tabs", "Save it as 'CSV UTF-8"),
        (HEAD + "Loop,Rate\n", "row 2, column value: the cell is empty", "Write a number"),
        (HEAD + "Loop,Rate,\n", "row 2, column value: the cell is empty", "Write a number"),
        (HEAD + "Loop,Rate,7,2\n", "row 2: there are 4 cells for 3 columns", "quotation marks"),
        (HEAD + ",Rate,7\n", "row 2, column area: the cell is empty", "Write a name"),
        (HEAD + "Loop, ,7\n", "row 2, column indicator: the cell is empty", "Write a name"),
        (HEAD + "Loop,Rate,1\nAustin,Rate,2\nLoop,Rate,3\n", "row 4: 'Loop' has 'Rate' in row 2", "Keep one"),
        (HEAD + "Loop,Rate,1\nLOOP,Poverty,3\n", "row 3, column area: 'LOOP' is spelled 'Loop'", "one way"),
        (HEAD + "Loop,Rate,1\nAustin,rate,3\n", "row 3, column indicator: 'rate' is spelled 'Rate'", "one way"),
        (HEAD + 'Loop,Rate,1\n"Loop,Rate,2\n', "row 3: the quotation marks do not pair", "Write"),
        (HEAD + 'Loop,"Ra"te,2\n', "row 2: the quotation marks do not pair", "Write"),
        (PLACED + "Loop,Rate,1,%,,\nAustin,Rate,1,years,,\n", "row 3, column unit: 'Rate' is in 'years'", "one unit"),
        (PLACED + "Loop,Rate,1,%,41.9,\n", "row 2, column longitude: the cell is empty", "both or neither"),
        (PLACED + "Loop,Rate,1,%,,-87.6\n", "row 2, column latitude: the cell is empty", "both or neither"),
        (PLACED + "Loop,Rate,1,%,91,-87.6\n", "row 2, column latitude: 91 is not between -90 and 90", "Check"),
        (PLACED + "Loop,Rate,1,%,41,-187\n", "row 2, column longitude: -187 is not between -180", "Check"),
        (PLACED + "Loop,Rate,1,%,41N,-87\n", "row 2, column latitude: '41N' is not a number", "Write"),
        (PLACED + "Loop,Rate,1,%,41,-87\nLoop,Poverty,1,%,42,-87\n", "row 3, column latitude: 'Loop' lies", "one pair"),
        ("area,indicator,value,latitude\nLoop,Rate,1,41\n", "row 2, column longitude", "both or neither"),
    ],
)
def test_a_broken_file_gets_one_sentence(content: str, where: str, what: str):
    message = refusal(content)
    assert where in message
    assert what in message


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ('"7,2"', "'7,2' is not a number. Write 7.2."),
        ('"-0,25"', "'-0,25' is not a number. Write -0.25."),
        ('"1.234,5"', "'1.234,5' is not a number. Write 1234.5."),
        ('"1,234.5"', "'1,234.5' is not a number. Write 1234.5."),
        ('"1,234,567"', "'1,234,567' is not a number. Write 1234567."),
        ('"1,234"', "'1,234' is not a number. Write 1234, or 1.234 if the comma stands before decimals."),
        ("72%", "'72%' is not a number. Write 72."),
        ("$1200", "'$1200' is not a number. Write 1200."),
        ("1 200", "'1 200' is not a number. Write 1200."),
        ("seven", "'seven' is not a number. Write a number in digits."),
        ("<11", "'<11' is not a number. Write a number in digits."),
        ("NaN", "'NaN' is not a number. Write a number in digits."),
        ("-inf", "'-inf' is not a number. Write a number in digits."),
        ("1_000", "'1_000' is not a number. Write a number in digits."),
        ("0x10", "'0x10' is not a number. Write a number in digits."),
        ("\N{ARABIC-INDIC DIGIT SEVEN}", "'\N{ARABIC-INDIC DIGIT SEVEN}' is not a number. Write a number in digits."),
        ("=1+1", "'=1+1' is a formula, not a number. Write its result."),
        ("1e999", "'1e999' is too large a number. Check it."),
        ("-1e300", "'-1e300' is too large a number. Check it."),
        ("9" * 400, "'" + "9" * 39 + "…' is too large a number. Check it."),
    ],
)
def test_text_in_place_of_a_number(cell: str, what: str):
    assert refusal(HEAD + f"Austin,Rate,1\nLoop,Rate,{cell}\n") == f"community.csv, row 3, column value: {what}"


@pytest.mark.parametrize(
    ("area", "what"),
    [
        ('"=HYPERLINK(""http://x"")"', "begins like a formula"),
        ("+1", "begins like a formula"),
        ("@SUM(A1)", "begins like a formula"),
        ("-2+3", "begins like a formula"),
        ("x" * 121, "is longer than 120 characters"),
        ("Lo\x00op", "holds a character that cannot be seen"),
        ("Lo\u202eop", "holds a character that cannot be seen"),
        ("Lo\x1bop", "holds a character that cannot be seen"),
    ],
)
def test_hostile_names_are_refused(area: str, what: str):
    message = refusal(HEAD + f"{area},Rate,1\n")
    assert message.startswith("community.csv, row 2, column area: ")
    assert what in message


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    """Empty rows count, and a quoted line end does not start a new row."""
    message = refusal(HEAD + '\n"Loop\nNorth",Rate,1\nAustin,Rate,x\n')
    assert message.startswith("community.csv, row 4, column value")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_not_utf8(encoding: str):
    assert "is not UTF-8 text. Save it as" in refusal((HEAD + "Peña,Rate,1\n").encode(encoding))


def test_a_workbook_is_called_one():
    assert "is a spreadsheet, not CSV" in refusal(b"PK\x03\x04" + bytes(200))


def test_ten_thousand_rows_are_taken_and_one_more_is_not():
    lines = [f"Area {i},Rate,{i}\n" for i in range(organization.MOST_ROWS)]
    assert len(table(HEAD + "".join(lines))) == 10_000
    assert "more than 10,000 rows" in refusal(HEAD + "".join(lines) + "One more,Rate,1\n")


def test_a_hundred_thousand_rows_are_refused_at_once():
    content = (HEAD + "".join(f"Area {i},Rate,{i}\n" for i in range(100_000))).encode()
    start = time.perf_counter()
    assert "more than 10,000 rows" in refusal(content)
    assert time.perf_counter() - start < 1


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    file = tmp_path / "huge.csv"
    with file.open("wb") as handle:
        handle.truncate(2**40)  # sparse: takes no room, and could not be read
    with pytest.raises(ValueError, match=r"^huge\.csv is larger than 10 MB\. Keep"):
        organization.community(file)
    assert "is larger than 10 MB" in refusal(bytes(organization.MOST_BYTES + 1))


def test_a_path_goes_by_its_own_name(tmp_path):
    file = tmp_path / "areas.csv"
    file.write_text(HEAD + "Loop,Rate,x\n")
    for path in (file, str(file)):
        with pytest.raises(ValueError, match=r"^areas\.csv, row 2, column value"):
            organization.community(path)
    with pytest.raises(ValueError, match=r"^none\.csv cannot be read \(No such file"):
        organization.community(tmp_path / "none.csv")


def test_bytes_go_by_the_name_given():
    with pytest.raises(ValueError, match=r"^mine\.csv is empty"):
        organization.community(memoryview(b""), name="mine.csv")


# Counts ---------------------------------------------------------------------------------------------------------------

COUNTED = b"measure,period,dimension,group,events,denominator\nshots,2024,language,English,30,60\n"


def test_counts_are_read_as_they_stand() -> None:
    table = organization.counts(data.root() / "organization" / "measures_example.csv")
    assert list(table.columns) == ["measure", "period", "dimension", "group", "events", "denominator"]
    assert len(table) == 14
    assert table.attrs["notes"] == []
    assert table.attrs["suppressed"] is False, "so that no figure takes them"
    assert table.iloc[0].tolist()[3:] == ["American Indian or Alaska Native", 18, 41]


def test_a_numerator_is_taken_for_events_with_a_note() -> None:
    table = organization.counts(COUNTED.replace(b"events", b"Numerator"), name="mine.csv")
    assert table["events"].tolist() == [30]
    assert table.attrs["notes"] == ["The column numerator was read as events."]


def test_each_measure_has_periods_of_its_own() -> None:
    assert len(organization.counts(COUNTED + b"visits,FY2024,language,English,30,60\n")) == 2


def test_optional_columns_of_counts_come_along() -> None:
    raw = b"measure,period,dimension,group,events,denominator,patients,overlapping\nv,2024,l,A,9,20,7,TRUE\nv,2024,l,B,9,20,,\n"
    table = organization.counts(raw)
    assert table["patients"].tolist()[0] == 7
    assert table["patients"].isna().tolist() == [False, True]
    assert table["overlapping"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((b"30,60", b"61,60"), "row 2, column events: 61 is more than the denominator, 60."),
        ((b"30,60", b"-1,60"), "row 2, column events: '-1' is not a count. Write a whole number of 0 or more."),
        ((b"30,60", b"3.5,60"), "row 2, column events: '3.5' is not a count."),
        ((b"30,60", b"30%,60"), "row 2, column events: '30%' is not a number. Write 30."),
        ((b"30,60", b",60"), "row 2, column events: the cell is empty."),
        ((b"30,60", b"0,0"), "row 2, column denominator: 0 people. Remove the row"),
        ((b"30,60", b"1e13,1e13"), "row 2, column events: '1e13' is too large a number."),
        ((b"English", b""), "row 2, column group: the cell is empty."),
        ((b"English", b"=1+1"), "row 2, column group: '=1+1' begins like a formula."),
        ((b"events", b"visits"), "row 1, column 5: 'visits' is not a column the book reads."),
        ((b",denominator", b""), "row 1: the column denominator is missing. Add it."),
        ((b"events", b"numerator,events"), "row 1: the column events stands there twice."),
        ((b"60\n", b"60\nshots,2024,language,English,1,2\n"), "row 3: shots, 2024, language, English stands in row 2"),
        ((b"60\n", b"60\nshots,2024,language,english,1,2\n"), "row 3, column group: 'english' is spelled 'English'"),
        (
            (b"60\n", b"60\nshots,2025,language,English,1,2\nshots,FY2024,language,English,1,2\n"),
            "row 4, column period: 'FY2024' has no dates beside '2024'. Write it as months, such as 2023-07 to 2024-06.",
        ),
        ((b"shots,2024,language,English,30,60\n", b""), "has column names and no rows."),
        ((COUNTED, b""), "is empty. Write the columns measure, period"),
        ((COUNTED, b"PK\x03\x04"), "is a spreadsheet, not CSV."),
        ((b",", b";"), "row 1: the columns are separated by semicolons."),
    ],
)
def test_broken_counts_are_refused_in_one_sentence_that_names_the_place(change: tuple[bytes, bytes], said: str) -> None:
    with pytest.raises(ValueError, match=r"mine\.csv") as refused:
        organization.counts(COUNTED.replace(*change), name="mine.csv")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
