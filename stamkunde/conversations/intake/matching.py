"""Where a mail belongs: to the conversation that its mark names, that it answers, or to none that is here yet."""

import re
from dataclasses import dataclass

from django.db.models import Q

from stamkunde.accounts.models import User
from stamkunde.conversations.intake.preparing import Prepared, clean
from stamkunde.conversations.mail.addresses import Mailbox as Address
from stamkunde.conversations.mail.answer_marks import Trust, verified
from stamkunde.conversations.models import Conversation, Direction, Message, Participant
from stamkunde.customers.models import ContactKind, ContactPoint

MOST_REFERENCES = 100
SUBJECT_NUMBER = re.compile(r"\[#(\d{1,18})\]")


@dataclass(frozen=True)
class Known:
    """Whose an address is, where it is one customer's alone."""

    customer_id: int | None = None
    language: str = ""


@dataclass(frozen=True)
class Place:
    """Where a mail goes. `answered` is the message of ours that it speaks of, where it names one."""

    conversation: Conversation | None = None
    answered: Message | None = None
    takes_part: bool = False
    is_forged: bool = False


def known_by(address: str) -> Known:
    """Return the one customer who is reached by an address; of several nobody is chosen.

    One whose data may only be stored is known too: what she writes is kept among it, seen by those who may.
    """
    points = ContactPoint.objects.filter(kind=ContactKind.EMAIL, value=address.lower())
    here = points.filter(Q(customer__trashed_at=None) | Q(customer__restricted_at__isnull=False))
    people = dict(here.values_list("customer_id", "customer__language")[:2])
    return Known(*next(iter(people.items()))) if len(people) == 1 else Known()


def is_colleagues(address: str) -> bool:
    return User.objects.filter(email__iexact=address, is_active=True).exists()


def copy_of(mail: Prepared) -> Message | None:
    """Return the message that this mail is another copy of: by another mailbox, a list, or our own sending."""
    same = Message.objects.filter(message_id=clean(mail.mail.message_id)).order_by("pk")
    sender = mail.mail.sender.address.lower()
    for message in same.only("from_address", "text", "quoted", "direction", "conversation"):
        if message.from_address.lower() not in (sender, mail.sender.address.lower()):
            continue
        if message.direction == Direction.OUT and mail.is_ours:
            return message
        if _say_the_same(message, mail):
            return message
    return None


def _say_the_same(message: Message, mail: Prepared) -> bool:
    """Return whether one says all that the other does: a list adds some lines beneath."""
    here = " ".join(f"{message.text} {message.quoted}".split())
    there = " ".join(f"{mail.text} {mail.quoted}".split())
    if not here or not there:
        return here == there
    return here.startswith(there) or there.startswith(here)


def place_of(mail: Prepared, keys: list[bytes]) -> Place:
    """Find the conversation: by its mark, by what the mail answers, by a number that a participant wrote."""
    if mail.mark.trust is Trust.VALID and mail.mark.mark is not None:
        there = _living(mail.mark.mark.conversation)
        if there is not None:
            said = Message.objects.filter(pk=mail.mark.mark.message, direction=Direction.OUT).first()
            return _place(there, _named_by(mail, keys) or said, mail)
    answered = _named_by(mail, keys)
    if answered is not None:
        there = _living(answered.conversation_id)
        return _place(there, answered, mail) if there is not None else Place()
    if mail.mark.trust is Trust.FORGED:
        # Whoever guesses is led nowhere, whatever else the mail refers to.
        return Place(is_forged=True)
    referred = _referred(mail)
    if referred is not None:
        there = _living(referred.conversation_id)
        if there is not None:
            return _place(there, None, mail)
    number = SUBJECT_NUMBER.search(mail.mail.subject[:500])
    if number is not None and not mail.is_forged:
        there = _living(int(number[1]))
        if there is not None and takes_part(there, mail.sender):
            return Place(there, takes_part=True)
    return Place()


def takes_part(conversation: Conversation, person: Address) -> bool:
    return Participant.objects.filter(
        conversation=conversation, address=person.address.lower(), is_confirmed=True
    ).exists()


def _place(there: Conversation, answered: Message | None, mail: Prepared) -> Place:
    return Place(there, answered, takes_part=not mail.is_forged and takes_part(there, mail.sender))


def _living(number: int) -> Conversation | None:
    conversation = Conversation.objects.select_related("mailbox").filter(pk=number).first()
    while conversation is not None and conversation.merged_into_id is not None:
        conversation = Conversation.objects.select_related("mailbox").filter(pk=conversation.merged_into_id).first()
    return conversation


def _named_by(mail: Prepared, keys: list[bytes]) -> Message | None:
    """Return the message of ours that a machine reports about: by its mark, which nobody can guess, or its number."""
    name = mail.nature.of_message_id
    if not name:
        return None
    ours = Message.objects.filter(direction=Direction.OUT)
    mark = verified(name.strip("<>").rpartition("@")[0], keys)
    if mark is not None and (found := ours.filter(pk=mark.message).first()):
        return found
    return ours.filter(message_id=clean(name)).order_by("-pk").first()


def _referred(mail: Prepared) -> Message | None:
    names = [clean(name) for name in (*mail.mail.in_reply_to, *reversed(mail.mail.references))][:MOST_REFERENCES]
    # Its own number too: the same sender's second mail under it belongs to the first.
    own = clean(mail.mail.message_id)
    rows = Message.objects.filter(message_id__in=[*names, own]).order_by("-pk")
    found: dict[str, Message] = {}
    for row in rows.only("message_id", "conversation_id", "from_address")[: 2 * MOST_REFERENCES]:
        if row.message_id != own or row.from_address.lower() == mail.mail.sender.address.lower():
            found.setdefault(row.message_id, row)
    return next((found[name] for name in (*names, own) if name in found), None)
