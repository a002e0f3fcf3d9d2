"""Everything the left column of a customer's page says, in words of the reader's language."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stamkunde.accounts.models.shop import language_of
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.custom_values import shown_custom, written_custom
from stamkunde.customers.events.human import said_relation
from stamkunde.customers.events.profile import field_label, shown_value
from stamkunde.customers.models import (
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactStatus,
    Customer,
    CustomerKind,
    CustomFieldKind,
    TraitKind,
)
from stamkunde.customers.models.customer import page_of
from stamkunde.customers.phones import shown_phone
from stamkunde.customers.postal import country_name, place_line
from stamkunde.customers.queries import rows
from stamkunde.kit import shown
from stamkunde.kit.addresses import address
from stamkunde.kit.names.greeting import greeting

_CONTACT_ICONS = {ContactKind.EMAIL: "mail", ContactKind.PHONE: "phone", ContactKind.MESSENGER: "message"}
_TRAIT_ICONS = {
    TraitKind.SIZE: "tag",
    TraitKind.ALLERGY: "alert-triangle",
    TraitKind.BUYS_FOR: "gift",
    TraitKind.REACHED: "phone-call",
    TraitKind.LIKES: "heart",
    TraitKind.OTHER: "bulb",
}
_FILE_ICONS = {"image": "eye", "application/pdf": "file-text", "text/plain": "file-text"}
_STATUS_TONES = {ContactStatus.VERIFIED: "green", ContactStatus.FAILING: "amber"}


@dataclass(frozen=True)
class ShownContact:
    id: int
    kind: str
    icon: str
    kind_label: str
    value: str
    shown: str
    href: str
    label: str
    is_preferred: bool
    status: str
    status_label: str
    tone: str
    evidence: str


@dataclass(frozen=True)
class ShownAddress:
    id: int
    label: str
    lines: tuple[str, ...]
    is_preferred: bool
    status_label: str
    tone: str


@dataclass(frozen=True)
class ShownTrait:
    id: int
    icon: str
    tone: str
    kind_label: str
    text: str
    noted: str


@dataclass(frozen=True)
class ShownConsent:
    """The newest answer for a channel; `state` is empty where there never was one, and that is no yes."""

    channel: str
    label: str
    state: str
    answer: str
    icon: str
    tone: str
    said: str


@dataclass(frozen=True)
class ShownRelation:
    id: int
    said: str
    other_name: str
    url: str


@dataclass(frozen=True)
class ShownFile:
    id: int
    name: str
    icon: str
    size: str
    added: str


@dataclass(frozen=True)
class ShownField:
    """A field that is changed where it stands: one of the customer's own columns, or one the shop has added."""

    name: str
    label: str
    value: str
    href: str
    url: str
    empty: str


@dataclass(frozen=True)
class Profile:
    customer: Customer
    greeting: str
    former_names: tuple[tuple[int, str], ...]
    contacts: tuple[ShownContact, ...]
    addresses: tuple[ShownAddress, ...]
    traits: tuple[ShownTrait, ...]
    about: tuple[ShownField, ...]
    consents: tuple[ShownConsent, ...]
    relations: tuple[ShownRelation, ...]
    custom: tuple[ShownField, ...]
    files: tuple[ShownFile, ...]


def profile(customer: Customer) -> Profile:
    """Return the left column of a customer's page, in one question."""
    found = rows.rows_of(customer.pk)
    return Profile(
        customer=customer,
        greeting=greeting_of(customer),
        former_names=tuple((row.id, row.texts[0]) for row in found[rows.FORMER]),
        contacts=tuple(_contact(row) for row in found[rows.CONTACT]),
        addresses=tuple(_address(row) for row in found[rows.ADDRESS]),
        traits=tuple(_trait(row) for row in found[rows.TRAIT]),
        about=tuple(_about(customer)),
        consents=tuple(_consents(found[rows.CONSENT])),
        relations=tuple(_relations(found[rows.RELATION], found[rows.RELATION_TO])),
        custom=tuple(_custom(customer.pk, row) for row in found[rows.CUSTOM]),
        files=tuple(_file(row) for row in found[rows.FILE]),
    )


def greeting_of(customer: Customer) -> str:
    """Return how to open a conversation with the customer: in their language, else that of where they usually come."""
    return greeting(
        customer.language or _language_of_the_place(customer),
        given_name=customer.given_name,
        family_name=customer.family_name,
        preferred_name=customer.preferred_name,
        company_name=customer.company_name,
        override=customer.greeting,
    )


def _language_of_the_place(customer: Customer) -> str:
    store = customer.home_store
    return (language_of(store.country) if store else "") or the_shop().language


