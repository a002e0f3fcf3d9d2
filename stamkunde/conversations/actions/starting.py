"""The shop writes first."""

from dataclasses import replace

from stamkunde.accounts.models import User
from stamkunde.conversations.actions.messages import write_answer
from stamkunde.conversations.actions.threads import open_conversation
from stamkunde.conversations.channels import way_of
from stamkunde.conversations.channels.text import channel_of
from stamkunde.conversations.models import Channel, Conversation, Mailbox, Message, TextLine
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.customers.models import Customer
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now


@action
def start_conversation(
    mailbox: Mailbox, address: str, subject: str, text: str, *, customer_id: int | None = None, by: Actor
) -> Message:
    """Begin a conversation by mail and queue its first message; whoever writes it answers it."""
    customer = Customer.objects.present().filter(pk=customer_id).first() if customer_id else None
    talk = open_conversation(
        channel=Channel.EMAIL,
        at=now(),
        customer_id=customer.pk if customer else None,
        subject=subject,
        mailbox=mailbox,
        language=customer.language if customer else mailbox.language,
    )
    _give_to_writer(talk, by)
    return write_answer(talk, AnswerValues(text=text, recipients=(AddressValues(address=address),)), by=by)


@action
def start_text_conversation(
    line: TextLine, number: str, values: AnswerValues, *, customer_id: int | None = None, by: Actor
) -> Message:
    """Begin a conversation by text message or messenger and queue its first message; whoever writes it answers it."""
    customer = Customer.objects.present().filter(pk=customer_id).first() if customer_id else None
    channel = channel_of(line)
    address = way_of(channel).address(number)
    talk = open_conversation(
        channel=channel,
        at=now(),
        customer_id=customer.pk if customer else None,
        text_line=line,
        language=customer.language if customer else line.language,
    )
    _give_to_writer(talk, by)
    return write_answer(talk, replace(values, recipients=(AddressValues(address=address),)), by=by)


def _give_to_writer(talk: Conversation, by: Actor) -> None:
    if by.kind == ActorKind.STAFF and by.id is not None:
        writer = User.objects.filter(pk=by.id, is_active=True).first()
        Conversation.objects.filter(pk=talk.pk).update(assigned_to=writer)
