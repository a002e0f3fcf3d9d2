"""What the customers module lets people do, and which customers and things of theirs a person may have before her."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import User
from stamkunde.customers.events import CustomValueChanged
from stamkunde.customers.models import (
    Address,
    ContactPoint,
    Customer,
    CustomField,
    FormerName,
    LikelyPair,
    Merge,
    Note,
    Relation,
    StoredFile,
    Trait,
)
from stamkunde.customers.models.custom_field import CustomFieldQuerySet
from stamkunde.customers.models.customer import CustomerQuerySet
from stamkunde.customers.queries.merges import not_merged, survivor_of, survivors
from stamkunde.kit.policy import Permission
from stamkunde.kit.statements import Read

M = TypeVar("M", bound=Model)

SEE = Permission("customers.see", _("Find customers and see their profiles."))
CREATE = Permission("customers.create", _("Add new customers."))
CHANGE = Permission("customers.change", _("Change what is known of a customer, and record consents."))
NOTE = Permission("customers.note", _("Write notes about customers and keep files with them."))
REMOVE = Permission("customers.remove", _("Put customers in the trash and take them back."))
SEE_LOOKUPS = Permission("customers.see_lookups", _("See who has looked at a customer, and when."))
MANAGE_FIELDS = Permission("customers.manage_fields", _("Add fields of the shop's own to every customer's profile."))

MERGE = Permission("customers.merge", _("Merge customers who are one person, and take such a merge apart."))

RESTRICT = Permission(
    "customers.restrict", _("Restrict what may be done with a customer's data, see those restricted, and lift it.")
)

PERMISSIONS = (SEE, CREATE, CHANGE, NOTE, REMOVE, SEE_LOOKUPS, MANAGE_FIELDS, MERGE, RESTRICT)


def visible_customers(user: User) -> CustomerQuerySet:
    """Return the customers a person may see; those in the trash are not among them."""
    return Customer.objects.present() if user.may(SEE.name) else Customer.objects.none()


_PRESENT = Read(Customer, "WHERE id = %s AND trashed_at IS NULL")


def may_see_customer(user: User, pk: int) -> bool:
    """Say whether a number is that of a customer the person may see."""
    return user.may(SEE.name) and _PRESENT.any(pk)


def sees(user: User, customer: Customer) -> bool:
    """Say whether the person may see a customer who has been read already, as `visible_customers` would."""
    return user.may(SEE.name) and customer.trashed_at is None


def trashed_customers(user: User) -> CustomerQuerySet:
    if not (user.may(SEE.name) and user.may(REMOVE.name)):
        return Customer.objects.none()
    return Customer.objects.filter(not_merged(), trashed_at__isnull=False, erased_at=None, restricted_at=None)


def restricted_customers(user: User) -> CustomerQuerySet:
    """Return those whose data may only be stored, to who answers for that."""
    if not (user.may(SEE.name) and user.may(RESTRICT.name)):
        return Customer.objects.none()
    return Customer.objects.filter(restricted_at__isnull=False)


def restricted_customer_for(user: User, pk: int) -> Customer:
    """Return a customer whose data may only be stored, or answer as if there were none."""
    return _one(restricted_customers(user), pk)


def unnamed(user: User, numbers: Iterable[int]) -> frozenset[int]:
    """Return whom of these customers a person may not hear named: those restricted, and who became part of them."""
    asked = set(numbers)
    if not asked or (user.may(SEE.name) and user.may(RESTRICT.name)):
        return frozenset()
    lives_on = {number: number for number in asked} | survivors(asked)
    restricted = set(
        Customer.objects.filter(pk__in=lives_on.values(), restricted_at__isnull=False).values_list("pk", flat=True)
    )
    return frozenset(number for number, survivor in lives_on.items() if survivor in restricted)


class CustomerRestricted(Http404):
    """The data of this customer may only be stored; raised only before those who may know.

    A page leads to what they may see (`CustomerMergedMiddleware`), the door for machines answers 423; to everybody
    else there is no such customer.
    """

    def __init__(self, customer_id: int) -> None:
        super().__init__()
        self.customer_id = customer_id


class CustomerMerged(Http404):
    """The number is that of a customer who became part of another; `survivor_id` is where she is found now.

    A page leads there (`CustomerMergedMiddleware`); whoever else asks is answered as if there were none, or follows.
    """

    def __init__(self, merged_id: int, survivor_id: int) -> None:
        super().__init__()
        self.merged_id, self.survivor_id = merged_id, survivor_id


def customer_for(user: User, pk: int, *, or_trashed: bool = False, or_restricted: bool = False) -> Customer:
    """Return a customer, or answer as if there were none; of one who was merged raise where she is now.

    One in the trash is only found where the page can show it as such, and only by those who may take it back. One whose
    data is restricted is found by those who answer for that, where something is owed to them, such as a copy.
    """
    rows = visible_customers(user)
    if or_trashed and user.may(SEE.name) and user.may(REMOVE.name):
        rows = Customer.objects.filter(erased_at=None, restricted_at=None)
    if or_restricted:
        rows = rows | restricted_customers(user)
    try:
        found = _one(rows.select_related("home_store"), pk)
    except Http404:
        _lead_on(user, pk)
        raise
    if found.trashed_at is not None and found.restricted_at is None:
        # Whoever became part of another is in the trash too; nobody else need be asked about.
        _lead_on(user, pk)
    return found


def found_customer(user: User, pk: int) -> Customer | None:
    """Return the customer of a number that was sent along, or who she is now if she was merged; None for nobody."""
    found = visible_customers(user).filter(pk=pk).first()
    if found is None and (survivor := survivor_of(pk)) != pk:
        found = visible_customers(user).filter(pk=survivor).first()
    return found


def _lead_on(user: User, pk: int) -> None:
    if pk < 1 << 63 and restricted_customers(user).filter(pk=pk).exists():
        raise CustomerRestricted(pk)
    if user.may(SEE.name) and pk < 1 << 63 and (survivor := survivor_of(pk)) != pk:
        raise CustomerMerged(pk, survivor)


def contact_point_for(user: User, customer_pk: int, pk: int) -> ContactPoint:
    return _of_customer(ContactPoint, user, customer_pk, pk)


def address_for(user: User, customer_pk: int, pk: int) -> Address:
    return _of_customer(Address, user, customer_pk, pk)


def trait_for(user: User, customer_pk: int, pk: int) -> Trait:
    return _of_customer(Trait, user, customer_pk, pk)


def former_name_for(user: User, customer_pk: int, pk: int) -> FormerName:
    return _of_customer(FormerName, user, customer_pk, pk)


def note_for(user: User, customer_pk: int, pk: int) -> Note:
    """Return a note, removed or not: a removed one can be brought back."""
    return _of_customer(Note, user, customer_pk, pk)


def file_for(user: User, customer_pk: int, pk: int) -> StoredFile:
    return _of_customer(StoredFile, user, customer_pk, pk)


def relation_for(user: User, customer_pk: int, pk: int) -> Relation:
    """Return a relation of the customer, from whichever end it was noted."""
    customer = customer_for(user, customer_pk)
    relations = Relation.objects.select_related("customer", "other")
    return _one(relations.filter(customer=customer) | relations.filter(other=customer), pk)


def likely_pair_for(user: User, pk: int) -> LikelyPair:
    """Return a likely pair of whom the person may see both."""
    present = visible_customers(user)
    rows = LikelyPair.objects.select_related("first__home_store", "second__home_store")
    return _one(rows.filter(first__in=present, second__in=present), pk)


def merge_for(user: User, customer_pk: int, pk: int) -> Merge:
    """Return a merge into a customer, undone or not."""
    customer = customer_for(user, customer_pk)
    return _one(Merge.objects.select_related("survivor", "merged").filter(survivor=customer), pk)


def readable_fields(user: User) -> CustomFieldQuerySet:
    """Return the shop's fields: shown ones to all who see profiles, hidden ones to those who manage them."""
    if user.may(MANAGE_FIELDS.name):
        return CustomField.objects.all()
    return CustomField.objects.shown() if user.may(SEE.name) else CustomField.objects.none()


