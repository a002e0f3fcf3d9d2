"""What mails hold comes whole and harmless to the conversation, and all that was collected comes to an end."""

import pytest

from stamkunde.conversations.models import Direction, Message, RawMailState
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.tests.arriving import arrived, message_of, shop_mailbox, written
from stamkunde.conversations.tests.mails import COLLECTED, SAMPLES, parts, word

pytestmark = pytest.mark.django_db

KARI = "kari@example.no"


def test_e73_an_invitation_is_said_to_be_one_and_is_attached() -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nMøte",
        "Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR",
    )
    message = message_of(raw)
    assert Noticed.APPOINTMENT in message.flags
    assert [file.name for file in message.attachments.all()] == ["invitation.ics"]


def test_e77_a_picture_within_the_text_is_kept_with_its_name_within() -> None:
    raw = parts(
        "Content-Type: text/html\r\n\r\n<img src=cid:kjel>",
        "Content-Type: image/png\r\nContent-ID: <kjel>\r\nContent-Disposition: inline\r\n\r\nx",
        kind="related",
    )
    (file,) = message_of(raw).attachments.all()
    assert file.content_id == "kjel" and file.is_inline


@pytest.mark.parametrize(
    "name", ['filename="../../etc/passwd"', 'filename="a\r\n b.pdf"', "filename*=utf-8''exe%E2%80%AE.gpj"]
)
def test_e81_names_of_files_lead_nowhere(name: str) -> None:
    raw = parts(
        "Content-Type: text/plain\r\n\r\nSe", f"Content-Type: x/y\r\nContent-Disposition: attachment; {name}\r\n\r\nx"
    )
    (file,) = message_of(raw).attachments.all()
    assert "/" not in file.name and "\n" not in file.name and "‮" not in file.name


@pytest.mark.parametrize(
    ("name", "kind", "flag"),
    [
        ("winmail.dat", "application/ms-tnef", "winmail"),
        ("smime.p7s", "application/pkcs7-signature", "signed"),
        ("smime.p7m", "application/pkcs7-mime", "encrypted"),
    ],
)
def test_e85_what_cannot_be_opened_here_is_said_and_kept(name: str, kind: str, flag: str) -> None:
    raw = parts("Content-Type: text/plain\r\n\r\nSe", f'Content-Type: {kind}; name="{name}"\r\n\r\nx')
    message = message_of(raw)
    assert flag in message.flags and message.attachments.count() == 1


@pytest.mark.parametrize("header", ["Subject", "From"])
def test_e87_e88_a_line_end_hidden_in_a_word_begins_no_header(header: str) -> None:
    shop_mailbox(acknowledges=True)
    hidden = word(b"hei\r\nBcc: x@y.no", "utf-8")
    message = message_of(written(**{header: f"{hidden} <kari@example.no>" if header == "From" else hidden}))
    assert "\n" not in message.subject + message.from_name and "\r" not in message.subject + message.from_name
    answer = Message.objects.get(direction=Direction.OUT)
    assert [one.address for one in answer.recipients.all()] == [KARI]


def test_e97_a_mail_that_only_repeats_is_shown_with_a_word_about_it() -> None:
    message = message_of(written("> Hei\r\n> på deg\r\n"))
    assert message.text == "" and "på deg" in message.quoted and Noticed.ONLY_QUOTED in message.flags


# All that was collected.


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_becomes_a_message_or_is_set_aside(name: str) -> None:
    assert arrived(SAMPLES[name]).state in {RawMailState.READ, RawMailState.QUARANTINED}


@pytest.mark.skipif(not COLLECTED.is_dir(), reason="The collected mails do not lie beside the project.")
def test_every_collected_mail_becomes_one_message_or_is_set_aside() -> None:
    files = sorted(COLLECTED.glob("*.eml"))
    became = {path.stem: arrived(path.read_bytes()) for path in files}

    reasons = {name: one.reason for name, one in became.items() if one.state == RawMailState.QUARANTINED}
    assert "failed" not in reasons.values(), reasons
    assert all(one.state != RawMailState.STORED for one in became.values())
    read = [one.message_id for one in became.values() if one.state == RawMailState.READ]
    assert len(read) == len(set(read)) and None not in read
