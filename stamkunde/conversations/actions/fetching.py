"""Who looks into a mailbox just now, how far she came, and how it fares."""

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from stamkunde.conversations.events.mail import MailboxFails, MailboxWorksAgain
from stamkunde.conversations.models import Mailbox
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

LEASE = timedelta(minutes=5)
EVERY = timedelta(seconds=30)
# One that fails is tried less often the longer it fails, up to this.
LONGEST_PAUSE = timedelta(minutes=10)


class LeaseLost(Exception):
    """Somebody else looks into the mailbox now, or it was changed; nothing more may be noted here."""


def mailboxes_due() -> list[int]:
    """Return the mailboxes that are to be looked into now and at which nobody is."""
    rows = _free(Mailbox.objects.filter(is_used=True).exclude(imap_host=""))
    due = rows.filter(Q(look_at=None) | Q(look_at__lte=now()))
    return list(due.order_by(F("look_at").asc(nulls_first=True), "pk").values_list("pk", flat=True))


def _free(rows: QuerySet[Mailbox]) -> QuerySet[Mailbox]:
    return rows.filter(Q(leased_until=None) | Q(leased_until__lt=now()))


@action
def lease_mailbox(number: int, owner: str) -> Mailbox | None:
    """Take a mailbox for oneself; of two who want it one gets it. A worker that dies holds it for five minutes."""
    if not _free(Mailbox.objects.filter(pk=number)).update(leased_by=owner, leased_until=now() + LEASE):
        return None
    return Mailbox.objects.get(pk=number)


@action
def note_fetched(mailbox: Mailbox, owner: str, uid_validity: int, last_uid: int) -> None:
    """Note up to where mails are kept; raises `LeaseLost` when somebody else has the mailbox by now."""
    if not _held(mailbox, owner).update(
        uid_validity=uid_validity, last_uid=last_uid, leased_until=now() + LEASE
    ):  # fmt: skip
        raise LeaseLost
    mailbox.uid_validity, mailbox.last_uid = uid_validity, last_uid


@action
def note_well(mailbox: Mailbox, owner: str, *, is_more: bool) -> None:
    """Let go of a mailbox that was read; where there is more, it is looked into again at once."""
    at = now()
    if not _held(mailbox, owner).update(
        leased_by="",
        leased_until=None,
        look_at=at if is_more else at + EVERY,
        read_at=at,
        failing_since=None,
        failure="",
    ):
        raise LeaseLost
    if mailbox.failing_since is not None:
        publish(MailboxWorksAgain(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=SYSTEM)


@action
def note_failure(mailbox: Mailbox, owner: str, sentence: str) -> None:
    """Let go of a mailbox that could not be read; what failed is shown until it works again."""
    at = now()
    if not _held(mailbox, owner).update(
        leased_by="",
        leased_until=None,
        look_at=at + pause_after(at - (mailbox.failing_since or at)),
        failing_since=Coalesce("failing_since", at),
        failure=sentence[:300],
    ):
        raise LeaseLost
    if mailbox.failing_since is None:
        publish(MailboxFails(mailbox_id=mailbox.pk, mailbox_name=mailbox.name), by=SYSTEM)


def pause_after(failing: timedelta) -> timedelta:
    return min(LONGEST_PAUSE, max(EVERY, failing / 4))


def _held(mailbox: Mailbox, owner: str) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(pk=mailbox.pk, leased_by=owner)
