"""What a mail says, ready to be written down: everything that takes time and needs no database."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from stamkunde.conversations.intake.forwarding import Forwarded, handed_on
from stamkunde.conversations.mail.addresses import Mailbox as Address
from stamkunde.conversations.mail.addresses import comparable
from stamkunde.conversations.mail.answer_marks import Found, found_in
from stamkunde.conversations.mail.kinds import Kind, Nature, kind_of
from stamkunde.conversations.mail.quoting import How, folded
from stamkunde.conversations.mail.reading import Attachment, Oddity, ReadMail, read
from stamkunde.conversations.mail.verdicts import Verdict
from stamkunde.conversations.models import MessageKind
from stamkunde.conversations.noticed import UNSAID, Noticed

# A sender's clock is believed within these days; what it says else is kept in the original.
LATEST_ARRIVAL = timedelta(days=3)
SENT_FOLDERS = re.compile(r"(.*[./])?(sent|sent (items|mail|messages)|sendt|skickat|skickade objekt|nosūtīt\w*)", re.I)
KINDS = {
    Kind.HUMAN: MessageKind.HUMAN,
    Kind.OWN: MessageKind.HUMAN,
    Kind.AUTO_REPLY: MessageKind.AUTO_REPLY,
    Kind.BOUNCE: MessageKind.BOUNCE,
    Kind.DELAYED: MessageKind.DELAYED,
    Kind.READ_RECEIPT: MessageKind.READ_RECEIPT,
    Kind.LIST: MessageKind.LIST,
}


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What we know of a mail beside its bytes. `own_addresses` are those of all mailboxes of the shop."""

    received_at: datetime
    own_addresses: Sequence[str]
    keys: Sequence[bytes]
    fallback_charsets: Sequence[str] = ("cp1252", "cp1257")
    envelope_to: str = ""
    receiver: str = ""
    folder: str = ""
    is_whole: bool = True


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A mail that is understood. `sender` is who speaks in it, which is not always the address it came from."""

    mail: ReadMail
    nature: Nature
    kind: MessageKind
    sender: Address
    said_at: datetime
    text: str
    quoted: str
    flags: tuple[str, ...]
    files: tuple[Attachment, ...]
    mark: Found
    recipients: tuple[tuple[str, Address], ...]
    # Written by the shop elsewhere, such as the copy in a folder of sent mail.
    is_ours: bool = False
    # Nothing else could have sent it: the sender's domain vouches for it, or it never travelled.
    is_proven: bool = False
    may_be_answered: bool = False
    forwarded: Forwarded | None = None

    @property
    def is_forged(self) -> bool:
        return self.mail.verdicts.is_forged


def prepared(raw: bytes, known: Circumstances) -> Prepared:
    """Read a mail and find out all that its bytes tell; raises `Unreadable` with the reason."""
    mail = read(
        raw, fallback_charsets=known.fallback_charsets, receiver=known.receiver, now=known.received_at
    )  # fmt: skip
    envelope = comparable(known.envelope_to) if known.envelope_to else None
    if envelope:
        # Where a blind copy was delivered to is seen nowhere else.
        mail = replace(mail, delivered_to=(Address(envelope), *mail.delivered_to))
    own = {(comparable(address) or address).lower() for address in known.own_addresses}
    nature = kind_of(mail, own_addresses=own)
    is_proven = _is_proven(mail, known.folder)
    people = [*(("to", one) for one in mail.to), *(("cc", one) for one in mail.cc)]
    outside = [one for _role, one in people if not is_own(one, own)]
    sender, flags = mail.sender, _flags(mail, nature, known)
    is_ours = False
    kind = KINDS[nature.kind]
    may_be_answered = nature.may_be_answered_automatically and not mail.verdicts.is_forged
    if nature.kind == Kind.OWN:
        writer = next((one for one in mail.reply_to if not is_own(one, own)), None)
        if writer is not None and not outside:
            # A form on the shop's own pages writes in the shop's name and says whom to answer.
            sender = writer
            flags.append(Noticed.BY_FORM)
        elif outside and is_proven:
            is_ours = True
        elif not is_proven:
            flags.append(Noticed.PRETENDS_TO_BE_US)
        if (mail.header("auto-submitted") or "no").partition(";")[0].strip().lower() != "no":
            kind = MessageKind.AUTO_REPLY
    pieces = folded(mail.text)
    if pieces.how == How.ONLY_QUOTED:
        flags.append(Noticed.ONLY_QUOTED)
    return Prepared(
        mail=mail,
        nature=nature,
        kind=kind,
        sender=sender,
        said_at=_said_at(mail.date, known.received_at),
        text=clean(pieces.own).strip("\n"),
        quoted=clean(pieces.quoted).strip("\n"),
        flags=tuple(dict.fromkeys(str(flag) for flag in flags)),
        files=tuple(file for file in mail.attachments if known.is_whole and Oddity.TOO_LARGE not in mail.oddities),
        mark=found_in(mail, keys=known.keys, addresses=known.own_addresses),
        recipients=tuple(people[:MOST_RECIPIENTS]),
        is_ours=is_ours,
        is_proven=is_proven,
        may_be_answered=may_be_answered,
        forwarded=handed_on(mail.text, known.fallback_charsets) if kind == MessageKind.HUMAN else None,
    )


MOST_RECIPIENTS = 200


def is_own(person: Address, own: Collection[str]) -> bool:
    """Return whether an address is the shop's, also with a mark behind its plus."""
    local, _at, domain = person.address.lower().rpartition("@")
    return f"{local}@{domain}" in own or f"{local.partition('+')[0]}@{domain}" in own


def clean(text: str) -> str:
    """Return a text without what a database cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _is_proven(mail: ReadMail, folder: str) -> bool:
    # Every server on the way notes itself, so what bears no such note was put there by whoever may write to the folder.
    return (
        mail.verdicts.dmarc is Verdict.PASS
        or mail.header("received") is None
        or SENT_FOLDERS.fullmatch(folder) is not None
    )


def _said_at(date: datetime | None, received_at: datetime) -> datetime:
    if date is None or not received_at - LATEST_ARRIVAL <= date <= received_at:
        return received_at
    return date


def _flags(mail: ReadMail, nature: Nature, known: Circumstances) -> list[str]:
    flags: list[str] = sorted(mail.oddities - UNSAID - ({Oddity.TRUNCATED} if not known.is_whole else set()))
    if not known.is_whole and Oddity.TOO_LARGE not in mail.oddities:
        flags.append(Oddity.TOO_LARGE)
    if mail.verdicts.is_forged:
        flags.append(Noticed.FORGED_SENDER)
    if nature.pretends_to_be_us:
        flags.append(Noticed.PRETENDS_TO_BE_US)
    if mail.calendars:
        flags.append(Noticed.APPOINTMENT)
    return flags
