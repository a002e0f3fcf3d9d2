"""Writes imported purchases in bulk, or compares them with what an earlier import made of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Sum
from django.utils.translation import gettext as _

from stamkunde.accounts.models import Store
from stamkunde.events.publishing import publish_in_bulk
from stamkunde.kit.bulk_insert import adapted, insert_rows, next_numbers
from stamkunde.kit.clock import zone
from stamkunde.kit.importing import ORDER, Journal, Keys, Tally, Terms, as_refs
from stamkunde.sales.events import MOST_LINES, OrderPlaced, count_of_things
from stamkunde.sales.imports.reading import Item, rounding_of
from stamkunde.sales.models import Channel, Order, OrderLine

ORDER_LINE = "sales.order_line"
_COLUMNS = (
    "order", "number", "product", "description", "quantity", "unit_price", "discount", "amount", "vat_basis_points",
    "vat", "returned_quantity",
)  # fmt: skip
_ORDER_COLUMNS = (
    "id", "ref", "customer", "store", "channel", "receipt_number", "placed_at", "business_day", "currency", "total",
    "discount", "vat", "returned_total", "rounding", "registered_by", "recorded_at", "body_digest",
)  # fmt: skip
Groups = Mapping[str, Sequence[Item]]


class _NewOrder(NamedTuple):
    """A purchase about to be written; a hundred thousand of them are cheaper as plain values than as models."""

    pk: int
    customer_id: int | None
    store: Store
    channel: str
    receipt_number: str
    placed_at: datetime
    business_day: date
    currency: str
    total: int
    discount: int
    vat: int
    rounding: int


class OrderBook:
    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms, self._keys, self._journal = terms, keys, journal

    def take(self, groups: Groups, customers: Mapping[str, int], products: Mapping[str, int], tally: Tally) -> set[int]:
        """Write new purchases and compare known ones; return the customers whose figures may have changed."""
        known = self._keys.find(ORDER, list(groups))
        if refs := as_refs(key for key in groups if key not in known):
            known |= {str(ref): pk for ref, pk in Order.objects.filter(ref__in=refs).values_list("ref", "pk")}
        new = {key: items for key, items in groups.items() if key not in known}
        old = {known[key]: items for key, items in groups.items() if key in known}
        self._write(new, customers, products, tally)
        concerned = {customers[items[0].customer] for items in new.values() if items[0].customer}
        if old:
            concerned |= self._compare(old, customers, products, tally)
        return concerned

    def _write(self, new: Groups, customers: Mapping[str, int], products: Mapping[str, int], tally: Tally) -> None:
        tally.created += sum(len(items) for items in new.values())
        tally.count("orders", len(new))
        if self._terms.is_rehearsal:
            # A number that stands for "made in this rehearsal": its later lines are counted as created too.
            self._keys.add(ORDER, dict.fromkeys(new, -1))
            return
        numbers = next_numbers(Order, len(new))
        orders = [self._order(number, items, customers) for number, items in zip(numbers, new.values(), strict=True)]
        recorded_at = adapted(self._terms.at)
        insert_rows(
            Order,
            _ORDER_COLUMNS,
            (
                (
                    order.pk, uuid.uuid4().hex, order.customer_id, order.store.pk, order.channel, order.receipt_number,
                    adapted(order.placed_at), adapted(order.business_day), order.currency, order.total, order.discount,
                    order.vat, 0, order.rounding, self._terms.by.label[:120], recorded_at, "",
                )
                for order in orders
            ),
        )  # fmt: skip
        insert_rows(
            OrderLine,
            _COLUMNS,
            (
                (
                    order.pk,
                    item.number,
                    products[item.product] if item.product else None,
                    item.description,
                    thousandths(item.quantity),
                    item.unit_price,
                    item.discount,
                    item.amount,
                    item.vat_basis_points,
                    item.vat,
                    "0",
                )
                for order, items in zip(orders, new.values(), strict=True)
                for item in items
            ),
        )
        self._keys.add(ORDER, {key: order.pk for key, order in zip(new, orders, strict=True)})
        self._journal.created(ORDER, [order.pk for order in orders])
        publish_in_bulk(
            ((_placed(order, items), order.placed_at) for order, items in zip(orders, new.values(), strict=True)),
            by=self._terms.by,
        )

    def _order(self, number: int, items: Sequence[Item], customers: Mapping[str, int]) -> _NewOrder:
        first = items[0]
        return _NewOrder(
            pk=number,
            customer_id=customers[first.customer] if first.customer else None,
            store=first.store,
            channel=first.line.values["channel"] or Channel.SHOP.value,
            receipt_number=first.line.values["order"] or "",
            placed_at=first.at,
            business_day=business_day_of(first.at, first.store.zone),
            currency=first.currency,
            total=sum(item.amount for item in items),
            discount=sum(item.discount for item in items),
            vat=sum(item.vat for item in items),
            rounding=rounding_of(items),
        )

    def _line(self, order_id: int, item: Item, products: Mapping[str, int]) -> OrderLine:
        return OrderLine(
            order_id=order_id,
            number=item.number,
            product_id=products[item.product] if item.product else None,
            description=item.description,
            quantity=item.quantity,
            unit_price=item.unit_price,
            discount=item.discount,
            amount=item.amount,
            vat_basis_points=item.vat_basis_points,
            vat=item.vat,
        )

    def _compare(
        self, old: Mapping[int, Sequence[Item]], customers: Mapping[str, int], products: Mapping[str, int], tally: Tally
    ) -> set[int]:
        """Add lines that are new, change those that read otherwise now, and leave the rest."""
        imagined = old.get(-1, ())
        tally.created += len(imagined)
        orders = Order.objects.in_bulk([number for number in old if number > 0])
        lines = {(line.order_id, line.number): line for line in OrderLine.objects.filter(order__in=orders)}
        added: list[OrderLine] = []
        before: dict[int, dict[str, Any]] = {}
        changed: list[OrderLine] = []
        concerned: set[int] = set()
        for number, order in orders.items():
            untouched = len(added) + len(changed)
            for item in old[number]:
                if item.currency != order.currency:
                    tally.skip(item.line, _("This purchase was imported in another currency."))
                    continue
                wanted = self._line(number, item, products)
                line = lines.get((number, item.number))
                if line is None:
                    added.append(wanted)
                    tally.created += 1
                elif not (differing := _differing(line, wanted)):
                    tally.unchanged += 1
                elif line.returned_quantity:
                    tally.skip(item.line, _("The line reads otherwise now, but some of it has been returned since."))
                else:
                    before[line.pk] = {name: str(getattr(line, name)) for name in differing if name != "product_id"}
                    before[line.pk] |= {"product_id": line.product_id}
                    for name in differing:
                        setattr(line, name, getattr(wanted, name))
                    changed.append(line)
                    tally.updated += 1
            concerned |= self._give_to(order, old[number][0], customers)
            if len(added) + len(changed) > untouched and order.customer_id:
                concerned.add(order.customer_id)
        if not self._terms.is_rehearsal:
            self._write_changes(added, changed, before)
        return concerned

    def _give_to(self, order: Order, item: Item, customers: Mapping[str, int]) -> set[int]:
        """A purchase that was nobody's so far gets its customer when the file has come to know her."""
        if order.customer_id is not None or not item.customer or self._terms.is_rehearsal:
            return set()
        customer = customers[item.customer]
        if Order.objects.filter(pk=order.pk, customer=None).update(customer=customer):
            self._journal.updated(ORDER, {order.pk: {"customer_id": None}})
            order.customer_id = customer
        return {customer}

    def _write_changes(
        self, added: list[OrderLine], changed: list[OrderLine], before: Mapping[int, dict[str, Any]]
    ) -> None:
        made = OrderLine.objects.bulk_create(added, batch_size=2_000)
        self._journal.created(ORDER_LINE, [line.pk for line in made])
        self._journal.updated(ORDER_LINE, before)
        OrderLine.objects.bulk_update(changed, ["product", *_COMPARED[1:], "vat"], batch_size=500)
        add_up({line.order_id for line in (*added, *changed)})


