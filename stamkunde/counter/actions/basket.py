"""Putting things into a basket and changing them there, each change once however often it is sent."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.catalogue.models import Product, VatClass
from stamkunde.counter.events import CustomerNamed
from stamkunde.counter.models import Basket
from stamkunde.counter.place import Place
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.statements import insert
from stamkunde.pricing.actions import release, reserve
from stamkunde.pricing.queries.codes import MOST_CODES, written
from stamkunde.sales.models import GiftCard
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import NEW_CARD

MOST_LINES = 200
MOST_STEPS = 60
MOST_GIFT_CARDS = 10
LARGEST_QUANTITY = Decimal(1_000_000)
# A basket that waits for longer waits for nobody.
KEPT = timedelta(days=3)

Change = Callable[[Basket], None]


class BasketClosed(Exception):
    """The basket has become a purchase already, and nothing can be changed in it any more."""

    def __init__(self, basket: Basket) -> None:
        super().__init__(basket.pk)
        self.basket = basket


@retry_on_conflict
@action
def _change(
    key: str, place: Place, step: str, change: Change, customer_id: int | None = None, *, is_begun: bool = True
) -> Basket:
    """Make a change in a basket that is held meanwhile, unless the change was made already; begin it if there is none.

    `customer_id` is who is being served when the basket begins; that it is not begun yet spares looking for it.
    """
    at = now()
    if not is_begun:
        begun = Basket(
            key=key, store=place.store, till=place.till, customer_id=customer_id, opened_at=at, changed_at=at
        )
        change(begun)
        begun.steps = [step] if step else []
        # Another request with the key may have been quicker: then its basket is the one that is changed.
        if insert([begun], unless_there=True):
            return begun
    basket, _is_new = Basket.objects.select_for_update(of=("self",)).get_or_create(
        key=key,
        defaults={
            "store": place.store,
            "till": place.till,
            "customer_id": customer_id,
            "opened_at": at,
            "changed_at": at,
        },
    )
    if basket.store_id != place.store.pk:
        raise SaleRefused(_("That basket was begun in another store. Begin a new one."), "store")
    basket.store = place.store
    if basket.order_id is not None:
        raise BasketClosed(basket)
    if step and step in basket.steps:
        return basket
    change(basket)
    basket.steps = [*basket.steps, step][-MOST_STEPS:] if step else basket.steps
    basket.changed_at = at
    basket.save(
        update_fields=[
            "customer",
            "lines",
            "gift_cards",
            "off",
            "share",
            "points",
            "codes",
            "steps",
            "changed_at",
        ]
    )
    return basket


def add_product(
    key: str,
    product: Product,
    *,
    place: Place,
    step: str = "",
    customer_id: int | None = None,
    is_begun: bool = True,
) -> Basket:
    """Put one more of a product into the basket: on the line it has already, as long as nothing was changed there."""

    def change(basket: Basket) -> None:
        for line in basket.lines:
            if line["product"] == product.pk and line["price"] is None and not (line["off"] or line["share"]):
                line["quantity"] = _said(min(Decimal(line["quantity"]) + 1, LARGEST_QUANTITY))
                return
        _append(basket, {"product": product.pk, "description": product.name})

    return _change(key, place, step, change, customer_id, is_begun=is_begun)


def add_words(
    key: str,
    description: str,
    price: int,
    *,
    place: Place,
    vat_class: str = VatClass.STANDARD,
    step: str = "",
    customer_id: int | None = None,
) -> Basket:
    """Put something into the basket that is not in the catalogue, at the price that was said."""

    def change(basket: Basket) -> None:
        _append(basket, {"description": description, "price": price, "vat_class": vat_class})

    return _change(key, place, step, change, customer_id)


def add_gift_card(
    key: str,
    amount: int,
    *,
    place: Place,
    step: str = "",
    customer_id: int | None = None,
    topped_up: GiftCard | None = None,
) -> Basket:
    """Put a gift card into the basket, a new one or one that is topped up, with so much to come on it."""
    line = {"description": _("Gift card"), "price": amount, "gift_card": NEW_CARD}
    if topped_up is not None:
        said = _("Gift card, topped up")
        line |= {"description": f"{said} {topped_up.masked}", "topped_up": topped_up.pk}

    def change(basket: Basket) -> None:
        _append(basket, line)

    return _change(key, place, step, change, customer_id)


def pay_with_gift_card(key: str, card_id: int, *, place: Place, step: str = "") -> Basket:
    """Note that the basket is to be paid with a gift card, as far as it reaches; scanned twice it is noted once."""

    def change(basket: Basket) -> None:
        if card_id not in basket.gift_cards:
            basket.gift_cards = [*basket.gift_cards, card_id][:MOST_GIFT_CARDS]

    return _change(key, place, step, change)


def leave_gift_card(key: str, card_id: int, *, place: Place, step: str = "") -> Basket:
    def change(basket: Basket) -> None:
        basket.gift_cards = [number for number in basket.gift_cards if number != card_id]

    return _change(key, place, step, change)


def step_quantity(key: str, line: str, by: int, *, place: Place, step: str = "") -> Basket:
    """Make a line's quantity one more or one less; with less than one of it the line is gone."""

    def change(basket: Basket) -> None:
        found = line_of(basket, line)
        if found is None:
            return
        quantity = Decimal(found["quantity"]) + by
        if quantity <= 0:
            basket.lines.remove(found)
        else:
            found["quantity"] = _said(min(quantity, LARGEST_QUANTITY))

    return _change(key, place, step, change)


