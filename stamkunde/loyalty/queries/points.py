"""What a member has at a moment: worked out from dates, whether or not any nightly work has run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stamkunde.kit.clock import business_day
from stamkunde.loyalty.models import (
    AccountKind,
    Lot,
    LotUse,
    Membership,
    PointsAccount,
    PointsKind,
    PointsReservation,
    PointsSource,
    PointsTransaction,
    Programme,
    ProgrammeState,
    ReservationState,
)
from stamkunde.loyalty.settling import Standing, picked, settle
from stamkunde.loyalty.terms import closing_end, programme_day

EARNED = (PointsKind.EARNED,)
USED = (PointsKind.USED, PointsKind.CAPTURED)
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class OnDay:
    """So many points that end with a day or, for held ones, can be used from it on."""

    day: date
    points: int


@dataclass(frozen=True, kw_only=True)
class PointsBalance:
    """What a member has. `ending` names every day with which points end, and `coming` every day from which held ones
    can be used; `unending` are those that never end."""

    available: int
    pending: int
    reserved: int
    debt: int
    ending: tuple[OnDay, ...]
    coming: tuple[OnDay, ...]
    unending: int

    def ending_until(self, day: date) -> int:
        return sum(one.points for one in self.ending if one.day <= day)


def balance_of(membership: Membership, at: datetime) -> PointsBalance:
    """Return what a member has at a moment; two queries, three while something is reserved."""
    accounts = dict(PointsAccount.objects.filter(membership=membership).values_list("kind", "balance"))
    lots = {lot.pk: _standing(lot) for lot in Lot.objects.filter(membership=membership, remaining__gt=0)}
    reserved, debt = accounts.get(AccountKind.RESERVED) or 0, -(accounts.get(AccountKind.DEBT) or 0)
    if reserved:
        reserved, debt = _without_overdue(membership, lots, reserved, debt, at)
    closing = closing_end(membership.programme)
    standing = sorted(lots.values(), key=lambda lot: lot.id)
    _due, debt = settle(standing, debt, at, closing)
    return _told(membership.programme, [lot for lot in standing if lot.remaining], reserved, debt, closing)


def _told(
    programme: Programme, lots: Sequence[Standing], reserved: int, debt: int, closing: datetime | None
) -> PointsBalance:
    ending: dict[date, int] = {}
    coming: dict[date, int] = {}
    unending = 0
    for lot in lots:
        ends = lot.ends_at(closing)
        if ends is None:
            unending += lot.remaining
        else:
            day = business_day(ends - _INSTANT, programme.zone)
            ending[day] = ending.get(day, 0) + lot.remaining
        if lot.is_held and lot.held_until is not None:
            day = programme_day(programme, lot.held_until)
            coming[day] = coming.get(day, 0) + lot.remaining
    return PointsBalance(
        available=sum(lot.remaining for lot in lots if not lot.is_held),
        pending=sum(lot.remaining for lot in lots if lot.is_held),
        reserved=reserved,
        debt=debt,
        ending=_by_day(ending),
        coming=_by_day(coming),
        unending=unending,
    )


def _by_day(found: dict[date, int]) -> tuple[OnDay, ...]:
    return tuple(OnDay(day, points) for day, points in sorted(found.items()))


def _without_overdue(
    membership: Membership, lots: dict[int, Standing], reserved: int, debt: int, at: datetime
) -> tuple[int, int]:
    """Put back into the lots what was reserved and not used in time; return what is still reserved, and owed."""
    overdue = PointsReservation.objects.filter(membership=membership, state=ReservationState.OPEN, ends_at__lte=at)
    taken = list(LotUse.objects.filter(transaction__reservation__in=overdue).select_related("lot"))
    for use in taken:
        lot = lots.setdefault(use.lot_id, _standing(use.lot))
        lot.remaining += use.amount
    back = sum(use.amount for use in taken)
    paid = min(debt, back)
    picked([lots[use.lot_id] for use in taken], paid)
    return reserved - back, debt - paid


def _standing(lot: Lot) -> Standing:
    return Standing(lot.pk, lot.remaining, lot.is_held, lot.held_until, lot.expires_at)


def members_due(at: datetime, most: int) -> list[Membership]:
    """Return members for whom time has done something that is not written down yet, some at a time."""
    ids: set[int] = set()
    for rows in _due(at):
        ids.update(rows[: most - len(ids)])
        if len(ids) >= most:
            break
    return list(Membership.objects.filter(pk__in=ids).select_related("programme").order_by("pk"))


def _due(at: datetime) -> Iterator[Any]:
    """Yield the memberships of lots and reservations, each from an index that begins with when they are due."""
    open_lots = Lot.objects.filter(remaining__gt=0)
    yield open_lots.filter(is_held=True, held_until__lte=at).order_by("held_until").values_list("membership", flat=True)
    yield open_lots.filter(expires_at__lte=at).order_by("expires_at").values_list("membership", flat=True)
    overdue = PointsReservation.objects.filter(state=ReservationState.OPEN, ends_at__lte=at)
    yield overdue.order_by("ends_at").values_list("membership", flat=True)
    over = [
        programme.pk
        for programme in Programme.objects.filter(~Q(state=ProgrammeState.DRAFT), redeem_until__isnull=False)
        if (ends := closing_end(programme)) is not None and ends <= at
    ]
    if over:
        yield open_lots.filter(membership__programme__in=over).order_by("pk").values_list("membership", flat=True)


def points_of_sale(sale: int) -> QuerySet[PointsTransaction]:
    """Return what a purchase earned and used, as far as it is still its member's, and this is somebody."""
    moved_on = PointsTransaction.objects.filter(reverses=OuterRef("pk"), source=PointsSource.SALE)
    entered = PointsTransaction.objects.filter(source=PointsSource.SALE, source_id=sale, kind__in=[*EARNED, *USED])
    somebodys = entered.filter(~Exists(moved_on), membership__customer__isnull=False)
    return somebodys.select_related("membership__programme").order_by("pk")


@dataclass(frozen=True)
class PointsOnReceipt:
    """How many points a purchase earned and used when it was registered."""

    earned: int
    used: int


def points_on_receipt(sale: int) -> PointsOnReceipt | None:
    """Return what stands on a receipt about points, or None where it has nothing to say; one query."""
    earned = used = 0
    for row in points_of_sale(sale):
        points = sum(own if isinstance(own, int) else own[0] for own in (row.split or {}).values())
        if row.kind in USED:
            used += points
        else:
            earned += points
    return PointsOnReceipt(earned, used) if earned or used else None
