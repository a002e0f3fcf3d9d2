"""Making rows out of values: each text read as what it is, each refusal at its field, nothing written yet.

An import rehearses with the same functions that a new customer goes through, so both refuse the same things.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from stamkunde.accounts.models import Language, Store
from stamkunde.accounts.queries import the_shop
from stamkunde.customers.custom_values import Columns, read_custom
from stamkunde.customers.models import (
    Address,
    Consent,
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactPoint,
    ContactStatus,
    Customer,
    CustomerKind,
    CustomField,
    CustomValue,
    FormerName,
    Trait,
    TraitKind,
)
from stamkunde.customers.models.customer import COLUMNS
from stamkunde.customers.phones import read_phone, unread_phone
from stamkunde.customers.postal import read_country, read_postcode
from stamkunde.customers.recognition.words import search_words
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues, TraitValues
from stamkunde.customers.written import line, paragraphs, refused
from stamkunde.kit.bulk_insert import new_row
from stamkunde.kit.clock import business_day, now
from stamkunde.kit.collation import sort_key

NAMES = ("given_name", "family_name", "preferred_name", "company_name")
TEXTS = ("title", *NAMES, "company_number", "greeting")
CHANGEABLE = ("kind", *TEXTS, "language", "birth_date", "home_store_id")
# In years. The oldest person there has been was 122; beyond this, the year is a slip.
OLDEST = 120
# Whatever the clock says, these lie behind us, and not too far.
_NOT_LONG_PAST, _LONG_PAST = date(1950, 1, 1), date(2020, 1, 1)
_LONGEST = {name: COLUMNS[name].max_length or 0 for name in TEXTS}
# An enumeration makes its list of values anew each time it is asked, and an import asks a million times.
_CUSTOMER_KINDS = frozenset(CustomerKind.values)
_CONTACT_KINDS = frozenset(ContactKind.values)
_TRAIT_KINDS = frozenset(TraitKind.values)
_CONSENT_CHANNELS = frozenset(ConsentChannel.values)
_CONSENT_STATES = frozenset(ConsentState.values)
_LANGUAGES = frozenset({"", *Language.values})
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")
_LONGEST_LOCAL = 64


@dataclass
class PreparedCustomer:
    """A customer's rows, ready to be written."""

    customer: Customer
    former_names: list[FormerName] = field(default_factory=list)
    contacts: list[ContactPoint] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    traits: list[Trait] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    custom: list[CustomValue] = field(default_factory=list)
    source: str = ""


def prepare_customer(values: CustomerValues, *, fields: Mapping[str, CustomField] | None = None) -> PreparedCustomer:
    """Return the rows of a new customer; raise ValidationError with the field when something cannot be kept.

    `fields` are the shop's own fields by key, for callers that prepare many.
    """
    columns = read_columns({name: getattr(values, name) for name in CHANGEABLE})
    must_have_name(columns)
    customer = new_row(Customer, **columns, created_at=values.created_at or now())
    is_company = customer.kind == CustomerKind.COMPANY
    prepared = PreparedCustomer(
        customer=customer,
        former_names=[FormerName(name=name) for name in _distinct(values.former_names)],
        contacts=_contacts(values.contacts, is_company),
        addresses=[read_address(address) for address in values.addresses],
        traits=[read_trait(trait) for trait in values.traits],
        consents=[read_consent(consent) for consent in values.consents],
        custom=list(_custom(values.custom, fields)),
        source=line(values.source, 120),
    )
    if prepared.addresses and not any(address.is_preferred for address in prepared.addresses):
        prepared.addresses[0].is_preferred = True
    put_words(customer, [former.name for former in prepared.former_names], prepared.addresses)
    return prepared


