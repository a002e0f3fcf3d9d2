"""Exchanging: something comes back and something else is bought for it, as one transaction and one receipt."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from stamkunde.events.publishing import action
from stamkunde.kit.actor import Actor
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.sales.actions import checks
from stamkunde.sales.actions.gift_payments import try_codes
from stamkunde.sales.actions.orders import register_order, worked_out
from stamkunde.sales.actions.returns import register_return
from stamkunde.sales.models import Order, PaymentMethod, Return
from stamkunde.sales.refusals import KeyReused, SaleRefused
from stamkunde.sales.values import ExchangeValues


@dataclass(frozen=True)
class Exchange:
    """What came back and what was bought for it; `due` was still to be paid, or below nought was given back."""

    returned: Return
    order: Order

    @property
    def due(self) -> int:
        return self.order.total - self.returned.total

    @property
    def is_repeated(self) -> bool:
        return self.order.is_repeated


@retry_on_conflict
def register_exchange(
    values: ExchangeValues,
    *,
    by: Actor,
    idempotency_key: str | None = None,
    may_set_price: bool = True,
    most_discount: int | None = None,
    may_choose_way: bool = True,
) -> Exchange:
    """Take something back and sell something for it: the one pays for the other, and only the difference is money.

    Both are written or neither. Sent again with its key, it answers with the first; refusals are those of
    `register_return` and `register_order`.
    """
    try_codes(values.bought.payments, by, lines=values.bought.lines)
    return _exchange(
        values,
        by=by,
        idempotency_key=idempotency_key,
        may_set_price=may_set_price,
        most_discount=most_discount,
        may_choose_way=may_choose_way,
    )


@action
def _exchange(
    values: ExchangeValues,
    *,
    by: Actor,
    idempotency_key: str | None,
    may_set_price: bool,
    most_discount: int | None,
    may_choose_way: bool,
) -> Exchange:
    bought = values.bought
    store, _till = checks.place(bought.store_id, bought.till_id, by)
    at = checks.moment(bought.placed_at, by, "placed_at")
    _lines, sums = worked_out(bought, store, at, may_set_price=may_set_price, most_discount=most_discount)
    returned = register_return(
        values.brought_back,
        by=by,
        idempotency_key=idempotency_key,
        may_choose_way=may_choose_way,
        exchanged_to=sums.total,
    )
    if returned.is_repeated and returned.exchanged_for_id is None:
        # The key came before, with a return alone.
        raise KeyReused
    if returned.currency != store.currency:
        raise SaleRefused(
            _("What comes back was paid in %(currency)s. Take it back by itself, and sell the other thing by itself.")
            % {"currency": returned.currency},
            "brought_back",
        )
    exchanged = sum(returned.refunds.filter(method=PaymentMethod.EXCHANGE).values_list("amount", flat=True))
    order = register_order(
        bought,
        by=by,
        idempotency_key=idempotency_key,
        may_set_price=may_set_price,
        most_discount=most_discount,
        exchanged=exchanged,
    )
    if not returned.is_repeated:
        Return.objects.filter(pk=returned.pk).update(exchanged_for=order)
        returned.exchanged_for = order
    return Exchange(returned, order)