def change_line(
    key: str, line: str, *, quantity: Decimal, price: int | None, off: int, share: int, place: Place, step: str = ""
) -> Basket:
    """Give a line another quantity, a price of its own (None is the list's), or something off."""

    def change(basket: Basket) -> None:
        if found := line_of(basket, line):
            found |= {"quantity": _said(quantity), "price": price, "off": off, "share": share}

    return _change(key, place, step, change)


def remove_line(key: str, line: str, *, place: Place, step: str = "") -> Basket:
    def change(basket: Basket) -> None:
        if found := line_of(basket, line):
            basket.lines.remove(found)

    return _change(key, place, step, change)


def take_off(key: str, *, off: int = 0, share: int = 0, place: Place, step: str = "") -> Basket:
    """Take an amount or a share off the whole purchase."""

    def change(basket: Basket) -> None:
        basket.off, basket.share = off, share

    return _change(key, place, step, change)


def use_points(key: str, points: int, *, place: Place, step: str = "") -> Basket:
    """Use at most so many of the customer's points, or none of them."""

    def change(basket: Basket) -> None:
        basket.points = points

    return _change(key, place, step, change)


@action
def show_code(
    key: str, code: str, *, place: Place, step: str = "", customer_id: int | None = None, by: Actor, asker: str
) -> Basket:
    """Put a code into the basket, which holds it from now on; raises CodeRefused when it can bring nothing."""
    held = reserve(code, key, store=place.store, till=place.till, by=by, asker=asker)
    text = written(held.voucher)

    def change(basket: Basket) -> None:
        if len(basket.codes) >= MOST_CODES and text not in basket.codes:
            raise SaleRefused(_("There are ten codes in the basket already. Take one away first."), "codes")
        basket.codes = [*(own for own in basket.codes if own != text), text]

    return _change(key, place, step, change, customer_id)


@action
def take_code_away(key: str, code: str, *, place: Place, step: str = "", by: Actor) -> Basket:
    """Take a code out of the basket, and let go of it."""
    release([code], key, by=by)

    def change(basket: Basket) -> None:
        basket.codes = [own for own in basket.codes if own != code]

    return _change(key, place, step, change)


@retry_on_conflict
@action
def name_customer(
    key: str, customer_id: int | None, *, place: Place, step: str = "", saved: int = 0, by: Actor = SYSTEM
) -> Basket:
    """Say whose basket it is, or that it is nobody's; that this saves something is told once."""
    named: list[int | None] = []

    def change(basket: Basket) -> None:
        if basket.customer_id != customer_id:
            named.append(customer_id)
            basket.points = 0
        basket.customer_id = customer_id

    basket = _change(key, place, step, change)
    if customer_id is not None and named and saved > 0:
        publish(
            CustomerNamed(
                customer_id=customer_id, saved=saved, currency=place.store.currency, store_name=place.store.name
            ),
            by=by,
        )
    return basket


def line_of(basket: Basket, mark: str) -> dict[str, Any] | None:
    """Return a line by its mark; its place would be another line's after one above it is gone."""
    return next((line for line in basket.lines if line["id"] == mark), None)


@action
def drop_basket(basket: Basket, *, by: Actor) -> None:
    """Put everything back on the shelf; a basket that has become a purchase stays."""
    if Basket.objects.filter(pk=basket.pk, order=None).delete()[0] and basket.codes:
        release(None, basket.key, by=by)


@action
def clear_baskets() -> int:
    """Delete the baskets nobody came back for, and those that have long become purchases; return how many."""
    return Basket.objects.filter(changed_at__lt=now() - KEPT).delete()[0]


def _append(basket: Basket, known: dict[str, Any]) -> None:
    if len(basket.lines) >= MOST_LINES:
        raise SaleRefused(_("The basket is full. Register this purchase, and the rest as another one."), "lines")
    plain = {
        "id": secrets.token_hex(4),
        "product": None,
        "description": "",
        "quantity": "1",
        "price": None,
        "off": 0,
        "share": 0,
    }
    basket.lines.append({**plain, "vat_class": "", **known})


def _said(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"
