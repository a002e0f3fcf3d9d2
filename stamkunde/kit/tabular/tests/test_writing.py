"""What is written can be read again, and no cell runs in a spreadsheet."""

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.writing import FORMATS, harmless, open_writer, without_apostrophe

HOSTILE = ["=1+1", "+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_can_be_read_again(tmp_path, form):
    path = tmp_path / f"out.{form}"
    with open_writer(path, form, ["name", "sum", "count", "day", "at"]) as writer:
        writer.write(["Åse “Ø”", Decimal("-12.50"), 3, date(2024, 2, 29), datetime(2024, 2, 29, 12, tzinfo=UTC)])
        writer.write(["0047", None, -1, None, None])

    first, second = [row.cells for row in read_rows(path, guess_layout(path))]

    assert (first[0], Decimal(first[1]), first[2], first[3]) == ("Åse “Ø”", Decimal("-12.50"), "3", "2024-02-29")
    assert first[4].startswith("2024-02-29")
    assert second == ["0047", "", "-1", "", ""]


def test_formulas_in_csv_are_neutralised_and_numbers_stay_numbers(tmp_path):
    path = tmp_path / "out.csv"
    with open_writer(path, "csv", ["text", "sum"]) as writer:
        for text in HOSTILE:
            writer.write([text, -5])

    rows = [row.cells for row in read_rows(path, guess_layout(path))]

    assert [text[0] for text, _ in rows] == ["'"] * len(HOSTILE)
    assert {number for _, number in rows} == {"-5"}
    assert [without_apostrophe(text) for text, _ in rows] == HOSTILE


def test_formulas_in_xlsx_are_strings(tmp_path):
    path = tmp_path / "out.xlsx"
    with open_writer(path, "xlsx", ["=A1", "link"]) as writer:
        for text in HOSTILE:
            writer.write([text, "http://example.com/"])

    with zipfile.ZipFile(path) as archive:
        written = archive.read("xl/worksheets/sheet1.xml")

    assert b"<f>" not in written
    assert b"hyperlink" not in written


@given(st.text(st.sampled_from("'=+-@\t\r\n＝ab "), max_size=6) | st.text())
def test_what_is_made_harmless_comes_back_as_it_was(text):
    written = harmless(text)

    assert written[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} or not written
    assert without_apostrophe(written) == text


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_apostrophe_of_its_own_is_kept_where_one_is_taken_away(tmp_path, form):
    path = tmp_path / f"out.{form}"
    texts = ["'=1+1", "''=1+1", "'quoted'", "plain"]
    with open_writer(path, form, ["text", "sum"]) as writer:
        for text in texts:
            writer.write([text, 1])

    assert [without_apostrophe(row.cells[0]) for row in read_rows(path, guess_layout(path))] == texts
