"""Delimited and blank-separated text, well and badly written."""

import gzip

import pytest

from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.layout import BLANKS, FIXED, UnreadableFileError
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.tests.files import text_file


def cells(path, layout=None):
    return [row.cells for row in read_rows(path, layout or guess_layout(path)) if not row.problem]


def problems(path):
    return [(row.number, row.problem) for row in read_rows(path, guess_layout(path)) if row.problem]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_the_delimiter_is_seen(tmp_path, delimiter):
    path = text_file(
        tmp_path, "\n".join(delimiter.join(row) for row in (["no", "name", "town"], ["007", "Kari", "Oslo"]))
    )

    layout = guess_layout(path)

    assert layout.delimiter == delimiter
    assert cells(path) == [["007", "Kari", "Oslo"]]


def test_semicolons_win_over_decimal_commas(tmp_path):
    path = text_file(tmp_path, "vare;pris;antall\nTe;1.234,50;2\nKaffe;99,90;1\n")

    layout = guess_layout(path)

    assert (layout.delimiter, layout.decimal, layout.decimal_certain) == (";", ",", True)


def test_a_mark_before_three_digits_is_a_question(tmp_path):
    assert guess_layout(text_file(tmp_path, "a;b\n1.234;x\n5.678;y\n")).decimal == ""


def test_mixed_line_ends_and_line_breaks_in_fields(tmp_path):
    path = text_file(tmp_path, 'name,note\r\nKari,"two\nlines"\rOla,plain\nEva,"a ""word"""\r\n')

    assert cells(path) == [["Kari", "two\nlines"], ["Ola", "plain"], ["Eva", 'a "word"']]


def test_an_unclosed_quote_is_one_bad_row_and_not_the_rest_of_the_file(tmp_path):
    path = text_file(tmp_path, 'name,note\nKari,"never closed\n' + "Ola,fine\n" * 1000 + 'Eva,"quoted"\n')

    assert [number for number, _ in problems(path)] == [2]
    assert len(cells(path)) == 1001
    assert cells(path)[-1] == ["Eva", "quoted"]


def test_an_unclosed_quote_near_the_end_takes_no_row_with_it(tmp_path):
    path = text_file(tmp_path, 'name,note\nOla,fine\nKari,"never closed\nEva,fine\n')

    assert [number for number, _ in problems(path)] == [3]
    assert cells(path) == [["Ola", "fine"], ["Eva", "fine"]]


def test_a_last_row_cut_off_refuses_the_file(tmp_path):
    path = text_file(tmp_path, "name,town,phone\nKari,Oslo,1\nOla,Ber")

    with pytest.raises(UnreadableFileError, match="cut off"):
        guess_layout(path)


def test_a_row_of_the_wrong_width_is_one_bad_row(tmp_path):
    path = text_file(tmp_path, "name,town\nKari,Oslo\nOla\nEva,Riga,extra\nLiga,Riga,\n")

    assert [number for number, _ in problems(path)] == [3, 4]
    assert cells(path) == [["Kari", "Oslo"], ["Liga", "Riga"]]


def test_nul_is_a_bad_row(tmp_path):
    path = text_file(tmp_path, "name,town\nKari\0,Oslo\nOla,Bergen\n")

    assert [number for number, _ in problems(path)] == [2]
    assert cells(path) == [["Ola", "Bergen"]]


def test_leading_zeros_and_numbers_with_an_e_stay_as_written(tmp_path):
    path = text_file(tmp_path, "no,postcode\n0001,0159\n1E5,0020\n")

    assert cells(path) == [["0001", "0159"], ["1E5", "0020"]]


def test_the_same_header_twice_is_refused_by_name(tmp_path):
    with pytest.raises(UnreadableFileError, match="Name"):
        guess_layout(text_file(tmp_path, "name,Name,town\nA,B,C\n"))


def test_columns_parted_by_blanks(tmp_path):
    path = text_file(tmp_path, " id  date     n  sum\r\n 00001 19970101  1   11.77\r\n 00002 19970112  12  100.00\r\n")

    layout = guess_layout(path)

    assert (layout.kind, layout.columns) == (BLANKS, ("id", "date", "n", "sum"))
    assert cells(path) == [["00001", "19970101", "1", "11.77"], ["00002", "19970112", "12", "100.00"]]


def test_columns_at_fixed_places_keep_their_blanks(tmp_path):
    path = text_file(
        tmp_path, "name            town\nKari Nordmann   Oslo\nOla             Mo i Rana\nEva Lind        Riga\n"
    )

    assert guess_layout(path).kind == FIXED
    assert cells(path) == [["Kari Nordmann", "Oslo"], ["Ola", "Mo i Rana"], ["Eva Lind", "Riga"]]


