"""What waits to be sent is taken by one worker, and what came of it is written down: sent, later, refused or not known.

A message is marked before its first byte goes out. What is found marked after its lease has run out may therefore have
gone out: nobody sends it again by itself, and a person says what shall become of it.
"""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from django.db.models import Case, CharField, F, Q, Value, When
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from stamkunde.conversations.actions.threads import settle_waiting
from stamkunde.conversations.events import (
    AnswerNotSent,
    AnswerPerhapsSent,
    AnswerSaidToHaveArrived,
    AnswerSentAgain,
    ConversationReopened,
    RecipientRefused,
)
from stamkunde.conversations.files import STORE, keep_for_good, kept
from stamkunde.conversations.models import (
    Attachment,
    Conversation,
    ConversationState,
    Dispatch,
    DispatchState,
    Mailbox,
    Message,
    MessageKind,
    RawMail,
    Recipient,
    TextLine,
)
from stamkunde.conversations.outcomes import Came, Outcome
from stamkunde.conversations.refusals import ConversationRefused
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict

# Longer than a portion may take with a server that answers at the last moment.
LEASE = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=2)
_FIRST_PAUSE = timedelta(minutes=2)
_LONGEST_PAUSE = timedelta(hours=2)
_FIRST_REST = timedelta(seconds=30)
_LONGEST_REST = timedelta(minutes=15)
_ANSWER = 500


class Ready(Protocol):
    """A message that can be handed over, with what is kept of its bytes; nothing where none are."""

    @property
    def dispatch_id(self) -> int: ...

    @property
    def digest(self) -> str: ...

    @property
    def size(self) -> int: ...


P = TypeVar("P", bound=Ready)

QUEUED, SENDING, SENT = DispatchState.QUEUED, DispatchState.SENDING, DispatchState.SENT
UNCERTAIN, FAILED, TAKEN_BACK = DispatchState.UNCERTAIN, DispatchState.FAILED, DispatchState.TAKEN_BACK


@retry_on_conflict
@action
def take_dispatches(some: Sequence[P], settled: Sequence[Outcome], *, owner: str, fence: Callable[[], None]) -> list[P]:
    """Mark messages as being sent and return them; one that was taken back meanwhile is left out.

    What came of those before is written in the same transaction: one for each portion is what a disk can bear.
    """
    fence()
    _settle(settled, owner)
    at = now()
    rows = Dispatch.objects.filter(pk__in=[one.dispatch_id for one in some], state=QUEUED)
    # Held before they are looked at, so that nobody takes one back between the two.
    numbers = set(rows.select_for_update().values_list("pk", flat=True))
    mine = [one for one in some if one.dispatch_id in numbers]
    if mine:
        Dispatch.objects.filter(pk__in=numbers).update(
            state=SENDING,
            attempts=F("attempts") + 1,
            leased_by=owner,
            leased_until=at + LEASE,
            digest=_by_number({one.dispatch_id: one.digest for one in mine}),
            size=_by_number({one.dispatch_id: one.size for one in mine}),
        )
    return mine


@retry_on_conflict
@action
def settle_dispatches(outcomes: Sequence[Outcome], *, owner: str) -> None:
    """Write down what came of messages; these are facts, and written also by a worker that was taken for dead."""
    _settle(outcomes, owner)


def let_go_of_sent(some: Iterable[Ready], outcomes: Iterable[Outcome]) -> None:
    """Remove the bytes of what was sent: nobody needs them again."""
    sent = {one.dispatch_id for one in outcomes if one.came == Came.SENT and not one.put_off}
    digests = {one.digest for one in some if one.dispatch_id in sent and one.digest}
    for rows in (Attachment.objects.all(), RawMail.objects.all()):
        digests -= set(rows.filter(digest__in=digests).values_list("digest", flat=True))
    for digest in digests:
        STORE.place_of(digest).unlink(missing_ok=True)


def _settle(outcomes: Sequence[Outcome], owner: str) -> None:
    if not outcomes:
        return
    at = now()
    # One that was taken for lost meanwhile is known after all, as long as nobody has decided about it.
    rows = Dispatch.objects.filter(leased_by=owner, state__in=[SENDING, UNCERTAIN])
    done = {one.dispatch_id: one for one in outcomes if one.came == Came.SENT and not one.put_off}
    if done:
        rows.filter(pk__in=done).update(
            state=SENT,
            sent_at=at,
            leased_by="",
            leased_until=None,
            answer=_by_number({pk: one.answer[:_ANSWER] for pk, one in done.items()}),
        )
    for one in outcomes:
        if one.number:
            Message.objects.filter(dispatch=one.dispatch_id).update(message_id=one.number[:998])
    untouched = [one.dispatch_id for one in outcomes if one.came == Came.NOT_TRIED]
    if untouched:
        rows.filter(pk__in=untouched).update(state=QUEUED, attempts=F("attempts") - 1, leased_by="", leased_until=None)
    for one in outcomes:
        if one.came != Came.NOT_TRIED and (one.came != Came.SENT or one.put_off or one.refused):
            _settle_one(one, owner)


