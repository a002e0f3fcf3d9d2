"""Short ways to a member who has points, for the tests of the ledger."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction

from stamkunde.customers.models import Customer
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions.points import PointsOfSale, count_points, return_points
from stamkunde.loyalty.models import (
    AccountKind,
    ExpiryKind,
    Lot,
    Membership,
    PointsAccount,
    PointsTransaction,
    Programme,
    ProgrammeState,
)
from stamkunde.loyalty.points_invariants import POINTS_INVARIANTS
from stamkunde.loyalty.queries.points import PointsBalance, balance_of
from stamkunde.loyalty.terms import Rate

ANNA = Actor(ActorKind.STAFF, 1, "Anna")
OLA = Actor(ActorKind.STAFF, 2, "Ola")
START = datetime(2026, 3, 10, 12, tzinfo=UTC)
_sales = count(1)


def make_programme(name: str = "Regulars", **rules: Any) -> Programme:
    usual: dict[str, Any] = {
        "state": ProgrammeState.OPEN, "currency": "NOK", "zone": "Europe/Oslo", "earn_points": 1, "earn_per": 1_000,
        "hold_days": 0, "point_worth": 1_000, "expiry": ExpiryKind.NEVER, "expiry_after": 12, "created_at": START,
    }  # fmt: skip
    return Programme.objects.get_or_create(name=name, defaults=usual | rules)[0]


def make_member(customer: Customer | None = None, programme: Programme | None = None, **rules: Any) -> Membership:
    programme = programme or make_programme(**rules)
    number = next(_sales)
    if customer is None:
        customer = Customer.objects.create(given_name=f"Member {number}", created_at=START)
    return Membership.objects.create(
        programme=programme, customer=customer, number=f"M{number:08}", joined_at=START - days(400)
    )


def whose(member: Membership) -> int:
    """Return the number of the customer who is this member."""
    assert member.customer_id is not None
    return member.customer_id


def earn(member: Membership, points: int, *, at: datetime | None = None, sale: int | None = None) -> int:
    """Let a purchase earn points on its first line; return its number."""
    number = sale or next(_sales)
    values = PointsOfSale(earned={1: points}, used={}, rate=Rate(1, 1_000, "NOK"))
    with transaction.atomic():
        count_points(member, values, sale=number, placed_at=at or now(), by=ANNA)
    return number


def spend(member: Membership, points: int, *, at: datetime | None = None) -> int:
    number = next(_sales)
    values = PointsOfSale(earned={}, used={1: points})
    with transaction.atomic():
        count_points(member, values, sale=number, placed_at=at or now(), by=ANNA)
    return number


def bring_back(sale: int, points: int | None = None, *, at: datetime | None = None) -> None:
    """Bring back so much of a purchase as these points lie on, or all of it."""
    share = (lambda _line, own, _since: own) if points is None else (lambda _line, own, _since: min(own, points))
    return_points(sale, share, returned=next(_sales), at=at or now(), by=ANNA)


def has(member: Membership) -> PointsBalance:
    return balance_of(member, now())


def kept(member: Membership) -> tuple[int, int, int, int]:
    """What the accounts say: available, pending, reserved, debt."""
    found = dict(PointsAccount.objects.filter(membership=member).values_list("kind", "balance"))
    order = (AccountKind.AVAILABLE, AccountKind.PENDING, AccountKind.RESERVED, AccountKind.DEBT)
    return tuple(found.get(kind) or 0 for kind in order)  # type: ignore[return-value]


def lots(member: Membership) -> list[tuple[int, int]]:
    """What each lot had and has left, the oldest first."""
    return list(Lot.objects.filter(membership=member).order_by("pk").values_list("granted", "remaining"))


def entered(member: Membership) -> list[tuple[str, int]]:
    return list(PointsTransaction.objects.filter(membership=member).order_by("pk").values_list("kind", "points"))


def unwell() -> list[str]:
    """Everything the doctor would find wrong with points."""
    return [finding for invariant in POINTS_INVARIANTS for finding in invariant.check()]


def days(number: int) -> timedelta:
    return timedelta(days=number)
