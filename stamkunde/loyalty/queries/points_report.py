"""What a programme owes its members in points, and what became of points month by month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, Sum

from stamkunde.kit.clock import start_of_day
from stamkunde.loyalty.models import AccountKind, PointsAccount, PointsKind, Posting, Programme
from stamkunde.loyalty.terms import programme_day

MONTHS = 12


@dataclass(frozen=True)
class MonthOfPoints:
    """A month of the programme's own calendar; what was taken or given back is taken off what was earned or used."""

    month: date
    earned: int
    used: int
    expired: int
    corrected: int


@dataclass(frozen=True, kw_only=True)
class PointsReport:
    """`liability` is what all points that members have would take off; `breakage` is in basis points."""

    available: int
    pending: int
    reserved: int
    debt: int
    members: int
    liability: int
    currency: str
    breakage: int
    months: tuple[MonthOfPoints, ...]


def points_report(programme: Programme, at: datetime, since: date | None = None) -> PointsReport:
    """Return the report, up to the month of a moment; the ledger as it is written, without what is due and not yet."""
    balances = dict(
        PointsAccount.objects.filter(programme=programme, membership__isnull=False)
        .values_list("kind")
        .annotate(in_all=Sum("balance"))
        .order_by("kind")
    )
    having = Q(programme=programme, membership__isnull=False, kind=AccountKind.AVAILABLE, balance__gt=0)
    today = programme_day(programme, at)
    first = (since or _months_earlier(today, MONTHS - 1)).replace(day=1)
    months = tuple(_months(programme, first, today))
    used, expired = _of_programme(programme, AccountKind.REDEEMED), _of_programme(programme, AccountKind.EXPIRED)
    owed = sum(balances.get(kind) or 0 for kind in (AccountKind.AVAILABLE, AccountKind.PENDING, AccountKind.RESERVED))
    return PointsReport(
        available=balances.get(AccountKind.AVAILABLE) or 0,
        pending=balances.get(AccountKind.PENDING) or 0,
        reserved=balances.get(AccountKind.RESERVED) or 0,
        debt=-(balances.get(AccountKind.DEBT) or 0),
        members=PointsAccount.objects.filter(having).aggregate(number=Count("pk"))["number"],
        liability=owed * programme.point_worth,
        currency=programme.currency,
        breakage=expired * 10_000 // (used + expired) if used + expired > 0 else 0,
        months=months,
    )


def _of_programme(programme: Programme, kind: AccountKind) -> int:
    postings = Posting.objects.filter(account__programme=programme, account__membership=None, account__kind=kind)
    return int(postings.aggregate(in_all=Sum("amount"))["in_all"] or 0)


def _months(programme: Programme, first: date, today: date) -> list[MonthOfPoints]:
    """Return each month's sums: one question for each, so that its borders are those of the programme's zone."""
    found = []
    month = first
    while month <= today:
        following = (month + timedelta(days=32)).replace(day=1)
        rows = Posting.objects.filter(
            account__programme=programme,
            account__membership=None,
            transaction__occurred_at__gte=start_of_day(month, programme.zone),
            transaction__occurred_at__lt=start_of_day(following, programme.zone),
        ).exclude(transaction__kind=PointsKind.MOVED)
        sums = dict(rows.values_list("account__kind").annotate(in_all=Sum("amount")).order_by("account__kind"))
        found.append(
            MonthOfPoints(
                month,
                -(sums.get(AccountKind.ISSUED) or 0),
                sums.get(AccountKind.REDEEMED) or 0,
                sums.get(AccountKind.EXPIRED) or 0,
                -(sums.get(AccountKind.ADJUSTED) or 0),
            )
        )
        month = following
    return found


def _months_earlier(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