def read_columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns of the customer's own row; `birth_day` goes with the date of birth."""
    columns: dict[str, Any] = {}
    for name, value in values.items():
        if name in _LONGEST:
            columns[name] = line(value, _LONGEST[name], name) if value else ""
        elif name == "kind":
            columns[name] = _one_of(_CUSTOMER_KINDS, value, name)
        elif name == "language":
            columns[name] = _one_of(_LANGUAGES, value or "", name)
        elif name == "birth_date":
            columns |= {"birth_date": read_birth_date(value), "birth_day": birth_day(value)}
        elif name == "home_store_id":
            columns[name] = _store(value)
        else:
            raise TypeError(f"{name} is not changed this way.")
    return columns


def must_have_name(columns: Mapping[str, Any]) -> None:
    if not any(columns[name] for name in NAMES):
        raise refused(_("Please write a name; a first name is enough."), "given_name")


def read_birth_date(value: date | None) -> date | None:
    if value is None or _NOT_LONG_PAST <= value <= _LONG_PAST:
        return value
    today = business_day(now(), the_shop().zone)
    is_too_old = (value.year + OLDEST, value.month, value.day) < (today.year, today.month, today.day)
    if is_too_old or value > today:
        raise refused(_("Nobody who shops here was born on that day. Please look at the year once more."), "birth_date")
    return value


def birth_day(value: date | None) -> int | None:
    """Return the day of the year on which somebody has a birthday, as month and day: 517 for the 17th of May."""
    return value.month * 100 + value.day if value else None


def read_contact(values: ContactValues, *, for_company: bool = False, field: str = "raw") -> ContactPoint:
    point = new_row(
        ContactPoint,
        kind=_one_of(_CONTACT_KINDS, values.kind, "kind"),
        label=line(values.label, 60, "label"),
        is_preferred=values.is_preferred,
    )
    if not values.raw.strip():
        raise refused(_("Please write how the customer is reached, or leave this out."), field)
    if point.kind == ContactKind.PHONE:
        _read_phone(point, values, for_company, field)
    elif point.kind == ContactKind.EMAIL:
        _read_email(point, values, field)
    else:
        point.value = point.raw = line(values.raw, 254, field)
    return point


def _read_phone(point: ContactPoint, values: ContactValues, for_company: bool, field: str) -> None:
    if values.kept_as_written:
        try:
            phone = read_phone(values.raw, values.region, for_company=True)
        except ValidationError:
            phone = unread_phone(values.raw)
            point.status = ContactStatus.FAILING
    else:
        phone = read_phone(values.raw, values.region, for_company=for_company, field=field)
    point.value, point.raw, point.tail = phone.value, phone.raw, phone.tail


def _read_email(point: ContactPoint, values: ContactValues, field: str) -> None:
    point.raw = line(values.raw, 254, field)
    point.value = point.raw.lower()
    normal = _normal_email(point.raw)
    if "." in normal.partition("@")[2] and len(normal) <= 254:
        point.value = normal.lower()
    elif values.kept_as_written:
        point.status = ContactStatus.FAILING
    else:
        raise refused(
            _("“%(email)s” is not a complete e-mail address; one looks like name@example.com.") % {"email": point.raw},
            field,
        )


def _normal_email(raw: str) -> str:
    """Return the address in its one form; an empty text when it is none."""
    local, _at, domain = raw.rpartition("@")
    # Of plain letters in front there is nothing to find out, and of ten thousand customers half share three domains.
    if len(local) <= _LONGEST_LOCAL and _PLAIN_LOCAL.fullmatch(local):
        known = _normal_domain(domain)
        return f"{local}@{known}" if known else ""
    try:
        return validate_email(raw, check_deliverability=False, globally_deliverable=False).normalized
    except EmailNotValidError:
        return ""


@lru_cache(maxsize=4_096)
def _normal_domain(domain: str) -> str:
    try:
        return validate_email(f"x@{domain}", check_deliverability=False, globally_deliverable=False).domain
    except EmailNotValidError:
        return ""


