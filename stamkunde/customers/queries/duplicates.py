"""Who is perhaps here already: the people like the one who is being typed in.

An equal telephone number is a hint and not proof, for a household shares one; so all of them are shown and somebody
chooses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from stamkunde.customers.models import ContactKind, ContactPoint, Customer
from stamkunde.customers.models.customer import page_of
from stamkunde.customers.preparing import read_contact
from stamkunde.customers.recognition.candidates import Candidate, recognise
from stamkunde.customers.values import ContactValues, CustomerValues
from stamkunde.kit.clock import now
from stamkunde.kit.folding import folded_words

MOST = 5
FEWEST_LETTERS = 3
_CLOSE = 0.0


@dataclass(frozen=True)
class LikelyDuplicate:
    """Somebody who may be the same person, and why."""

    customer_id: int
    name: str
    reasons: tuple[str, ...]
    chips: tuple[str, ...]

    @property
    def url(self) -> str:
        return page_of(self.customer_id)


def likely_duplicates(values: CustomerValues, *, limit: int = MOST) -> list[LikelyDuplicate]:
    """Return who may be meant by what has been typed so far, by telephone, e-mail or name, the surest first."""
    found: dict[int, LikelyDuplicate] = {}
    for kind, customers in _by_contact(values.contacts):
        reason = _("same telephone number") if kind == ContactKind.PHONE else _("same e-mail address")
        for customer in customers:
            _add(found, customer.pk, customer.name, reason)
    name = " ".join(part for part in (values.given_name, values.family_name, values.company_name) if part)
    if len(name.strip()) >= FEWEST_LETTERS:
        for candidate in recognise(name, store_id=values.home_store_id, limit=limit * 2, now=now()):
            if reason := _alike(candidate, name, values):
                chips = [candidate.town, str(candidate.birth_year or ""), *candidate.masked, *candidate.chips]
                _add(found, candidate.customer_id, candidate.name, reason, tuple(chip for chip in chips if chip))
    return list(found.values())[:limit]


def _alike(candidate: Candidate, name: str, values: CustomerValues) -> str:
    """Return why somebody of about this name may be the same person; nothing when the name alone is too little."""
    typed, known = set(folded_words(name)), set(folded_words(candidate.name))
    if values.birth_date and candidate.birth_year == values.birth_date.year:
        return _("similar name, same year of birth")
    towns = {word for address in values.addresses for word in folded_words(address.town)}
    if towns and towns & set(folded_words(candidate.town)):
        return _("similar name, same town")
    if typed == known:
        return _("same name")
    # While somebody is typing the last word is only begun.
    return _("similar name") if len(typed) > 1 and candidate.score > _CLOSE else ""


def _by_contact(contacts: Iterable[ContactValues]) -> Iterable[tuple[str, list[Customer]]]:
    for contact in contacts:
        if not contact.raw.strip():
            continue
        try:
            point = read_contact(replace(contact, kept_as_written=False), for_company=True)
        except ValidationError:
            continue
        same = ContactPoint.objects.filter(value=point.value, kind=point.kind, customer__trashed_at=None)
        yield point.kind, [one.customer for one in same.select_related("customer").order_by("customer_id")[:MOST]]


def _add(found: dict[int, LikelyDuplicate], pk: int, name: str, reason: str, chips: tuple[str, ...] = ()) -> None:
    known = found.get(pk)
    if known is None:
        found[pk] = LikelyDuplicate(pk, name, (reason,), chips)
    else:
        found[pk] = replace(known, reasons=(*known.reasons, reason), chips=known.chips or chips)