def age_on(day: date, born: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _contact(row: rows.Row) -> ShownContact:
    kind, value, label, status, evidence, _unused = row.texts
    href = {ContactKind.EMAIL: f"mailto:{value}", ContactKind.PHONE: f"tel:{value}"}.get(ContactKind(kind), "")
    return ShownContact(
        id=row.id,
        kind=kind,
        icon=_CONTACT_ICONS[ContactKind(kind)],
        kind_label=str(ContactKind(kind).label),
        value=value,
        shown=shown_phone(value, the_shop().country) if kind == ContactKind.PHONE else value,
        href=href if status != ContactStatus.FAILING else "",
        label=label,
        is_preferred=row.flag,
        status=status,
        status_label=str(ContactStatus(status).label),
        tone=_STATUS_TONES.get(ContactStatus(status), ""),
        evidence=evidence,
    )


def _address(row: rows.Row) -> ShownAddress:
    label, care_of, street, postcode, town, country = row.texts
    lines = (
        _("c/o %(name)s") % {"name": care_of} if care_of else "",
        street,
        place_line(postcode, town, country),
        country_name(country) if country != the_shop().country else "",
    )
    status = ContactStatus(rows.ADDRESS_STATES[row.number])
    return ShownAddress(
        id=row.id,
        label=label,
        lines=tuple(line for line in lines if line),
        is_preferred=row.flag,
        status_label=str(status.label),
        tone=_STATUS_TONES.get(status, ""),
    )


def _trait(row: rows.Row) -> ShownTrait:
    kind, text, noted_by, *_unused = row.texts
    return ShownTrait(
        id=row.id,
        icon=_TRAIT_ICONS[TraitKind(kind)],
        tone="amber" if kind == TraitKind.ALLERGY else "",
        kind_label=str(TraitKind(kind).label),
        text=text,
        noted=_by_and_when(noted_by, row.at),
    )


def _consents(given: Iterable[rows.Row]) -> Iterator[ShownConsent]:
    newest = {row.texts[0]: row for row in given}
    for channel in ConsentChannel:
        row = newest.get(channel.value)
        if row is None:
            answer = pgettext("consent", "Not asked")
            yield ShownConsent(channel.value, str(channel.label), "", answer, "minus", "plain", "")
            continue
        is_yes = row.texts[1] == ConsentState.GIVEN
        yield ShownConsent(
            channel=channel.value,
            label=str(channel.label),
            state=row.texts[1],
            answer=pgettext("answer", "Yes") if is_yes else pgettext("answer", "No"),
            icon="check" if is_yes else "x",
            tone="green" if is_yes else "plain",
            said=f"{_day(row.at)} · {row.texts[2]}",
        )


def _relations(out: Iterable[rows.Row], back: Iterable[rows.Row]) -> Iterator[ShownRelation]:
    for is_reverse, related in ((False, out), (True, back)):
        for row in related:
            kind, given_name, preferred_name, family_name, company_name, sort = row.texts
            other = Customer(
                kind=CustomerKind(sort),
                given_name=given_name,
                preferred_name=preferred_name,
                family_name=family_name,
                company_name=company_name,
            )
            yield ShownRelation(row.id, said_relation(kind, is_reverse=is_reverse), other.name, page_of(row.number))


def _file(row: rows.Row) -> ShownFile:
    name, content_type, added_by, *_unused = row.texts
    icon = _FILE_ICONS.get(content_type) or _FILE_ICONS.get(content_type.split("/")[0], "paperclip")
    return ShownFile(row.id, name, icon, filesizeformat(row.number), _by_and_when(added_by, row.at))


def _about(customer: Customer) -> Iterator[ShownField]:
    is_company = customer.kind == CustomerKind.COMPANY
    names = ["greeting", "language", "birth_date", "home_store"]
    if is_company:
        names = ["company_number", "greeting", "language", "home_store"]
    for name in names:
        yield shown_field(customer, name)


def shown_field(customer: Customer, name: str) -> ShownField:
    """Return one of the customer's own columns as it is shown, and changed, on the profile."""
    value = _shown_column(customer, name)
    return ShownField(
        name=name,
        label=capfirst(field_label(name)),
        value=value,
        href="",
        url=address("customers:field", customer.pk, name),
        empty=_empty_words(name),
    )


def _shown_column(customer: Customer, name: str) -> str:
    if name == "greeting":
        return greeting_of(customer)
    if name == "home_store":
        return customer.home_store.name if customer.home_store else ""
    if name == "birth_date" and customer.birth_date:
        age = age_on(timezone.localdate(), customer.birth_date)
        years = ngettext("%(age)s year", "%(age)s years", age) % {"age": age}
        return f"{shown.long_day(customer.birth_date)} ({years})"
    return shown_value(name, getattr(customer, name))


def _empty_words(name: str) -> str:
    return {
        "language": _("Choose a language"),
        "birth_date": _("Add a date of birth"),
        "home_store": _("Choose a store"),
        "company_number": _("Add a company number"),
    }.get(name, _("Add"))


def custom_fields(customer_id: int) -> list[ShownField]:
    """Return the shop's own fields with the customer's values, in the shop's order."""
    return [_custom(customer_id, row) for row in rows.rows_of(customer_id)[rows.CUSTOM]]


def _custom(customer_id: int, row: rows.Row) -> ShownField:
    label, kind, text, number, day, yes_no = row.texts
    written = written_custom(
        {
            "text": text,
            "number": Decimal(number) if number else None,
            "date": date.fromisoformat(day) if day else None,
            # SQLite keeps 1 for true.
            "yes_no": yes_no in {"true", "1"} if yes_no else None,
        }
    )
    return ShownField(
        name=str(row.id),
        label=label,
        value=shown_custom(kind, written),
        href=written if kind == CustomFieldKind.LINK else "",
        url=address("customers:custom_value", customer_id, row.id),
        empty=_("Add"),
    )


def _by_and_when(who: str, at: datetime | None) -> str:
    return f"{who}, {_day(at)}" if who else _day(at)


def _day(at: datetime | None) -> str:
    return shown.day(timezone.localtime(at).date()) if at else ""
