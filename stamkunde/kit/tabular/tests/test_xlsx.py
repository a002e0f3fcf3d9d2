"""Spreadsheets: dates of both calendars, hostile parts, and sheets that claim to be endless."""

import zipfile
from xml.sax.saxutils import escape

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


@pytest.mark.parametrize("number", ["²", "0", "-1", "1048577", "9" * 20, "9" * 5000])
def test_a_row_number_no_sheet_has_refuses_the_file(tmp_path, number):
    name = '<c t="inlineStr"><is><t>Kari</t></is></c>'
    path = xlsx_file(tmp_path, f'<sheetData><row r="1">{name}</row><row r="{number}">{name}</row></sheetData>')

    with pytest.raises(UnreadableFileError, match="numbers a row"):
        guess_layout(path)


@pytest.mark.parametrize("number", ["²", "-1", "9" * 5000])
def test_a_style_or_a_format_that_is_no_number_is_none(tmp_path, number):
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="{number}" formatCode="yyyy"/></numFmts>'
        f'<cellXfs><xf numFmtId="{number}"/></cellXfs></styleSheet>'
    )
    path = xlsx_file(tmp_path, sheet(["name", "sum"], ["Kari", (45351, number)]), styles=styles)

    assert [row.cells for row in rows_of(path)] == [["Kari", "45351"]]


@pytest.mark.parametrize("place", ["²", "-1", "7", "9" * 5000])
def test_a_shared_string_that_is_not_there_is_one_bad_row(tmp_path, place):
    path = xlsx_file(
        tmp_path,
        '<sheetData><row r="1"><c t="s"><v>0</v></c></row>'
        f'<row r="2"><c t="s"><v>{place}</v></c></row><row r="3"><c t="s"><v>1</v></c></row></sheetData>',
        strings="<sst><si><t>name</t></si><si><t>Kari</t></si></sst>",
    )

    bad, good = rows_of(path)

    assert "cannot be read" in bad.problem
    assert (good.cells, good.problem) == (["Kari"], "")


def test_a_cell_whose_place_is_unknown_stands_after_the_one_before(tmp_path):
    path = xlsx_file(
        tmp_path,
        '<sheetData><row r="1"><c r="A1" t="str"><v>name</v></c><c r="1" t="str"><v>town</v></c></row>'
        '<row r="2"><c r="?" t="str"><v>Kari</v></c><c t="str"><v>Oslo</v></c></row></sheetData>',
    )

    assert [row.cells for row in rows_of(path)] == [["Kari", "Oslo"]]


def test_numbers_shown_with_leading_noughts_keep_them(tmp_path):
    styles = (
        '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0000"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    path = xlsx_file(tmp_path, sheet(["name", "postcode"], ["Kari", (155, 1)], ["Ola", (5003, 1)]), styles=styles)

    assert [row.cells for row in rows_of(path)] == [["Kari", "0155"], ["Ola", "5003"]]


@pytest.mark.parametrize("code", ["0" * 1_000_000, "[" * 1_000_000, '"' * 300, "0" * 256])
def test_a_format_longer_than_any_spreadsheet_writes_is_none(tmp_path, code):
    styles = (
        f'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="{escape(code, {chr(34): "&quot;"})}"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    path = xlsx_file(tmp_path, sheet(["name", "postcode"], ["Kari", (155, 1)]), styles=styles)

    assert [row.cells for row in rows_of(path)] == [["Kari", "155"]]


def test_formulas_count_by_what_they_came_to_and_merged_cells_once(tmp_path):
    import xlsxwriter

    path = tmp_path / "rows.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write_row(0, 0, ["id", "name", "sum"])
    page.write(1, 0, "0007")
    page.merge_range(1, 1, 2, 1, "Kari")
    page.write_formula(1, 2, "=1+1", None, 2)
    page.write(2, 0, "0008")
    page.write_formula(2, 2, "=A1/0", None, "#DIV/0!")
    book.close()

    good, bad = rows_of(path)

    assert good.cells == ["0007", "Kari", "2"]
    assert bad.cells[:2] == ["0008", ""]
    assert "#DIV/0!" in bad.problem
