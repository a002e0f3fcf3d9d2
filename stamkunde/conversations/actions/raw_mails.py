"""Mails as their bytes came: kept before anybody reads them, leased for reading, set aside, and read again."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from stamkunde.conversations.events.mail import MailReadAgain, MailSetAside
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import Mailbox, RawMail, RawMailState
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict

LEASE = timedelta(minutes=5)
# A mail at which workers die again and again is set aside, so that the next ones are read.
MOST_ATTEMPTS = 3
# Attempts go on to be counted after a mail was put back, so that nobody who began earlier may end it.
ROUND = 10
LONGEST_TRACE = 20_000

BROKEN, GAVE_UP, BYTES_GONE = "failed", "gave up", "bytes gone"
COPY, OWN_COPY = "copy", "own copy"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """How a mail came: by which mailbox and when, and what is known of it beside its bytes."""

    mailbox: Mailbox
    received_at: datetime | None = None
    uid_validity: int | None = None
    uid: int | None = None
    envelope_to: str = ""
    is_whole: bool = True


def store_raw_mail(raw: bytes, arrival: Arrival) -> tuple[RawMail, bool]:
    """Keep a mail as it came, and return it and whether it is new here: the same bytes in one mailbox are one mail.

    When this returns the bytes are on the disk and the row is committed: whoever handed them over may forget them.
    """
    digest, size = STORE.keep_bytes(raw)
    return _stored(digest, size, arrival)


@retry_on_conflict
@action
def _stored(digest: str, size: int, arrival: Arrival) -> tuple[RawMail, bool]:
    known = RawMail.objects.filter(mailbox=arrival.mailbox, digest=digest)
    if (earlier := known.first()) is not None:
        return earlier, False
    mail = RawMail(
        mailbox=arrival.mailbox,
        digest=digest,
        size=size,
        uid_validity=arrival.uid_validity,
        uid=arrival.uid,
        envelope_to=arrival.envelope_to.replace("\x00", "")[:254],
        received_at=arrival.received_at or now(),
        is_whole=arrival.is_whole,
    )
    try:
        with transaction.atomic():
            mail.save(force_insert=True)
    except IntegrityError:
        return known.get(), False
    return mail, True


def raw_mails_due(most: int) -> list[RawMail]:
    """Take some mails that wait to be read, the oldest first; nobody else gets them while the lease lasts."""
    # Asked every second: only what is there begins a transaction.
    numbers = list(_due().order_by("received_at", "pk").values_list("pk", flat=True)[:most])
    return _leased(numbers) if numbers else []


@retry_on_conflict
@action
def _leased(numbers: Sequence[int]) -> list[RawMail]:
    rows = _due().filter(pk__in=numbers).select_for_update(skip_locked=True, of=("self",)).select_related("mailbox")
    mails = list(rows.order_by("received_at", "pk"))
    tired = [mail for mail in mails if mail.attempts % ROUND >= MOST_ATTEMPTS]
    for mail in tired:
        _set_aside(mail, GAVE_UP, "")
    mails = [mail for mail in mails if mail not in tired]
    until = now() + LEASE
    RawMail.objects.filter(pk__in=[mail.pk for mail in mails]).update(leased_until=until, attempts=F("attempts") + 1)
    for mail in mails:
        mail.attempts, mail.leased_until = mail.attempts + 1, until
    return mails


def _due() -> QuerySet[RawMail]:
    free = Q(leased_until=None) | Q(leased_until__lt=now())
    return RawMail.objects.filter(free, state=RawMailState.STORED)


def held(mail: RawMail) -> QuerySet[RawMail]:
    """Return the row of a mail as long as whoever took it last is still the one who may end it."""
    return RawMail.objects.filter(pk=mail.pk, state=RawMailState.STORED, attempts=mail.attempts)


@retry_on_conflict
@action
def set_aside(mail: RawMail, reason: str, error: BaseException | None = None) -> None:
    """Let a mail wait for somebody to look at it: it cannot be read, and the next ones can."""
    trace = "".join(traceback.format_exception(error)) if error is not None else ""
    if held(mail).exists():
        _set_aside(mail, reason, trace)


def _set_aside(mail: RawMail, reason: str, trace: str) -> None:
    if held(mail).update(
        state=RawMailState.QUARANTINED,
        reason=reason[:40],
        trace=trace.replace("\x00", "")[-LONGEST_TRACE:],
        leased_until=None,
        read_at=now(),
    ):
        publish(MailSetAside(raw_mail_id=mail.pk, mailbox_id=mail.mailbox_id, reason=reason[:40]), by=SYSTEM)


@action
def read_again(numbers: Sequence[int], *, by: Actor) -> int:
    """Let mails that were set aside be read once more; return how many there were."""
    mails = list(
        RawMail.objects.select_for_update().filter(pk__in=numbers, state=RawMailState.QUARANTINED).order_by("pk")
    )
    for mail in mails:
        RawMail.objects.filter(pk=mail.pk).update(
            state=RawMailState.STORED,
            reason="",
            trace="",
            read_at=None,
            leased_until=None,
            attempts=(mail.attempts // ROUND + 1) * ROUND,
        )
    if mails:
        publish(MailReadAgain(number=len(mails)), by=by)
    return len(mails)
