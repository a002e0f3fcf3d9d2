"""Two customers side by side: what is known of each, and what tells them apart."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stamkunde.accounts.queries import the_shop
from stamkunde.customers.custom_values import shown_custom, written_custom
from stamkunde.customers.events.profile import field_label, shown_value
from stamkunde.customers.models import (
    Address,
    Consent,
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactPoint,
    Customer,
    CustomValue,
    FormerName,
)
from stamkunde.customers.models.customer import page_of
from stamkunde.customers.phones import shown_phone
from stamkunde.customers.postal import place_line
from stamkunde.kit import shown
from stamkunde.kit.folding import fold
from stamkunde.kit.merging import followers
from stamkunde.kit.moving import column_of

SAME, ALIKE, DIFFERENT, ONE = "same", "alike", "different", "one"


@dataclass
class Known:
    """A customer with what is compared, read for many at once."""

    customer: Customer
    phones: list[str]
    emails: list[str]
    addresses: list[str]
    former_names: list[str]

    @property
    def url(self) -> str:
        return page_of(self.customer.pk)


@dataclass(frozen=True)
class Line:
    """One thing of both; `verdict` says whether it is the same, alike, different, or known of one only."""

    label: str
    first: str
    second: str
    verdict: str


def known_of(customers: Iterable[Customer]) -> dict[int, Known]:
    """Return what is known of customers by their numbers; three queries however many they are."""
    found = {customer.pk: Known(customer, [], [], [], []) for customer in customers}
    points = ContactPoint.objects.filter(customer__in=found, kind__in=[ContactKind.EMAIL, ContactKind.PHONE])
    country = the_shop().country
    for point in points.order_by("-is_preferred", "pk"):
        known = found[point.customer_id]
        if point.kind == ContactKind.PHONE:
            known.phones.append(shown_phone(point.value, country))
        else:
            known.emails.append(point.value)
    for address in Address.objects.filter(customer__in=found).order_by("-is_preferred", "pk"):
        place = place_line(address.postcode, address.town, address.country)
        found[address.customer_id].addresses.append(", ".join(part for part in (address.street, place) if part))
    for customer_id, name in (
        FormerName.objects.filter(customer__in=found).order_by("pk").values_list("customer_id", "name")
    ):
        found[customer_id].former_names.append(name)
    return found


def compared(first: Known, second: Known) -> list[Line]:
    """Return what is known of either, line by line; what neither has is left out."""
    one, other = first.customer, second.customer
    lines = [
        _line(_("Name"), one.name, other.name),
        *(_column(name, one, other) for name in ("birth_date", "company_number")),
        _lists(pgettext("contact point", "Telephone"), first.phones, second.phones),
        _lists(_("E-mail"), first.emails, second.emails),
        _lists(pgettext("postal", "Address"), first.addresses, second.addresses),
        _lists(_("Former names"), first.former_names, second.former_names),
        _line(pgettext("customer", "Visits"), _visits(one), _visits(other), is_figure=True),
        _line(_("Customer since"), _day(one.created_at), _day(other.created_at), is_figure=True),
    ]
    return [line for line in lines if line.first or line.second]


def _line(label: str, first: str, second: str, *, is_figure: bool = False) -> Line:
    if is_figure:
        verdict = ""
    elif not first or not second:
        verdict = ONE
    elif first == second:
        verdict = SAME
    else:
        verdict = ALIKE if fold(first) == fold(second) else DIFFERENT
    return Line(label, first, second, verdict)


def _column(name: str, one: Customer, other: Customer) -> Line:
    return _line(capfirst(field_label(name)), said_column(one, name), said_column(other, name))


def _lists(label: str, first: Sequence[str], second: Sequence[str]) -> Line:
    verdict = ONE
    if first and second:
        common = {fold(text) for text in first} & {fold(text) for text in second}
        verdict = SAME if set(first) & set(second) else ALIKE if common else DIFFERENT
    return Line(label, "\n".join(first), "\n".join(second), verdict)


def _visits(customer: Customer) -> str:
    if not customer.visits:
        return _("Has not bought anything yet")
    said = ngettext("%(number)s visit, last %(day)s", "%(number)s visits, last %(day)s", customer.visits)
    return said % {"number": shown.number(customer.visits), "day": _day(customer.last_visit_at)}


def _day(at: datetime | None) -> str:
    return shown.day(timezone.localtime(at).date()) if at else ""


def said_column(customer: Customer, name: str) -> str:
    """Return a column of the customer's own row as people read it."""
    if name in ("home_store", "home_store_id"):
        return customer.home_store.name if customer.home_store else ""
    value = getattr(customer, name)
    return shown_value(name, value.isoformat() if isinstance(value, date) else value)


