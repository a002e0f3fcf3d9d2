"""Writing mails: what is meant arrives, line ends in headers are refused, and the same makes the same bytes."""

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as some

from stamkunde.conversations.mail.addresses import Mailbox
from stamkunde.conversations.mail.kinds import Kind, kind_of
from stamkunde.conversations.mail.reading import Oddity
from stamkunde.conversations.mail.signing import KeyUnfit
from stamkunde.conversations.mail.writing import Automatic, File, HeaderUnfit, Outgoing, Signer, written

from .mails import mail, seen

PLAIN = Outgoing(
    sender=Mailbox("post@butikk.example", "Butikken"),
    to=[Mailbox("kari@example.no", "Kari Nordmann")],
    subject="Hei",
    text="Takk for henvendelsen.\n",
    message_id="<c1.2.x@butikk.example>",
    date=datetime(2026, 11, 10, 9, tzinfo=UTC),
)
PICTURE = File("logo.png", b"\x89PNG" * 50, "image/png", content_id="logo@butikk")
INVOICE = File("kvittering æ.pdf", bytes(range(256)) * 10, "application/pdf")
RSA_KEY = rsa.generate_private_key(65_537, 2_048)
ED25519_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def test_a_plain_mail_is_as_plain_as_can_be() -> None:
    assert written(PLAIN).decode("ascii").split("\r\n") == [
        "From: Butikken <post@butikk.example>",
        "To: Kari Nordmann <kari@example.no>",
        "Subject: Hei",
        "Date: Tue, 10 Nov 2026 09:00:00 +0000",
        "Message-ID: <c1.2.x@butikk.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 7bit",
        "",
        "Takk for henvendelsen.",
        "",
    ]


def test_everything_that_is_written_is_read_again() -> None:
    whole = replace(
        PLAIN,
        sender=Mailbox("post@blåbær.no", "Blåbær, bær & co"),
        cc=[Mailbox("ola@example.no", 'Ola "Ola" Nordmann'), Mailbox("per@example.no")],
        reply_to=Mailbox("post+c1.2.x@blåbær.no"),
        subject="Re: Blåbær 🍲 " + "og mye mer " * 20,
        text="Hei på deg\n\nFrom nå av: " + "en lang linje " * 30 + "\n.\n",
        html='<p>Hei på deg</p><img src="cid:logo@butikk">' + "x" * 2_000,
        in_reply_to="<a@x>",
        references=["<0@x>", "<a@x>"],
        files=[PICTURE, INVOICE],
        language="nb",
        automatic=Automatic.REPLIED,
        unsubscribe="https://butikk.example/av/1",
    )
    found = seen(written(whole))

    assert found.sender == whole.sender
    assert (found.to, found.cc, found.reply_to) == (tuple(whole.to), tuple(whole.cc), (whole.reply_to,))
    assert (found.subject, found.text, found.html.strip()) == (whole.subject.strip(), whole.text, whole.html)
    assert (found.date, found.message_id) == (whole.date, whole.message_id)
    assert (found.in_reply_to, found.references) == (("<a@x>",), ("<0@x>", "<a@x>"))
    assert [(file.name, file.content, file.content_id, file.is_inline) for file in found.attachments] == [
        ("logo.png", PICTURE.content, "logo@butikk", True),
        ("kvittering æ.pdf", INVOICE.content, "", False),
    ]
    assert found.header("list-unsubscribe") == "<https://butikk.example/av/1>"
    assert found.header("list-unsubscribe-post") == "List-Unsubscribe=One-Click"
    assert found.header("content-language") == "nb"
    assert kind_of(found).kind is Kind.AUTO_REPLY
    assert found.header("x-auto-response-suppress") == "All"
    assert found.oddities <= {Oddity.NAME_MISLEADS}


def test_another_reader_reads_the_same() -> None:
    whole = replace(PLAIN, subject="Blåbær " * 30, html="<p>Hei på deg</p>", files=[PICTURE, INVOICE])
    found = email.message_from_bytes(written(whole), policy=policy.default)

    assert found["subject"].strip() == whole.subject.strip()
    assert [part.get_content_type() for part in found.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "application/pdf",
    ]
    assert [part.get_filename() for part in found.iter_attachments()] == ["kvittering æ.pdf"]
    assert [defect for part in found.walk() for defect in part.defects] == []


