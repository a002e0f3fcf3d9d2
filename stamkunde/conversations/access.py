"""What people may do with conversations, and which of them a person may look at."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.conversations.events import INBOX
from stamkunde.conversations.models import (
    Conversation,
    DispatchState,
    Letter,
    Mailbox,
    Message,
    PrintRun,
    RawMail,
    RawMailState,
    RawText,
    TextLine,
    TextTemplate,
)
from stamkunde.conversations.models.conversation import ConversationQuerySet
from stamkunde.customers.access import RESTRICT
from stamkunde.kit.policy import Permission

SEE = Permission("conversations.see", _("Read what customers write and are told."))
ANSWER = Permission("conversations.answer", _("Answer customers, assign conversations and write notes on them."))
CURATE = Permission("conversations.curate", _("Write saved replies and tags for everybody."))
SEND_PAPERS = Permission(
    "conversations.send_papers", _("Send customers their receipts, invoices and quotes by e-mail.")
)
QUARANTINE = Permission("conversations.quarantine", _("See mails that could not be read, and let them be read again."))
PRINT = Permission(
    "conversations.print", _("Print letters, say when they were posted, and take in scans of what came by post.")
)
MANAGE = Permission(
    "conversations.manage", _("Set up mailboxes, how letters look, and where messages come in and go out.")
)

PERMISSIONS = (SEE, ANSWER, SEND_PAPERS, CURATE, QUARANTINE, PRINT, MANAGE)


def visible_conversations(user: User) -> ConversationQuerySet:
    """Return the conversations a person may read; those of customers whose data may only be stored are left out."""
    if not user.may(SEE.name):
        return Conversation.objects.none()
    rows = Conversation.objects.all()
    return rows if user.may(RESTRICT.name) else rows.exclude(customer__restricted_at__isnull=False)


def rooms(user: User) -> list[str]:
    """Return the rooms in which a person hears what changes in conversations; numbers alone are told there."""
    return [INBOX] if user.may(SEE.name) else []


def conversation_for(user: User, pk: int) -> Conversation:
    """Return one a person may read; another one is not there."""
    rows = visible_conversations(user).select_related("customer", "mailbox", "text_line", "team", "assigned_to")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def visible_mailboxes(user: User) -> QuerySet[Mailbox]:
    """Return the mailboxes that a person may set up."""
    return Mailbox.objects.all() if user.may(MANAGE.name) else Mailbox.objects.none()


def mailbox_for(user: User, pk: int) -> Mailbox:
    mailbox = visible_mailboxes(user).filter(pk=pk).first()
    if mailbox is None:
        raise Http404
    return mailbox


def held_messages(user: User) -> QuerySet[Message]:
    """Return the messages that are held back after a restore, to those who set up where messages go out."""
    if not user.may(MANAGE.name):
        return Message.objects.none()
    held = Message.objects.filter(dispatch__state=DispatchState.HELD)
    return held.filter(conversation__in=visible_conversations(user))


def mails_set_aside(user: User) -> QuerySet[RawMail]:
    """Return the mails that could not be read, the newest first."""
    if not user.may(QUARANTINE.name):
        return RawMail.objects.none()
    aside = RawMail.objects.filter(state=RawMailState.QUARANTINED)
    return aside.select_related("mailbox").order_by("-received_at", "-pk")


def mail_set_aside_for(user: User, pk: int) -> RawMail:
    mail = mails_set_aside(user).filter(pk=pk).first()
    if mail is None:
        raise Http404
    return mail


def visible_text_lines(user: User) -> QuerySet[TextLine]:
    """Return the numbers for text messages that a person may set up."""
    return TextLine.objects.all() if user.may(MANAGE.name) else TextLine.objects.none()


def text_line_for(user: User, pk: int) -> TextLine:
    line = visible_text_lines(user).filter(pk=pk).first()
    if line is None:
        raise Http404
    return line


def text_template_for(user: User, pk: int) -> TextTemplate:
    """Return a template of a number that a person may set up."""
    rows = TextTemplate.objects.filter(text_line__in=visible_text_lines(user)).select_related("text_line")
    template = rows.filter(pk=pk).first()
    if template is None:
        raise Http404
    return template


def lines_to_write_by(user: User) -> QuerySet[TextLine]:
    """Return the numbers by which a person may write to customers."""
    return TextLine.objects.filter(is_used=True) if user.may(ANSWER.name) else TextLine.objects.none()


def texts_set_aside(user: User) -> QuerySet[RawText]:
    """Return what providers handed in and could not be read, the newest first."""
    if not user.may(QUARANTINE.name):
        return RawText.objects.none()
    aside = RawText.objects.filter(state=RawMailState.QUARANTINED)
    return aside.select_related("text_line").order_by("-received_at", "-pk")


def text_set_aside_for(user: User, pk: int) -> RawText:
    raw = texts_set_aside(user).filter(pk=pk).first()
    if raw is None:
        raise Http404
    return raw


def letter_for(user: User, pk: int) -> Letter:
    """Return a letter of a conversation the person may read, with what its paper needs."""
    rows = Letter.objects.filter(message__conversation__in=visible_conversations(user))
    letter = rows.select_related("message__conversation__customer", "message__dispatch", "store").filter(pk=pk).first()
    if letter is None:
        raise Http404
    return letter


def print_run_for(user: User, pk: int) -> PrintRun:
    """Return a print run; one that holds a letter the person may not read is not there."""
    run = PrintRun.objects.select_related("store").filter(pk=pk).first() if user.may(PRINT.name) else None
    if run is None:
        raise Http404
    letters = Letter.objects.filter(run=run)
    if letters.exclude(message__conversation__in=visible_conversations(user)).exists():
        raise Http404
    return run
