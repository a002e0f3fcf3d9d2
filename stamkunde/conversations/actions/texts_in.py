"""What a provider handed in is written down: messages, each once, and how far messages of ours are."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from stamkunde.accounts.attempts import note_attempt
from stamkunde.accounts.queries import the_shop
from stamkunde.conversations.actions.dispatching import tell_of_trouble
from stamkunde.conversations.actions.messages import receive_message, write_answer
from stamkunde.conversations.actions.raw_texts import held
from stamkunde.conversations.actions.threads import settle_waiting
from stamkunde.conversations.channels.text import channel_of
from stamkunde.conversations.channels.text.providers.contract import Handed, Report, TextIn, clean
from stamkunde.conversations.channels.text.words import is_start, is_stop
from stamkunde.conversations.events.texts import TextAnswersStopped
from stamkunde.conversations.files import STORE
from stamkunde.conversations.models import (
    Conversation,
    ConversationState,
    Direction,
    Dispatch,
    DispatchState,
    Message,
    MessageKind,
    RawMailState,
    RawText,
    TextLine,
)
from stamkunde.conversations.noticed import Noticed
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.conversations.values import AddressValues, AnswerValues, FileValues, IncomingValues
from stamkunde.customers.actions.consent import record_consent
from stamkunde.customers.models import Consent, ConsentChannel, ConsentState, ContactKind, ContactPoint, Customer
from stamkunde.customers.values import ConsentValues
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.turns import take_turn

# A thread of text messages has no subject: what comes within these days of the last word belongs to it still.
SAME_TALK = timedelta(days=14)
# A provider's clock is believed within these days.
LATEST_ARRIVAL = timedelta(days=3)
MANY = 5
WITHIN = timedelta(minutes=10)
CONFIRMED_ONCE_IN = timedelta(hours=24)
E164 = re.compile(r"\+[1-9][0-9]{5,14}")

QUEUED, SENDING, SENT = DispatchState.QUEUED, DispatchState.SENDING, DispatchState.SENT
UNCERTAIN, FAILED, DELAYED = DispatchState.UNCERTAIN, DispatchState.FAILED, DispatchState.DELAYED
DELIVERED, SEEN = DispatchState.DELIVERED, DispatchState.SEEN


class TakenOver(Exception):
    """Somebody else reads this by now; nothing was written."""


def key_of(line: TextLine, number: str) -> str:
    """Return the key under which a provider's message is one message, however often it is handed in."""
    return f"text:{line.pk}:{number}"[:255]


def write_down_texts(
    raw: RawText, handed: Handed, files: Mapping[str, Sequence[FileValues]], missing: Sequence[str] = ()
) -> None:
    """Write down what was handed in, all of it or nothing; `missing` names messages whose files could not be fetched.

    Raises `TakenOver` where another worker has come to it meanwhile.
    """
    # Bytes reach the disk before a transaction begins, in which everybody else would wait for them.
    for some in files.values():
        for file in some:
            STORE.keep_bytes(file.content)
    _write_down(raw, handed, files, missing)


@retry_on_conflict
@action
def _write_down(
    raw: RawText, handed: Handed, files: Mapping[str, Sequence[FileValues]], missing: Sequence[str]
) -> None:
    if held(raw).select_for_update().values_list("pk").first() is None:
        raise TakenOver
    for text in handed.texts:
        _text_in(raw, text, files.get(text.number, ()), is_file_missing=text.number in missing)
    for report in handed.reports:
        note_report(raw.text_line, report)
    held(raw).update(state=RawMailState.READ, body=b"", reason="", trace="", read_at=now(), leased_until=None)


