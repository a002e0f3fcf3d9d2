"""Letters come out as they were meant, whatever a mail says about them."""

import pytest

from stamkunde.conversations.mail.reading import Oddity, normal_subject

from .mails import mail, seen, word


@pytest.mark.parametrize(
    ("raw", "label", "charsets", "text"),
    [
        pytest.param("Blåbær".encode("cp1252"), "x-unknown-99", ("cp1252",), "Blåbær", id="E22 Norwegian"),
        pytest.param("Ķīselis".encode("cp1257"), "x-unknown-99", ("cp1257", "cp1252"), "Ķīselis", id="E22 Latvian"),
        pytest.param("Blåbær".encode("cp1252"), "utf-8", ("cp1252",), "Blåbær", id="wrong label"),
        pytest.param("Blåbær".encode("cp1252"), "rot13", ("cp1252",), "Blåbær", id="no set of letters"),
        pytest.param(b"\x81\x8d", "utf-8", ("cp1252",), "\ufffd\ufffd", id="nothing fits"),
    ],
)
def test_a_wrong_label_falls_back_and_is_noted(raw: bytes, label: str, charsets: tuple[str, ...], text: str) -> None:
    found = seen(mail(raw, Content_Type=f"text/plain; charset={label}"), *charsets)

    assert found.text == text
    assert Oddity.CHARSET_GUESSED in found.oddities


@pytest.mark.parametrize(
    ("raw", "label", "text"),
    [
        pytest.param("Blåbær".encode("utf-16"), "utf-16", "Blåbær", id="E25"),
        pytest.param(b"Bl+AOU-b+AOY-r", "utf-7", "Blåbær", id="E26 plain"),
        pytest.param("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本", id="E27 Japanese"),
        pytest.param("您好".encode("gb2312"), "GB2312", "您好", id="E27 Chinese"),
        pytest.param("Blåbær".encode("latin-1"), '" iso-8859-1 "', "Blåbær", id="E30"),
        pytest.param("Blåbær".encode("latin-1"), "'ISO-8859-1'", "Blåbær", id="E30 single"),
        pytest.param("Takk 🍲".encode(), "utf-8", "Takk 🍲", id="E31"),
        pytest.param("5 €".encode("cp1252"), "iso-8859-1", "5 €", id="what Windows calls Latin-1"),
        pytest.param(b"a\x00b", "utf-8", "ab", id="NUL"),
        pytest.param("\ufeffHei".encode(), "utf-8", "Hei", id="mark of order"),
    ],
)
def test_declared_charsets_are_read(raw: bytes, label: str, text: str) -> None:
    found = seen(mail(raw, Content_Type=f"text/plain; charset={label}", Content_Transfer_Encoding="binary"))

    assert found.text == text
    assert Oddity.CHARSET_GUESSED not in found.oddities


@pytest.mark.parametrize("raw", ["Blåbær".encode("latin-1"), "Blåbær".encode()])
def test_e23_subjects_in_bare_letters_are_readable(raw: bytes) -> None:
    assert seen(mail(Subject=raw)).subject == "Blåbær"


def test_e26_markup_hidden_in_utf_7_is_shown_as_the_letters_that_came() -> None:
    found = seen(mail("+ADw-script+AD4-alert(1)", Content_Type="text/html; charset=utf-7"))

    assert found.html == found.text == "+ADw-script+AD4-alert(1)"


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        pytest.param("=?utf-8?B?w6Y=?= =?utf-8?B?w6Xw?= =?utf-8?B?n42y?=", "æå🍲", id="a letter cut in two"),
        pytest.param(word(b"bl\xe5", "latin1") + " " + word("bær".encode(), "utf-8"), "blåbær", id="two charsets"),
        pytest.param("=?utf-8?B?%%%?= hei", "=?utf-8?B?%%%?= hei", id="E29"),
        pytest.param("=?x-unknown-99?Q?hei?=", "hei", id="unknown charset"),
        pytest.param("=?utf-8?q?Bl=C3=A5_b=C3=A6r?= og mer", "Blå bær og mer", id="E87 Q"),
        pytest.param("=?utf-8?q?hei=0D=0ABcc:_x@y?=", "hei Bcc: x@y", id="E87"),
        pytest.param("=?utf-8?q?fak=E2=80=AEtura?=", "faktura", id="turned direction"),
        pytest.param("en lang\r\n  linje", "en lang linje", id="folded"),
        pytest.param("=?utf-8?B?aGVp", "=?utf-8?B?aGVp", id="never ended"),
    ],
)
def test_subjects_are_one_readable_line(written: str, subject: str) -> None:
    assert seen(mail(Subject=written)).subject == subject


def test_e32_a_very_long_subject_is_kept_and_shown_in_short() -> None:
    found = seen(mail(Subject="a" * 10_000))

    assert found.subject == "a" * 10_000
    assert len(found.shown_subject) == 150
    assert found.shown_subject.endswith("…")


@pytest.mark.parametrize(
    "subject",
    [
        "Re: ",
        "SV: ",
        "Sv: Re: ",
        "Fwd: ",
        "VS: ",
        "VB: ",
        "WG: ",
        "AW: ",
        "Antw: ",
        "Videresendt: ",
        "Pārs.: ",
        "Ats: ",
        "RE[2]: ",
    ],
)
def test_e43_prefixes_are_no_part_of_what_it_is_about(subject: str) -> None:
    assert normal_subject(f"{subject}Reklamasjon") == "Reklamasjon"


@pytest.mark.parametrize("subject", ["Reklamasjon", "Re", "Resten: hva nå", "[#1234] Hei", "Svar: nei"])
def test_e43_other_words_stay(subject: str) -> None:
    assert normal_subject(subject) == subject
