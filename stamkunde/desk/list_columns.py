"""The columns of the list of customers: what each needs from the database, and how it is written."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.models import (
    Customer,
    CustomerKind,
    CustomField,
    CustomFieldKind,
    CustomValue,
)
from stamkunde.customers.phones import shown_phone
from stamkunde.desk.list_filters import CUSTOM
from stamkunde.desk.list_query import is_indexed
from stamkunde.kit import shown
from stamkunde.kit.money import Money

NAME_COLUMNS = ("kind", "given_name", "preferred_name", "family_name", "company_name")
Texts = dict[int, str]


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: `needs` are columns of the customer that `show` reads; `fetch` gets the texts of many at once."""

    name: str
    label: Any
    needs: tuple[str, ...] = ()
    show: Callable[[Customer], str] | None = None
    fetch: Callable[[Sequence[int]], Texts] | None = None
    sort: str = ""
    is_number: bool = False
    edit: str = ""
    """Below a customer's page, where the value is changed in place; empty where it is no value of her own."""

    @property
    def css(self) -> str:
        return "number" if self.is_number else ""


@dataclass(frozen=True)
class Cell:
    label: Any
    text: str
    is_number: bool


@dataclass(frozen=True)
class Row:
    """A customer as the list shows her."""

    id: int
    name: str
    is_company: bool
    cells: list[Cell] = field(default_factory=list)


def customer_columns(own: Iterable[CustomField]) -> dict[str, Column]:
    """Return all columns there are, the shop's own fields last."""
    columns = [*_COLUMNS, *(_custom_column(field) for field in own)]
    return {column.name: column for column in columns}


def rows_of(customers: Iterable[Customer], columns: Sequence[Column]) -> list[Row]:
    """Write the rows; one query for each column that lies in another table."""
    listed = list(customers)
    ids = [customer.pk for customer in listed]
    fetched = {column.name: column.fetch(ids) if ids else {} for column in columns if column.fetch}
    return [
        Row(
            customer.pk,
            customer.name,
            customer.kind == CustomerKind.COMPANY,
            [Cell(column.label, _text(column, customer, fetched), column.is_number) for column in columns],
        )
        for customer in listed
    ]


def _text(column: Column, customer: Customer, fetched: dict[str, Texts]) -> str:
    if column.fetch:
        return fetched[column.name].get(customer.pk, "")
    return column.show(customer) if column.show else ""


def _day(at: datetime | None) -> str:
    return shown.day(timezone.localtime(at).date()) if at else ""


# The list is opened all day long, and composing these questions anew takes longer than answering them; therefore they
# are written out. Fifty numbers of customers stand where it says so.
_TOWNS = """SELECT customer_id, town FROM customers_address WHERE customer_id IN ({customers}) AND town <> ''
 ORDER BY is_preferred DESC, id"""
_POSTCODES = """SELECT customer_id, postcode FROM customers_address WHERE customer_id IN ({customers})
 AND postcode <> '' ORDER BY is_preferred DESC, id"""
_PHONES = """SELECT customer_id, value FROM customers_contactpoint WHERE customer_id IN ({customers})
 AND kind = 'phone' ORDER BY is_preferred DESC, id"""
_EMAILS = """SELECT customer_id, value FROM customers_contactpoint WHERE customer_id IN ({customers})
 AND kind = 'email' ORDER BY is_preferred DESC, id"""
_SUMS = """SELECT customer_id, net, currency FROM sales_purchasesummary WHERE customer_id IN ({customers})
 ORDER BY net DESC"""


