"""A name is read with its own letters, or the file stops with a question."""

import pytest

from stamkunde.kit.tabular.encodings import guess_encoding
from stamkunde.kit.tabular.guessing import guess_layout
from stamkunde.kit.tabular.layout import UnreadableFileError
from stamkunde.kit.tabular.reading import read_rows
from stamkunde.kit.tabular.tests.files import text_file

NORWEGIAN = "navn;sted\nBjørn Ødegård;Tromsø\nÅse Næss;Bodø\nKjærsti Sæther;Ålesund\nGøran Bråthen;Færder\n"
SWEDISH = "namn;ort\nÅsa Sjöström;Malmö\nBjörn Öberg;Göteborg\nMärta Hägglund;Östersund\nHåkan Åkesson;Umeå\n"
LATVIAN = "vārds;pilsēta\nJānis Bērziņš;Rīga\nĢirts Kļaviņš;Jūrmala\nŽanete Šķēle;Rēzekne\nIlze Āboliņa;Cēsis\n"
LITHUANIAN = "vardas;miestas\nŽydrūnė Kazlauskienė;Šiauliai\nRūta Čepulytė;Panevėžys\nEglė Vaičiūnaitė;Klaipėda\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (NORWEGIAN, "utf-8"),
        (LATVIAN, "utf-8-sig"),
        (NORWEGIAN, "utf-16"),
        (LATVIAN, "utf-16-le"),
        (SWEDISH, "utf-16-be"),
        (NORWEGIAN, "cp1252"),
        (SWEDISH, "cp1252"),
        (SWEDISH, "iso8859-1"),
        (LATVIAN, "cp1257"),
        (LATVIAN, "iso8859-13"),
        (LITHUANIAN, "cp1257"),
        (NORWEGIAN, "mac_roman"),
        (SWEDISH, "mac_roman"),
        (SWEDISH, "cp850"),
        (LATVIAN, "iso8859-4"),
    ],
)
def test_every_letter_of_a_name_survives(tmp_path, text, encoding):
    path = text_file(tmp_path, text, encoding)

    layout = guess_layout(path)

    assert layout.encoding_certain
    header, *rows = [line.split(";") for line in text.splitlines()]
    assert list(layout.columns) == header
    assert [row.cells for row in read_rows(path, layout)] == rows


def test_a_single_unusual_letter_is_a_question_and_not_a_guess(tmp_path):
    guess = guess_encoding([b"navn\nKari\nJ\xe2nis\nOla\n"])

    assert not guess.certain
    assert guess.alternatives


def test_latin_letters_declared_as_utf8_stop_the_file_at_the_line(tmp_path):
    path = text_file(tmp_path, NORWEGIAN, "iso8859-1")
    layout = guess_layout(path).corrected(encoding="utf-8")

    with pytest.raises(UnreadableFileError, match="not written in utf-8"):
        list(read_rows(path, layout))


def test_an_odd_letter_far_down_is_found(tmp_path):
    path = text_file(
        tmp_path, "name,town\n" + "Kari,Oslo\n" * 200_000 + "Åse,Bodø\nGøran,Tromsø\nSølvi,Bærum\n", "cp1252"
    )

    layout = guess_layout(path)

    assert layout.encoding == "cp1252"
    assert [row.cells for row in read_rows(path, layout)][-1] == ["Sølvi", "Bærum"]


def test_pounds_and_dashes_in_plain_english_are_windows_1252():
    assert (
        guess_encoding([b"name,note\nTea,SET \xa33.50\nMug,\xa32 off\nCup,\xa39 \x96 new\nJug,\xa31\n"]).name
        == "cp1252"
    )


def test_utf7_is_refused(tmp_path):
    path = text_file(tmp_path, "+ADw-script+AD4-alert(1)+ADw-/script+AD4-,b\n1,2\n")

    with pytest.raises(UnreadableFileError, match="UTF-7"):
        guess_layout(path)
