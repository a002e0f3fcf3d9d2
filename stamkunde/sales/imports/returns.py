"""Writes imported returns, each tied to the sale it undoes where one can be found, and standing alone where not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.events.publishing import publish_in_bulk
from stamkunde.kit.bulk_insert import insert_models, next_numbers, update_rows
from stamkunde.kit.importing import RETURN, Journal, Keys, Tally, Terms, as_refs
from stamkunde.kit.money import vat_within
from stamkunde.sales.events import ReturnRegistered, count_of_things
from stamkunde.sales.imports.orders import business_day_of, things_of
from stamkunde.sales.imports.reading import Item, rounding_of
from stamkunde.sales.models import Order, OrderLine, Return, ReturnLine
from stamkunde.sales.sums import share_of_part

RETURN_LINE, RETURN_CONTENT = "sales.return_line", "sales.return_content"
Groups = Mapping[str, Sequence[Item]]


@dataclass
class _Sale:
    """A line that was bought, with what is left of it to come back."""

    line: OrderLine
    at: datetime

    @property
    def left(self) -> Decimal:
        return self.line.quantity - self.line.returned_quantity

    def worth(self, quantity: Decimal) -> int:
        """Return what was paid for the next so many of it."""
        line = self.line
        after = share_of_part(line.amount, line.quantity, line.returned_quantity + quantity)
        return after - share_of_part(line.amount, line.quantity, line.returned_quantity)


class ReturnBook:
    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms, self._keys, self._journal = terms, keys, journal

    def take(self, groups: Groups, customers: Mapping[str, int], products: Mapping[str, int], tally: Tally) -> set[int]:
        """Write what is new; return the customers whose figures may have changed."""
        if not groups:
            return set()
        new = self._new(groups, tally)
        if self._terms.is_rehearsal:
            unknown = self._unknown(new)
            tally.count("returns", len(unknown))
            self._remember(new, dict.fromkeys(unknown, -1), dict.fromkeys(new, -1))
            return set()
        known = self._keys.find(RETURN, list(new))
        returns = {key: row for key, row in self._present(known).items() if key in new}
        made = {key: self._return(items, customers) for key, items in new.items() if key not in returns}
        for number, row in zip(next_numbers(Return, len(made)), made.values(), strict=True):
            row.pk = number
        tally.count("returns", len(made))
        returns |= made
        lines = self._tied(new, returns, customers, products, tally)
        self._write(returns, made, lines)
        self._journal.created(RETURN, [row.pk for row in made.values()])
        self._journal.created(
            RETURN_LINE, [line.pk for (key, _n), some in lines.items() if key not in made for line in some]
        )
        numbers = {key: row.pk for key, row in returns.items()}
        self._remember(new, {key: numbers[key] for key in made}, numbers)
        self._tell({key: new[key] for key in made}, made, lines)
        return {row.customer_id for row in returns.values() if row.customer_id}

    def _new(self, groups: Groups, tally: Tally) -> dict[str, list[Item]]:
        """Leave out lines that were imported before; one that reads otherwise now is not quietly changed."""
        home = {str(ref) for ref in Return.objects.filter(ref__in=as_refs(groups)).values_list("ref", flat=True)}
        items = [item for key, some in groups.items() for item in some if key not in home]
        # What this system exported has come home: a return never changes once it is registered.
        tally.unchanged += sum(len(groups[key]) for key in home)
        seen = self._keys.find(RETURN_LINE, [_line_key(item) for item in items])
        same = self._keys.find(RETURN_CONTENT, [_content_key(item) for item in items]) if seen else {}
        new: dict[str, list[Item]] = {}
        for item in items:
            if _line_key(item) not in seen:
                tally.created += 1
                new.setdefault(item.key, []).append(item)
            elif _content_key(item) in same:
                tally.unchanged += 1
            else:
                tally.skip(item.line, _("This return was imported with other figures. Undo that import to change it."))
        return new

    def _unknown(self, new: Groups) -> list[str]:
        known = self._keys.find(RETURN, list(new))
        return [key for key in new if key not in known]

    def _present(self, known: Mapping[str, int]) -> dict[str, Return]:
        rows = Return.objects.in_bulk(list(known.values()))
        return {key: rows[number] for key, number in known.items() if number in rows}

    def _return(self, items: Sequence[Item], customers: Mapping[str, int]) -> Return:
        first = items[0]
        return Return(
            customer_id=customers[first.customer] if first.customer else None,
            store=first.store,
            receipt_number=first.line.values["order"] or "",
            returned_at=first.at,
            business_day=business_day_of(first.at, first.store.zone),
            currency=first.currency,
            total=0,
            rounding=rounding_of(items),
            registered_by=self._terms.by.label[:120],
            recorded_at=self._terms.at,
        )

    def _tied(
        self,
        new: Mapping[str, Sequence[Item]],
        returns: Mapping[str, Return],
        customers: Mapping[str, int],
        products: Mapping[str, int],
        tally: Tally,
    ) -> dict[tuple[str, int], list[ReturnLine]]:
        """Make the lines of the returns, tying each to sales of the same product to the same customer before it."""
        items = [item for some in new.values() for item in some]
        sales = self._sales(items, customers, products)
        touched: dict[int, OrderLine] = {}
        given_back: dict[int, int] = {}
        lines: dict[tuple[str, int], list[ReturnLine]] = {}
        for item in items:
            product = products[item.product] if item.product else None
            place = (customers.get(item.customer, 0), product or 0, item.currency)
            parts = _parts(item, sales.get(place, ()))
            lines[item.key, item.number] = [
                ReturnLine(
                    returned=returns[item.key],
                    order_line=sale.line if sale else None,
                    product_id=product,
                    description=item.description,
                    quantity=quantity,
                    amount=amount,
                    vat=vat_within(amount, sale.line.vat_basis_points if sale else item.vat_basis_points),
                )
                for sale, quantity, amount in parts
            ]
            for sale, quantity, amount in parts:
                if sale is None:
                    returns[item.key].stands_alone = True
                    tally.count("alone")
                else:
                    sale.line.returned_quantity += quantity
                    touched[sale.line.pk] = sale.line
                    given_back[sale.line.order_id] = given_back.get(sale.line.order_id, 0) + amount
                    tally.count("tied")
        keep_returned(touched.values())
        give_back(given_back)
        return lines

    def _sales(
        self, items: Sequence[Item], customers: Mapping[str, int], products: Mapping[str, int]
    ) -> dict[tuple[int, int, str], list[_Sale]]:
        """Return what these customers bought of these products and have not brought back, the latest first."""
        wanted = {
            (customers[item.customer], products[item.product]) for item in items if item.customer and item.product
        }
        if not wanted:
            return {}
        # Most of what these people bought is not what they bring back, so its numbers alone are read first.
        bought = OrderLine.objects.filter(
            order__customer__in={customer for customer, _product in wanted},
            product__in={product for _customer, product in wanted},
            order__placed_at__lte=max(item.at for item in items),
            returned_quantity__lt=F("quantity"),
        ).values_list("pk", "order__customer", "product")
        numbers = [pk for pk, customer, product in bought if (customer, product) in wanted]
        rows = (
            OrderLine.objects.select_for_update(of=("self",))
            .select_related("order")
            .filter(pk__in=numbers)
            .order_by("-order__placed_at", "-pk")
        )
        found: dict[tuple[int, int, str], list[_Sale]] = {}
        for line in rows:
            order = line.order
            if order.customer_id and line.product_id and (order.customer_id, line.product_id) in wanted:
                place = (order.customer_id, line.product_id, order.currency)
                found.setdefault(place, []).append(_Sale(line, order.placed_at))
        return found

    def _write(
        self,
        returns: Mapping[str, Return],
        made: Mapping[str, Return],
        lines: Mapping[tuple[str, int], Sequence[ReturnLine]],
    ) -> None:
        for (key, _number), some in lines.items():
            returns[key].total += sum(line.amount for line in some)
            returns[key].vat += sum(line.vat for line in some)
        insert_models(list(made.values()))
        grown = [(row.total, row.vat, row.stands_alone, row.pk) for key, row in returns.items() if key not in made]
        update_rows(Return, ("total", "vat", "stands_alone"), grown)
        insert_models([line for some in lines.values() for line in some])

    def _remember(self, new: Groups, made: Mapping[str, int], numbers: Mapping[str, int]) -> None:
        """Keep the keys of the returns, and of their lines with and without what they say."""
        items = [item for some in new.values() for item in some]
        self._keys.add(RETURN, made)
        self._keys.add(RETURN_LINE, {_line_key(item): numbers[item.key] for item in items})
        self._keys.add(RETURN_CONTENT, {_content_key(item): numbers[item.key] for item in items})

    def _tell(
        self, new: Groups, made: Mapping[str, Return], lines: Mapping[tuple[str, int], Sequence[ReturnLine]]
    ) -> None:
        told = []
        for key, items in new.items():
            row = made[key]
            orders = {
                line.order_line.order_id if line.order_line else 0 for item in items for line in lines[key, item.number]
            }
            event = ReturnRegistered(
                customer_id=row.customer_id,
                return_id=row.pk,
                order_id=orders.pop() or None if len(orders) == 1 else None,
                currency=row.currency,
                total=row.total,
                store_name=items[0].store.name,
                receipt_number=row.receipt_number,
                things=things_of(items),
                thing_count=count_of_things([item.quantity for item in items]),
                line_count=len(items),
            )
            told.append((event, row.returned_at))
        publish_in_bulk(told, by=self._terms.by)


def give_back(by_order: Mapping[int, int]) -> None:
    """Let the purchases know what was given back for them; a negative amount takes it back."""
    totals = Order.objects.select_for_update().filter(pk__in=by_order).values_list("pk", "returned_total")
    update_rows(Order, ("returned_total",), [(total + by_order[pk], pk) for pk, total in totals])


def keep_returned(lines: Iterable[OrderLine]) -> None:
    """Write how much of what was bought has come back."""
    update_rows(OrderLine, ("returned_quantity",), [(f"{line.returned_quantity:.3f}", line.pk) for line in lines])


def _parts(item: Item, sales: Sequence[_Sale]) -> list[tuple[_Sale | None, Decimal, int]]:
    """Share what came back among the sales it can be of; what nobody is known to have bought stands alone.

    Sales at the same price come first, then the latest. No part gives back more than was paid for it: a credit above
    the price of the sale is of another sale, or of none.
    """
    parts: list[tuple[_Sale | None, Decimal, int]] = []
    left = item.quantity
    amount_left = item.amount
    likely = sorted(
        (sale for sale in sales if sale.at <= item.at), key=lambda sale: sale.line.unit_price != item.unit_price
    )
    for sale in likely:
        if not left:
            break
        quantity = min(left, sale.left)
        if quantity <= 0:
            continue
        done = item.quantity - left
        amount = (
            amount_left
            if quantity == left
            else share_of_part(item.amount, item.quantity, done + quantity)
            - share_of_part(item.amount, item.quantity, done)
        )
        if amount > sale.worth(quantity):
            continue
        parts.append((sale, quantity, amount))
        left -= quantity
        amount_left -= amount
    if left:
        parts.append((None, left, amount_left))
    return parts


def _line_key(item: Item) -> str:
    return f"{item.key}:{item.number}"


def _content_key(item: Item) -> str:
    return f"{item.key}:{item.number}:{item.quantity.normalize():f}:{item.amount}"
