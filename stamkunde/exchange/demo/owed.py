"""What the demo shop owes and is owed: gift cards sold over the years and partly used, store credit, invoices."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from stamkunde.accounts.models import Store
from stamkunde.catalogue.models import Product, ProductKind
from stamkunde.catalogue.queries import prices_of
from stamkunde.customers.models import Customer, CustomerKind
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import business_day, now
from stamkunde.sales.actions.gift_cards import block_card, expire_cards, replace_card
from stamkunde.sales.actions.invoices import mark_invoice_paid
from stamkunde.sales.actions.orders import register_order
from stamkunde.sales.actions.returns import register_return
from stamkunde.sales.models import Channel, GiftCard, Invoice, Order, PaymentMethod, ReturnReason
from stamkunde.sales.values import (
    NEW_CARD,
    LineValues,
    OrderValues,
    PaymentValues,
    RefundValues,
    ReturnLineValues,
    ReturnValues,
)

# A card a month or so, in the stores by turns; in minor units of the store's currency.
_CARDS, _EVERY = 42, 25
_COUNTRIES = ("NO", "NO", "SE", "NO", "LV")
_AMOUNTS = {"NOK": (50_000, 30_000, 100_000), "SEK": (50_000, 40_000, 100_000), "EUR": (5_000, 3_000, 10_000)}
# Three years and some weeks: what a card in Norway holds has lapsed by then.
_EXPIRED = 1_120
# How many days ago something came back for store credit.
_CREDITS = (55, 9)
# How many days ago each invoice was written, after how many days it was paid, and whether a thing of it came back.
_INVOICES: tuple[tuple[int, int | None, bool], ...] = (
    (140, 12, False), (95, 20, False), (61, None, False), (47, 9, False), (33, None, True), (24, 13, False),
    (9, None, False), (4, None, True), (2, None, False),
)  # fmt: skip
_BY_GIFT_CARD, _BY_CARD = PaymentMethod.GIFT_CARD, PaymentMethod.CARD


class _Trade:
    """The customers who may buy something, and the goods with their prices by currency."""

    def __init__(self, customers: Sequence[Customer], products: Mapping[str, Product]) -> None:
        present = set(Customer.objects.present().filter(restricted_at=None).values_list("pk", flat=True))
        self.customers = [one for one in customers if one.pk in present]
        self.goods = [own for _sku, own in sorted(products.items()) if own.kind == ProductKind.GOODS]
        self._prices: dict[str, dict[int, int]] = {}

    def customer(self, place: int, at: datetime, store: Store, kind: str = CustomerKind.PERSON) -> Customer | None:
        """Return one of the store who was known by then, a different one for each place; None where there is nobody."""
        known = [
            one for one in self.customers if one.home_store_id == store.pk and one.kind == kind and one.created_at < at
        ]
        return known[place * 37 % len(known)] if known else None

    def thing(self, place: int, store: Store, most: int) -> tuple[Product, int]:
        """Return something that costs no more than so much, and its price."""
        if store.currency not in self._prices:
            listed = prices_of([own.pk for own in self.goods], store.currency)
            self._prices[store.currency] = {pk: price.minor for pk, price in listed.items()}
        prices = self._prices[store.currency]
        found = [own for own in self.goods if prices[own.pk] <= most] or self.goods
        own = found[place * 7 % len(found)]
        return own, prices[own.pk]


def owe(customers: Sequence[Customer], stores: Mapping[str, list[Store]], products: Mapping[str, Product]) -> None:
    """Sell gift cards and let them be used, take things back for store credit, and write invoices."""
    trade = _Trade(customers, products)
    lapsed = _sold(None, stores["NO"][0], 50_000, now() - timedelta(days=_EXPIRED))
    expire_cards([lapsed.pk])
    cards = []
    for place in range(_CARDS):
        own = stores[_COUNTRIES[place % len(_COUNTRIES)]]
        cards.append(_card(trade, own[place % len(own)], place))
    block_card(cards[-6], reason="Kunden har mistet det.", by=SYSTEM)
    replace_card(cards[-12], reason="Koden lot seg ikke lese.", by=SYSTEM)
    for place, days in enumerate(_CREDITS):
        _credit(trade, stores["NO"][0], place, days)
    for place, (days, paid_after, brings_back) in enumerate(_INVOICES):
        _invoice(trade, stores["NO"][0], place, days, paid_after, brings_back=brings_back)


def _card(trade: _Trade, store: Store, place: int) -> GiftCard:
    """Sell a card; leave a third whole, use a third in part, and use up a third, with some money of another kind."""
    at = now() - timedelta(days=(_CARDS - place) * _EVERY, hours=place % 6)
    amounts = _AMOUNTS[store.currency]
    amount = amounts[place % len(amounts)]
    card = _sold(trade.customer(place, at, store) if place % 4 else None, store, amount, at)
    used_at = at + timedelta(days=8 + place % 14)
    product, price = trade.thing(place, store, amount * 2 // 3)
    by_card = PaymentValues(method=_BY_GIFT_CARD, gift_card=card.token)
    if place // 2 % 3 == 1:
        _bought(trade.customer(place + 5, used_at, store), store, product, used_at, by_card)
    elif place // 2 % 3 == 2:
        # Its price was lower once, and still this costs more than what is on the card.
        many = amount * 5 // (price * 4) + 1
        _bought(None, store, product, used_at, by_card, PaymentValues(method=_BY_CARD), quantity=many)
    return card


def _sold(customer: Customer | None, store: Store, amount: int, at: datetime) -> GiftCard:
    values = OrderValues(
        store_id=store.pk,
        customer_id=customer.pk if customer else None,
        placed_at=at,
        lines=(LineValues(gift_card=NEW_CARD, description=_called(store), unit_price=amount),),
        payments=(PaymentValues(method=_BY_CARD),),
    )
    return GiftCard.objects.select_related("store").get(lines__order=register_order(values, by=SYSTEM))


def _called(store: Store) -> str:
    return {"SE": "Presentkort", "LV": "Dāvanu karte"}.get(store.country, "Gavekort")


def _bought(
    customer: Customer | None,
    store: Store,
    product: Product,
    at: datetime,
    *payments: PaymentValues,
    quantity: int = 1,
    channel: str = Channel.SHOP,
) -> Order:
    values = OrderValues(
        store_id=store.pk,
        customer_id=customer.pk if customer else None,
        channel=channel,
        placed_at=at,
        lines=(LineValues(product_id=product.pk, quantity=Decimal(quantity)),),
        payments=payments,
    )
    return register_order(values, by=SYSTEM)


def _brought_back(order: Order, at: datetime, refund: RefundValues) -> None:
    line = ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(1), reason=ReturnReason.REGRET)
    register_return(ReturnValues(order_id=order.pk, lines=(line,), returned_at=at, refunds=(refund,)), by=SYSTEM)


def _credit(trade: _Trade, store: Store, place: int, days: int) -> None:
    at = now() - timedelta(days=days)
    product, _price = trade.thing(place + 3, store, 80_000)
    order = _bought(trade.customer(place + 11, at, store), store, product, at, PaymentValues(method=_BY_CARD))
    _brought_back(order, at + timedelta(days=5), RefundValues(method=_BY_GIFT_CARD, gift_card=NEW_CARD))


def _invoice(trade: _Trade, store: Store, place: int, days: int, paid_after: int | None, *, brings_back: bool) -> None:
    at = now() - timedelta(days=days)
    customer = trade.customer(place, at, store, CustomerKind.COMPANY) or trade.customer(place, at, store)
    if customer is None:
        return
    product, _price = trade.thing(place + 1, store, 60_000)
    by_invoice = PaymentValues(method=PaymentMethod.INVOICE)
    order = _bought(customer, store, product, at, by_invoice, quantity=3 + place % 4, channel=Channel.PHONE)
    if brings_back:
        _brought_back(order, at + timedelta(days=1), RefundValues(method=PaymentMethod.INVOICE))
    if paid_after is not None:
        invoice = Invoice.objects.get(payment__order=order)
        mark_invoice_paid(invoice, business_day(at, store.zone) + timedelta(days=paid_after), by=SYSTEM)
