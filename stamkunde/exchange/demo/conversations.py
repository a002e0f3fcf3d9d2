"""What customers of the demo shop have written, and what they were answered, so that every list has something in it."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from stamkunde.accounts.models import Team, User
from stamkunde.conversations.actions import (
    add_saved_reply,
    add_tag,
    assign,
    close_conversation,
    mark_as_spam,
    receive_message,
    set_tag,
    snooze_conversation,
    write_internal_note,
)
from stamkunde.conversations.models import Channel, Conversation, Mailbox, Message, MessageKind, Tag
from stamkunde.conversations.values import AddressValues, IncomingValues
from stamkunde.customers.models import ContactKind, ContactPoint, Customer
from stamkunde.exchange.demo.said import ANSWERS, ASKED, NOTES, REPLIES, THANKS, About
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

MOST = 220
_TAGS = ("reparasjon", "levering", "reklamasjon", "kaffekurs", "bedrift")
# Of so many conversations one is like this.
_PUT_OFF, _SPAM, _NOTED, _STRANGER, _BOUNCED = 17, 41, 5, 13, 60


def talk_with(customers: Sequence[Customer], chance: random.Random) -> None:
    """Let customers have written, in their languages: answered, waiting, put off, closed, and one in vain."""
    shop, repairs = _mailboxes()
    tags = [add_tag(name, by=SYSTEM) for name in _TAGS]
    for name, texts in REPLIES:
        add_saved_reply(name, texts, by=SYSTEM)
    staff = list(User.objects.filter(is_active=True, email__endswith="@example.com").order_by("pk"))
    answering = [one for one in staff if one.may("conversations.answer")]
    points = ContactPoint.objects.filter(kind=ContactKind.EMAIL, customer__trashed_at=None)
    addresses = dict(points.order_by("customer", "-is_preferred").values_list("customer", "value"))
    writers = [customer for customer in customers if customer.pk in addresses and customer.language in ASKED]
    for number, customer in enumerate(writers[:: max(1, len(writers) // MOST)][:MOST]):
        about = chance.choice(ASKED[customer.language])
        box = repairs if about.tag == 0 else shop
        _conversation(number, customer, addresses[customer.pk], box, about, tags, answering, chance)


def _mailboxes() -> tuple[Mailbox, Mailbox]:
    """Make two mailboxes without servers: nothing is fetched and nothing goes out of a demo."""
    team = Team.objects.order_by("pk").first()
    return (
        Mailbox.objects.create(name="Kundeservice", address="hei@torget.example", team=team, language="nb"),
        Mailbox.objects.create(name="Verksted", address="verksted@torget.example", language="nb"),
    )


def _conversation(  # noqa: PLR0913
    number: int,
    customer: Customer,
    address: str,
    box: Mailbox,
    about: About,
    tags: Sequence[Tag],
    staff: Sequence[User],
    chance: random.Random,
) -> None:
    subject, text, tag = about.subject, about.text, about.tag
    language = customer.language
    # Most are of the last weeks, as in any inbox; a few lie far back.
    at = now() - timedelta(hours=chance.expovariate(1 / 160) + 0.3)
    is_known = number % _STRANGER != 3
    first = _said(None, at, text, customer if is_known else None, customer.name, address, box, subject, language)
    talk = first.conversation
    owner = staff[number // 3 % len(staff)] if staff and number % 3 else None
    if owner is not None:
        assign(talk, owner, by=SYSTEM)
    if number % 2:
        set_tag(talk, tags[tag], True, by=SYSTEM)
    if number % _NOTED == 0:
        called = [staff[0].pk] if staff and number % (2 * _NOTED) == 0 else []
        write_internal_note(talk, chance.choice(NOTES[language]), mentioned=called, by=(owner or staff[0]).actor)
    if number % _SPAM == 7:
        mark_as_spam(talk, True, by=SYSTEM)
        return
    if number % _PUT_OFF == 4:
        snooze_conversation(talk, now() + timedelta(days=1 + number % 9), by=SYSTEM)
        return
    if number % 5 < 3 and at < now() - timedelta(hours=20):
        _answered(number, talk, at, customer, address, box, subject, owner, chance)


def _answered(  # noqa: PLR0913
    number: int,
    talk: Conversation,
    at: datetime,
    customer: Customer,
    address: str,
    box: Mailbox,
    subject: str,
    owner: User | None,
    chance: random.Random,
) -> None:
    language = customer.language
    answer = chance.choice(ANSWERS[language]).format(name=customer.short_name, me=owner.name if owner else "Torget")
    then = at + timedelta(hours=chance.uniform(0.5, 12))
    whom = (AddressValues(address=address, name=customer.name),)
    receive_message(
        IncomingValues(
            channel=Channel.EMAIL, said_at=then, text=answer, customer_id=customer.pk, subject=subject, mailbox=box,
            from_address=box.address, from_name=owner.name if owner else box.name, recipients=whom, is_ours=True,
        ),
        talk,
        by=SYSTEM,
    )  # fmt: skip
    if number % _BOUNCED == 1:
        receive_message(
            IncomingValues(
                channel=Channel.EMAIL, said_at=then + timedelta(minutes=1), kind=MessageKind.BOUNCE, mailbox=box,
                text=f"550 5.1.1 <{address}>: Recipient address rejected", from_address="mailer-daemon@example.com",
            ),
            talk,
            by=SYSTEM,
        )  # fmt: skip
        return
    if number % 2:
        later = then + timedelta(hours=chance.uniform(0.3, 6))
        _said(talk, later, chance.choice(THANKS[language]), customer, customer.name, address, box, subject, language)
    if number % 4 < 3:
        close_conversation(talk, by=SYSTEM)


def _said(  # noqa: PLR0913
    talk: Conversation | None,
    at: datetime,
    text: str,
    customer: Customer | None,
    name: str,
    address: str,
    box: Mailbox,
    subject: str,
    language: str,
) -> Message:
    return receive_message(
        IncomingValues(
            channel=Channel.EMAIL, said_at=at, text=text, customer_id=customer.pk if customer else None,
            from_address=address, from_name=name, subject=subject, mailbox=box, language=language,
            recipients=(AddressValues(address=box.address),),
        ),
        talk,
        by=SYSTEM,
    )  # fmt: skip
