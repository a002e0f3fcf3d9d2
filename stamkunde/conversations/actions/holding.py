"""What waited to be sent when a backup was made may have gone out since: after a restore it is held for a person."""

from collections.abc import Sequence

from stamkunde.conversations.events.mail import MailHeld, MailLetGo, MailSaidToHaveGoneOut
from stamkunde.conversations.models import Dispatch, DispatchState
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict


@action
def hold_what_waits(*, by: Actor) -> int:
    """Hold every message that waits to be sent, by whatever channel; return how many there are."""
    number = Dispatch.objects.filter(state=DispatchState.QUEUED).update(state=DispatchState.HELD)
    if number:
        publish(MailHeld(number=number), by=by)
    return number


@retry_on_conflict
@action
def let_go(message_ids: Sequence[int], *, by: Actor) -> int:
    """Let messages that are held go out now; return how many there were."""
    at = now()
    held = Dispatch.objects.filter(message__in=message_ids, state=DispatchState.HELD)
    number = held.update(state=DispatchState.QUEUED, due_at=at, queued_at=at)
    if number:
        publish(MailLetGo(number=number), by=by)
    return number


@retry_on_conflict
@action
def say_they_went_out(message_ids: Sequence[int], *, by: Actor) -> int:
    """Say of messages that are held that they went out before: nothing is sent; return how many there were."""
    held = Dispatch.objects.filter(message__in=message_ids, state=DispatchState.HELD)
    number = held.update(state=DispatchState.SENT, sent_at=now(), leased_by="", leased_until=None)
    if number:
        publish(MailSaidToHaveGoneOut(number=number), by=by)
    return number
