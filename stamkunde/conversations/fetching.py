"""Fetching mail from the servers of the mailboxes: by the server's own numbers and a mark of ours, whoever read it.

Bytes are kept before the mark moves. A worker that is killed in between leaves the mark behind, and the mails it had
kept are the same bytes when they come again.
"""

import logging
import os
import platform
import secrets
from datetime import date, timedelta

from django.utils.translation import gettext as _

from stamkunde.conversations.actions.fetching import (
    LeaseLost,
    lease_mailbox,
    mailboxes_due,
    note_failure,
    note_fetched,
    note_well,
)
from stamkunde.conversations.actions.raw_mails import Arrival, store_raw_mail
from stamkunde.conversations.imap import Folder, FolderNotOpened, Listed, opened_folder
from stamkunde.conversations.models import Mailbox
from stamkunde.conversations.taking_in import KEPT_OF_TOO_LARGE, largest

logger = logging.getLogger("stamkunde.mail")

AT_ONCE = 20
# After so many another mailbox has its turn.
MOST = 400
# Where numbers begin anew, mails from before the last look were kept long ago; clocks and copying may be days off.
MARGIN = timedelta(days=7)


class NotKept(Exception):
    """This machine could not keep what came; the mail stays on the server."""


def fetch_mails() -> int:
    """Look into each mailbox whose turn it is; return how many new mails were kept."""
    return sum(fetch_from(number) for number in mailboxes_due())


def fetch_from(number: int) -> int:
    owner = f"{platform.node()[:20]}:{os.getpid()}:{secrets.token_hex(4)}"[:40]
    mailbox = lease_mailbox(number, owner)
    if mailbox is None:
        return 0
    try:
        try:
            with opened_folder(mailbox) as folder:
                kept, is_more = _fetched(mailbox, folder, owner)
        except (FolderNotOpened, NotKept) as error:
            logger.warning("Mailbox %s cannot be read: %s", mailbox.pk, error)
            note_failure(mailbox, owner, str(error))
            return 0
        note_well(mailbox, owner, is_more=is_more)
    except LeaseLost:
        logger.info("Mailbox %s is read by another worker.", mailbox.pk)
        return 0
    return kept


def _fetched(mailbox: Mailbox, folder: Folder, owner: str) -> tuple[int, bool]:
    since = _begin_anew(mailbox, folder.uid_validity, owner)
    uids = folder.uids_after(mailbox.last_uid, since)
    kept = 0
    for start in range(0, min(len(uids), MOST), AT_ONCE):
        some = uids[start : min(start + AT_ONCE, MOST)]
        for listed in folder.listed(some):
            kept += _kept(mailbox, folder, listed)
        note_fetched(mailbox, owner, folder.uid_validity, some[-1])
    return kept, len(uids) > MOST


def _begin_anew(mailbox: Mailbox, uid_validity: int, owner: str) -> date | None:
    """Forget how far we came where the server's numbers mean other mails now; return from which day on to look."""
    if mailbox.uid_validity == uid_validity:
        return None
    note_fetched(mailbox, owner, uid_validity, 0)
    return None if mailbox.read_at is None else (mailbox.read_at - MARGIN).date()


def _kept(mailbox: Mailbox, folder: Folder, listed: Listed) -> bool:
    is_whole = listed.size <= largest(mailbox)
    raw = folder.mail(listed.uid, None if is_whole else KEPT_OF_TOO_LARGE)
    if raw is None:
        return False
    arrival = Arrival(
        mailbox=mailbox,
        received_at=listed.received_at,
        uid_validity=folder.uid_validity,
        uid=listed.uid,
        is_whole=is_whole,
    )
    try:
        return store_raw_mail(raw, arrival)[1]
    except OSError as error:
        raise NotKept(_("A mail could not be kept on this machine. Look whether its disk is full.")) from error