def read_address(values: AddressValues) -> Address:
    country = read_country(values.country)
    address = new_row(
        Address,
        label=line(values.label, 60, "label"),
        care_of=line(values.care_of, 120, "care_of"),
        street=line(values.street, 200, "street"),
        postcode=line(values.postcode, 20, "postcode")
        if values.kept_as_written
        else read_postcode(values.postcode, country),
        town=line(values.town, 120, "town"),
        country=country,
        is_preferred=values.is_preferred,
    )
    if not (address.street or address.postcode or address.town):
        raise refused(_("Please write a street, a postcode or a town."), "street")
    return address


def read_trait(values: TraitValues) -> Trait:
    text = line(values.text, 500, "text")
    if not text:
        raise refused(_("Please write what is good to know."), "text")
    return Trait(kind=_one_of(_TRAIT_KINDS, values.kind, "kind"), text=text)


def read_consent(values: ConsentValues) -> Consent:
    """Return the record of a yes or a no; without proof there is none, and none lies in the future."""
    evidence = paragraphs(values.evidence, 300, "evidence")
    if not evidence:
        raise refused(_("Please write how the customer said so: where, on which form, to whom."), "evidence")
    at = values.at or now()
    if at > now():
        raise refused(_("That moment has not come yet. Please look at the date once more."), "at")
    return Consent(
        channel=_one_of(_CONSENT_CHANNELS, values.channel, "channel"),
        state=_one_of(_CONSENT_STATES, values.state, "state"),
        at=at,
        evidence=evidence,
        wording=line(values.wording, 60, "wording"),
        language=_one_of(_LANGUAGES, values.language, "language"),
    )


def put_words(customer: Customer, former_names: Iterable[str], addresses: Iterable[Address]) -> None:
    """Set the words by which the customer is found and the name by which lists are ordered."""
    customer.words = search_words(
        given_name=customer.given_name,
        family_name=customer.family_name,
        preferred_name=customer.preferred_name,
        company_name=customer.company_name,
        former_names=former_names,
        numbers=[customer.company_number] if customer.company_number else [],
        places=[place for address in addresses for place in (address.street, address.postcode, address.town) if place],
    )
    customer.sort_name = sort_name(customer, the_shop().language)


def sort_name(customer: Customer, language: str) -> str:
    """Return the key by which lists are ordered, in the alphabet of a language."""
    if customer.kind == CustomerKind.COMPANY and customer.company_name:
        return sort_key(customer.company_name, language=language)
    own = (customer.family_name, customer.given_name or customer.preferred_name)
    return sort_key(*(own if any(own) else (customer.company_name,)), language=language)


def _contacts(values: Iterable[ContactValues], is_company: bool) -> list[ContactPoint]:
    """Return each contact point once; of every kind one is preferred."""
    points: dict[tuple[str, str], ContactPoint] = {}
    for one in values:
        point = read_contact(one, for_company=is_company, field=str(one.kind))
        points.setdefault((point.kind, point.value), point)
    for kind in {point.kind for point in points.values()}:
        alike = [point for point in points.values() if point.kind == kind]
        chosen = next((point for point in alike if point.is_preferred), alike[0])
        for point in alike:
            point.is_preferred = point is chosen
    return list(points.values())


def _custom(written: Mapping[str, str], fields: Mapping[str, CustomField] | None) -> Iterable[CustomValue]:
    if not written:
        return
    known = fields if fields is not None else {one.key: one for one in CustomField.objects.all()}
    for key, text in written.items():
        if key not in known:
            raise refused(
                _("There is no field “%(key)s”; the shop's fields are listed in the settings.") % {"key": key}, key
            )
        columns: Columns | None = read_custom(known[key], text)
        if columns is not None:
            yield CustomValue(field=known[key], **columns)


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(plain for name in names if (plain := line(name, 200, "former_names"))))


def _one_of(choices: frozenset[str], value: Any, name: str) -> str:
    if str(value) not in choices:
        raise refused(_("“%(value)s” is not one of the choices here.") % {"value": str(value)[:60]}, name)
    return str(value)


def _store(value: int | None) -> int | None:
    if value is not None and not Store.objects.filter(pk=value).exists():
        raise refused(_("There is no such store any more. Please choose another one."), "home_store")
    return value
