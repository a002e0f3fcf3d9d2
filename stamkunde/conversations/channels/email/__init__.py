"""E-mail: answered from a mailbox, by its own number, with copies and files."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from stamkunde.conversations.channels.contract import Composer, Way
from stamkunde.conversations.channels.email.reachable import refuse_unreachable
from stamkunde.conversations.channels.recipients import MOST_KNOWN, last_writer, own_address, those_who_take_part
from stamkunde.conversations.models import (
    Attachment,
    Channel,
    Conversation,
    Direction,
    Dispatch,
    DispatchState,
    Mailbox,
    Message,
)
from stamkunde.conversations.outgoing import message_id
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AnswerValues
from stamkunde.customers.models import ConsentChannel, ContactKind
from stamkunde.kit.clock import now

MOST_REFERENCES = 20


class Email(Way):
    kind = Channel.EMAIL
    icon = "mail"
    can_answer = True
    composer = Composer(takes_copies=True, takes_files=True, input_mode="email")
    transport = "conversations.send_mail"
    settings_page = "conversations:mailboxes"
    starting_page = "conversations:new"
    consent = ConsentChannel.EMAIL

    def usual_recipients(self, talk: Conversation) -> list[str]:
        if last := last_writer(talk):
            return [last]
        known = [one for one in those_who_take_part(talk) if "@" in one][:MOST_KNOWN]
        return known or own_address(talk.customer_id, ContactKind.EMAIL)

    def address(self, written: str) -> str:
        try:
            validate_email(written)
        except ValidationError as error:
            raise ConversationRefused(
                _("“%(address)s” is no e-mail address. Mend it, or take it out.") % {"address": written[:80]},
                "recipients",
            ) from error
        return written

    def checked(self, talk: Conversation, values: AnswerValues, files: Collection[Attachment]) -> AnswerValues:
        attached = sum(file.size for file in files) + sum(len(file.content) for file in values.files)
        refuse_unreachable(talk, values.recipients, attached)
        return values

    def sender(self, talk: Conversation) -> str:
        return talk.mailbox.address if talk.mailbox else ""

    def answering(self, talk: Conversation) -> dict[str, Any]:
        """Return which mail it answers and those before: by these, programs keep a conversation together."""
        mails = Message.objects.filter(conversation=talk).exclude(message_id="").order_by("-said_at", "-pk")
        before = list(mails.values_list("message_id", "direction")[:MOST_REFERENCES])
        if not before:
            return {}
        answered = next((number for number, direction in before if direction == Direction.IN), before[0][0])
        return {"in_reply_to": answered, "references": [number for number, _direction in reversed(before)]}

    def number(self, message: Message) -> str:
        """Return the number by which an answer is known."""
        return message_id(message, message.from_address) if message.from_address else ""

    def queued(self, talk: Conversation, values: AnswerValues) -> dict[str, Any]:
        return {"mailbox": talk.mailbox}

    def with_work(self) -> list[int]:
        """Return the mailboxes that have something to send now, or something whose worker disappeared."""
        at = now()
        due = Dispatch.objects.filter(mailbox=OuterRef("pk"), state=DispatchState.QUEUED, due_at__lte=at)
        lost = Dispatch.objects.filter(mailbox=OuterRef("pk"), state=DispatchState.SENDING, leased_until__lt=at)
        awake = Q(sending_rests_until=None) | Q(sending_rests_until__lte=at)
        can_send = Mailbox.objects.exclude(smtp_host="").filter(Exists(due), awake)
        lost_something = Mailbox.objects.filter(Exists(lost))
        return sorted({*can_send.values_list("pk", flat=True), *lost_something.values_list("pk", flat=True)})

    def why_nothing_leaves(self, dispatch: Dispatch) -> str:
        mailbox = dispatch.mailbox
        if mailbox is None:
            return _("This conversation has no mailbox, so nothing is sent from it. Begin a new one by e-mail.")
        if not mailbox.smtp_host:
            return _(
                "%(mailbox)s has no server to send by, so nothing leaves the house: what is written waits here until "
                "one is set up."
            ) % {"mailbox": mailbox.name}
        if mailbox.sending_failing_since is not None:
            return _("%(mailbox)s cannot send just now, and is tried again by itself: %(why)s") % {
                "mailbox": mailbox.name,
                "why": mailbox.sending_failure,
            }
        return ""

    def still_tried(self, answer: str) -> str:
        return _("The mail server does not take it yet and is asked again: %(answer)s") % {"answer": answer}
