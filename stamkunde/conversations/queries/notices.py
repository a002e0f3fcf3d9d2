"""What is amiss with mail, in a sentence each, for those who can do something about it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accounts.models import User
from stamkunde.conversations.access import MANAGE, QUARANTINE, held_messages, mails_set_aside
from stamkunde.conversations.events.mail import AutomaticAnswersStopped
from stamkunde.conversations.models import Mailbox
from stamkunde.events.delivering import event_of
from stamkunde.events.models import Happening
from stamkunde.kit import shown
from stamkunde.kit.clock import now

# So long a server may be restarted without anybody being troubled.
PATIENCE = timedelta(minutes=10)
TOLD_FOR = timedelta(days=1)
_COUNTED_TO = 100


@dataclass(frozen=True)
class Notice:
    """Something somebody should look at: what it is, and where."""

    sentence: str
    url: str


def mail_notices(user: User) -> list[Notice]:
    """Return what is amiss with mail now; four short queries for whoever sets up mail, none for most."""
    notices: list[Notice] = []
    if user.may(MANAGE.name):
        notices += _held(user)
        notices += _failing()
        notices += _stopped()
    if user.may(QUARANTINE.name):
        notices += _set_aside(user)
    return notices


def _held(user: User) -> list[Notice]:
    number = held_messages(user).order_by().values("pk")[:_COUNTED_TO].count()
    if not number:
        return []
    sentence = ngettext(
        "%(number)s message is held back since a backup was restored.",
        "%(number)s messages are held back since a backup was restored.",
        number,
    )
    return [Notice(sentence % {"number": _said(number)}, reverse("conversations:held"))]


def _failing() -> list[Notice]:
    long_ago = now() - PATIENCE
    rows = Mailbox.objects.filter(Q(failing_since__lt=long_ago) | Q(sending_failing_since__lt=long_ago), is_used=True)
    return [
        Notice(
            (
                _("%(mailbox)s cannot be read: %(why)s")
                if row.failing_since is not None and row.failing_since < long_ago
                else _("Nothing goes out from %(mailbox)s: %(why)s")
            )
            % {"mailbox": row.name, "why": row.failure or row.sending_failure},
            reverse("conversations:mailbox", args=[row.pk]),
        )
        for row in rows.order_by("pk")[:3]
    ]


def _stopped() -> list[Notice]:
    last = Happening.objects.filter(name=AutomaticAnswersStopped.name).order_by("-id").first()
    if last is None or last.at < now() - TOLD_FOR:
        return []
    stopped = event_of(last)
    return [Notice(stopped.sentence(), reverse("conversations:inbox"))] if stopped is not None else []


def _set_aside(user: User) -> list[Notice]:
    number = mails_set_aside(user).order_by().values("pk")[:_COUNTED_TO].count()
    if not number:
        return []
    sentence = ngettext(
        "%(number)s mail could not be read and was set aside.",
        "%(number)s mails could not be read and were set aside.",
        number,
    )
    return [Notice(sentence % {"number": _said(number)}, reverse("conversations:set_aside"))]


def _said(number: int) -> str:
    return shown.number(number) + ("+" if number >= _COUNTED_TO else "")
