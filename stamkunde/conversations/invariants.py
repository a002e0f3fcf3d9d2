"""What must always hold of conversations: no mail is lost or told twice, nothing is sent twice, every file is there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    Direction,
    Dispatch,
    DispatchState,
    Letter,
    Letterhead,
    Mailbox,
    Message,
    PrintRun,
    RawMail,
    RawMailState,
    RawText,
    TextLine,
)
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant, Stored, files_unlike_rows

AT_ONCE = 2_000


def mails_without_an_end() -> Iterator[str]:
    """Yield mails that are neither one message, nor set aside, nor left out for a reason."""
    read = Q(state=RawMailState.READ, message=None)
    aside = Q(state__in=[RawMailState.QUARANTINED, RawMailState.SKIPPED], reason="")
    for number in RawMail.objects.filter(read | aside).values_list("pk", flat=True)[:AT_ONCE]:
        yield _("Mail %(number)s was fetched, and what became of it is not known. Let it be read again.") % {
            "number": number
        }


def sent_unlike_their_messages() -> Iterator[str]:
    """Yield messages that were to be sent and are not ours, or that are sent without the moment of it."""
    wrong = Dispatch.objects.filter(
        ~Q(message__direction=Direction.OUT)
        | Q(state__in=[DispatchState.SENT, DispatchState.DELIVERED, DispatchState.SEEN], sent_at=None)
        | Q(state__in=[DispatchState.QUEUED, DispatchState.HELD, DispatchState.TAKEN_BACK], sent_at__isnull=False)
    )
    for number in wrong.values_list("message_id", flat=True)[:AT_ONCE]:
        yield _("Message %(number)s is sent and not sent at once.") % {"number": number}
    twice = Message.objects.filter(direction=Direction.OUT).exclude(message_id="").values("message_id")
    for row in twice.annotate(number=Count("pk")).filter(number__gt=1)[:AT_ONCE]:
        yield _("Two messages went out under the number %(number)s.") % {"number": row["message_id"]}


def letters_unlike_their_dispatch() -> Iterator[str]:
    """Yield letters whose paper says something else of their way than their dispatch does."""
    wrong = Letter.objects.filter(
        Q(message__dispatch=None)
        | Q(message__dispatch__state=DispatchState.SENT, posted_on=None)
        | Q(message__dispatch__state__in=[DispatchState.QUEUED, DispatchState.PRINTED], posted_on__isnull=False)
        | Q(message__dispatch__state=DispatchState.QUEUED, run__isnull=False)
        | Q(message__dispatch__state=DispatchState.BOUNCED, returned_at=None)
    )
    for number in wrong.values_list("pk", flat=True)[:AT_ONCE]:
        yield _("Letter %(number)s is in two places at once on its way.") % {"number": number}


def conversations_led_astray() -> Iterator[str]:
    """Yield conversations that lead to one that leads on, and those with messages of theirs where they are not."""
    chains = Conversation.objects.filter(merged_into__merged_into__isnull=False)
    for number in chains.values_list("pk", flat=True)[:AT_ONCE]:
        yield _("Conversation %(number)s leads to one that leads on itself.") % {"number": number}
    left = Conversation.objects.filter(merged_into__isnull=False, messages__isnull=False).distinct()
    for number in left.values_list("pk", flat=True)[:AT_ONCE]:
        yield _("Conversation %(number)s became part of another one and still has messages.") % {"number": number}
    late = Conversation.objects.filter(messages__said_at__lt=F("first_contact_at"), merged__isnull=True).distinct()
    for number in late.values_list("pk", flat=True)[:AT_ONCE]:
        yield _("Conversation %(number)s has a message from before its first contact.") % {"number": number}


def files_of_conversations() -> Iterator[str]:
    kept = (
        Attachment.objects.all(), RawMail.objects.all(), Dispatch.objects.with_bytes(),
        PrintRun.objects.exclude(digest=""),
    )  # fmt: skip
    named = {
        STORE.name_of(digest): Stored(size, digest)
        for rows in kept
        for digest, size in rows.order_by().values_list("digest", "size").distinct().iterator(chunk_size=AT_ONCE)
    }
    logos = Letterhead.objects.exclude(logo_digest="")
    for digest, size in logos.values_list("logo_digest", "logo_size"):
        named[STORE.name_of(digest)] = Stored(size, digest)
    yield from files_unlike_rows(Path(settings.FILES_ROOT), STORE.folder, named)


# So long nobody need know of it: servers are restarted, and workers too.
PATIENCE = timedelta(hours=1)


def mailboxes_that_fail() -> Iterator[str]:
    """Yield mailboxes that cannot be read, and why."""
    failing = Mailbox.objects.filter(is_used=True, failing_since__lt=now() - PATIENCE)
    for name, why in failing.values_list("name", "failure"):
        yield _("The mailbox %(name)s cannot be read: %(why)s") % {"name": name, "why": why}


def mails_waiting_long() -> Iterator[str]:
    """Yield how many mails wait to be read for longer than any worker takes."""
    waiting = RawMail.objects.filter(state=RawMailState.STORED, received_at__lt=now() - PATIENCE)
    if number := waiting.count():
        yield ngettext(
            "%(number)s mail waits to be read for more than an hour. Look whether a worker runs.",
            "%(number)s mails wait to be read for more than an hour. Look whether a worker runs.",
            number,
        ) % {"number": number}


def text_lines_that_fail() -> Iterator[str]:
    """Yield numbers for text messages by which nothing can be sent, and why."""
    failing = TextLine.objects.filter(is_used=True, sending_failing_since__lt=now() - PATIENCE)
    for name, why in failing.values_list("name", "sending_failure"):
        yield _("A number for text messages cannot send: %(name)s. %(why)s") % {"name": name, "why": why}


def texts_without_an_end() -> Iterator[str]:
    """Yield what was handed in and waits for long, or was set aside without a reason, or kept though it was read."""
    late = Q(state=RawMailState.STORED, received_at__lt=now() - PATIENCE)
    aside = Q(state=RawMailState.QUARANTINED, reason="")
    for number in RawText.objects.filter(late | aside).values_list("pk", flat=True)[:AT_ONCE]:
        yield _("Text %(number)s was handed in, and what became of it is not known. Look whether a worker runs.") % {
            "number": number
        }


INVARIANTS = (
    Invariant("text-lines-work", gettext_lazy("Every number for text messages can send."), text_lines_that_fail),
    Invariant(
        "texts-have-an-end",
        gettext_lazy("Whatever a provider of text messages handed in is read soon, or set aside with the reason."),
        texts_without_an_end,
    ),
    Invariant("mailboxes-work", gettext_lazy("Every mailbox can be read."), mailboxes_that_fail),
    Invariant("mails-are-read", gettext_lazy("Every mail is read soon."), mails_waiting_long),
    Invariant(
        "mails-have-an-end",
        gettext_lazy("Every mail that was fetched is one message, or is set aside with the reason."),
        mails_without_an_end,
    ),
    Invariant(
        "sent-once", gettext_lazy("Every message that goes out does so once, and is sent or not."),
        sent_unlike_their_messages,
    ),
    Invariant(
        "letters-are-somewhere",
        gettext_lazy("Every letter waits, is printed, posted or has come back, and is in one of these places only."),
        letters_unlike_their_dispatch,
    ),
    Invariant(
        "conversations-lead-on",
        gettext_lazy("Every conversation that became part of another leads there, and has nothing of its own left."),
        conversations_led_astray,
    ),
    Invariant(
        "conversation-files", gettext_lazy("Every mail and every attachment is there as it came."),
        files_of_conversations,
    ),
)  # fmt: skip
