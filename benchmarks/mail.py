"""How many mails are read and written in a second: `./run bench mail [--seconds 3]`.

Reading is all that is done with a mail that came: read, told what kind it is, its quoted text folded, its HTML made
harmless, its answer mark looked for. Writing is a mail with text and HTML, without and with signatures. One core.
"""

import argparse
import time
from collections.abc import Callable
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from stamkunde.conversations.mail.addresses import Mailbox
from stamkunde.conversations.mail.answer_marks import AnswerMark, found_in
from stamkunde.conversations.mail.html import harmless
from stamkunde.conversations.mail.kinds import kind_of
from stamkunde.conversations.mail.quoting import folded
from stamkunde.conversations.mail.reading import read
from stamkunde.conversations.mail.writing import File, Outgoing, Signer, written

KEY = b"k" * 32
PARAGRAPH = "Hei på deg, stolen som jeg kjøpte forrige uke er kommet, men ett av beina mangler.\n\n"


def outgoing(number: int, *, file: File | None = None) -> Outgoing:
    mark = AnswerMark(number, 1)
    quoted = "tir. 10. nov. 2026 kl. 10:00 skrev Butikk <post@butikk.example>:\n\n" + f"> {PARAGRAPH.strip()}\n" * 10
    html = f"<p>{PARAGRAPH}</p>" * 6 + f'<blockquote style="border-left:1px solid #ccc"><p>{PARAGRAPH}</p></blockquote>'
    return Outgoing(
        sender=Mailbox("kari@example.no", "Kari Blåbær"),
        to=[Mailbox(mark.reply_to("post@butikk.example", KEY), "Butikken")],
        subject="Re: Stolen mangler et bein",
        text=PARAGRAPH * 6 + quoted,
        html=html,
        message_id=mark.message_id("butikk.example", KEY),
        date=datetime(2026, 11, 10, 9, tzinfo=UTC),
        references=["<a@example.no>", "<b@example.no>"],
        files=[file] if file else [],
    )


def taken_in(raw: bytes) -> None:
    found = read(raw, fallback_charsets=("cp1252",), receiver="mx.butikk.example")
    kind_of(found, own_addresses=["post@butikk.example"])
    folded(found.text)
    harmless(found.html, cid_address=lambda identifier: None)
    found_in(found, keys=[KEY], addresses=["post@butikk.example"])


def measured(what: str, done: Callable[[int], object], seconds: float) -> None:
    end, count, began = time.perf_counter() + seconds, 0, time.process_time()
    while time.perf_counter() < end:
        done(count)
        count += 1
    spent = time.process_time() - began
    print(f"{what:42}{count / spent:10,.0f} a second of one core, {spent / count * 1_000:8.3f} ms each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    seconds = parser.parse_args().seconds
    picture = File("bilde.jpg", bytes(range(256)) * 4_000, "image/jpeg")
    rsa = Signer("butikk.example", "rsa", generate_private_key(65_537, 2_048))
    edwards = Signer("butikk.example", "ed", Ed25519PrivateKey.generate())
    usual, large = written(outgoing(1)), written(outgoing(1, file=picture))

    measured(f"read, {len(usual) / 1_000:.0f} kB", lambda number: taken_in(usual), seconds)
    measured(f"read, with a picture, {len(large) / 1_000:,.0f} kB", lambda number: taken_in(large), seconds)
    measured("write", lambda number: written(outgoing(number)), seconds)
    measured("write, signed with Ed25519", lambda number: written(outgoing(number), signers=[edwards]), seconds)
    measured("write, signed with RSA of 2048 bits", lambda number: written(outgoing(number), signers=[rsa]), seconds)
    measured("write, signed with both", lambda number: written(outgoing(number), signers=[rsa, edwards]), seconds)


if __name__ == "__main__":
    main()
