"""Money that goes back through the provider it came by: promised with the return, sent later, never above captured."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.events import PaymentGivenBack
from stamkunde.sales.models import (
    Order,
    PaymentAttempt,
    PaymentMethod,
    PaymentStep,
    ProviderRefund,
    ProviderRefundState,
    Refund,
)
from stamkunde.sales.refusals import SaleRefused

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_WAITS, _DONE, _FAILED = ProviderRefundState.WAITS, ProviderRefundState.DONE, ProviderRefundState.FAILED
_What = PaymentStep.What


def send_back(order: Order, refunds: Iterable[Refund]) -> list[ProviderRefund]:
    """Promise back through the provider what a return gives back by card, or of an invoice paid through it.

    So much of each refund as the provider took in and has not promised; the rest is given back at the till as ever.
    """
    by_card = [one for one in refunds if one.amount and one.method in (PaymentMethod.CARD, PaymentMethod.INVOICE)]
    if not by_card:
        return []
    promised = []
    attempts = list(_paid_through(order))
    for refund in by_card:
        left = refund.amount
        for attempt in attempts:
            if (attempt.invoice_id is not None) != (refund.method == PaymentMethod.INVOICE):
                continue
            part = min(left, attempt.captured - attempt.promised)
            if part > 0:
                left -= part
                attempt.promised += part
                promised.append(promise(attempt, part, refund=refund))
    return promised


def _paid_through(order: Order) -> QuerySet[PaymentAttempt]:
    rows = PaymentAttempt.objects.select_for_update(of=("self",)).select_related("store")
    return rows.filter(order=order, captured__gt=F("promised")).order_by("-captured", "pk")


def give_back_too_much(attempt: PaymentAttempt, amount: int) -> ProviderRefund:
    """Promise back what was taken in beyond what was owed, because it was paid or credited meanwhile."""
    return promise(attempt, amount)


def promise(
    attempt: PaymentAttempt, amount: int, *, refund: Refund | None = None, idempotency_key: str | None = None
) -> ProviderRefund:
    rows = PaymentAttempt.objects.filter(pk=attempt.pk, captured__gte=F("promised") + amount)
    if not rows.update(promised=F("promised") + amount):
        raise SaleRefused(_("No more can go back than was taken in and has not gone back yet."), "amount")
    at = now()
    return ProviderRefund.objects.create(
        attempt=attempt, refund=refund, amount=amount, asked_for_at=at, ask_at=at, idempotency_key=idempotency_key
    )


@retry_on_conflict
@action
def give_back(attempt: PaymentAttempt, amount: int, *, by: Actor, idempotency_key: str | None = None) -> ProviderRefund:
    """Give back a part of a payment that belongs to no return, such as one that came after all, unlooked for.

    What a purchase or an invoice was paid with goes back by a return of what was bought, and not here.
    """
    if idempotency_key and (earlier := ProviderRefund.objects.filter(idempotency_key=idempotency_key).first()):
        return earlier
    held = PaymentAttempt.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if held.entered_at is not None or (held.order_id is not None and held.is_live):
        raise SaleRefused(
            _("This payment is in the books. Take back what was bought, and the money goes back."), "state"
        )
    if amount <= 0:
        raise SaleRefused(_("Write how much goes back."), "amount")
    return promise(held, amount, idempotency_key=idempotency_key)


@retry_on_conflict
@action
def note_refund_done(refund: ProviderRefund, *, by: Actor) -> None:
    held = ProviderRefund.objects.select_related("attempt__store", "attempt__order").get(pk=refund.pk)
    waiting = ProviderRefund.objects.filter(pk=held.pk, state=_WAITS)
    if not waiting.update(state=_DONE, settled_at=now(), ask_at=None, note=""):
        return
    PaymentAttempt.objects.filter(pk=held.attempt_id).update(given_back=F("given_back") + held.amount)
    _told(held, _What.REFUNDED, by)


@retry_on_conflict
@action
def note_refund_failed(refund: ProviderRefund, reason: str, *, by: Actor) -> None:
    """Write down that the provider will not pay it back: a person has to, by hand."""
    held = ProviderRefund.objects.select_related("attempt__store", "attempt__order").get(pk=refund.pk)
    waiting = ProviderRefund.objects.filter(pk=held.pk, state=_WAITS)
    if not waiting.update(state=_FAILED, ask_at=None, note=reason[:200]):
        return
    PaymentAttempt.objects.filter(pk=held.attempt_id).update(promised=F("promised") - held.amount)
    _told(held, _What.NOT_REFUNDED, by, reason)


@action
def note_refund_unclear(refund: ProviderRefund, reason: str) -> None:
    """Put it off: it is asked again under the same key, so it is not paid back twice."""
    wait = min(_FIRST_PAUSE * 2 ** min(refund.asked, 10), _LONGEST_PAUSE)
    ProviderRefund.objects.filter(pk=refund.pk, state=_WAITS).update(
        asked=F("asked") + 1, ask_at=now() + wait, note=reason[:200]
    )


@retry_on_conflict
@action
def try_refund_again(refund: ProviderRefund, *, by: Actor) -> ProviderRefund:
    """Ask the provider once more for a refund that it refused."""
    held = ProviderRefund.objects.select_related("attempt").get(pk=refund.pk)
    failed = ProviderRefund.objects.filter(pk=held.pk, state=_FAILED)
    # Another key: under the old one the refusal is all there ever will be.
    if not failed.update(state=_WAITS, ask_at=now(), asked=0, ref=uuid4()):
        raise SaleRefused(_("This refund has not failed, so it is not tried again."), "state")
    rows = PaymentAttempt.objects.filter(pk=held.attempt_id, captured__gte=F("promised") + held.amount)
    if not rows.update(promised=F("promised") + held.amount):
        raise SaleRefused(_("No more can go back than was taken in and has not gone back yet."), "amount")
    return ProviderRefund.objects.select_related("attempt__store").get(pk=held.pk)


@retry_on_conflict
@action
def note_paid_back_by_hand(refund: ProviderRefund, how: str, *, by: Actor) -> ProviderRefund:
    """Write down how somebody paid back what the provider would not."""
    how = checks.plain(how, "note", 200)
    if not how:
        raise SaleRefused(_("Write how it was paid back, such as to which account and when."), "note")
    held = ProviderRefund.objects.select_related("attempt__store", "attempt__order").get(pk=refund.pk)
    failed = ProviderRefund.objects.filter(pk=held.pk, state=_FAILED)
    if not failed.update(
        state=ProviderRefundState.BY_HAND, settled_at=now(), settled_by=by.label[:120], note=how, ask_at=None
    ):
        raise SaleRefused(_("This refund does not wait to be paid back by hand."), "state")
    _told(held, _What.BY_HAND, by)
    return ProviderRefund.objects.select_related("attempt__store").get(pk=held.pk)


def _told(held: ProviderRefund, what: str, by: Actor, note: str = "") -> None:
    attempt, at = held.attempt, now()
    PaymentStep.objects.create(
        attempt=attempt,
        what=what,
        amount=held.amount,
        at=at,
        business_day=business_day(at, attempt.store.zone),
        by="" if by.kind is ActorKind.CUSTOMER else by.label[:120],
        note=note[:200],
    )
    publish(
        PaymentGivenBack(
            customer_id=attempt.order.customer_id if attempt.order is not None else None,
            attempt_id=attempt.pk,
            order_id=attempt.order_id,
            currency=attempt.currency,
            amount=held.amount,
            what=str(what),
        ),
        by=by,
    )
