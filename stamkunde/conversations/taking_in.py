"""Mail that others hand in, by a pipe or by HTTP: kept within the mailbox's limit, and only then said to be taken."""

import io
from collections.abc import Callable

from stamkunde.conversations.actions.raw_mails import Arrival, store_raw_mail
from stamkunde.conversations.models import Mailbox, RawMail

MEGABYTE = 1_000_000
# Of a mail that is too large so much is kept: its head, and its text where that comes first.
KEPT_OF_TOO_LARGE = MEGABYTE
BLOCK = 1 << 16


class NothingCame(ValueError):
    """There was no mail in it."""


def largest(mailbox: Mailbox) -> int:
    """Return how many bytes a mail may have that is kept whole."""
    return mailbox.megabytes * MEGABYTE


def take_in(mailbox: Mailbox, read: Callable[[int], bytes], *, envelope_to: str = "") -> tuple[RawMail, bool]:
    """Keep what can be read, of a mail beyond the limit its beginning; return it and whether it is new here.

    All of it is read, for whoever sends would take a line that is closed for a failure, and come again.
    """
    limit = largest(mailbox)
    kept = io.BytesIO()
    is_whole = True
    while block := read(BLOCK):
        if not is_whole:
            continue
        kept.write(block)
        if kept.tell() > limit:
            is_whole = False
            kept.truncate(KEPT_OF_TOO_LARGE)
    raw = kept.getvalue()
    if not raw.strip():
        raise NothingCame
    return store_raw_mail(raw, Arrival(mailbox=mailbox, envelope_to=envelope_to, is_whole=is_whole))
