"""Which conversation a mail belongs to: a mark of ours in the addresses and identifiers that an answer carries back.

It is signed, so that nobody reaches another's conversation by counting. Letters are small ones and digits, because
some servers change the case of addresses; the signature has 120 bits.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .addresses import Mailbox, comparable
from .reading import ReadMail

MAC_BYTES = 15
SIGNED = re.compile(r"c([0-9]{1,19})\.([0-9]{1,19})\.([a-z2-7]{24})")
# Nobody writes a word of this length behind a plus by hand: it is a mark, or was one.
SHORTEST = 28
PURPOSE = b"stamkunde.conversations.mail\0"


class Trust(StrEnum):
    VALID = "valid"
    # It looks like ours and is not: guessed, or changed on purpose.
    FORGED = "forged"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AnswerMark:
    """A conversation, and the message in it that was answered."""

    conversation: int
    message: int

    def signed(self, key: bytes) -> str:
        """Return the mark as it is written, such as ``c12.34.mf2gg...``."""
        body = f"c{self.conversation}.{self.message}"
        return f"{body}.{_mac(body, key)}"

    def message_id(self, domain: str, key: bytes) -> str:
        return f"<{self.signed(key)}@{domain}>"

    def reply_to(self, address: str, key: bytes) -> str:
        """Return the address that an answer comes back to: ours, with the mark behind a plus."""
        local, _, domain = address.rpartition("@")
        return f"{local}+{self.signed(key)}@{domain}"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a mail: a mark to be believed, one that is forged, or none."""

    trust: Trust
    mark: AnswerMark | None = None


def verified(written: str, keys: Sequence[bytes]) -> AnswerMark | None:
    """Return the mark if one of the keys signed it; the newest key comes first, a former one is still believed."""
    # A server may write all of it in capitals; a single changed letter is no accident.
    match = SIGNED.fullmatch(written.lower() if written.isupper() else written)
    if match is None:
        return None
    body = f"c{match[1]}.{match[2]}"
    if not any(hmac.compare_digest(_mac(body, key), match[3]) for key in keys):
        return None
    return AnswerMark(int(match[1]), int(match[2]))


def found_in(mail: ReadMail, *, keys: Sequence[bytes], addresses: Sequence[str]) -> Found:
    """Return the conversation that a mail says it belongs to.

    `addresses` are the shop's mailboxes: a mark counts behind the plus of one of them, or before the domain of one of
    them in ``In-Reply-To`` and ``References``. What the mail was delivered to counts before what it refers to.
    """
    own = [address.lower() for address in (comparable(written) for written in addresses) if address]
    is_forged = False
    for written in _candidates(mail, own):
        mark = verified(written, keys)
        if mark is not None:
            return Found(Trust.VALID, mark)
        is_forged = True
    return Found(Trust.FORGED if is_forged else Trust.NONE)


def _candidates(mail: ReadMail, own: Sequence[str]) -> Iterator[str]:
    for mailbox in (*mail.delivered_to, *mail.to, *mail.cc):
        written = _behind_plus(mailbox, own)
        if written is not None and len(written) >= SHORTEST:
            yield written
    domains = {address.rpartition("@")[2] for address in own}
    for identifier in (*mail.in_reply_to, *reversed(mail.references)):
        written, _, domain = identifier.strip("<>").rpartition("@")
        ours = (comparable(f"x@{domain}") or "").lower().removeprefix("x@")
        if ours in domains and len(written) >= SHORTEST and written[:1] in "cC" and written.count(".") == 2:
            yield written


def _behind_plus(mailbox: Mailbox, own: Sequence[str]) -> str | None:
    local, _, domain = mailbox.address.rpartition("@")
    name, plus, written = local.partition("+")
    return written if plus and f"{name}@{domain}".lower() in own else None


def _mac(body: str, key: bytes) -> str:
    if len(key) < MAC_BYTES:
        raise ValueError("The key that signs answer marks is too short.")
    digest = hmac.new(key, PURPOSE + body.encode("ascii"), hashlib.sha256).digest()[:MAC_BYTES]
    return base64.b32encode(digest).decode("ascii").lower()