def told_to(user: User) -> Q:
    """Return which happenings a person may read: what stood in a hidden field, only those who manage fields."""
    if user.may(MANAGE_FIELDS.name):
        return Q()
    return ~Q(name=CustomValueChanged.name, subject_id__in=CustomField.objects.filter(is_shown=False).values("pk"))


def custom_field_for(user: User, pk: int) -> CustomField:
    return _one(readable_fields(user), pk)


def _of_customer(model: type[M], user: User, customer_pk: int, pk: int) -> M:
    rows = model._default_manager.select_related("customer").filter(customer__in=visible_customers(user))
    try:
        return _one(rows.filter(customer_id=customer_pk), pk)
    except Http404:
        _lead_on(user, customer_pk)
        raise


def _one(rows: QuerySet[M], pk: int) -> M:
    try:
        found = rows.filter(pk=pk).first()
    except OverflowError:
        # A number no database can hold is nobody's.
        found = None
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Rights:
    """What a person may do on a customer's page, so that templates need not ask."""

    change: bool
    note: bool
    remove: bool
    see_lookups: bool
    merge: bool
    restrict: bool


def rights(user: User) -> Rights:
    return Rights(
        change=user.may(CHANGE.name),
        note=user.may(NOTE.name),
        remove=user.may(REMOVE.name),
        see_lookups=user.may(SEE_LOOKUPS.name),
        merge=user.may(MERGE.name),
        restrict=user.may(RESTRICT.name),
    )
