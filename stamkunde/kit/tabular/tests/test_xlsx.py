"""Spreadsheets: dates of both calendars, hostile parts, and sheets that claim to be endless."""

import zipfile

import pytest

from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.tests.files import sheet, xlsx_file


def rows_of(path):
    return list(read_rows(path, guess_layout(path)))


def test_cells_become_text_as_a_person_sees_them(tmp_path):
    path = xlsx_file(
        tmp_path,
        sheet(["no", "name", "price", "day"], ["007", "Åse", 149.9, (45351, 1)], ["008", "Ola", 1234567, (45351.5, 1)]),
    )

    assert [row.cells for row in rows_of(path)] == [
        ["007", "Åse", "149.9", "2024-02-29"],
        ["008", "Ola", "1234567", "2024-02-29 12:00:00"],
    ]


def test_a_workbook_of_1904_has_its_own_days(tmp_path):
    path = xlsx_file(tmp_path, sheet(["name", "day"], ["Kari", (43889, 1)]), since_1904=True)

    assert [row.cells for row in rows_of(path)] == [["Kari", "2024-02-29"]]


def test_excels_serial_60_is_one_bad_row(tmp_path):
    path = xlsx_file(tmp_path, sheet(["name", "day"], ["Kari", (60, 1)], ["Ola", (61, 1)]))

    bad, good = rows_of(path)

    assert "never was" in bad.problem
    assert good.cells == ["Ola", "1900-03-01"]


def test_shared_strings_and_titles_above_the_table(tmp_path):
    strings = "<sst><si><t>Kunder</t></si><si><t>navn</t></si><si><r><t>Ka</t></r><r><t>ri</t></r></si></sst>"
    path = xlsx_file(
        tmp_path,
        '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>'
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="inlineStr"><is><t>sted</t></is></c></row>'
        '<row r="4"><c r="A4" t="s"><v>2</v></c><c r="B4" t="inlineStr"><is><t>Oslo</t></is></c></row></sheetData>',
        strings=strings,
    )

    assert guess_layout(path).columns == ("navn", "sted")
    assert [row.cells for row in rows_of(path)] == [["Kari", "Oslo"]]


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_and_entities_are_refused(tmp_path, prologue):
    path = xlsx_file(tmp_path, sheet(["name"], ["Kari"]), prologue=prologue)

    with pytest.raises(UnreadableFileError, match="entities"):
        guess_layout(path)


def test_a_sheet_that_claims_the_last_cell_of_all_costs_one_row(tmp_path):
    path = xlsx_file(
        tmp_path,
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )

    (row,) = rows_of(path)

    assert row.problem


def test_a_spreadsheet_that_unpacks_to_far_more_is_refused(tmp_path):
    path = xlsx_file(tmp_path, "<sheetData>" + " " * 80_000_000 + "</sheetData>")

    with pytest.raises(UnreadableFileError, match="unpacks"):
        guess_layout(path)


def test_a_damaged_file_and_a_foreign_zip_are_refused(tmp_path):
    whole = xlsx_file(tmp_path, sheet(["name"], ["Kari"])).read_bytes()
    (tmp_path / "half.xlsx").write_bytes(whole[: len(whole) // 2])
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("content.xml", "<x/>")

    for name in ("half.xlsx", "other.zip"):
        with pytest.raises(UnreadableFileError):
            guess_layout(tmp_path / name)
