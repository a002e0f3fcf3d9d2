"""Short ways for the tests of sending: a mail server of another make, and mails that are due."""

from datetime import timedelta
from typing import Any

from stamkunde.conversations.actions import (
    write_answer,
)
from stamkunde.conversations.jobs import send_due
from stamkunde.conversations.models import (
    Conversation,
    Dispatch,
    Mailbox,
    Message,
)
from stamkunde.conversations.sending import MailTurn
from stamkunde.conversations.tests.talking import KARI, mailbox, said
from stamkunde.conversations.values import AddressValues, AnswerValues
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.mail_server import MailServer

OLE = AddressValues(address="ole@example.no", name="Ole")


def set_up(server: MailServer, **more: Any) -> Mailbox:
    shop = mailbox()
    values: dict[str, Any] = {
        "smtp_host": server.host, "smtp_port": server.port, "smtp_security": "none", "sign_in": "none",
    } | more  # fmt: skip
    Mailbox.objects.filter(pk=shop.pk).update(**values)
    shop.refresh_from_db()
    return shop


def due(message: Message) -> Message:
    Dispatch.objects.filter(message=message).update(due_at=now() - timedelta(seconds=1))
    return message


def written(text: str = "It comes today.", talk: Conversation | None = None, **more: Any) -> Message:
    talk = talk or said(message_id="<asked@example.no>").conversation
    values = AnswerValues(text=text, recipients=more.pop("recipients", (KARI,)), **more)
    return due(write_answer(talk, values, by=SYSTEM))


def work() -> None:
    """Let the worker do one turn."""
    send_due()
    run_due()


def state(message: Message) -> str:
    return Dispatch.objects.get(message=message).state


def turn(shop: Mailbox, **more: Any) -> MailTurn:
    given: dict[str, Any] = {"owner": "worker", "fence": lambda: None, "should_stop": lambda: False} | more
    return MailTurn(shop, **given)
