"""What can be exported, with the columns an import reads again; people in the trash are left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.catalogue import access as catalogue_access
from stamkunde.catalogue.models import Category, ListPrice, Product
from stamkunde.customers import access as customers_access
from stamkunde.customers.custom_values import written_custom
from stamkunde.customers.imports.several import addresses_written, contacts_written, traits_written
from stamkunde.customers.models import Consent, ContactKind, Customer, CustomField, Note
from stamkunde.kit.money import decimals_of
from stamkunde.kit.policy import Permission
from stamkunde.kit.privacy import Portable
from stamkunde.kit.selections import Selection, SelectionError, selected
from stamkunde.kit.tabular.writing import Cell
from stamkunde.pricing import access as pricing_access
from stamkunde.pricing.models import BatchState, Voucher
from stamkunde.pricing.queries.codes import written
from stamkunde.sales import access as sales_access
from stamkunde.sales.imports.fields import RETURN_KIND, SALE
from stamkunde.sales.models import OrderLine, ReturnLine

M = TypeVar("M", bound=Model)
_CHUNK = 2_000
# The row and, where it tells of a customer, her number, so that the look at her data is noted.
Rows = Iterator[tuple[Sequence[Cell], int | None]]


@dataclass(frozen=True)
class ExportType:
    """A kind of record that can be taken out by whoever may see it; rows are those of the one who asked."""

    name: str
    label: Any
    permission: Permission
    columns: Callable[[User], tuple[str, ...]]
    rows: Callable[[User], Rows]


def in_chunks(rows: QuerySet[M]) -> Iterator[M]:
    """Go through rows by their number, a chunk at a time, so that no table is ever held whole."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def _money(minor: int, currency: str) -> Decimal:
    return Decimal(minor).scaleb(-decimals_of(currency))