def _settle_one(outcome: Outcome, owner: str) -> None:
    rows = Dispatch.objects.select_related("message__conversation").filter(pk=outcome.dispatch_id)
    dispatch = rows.first()
    if dispatch is None:
        return
    at = now()
    _note_recipients(dispatch, outcome)
    if outcome.came == Came.SENT and not outcome.put_off:
        return
    answer = outcome.answer[:_ANSWER]
    changed: dict[str, Any]
    if outcome.came == Came.REFUSED:
        changed = {"state": FAILED, "answer": answer}
    elif outcome.came == Came.UNCERTAIN:
        changed = {"state": UNCERTAIN, "answer": answer}
    elif at - dispatch.queued_at > GIVEN_UP_AFTER:
        why = answer or next(iter(outcome.put_off.values()), "")
        given_up = _("It was tried for two days. The mail server's last words: %(answer)s") % {"answer": why}
        if dispatch.text_line_id is not None:
            given_up = _("It was tried for two days. The provider's last words: %(answer)s") % {"answer": why}
        changed = {"state": FAILED, "answer": given_up[:_ANSWER]}
    else:
        put_off = next(iter(outcome.put_off.values()), answer)
        changed = {"state": QUEUED, "due_at": at + _pause(dispatch.attempts), "answer": put_off[:_ANSWER]}
    if changed["state"] == FAILED and Recipient.objects.filter(message=dispatch.message_id, is_reached=True).exists():
        # Others have it: it was sent, but not to these.
        left = Recipient.objects.filter(message=dispatch.message_id, is_reached=False, refusal="")
        _refuse(dispatch.message, dict.fromkeys(left.values_list("address", flat=True), answer))
        changed = {"state": SENT, "sent_at": at, "answer": answer}
    mine = Dispatch.objects.filter(pk=dispatch.pk, leased_by=owner, state__in=[SENDING, UNCERTAIN])
    if mine.update(leased_by="", leased_until=None, **changed):
        _keep(dispatch)
        tell_of_trouble(dispatch, changed["state"])


def _note_recipients(dispatch: Dispatch, outcome: Outcome) -> None:
    """Remember who has it already and who is not to have it, where the server took it for some only."""
    everybody = Recipient.objects.filter(message=dispatch.message_id, is_reached=False, refusal="")
    if outcome.came == Came.SENT and outcome.put_off:
        everybody.exclude(address__in=[*outcome.refused, *outcome.put_off]).update(is_reached=True)
    # Where nobody was taken, the whole message is what failed.
    if outcome.came in (Came.SENT, Came.LATER):
        _refuse(dispatch.message, outcome.refused)


def _refuse(message: Message, refused: Mapping[str, str]) -> None:
    everybody = Recipient.objects.filter(message=message, is_reached=False, refusal="")
    for address, why in refused.items():
        if everybody.filter(address=address).update(refusal=why[:300] or "-") and message.kind == MessageKind.HUMAN:
            publish(
                RecipientRefused(
                    customer_id=message.conversation.customer_id,
                    conversation_id=message.conversation_id,
                    message_id=message.pk,
                    address=address,
                ),
                by=SYSTEM,
            )


def _keep(dispatch: Dispatch) -> None:
    """Let the bytes outlive a power cut, since they will be handed over again."""
    digest = Dispatch.objects.values_list("digest", flat=True).get(pk=dispatch.pk)
    if digest and kept(digest) is not None:
        keep_for_good(digest)
    elif digest:
        Dispatch.objects.filter(pk=dispatch.pk).update(digest="", size=0)


def tell_of_trouble(dispatch: Dispatch, state: DispatchState) -> None:
    """Let staff know of what did not arrive, or perhaps not: whoever was answered waits again."""
    message = dispatch.message
    if state not in (FAILED, UNCERTAIN) or message.kind != MessageKind.HUMAN:
        return
    conversation = message.conversation
    kind = AnswerNotSent if state == FAILED else AnswerPerhapsSent
    publish(
        kind(customer_id=conversation.customer_id, conversation_id=conversation.pk, message_id=message.pk), by=SYSTEM
    )
    closed = Conversation.objects.filter(pk=conversation.pk, state=ConversationState.CLOSED, merged_into=None)
    if closed.update(state=ConversationState.OPEN, closed_at=None, version=F("version") + 1):
        publish(ConversationReopened(customer_id=conversation.customer_id, conversation_id=conversation.pk), by=SYSTEM)
    settle_waiting(conversation.pk)