def test_titles_above_the_table_and_excels_own_first_line_are_skipped(tmp_path):
    path = text_file(tmp_path, "sep=;\nKunder 2024\n\nnavn;sted\nKari;Oslo\nOla;Bergen\n")

    layout = guess_layout(path)

    assert layout.columns == ("navn", "sted")
    assert cells(path) == [["Kari", "Oslo"], ["Ola", "Bergen"]]


def test_rows_without_a_header_are_numbered(tmp_path):
    layout = guess_layout(text_file(tmp_path, "17,Kari,1990-01-01\n18,Ola,1991-02-02\n"))

    assert not layout.has_header
    assert layout.columns == ("Column 1", "Column 2", "Column 3")


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["01/02/2024", "03/04/2024"], ""),
        (["01/02/2024", "13/04/2024"], "dmy"),
        (["01/02/2024", "03/14/2024"], "mdy"),
        (["13/02/2024", "03/14/2024"], ""),
        (["2024-02-01", "2024-03-04"], "ymd"),
        (["01.02.2024", "03.04.2024"], "dmy"),
        (["01-02-2024", "03-04-2024"], ""),
    ],
)
def test_day_and_month_are_told_apart_by_evidence_only(tmp_path, dates, order):
    path = text_file(tmp_path, "id,date\n" + "".join(f"{place},{day}\n" for place, day in enumerate(dates)))

    assert guess_layout(path).date_order == order


def test_the_evidence_may_stand_far_down(tmp_path):
    path = text_file(tmp_path, "id,date\n" + "1,12/1/2010\n" * 3000 + "2,12/13/2010\n")

    assert guess_layout(path).date_order == "mdy"


def test_a_packed_file_reads_like_its_contents(tmp_path):
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b"name,town\nKari,Oslo\n"))

    assert cells(path) == [["Kari", "Oslo"]]


def test_a_packed_file_cut_off_is_refused(tmp_path):
    path = tmp_path / "rows.csv.gz"
    path.write_bytes(gzip.compress(b"name,town\n" + b"".join(b"%d,Oslo\n" % n for n in range(5000)))[:-200])

    with pytest.raises(UnreadableFileError, match="cut off"):
        guess_layout(path)


def test_a_packed_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"\n" * 150_000_000))

    with pytest.raises(UnreadableFileError, match="unpacks"):
        list(read_rows(path, guess_layout(path)))


def test_a_file_without_line_ends_is_refused_before_it_fills_the_memory(tmp_path):
    with pytest.raises(UnreadableFileError, match="longer than a row"):
        guess_layout(text_file(tmp_path, b"x" * 5_000_000))


@pytest.mark.parametrize(
    "content", [b"", b"   \n\n", b"<?xml version='1.0'?><a/>", b"[{}]", b"[\n{}]", b"\xd0\xcf\x11\xe0rest", b"%PDF-1.7"]
)
def test_what_is_no_file_of_rows_is_refused_with_a_sentence(tmp_path, content):
    with pytest.raises(UnreadableFileError) as refusal:
        guess_layout(text_file(tmp_path, content))

    assert str(refusal.value).endswith(".")


def test_rows_that_are_not_plain_lines_keep_their_place_among_thousands_that_are(tmp_path):
    lines = [f"{number},Te {number}" for number in range(2, 3_002)]
    lines[700] = '702,"To\nlinjer"'
    lines[1400] = '1402,"aldri lukket'
    lines[2100] = "2102,for,mange"
    lines[2800] = ""
    path = text_file(tmp_path, "nr,navn\n" + "\n".join(lines) + "\n")
    layout = guess_layout(path)

    rows = list(read_rows(path, layout))

    good = {row.cells[0]: row for row in rows if not row.problem}
    assert len(good) == 2_997
    assert good["702"].cells[1] == "To\nlinjer"
    # Below the row of two lines every row stands one line further down.
    assert [good[number].number for number in ("2", "701", "702", "703", "1403", "3001")] == [
        2, 701, 702, 704, 1_404, 3_002,
    ]  # fmt: skip
    assert [row.number for row in rows if row.problem] == [1_403, 2_103]


def test_a_quotation_mark_within_a_field_opens_nothing(tmp_path):
    path = text_file(tmp_path, 'nr,navn\n1,rør 5" lang\n2,a"b\n3,vanlig\n')

    assert cells(path) == [["1", 'rør 5" lang'], ["2", 'a"b'], ["3", "vanlig"]]


def test_a_field_without_end_is_one_bad_row_that_says_so(tmp_path):
    path = text_file(tmp_path, f"nr,navn\n1,{'x' * 200_000}\n2,Kari\n")

    assert [row.number for row in read_rows(path, guess_layout(path)) if row.problem] == [2]
    assert "131072 characters" in problems(path)[0][1]
    assert cells(path) == [["2", "Kari"]]