def _quantity(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")


_CUSTOMER = (
    "key", "kind", "title", "given_name", "family_name", "preferred_name", "former_name", "company_name",
    "company_number", "language", "birth_date", "email", "email_2", "phone", "phone_2", "phone_3", "care_of", "street",
    "postcode", "town", "country", "greeting", "traits", "other_contacts", "other_addresses", "customer_since",
    "consent_email", "consent_sms", "consent_phone", "consent_letter",
)  # fmt: skip
_PRODUCT = ("sku", "name", "kind", "category", "barcode", "unit", "vat_class", "description")
_VOUCHER = ("code", "batch", "offer", "limit", "used", "valid_from", "valid_to", "is_blocked")
_CONSENT = ("customer", "channel", "state", "at", "wording", "evidence")
_CONSENT_CHANNELS = ("email", "sms", "phone", "letter")
_ANSWERS = {"given": "yes", "withdrawn": "no"}


def _customer_columns(user: User) -> tuple[str, ...]:
    return _columns_with(customers_access.readable_fields(user))


def _columns_with(own: QuerySet[CustomField]) -> tuple[str, ...]:
    return (*_CUSTOMER, *own.values_list("key", flat=True))


def _customer_rows(user: User) -> Rows:
    return _rows_of_customers(Customer.objects.present(), customers_access.readable_fields(user))


def _rows_of_customers(customers: QuerySet[Customer], own: QuerySet[CustomField]) -> Rows:
    fields = list(own)
    rows = customers.prefetch_related(
        "contact_points", "addresses", "former_names", "consents", "custom_values", "traits"
    )
    for one in in_chunks(rows):
        points = list(one.contact_points.all())
        emails = [point.value for point in points if point.kind == ContactKind.EMAIL]
        phones = [point.value for point in points if point.kind == ContactKind.PHONE]
        others = [point for point in points if point.kind == ContactKind.MESSENGER]
        others += [point for point in points if point.value in (*emails[2:], *phones[3:])]
        address, *addresses = one.addresses.all() or [None]
        former = "\n".join(former.name for former in one.former_names.all())
        said: dict[str, str] = {}
        for consent in sorted(one.consents.all(), key=lambda consent: (consent.at, consent.pk)):
            said[consent.channel] = _ANSWERS[consent.state]
        custom = {
            value.field_id: written_custom(
                {"text": value.text, "number": value.number, "date": value.date, "yes_no": value.yes_no}
            )
            for value in one.custom_values.all()
        }
        yield (
            [
                str(one.ref), one.kind, one.title, one.given_name, one.family_name, one.preferred_name, former,
                one.company_name, one.company_number, one.language, one.birth_date,
                *_padded(emails, 2), *_padded(phones, 3),
                *(
                    (address.care_of, address.street, address.postcode, address.town, address.country)
                    if address
                    else ("", "", "", "", "")
                ),
                one.greeting, traits_written(one.traits.all()), contacts_written(others),
                addresses_written(each for each in addresses if each is not None), one.created_at,
                *(said.get(channel, "") for channel in _CONSENT_CHANNELS),
                *(custom.get(field.pk, "") for field in fields),
            ],
            one.pk,
        )  # fmt: skip


def _padded(values: Sequence[str], width: int) -> list[str]:
    return [*values[:width], *[""] * (width - len(values[:width]))]


def _product_rows(_user: User) -> Rows:
    return _rows_of_products(Product.objects.all())


def _rows_of_products(products: QuerySet[Product]) -> Rows:
    categories = {category.pk: category for category in Category.objects.all()}

    def path(number: int | None) -> str:
        names: list[str] = []
        while number is not None and len(names) < 20:
            names.append(categories[number].name)
            number = categories[number].parent_id
        return " / ".join(reversed(names))

    for one in in_chunks(products.prefetch_related("barcodes")):
        barcode = next((barcode.code for barcode in one.barcodes.all()), "")
        yield (
            [one.sku, one.name, one.kind, path(one.category_id), barcode, one.unit, one.vat_class, one.description],
            None,
        )


def _price_rows(_user: User) -> Rows:
    for one in in_chunks(ListPrice.objects.select_related("product")):
        yield [one.product.sku, _money(one.amount, one.currency), one.currency, one.valid_from], None


_PURCHASE = (
    "key", "order", "line", "kind", "at", "customer", "customer_name", "product", "description", "quantity", "price",
    "discount", "amount", "currency", "vat_rate", "channel", "store", "rounding",
)  # fmt: skip


def _purchase_rows(user: User) -> Rows:
    """Whoever may see purchases but no customers gets them without saying whose they are."""
    sees_whose = user.may(customers_access.SEE.name)

    def told(customer: Customer | None) -> Customer | None:
        return customer if sees_whose and customer is not None and customer.trashed_at is None else None

    sold, brought_back = OrderLine.objects.all(), ReturnLine.objects.all()
    if user.own_store_ids is not None:
        sold = sold.filter(order__store__in=user.own_store_ids)
        brought_back = brought_back.filter(returned__store__in=user.own_store_ids)
    sold = sales_access.out_of_archive(sold, user, "order__")
    brought_back = sales_access.out_of_archive(brought_back, user, "returned__")
    yield from _rows_of_purchases(sold, brought_back, told)


def _rows_of_purchases(
    sold: QuerySet[OrderLine],
    brought_back: QuerySet[ReturnLine],
    told: Callable[[Customer | None], Customer | None],
) -> Rows:
    # What is said of a purchase once stands on its first line, so that a column can be added up; the query tells which.
    earlier = OrderLine.objects.filter(order=OuterRef("order"), pk__lt=OuterRef("pk"))
    first_sold = sold.annotate(is_first=~Exists(earlier))
    for line in in_chunks(first_sold.select_related("order__customer", "order__store", "product")):
        order = line.order
        known = told(order.customer)
        yield (
            [
                str(order.ref), order.receipt_number, line.number, SALE, order.placed_at,
                str(known.ref) if known else "", known.name if known else "",
                line.product.sku if line.product else "", line.description, _quantity(line.quantity),
                _money(line.unit_price, order.currency), _money(line.discount, order.currency),
                _money(line.amount, order.currency), order.currency, Decimal(line.vat_basis_points) / 100,
                order.channel, order.store.name,
                _money(order.rounding, order.currency) if order.rounding and getattr(line, "is_first") else None,  # noqa: B009 - as above
            ],
            known.pk if known else None,
        )  # fmt: skip
    earlier_back = ReturnLine.objects.filter(returned=OuterRef("returned"), pk__lt=OuterRef("pk"))
    first_back = brought_back.annotate(is_first=~Exists(earlier_back))
    for back in in_chunks(first_back.select_related("returned__customer", "returned__store", "product")):
        row = back.returned
        known = told(row.customer)
        yield (
            [
                str(row.ref), row.receipt_number, None, RETURN_KIND, row.returned_at,
                str(known.ref) if known else "", known.name if known else "",
                back.product.sku if back.product else "", back.description, _quantity(back.quantity), None, None,
                _money(back.amount, row.currency), row.currency, None, "", row.store.name,
                _money(row.rounding, row.currency) if row.rounding and getattr(back, "is_first") else None,  # noqa: B009 - as above
            ],
            known.pk if known else None,
        )  # fmt: skip


def _consent_rows(_user: User) -> Rows:
    return _rows_of_consents(Consent.objects.filter(customer__trashed_at=None))


def _rows_of_consents(consents: QuerySet[Consent]) -> Rows:
    for one in in_chunks(consents.select_related("customer")):
        yield (
            [str(one.customer.ref), one.channel, _ANSWERS[one.state], one.at, one.wording, one.evidence],
            one.customer_id,
        )


def _note_rows(_user: User) -> Rows:
    kept = Note.objects.filter(trashed_at=None, customer__trashed_at=None)
    for one in in_chunks(kept.select_related("customer")):
        yield [str(one.customer.ref), one.customer.name, one.text, one.written_at, one.written_by], one.customer_id


def _voucher_rows(_user: User) -> Rows:
    return _rows_of_vouchers(Voucher.objects.all())


def _rows_of_vouchers(vouchers: QuerySet[Voucher]) -> Rows:
    """Whose own a code is stands nowhere in the file: it goes to the printer, or to who sends letters."""
    for one in in_chunks(vouchers.select_related("batch__offer")):
        batch = one.batch
        yield (
            [
                written(one), batch.name, batch.offer.name, one.limit, one.used, batch.valid_from, batch.valid_to,
                one.blocked_at is not None or batch.state == BatchState.BLOCKED,
            ],
            None,
        )  # fmt: skip


CUSTOMERS = "customers"
VOUCHERS = "vouchers"
EXPORT_TYPES: tuple[ExportType, ...] = (
    ExportType(CUSTOMERS, _("Customers"), customers_access.SEE, _customer_columns, _customer_rows),
    ExportType(
        "products",
        _("Products"),
        catalogue_access.SEE,
        lambda _user: _PRODUCT,
        _product_rows,
    ),
    ExportType(
        "prices",
        _("Prices"),
        catalogue_access.SEE,
        lambda _user: ("sku", "price", "currency", "valid_from"),
        _price_rows,
    ),
    ExportType("purchases", _("Purchases and returns"), sales_access.SEE, lambda _user: _PURCHASE, _purchase_rows),
    ExportType(
        "consents",
        _("Consents"),
        customers_access.SEE,
        lambda _user: _CONSENT,
        _consent_rows,
    ),
    ExportType(
        "notes",
        _("Notes"),
        customers_access.SEE,
        lambda _user: ("customer", "customer_name", "text", "at", "written_by"),
        _note_rows,
    ),
    ExportType(VOUCHERS, _("Vouchers"), pricing_access.CODES, lambda _user: _VOUCHER, _voucher_rows),
)


def rows_for(user: User, kind: ExportType, selection: Selection) -> Rows:
    """Return the rows of a kind that the person may see now: all of them, or those of a list's selection."""
    if not selection:
        return kind.rows(user)
    if kind.name == VOUCHERS and selection.get("entity") == VOUCHERS:
        return _rows_of_vouchers(selected(user, selection))
    if kind.name != CUSTOMERS:
        raise SelectionError(_("Only customers can be exported by a selection."))
    return _rows_of_customers(selected(user, selection), customers_access.readable_fields(user))


def types_for(user: User) -> list[ExportType]:
    """Return what a person may take out of the house: what she may see at the desk."""
    return [each for each in EXPORT_TYPES if user.may(each.permission.name)]


def type_for(user: User, name: str) -> ExportType | None:
    """Return the kind of that name where the person may have it and this version knows it."""
    return next((each for each in types_for(user) if each.name == name), None)


def label_of(name: str) -> str:
    """Return what a kind of export is called; one that this version no longer knows, by its own name."""
    return next((str(each.label) for each in EXPORT_TYPES if each.name == name), name)


def _of_customer(customer_id: int) -> Rows:
    return _rows_of_customers(Customer.objects.filter(pk=customer_id), CustomField.objects.all())


def _purchases_of(customer_id: int) -> Rows:
    sold = OrderLine.objects.filter(order__customer=customer_id)
    return _rows_of_purchases(
        sold, ReturnLine.objects.filter(returned__customer=customer_id), lambda customer: customer
    )


def _products_of(customer_id: int) -> Rows:
    bought = OrderLine.objects.filter(order__customer=customer_id).values("product")
    brought_back = ReturnLine.objects.filter(returned__customer=customer_id).values("product")
    return _rows_of_products(Product.objects.filter(Q(pk__in=bought) | Q(pk__in=brought_back)))


def _consents_of(customer_id: int) -> Rows:
    return _rows_of_consents(Consent.objects.filter(customer=customer_id))


def _portable(name: str, columns: Callable[[], Sequence[str]], rows: Callable[[int], Rows]) -> Portable:
    return Portable(name, columns, lambda customer_id: (cells for cells, _known in rows(customer_id)))


# In the order in which another house imports them: purchases lean on products and on the customer.
PORTABLE: tuple[Portable, ...] = (
    _portable(CUSTOMERS, lambda: _columns_with(CustomField.objects.all()), _of_customer),
    _portable("products", lambda: _PRODUCT, _products_of),
    _portable("purchases", lambda: _PURCHASE, _purchases_of),
    _portable("consents", lambda: _CONSENT, _consents_of),
)