@retry_on_conflict
@action
def fail_dispatches(reasons: Mapping[int, str]) -> None:
    """Give up what cannot be sent as it is, with a sentence for staff each."""
    rows = Dispatch.objects.select_related("message__conversation").filter(pk__in=reasons)
    for dispatch in rows:
        if Dispatch.objects.filter(pk=dispatch.pk, state=QUEUED).update(
            state=FAILED, answer=Truncator(reasons[dispatch.pk]).chars(_ANSWER)
        ):
            tell_of_trouble(dispatch, FAILED)


@retry_on_conflict
@action
def hold_back(numbers: Collection[int]) -> None:
    """Leave automatic messages unsent whose customer's data may only be stored by now (GDPR art. 18)."""
    Dispatch.objects.filter(pk__in=numbers, state=QUEUED).update(state=TAKEN_BACK)


@retry_on_conflict
@action
def recover_dispatches(source: Mailbox | TextLine) -> int:
    """Say of messages whose worker disappeared that they may have gone out; return how many."""
    lost = Dispatch.objects.select_related("message__conversation").filter(
        _of(source), state=SENDING, leased_until__lt=now()
    )
    found = list(lost.order_by("due_at", "pk")[:500])
    answer = _("The program was ended while it was being sent.")
    for dispatch in found:
        # Who holds it stays written, so that a worker that only slept can still say what came of it.
        if lost.filter(pk=dispatch.pk).update(state=UNCERTAIN, answer=answer, leased_until=None):
            _keep(dispatch)
            tell_of_trouble(dispatch, UNCERTAIN)
    return len(found)


@action
def send_again(message: Message, *, by: Actor) -> None:
    """Send once more what was not sent or perhaps not: the same bytes, under the same number."""
    at = now()
    rows = Dispatch.objects.filter(message=message, state__in=[UNCERTAIN, FAILED])
    if not rows.update(state=QUEUED, due_at=at, queued_at=at, leased_by="", leased_until=None, answer=""):
        raise ConversationRefused(_("This message does not wait for anybody's decision any more."))
    Recipient.objects.filter(message=message, is_reached=False).update(refusal="")
    conversation = message.conversation
    publish(
        AnswerSentAgain(customer_id=conversation.customer_id, conversation_id=conversation.pk, message_id=message.pk),
        by=by,
    )
    settle_waiting(conversation.pk)


@action
def say_it_arrived(message: Message, *, by: Actor) -> None:
    """Say of a message that was perhaps sent that it has arrived: nothing is sent any more."""
    rows = Dispatch.objects.filter(message=message, state=UNCERTAIN)
    if not rows.update(state=SENT, sent_at=now(), leased_by="", leased_until=None, answer=""):
        raise ConversationRefused(_("This message does not wait for anybody's decision any more."))
    conversation = message.conversation
    publish(
        AnswerSaidToHaveArrived(
            customer_id=conversation.customer_id, conversation_id=conversation.pk, message_id=message.pk
        ),
        by=by,
    )
    settle_waiting(conversation.pk)


@action
def note_sending_trouble(source: Mailbox | TextLine, sentence: str) -> None:
    """Leave a server in peace that cannot be used now: the longer it fails the longer, up to a quarter of an hour."""
    at = now()
    since = source.sending_failing_since or at
    rest = max(_FIRST_REST, min((at - since) / 2, _LONGEST_REST))
    type(source)._default_manager.filter(pk=source.pk).update(
        sending_failing_since=since, sending_failure=sentence[:300], sending_rests_until=at + _uneven(rest)
    )


@action
def note_sending_works(source: Mailbox | TextLine) -> None:
    type(source)._default_manager.filter(pk=source.pk).update(
        sending_failing_since=None, sending_failure="", sending_rests_until=None
    )


def _of(source: Mailbox | TextLine) -> Q:
    return Q(mailbox=source) if isinstance(source, Mailbox) else Q(text_line=source)


def _pause(attempts: int) -> timedelta:
    return _uneven(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** min(max(attempts, 1) - 1, 12)))


def _uneven(pause: timedelta) -> timedelta:
    # Jitter keeps a crowd of failures from returning as a crowd.
    return pause * random.uniform(0.8, 1.2)  # noqa: S311


def _by_number(values: Mapping[int, Any]) -> Case:
    """Return an expression that gives each row its own value in one statement."""
    field = Dispatch._meta.get_field("size") if all(isinstance(one, int) for one in values.values()) else CharField()
    return Case(*(When(pk=pk, then=Value(value)) for pk, value in values.items()), output_field=field)
