"""What every purchase and every return is checked for before anything is written."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store, Till
from stamkunde.catalogue.models import VatClass
from stamkunde.catalogue.queries import ToSell, products_to_sell, vat_rates
from stamkunde.customers.models import Customer
from stamkunde.customers.queries.merges import survivors
from stamkunde.kit import shown
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.money import LARGEST_MINOR
from stamkunde.kit.statements import Read
from stamkunde.sales.moments import refuse_far_off
from stamkunde.sales.refusals import SaleRefused

MOST_LINES = 500
LARGEST_QUANTITY = Decimal(1_000_000)
LARGEST_PRICE = 1_000_000_000_000
# A desk's clock is the server's; a till's own clock may be some hours off, and its receipts are still true.
AHEAD_AT_DESK = timedelta(minutes=10)
AHEAD_AT_TILL = timedelta(days=1)
_TILL = Read(Till, 'WHERE "accounts_till".id = %s', related=["store"])
_STORE = Read(Store, "WHERE id = %s")
_HELD = Read(Customer, "WHERE id IN ({marks}) ORDER BY id", hold=True)


def plain(text: str, field: str, longest: int, *, line: int = 0) -> str:
    """Return the text trimmed; refuse what no column takes."""
    trimmed = text.strip()
    if "\x00" in trimmed:
        raise SaleRefused(
            _("There is a character in the text that cannot be kept. Please type it anew."), field, line=line
        )
    if len(trimmed) > longest:
        raise SaleRefused(_("Write at most %(longest)s characters.") % {"longest": longest}, field, line=line)
    return trimmed


def place(store_id: int | None, till_id: int | None, by: Actor) -> tuple[Store, Till | None]:
    """Return the store and the till, which must be of that store and in reach of whoever acts; one query."""
    store, till = _found_place(store_id, till_id)
    in_reach(store, by)
    return store, till


def in_reach(store: Store, by: Actor) -> None:
    """Refuse what is done in a store by somebody who works in others only."""
    if not by.may_act_in(store.pk):
        raise SaleRefused(
            _("You do not work in %(store)s. Choose one of your own stores.") % {"store": store.name}, "store"
        )


def _found_place(store_id: int | None, till_id: int | None) -> tuple[Store, Till | None]:
    if till_id is not None:
        till = _TILL.first(till_id)
        if till is None or (store_id is not None and till.store_id != store_id):
            raise SaleRefused(_("That till is not in this store. Choose another one."), "till")
        return till.store, till
    store = _STORE.first(store_id) if store_id is not None else None
    if store is None:
        raise SaleRefused(_("Choose the store it was in."), "store")
    return store, None


def moment(at: datetime | None, by: Actor, field: str) -> datetime:
    """Return when it happened; a time that cannot be is refused."""
    recorded_at = now()
    if at is None:
        return recorded_at
    refuse_far_off(at, field)
    if at.tzinfo is None:
        raise SaleRefused(_("The time must say in which time zone it is."), field)
    ahead = AHEAD_AT_DESK if by.kind is ActorKind.STAFF else AHEAD_AT_TILL
    if at > recorded_at + ahead:
        raise SaleRefused(_("This lies in the future. Look at the day and the time once more."), field)
    return at


def quantity(value: Decimal, line: int) -> Decimal:
    if not value.is_finite() or value <= 0:
        raise SaleRefused(_("Write a quantity above zero."), "quantity", line=line)
    if value > LARGEST_QUANTITY:
        raise SaleRefused(_("This is too many. Look at the number once more."), "quantity", line=line)
    if value != round(value, 3):
        raise SaleRefused(_("Write a quantity with at most three decimals."), "quantity", line=line)
    return value


def line_count(number: int) -> None:
    if not number:
        raise SaleRefused(_("Add at least one line."), "lines")
    if number > MOST_LINES:
        raise SaleRefused(
            _("There are more than %(most)s lines. Register them as several receipts.") % {"most": MOST_LINES}, "lines"
        )


def amount(value: int, field: str, *, line: int = 0, largest: int = LARGEST_PRICE) -> int:
    if value < 0:
        raise SaleRefused(_("Write an amount that is not below zero."), field, line=line)
    if value > largest:
        raise SaleRefused(_("This is too large to be an amount. Look at the number once more."), field, line=line)
    return value


def list_price(price: int, sold: ToSell, store: Store, line: int) -> None:
    """Refuse another price than that of the list, from whoever may not set one; what has none costs what is written."""
    if sold.list_price is not None and price != sold.list_price:
        raise SaleRefused(
            _("It is sold at %(price)s. Somebody who may change prices can sell it for another one.")
            % {"price": shown.amount(sold.list_price, store.currency)},
            "unit_price",
            line=line,
        )


def total(value: int) -> int:
    if value > LARGEST_MINOR:
        raise SaleRefused(_("The sum is too large to be right. Look at the quantities and prices once more."), "lines")
    return value


def customer(customer_id: int | None) -> Customer | None:
    """Return the customer, kept from being changed by anybody else until the end of the transaction."""
    return refuse_missing(held_customers([customer_id]).get(customer_id)) if customer_id is not None else None


def held_customers(ids: Sequence[int]) -> dict[int, Customer]:
    """Return the customers by the numbers asked for, held in the order of these so that two never wait crosswise.

    The number of one who was merged leads to who she is now, also when that happened while this waited.
    """
    held = _held(ids)
    led_on = survivors([number for number, found in held.items() if found.trashed_at is not None])
    if led_on:
        held |= {number: found for number, end in led_on.items() if (found := _held([end]).get(end))}
    return held


def _held(ids: Sequence[int]) -> dict[int, Customer]:
    return {customer.pk: customer for customer in _HELD.all(*ids)}


def refuse_missing(found: Customer | None) -> Customer:
    if found is None or found.trashed_at is not None:
        raise SaleRefused(_("That customer is no longer there. Search again, or go on without one."), "customer")
    return found


def products(wanted: Sequence[tuple[int, int | None]], store: Store, at: datetime) -> dict[int, ToSell]:
    """Return the products of the lines with tax and price, in one query; `wanted` holds line numbers and products."""
    ids = {product_id for _line, product_id in wanted if product_id is not None}
    if not ids:
        return {}
    found = products_to_sell(ids, store.country, store.currency, business_day(at, store.zone), at)
    for line, product_id in wanted:
        if product_id is not None and product_id not in found:
            raise SaleRefused(_("That product is no longer there. Choose another one."), "product", line=line)
    return found


def loose_vat(classes: Sequence[tuple[int, str]], store: Store, at: datetime) -> dict[str, int]:
    """Return the rates by class for lines without a product; no query when there is none."""
    if not classes:
        return {}
    for line, vat_class in classes:
        if vat_class not in VatClass.values:
            raise SaleRefused(_("Choose one of the VAT rates."), "vat_class", line=line)
    return vat_rates(store.country, business_day(at, store.zone))
