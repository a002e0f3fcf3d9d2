"""Let mails arrive in tests, the whole way: bytes kept, leased, read and written down."""

from typing import Any

from stamkunde.conversations.actions.raw_mails import Arrival, store_raw_mail
from stamkunde.conversations.mail.answer_marks import AnswerMark
from stamkunde.conversations.mail_keys import answer_keys
from stamkunde.conversations.models import Mailbox, Message, RawMail
from stamkunde.conversations.reading_mail import read_mails
from stamkunde.conversations.tests.mails import mail
from stamkunde.kit.clock import now

SHOP = "post@butikk.example"


def shop_mailbox(address: str = SHOP, **values: Any) -> Mailbox:
    return Mailbox.objects.get_or_create(address=address, defaults={"name": "Butikken", **values})[0]


def arrived(raw: bytes, *, at: Mailbox | None = None, **arrival: Any) -> RawMail:
    """Let a mail arrive and be read; return what became of it."""
    stored, _is_new = store_raw_mail(raw, Arrival(mailbox=at or shop_mailbox(), **{"received_at": now(), **arrival}))
    read_mails()
    stored.refresh_from_db()
    return stored


def message_of(raw: bytes, **more: Any) -> Message:
    """Return the message that a mail became."""
    message = arrived(raw, **more).message
    assert message is not None
    return message


def written(body: bytes | str = "Hei på deg\r\n", **headers: str | bytes | None) -> bytes:
    """Return a mail of today as a server delivers it: with the note of where it came from."""
    return mail(body, **{"Received": "from mx.example.no by mx.butikk.example; today", "Date": None, **headers})


def marked(message: Message) -> AnswerMark:
    return AnswerMark(message.conversation_id, message.pk)


def token_address(message: Message, address: str = SHOP) -> str:
    return marked(message).reply_to(address, answer_keys()[0])


def our_number(message: Message) -> str:
    """Give an answer of ours the number under which it went out, and return it."""
    number = marked(message).message_id("butikk.example", answer_keys()[0])
    Message.objects.filter(pk=message.pk).update(message_id=number)
    return number
