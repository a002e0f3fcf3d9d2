"""What the list of customers can be filtered by; `kit.filtering` explains the language."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Language, Store
from stamkunde.customers.models import (
    Address,
    Consent,
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactPoint,
    CustomerKind,
    CustomField,
    CustomFieldKind,
    CustomValue,
)
from stamkunde.kit.filtering import OPERATORS, FilterField, FilterLanguage, Kind, Operator, Value
from stamkunde.sales.models import PurchaseSummary

NEXT_VISIT = (Operator.OVERDUE, Operator.WITHIN_NEXT, Operator.BEFORE, Operator.AFTER, Operator.FILLED, Operator.EMPTY)
HAVING = (Operator.YES, Operator.NO)
CUSTOM = "custom."


def customer_filters(own: Iterable[CustomField] | None = None) -> FilterLanguage:
    """Return the fields every shop has and those this shop has added and shows; one query unless they are given."""
    own = CustomField.objects.shown() if own is None else own
    return FilterLanguage([*_fields(), *(_custom_field(field) for field in own)])


def _fields() -> list[FilterField]:
    return [
        FilterField(name="town", label=_("Town"), kind=Kind.TEXT, column="town", rows=_addresses, owner="customer",
                    is_narrow=True),
        FilterField(name="postcode", label=_("Postcode"), kind=Kind.TEXT, column="postcode", rows=_addresses,
                    owner="customer", is_narrow=True),
        FilterField(name="language", label=_("Language"), kind=Kind.CHOICE, column="language",
                    choices=lambda: Language.choices),
        FilterField(name="kind", label=_("Person or company"), kind=Kind.CHOICE, column="kind",
                    choices=lambda: CustomerKind.choices),
        FilterField(name="store", label=_("Usual store"), kind=Kind.CHOICE, column="home_store_id", choices=_stores,
                    is_narrow=True),
        FilterField(name="visits", label=_("Visits"), kind=Kind.NUMBER, column="visits", is_narrow=True),
        FilterField(name="last_visit", label=_("Last visit"), kind=Kind.DATE, column="last_visit_at", is_instant=True,
                    is_narrow=True),
        FilterField(name="next_visit", label=_("Next visit expected"), kind=Kind.DATE, column="next_visit_expected_on",
                    operators=NEXT_VISIT, is_narrow=True),
        FilterField(name="created", label=_("Customer since"), kind=Kind.DATE, column="created_at", is_instant=True,
                    operators=(Operator.WITHIN_LAST, Operator.NOT_FOR, Operator.AFTER, Operator.BEFORE, Operator.ON),
                    is_narrow=True),
        FilterField(name="birthday", label=_("Birthday in"), kind=Kind.MONTH, build=_birthday_in, choices=_months,
                    is_narrow=True),
        FilterField(name="spent", label=_("Spent in all"), kind=Kind.MONEY, rows=PurchaseSummary.objects.all,
                    owner="customer", build=_spent, is_narrow=True),
        FilterField(name="consent", label=_("Agreed to"), kind=Kind.CHOICE, rows=_agreements, owner="customer",
                    column="channel", is_narrow=True, choices=lambda: ConsentChannel.choices),
        FilterField(name="email", label=_("Has an e-mail address"), kind=Kind.YES_NO, rows=_contacts(ContactKind.EMAIL),
                    owner="customer", build=_any, operators=HAVING),
        FilterField(name="phone", label=_("Has a telephone number"), kind=Kind.YES_NO,
                    rows=_contacts(ContactKind.PHONE), owner="customer", build=_any, operators=HAVING),
    ]  # fmt: skip


def _addresses() -> QuerySet[Address]:
    return Address.objects.order_by()


def _contacts(kind: str) -> Callable[[], QuerySet[ContactPoint]]:
    def contacts() -> QuerySet[ContactPoint]:
        return ContactPoint.objects.filter(kind=kind).order_by()

    return contacts


def _stores() -> Sequence[tuple[str, str]]:
    return [(str(pk), name) for pk, name in Store.objects.values_list("pk", "name")]


def _months() -> Sequence[tuple[str, Any]]:
    return [(str(number), name) for number, name in MONTHS.items()]


def _birthday_in(operator: Operator, month: Value) -> Q:
    # `birth_day` is the month times a hundred and the day, so that a month is one range of its index.
    return Q(birth_day__gte=month * 100, birth_day__lt=(month + 1) * 100)


def _spent(operator: Operator, money: Value) -> Q:
    if operator == Operator.AT_LEAST:
        return Q(currency=money.currency, net__gte=money.minor)
    return Q(currency=money.currency, net__lte=money.minor)


def _agreements() -> QuerySet[Consent]:
    """Return the yeses that no later yes or no of the same channel has replaced."""
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    replaced = Consent.objects.filter(later, customer=OuterRef("customer"), channel=OuterRef("channel"))
    return Consent.objects.filter(~Exists(replaced), state=ConsentState.GIVEN)


def _any(operator: Operator, value: Value) -> Q:
    return Q()


def _custom_field(field: CustomField) -> FilterField:
    kinds = {
        CustomFieldKind.NUMBER: (Kind.NUMBER, "number"),
        CustomFieldKind.DATE: (Kind.DATE, "date"),
        CustomFieldKind.CHOICE: (Kind.CHOICE, "text"),
        CustomFieldKind.YES_NO: (Kind.YES_NO, "yes_no"),
    }
    kind, column = kinds.get(CustomFieldKind(field.kind), (Kind.TEXT, "text"))

    def values() -> QuerySet[CustomValue]:
        return CustomValue.objects.filter(field_id=field.pk)

    return FilterField(
        name=f"{CUSTOM}{field.key}",
        label=field.label,
        kind=kind,
        column=column,
        rows=values,
        owner="customer",
        choices=lambda: [(str(choice), str(choice)) for choice in field.choices],
        operators=tuple(dict.fromkeys((*OPERATORS[kind], Operator.FILLED, Operator.EMPTY))),
        is_narrow=True,
    )
