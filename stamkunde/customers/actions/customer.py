"""Making a customer, changing what she is called and who she is, and putting her in the trash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.customers.actions.words import present_customer, renew_words
from stamkunde.customers.events import (
    ConsentGiven,
    ConsentWithdrawn,
    CustomerChanged,
    CustomerCreated,
    CustomerRestored,
    CustomerTrashed,
    FormerNameNoted,
    FormerNameRemoved,
    NameChanged,
)
from stamkunde.customers.events.profile import Changes
from stamkunde.customers.models import (
    ConsentState,
    Customer,
    FormerName,
)
from stamkunde.customers.preparing import (
    NAMES,
    PreparedCustomer,
    must_have_name,
    prepare_customer,
    read_columns,
)
from stamkunde.customers.queries.merges import not_merged
from stamkunde.customers.recognition.vocabulary import learn_words
from stamkunde.customers.values import CustomerValues
from stamkunde.customers.written import line, refused
from stamkunde.events.event import Event
from stamkunde.events.models import Happening
from stamkunde.events.publishing import action, publish, publish_in_bulk
from stamkunde.kit.actor import Actor
from stamkunde.kit.bulk_insert import insert_models
from stamkunde.kit.clock import now
from stamkunde.kit.folding import folded_words

_OF_THE_NAME = ("kind", "title", *NAMES)
_ATTEMPTS = 4


@dataclass(frozen=True)
class Conflict:
    """A field that somebody else changed meanwhile: the three values one may choose from."""

    mine: Any
    theirs: Any
    original: Any


class StaleCustomer(Exception):
    """Somebody else changed the same field meanwhile; nothing was written. `current` is the profile as it is now."""

    def __init__(self, current: Customer, conflicts: dict[str, Conflict]) -> None:
        super().__init__(current.pk)
        self.current = current
        self.conflicts = conflicts


@action
def create_customer(values: CustomerValues, *, by: Actor) -> Customer:
    """Make a customer of whatever is known; some name is all that is required."""
    prepared = prepare_customer(values)
    _write([prepared], by)
    for event in _told(prepared):
        publish(event, by=by)
    return prepared.customer


@action(is_step=True)
def create_customers(prepared: Sequence[PreparedCustomer], *, by: Actor) -> list[Customer]:
    """Make many customers at once, as an import does; their happenings are written and wake no reaction."""
    # A step, because within a savepoint SQLite walks through all it keeps to undo that by, at each row with a trigger:
    # of five thousand customers that was most of the work.
    _write(prepared, by)
    publish_in_bulk(((event, one.customer.created_at) for one in prepared for event in _told(one)), by=by)
    return [one.customer for one in prepared]


def _write(prepared: Sequence[PreparedCustomer], by: Actor) -> None:
    insert_models([one.customer for one in prepared])
    at = now()
    for one in prepared:
        number = one.customer.pk
        for rows in (one.former_names, one.contacts, one.addresses, one.traits, one.consents, one.custom):
            for row in rows:
                row.customer_id = number
        for trait in one.traits:
            trait.noted_by, trait.noted_at = by.label[:120], at
        for consent in one.consents:
            consent.noted_by = by.label[:120]
    insert_models([row for one in prepared for row in one.former_names])
    insert_models([row for one in prepared for row in one.contacts])
    insert_models([row for one in prepared for row in one.addresses])
    insert_models([row for one in prepared for row in one.traits])
    insert_models([row for one in prepared for row in one.consents])
    insert_models([row for one in prepared for row in one.custom])
    learn_words(word for one in prepared for word in one.customer.words.split())


def _told(prepared: PreparedCustomer) -> list[Event]:
    customer = prepared.customer
    told: list[Event] = [CustomerCreated(customer_id=customer.pk, called=customer.name, source=prepared.source)]
    for consent in prepared.consents:
        kind = ConsentGiven if consent.state == ConsentState.GIVEN else ConsentWithdrawn
        told.append(
            kind(
                customer_id=customer.pk,
                consent_id=consent.pk,
                channel=consent.channel,
                evidence=consent.evidence,
                wording=consent.wording,
            )
        )
    return told


@action
def change_customer(customer_id: int, changes: Mapping[str, Any], *, version: int, by: Actor) -> Customer:
    """Change fields of the profile, as seen in a version of it.

    What somebody else changed meanwhile in other fields is no obstacle; in the same field it raises StaleCustomer. A
    name no longer used is kept among the former ones.
    """
    wanted = read_columns(changes)
    for _attempt in range(_ATTEMPTS):
        current = present_customer(customer_id)
        if current.version != version and (conflicts := _conflicts(current, wanted, version)):
            raise StaleCustomer(current, conflicts)
        changed = {name: value for name, value in wanted.items() if getattr(current, name) != value}
        if not changed:
            return current
        must_have_name({name: changed.get(name, getattr(current, name)) for name in NAMES})
        untouched = Customer.objects.filter(pk=customer_id, version=current.version, trashed_at=None)
        if untouched.update(**changed, version=F("version") + 1):
            return _changed(current, changed, by)
    raise StaleCustomer(present_customer(customer_id), {})


def _changed(before: Customer, changed: Mapping[str, Any], by: Actor) -> Customer:
    after = Customer.objects.select_related("home_store").get(pk=before.pk)
    told = _as_told(before, after, [name for name in changed if name != "birth_day"])
    of_name = {name: change for name, change in told.items() if name in _OF_THE_NAME}
    others = {name: change for name, change in told.items() if name not in _OF_THE_NAME}
    if of_name:
        _keep_former_name(before, after)
        publish(
            NameChanged(
                customer_id=after.pk, before=before.name, after=after.name, fields=of_name, version=after.version
            ),
            by=by,
        )
    if others:
        publish(CustomerChanged(customer_id=after.pk, fields=others, version=after.version), by=by)
    if of_name or "company_number" in others:
        renew_words(after)
    return after


def _as_told(before: Customer, after: Customer, names: list[str]) -> Changes:
    """Return the changes with names instead of keys and days as text, as happenings keep them."""

    def told(customer: Customer, name: str) -> str:
        if name == "home_store_id":
            return customer.home_store.name if customer.home_store else ""
        value = getattr(customer, name)
        return value.isoformat() if name == "birth_date" and value else str(value or "")

    return {name.removesuffix("_id"): [told(before, name), told(after, name)] for name in names}


def _keep_former_name(before: Customer, after: Customer) -> None:
    """Keep the old name unless all its words are still in the new one; a corrected accent makes no former name."""
    lost = set(folded_words(before.name)) - set(folded_words(after.name))
    if lost or (before.name != after.name and not folded_words(before.name)):
        FormerName.objects.get_or_create(customer=after, name=before.name[:200])
    FormerName.objects.filter(customer=after, name=after.name[:200]).delete()


def _conflicts(current: Customer, wanted: Mapping[str, Any], version: int) -> dict[str, Conflict]:
    """Return the wanted fields that were changed after the version and are not as wanted anyway."""
    kinds = (CustomerChanged.name, NameChanged.name)
    happenings = Happening.objects.about_customer(current.pk).filter(name__in=kinds).order_by("pk")
    originals: dict[str, Any] = {}
    for details in happenings.values_list("details", flat=True):
        if details.get("version", 0) > version:
            for name, (before, _after) in details.get("fields", {}).items():
                originals.setdefault(name, before)
    return {
        name: Conflict(mine=value, theirs=getattr(current, name), original=originals[name.removesuffix("_id")])
        for name, value in wanted.items()
        if name.removesuffix("_id") in originals and getattr(current, name) != value
    }


@action
def note_former_name(customer_id: int, name: str, *, by: Actor) -> FormerName:
    customer = present_customer(customer_id)
    plain = line(name, 200, "name")
    if not plain:
        raise refused(_("Please write the former name."), "name")
    former, is_new = FormerName.objects.get_or_create(customer=customer, name=plain)
    if is_new:
        renew_words(customer)
        publish(FormerNameNoted(customer_id=customer_id, former=plain), by=by)
    return former


@action
def remove_former_name(former: FormerName, *, by: Actor) -> None:
    customer = present_customer(former.customer_id)
    if FormerName.objects.filter(pk=former.pk).delete()[0]:
        renew_words(customer)
        publish(FormerNameRemoved(customer_id=customer.pk, former=former.name), by=by)


@action
def trash_customer(customer_id: int, *, by: Actor) -> None:
    """Put a customer in the trash, from where she can be taken back; doing so twice is doing so once."""
    if Customer.objects.filter(pk=customer_id, trashed_at=None).update(trashed_at=now(), version=F("version") + 1):
        called = Customer.objects.get(pk=customer_id).name
        publish(CustomerTrashed(customer_id=customer_id, called=called), by=by)


@action
def restore_customer(customer_id: int, *, by: Actor) -> None:
    in_trash = Customer.objects.filter(
        not_merged(), pk=customer_id, trashed_at__isnull=False, erased_at=None, restricted_at=None
    )
    if in_trash.update(trashed_at=None, version=F("version") + 1):
        called = Customer.objects.get(pk=customer_id).name
        publish(CustomerRestored(customer_id=customer_id, called=called), by=by)
