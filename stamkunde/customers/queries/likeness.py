"""Who of many people at once is perhaps here already, as the rehearsal of an import asks for a whole file.

Somebody who is typed in is compared with everybody by sound and slip (`duplicates`). A file of a hundred thousand
cannot be, so here only those count whose telephone, e-mail or whole name is the same; the nightly search finds the
rest. An equal telephone alone is a household and no identity: the name has to agree too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.utils.translation import gettext as _

from stamkunde.customers.models import Address, ContactKind, ContactPoint, ContactStatus, Customer
from stamkunde.customers.preparing import PreparedCustomer
from stamkunde.kit.folding import folded_words

T = TypeVar("T", int, str)
_AT_ONCE = 900


@dataclass(frozen=True)
class Likeness:
    """Somebody here whom a row is likely about, and why; `is_sole` when nobody else is as like it."""

    customer_id: int
    reasons: tuple[str, ...]
    is_sole: bool


@dataclass
class _Person:
    """What is compared of somebody, here or in the file."""

    given: frozenset[str]
    family: frozenset[str]
    company: frozenset[str]
    birth_date: date | None
    contacts: set[tuple[str, str]] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def likenesses(rows: Mapping[str, PreparedCustomer]) -> dict[str, Likeness]:
    """Return for those of the prepared customers who are likely here already whom they are like; a few queries."""
    wanted = {key: _of_row(row) for key, row in rows.items()}
    contacts = {value for one in wanted.values() for _kind, value in one.contacts}
    names = {row.customer.sort_name for row in rows.values() if row.customer.sort_name}
    here = _people_with(contacts, names)
    by_contact: dict[tuple[str, str], list[int]] = {}
    by_name: dict[str, list[int]] = {}
    for number, (name, person) in here.items():
        by_name.setdefault(name, []).append(number)
        for contact in person.contacts:
            by_contact.setdefault(contact, []).append(number)
    found: dict[str, Likeness] = {}
    for key, row in rows.items():
        person = wanted[key]
        candidates = dict.fromkeys(by_name.get(row.customer.sort_name, []))
        for contact in person.contacts:
            candidates |= dict.fromkeys(by_contact.get(contact, []))
        ranked = sorted(
            ((reasons, number) for number in candidates if (reasons := _reasons(person, here[number][1]))),
            key=lambda pair: (-len(pair[0]), pair[1]),
        )
        if ranked:
            reasons, number = ranked[0]
            is_sole = len(ranked) == 1 or len(ranked[1][0]) < len(reasons)
            found[key] = Likeness(number, reasons, is_sole)
    return found


def _of_row(row: PreparedCustomer) -> _Person:
    person = _person(row.customer)
    person.contacts = {(point.kind, point.value) for point in row.contacts if point.status != ContactStatus.FAILING}
    person.places = {place for address in row.addresses for place in _places(address.postcode, address.town)}
    return person


def _person(customer: Customer) -> _Person:
    return _Person(
        given=frozenset(folded_words(f"{customer.given_name} {customer.preferred_name}")),
        family=frozenset(folded_words(customer.family_name)),
        company=frozenset(folded_words(customer.company_name)),
        birth_date=customer.birth_date,
    )


def _places(postcode: str, town: str) -> Iterator[str]:
    yield from (" ".join(words) for text in (postcode, town) if (words := folded_words(text)))


def _people_with(contacts: Collection[str], names: Collection[str]) -> dict[int, tuple[str, _Person]]:
    """Return everybody here, by number, who has one of the contacts or of the names by which lists are ordered."""
    numbers: set[int] = set()
    for values in _portions(contacts):
        numbers.update(ContactPoint.objects.filter(value__in=values).values_list("customer", flat=True))
    for values in _portions(names):
        numbers.update(Customer.objects.present().filter(sort_name__in=values).values_list("pk", flat=True))
    here: dict[int, tuple[str, _Person]] = {}
    columns = ("given_name", "preferred_name", "family_name", "company_name", "birth_date", "sort_name")
    for some in _portions(numbers):
        for customer in Customer.objects.present().filter(pk__in=some).only(*columns):
            here[customer.pk] = customer.sort_name, _person(customer)
        points = ContactPoint.objects.filter(customer__in=some).exclude(status=ContactStatus.FAILING)
        for number, kind, value in points.values_list("customer", "kind", "value"):
            if number in here:
                here[number][1].contacts.add((kind, value))
        for number, postcode, town in Address.objects.filter(customer__in=some).values_list(
            "customer", "postcode", "town"
        ):
            if number in here:
                here[number][1].places.update(_places(postcode, town))
    return here


def _portions(values: Collection[T]) -> Iterator[Sequence[T]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _reasons(row: _Person, known: _Person) -> tuple[str, ...]:
    """Return what the two have in common where it is enough to be one person; nothing where it is not."""
    if not _may_be_called_alike(row, known):
        return ()
    if row.birth_date and known.birth_date and row.birth_date != known.birth_date:
        return ()
    shared = row.contacts & known.contacts
    reasons = [_("same e-mail address")] if any(kind == ContactKind.EMAIL for kind, _value in shared) else []
    if any(kind == ContactKind.PHONE for kind, _value in shared):
        reasons.append(_("same telephone number"))
    if row.birth_date and row.birth_date == known.birth_date:
        reasons.append(_("same date of birth"))
    if row.places & known.places:
        reasons.append(_("same town or postcode"))
    knows_nothing_else = not (row.contacts or row.places or row.birth_date)
    is_whole = (row.given, row.family, row.company) == (known.given, known.family, known.company)
    if reasons and is_whole or knows_nothing_else and is_whole:
        reasons.append(_("same name"))
    return tuple(reasons) if is_whole or shared else ()


def _may_be_called_alike(row: _Person, known: _Person) -> bool:
    """Tell whether two names can be one person's: a household shares its telephone and its family name."""
    if row.company and known.company:
        return bool(row.company & known.company)
    if row.given and known.given:
        return bool(row.given & known.given)
    return bool(row.family & known.family) or bool(row.company and row.company == known.company)