_COMPARED = ("product_id", "description", "quantity", "unit_price", "discount", "amount", "vat_basis_points")


def _differing(line: OrderLine, wanted: OrderLine) -> list[str]:
    names = [name for name in _COMPARED if getattr(line, name) != getattr(wanted, name)]
    return [*names, "vat"] if names else []


def add_up(order_ids: set[int]) -> None:
    """Make the purchases say again what their lines add up to."""
    sums = {
        row["order"]: row
        for row in OrderLine.objects.filter(order__in=order_ids)
        .order_by()
        .values("order")
        .annotate(own_total=Sum("amount"), own_discount=Sum("discount"), own_vat=Sum("vat"))
    }
    orders = list(Order.objects.filter(pk__in=order_ids))
    for order in orders:
        row = sums.get(order.pk, {"own_total": 0, "own_discount": 0, "own_vat": 0})
        order.total, order.discount, order.vat = row["own_total"], row["own_discount"], row["own_vat"]
    Order.objects.bulk_update(orders, ["total", "discount", "vat"], batch_size=500)


def business_day_of(at: datetime, zone_name: str) -> date:
    return at.astimezone(zone(zone_name)).date()


@lru_cache(maxsize=10_000)
def thousandths(quantity: Decimal) -> str:
    return f"{quantity:.3f}"


def things_of(items: Sequence[Item]) -> list[list[str]]:
    return [[f"{item.quantity.normalize():f}", item.description, str(item.amount)] for item in items[:MOST_LINES]]


def _placed(order: _NewOrder, items: Sequence[Item]) -> OrderPlaced:
    return OrderPlaced(
        customer_id=order.customer_id,
        order_id=order.pk,
        channel=order.channel,
        currency=order.currency,
        total=order.total,
        store_name=items[0].store.name,
        receipt_number=order.receipt_number,
        things=things_of(items),
        thing_count=count_of_things([item.quantity for item in items]),
        line_count=len(items),
    )
