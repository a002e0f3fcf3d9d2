"""Purchases from files: lines become purchases and returns, customers and products are made as they appear."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.catalogue.imports import ProductDirectory
from stamkunde.customers.imports import CustomerDirectory
from stamkunde.customers.models import ContactKind
from stamkunde.customers.preparing import PreparedCustomer, prepare_customer
from stamkunde.customers.values import AddressValues, ContactValues, CustomerValues
from stamkunde.kit.importing import (
    Field,
    Importer,
    Journal,
    Keys,
    Line,
    RecordType,
    Tally,
    Terms,
    Undoer,
)
from stamkunde.sales.actions import refresh_summaries
from stamkunde.sales.imports.fields import EXAMPLE, FIELDS
from stamkunde.sales.imports.orders import OrderBook
from stamkunde.sales.imports.reading import Item, LineReader
from stamkunde.sales.imports.returns import ReturnBook
from stamkunde.sales.imports.undoing import UNDOERS

Groups = dict[str, list[Item]]


class _PurchaseImporter:
    def __init__(self, terms: Terms, keys: Keys, journal: Journal) -> None:
        self._terms = terms
        self._reader = LineReader(terms)
        self._customers = CustomerDirectory(terms, keys, journal)
        self._products = ProductDirectory(terms, keys, journal)
        self._orders = OrderBook(terms, keys, journal)
        self._returns = ReturnBook(terms, keys, journal)

    def remember(self, lines: Sequence[Line]) -> None:
        for line in lines:
            self._reader.remember(line)

    def take(self, lines: Sequence[Line]) -> Tally:
        tally = Tally()
        items = [item for line in lines if (item := self._reader.read(line, tally)) is not None]
        items = self._without_erased(items)
        customers = self._known_customers(items, tally)
        products = self._known_products(items, tally)
        sales, returns = _grouped(items)
        concerned = self._orders.take(sales, customers, products, tally)
        # After the sales, because what is brought back may have been bought in this very batch.
        concerned |= self._returns.take(returns, customers, products, tally)
        if not self._terms.is_rehearsal:
            refresh_summaries(number for number in concerned if number)
        return tally

    def _without_erased(self, items: list[Item]) -> list[Item]:
        """Take purchases of people who have been erased as nobody's: the books need the purchase, not the name."""
        if not self._customers.knows_erased:
            return items
        keys = {item.customer for item in items if item.customer}
        erased = self._customers.erased(keys - set(self._customers.ids(keys)))
        return [item._replace(customer="") if item.customer in erased else item for item in items]

    def _known_customers(self, items: Sequence[Item], tally: Tally) -> dict[str, int]:
        first = {item.customer: item for item in reversed(items) if item.customer}
        known = self._customers.ids(first)
        new = {key: self._customer_of(item) for key, item in first.items() if key not in known}
        tally.count("customers", len(new))
        return {**known, **self._customers.create(new)} if new else known

    def _customer_of(self, item: Item) -> PreparedCustomer:
        """A customer of whom the purchases tell a number only is called by it until somebody learns more."""
        given = item.line.values
        own, _blank, family = (given["customer_name"] or "").strip().rpartition(" ")
        if not given["customer_name"]:
            own, family = ("", given["customer_email"]) if given["customer_email"] else (_("Customer"), item.customer)
        email, country = given["customer_email"], given["customer_country"]
        contacts = (ContactValues(kind=ContactKind.EMAIL, raw=email, kept_as_written=True),) if email else ()
        # A country alone is worth keeping: it is the town of its customer that nobody knows.
        addresses = (AddressValues(town="–", country=country, kept_as_written=True),) if country else ()
        values = CustomerValues(
            given_name=own[:200],
            family_name=family[:200],
            contacts=contacts,
            addresses=addresses,
            created_at=item.at,
            source=self._terms.evidence[:120],
        )
        try:
            return prepare_customer(values)
        except ValidationError:
            return prepare_customer(CustomerValues(given_name=_("Customer"), family_name=item.customer[:200]))

    def _known_products(self, items: Sequence[Item], tally: Tally) -> dict[str, int]:
        named: dict[str, str] = {}
        for item in items:
            if item.product and not named.get(item.product):
                named[item.product] = item.line.values["description"] or ""
        known = self._products.ids(named)
        new = {sku: name for sku, name in named.items() if sku not in known}
        tally.count("products", len(new))
        return {**known, **self._products.create(new)} if new else known


def _grouped(items: Iterable[Item]) -> tuple[Groups, Groups]:
    sales: Groups = {}
    returns: Groups = {}
    for item in items:
        (returns if item.is_return else sales).setdefault(item.key, []).append(item)
    return sales, returns


@dataclass(frozen=True)
class PurchaseRecords:
    name: str = "purchases"
    label: Any = gettext_lazy("Purchases and returns")
    sentence: Any = gettext_lazy(
        "One row for each line of a receipt or invoice. A negative quantity is a return; new customers and products "
        "are made on the way."
    )
    group_by: str = "order"
    fields: ClassVar[tuple[Field, ...]] = FIELDS
    example: tuple[dict[str, str], ...] = EXAMPLE
    also_labels: Mapping[str, Any] = field(
        default_factory=lambda: {
            "orders": gettext_lazy("purchases made"),
            "returns": gettext_lazy("returns made"),
            "customers": gettext_lazy("customers made on the way"),
            "products": gettext_lazy("products made on the way"),
            "tied": gettext_lazy("returned lines tied to their sale"),
            "alone": gettext_lazy("returned lines standing alone, because no sale was found"),
        }
    )

    @property
    def undoers(self) -> tuple[Undoer, ...]:
        return UNDOERS

    def refusal(self, mapped: Collection[str]) -> str:
        if "price" in mapped or "amount" in mapped:
            return ""
        return _("Choose a column for the price of one or for the amount of the line.")

    def start(self, terms: Terms, keys: Keys, journal: Journal) -> Importer:
        return _PurchaseImporter(terms, keys, journal)


PURCHASES: RecordType = PurchaseRecords()
