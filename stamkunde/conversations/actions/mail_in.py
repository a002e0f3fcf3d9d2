"""A mail that was understood is written down: as a message, or as another copy of one."""

from dataclasses import replace

from django.db.models import Q

from stamkunde.conversations.actions.automatic import answer_by_itself, is_flood
from stamkunde.conversations.actions.messages import receive_message
from stamkunde.conversations.actions.raw_mails import COPY, OWN_COPY, held
from stamkunde.conversations.actions.reports import note_bounce, note_delay, note_opened
from stamkunde.conversations.events.mail import ForgedMarkNoticed
from stamkunde.conversations.files import STORE
from stamkunde.conversations.intake.matching import Known, Place, copy_of, is_colleagues, known_by, place_of
from stamkunde.conversations.intake.preparing import Prepared, clean
from stamkunde.conversations.mail.addresses import Mailbox as Address
from stamkunde.conversations.mail_keys import answer_keys
from stamkunde.conversations.models import (
    Channel,
    Conversation,
    ConversationState,
    Direction,
    Mailbox,
    Message,
    MessageKind,
    Participant,
    RawMail,
    RawMailState,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.values import AddressValues, FileValues, IncomingValues
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.turns import take_turn

MACHINES = (MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.DELAYED, MessageKind.READ_RECEIPT)
# What a machine says of nothing that is here is kept, and lies where it bothers nobody.
OF_NO_USE = (MessageKind.AUTO_REPLY, MessageKind.DELAYED, MessageKind.READ_RECEIPT)


class TakenOver(Exception):
    """Somebody else reads this mail by now; nothing was written."""


def write_down(raw: RawMail, mail: Prepared) -> None:
    """Write a mail down, once; raises `TakenOver` where another worker has come to it meanwhile."""
    # Bytes reach the disk before a transaction begins, in which everybody else would wait for them.
    for file in mail.files:
        STORE.keep_bytes(file.content)
    _write_down(raw, mail)


@retry_on_conflict
@action
def _write_down(raw: RawMail, mail: Prepared) -> None:
    # Two copies of one mail, by two mailboxes, are looked at one after the other.
    take_turn(f"mail {mail.mail.message_id}")
    if held(raw).select_for_update().values_list("pk").first() is None:
        raise TakenOver
    copied = copy_of(mail)
    if copied is not None:
        reason = OWN_COPY if copied.direction == Direction.OUT else COPY
        _end(raw, RawMailState.SKIPPED, copied, reason)
        return
    mail = _as_handed_on(mail)
    place = place_of(mail, answer_keys())
    if Noticed.FORWARDED_BY_STAFF in mail.flags:
        place = Place()
    message = receive_message(_values(raw, mail, place), place.conversation, by=SYSTEM)
    if place.is_forged:
        publish(ForgedMarkNoticed(conversation_id=message.conversation_id), by=SYSTEM)
    if place.answered is not None:
        _report(place.answered, mail)
    if place.conversation is None and mail.kind in OF_NO_USE:
        Conversation.objects.filter(pk=message.conversation_id).update(state=ConversationState.CLOSED, closed_at=now())
    if not mail.is_ours:
        _answer(raw, mail, place, message)
    _end(raw, RawMailState.READ, message)


def _end(raw: RawMail, state: RawMailState, message: Message, reason: str = "") -> None:
    ended = held(raw).update(state=state, message=message, reason=reason, read_at=now(), leased_until=None, trace="")
    if not ended:
        raise TakenOver


def _as_handed_on(mail: Prepared) -> Prepared:
    """Return the mail as its first writer's, where a colleague handed it on and is certainly the one who did."""
    forwarded = mail.forwarded
    if forwarded is None or not mail.is_proven or not is_colleagues(mail.sender.address):
        return mail
    return replace(
        mail,
        sender=forwarded.sender,
        text=clean(forwarded.text),
        quoted="",
        mail=replace(mail.mail, subject=forwarded.subject or mail.mail.normal_subject),
        flags=(*mail.flags, Noticed.FORWARDED_BY_STAFF.value),
        is_ours=False,
        may_be_answered=False,
    )


def _values(raw: RawMail, mail: Prepared, place: Place) -> IncomingValues:
    who = _who(mail)
    known = Known() if mail.is_forged or who is None else known_by(who.address)
    is_machine = mail.kind in MACHINES
    is_stranger = place.conversation is not None and not (place.takes_part or is_machine or mail.is_ours)
    flags = list(mail.flags)
    if is_stranger:
        flags.append(Noticed.THIRD_PARTY)
    if place.is_forged:
        flags.append(Noticed.FORGED_MARK)
    customer_id = known.customer_id
    if place.conversation is not None and (mail.is_ours or is_machine):
        customer_id = place.conversation.customer_id
    elif place.conversation is not None and customer_id is None and place.takes_part:
        customer_id = _customer_of_participant(place.conversation, mail.sender)
    return IncomingValues(
        channel=Channel.EMAIL,
        said_at=mail.said_at,
        text=mail.text,
        quoted=mail.quoted,
        html=clean(mail.mail.html),
        kind=mail.kind,
        customer_id=customer_id,
        from_address=clean(mail.sender.address),
        from_name=clean(mail.sender.name),
        recipients=[
            AddressValues(address=clean(one.address), name=clean(one.name), role=role) for role, one in mail.recipients
        ],
        subject=_subject(mail, place),
        message_id=clean(mail.mail.message_id),
        in_reply_to=clean(next(iter(mail.mail.in_reply_to), "")),
        references=[clean(one) for one in mail.mail.references[-100:]],
        flags=flags,
        files=[
            FileValues(
                name=file.name,
                content=file.content,
                content_type=file.declared_type,
                content_id=clean(file.content_id),
                is_inline=file.is_inline,
            )
            for file in mail.files
        ],
        mailbox=raw.mailbox,
        language=known.language or raw.mailbox.language,
        is_ours=mail.is_ours,
        takes_part=not is_machine,
        is_confirmed=not (is_stranger or mail.is_forged),
    )


def _subject(mail: Prepared, place: Place) -> str:
    subject = mail.mail.subject if place.conversation is not None else mail.mail.normal_subject
    return clean(subject or mail.mail.subject)


def _who(mail: Prepared) -> Address | None:
    """Return whose conversation a new one is: whoever wrote, or whom we wrote to."""
    if not mail.is_ours:
        return mail.sender
    return next((one for role, one in mail.recipients if role == "to"), None)


def _customer_of_participant(conversation: Conversation, person: Address) -> int | None:
    them = Participant.objects.filter(conversation=conversation, address=person.address.lower(), is_confirmed=True)
    return them.filter(Q(customer__isnull=False)).values_list("customer_id", flat=True).first()


def _report(answered: Message, mail: Prepared) -> None:
    if mail.kind == MessageKind.BOUNCE:
        note_bounce(answered, mail.nature)
    elif mail.kind == MessageKind.DELAYED:
        note_delay(answered, mail.nature)
    elif mail.kind == MessageKind.READ_RECEIPT:
        note_opened(answered)


def _answer(raw: RawMail, mail: Prepared, place: Place, message: Message) -> None:
    mailbox: Mailbox = raw.mailbox
    if mail.kind not in (MessageKind.HUMAN, MessageKind.AUTO_REPLY):
        return
    is_flooding = is_flood(mailbox, mail.sender.address)
    if is_flooding or not mail.may_be_answered or not mail.sender.address.partition("@")[0].isascii():
        return
    if not raw.is_whole or (mailbox.acknowledges and place.conversation is None):
        answer_by_itself(message, mailbox, is_too_large=not raw.is_whole)
