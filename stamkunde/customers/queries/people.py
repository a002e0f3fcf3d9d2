"""Lists of customers and of what belongs to them: the trash, birthdays, look-ups, notes."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.db.models.deletion import PROTECT
from django.utils import timezone

from stamkunde.accounts.roles import Role
from stamkunde.customers.models import Address, ContactKind, ContactPoint, Customer, LookUp, LookUpPurpose
from stamkunde.customers.models.customer import CustomerQuerySet
from stamkunde.kit import shown
from stamkunde.kit.paging import Order, Page, instant, page

TRASH_DAYS = 30


def kept_by_others() -> Q:
    """Return the condition under which a customer cannot simply be deleted: purchases and the like point at her.

    Which tables do is read from the models, for they stand on higher floors.
    """
    kept = Q(pk__in=[])
    for relation in Customer._meta.related_objects:
        if getattr(relation, "on_delete", None) is PROTECT:
            rows = relation.related_model._default_manager.filter(**{relation.field.name: OuterRef("pk")})
            kept |= Q(Exists(rows))
    return kept


@dataclass(frozen=True)
class Trashed:
    """A customer in the trash: since when, and until when; with no end where purchases keep her."""

    customer_id: int
    name: str
    since: str
    until: str


def trash_page(trashed: CustomerQuerySet, mark: str = "") -> tuple[list[Trashed], Page[Customer]]:
    """Return a page of the trash, the last put there first."""
    rows = page(
        trashed.annotate(is_kept=ExpressionWrapper(kept_by_others(), BooleanField())),
        Order("trashed_at"),
        mark=mark,
        parse=instant,
    )
    return [_trashed(customer) for customer in rows.rows], rows


def _trashed(customer: Customer) -> Trashed:
    at = customer.trashed_at or timezone.now()
    is_kept = bool(getattr(customer, "is_kept", False))
    return Trashed(
        customer_id=customer.pk,
        name=customer.name,
        since=shown.instant(at),
        until="" if is_kept else shown.day(timezone.localtime(at + timedelta(days=TRASH_DAYS)).date()),
    )


def birthdays_on(day: date, customers: CustomerQuerySet, limit: int = 50) -> list[Customer]:
    """Return who has a birthday, those who come most often first; in common years leap-day children on the 28th."""
    days = [day.month * 100 + day.day]
    if days == [228] and not isleap(day.year):
        days.append(229)
    return list(customers.filter(birth_day__in=days).order_by("-visits", "pk")[:limit])


@dataclass(frozen=True)
class ShownLookUp:
    when: str
    who: str
    role: str
    purpose: str
    where: str


def lookups_of(customer: Customer, mark: str = "", size: int = 50) -> tuple[list[ShownLookUp], Page[LookUp]]:
    """Return who looked at a customer, the newest first."""
    theirs = LookUp.objects.filter(customer=customer).select_related("store", "till")
    rows = page(theirs, Order("at"), mark=mark, size=size, parse=instant)
    roles = dict(Role.choices)
    looks = [
        ShownLookUp(
            when=shown.instant(look.at),
            who=look.actor_label,
            role=str(roles.get(look.role, look.role)),
            purpose=str(LookUpPurpose(look.purpose).label),
            where=", ".join(place.name for place in (look.store, look.till) if place),
        )
        for look in rows.rows
    ]
    return looks, rows


def first_contact_point(customer_id: int, kind: ContactKind) -> ContactPoint | None:
    """Return the number or address that a list shows of a customer."""
    return ContactPoint.objects.filter(customer=customer_id, kind=kind).order_by("-is_preferred", "pk").first()


def first_address(customer_id: int) -> Address | None:
    """Return the address whose town a list shows, or the one to which a town would be added."""
    addresses = Address.objects.filter(customer=customer_id).order_by("-is_preferred", "pk")
    return addresses.exclude(town="").first() or addresses.first()
