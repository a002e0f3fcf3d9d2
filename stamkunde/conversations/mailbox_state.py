"""How mailboxes fare, and which mails were set aside and why: in words, for those who look after them."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.hazmat.primitives import serialization
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.conversations.credentials import NotLetIn, dkim_key_of
from stamkunde.conversations.imap import FolderNotOpened, opened_folder
from stamkunde.conversations.models import Mailbox, RawMail, RawMailState
from stamkunde.conversations.smtp import Trouble, open_line
from stamkunde.kit import shown

REASONS = {
    "empty": gettext_lazy("It is empty."),
    "no sender": gettext_lazy("It does not say whom it is from."),
    "too deep": gettext_lazy("It is packed into itself more often than any honest mail."),
    "too many parts": gettext_lazy("It has more parts than any honest mail."),
    "broken": gettext_lazy("It is put together in a way that cannot be understood."),
    "failed": gettext_lazy("Something went wrong here while it was read."),
    "gave up": gettext_lazy("Reading it was broken off again and again."),
    "no number": gettext_lazy("It does not say which message it is."),
    "locked": gettext_lazy("What lets us in at the provider cannot be read any more."),
    "bytes gone": gettext_lazy("The file in which it was kept is not there any more."),
}


@dataclass(frozen=True)
class Fares:
    """How a mailbox fares, in words; numbers are of the mails that are still kept as they came."""

    received: int
    waiting: int
    read: int
    set_aside: int
    skipped: int
    state: str
    tone: str
    last: str
    trouble: str


def said_reason(code: str) -> str:
    return str(REASONS.get(code) or _("It could not be read."))


def fares_of(mailboxes: Iterable[Mailbox]) -> dict[int, Fares]:
    """Return how each mailbox fares; one query however many there are."""
    rows = list(mailboxes)
    counts: dict[int, dict[str, int]] = {}
    found = RawMail.objects.filter(mailbox__in=[row.pk for row in rows]).order_by().values_list("mailbox", "state")
    for number, state, count in found.annotate(number=Count("pk")):
        counts.setdefault(number, {})[state] = count
    return {row.pk: _fares(row, counts.get(row.pk, {})) for row in rows}


def _fares(mailbox: Mailbox, counts: dict[str, int]) -> Fares:
    state, tone = _("in use"), "green"
    if not mailbox.is_used:
        state, tone = _("not in use"), "plain"
    elif mailbox.failing_since is not None:
        state, tone = _("cannot be read"), "red"
    last = _("Handed in by other programs")
    if mailbox.imap_host:
        last = _("Not read yet")
        if mailbox.read_at is not None:
            last = _("Read last: %(when)s") % {"when": shown.instant(mailbox.read_at)}
    trouble = ""
    if mailbox.failing_since is not None:
        trouble = _("Since %(when)s: %(why)s") % {
            "when": shown.instant(mailbox.failing_since),
            "why": mailbox.failure,
        }
    return Fares(
        received=sum(counts.values()),
        waiting=counts.get(RawMailState.STORED, 0),
        read=counts.get(RawMailState.READ, 0),
        set_aside=counts.get(RawMailState.QUARANTINED, 0),
        skipped=counts.get(RawMailState.SKIPPED, 0),
        state=state,
        tone=tone,
        last=last,
        trouble=trouble,
    )


@dataclass(frozen=True)
class Tried:
    """What came of looking into a mailbox."""

    is_well: bool
    said: str


def try_connection(mailbox: Mailbox) -> Tried:
    """Look into the mailbox's folder once and sign in where it is sent by, and say what came of both."""
    if not mailbox.imap_host and not mailbox.smtp_host:
        return Tried(False, _("There is no server to read from. Write one, or hand mail in by a token."))
    tried = [
        *([_try_reading(mailbox)] if mailbox.imap_host else []),
        *([_try_sending(mailbox)] if mailbox.smtp_host else []),
    ]
    return Tried(all(one.is_well for one in tried), " ".join(one.said for one in tried))


def _try_sending(mailbox: Mailbox) -> Tried:
    try:
        open_line(mailbox).close()
    except Trouble as trouble:
        return Tried(False, _("Sending: %(why)s") % {"why": trouble.sentence})
    return Tried(True, _("The server to send by lets us in as well. Nothing was sent."))


def _try_reading(mailbox: Mailbox) -> Tried:
    try:
        with opened_folder(mailbox, seconds=8, longest=15) as folder:
            number = folder.number
    except FolderNotOpened as error:
        return Tried(False, error.sentence)
    return Tried(
        True, _("The mail server lets us in. %(number)s mails lie in the folder.") % {"number": shown.number(number)}
    )


def dns_lines(mailbox: Mailbox) -> list[str]:
    """Return what the domain of a mailbox has to publish so that its mail is known to be signed by it."""
    if not (mailbox.dkim_key and mailbox.dkim_selector):
        return []
    try:
        key = serialization.load_pem_private_key(dkim_key_of(mailbox), password=None)
    except (NotLetIn, ValueError):
        return []
    raw = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    written = f"v=DKIM1; k=rsa; p={base64.b64encode(raw).decode()}"
    # A line of text in DNS holds 255 letters; longer ones are written in pieces.
    pieces = " ".join(f'"{written[place : place + 250]}"' for place in range(0, len(written), 250))
    return [f"{mailbox.dkim_selector}._domainkey.{mailbox.address.rpartition('@')[2]}. IN TXT {pieces}"]