def _text_in(raw: RawText, text: TextIn, files: Sequence[FileValues], *, is_file_missing: bool) -> None:
    line = raw.text_line
    key = key_of(line, text.number)
    if Message.objects.filter(idempotency_key=key).exists():
        return
    sender = _sender(text.sender)
    # Two messages of one number are looked at one after the other, so that the second finds the first one's talk.
    take_turn(f"text {line.pk} {sender}")
    there = _talk_with(line, sender)
    customer_id = there.customer_id if there is not None and there.customer_id else _known_by(sender)
    said = clean(text.text)
    flags = []
    if is_stop(said):
        flags.append(Noticed.STOPS.value)
    elif is_start(said):
        flags.append(Noticed.STARTS.value)
    if is_file_missing:
        flags.append(Noticed.FILE_MISSING.value)
    if not said.strip() and not files and not is_file_missing:
        flags.append(Noticed.NOT_SHOWN.value)
    waited = there.waiting_since if there is not None else None
    was_open = there is not None and there.state == ConversationState.OPEN
    message = receive_message(
        IncomingValues(
            channel=channel_of(line),
            said_at=_said_at(text.said_at, raw.received_at),
            text=said,
            key=key,
            customer_id=customer_id,
            from_address=sender,
            from_name=clean(text.name),
            recipients=(AddressValues(address=line.number),),
            message_id=text.number,
            flags=flags,
            files=files,
            text_line=line,
            language=_language(customer_id) or line.language,
        ),
        there,
        by=SYSTEM,
    )
    is_flooding = _is_flood(line, sender)
    if Noticed.STOPS in flags:
        _end_advertising(line, sender, message, may_answer=not is_flooding)
        # Whoever ends advertising waits for nothing else.
        if waited is None:
            _let_rest(message.conversation_id, close=not was_open)


def _sender(written: str) -> str:
    """Return a number as it is compared; a sender without one, such as a bank's name, stays as it is."""
    number = clean(written).strip()
    digits = "+" + "".join(one for one in number if one.isdigit() and one.isascii())
    return digits if number[:1] == "+" and E164.fullmatch(digits) else number[:254]


def _said_at(said: datetime | None, received_at: datetime) -> datetime:
    if said is None or not received_at - LATEST_ARRIVAL <= said <= received_at:
        return received_at
    return said


def _talk_with(line: TextLine, sender: str) -> Conversation | None:
    """Return the talk that a message goes on with: the newest open one of this number, or one that ended lately."""
    rows = Conversation.objects.own().filter(
        text_line=line, participants__address=sender.lower(), participants__is_confirmed=True
    )
    recent = Q(state=ConversationState.OPEN) | Q(last_message_at__gt=now() - SAME_TALK)
    newest = rows.filter(recent).order_by("-last_message_at", "-pk")
    return newest.select_related("mailbox", "text_line", "customer").first()


def _known_by(number: str) -> int | None:
    """Return the one customer who is reached by a number; of several nobody is chosen, since a number is a hint."""
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=number)
    here = points.filter(Q(customer__trashed_at=None) | Q(customer__restricted_at__isnull=False))
    people = list(here.values_list("customer_id", flat=True).distinct()[:2])
    return people[0] if len(people) == 1 else None


def _language(customer_id: int | None) -> str:
    found = Customer.objects.filter(pk=customer_id).values_list("language", flat=True).first() if customer_id else ""
    return found or ""


def _is_flood(line: TextLine, sender: str) -> bool:
    """Count a message of a number; say whether so many came lately that it must be a machine, and tell of it once."""
    number = note_attempt(f"text from {sender} to {line.pk}", window=WITHIN)
    if number == MANY:
        publish(TextAnswersStopped(text_line_id=line.pk, line_name=line.name), by=SYSTEM)
    return number >= MANY


def _end_advertising(line: TextLine, sender: str, message: Message, *, may_answer: bool) -> None:
    """Withdraw the consent of everybody who is reached by this number, with the word itself as the proof."""
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=sender).values("customer")
    theirs = Q(pk__in=points) | Q(pk=message.conversation.customer_id)
    shop = the_shop()
    with translation.override(shop.language):
        evidence = _("The customer wrote “%(word)s” from %(number)s to %(line)s.") % {
            "word": " ".join(message.text.split())[:40],
            "number": sender[:60],
            "line": line.name,
        }
    for customer_id in Customer.objects.present().filter(theirs).order_by("pk").values_list("pk", flat=True):
        newest = Consent.objects.filter(customer=customer_id, channel=ConsentChannel.SMS).order_by("-at", "-pk")
        if newest.values_list("state", flat=True).first() == ConsentState.WITHDRAWN:
            continue
        values = ConsentValues(channel=ConsentChannel.SMS, state=ConsentState.WITHDRAWN, evidence=evidence[:300])
        record_consent(customer_id, values, by=SYSTEM)
    if may_answer and E164.fullmatch(sender) and not _was_confirmed(line, sender):
        _confirm(line, sender, message)


