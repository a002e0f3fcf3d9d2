"""Attempts to be paid through a provider: begun, moved by what the provider tells, and entered in the books.

Nothing here asks the network: `sales/provider_work.py` does, between two of these. Whatever may charge somebody is
written down before it is asked for, so that whoever is killed in between leaves an attempt that is asked about again.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, Till
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import round_half_up
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions.invoices import write_invoices
from stamkunde.sales.actions.provider_refunds import give_back_too_much
from stamkunde.sales.events import InvoiceSettled, PaymentMoved
from stamkunde.sales.models import (
    LIVE_STATES,
    AttemptState,
    Invoice,
    Order,
    Payment,
    PaymentAttempt,
    PaymentMethod,
    PaymentProvider,
    PaymentStep,
)
from stamkunde.sales.payment_providers.contract import Told
from stamkunde.sales.refusals import SaleRefused

FIRST_ASKED_AFTER = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=1)
# A request that was on its way for so long, and of which the provider knows nothing, never arrived.
NEVER_ARRIVED_AFTER = timedelta(minutes=15)

_S = AttemptState
_What = PaymentStep.What
# What may follow what. Money is believed whenever it is told of: also after a payment was thought to have failed.
MAY_BECOME: dict[str, frozenset[str]] = {
    _S.CREATED: frozenset({_S.PENDING, _S.AUTHORISED, _S.CAPTURED, _S.FAILED, _S.CANCELLED, _S.EXPIRED, _S.UNKNOWN}),
    _S.PENDING: frozenset({_S.AUTHORISED, _S.CAPTURED, _S.FAILED, _S.CANCELLED, _S.EXPIRED, _S.UNKNOWN}),
    _S.AUTHORISED: frozenset({_S.CAPTURED, _S.CANCELLED, _S.EXPIRED, _S.UNKNOWN}),
    _S.UNKNOWN: frozenset({_S.PENDING, _S.AUTHORISED, _S.CAPTURED, _S.FAILED, _S.CANCELLED, _S.EXPIRED}),
    _S.FAILED: frozenset({_S.CAPTURED}),
    _S.CANCELLED: frozenset({_S.CAPTURED}),
    _S.EXPIRED: frozenset({_S.CAPTURED}),
    _S.CAPTURED: frozenset(),
}
_STEP_OF = {
    _S.PENDING: _What.PENDING,
    _S.AUTHORISED: _What.AUTHORISED,
    _S.FAILED: _What.FAILED,
    _S.CANCELLED: _What.CANCELLED,
    _S.EXPIRED: _What.EXPIRED,
    _S.UNKNOWN: _What.UNKNOWN,
}


@dataclass(frozen=True)
class Owing:
    """What can be paid through a provider: an invoice, or a purchase of which nothing was paid, and how much."""

    order: Order
    invoice: Invoice | None
    amount: int


def owing(order: Order, invoice: Invoice | None, provider: PaymentProvider) -> Owing:
    """Return how much is to be paid now, in minor units. Raises SaleRefused where nothing can be."""
    if invoice is not None:
        if not invoice.owed:
            raise SaleRefused(_("Nothing is owed on this invoice any more."), "invoice")
        return Owing(order, invoice, invoice.owed)
    if Payment.objects.filter(order=order).exists():
        raise SaleRefused(_("It is written down already how this purchase was paid."), "order")
    if order.returned_total:
        raise SaleRefused(
            _("Something of this purchase came back before it was paid. Agree with the customer how the rest is paid."),
            "order",
        )
    if order.total <= 0:
        raise SaleRefused(_("This purchase costs nothing, so there is nothing to pay."), "order")
    amount = order.total
    if provider.deposit_percent < 100 and hasattr(order, "proposal"):
        amount = max(1, round_half_up(Decimal(order.total * provider.deposit_percent) / 100))
    return Owing(order, None, amount)


@retry_on_conflict
@action
def begin_attempt(
    order: Order, invoice: Invoice | None, *, by: Actor, idempotency_key: str | None = None
) -> PaymentAttempt:
    """Write down that somebody is about to pay, before the provider is asked; a try that is under way is returned.

    So a second window, a second press or a repeated request leads to the same payment and never to another one.
    """
    if idempotency_key and (earlier := PaymentAttempt.objects.filter(idempotency_key=idempotency_key).first()):
        return _fresh(earlier.pk)
    provider = the_provider()
    held = Order.objects.select_for_update(no_key=True, of=("self",)).select_related("store").get(pk=order.pk)
    if invoice is not None:
        invoice = Invoice.objects.select_for_update().get(pk=invoice.pk, payment__order=held)
    under_way = PaymentAttempt.objects.filter(order=held, invoice=invoice, state__in=LIVE_STATES).first()
    if under_way is not None:
        return _fresh(under_way.pk)
    what = owing(held, invoice, provider)
    return _written(
        PaymentAttempt(
            provider=provider.name,
            order=held,
            invoice=invoice,
            store=held.store,
            currency=held.currency,
            amount=what.amount,
            captures_later=provider.captures_later and invoice is None,
            idempotency_key=idempotency_key,
        ),
        by,
    )


@retry_on_conflict
@action
def begin_at_terminal(store: Store, till: Till, amount: int, *, key: str, by: Actor) -> PaymentAttempt:
    """Write down that somebody is about to pay so much, in minor units, at the terminal beside a till.

    `key` is the basket's. As long as one of its payments is under way, or came and became no purchase yet, it is that
    one: a basket is never paid twice.
    """
    provider = the_provider()
    if not provider.terminals.get(str(till.pk)):
        raise SaleRefused(_("No terminal stands beside this till. Choose “Card” and write down its reference."), "till")
    if amount <= 0:
        raise SaleRefused(_("There is nothing to pay by card."), "amount")
    # The till's row is held, so that two presses take turns.
    Till.objects.select_for_update(no_key=True).get(pk=till.pk)
    earlier = at_terminal(key)
    if earlier is not None and (earlier.is_live or (earlier.captured and earlier.order_id is None)):
        if earlier.amount != amount and earlier.is_live:
            raise SaleRefused(_("The terminal shows another amount. Cancel it there first."), "amount")
        return earlier
    number = PaymentAttempt.objects.filter(idempotency_key__startswith=_key_at_terminal(key)).count() + 1
    attempt = PaymentAttempt(
        provider=provider.name,
        store=store,
        till=till,
        currency=store.currency,
        amount=amount,
        idempotency_key=f"{_key_at_terminal(key)}{number}",
    )
    return _fresh(_written(attempt, by).pk)


def at_terminal(key: str) -> PaymentAttempt | None:
    """Return the latest payment at a terminal for the basket of this key."""
    rows = PaymentAttempt.objects.filter(idempotency_key__startswith=_key_at_terminal(key))
    return rows.select_related("store", "till", "order__store", "order__customer", "invoice").order_by("-pk").first()


def _key_at_terminal(key: str) -> str:
    return f"terminal:{key}:"


@action(is_step=True)
def become_payment(attempt: PaymentAttempt, order: Order, *, by: Actor) -> None:
    """Let what was paid at a terminal be the payment of the purchase that was registered with it; once and no more."""
    held = _held(attempt.pk)
    payment = Payment.objects.filter(
        order=order, method=PaymentMethod.CARD, reference=held.provider_ref, amount=held.captured
    ).first()
    if payment is None or held.state != _S.CAPTURED:
        raise SaleRefused(_("What was paid at the terminal is not what the purchase costs. Look at both."), "payments")
    free = PaymentAttempt.objects.filter(pk=held.pk, order=None, entered_at=None, promised=0)
    if not free.update(order=order, payment=payment, entered_at=now()):
        raise SaleRefused(_("This payment belongs to another purchase already."), "payments")
    note_step(held, _What.ENTERED, held.captured, by=by)


def the_provider() -> PaymentProvider:
    """Return the provider that is in use, or refuse."""
    found = PaymentProvider.objects.filter(pk=1, is_active=True).first()
    if found is None:
        raise SaleRefused(_("The shop takes no payments through a provider at present."), "provider")
    return found


def _written(attempt: PaymentAttempt, by: Actor) -> PaymentAttempt:
    attempt.started_at = now()
    # Who the customer is stands with the purchase, and nowhere else.
    attempt.started_by = "" if by.kind is ActorKind.CUSTOMER else by.label[:120]
    attempt.ask_at = attempt.started_at + FIRST_ASKED_AFTER
    attempt.save(force_insert=True)
    note_step(attempt, _What.STARTED, attempt.amount, by=by)
    return attempt


@retry_on_conflict
@action
def begin_capture(attempt: PaymentAttempt, amount: int | None, *, by: Actor) -> tuple[PaymentAttempt, int, str]:
    """Write down that so much, or all the rest, is about to be taken in; return how much, and the key it has.

    Until the provider has told what came of it, the attempt is unknown and takes no other capture.
    """
    held = _held(attempt.pk)
    if held.state != _S.AUTHORISED:
        raise SaleRefused(_("Only what the customer has authorised can be taken in."), "state")
    left = held.amount - held.captured
    wanted = left if amount is None else amount
    if not 0 < wanted <= left:
        raise SaleRefused(_("That is more than is left to take in, or nothing. Write another amount."), "amount")
    _become_unknown(held, by)
    return _fresh(held.pk), wanted, f"{held.ref}:capture:{held.captured}:{wanted}"


@retry_on_conflict
@action
def begin_cancelling(attempt: PaymentAttempt, *, by: Actor) -> PaymentAttempt:
    """Write down that a payment is about to be called off; what was taken in of it stays."""
    held = _held(attempt.pk)
    if not held.is_live:
        raise SaleRefused(_("This payment is over, so there is nothing to cancel."), "state")
    PaymentAttempt.objects.filter(pk=held.pk).update(ask_at=now() + FIRST_ASKED_AFTER)
    return _fresh(held.pk)


@retry_on_conflict
@action
def note_unclear(attempt: PaymentAttempt, reason: str, *, by: Actor) -> PaymentAttempt:
    """Write down that no answer came that can be relied on. It is neither paid nor failed; it is asked again."""
    held = _held(attempt.pk)
    if held.is_live:
        at = now()
        asked = held.asked + 1
        values = {"asked": asked, "ask_at": at + pause(asked), "reason": reason[:200]}
        # A question without an answer makes nothing unclear that was clear.
        if held.state == _S.CREATED:
            _become_unknown(held, by, reason)
        PaymentAttempt.objects.filter(pk=held.pk).update(**values)
    return _fresh(held.pk)


@retry_on_conflict
@action
def note_never_arrived(attempt: PaymentAttempt, *, by: Actor) -> PaymentAttempt:
    """Write down that the provider knows nothing of a payment: after some time, that it never will."""
    held = _held(attempt.pk)
    at = now()
    if held.is_live and not held.provider_ref and at - held.started_at >= NEVER_ARRIVED_AFTER:
        _move(held, _S.EXPIRED, by)
        values = {"reason": _("The request never reached the payment provider."), "ask_at": None}
        PaymentAttempt.objects.filter(pk=held.pk).update(**values)
    elif held.is_live:
        PaymentAttempt.objects.filter(pk=held.pk).update(asked=held.asked + 1, ask_at=at + pause(held.asked + 1))
    return _fresh(held.pk)


@retry_on_conflict
@action
def note_refused(attempt: PaymentAttempt, reason: str, *, by: Actor) -> PaymentAttempt:
    """Write down that the provider would not begin a payment: nobody was charged, and another try is free."""
    held = _held(attempt.pk)
    if held.state in (_S.CREATED, _S.UNKNOWN) and not held.provider_ref:
        _move(held, _S.FAILED, by, note=reason)
        PaymentAttempt.objects.filter(pk=held.pk).update(reason=reason[:200], ask_at=None)
    return _fresh(held.pk)


@retry_on_conflict
@action
def note_told(attempt: PaymentAttempt, told: Told, *, by: Actor) -> PaymentAttempt:
    """Move an attempt by what the provider tells of it, whenever and however often it is told.

    `attempt` is as it was when the provider was asked: of what was told before something else was begun, only money is
    believed. What has been taken in only ever grows.
    """
    held = _held(attempt.pk)
    at = now()
    is_of_before = held.state == _S.UNKNOWN and held.unclear_since != attempt.unclear_since
    values: dict[str, object] = {
        "provider_ref": held.provider_ref or told.provider_ref,
        "page_url": told.page_url or held.page_url,
        "card_brand": told.card_brand or held.card_brand,
        "card_end": told.card_end or held.card_end,
        "reason": told.reason[:200],
    }
    PaymentAttempt.objects.filter(pk=held.pk).update(**values)
    # More than was asked for is nobody's: it stays the provider's mistake, and the doctor's finding, in the reason.
    captured = min(told.captured, held.amount)
    if captured > held.captured:
        note_step(held, _What.CAPTURED, captured - held.captured, by=by)
        PaymentAttempt.objects.filter(pk=held.pk).update(captured=captured)
        held.captured = captured
    becomes = _S.CAPTURED if held.captured == held.amount else _S(told.standing.value)
    if held.captured and becomes in (_S.FAILED, _S.CANCELLED, _S.EXPIRED):
        becomes = _S.CAPTURED
    is_back = becomes == _S.PENDING and held.steps.filter(what=_What.AUTHORISED).exists()
    may_be = becomes in MAY_BECOME[held.state] and not is_back and (not is_of_before or becomes == _S.CAPTURED)
    if may_be and becomes != held.state:
        _move(held, becomes, by, note=told.reason)
    held = _held(held.pk)
    again = at + pause(held.asked + 1) if held.is_live else None
    PaymentAttempt.objects.filter(pk=held.pk).update(ask_at=again, asked=held.asked + 1)
    if held.state == _S.CAPTURED and held.entered_at is None:
        enter_in_books(held, by=by)
    return _fresh(held.pk)


@action(is_step=True)
def enter_in_books(attempt: PaymentAttempt, *, by: Actor) -> None:
    """Let what was taken in pay what it was for; what is more than that goes back by itself.

    An invoice is paid by it. A purchase has it as its payment, and is invoiced for what the deposit left open.
    """
    if attempt.order_id is None:
        return
    order = Order.objects.select_for_update(no_key=True, of=("self",)).select_related("store").get(pk=attempt.order_id)
    used, payment = 0, None
    if attempt.invoice_id is not None:
        invoice = Invoice.objects.select_for_update().get(pk=attempt.invoice_id)
        if 0 < invoice.owed <= attempt.captured:
            used = invoice.owed
            _settle(invoice, order, attempt, by)
        elif invoice.owed:
            # Less than is owed: a person has to look at it.
            return
    elif not Payment.objects.filter(order=order).exists():
        used = min(attempt.captured, order.total)
        payment = Payment.objects.create(
            order=order, method=PaymentMethod.CARD, amount=used, reference=attempt.provider_ref
        )
        if used < order.total:
            rest = Payment.objects.create(order=order, method=PaymentMethod.INVOICE, amount=order.total - used)
            write_invoices(order, [rest])
    PaymentAttempt.objects.filter(pk=attempt.pk).update(entered_at=now(), payment=payment)
    note_step(attempt, _What.ENTERED, used, by=by)
    if attempt.captured > used:
        give_back_too_much(attempt, attempt.captured - used)


def _settle(invoice: Invoice, order: Order, attempt: PaymentAttempt, by: Actor) -> None:
    paid = {"paid_on": business_day(now(), order.store.zone), "paid_note": attempt.provider_ref, "settled_by": ""}
    Invoice.objects.filter(pk=invoice.pk).update(**paid)
    publish(
        InvoiceSettled(
            customer_id=order.customer_id,
            invoice_id=invoice.pk,
            order_id=order.pk,
            number=invoice.number,
            currency=order.currency,
            amount=invoice.amount - invoice.credited,
            is_paid=True,
        ),
        by=by,
    )


def _become_unknown(held: PaymentAttempt, by: Actor, note: str = "") -> None:
    at = now()
    PaymentAttempt.objects.filter(pk=held.pk).update(
        state=_S.UNKNOWN, unclear_since=at, ask_at=at + FIRST_ASKED_AFTER, asked=0
    )
    note_step(held, _What.UNKNOWN, by=by, note=note)


def _move(held: PaymentAttempt, becomes: str, by: Actor, note: str = "") -> None:
    PaymentAttempt.objects.filter(pk=held.pk).update(
        state=becomes, unclear_since=None if becomes != _S.UNKNOWN else F("unclear_since"), asked=0
    )
    if becomes == _S.CAPTURED:
        if held.captured < held.amount:
            note_step(held, _What.RELEASED, held.amount - held.captured, by=by)
    else:
        note_step(held, _STEP_OF[_S(becomes)], held.amount if becomes == _S.AUTHORISED else 0, by=by, note=note)
    publish(
        PaymentMoved(
            customer_id=held.order.customer_id if held.order is not None else None,
            attempt_id=held.pk,
            order_id=held.order_id,
            invoice_id=held.invoice_id,
            currency=held.currency,
            amount=held.captured if becomes == _S.CAPTURED else held.amount,
            state=str(becomes),
        ),
        by=by,
    )


def note_step(attempt: PaymentAttempt, what: str, amount: int = 0, *, by: Actor, note: str = "") -> None:
    at: datetime = now()
    PaymentStep.objects.create(
        attempt=attempt,
        what=what,
        amount=amount,
        at=at,
        business_day=business_day(at, attempt.store.zone),
        by="" if by.kind is ActorKind.CUSTOMER else by.label[:120],
        note=note[:200],
    )


def pause(asked: int) -> timedelta:
    """Return how long to wait before asking again; unevenly, so that many do not ask at once."""
    wait: timedelta = min(FIRST_ASKED_AFTER * (1 << min(asked, 10)), _LONGEST_PAUSE)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311


def _held(pk: int) -> PaymentAttempt:
    rows = PaymentAttempt.objects.select_for_update(of=("self",)).select_related("store", "order")
    return rows.get(pk=pk)


def _fresh(pk: int) -> PaymentAttempt:
    return PaymentAttempt.objects.select_related("store", "till", "order__store", "order__customer", "invoice").get(
        pk=pk
    )
