"""JSON lines, vCards and Parquet: each record names its own columns."""

import pyarrow
import pyarrow.parquet
import pytest

from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.tests.files import text_file


def records(path):
    layout = guess_layout(path)
    return [(dict(zip(layout.columns, row.cells, strict=False)), row.problem) for row in read_rows(path, layout)]


def test_json_lines_keep_numbers_as_written(tmp_path):
    path = text_file(tmp_path, '{"name": "Åse", "sum": 0.1000}\n\n{"name": "Ola", "sum": 12345678901234567890}\n')

    assert [found["sum"] for found, _ in records(path)] == ["0.1000", "12345678901234567890"]


@pytest.mark.parametrize(
    "line",
    [
        '{"name": ["a"]}',
        '{"name": "a", "name": "b"}',
        '{"name": NaN}',
        '{"name": "a"',
        "[1]",
        '{"name": "\\u0000"}',
        '{"name": "\\ud800"}',
        '{"other": 1}',
        "[" * 100_000,
    ],
)
def test_a_bad_line_is_one_bad_row(tmp_path, line):
    path = text_file(tmp_path, '{"name": "Kari"}\n' * 500 + line + '\n{"name": "Ola"}\n')

    found = records(path)

    assert [place for place, (_, problem) in enumerate(found) if problem] == [500]
    assert found[501] == ({"name": "Ola"}, "")


def test_vcards_of_a_telephone(tmp_path):
    path = text_file(
        tmp_path,
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:42\r\nN:Bērziņš;Jānis;;;\r\nFN:Jānis Bērziņš\r\n"
        "item1.EMAIL;TYPE=INTERNET:janis@example.lv\r\nTEL;TYPE=CELL:+371 2000 0000\r\nTEL:+37167000000\r\n"
        "ADR;TYPE=HOME:;;Brīvības iela 1\\, dz. 2;Rīga;;LV-1010;Latvija\r\nBDAY:1980-05-17\r\n"
        "NOTE:buys for\r\n  her mother\r\nEND:VCARD\r\n",
    )

    (found, problem), *_rest = records(path)

    assert problem == ""
    assert found["family_name"] == "Bērziņš"
    assert found["email"] == "janis@example.lv"
    assert (found["phone"], found["phone_2"]) == ("+371 2000 0000", "+37167000000")
    assert found["street"] == "Brīvības iela 1, dz. 2"
    assert found["note"] == "buys for her mother"


def test_a_card_cut_off_refuses_the_file(tmp_path):
    with pytest.raises(UnreadableFileError, match="cut off"):
        guess_layout(text_file(tmp_path, "BEGIN:VCARD\nFN:Kari\n"))


def test_parquet(tmp_path):
    path = tmp_path / "rows.parquet"
    table = pyarrow.table(
        {"name": ["Åse", None], "sum": [1.5, 2.0], "day": pyarrow.array([None, 19000], pyarrow.date32())}
    )
    pyarrow.parquet.write_table(table, path)

    assert [found for found, _ in records(path)] == [
        {"name": "Åse", "sum": "1.5", "day": ""},
        {"name": "", "sum": "2", "day": "2022-01-08"},
    ]


def test_damaged_parquet_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="damaged"):
        guess_layout(text_file(tmp_path, b"PAR1" + b"\0" * 100))


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "\\u0000"])
def test_a_column_whose_name_no_text_can_hold_refuses_the_file(tmp_path, half):
    with pytest.raises(UnreadableFileError):
        guess_layout(text_file(tmp_path, f'{{"name{half}": "Kari"}}\n'))


OLD_CARD = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Br=E5then;=C5se;;;\r\n"
    "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85se Br=C3=A5=\r\nthen\r\nTEL;CELL:+4791234567\r\n"
    "PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\r\n 2wBDAAgGBgcGBQgHBwcJCQgKDBQNDA\r\n\r\nEND:VCARD\r\n"
)