def test_no_line_is_longer_than_servers_take_and_all_of_it_is_ascii() -> None:
    whole = replace(
        PLAIN,
        to=[Mailbox(f"a{number}@example.no", "Blå bær " * 20) for number in range(30)],
        subject="x" * 5_000,
        text="æ" * 10_000 + "\n" + "y" * 5_000,
        html="z" * 50_000,
        references=[f"<{number}{'x' * 200}@example.no>" for number in range(200)],
        files=[File("æ" * 300 + ".pdf", b"x" * 10_000), INVOICE],
    )
    raw = written(whole)

    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 230
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


def test_the_same_makes_the_same_bytes() -> None:
    whole = replace(PLAIN, html="<p>Hei</p>", files=[PICTURE, INVOICE])
    signers = [Signer("butikk.example", "a", RSA_KEY), Signer("butikk.example", "b", ED25519_KEY)]

    assert written(whole, signers=signers) == written(whole, signers=signers)


ENDS = ["\r\nBcc: x@y.no", "\nBcc: x@y.no", "\rBcc: x@y.no", "\x00", "\u2028Bcc: x@y.no"]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("changed", "header"),
    [
        (lambda end: {"sender": Mailbox("post@butikk.example", "Butikken" + end)}, "From"),
        (lambda end: {"sender": Mailbox("post@butikk.example" + end)}, "From"),
        (lambda end: {"to": [Mailbox("a@b.no" + end)]}, "To"),
        (lambda end: {"to": [Mailbox("a@b.no", end)]}, "To"),
        (lambda end: {"cc": [Mailbox("a@b.no", "Ola" + end + "x")]}, "Cc"),
        (lambda end: {"reply_to": Mailbox("a" + end + "@b.no")}, "Reply-To"),
        (lambda end: {"subject": "hei" + end}, "Subject"),
        (lambda end: {"message_id": "<a@b>" + end}, "Message-ID"),
        (lambda end: {"in_reply_to": "<a@b>" + end}, "In-Reply-To"),
        (lambda end: {"references": ["<a@b>" + end]}, "References"),
        (lambda end: {"unsubscribe": "https://x.no/" + end}, "List-Unsubscribe"),
        (lambda end: {"language": "nb" + end}, "Content-Language"),
        (lambda end: {"files": [File("x.pdf" + end, b"")]}, "Content-Disposition"),
        (lambda end: {"files": [File("x.png", b"", "image/png", "a" + end)]}, "Content-ID"),
    ],
)
def test_f14_a_line_end_in_a_header_is_refused(changed, header: str, end: str) -> None:
    with pytest.raises(HeaderUnfit) as refusal:
        written(replace(PLAIN, **changed(end)))

    assert refusal.value.name == header


def test_f14_a_line_end_in_a_declared_type_becomes_no_header() -> None:
    raw = written(replace(PLAIN, files=[File("x", b"", "image/png\r\nBcc: x@y.no")]))

    assert b"Bcc" not in raw