@dataclass(frozen=True)
class Choice:
    """A field of which both have something else, so that somebody must say which survives."""

    name: str
    label: str
    survivor: str
    merged: str
    is_merged_chosen: bool


def choices_between(survivor: Customer, merged: Customer, chosen: dict[str, str]) -> list[Choice]:
    """Return what differs between the two profiles, with what is chosen so far; one query for the shop's own fields."""
    names = (
        "kind", "title", "given_name", "family_name", "preferred_name", "company_name", "company_number", "greeting",
        "language", "birth_date", "home_store_id",
    )  # fmt: skip
    found = [
        Choice(name, capfirst(field_label(name.removesuffix("_id"))), said[0], said[1], chosen.get(name) == "merged")
        for name in names
        if all(said := (said_column(survivor, name), said_column(merged, name))) and said[0] != said[1]
    ]
    return found + _own_fields(survivor, merged, chosen)


def _own_fields(survivor: Customer, merged: Customer, chosen: dict[str, str]) -> list[Choice]:
    values: dict[int, dict[int, CustomValue]] = defaultdict(dict)
    for value in CustomValue.objects.filter(customer__in=(survivor, merged), field__is_shown=True).select_related(
        "field"
    ):
        values[value.field_id][value.customer_id] = value
    found = []
    for both in values.values():
        if len(both) == 2 and both[survivor.pk].value != both[merged.pk].value:
            own, other = both[survivor.pk], both[merged.pk]
            name = f"own-{own.field_id}"
            found.append(Choice(name, own.field.label, _custom(own), _custom(other), chosen.get(name) == "merged"))
    return found


def _custom(value: CustomValue) -> str:
    columns: dict[str, Any] = {name: getattr(value, name) for name in ("text", "number", "date", "yes_no")}
    return shown_custom(value.field.kind, written_custom(columns))


@dataclass(frozen=True)
class Taken:
    """A field that the survivor lacks and takes from the other."""

    label: str
    value: str


def taken_over(survivor: Customer, merged: Customer) -> list[Taken]:
    names = ("given_name", "family_name", "preferred_name", "company_name", "company_number", "greeting", "language",
             "birth_date", "home_store_id")  # fmt: skip
    return [
        Taken(capfirst(field_label(name.removesuffix("_id"))), said)
        for name in names
        if (said := said_column(merged, name)) and not said_column(survivor, name)
    ]


@dataclass(frozen=True)
class Answer:
    channel: str
    answer: str
    is_yes: bool
    is_strict: bool


def answers_after(survivor: Customer, merged: Customer) -> list[Answer]:
    """Return which consents will count: the newest of each, and a no of either before a yes; one query."""
    newest: dict[str, dict[int, Consent]] = defaultdict(dict)
    for consent in Consent.objects.filter(customer__in=(survivor, merged)).order_by("at", "pk"):
        newest[consent.channel][consent.customer_id] = consent
    found = []
    for channel in ConsentChannel:
        states = {consent.state for consent in newest.get(channel.value, {}).values()}
        if states:
            is_yes = states == {ConsentState.GIVEN}
            answer = pgettext("answer", "Yes") if is_yes else pgettext("answer", "No")
            found.append(Answer(str(channel.label), answer, is_yes, len(states) > 1))
    return found


def comes_along(merged_id: int) -> list[tuple[str, int]]:
    """Return what moves with a customer, by the names people know, and how much of each; one query."""
    quote = connection.ops.quote_name
    counted = [follower for follower in followers() if follower.later is not None]
    tables = [(quote(one.model._meta.db_table), quote(column_of(one.model, one.column))) for one in counted]
    parts = " UNION ALL ".join(f"SELECT %s, COUNT(*) FROM {table} WHERE {key} = %s" for table, key in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(parts, [value for place in range(len(counted)) for value in (str(place), merged_id)])
        found = {int(place): count for place, count in cursor.fetchall()}
    return [(str(one.later.label), found[place]) for place, one in enumerate(counted) if one.later and found.get(place)]
