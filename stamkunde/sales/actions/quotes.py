"""Holding the price of a basket for a time, and buying it at that."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Language
from stamkunde.accounts.queries import the_shop
from stamkunde.events.publishing import action
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.pricing.evaluator import Quote
from stamkunde.pricing.explaining import trace
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.gift_payments import try_codes
from stamkunde.sales.actions.orders import register_order, worked_out
from stamkunde.sales.actions.prices import Held
from stamkunde.sales.models import HeldQuote, Order
from stamkunde.sales.once import digest_of, laid_out
from stamkunde.sales.refusals import KeyReused, PriceChanged, SaleRefused
from stamkunde.sales.values import LineValues, OrderValues, PaymentValues


@retry_on_conflict
@action
def hold_quote(values: OrderValues, *, by: Actor, idempotency_key: str | None = None, **rights: Any) -> HeldQuote:
    """Work a basket out once and keep the answer, so that it can be bought at that for as long as the shop says.

    `rights` are those of `register_order`. Nobody is told: that a price was asked for is nothing that happened.
    """
    digest = digest_of(values)
    if idempotency_key and (earlier := HeldQuote.objects.filter(idempotency_key=idempotency_key).first()):
        return _repeated(earlier, digest)
    if values.placed_at is not None or values.receipt_number or values.payments:
        raise SaleRefused(_("A quote has neither a time, nor a receipt, nor payments yet."), "lines")
    store, _till = checks.place(values.store_id, values.till_id, by)
    at = now()
    _lines, sums = worked_out(values, store, at, held=Held(asks=True), **rights)
    customer = checks.customer(values.customer_id)
    quote: Quote = sums.quote
    held = HeldQuote(
        customer=customer,
        store=store,
        channel=values.channel,
        basket=laid_out(values),
        basket_hash=digest,
        price_book=quote.price_book,
        engine_version=quote.engine_version,
        currency=quote.currency,
        total=quote.total,
        result=_as_json(quote),
        trace=trace(quote, Language.values, to_staff=False),
        made_at=at,
        made_by=by.label[:120],
        valid_until=at + timedelta(minutes=the_shop().quote_minutes),
        idempotency_key=idempotency_key,
    )
    try:
        with transaction.atomic():
            held.save(force_insert=True)
    except IntegrityError:
        winner = HeldQuote.objects.filter(idempotency_key=idempotency_key).first() if idempotency_key else None
        if winner is None:
            raise
        return _repeated(winner, digest)
    return held


@retry_on_conflict
def commit_quote(
    held: HeldQuote,
    *,
    payments: tuple[PaymentValues, ...] = (),
    accepted_total: int | None = None,
    by: Actor,
    **rights: Any,
) -> Order:
    """Make the purchase of a held quote: at its price while it is valid, and anew afterwards.

    Where it has run out and costs something else now, PriceChanged says how much, and nothing is written until that
    very total is accepted. A quote becomes one purchase, however often this is asked.
    """
    if held.order_id is not None:
        return _bought(held)
    values = replace(_values(held), payments=payments)
    try_codes(payments, by, lines=values.lines)
    answer = Held(asks=True, quote=Quote.of(held.result))
    if now() > held.valid_until:
        answer = Held(asks=True)
        store, _till = checks.place(values.store_id, values.till_id, by)
        _lines, sums = worked_out(values, store, now(), held=answer, **rights)
        if sums.total not in (held.total, accepted_total):
            sentence = _("The price of this quote has run out. It costs %(total)s now, if that is accepted.")
            said = shown.amount(sums.total, held.currency)
            raise PriceChanged(sentence % {"total": said}, quote=sums.quote, total=sums.total)
        answer = Held(asks=True, quote=sums.quote)
    return _buy(held, values, answer, by, rights)


@action
def _buy(held: HeldQuote, values: OrderValues, answer: Held, by: Actor, rights: dict[str, Any]) -> Order:
    # Whatever is sent with it the second time, such as another payment, does not buy it twice.
    current = HeldQuote.objects.select_for_update(of=("self",)).get(pk=held.pk)
    if current.order_id is not None:
        return _bought(current)
    order = register_order(values, by=by, idempotency_key=f"held:{held.ref}", held=answer, **rights)
    HeldQuote.objects.filter(pk=held.pk, order=None).update(order=order)
    return order


def _bought(held: HeldQuote) -> Order:
    order = Order.objects.select_related("store", "till", "customer").get(held_quote=held.pk)
    order.is_repeated = True
    return order


def _values(held: HeldQuote) -> OrderValues:
    kept = held.basket
    lines = tuple(LineValues(**line | {"quantity": Decimal(line["quantity"])}) for line in kept["lines"])
    # Whose it is may have changed since: who was merged is somebody else now.
    plain: dict[str, Any] = {name: tuple(own) if isinstance(own, list) else own for name, own in kept.items()}
    return OrderValues(**{**plain, "lines": lines, "customer_id": held.customer_id})


def _as_json(quote: Quote) -> dict[str, Any]:
    kept: dict[str, Any] = quote.as_dict()
    return kept


def _repeated(earlier: HeldQuote, digest: str) -> HeldQuote:
    if earlier.basket_hash != digest:
        raise KeyReused
    earlier.is_repeated = True
    return earlier
