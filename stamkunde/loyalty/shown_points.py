"""A member's points as people read them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.kit import shown
from stamkunde.loyalty.models import Membership, PointsKind, PointsSource, PointsTransaction
from stamkunde.loyalty.queries.households import shared_points, sharing_with
from stamkunde.loyalty.queries.points import PointsBalance, balance_of
from stamkunde.loyalty.terms import programme_day, redeems_at

SOON = timedelta(days=60)
_TONES = {PointsKind.EXPIRED: "amber", PointsKind.CORRECTED: "blue", PointsKind.TAKEN_BACK: "amber"}


@dataclass(frozen=True)
class ShownPoints:
    """What a member has, in words; `soon` says what ends within two months, and is empty where nothing does."""

    available: str
    worth: str
    pending: str
    reserved: str
    debt: str
    ending: list[tuple[str, str]]
    coming: list[tuple[str, str]]
    unending: str
    soon: str
    usable: int
    said: str
    """How many can be used now, as one says it."""
    household: str = ""
    """How many can be used now together with those who share; empty for somebody who shares with nobody."""


def shown_points(membership: Membership, at: datetime) -> ShownPoints:
    """Return what a member has now in words; two queries, three while something is reserved.

    Where households share their points, one more, and two for each of the others.
    """
    others = sharing_with(membership)
    shared = shared_points(others, at) if others else None
    return _shown(membership, balance_of(membership, at), at, shared)


def usable_points(customer_id: int, at: datetime) -> int:
    """Return how many of a customer's points could be used in a purchase: of the first membership in which any can."""
    for membership in (
        Membership.objects.living().filter(customer=customer_id).select_related("programme").order_by("pk")
    ):
        if usable := shown_points(membership, at).usable:
            return usable
    return 0


def _shown(membership: Membership, own: PointsBalance, at: datetime, shared: int | None = None) -> ShownPoints:
    programme = membership.programme
    is_usable = bool(programme.point_worth) and redeems_at(programme, at)
    return ShownPoints(
        available=shown.number(own.available),
        worth=shown.amount(own.available * programme.point_worth, programme.currency)
        if is_usable and own.available
        else "",
        pending=shown.number(own.pending) if own.pending else "",
        reserved=shown.number(own.reserved) if own.reserved else "",
        debt=shown.number(own.debt) if own.debt else "",
        ending=[(shown.day(one.day), shown.number(one.points)) for one in own.ending],
        coming=[(shown.day(one.day), shown.number(one.points)) for one in own.coming],
        unending=shown.number(own.unending) if own.unending else "",
        soon=_soon(own, programme_day(programme, at)),
        usable=own.available + (shared or 0) if is_usable else 0,
        said=said_points(own.available),
        household=said_points(own.available + shared) if shared is not None else "",
    )


def said_points(points: int) -> str:
    return ngettext("%(points)s point", "%(points)s points", points) % {"points": shown.number(points)}


def _soon(own: PointsBalance, today: date) -> str:
    first = next(iter(own.ending), None)
    if first is None or first.day > today + SOON:
        return ""
    return _("%(points)s end on %(day)s") % {"points": shown.number(first.points), "day": shown.day(first.day)}


@dataclass(frozen=True)
class StatementRow:
    """One thing that happened to a member's points."""

    when: str
    what: str
    tone: str
    points: str
    reason: str
    by: str


def _what(row: PointsTransaction) -> str:
    if row.spent_by_id is not None:
        return _("Used by the household")
    if row.source == PointsSource.REFERRAL and row.kind == PointsKind.EARNED:
        return str(row.get_source_display())
    return str(row.get_kind_display())


def statement_row(row: PointsTransaction, zone: str) -> StatementRow:
    sign = "+" if row.points > 0 else ""
    return StatementRow(
        when=shown.instant(row.occurred_at, zone),
        what=_what(row),
        tone=_TONES.get(PointsKind(row.kind), ""),
        points=f"{sign}{shown.number(row.points)}" if row.points else "–",
        reason=row.reason,
        by=row.recorded_by,
    )