def _was_confirmed(line: TextLine, sender: str) -> bool:
    ours = Message.objects.filter(direction=Direction.OUT, kind=MessageKind.AUTO_REPLY, dispatch__text_line=line)
    return ours.filter(recipients__address=sender, said_at__gt=now() - CONFIRMED_ONCE_IN).exists()


def _confirm(line: TextLine, sender: str, message: Message) -> None:
    talk = Conversation.objects.select_related("text_line", "customer").get(pk=message.conversation_id)
    language = talk.language or line.language or the_shop().language
    with translation.override(language):
        text = _("You will get no more advertising by text message from %(shop)s.") % {"shop": the_shop().name}
    values = AnswerValues(text=text, recipients=(AddressValues(address=sender),), undo_seconds=0, is_automatic=True)
    try:
        write_answer(talk, values, by=SYSTEM)
    except ConversationRefused:
        # Their data may only be stored, or the number is not in use any more: the record stands all the same.
        return


def _let_rest(conversation_id: int, *, close: bool) -> None:
    rows = Conversation.objects.filter(pk=conversation_id)
    rows.update(waiting_since=None)
    if close:
        rows.filter(state=ConversationState.OPEN).update(
            state=ConversationState.CLOSED, closed_at=now(), version=F("version") + 1
        )


@action
def note_report(line: TextLine, report: Report) -> None:
    """Note how far a message of ours is; reports come in any order, twice, late, and for an attempt that was before."""
    dispatch, is_newest = _reported(line, report)
    if dispatch is None:
        return
    at = min(report.at or now(), now())
    rows = Dispatch.objects.filter(pk=dispatch.pk)
    arrived = {"sent_at": dispatch.sent_at or at, "answer": "", "leased_by": "", "leased_until": None}
    if report.state == "read":
        done = rows.exclude(state__in=[DispatchState.TAKEN_BACK, SEEN]).update(state=SEEN, **arrived)
    elif report.state == "delivered":
        done = rows.exclude(state__in=[DispatchState.TAKEN_BACK, SEEN, DELIVERED]).update(state=DELIVERED, **arrived)
    elif report.state == "sent":
        # Its own worker says so too, unless that one has disappeared.
        done = rows.filter(state=UNCERTAIN).update(state=SENT, **arrived) if is_newest else 0
    else:
        under_way = (SENDING, SENT, UNCERTAIN, DELAYED)
        failed = {"state": FAILED, "answer": clean(report.why)[:500], "leased_by": "", "leased_until": None}
        done = rows.filter(state__in=under_way).update(**failed) if is_newest else 0
        if done:
            tell_of_trouble(dispatch, FAILED)
    if done and report.number and is_newest:
        Message.objects.filter(pk=dispatch.message_id, message_id="").update(message_id=report.number)
    if done and dispatch.state in (UNCERTAIN, FAILED, QUEUED):
        settle_waiting(dispatch.message.conversation_id)


def _reported(line: TextLine, report: Report) -> tuple[Dispatch | None, bool]:
    """Return which message a report is about, and whether it is about the attempt that counts now."""
    ours = (
        Dispatch.objects.filter(text_line=line).select_related("message__conversation").select_for_update(of=("self",))
    )
    number, _dot, attempt = report.ref.partition(".")
    if number.isascii() and number.isdecimal() and attempt.isascii() and attempt.isdecimal() and len(number) < 19:
        dispatch = ours.filter(pk=int(number)).first()
        if dispatch is not None:
            return dispatch, int(attempt[:9]) == dispatch.attempts
    dispatch = ours.filter(message__message_id=report.number).first()
    return dispatch, True
