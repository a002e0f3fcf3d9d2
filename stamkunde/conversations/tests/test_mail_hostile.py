"""Whatever the bytes: a mail is read or refused for a known reason, soon, and in little room."""

import random
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from stamkunde.conversations.mail.answer_marks import found_in
from stamkunde.conversations.mail.html import harmless
from stamkunde.conversations.mail.kinds import kind_of
from stamkunde.conversations.mail.quoting import folded
from stamkunde.conversations.mail.reading import Reason, Unreadable

from .mails import COLLECTED, SAMPLES, mail, nested, seen

FILES = sorted(COLLECTED.glob("*.eml")) if COLLECTED.is_dir() else []
NASTY = [
    b"\r", b"\n", b"\x00", b"\xff", b"=?", b"?=", b"=?utf-8?b?", b'"', b"\\", b"(", b")", b"<", b">", b",", b";", b":",
    b"--b", b"--b--", b"; boundary=b", b"; charset=", b"*0*=", b"''", b"%", b"=", b"\r\n\r\n", b"multipart/mixed",
    b"utf-7", b"utf-16", b"idna", b"base64", b"[", b"]@[", b"+9999", b"\xed\xa0\x80", b"message/delivery-status",
]  # fmt: skip


def taken_in(raw: bytes) -> Reason | None:
    """Do with a mail all that is done with one; return why it could not be read, or None."""
    try:
        found = seen(raw, "cp1257", "cp1252")
    except Unreadable as refusal:
        return refusal.reason
    kind_of(found, own_addresses=["post@butikk.example"])
    found_in(found, keys=[b"k" * 32], addresses=["post@butikk.example"])
    assert folded(found.text).whole == found.text
    harmless(found.html, cid_address=lambda identifier: None)
    for text in (found.subject, found.text, found.html, found.sender.name, *(file.name for file in found.attachments)):
        text.encode()
        assert "\x00" not in text
    assert "\n" not in found.subject + found.sender.name
    return None


def mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw[:20_000])
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(changed) + 1)
        length = chance.choice([0, 1, 1, 5, 40])
        choice = chance.random()
        if choice < 0.4:
            changed[place : place + length] = chance.choice(NASTY) * chance.choice([1, 1, 3])
        elif choice < 0.6:
            changed[place : place + length] = chance.randbytes(length)
        elif choice < 0.8:
            other = chance.randrange(len(changed) + 1)
            changed[place:place] = changed[other : other + 200]
        else:
            del changed[place : place + length]
    return bytes(changed)


def mails_of_all_kinds() -> list[bytes]:
    return [*SAMPLES.values(), *(path.read_bytes() for path in FILES)]


def refusals_of(mutations: int) -> set[Reason]:
    chance = random.Random(20261127)
    sources = [raw for raw in mails_of_all_kinds() if raw]
    found = {taken_in(mutated(chance.choice(sources), chance)) for _ in range(mutations)}
    return {reason for reason in found if reason}


def test_f1_changed_mails_are_read_or_refused_for_a_reason_that_is_known() -> None:
    assert Reason.BROKEN not in refusals_of(300)


@pytest.mark.proof
def test_f1_ten_thousand_changed_mails_are_read_or_refused_for_a_reason_that_is_known() -> None:
    assert Reason.BROKEN not in refusals_of(10_000)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some.binary(max_size=2_000), some.sampled_from(sorted(SAMPLES)), some.integers(0, 2_000))
def test_any_bytes_within_a_mail_or_alone_are_taken(raw: bytes, name: str, place: int) -> None:
    sample = SAMPLES[name]

    assert taken_in(raw) is not Reason.BROKEN
    assert taken_in(sample[:place] + raw + sample[place:]) is not Reason.BROKEN


@pytest.mark.skipif(not FILES, reason="The collected mails do not lie beside the project.")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_collected_mails_are_read(path) -> None:
    expected = {"empty": Reason.EMPTY, "only_ws": Reason.EMPTY}

    assert taken_in(path.read_bytes()) is expected.get(path.stem)


LARGE = {
    "nested a thousand times": lambda: nested(1_000),
    "nested up to the limit in a large mail": lambda: nested(99) + b"x" * 40_000_000,
    "parts": lambda: mail(b"--b\r\n\r\nx\r\n" * 10_000, Content_Type="multipart/mixed; boundary=b"),
    "headers": lambda: b"X-A: b\r\n" * 20_000 + mail(),
    "recipients": lambda: mail(To=", ".join(f"a{number}@b.no" for number in range(50_000))),
    "a header": lambda: mail(Subject="=?utf-8?q?a?= " * 70_000),
    "a header of quotation marks": lambda: mail(To='\\"' * 500_000),
    "a header of brackets": lambda: mail(To="(" * 1_000_000, Cc="<" * 1_000_000),
    "a line": lambda: mail(b"x" * 10_000_000),
    "a line like addresses": lambda: mail(b"a.b+" * 1_000_000 + b":"),
    "lines like quotations": lambda: mail(b"On Tue 10:00 a@b.no\r\n" * 200_000),
    "a body": lambda: mail(b"linje\r\n" * 14_000_000),
    "an attachment": lambda: mail(
        b"QUJD" * 7_500_000, Content_Type="application/pdf", Content_Transfer_Encoding="base64"
    ),
    "much beyond measure": lambda: mail(
        b"QUJD" * 25_000_000, Content_Type="application/pdf", Content_Transfer_Encoding="base64"
    ),
    "deep HTML": lambda: mail(b"<div>" * 500_000, Content_Type="text/html"),
    "HTML of brackets": lambda: mail(b"<" * 3_000_000, Content_Type="text/html"),
    "delimiters that are none": lambda: mail(b"\n--bx" * 8_000_000, Content_Type="multipart/mixed; boundary=b"),
}


def room(which: str) -> float:
    """Return how many megabytes this process takes (VmRSS), or took at most (VmHWM), as Linux tells it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which)) / 1_024


@pytest.mark.proof
@pytest.mark.parametrize("name", LARGE)
def test_f7_the_largest_and_the_worst_are_done_with_soon_and_in_little_room(name: str) -> None:
    raw = LARGE[name]()
    # The highest so far is forgotten, so that each mail is measured by itself.
    Path("/proc/self/clear_refs").write_text("5")
    before, began = room("VmRSS"), time.process_time()

    assert taken_in(raw) is not Reason.BROKEN

    assert time.process_time() - began < 5
    assert room("VmHWM") - before < 200
