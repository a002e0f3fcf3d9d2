"""Making a purchase of a basket, and taking goods back, with the till's next receipt number."""

from dataclasses import replace

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Till
from stamkunde.counter.models import Basket, ReceiptCount
from stamkunde.counter.place import Place
from stamkunde.counter.values import basket_values, gift_card_payments
from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import register_exchange, register_order, register_return
from stamkunde.sales.actions.provider_payments import become_payment
from stamkunde.sales.models import Order, PaymentAttempt, Return
from stamkunde.sales.numbered import with_number
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import ExchangeValues, PaymentValues, ReturnValues


class TotalChanged(SaleRefused):
    """The basket no longer comes to what the person saw."""

    def __init__(self) -> None:
        super().__init__(_("The total has changed meanwhile. Look at it once more, and then let it be paid."), "total")


@retry_on_conflict
@action
def register_basket(
    basket: Basket,
    payments: tuple[PaymentValues, ...],
    *,
    place: Place,
    expected: int,
    most_discount: int | None = None,
    paid_at_terminal: PaymentAttempt | None = None,
    by: Actor,
) -> Order:
    """Make a purchase of the basket; asked again for the same basket, answer with the purchase that was made of it.

    What is taken off, by whomever, is at most what the one who lets it be paid may take off. `expected` is the total
    that stood on the screen: a price that changed meanwhile is told and not charged.
    """
    held = Basket.objects.select_for_update(of=("self",)).select_related("store").get(pk=basket.pk)
    if held.order_id is not None:
        return Order.objects.select_related("store", "till", "customer").get(pk=held.order_id)
    # The receipt is that of the till where it is paid, wherever the basket was begun.
    number = _next_number(place.till) if place.till else ""
    paid_by = (*gift_card_payments(held), *payments)
    values = replace(basket_values(held), till_id=place.till_id, payments=paid_by, receipt_number=number)
    # What a code that brings nothing lacks stood on the screen, and what it comes to without it.
    order = register_order(
        values,
        by=by,
        idempotency_key=f"counter:{held.key}",
        most_discount=most_discount,
        may_leave_out_codes=True,
    )
    if order.total != expected:
        raise TotalChanged
    if paid_at_terminal is not None:
        become_payment(paid_at_terminal, order, by=by)
    Basket.objects.filter(pk=held.pk).update(order=order)
    return order


@retry_on_conflict
@action
def exchange_for_basket(
    basket: Basket,
    back: ReturnValues,
    payments: tuple[PaymentValues, ...],
    *,
    place: Place,
    expected: int,
    most_discount: int | None = None,
    may_choose_way: bool = True,
    by: Actor,
) -> Order:
    """Take goods back and let them pay for the basket, in one transaction; done again it answers with the purchase."""
    held = Basket.objects.select_for_update(of=("self",)).select_related("store").get(pk=basket.pk)
    if held.order_id is not None:
        return Order.objects.select_related("store", "till", "customer").get(pk=held.order_id)
    numbers = (_next_number(place.till), _next_number(place.till)) if place.till else ("", "")
    bought = replace(
        basket_values(held),
        till_id=place.till_id,
        payments=(*gift_card_payments(held), *payments),
        receipt_number=numbers[1],
    )
    done = register_exchange(
        ExchangeValues(brought_back=replace(back, receipt_number=numbers[0]), bought=bought),
        by=by,
        idempotency_key=f"counter:{held.key}",
        most_discount=most_discount,
        may_choose_way=may_choose_way,
    )
    if done.order.total != expected:
        raise TotalChanged
    Basket.objects.filter(pk=held.pk).update(order=done.order)
    return done.order


@retry_on_conflict
@action
def take_back(values: ReturnValues, *, till: Till | None, key: str, by: Actor, may_choose_way: bool = True) -> Return:
    """Take goods back; the same return sent again is answered with the first one, number and all."""
    own_key = f"counter:{key}"
    if till is not None:
        # While the till's count is held, nobody writes the same return beside this.
        _hold_count(till)
        earlier = Return.objects.filter(idempotency_key=own_key).first()
        values = replace(values, receipt_number=earlier.receipt_number if earlier else _next_number(till))
    return register_return(values, by=by, idempotency_key=own_key, may_choose_way=may_choose_way)


def _hold_count(till: Till) -> None:
    ReceiptCount.objects.get_or_create(till=till)
    ReceiptCount.objects.filter(till=till).update(last=F("last"))


def _next_number(till: Till) -> str:
    """Return the till's next receipt number, holding its count until the end of the transaction.

    The letter keeps it apart from telephone numbers and barcodes, the till's own number from receipts of other tills.
    """
    _hold_count(till)
    while True:
        ReceiptCount.objects.filter(till=till).update(last=F("last") + 1)
        number = f"R{till.pk}-{ReceiptCount.objects.get(till=till).last:05}"
        # An import may have brought receipts of this till back.
        taken = Order.objects.filter(pk__in=with_number(Order, number, most=None), till=till).exists()
        if not taken and not Return.objects.filter(pk__in=with_number(Return, number, most=None), till=till).exists():
            return number