@pytest.mark.parametrize("address", ["", "kari", "a@x@y", "kåri@example.no", "a b@c.no", "kari@-.é"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(HeaderUnfit):
        written(replace(PLAIN, to=[Mailbox(address)]))


def test_a_mail_to_nobody_is_refused() -> None:
    with pytest.raises(HeaderUnfit):
        written(replace(PLAIN, to=[]))


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(HeaderUnfit):
        written(replace(PLAIN, date=datetime(2026, 11, 10)))  # noqa: DTZ001 — that is what is refused


def test_e48_a_domain_with_letters_of_its_own_is_written_as_servers_write_it() -> None:
    raw = written(replace(PLAIN, to=[Mailbox("kari@blåbær.no")]))

    assert b"To: kari@xn--blbr-roah.no\r\n" in raw


def test_e87_the_answer_to_a_subject_with_a_line_end_goes_to_whom_it_shall() -> None:
    came = seen(mail(Subject="=?utf-8?q?hei=0D=0ABcc:_x@y?=", From="=?utf-8?q?Kari=0D=0ABcc:_x@y?= <kari@example.no>"))
    found = seen(written(replace(PLAIN, to=[came.sender], subject=f"Re: {came.subject}")))

    assert [person.address for person in found.to] == ["kari@example.no"]
    assert found.header("bcc") is None
    assert found.subject == "Re: hei Bcc: x@y"


def test_a_text_like_an_encoded_word_arrives_as_it_is() -> None:
    assert seen(written(replace(PLAIN, subject="=?utf-8?q?=41?="))).subject == "=?utf-8?q?=41?="


def test_identifiers_of_others_that_no_server_takes_are_left_out() -> None:
    found = seen(
        written(replace(PLAIN, in_reply_to="<å@x>", references=["<å@x>", "<a b@x>", "<c@x>", "<" + "x" * 990 + ">"]))
    )

    assert (found.in_reply_to, found.references) == ((), ("<c@x>",))


@settings(max_examples=150, deadline=None)
@given(
    some.text(max_size=200),
    some.text(some.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=120),
    some.text(some.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs"]), min_size=1, max_size=60),
)
def test_any_text_subject_and_name_arrive(text: str, subject: str, name: str) -> None:
    found = seen(written(replace(PLAIN, text=text, subject=subject, to=[Mailbox("kari@example.no", name)])))

    wanted = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n") + "\n"
    assert found.text == wanted.replace("\x00", "").removeprefix("\ufeff")
    assert found.subject == " ".join(subject.split())
    assert found.to == (Mailbox("kari@example.no", name),)


# Signatures


class VerifyKey:
    """Ed25519 as dkimpy asks for it, which has it from a library that is not here."""

    def __init__(self, key: bytes, encoder: object) -> None:
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(encoder.decode(key))  # type: ignore[attr-defined]

    def verify(self, message: bytes, signature: bytes) -> None:
        self.key.verify(signature, message)


@pytest.fixture
def ed25519_in_dkimpy(monkeypatch: pytest.MonkeyPatch) -> None:
    import base64
    from types import SimpleNamespace

    library = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=SimpleNamespace(decode=base64.b64decode)),
        exceptions=SimpleNamespace(ValueError=ValueError, BadSignatureError=InvalidSignature),
    )
    monkeypatch.setattr(dkim, "nacl", library, raising=False)


def record(name: bytes, timeout: int = 5) -> bytes:
    import base64

    if name.startswith(b"rsa."):
        form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(RSA_KEY.public_key().public_bytes(*form))
    raw = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(ED25519_KEY.public_key().public_bytes(*raw))


WITH_ALL = replace(
    PLAIN,
    subject="Blåbær " * 20,
    text="Hei  på deg \n\n\n",
    html="<p>Hei</p>",
    files=[INVOICE],
    cc=[Mailbox("a@b.no")],
    references=["<0@x>", "<a@x>"],
    unsubscribe="https://butikk.example/av/1",
)


@pytest.mark.usefixtures("ed25519_in_dkimpy")
@pytest.mark.parametrize("key", [RSA_KEY, ED25519_KEY], ids=["rsa", "ed25519"])
@pytest.mark.parametrize("outgoing", [PLAIN, WITH_ALL, replace(PLAIN, text="")], ids=["plain", "with all", "empty"])
def test_receivers_find_the_signature_good_and_notice_each_change(key, outgoing: Outgoing) -> None:
    selector = "rsa" if key is RSA_KEY else "ed"
    raw = written(outgoing, signers=[Signer("butikk.example", selector, key)])

    assert dkim.verify(raw, dnsfunc=record)
    assert not dkim.verify(raw.replace(b"To: Kari", b"To: Mari"), dnsfunc=record)
    assert not dkim.verify(raw + b"mer", dnsfunc=record)
    # A second sender above the first is noticed as well.
    assert not dkim.verify(raw.replace(b"From: ", b"From: x@y.no\r\nFrom: "), dnsfunc=record)


@pytest.mark.usefixtures("ed25519_in_dkimpy")
def test_both_signatures_of_a_mail_are_good() -> None:
    signers = [Signer("butikk.example", "rsa", RSA_KEY), Signer("butikk.example", "ed", ED25519_KEY)]
    raw = written(WITH_ALL, signers=signers)
    signed = dkim.DKIM(raw)

    assert len(re.findall(rb"^DKIM-Signature:", raw, re.MULTILINE)) == 2
    assert signed.verify(idx=0, dnsfunc=record)
    assert dkim.DKIM(raw).verify(idx=1, dnsfunc=record)


def pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.mark.parametrize("key", [RSA_KEY, ED25519_KEY], ids=["rsa", "ed25519"])
def test_a_key_is_read_as_it_is_kept(key) -> None:
    assert pem(Signer.of("Blåbær.no", "a", pem(key)).key) == pem(key)
    assert Signer.of("Blåbær.no", "a", pem(key)).domain == "xn--blbr-roah.no"


@pytest.mark.parametrize("raw", [b"", b"nonsense", pem(ec.generate_private_key(ec.SECP256R1()))])
def test_a_key_that_no_receiver_takes_is_refused(raw: bytes) -> None:
    with pytest.raises(KeyUnfit):
        Signer.of("butikk.example", "a", raw)