def _asked(question: str, ids: Sequence[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question.format(customers=", ".join(["%s"] * len(ids))), [*ids])
        return list(cursor.fetchall())


def _first_of(question: str, ids: Sequence[int]) -> Texts:
    texts: Texts = {}
    for customer_id, text in _asked(question, ids):
        texts.setdefault(customer_id, text)
    return texts


def _towns(ids: Sequence[int]) -> Texts:
    return _first_of(_TOWNS, ids)


def _postcodes(ids: Sequence[int]) -> Texts:
    return _first_of(_POSTCODES, ids)


def _phones(ids: Sequence[int]) -> Texts:
    country = the_shop().country
    return {customer_id: shown_phone(value, country) for customer_id, value in _first_of(_PHONES, ids).items()}


def _emails(ids: Sequence[int]) -> Texts:
    return _first_of(_EMAILS, ids)


def _spent(ids: Sequence[int]) -> Texts:
    """Return what was spent in all, the largest sum first when there are several currencies."""
    amounts: dict[int, list[str]] = {}
    language = get_language() or "en"
    for customer_id, net, currency in _asked(_SUMS, ids):
        amounts.setdefault(customer_id, []).append(Money(net, currency).shown(language))
    return {customer_id: " + ".join(parts) for customer_id, parts in amounts.items()}


def _stores(ids: Sequence[int]) -> Texts:
    names = dict(Store.objects.values_list("pk", "name"))
    homes = Customer.objects.filter(pk__in=ids, home_store__isnull=False).values_list("pk", "home_store_id")
    return {customer_id: names.get(store_id, "") for customer_id, store_id in homes}


def _expected(customer: Customer) -> str:
    day = customer.next_visit_expected_on
    return shown.day(day) if day else ""


_COLUMNS = (
    Column(name="town", label=_("Town"), fetch=_towns, edit="first/town/"),
    Column(name="postcode", label=_("Postcode"), fetch=_postcodes),
    Column(name="phone", label=_("Telephone"), fetch=_phones, edit="first/phone/"),
    Column(name="email", label=_("E-mail"), fetch=_emails, edit="first/email/"),
    Column(name="kind", label=_("Kind"), needs=("kind",), show=lambda customer: str(CustomerKind(customer.kind).label)),
    Column(
        name="language",
        label=_("Language"),
        needs=("language",),
        show=lambda customer: str(Language(customer.language).label) if customer.language else "",
        edit="fields/language/",
    ),
    Column(name="store", label=_("Usual store"), fetch=_stores, edit="fields/home_store/"),
    Column(
        name="visits",
        label=_("Visits"),
        needs=("visits",),
        show=lambda customer: number_format(customer.visits, force_grouping=True),
        sort="visits",
        is_number=True,
    ),
    Column(
        name="last_visit",
        label=_("Last visit"),
        needs=("last_visit_at",),
        show=lambda customer: _day(customer.last_visit_at),
        sort="last_visit",
        is_number=True,
    ),
    Column(
        name="next_visit",
        label=_("Next expected"),
        needs=("next_visit_expected_on",),
        show=_expected,
        sort="next_visit",
        is_number=True,
    ),
    Column(name="spent", label=pgettext_lazy("column", "Spent"), fetch=_spent, sort="spent", is_number=True),
    Column(
        name="created",
        label=_("Customer since"),
        needs=("created_at",),
        show=lambda customer: _day(customer.created_at),
        sort="created",
        is_number=True,
    ),
    Column(
        name="birthday",
        label=_("Birthday"),
        needs=("birth_date",),
        show=lambda customer: date_format(customer.birth_date, "MONTH_DAY_FORMAT") if customer.birth_date else "",
        edit="fields/birth_date/",
        is_number=True,
    ),
)


def _custom_column(own: CustomField) -> Column:
    def values(ids: Sequence[int]) -> Texts:
        found = CustomValue.objects.filter(field_id=own.pk, customer__in=ids).select_related("field")
        return {value.customer_id: _written(value.value) for value in found}

    return Column(name=f"{CUSTOM}{own.key}", label=own.label, fetch=values, edit=f"own-fields/{own.pk}/",
                  sort=f"{CUSTOM}{own.key}" if is_indexed(own.kind) else "",
                  is_number=own.kind in {CustomFieldKind.NUMBER, CustomFieldKind.DATE})  # fmt: skip


def _written(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return str(_("Yes") if value else _("No"))
        case str():
            return value
        case _ if hasattr(value, "year"):
            return date_format(value, "SHORT_DATE_FORMAT")
        case _:
            return number_format(value.normalize(), force_grouping=True)