def test_a_card_of_an_old_telephone_keeps_its_letters_and_leaves_its_photo(tmp_path):
    (found, problem), *_rest = records(text_file(tmp_path, OLD_CARD, name="old.vcf"))

    assert problem == ""
    assert (found["given_name"], found["family_name"]) == ("Åse", "Bråthen")
    assert (found["full_name"], found["phone"]) == ("Åse Bråthen", "+4791234567")
    assert not any("9j/4AA" in value for value in found.values())


def test_a_card_whose_letters_cannot_be_read_is_one_bad_row(tmp_path):
    broken = OLD_CARD.replace(
        "CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85", "CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C5"
    )

    (_found, problem), (after, none) = records(text_file(tmp_path, broken + OLD_CARD, name="old.vcf"))

    assert "letters of this card" in problem
    assert (after["family_name"], none) == ("Bråthen", "")


def test_what_a_card_has_more_of_than_there_are_columns_stands_in_its_note(tmp_path):
    card = (
        "BEGIN:VCARD\nVERSION:4.0\nFN:Kari\nNOTE:buys tea\nTEL:tel:+4711\nTEL:+4712\nTEL:+4713\nTEL:+4714\n"
        "EMAIL:a@example.no\nEMAIL:b@example.no\nEMAIL:c@example.no\nADR:;;Storgata 1;Oslo;;0155;\n"
        "ADR:;;Hytta 2;Geilo;;3580;\nBDAY:--0517\nEND:VCARD\n"
    )

    (found, _problem), *_rest = records(text_file(tmp_path, card, name="k.vcf"))

    assert (found["phone"], found["phone_3"], found["street"]) == ("+4711", "+4713", "Storgata 1")
    assert found["note"].split("\n") == ["buys tea", "+4714", "c@example.no", "Hytta 2, Geilo, 3580", "Birthday: 17.5."]
    assert found["birthday"] == ""


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"id": 1, "name": {"first": "Kari"}}', "list or an object"),
        ('{"id": 1, "id": 2}', "twice"),
        ('{"id": 1, "name": "\\u0000"}', "no text can hold"),
        ('{"id": ' + "[" * 100_000, "not a whole JSON object"),
        ('{"id": Infinity}', "not a number"),
    ],
)
def test_a_line_of_json_no_row_can_be_made_of_is_one_bad_row(tmp_path, line, problem):
    found = records(text_file(tmp_path, f'{{"id": 7, "name": "Kari"}}\n{line}\n{{"id": 8}}\n', name="k.jsonl"))

    assert [one[0].get("id") for one in (found[0], found[2])] == ["7", "8"]
    assert problem in found[1][1]


@pytest.mark.parametrize(
    "line", ["TEL" + ";" * 5_000, "TEL" + ";a" * 5_000, 'TEL;X="' + '";"' * 5_000, "N" + '"' * 5_001]
)
def test_a_line_of_a_card_that_ends_in_nothing_is_left_out(tmp_path, line):
    path = text_file(tmp_path, f"BEGIN:VCARD\r\nFN:Kari Nordmann\r\n{line}\r\nTEL;TYPE=CELL:91234567\r\nEND:VCARD\r\n")

    ((found, problem),) = records(path)

    assert problem == ""
    assert (found["full_name"], found["phone"]) == ("Kari Nordmann", "91234567")


def test_a_parameter_in_quotes_may_hold_what_ends_others(tmp_path):
    path = text_file(tmp_path, 'BEGIN:VCARD\r\nFN:Kari\r\nTEL;TYPE="cell;voice:1";PREF=1:91234567\r\nEND:VCARD\r\n')

    ((found, _),) = records(path)

    assert found["phone"] == "91234567"


def test_a_property_folded_without_end_refuses_the_file(tmp_path):
    path = text_file(
        tmp_path, "BEGIN:VCARD\r\nFN:Kari\r\nPHOTO:" + ("\r\n " + "A" * 74) * 230_000 + "\r\nEND:VCARD\r\n"
    )

    with pytest.raises(UnreadableFileError):
        records(path)
