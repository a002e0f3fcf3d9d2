"""Reading mails as they really arrive: what they say comes out, and nothing but `Unreadable` is raised."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from stamkunde.conversations.mail.reading import Oddity, Reason, Unreadable, read

from .mails import attached, mail, nested, parts, seen, word

NORWAY = timezone(timedelta(hours=1))


def refused(raw: bytes) -> Reason:
    with pytest.raises(Unreadable) as refusal:
        seen(raw)
    return refusal.value.reason


def test_a_mail_says_who_wrote_what_to_whom_and_when() -> None:
    found = seen(mail(Cc="Ola <ola@example.no>", Reply_To="svar@example.no", Sender="sekretar@example.no"))

    assert (found.sender.address, found.sender.name) == ("kari@example.no", "Kari Nordmann")
    assert [person.address for person in found.to] == ["post@butikk.example"]
    assert [person.name for person in found.cc] == ["Ola"]
    assert [person.address for person in found.reply_to] == ["svar@example.no"]
    assert found.on_behalf is not None
    assert found.on_behalf.address == "sekretar@example.no"
    assert (found.subject, found.text, found.html) == ("Hei", "Hei på deg\n", "")
    assert found.date == datetime(2026, 11, 10, 10, tzinfo=NORWAY)
    assert found.message_id == "<a1@example.no>"
    assert found.oddities == frozenset()


@pytest.mark.parametrize(
    "identifier",
    [
        pytest.param("<[b37e2@microsoft.com]>", id="E01"),
        pytest.param("<[anu10].1c.7a.5503SMTPIN_ADDED_[au5]@[anu13].EURPRD10.OUTLOOK.COM>", id="E02"),
    ],
)
def test_identifiers_that_no_standard_allows_are_kept_as_they_are(identifier: str) -> None:
    assert seen(mail(Message_ID=identifier)).message_id == identifier


@pytest.mark.parametrize("written", [None, "", "<>", "< >"])
def test_e03_a_mail_without_identifier_has_one_that_is_the_same_each_time_it_is_fetched(written: str | None) -> None:
    raw = mail(Message_ID=written)

    assert seen(raw).message_id == seen(raw).message_id
    assert seen(raw).message_id != seen(raw + b"x").message_id
    assert Oddity.NO_MESSAGE_ID in seen(raw).oddities


@pytest.mark.parametrize("written", ['"', "(c):", "(x): a@b.com (y);;", "undisclosed-recipients:;", "", "<>", "a@x@y"])
def test_e05_recipients_that_are_nobody_are_nobody(written: str) -> None:
    found = seen(mail(To=written))

    assert [person.address for person in found.to] in ([], ["a@b.com"])
    assert found.text == "Hei på deg\n"


def test_e05_groups_are_opened_and_names_may_hold_commas() -> None:
    found = seen(mail(To='"Nordmann, Kari" <kari@example.no>, venner: a@b.no, (hei, du) c@d.no; e@f.no'))

    assert [person.address for person in found.to] == ["kari@example.no", "a@b.no", "c@d.no", "e@f.no"]
    assert found.to[0].name == "Nordmann, Kari"


def test_a_quotation_mark_that_is_never_closed_hides_no_address() -> None:
    assert seen(mail(From='"Kari <kari@example.no>')).sender.address == "kari@example.no"


@pytest.mark.parametrize("written", [None, "", "<>", "Kari", "undisclosed-recipients:;", "a@x@y", "<a@b.no> <c@d.no>"])
def test_e07_a_mail_from_nobody_is_put_aside(written: str | None) -> None:
    assert refused(mail(From=written)) is Reason.NO_SENDER


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n\r\n", b"  \n\t"])
def test_an_empty_mail_is_put_aside(raw: bytes) -> None:
    assert refused(raw) is Reason.EMPTY


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param("hei", "multipart/mixed", id="no boundary"),
        pytest.param("--b\r\n\r\nhei", "multipart/mixed; boundary=b", id="no end"),
        pytest.param("--a\r\n\r\nhei\r\n--a--", "multipart/mixed; boundary=b", id="another boundary"),
        pytest.param("--b\r\nhei\r\n--b--", "multipart/mixed; boundary=b", id="no empty line"),
    ],
)
def test_e09_the_text_of_a_mail_with_broken_parts_is_shown(body: str, kind: str) -> None:
    assert "hei" in seen(mail(body, Content_Type=kind)).text


def test_e09_a_mail_of_no_parts_at_all_is_read() -> None:
    found = seen(mail("", Content_Type="multipart/mixed; boundary=b"))

    assert found.text == ""
    assert Oddity.BROKEN_STRUCTURE in found.oddities


def test_e10_fifty_envelopes_are_opened_and_a_thousand_are_not() -> None:
    assert seen(nested(50)).text == "innerst"
    assert refused(nested(1_000)) is Reason.TOO_DEEP


def test_e12_of_very_many_parts_the_first_are_read_and_the_rest_is_noted() -> None:
    some = parts(*["Content-Type: text/plain\r\n\r\nx"] * 10_000)

    assert seen(some).text.count("x") == 1_000
    assert Oddity.TRUNCATED in seen(some).oddities
    assert refused(parts(*["\r\nx"] * 10_001)) is Reason.TOO_MANY_PARTS


def test_e12_what_counts_is_found_behind_twenty_thousand_headers() -> None:
    many = b"".join(b"X-H%d: %d\r\n" % (number, number) for number in range(20_001))

    assert seen(many + mail()).subject == "Hei"
    assert Oddity.TRUNCATED in seen(many + mail()).oddities


@pytest.mark.parametrize(
    ("body", "encoding", "text"),
    [
        pytest.param("SGVpIHDDpSBkZ", "base64", "Hei på d", id="base64 cut"),
        pytest.param("SGVp*IHDDpS!BkZWc", "base64", "Hei på de", id="base64 with strange letters"),
        pytest.param("SGVp\r\nIGRldA==\r\nSGVp", "base64", "Hei detHei", id="base64 in pieces"),
        pytest.param("Hei p=C3=A5 =ZZ deg=", "quoted-printable", "Hei på =ZZ deg", id="quoted-printable"),
        pytest.param("Hei", "8-bit-ish", "Hei", id="unknown"),
    ],
)
def test_e14_of_a_broken_encoding_comes_what_can_be_read(body: str, encoding: str, text: str) -> None:
    found = seen(mail(body, Content_Type="text/plain; charset=utf-8", Content_Transfer_Encoding=encoding))

    assert found.text == text or found.text.startswith(text)
    assert Oddity.BROKEN_ENCODING in found.oddities


def test_e14_a_uuencoded_file_is_an_attachment_under_its_name() -> None:
    body = "begin 644 f.txt\r\n#2&5I\r\n`\r\nend\r\n"
    found = seen(mail(body, Content_Type="application/octet-stream", Content_Transfer_Encoding="x-uuencode"))

    assert [(file.name, file.content) for file in found.attachments] == [("f.txt", b"Hei")]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"From : a@b.no\r\nSubject : hei\r\n\r\ntekst", id="space before the colon"),
        pytest.param(b"From: a@b.no\r\nnonsense\r\nSubject: hei\r\n\r\ntekst", id="no colon"),
        pytest.param(b"From: a@b.no\r\nSubject: hei\r\nnonsense\r\n\r\ntekst", id="no colon at the end"),
        pytest.param(b"From a@b.no Tue Nov 10\r\nFrom: a@b.no\r\nSubject: hei\r\n\r\ntekst", id="mailbox file"),
        pytest.param(b"\r\n\r\nFrom: a@b.no\r\nSubject: hei\r\n\r\ntekst", id="empty lines first"),
        pytest.param(b"From: a@b.no\r\nSubject: hei\r\nen tekst\r\nuten tom linje, tekst", id="no empty line"),
        pytest.param(b"\xef\xbb\xbfFrom: a@b.no\nSubject: hei\n\ntekst", id="mark of UTF-8"),
    ],
)
def test_e15_headers_are_found_among_what_is_none(raw: bytes) -> None:
    found = seen(raw)

    assert (found.sender.address, found.subject) == ("a@b.no", "hei")
    assert "tekst" in found.text


def test_e16_lines_may_end_with_a_bare_return() -> None:
    found = seen(b"From: a@b.no\rSubject: hei\r\rlinje 1\rlinje 2")

    assert (found.sender.address, found.subject, found.text) == ("a@b.no", "hei", "linje 1\nlinje 2")


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "i går",
        "Mon, 01 Jan 0001 00:00:00 +0000",
        "Mon, 01 Jan 1900 00:00:00 +0000",
        "Fri, 31 Dec 9999 23:59:59 +0000",
        "Fri, 13 Nov 2026 12:00:00 +0000",
        pytest.param("Tue, 10 Nov 2026 10:00:00 +9999", id="E20"),
        "Tue, 99 Nov 2026 10:00:00 +0100",
        "9" * 10_000,
    ],
)
def test_e19_a_date_that_cannot_be_is_none_and_the_header_stays(written: str | None) -> None:
    found = read(mail(Date=written), fallback_charsets=(), now=datetime(2026, 11, 10, 12, tzinfo=UTC))

    assert found.date is None
    assert Oddity.NO_DATE in found.oddities
    assert found.header("date") == (written.strip() if written is not None else None)


def test_a_clock_that_is_a_day_ahead_is_believed() -> None:
    raw = mail(Date="Wed, 11 Nov 2026 12:00:00 -0000")

    assert read(raw, fallback_charsets=(), now=datetime(2026, 11, 10, 12, tzinfo=UTC)).date is not None


def test_e35_a_blind_copy_shows_where_it_was_delivered() -> None:
    found = seen(
        mail(
            Delivered_To="post+x@butikk.example", X_Original_To="a@b.no", Envelope_To="c@d.no", X_Envelope_To="<e@f.no>"
        )
    )

    assert [person.address for person in found.delivered_to] == ["post+x@butikk.example", "a@b.no", "c@d.no", "e@f.no"]


@pytest.mark.parametrize("written", ["kari@blåbær.no", "kari@BLÅBÆR.no", "kari@xn--blbr-roah.no", "kari@Blåbær.no."])
def test_e48_a_domain_has_one_form_however_it_is_written(written: str) -> None:
    assert seen(mail(From=written)).sender.address == "kari@blåbær.no"


def test_e49_dots_in_an_address_are_part_of_it() -> None:
    assert seen(mail(From="kari..n@docomo.ne.jp")).sender.address == "kari..n@docomo.ne.jp"
    assert seen(mail(From="Ka.Ri@Example.NO")).sender.address == "Ka.Ri@example.no"


@pytest.mark.parametrize("domain", ["kunԁe.no", "ｋunde.no", "kun\u200bde.no"])
def test_f3_domains_that_look_alike_are_others(domain: str) -> None:
    try:
        assert seen(mail(From=f"kari@{domain}")).sender.address != "kari@kunde.no"
    except Unreadable as refusal:
        assert refusal.reason is Reason.NO_SENDER


@pytest.mark.parametrize(
    "written",
    [
        '"Kari <kari@kunde.no>" <ond@x.example>',
        "kari@kunde.no <ond@x.example>",
        f"{word(b'<kari@kunde.no>', 'utf-8')} <ond@x.example>",
    ],
)
def test_f3_the_address_in_angle_brackets_counts_and_a_name_that_says_another_is_noted(written: str) -> None:
    found = seen(mail(From=written))

    assert found.sender.address == "ond@x.example"
    assert Oddity.NAME_MISLEADS in found.oddities


def test_f3_of_two_senders_the_first_counts_and_it_is_noted() -> None:
    twice = b"From: a@b.no\r\nFrom: c@d.no\r\n\r\nhei"

    for raw in (twice, mail(From="a@b.no, c@d.no")):
        assert seen(raw).sender.address == "a@b.no"
        assert Oddity.TWO_SENDERS in seen(raw).oddities


def test_e88_a_name_with_a_line_end_is_one_line() -> None:
    assert seen(mail(From="=?utf-8?q?Kari=0D=0ABcc:_x@y.no?= <kari@example.no>")).sender.name == "Kari Bcc: x@y.no"


def test_answers_name_what_they_answer() -> None:
    found = seen(mail(In_Reply_To="<a@x> (i dag)", References="<0@x>\r\n <a@x>"))

    assert found.in_reply_to == ("<a@x>",)
    assert found.references == ("<0@x>", "<a@x>")


def test_of_endless_references_the_first_and_the_last_are_kept() -> None:
    found = seen(mail(References=" ".join(f"<{number}@x>" for number in range(6_000))))

    assert len(found.references) == 5_000
    assert (found.references[0], found.references[1], found.references[-1]) == ("<0@x>", "<1001@x>", "<5999@x>")
    assert Oddity.TRUNCATED in found.oddities


# Bodies


def test_of_alternatives_the_plain_one_is_the_text() -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nHei", "Content-Type: text/html\r\n\r\n<p>Hallo</p>", kind="alternative"
    )

    assert (seen(raw).text, seen(raw).html) == ("Hei", "<p>Hallo</p>")


def test_an_empty_plain_alternative_is_passed_over() -> None:
    raw = parts("Content-Type: text/plain\r\n\r\n ", "Content-Type: text/html\r\n\r\n<p>Hallo</p>", kind="alternative")

    assert seen(raw).text == "Hallo"


def test_what_a_list_puts_beneath_hides_no_html() -> None:
    raw = parts("Content-Type: text/html\r\n\r\n<p>Hallo</p>", "Content-Type: text/plain\r\n\r\n-- fra listen")

    assert seen(raw).text == "Hallo\n-- fra listen"
    assert "<p>Hallo</p>" in seen(raw).html
    assert "fra listen" in seen(raw).html


def test_html_alone_is_read_as_text() -> None:
    raw = mail("<p>Hei <b>du</b></p><script>alert(1)</script>", Content_Type="text/html; charset=utf-8")

    assert seen(raw).text == "Hei du"


def test_e73_an_invitation_is_an_attachment_and_its_text_is_there_to_read() -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nMøte", "Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR"
    )

    assert seen(raw).calendars == ("BEGIN:VCALENDAR",)
    assert [file.name for file in seen(raw).attachments] == ["invitation.ics"]


def test_e77_pictures_within_are_told_by_their_identifier() -> None:
    raw = parts(
        "Content-Type: text/html\r\n\r\n<img src=cid:bilde@x>",
        "Content-Type: image/png\r\nContent-ID: <bilde@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA",
        kind="related",
    )
    [picture] = seen(raw).attachments

    assert (picture.content_id, picture.is_inline, picture.content) == ("bilde@x", True, b"\0\0\0")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="../../etc/cron.d/x"', "x"),
        ('filename="..\\\\..\\\\windows\\\\x.exe"', "x.exe"),
        ('filename="a=?utf-8?q?=0D=0ASet-Cookie=3A_x?=.pdf"', "a Set-Cookie_ x.pdf"),
        ('filename="faktura\u202efdp.exe"', "fakturafdp.exe"),
        ('filename="fak\u200btura\x00.pdf"', "faktura.pdf"),
        ('filename="=?utf-8?Q?kvittering_=C3=A6.pdf?="', "kvittering æ.pdf"),
        ("filename*=utf-8''kvittering%20%C3%A6.pdf", "kvittering æ.pdf"),
        ("filename*=iso-8859-1''kvittering%20%E6.pdf", "kvittering æ.pdf"),
        ("filename*0*=utf-8''kvitt; filename*1*=ering%20%C3%A6; filename*2=.pdf", "kvittering æ.pdf"),
        ("filename=galt.pdf; filename*=utf-8''rett.pdf", "rett.pdf"),
        ('filename="CON"', "_CON"),
        ('filename="con.txt"', "_con.txt"),
        ('filename=".."', "attachment"),
        ('filename=""', "attachment"),
        (f'filename="{"a" * 300}.pdf"', "a" * 116 + ".pdf"),
        ('filename="kvittering æ.pdf"', "kvittering æ.pdf"),
    ],
)
def test_e81_names_of_files_are_safe_to_show_and_to_save(written: str, name: str) -> None:
    [file] = seen(attached(written)).attachments

    assert file.name == name
    assert (file.declared_type, file.content, file.is_inline) == ("application/pdf", b"hei", False)


def test_e83_of_a_mail_beyond_measure_the_text_is_read_and_the_files_stay_in_the_original() -> None:
    raw = attached("filename=stor.pdf").replace(b"\r\n\r\nhei", b"\r\n\r\n" + b"x" * 45_000_000)
    found = seen(raw)

    assert (found.text, found.attachments[0].content) == ("Se vedlegg", b"")
    assert Oddity.TOO_LARGE in found.oddities


def test_f7_a_line_and_a_header_without_end_are_read_to_their_limits() -> None:
    assert len(seen(mail(b"x" * 10_000_000)).text) == 4_000_000
    assert seen(mail(Subject="y" * 1_000_000)).subject == "y" * 50_000
    assert len(seen(mail(To=", ".join(f"a{number}@b.no" for number in range(50_000)))).to) == 50_000


@pytest.mark.parametrize(
    ("raw", "oddity"),
    [
        pytest.param(attached("filename=winmail.dat", "application/ms-tnef"), Oddity.WINMAIL, id="winmail.dat"),
        pytest.param(attached("filename=smime.p7s", "application/pkcs7-signature"), Oddity.SIGNED, id="p7s"),
        pytest.param(
            mail("x", Content_Type="application/pkcs7-mime; smime-type=enveloped-data"), Oddity.ENCRYPTED, id="S/MIME"
        ),
        pytest.param(mail("-----BEGIN PGP MESSAGE-----"), Oddity.ENCRYPTED, id="PGP"),
        pytest.param(attached("filename=x.asc", "application/pgp-encrypted"), Oddity.ENCRYPTED, id="PGP/MIME"),
    ],
)
def test_e85_what_cannot_be_read_is_noted(raw: bytes, oddity: Oddity) -> None:
    assert oddity in seen(raw).oddities


def test_f6_a_mail_in_a_mail_in_a_mail_is_one_attachment() -> None:
    raw = mail("Content-Type: message/rfc822\r\n\r\n" * 100 + "hei", Content_Type="message/rfc822")

    assert [file.name for file in seen(raw).attachments] == ["message.eml"]
