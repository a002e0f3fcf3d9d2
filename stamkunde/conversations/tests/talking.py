"""Short ways to make conversations for the tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from stamkunde.conversations.actions import receive_message, write_answer
from stamkunde.conversations.models import Channel, Conversation, Dispatch, DispatchState, Mailbox, Message
from stamkunde.conversations.values import AddressValues, AnswerValues, IncomingValues
from stamkunde.kit.actor import SYSTEM, Actor

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KARI = AddressValues(address="kari@example.no", name="Kari Nordmann")


def mailbox(**values: Any) -> Mailbox:
    known = Mailbox.objects.filter(address="post@shop.example").first()
    return known or Mailbox.objects.create(name="Shop", address="post@shop.example", **values)


def said(text: str = "Where is my kettle?", conversation: Conversation | None = None, **values: Any) -> Message:
    given: dict[str, Any] = {
        "said_at": AT,
        "from_address": KARI.address,
        "from_name": KARI.name,
        "subject": "My kettle",
    } | values
    return receive_message(
        IncomingValues(channel=Channel.EMAIL, text=text, mailbox=mailbox(), **given), conversation, by=SYSTEM
    )


def answered(conversation: Conversation, text: str = "It comes today.", *, by: Actor = SYSTEM, **more: Any) -> Message:
    return write_answer(conversation, AnswerValues(text=text, recipients=(KARI,)), by=by, **more)


def sent(message: Message, state: DispatchState = DispatchState.SENT) -> None:
    Dispatch.objects.filter(message=message).update(
        state=state, sent_at=message.said_at if state == DispatchState.SENT else None
    )


def later(hours: float) -> datetime:
    return AT + timedelta(hours=hours)
