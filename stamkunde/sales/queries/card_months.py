"""What the shop owes on gift cards, month by month: sold, used, expired, and what is still open at the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.kit import shown
from stamkunde.kit.charts import Bar, BarChart
from stamkunde.kit.clock import zone
from stamkunde.kit.money import decimals_of
from stamkunde.sales.models import GiftCard, GiftCardPosting, PostingKind

CHARTED = 12
# What is put on a card from outside, and what leaves it; what moves from one card to another is neither.
_SOLD = (PostingKind.SALE, PostingKind.TOP_UP, PostingKind.TAKEN_BACK)
_GIVEN_BACK = (PostingKind.REFUND, PostingKind.CREDIT)


@dataclass
class CardMonth:
    """A month in one currency, in minor units; `open` is what is owed at its end."""

    month: date
    currency: str
    sold: int = 0
    used: int = 0
    given_back: int = 0
    expired: int = 0
    corrected: int = 0
    open: int = 0

    @property
    def change(self) -> int:
        return self.sold - self.used + self.given_back - self.expired + self.corrected


def card_months(cards: QuerySet[GiftCard]) -> list[CardMonth]:
    """Return the months in which something happened to these cards, the oldest first; one query.

    Months are those of the shop's clock.
    """
    rows = (
        GiftCardPosting.objects.filter(card__in=cards)
        .order_by()
        .annotate(month=TruncMonth("at", tzinfo=zone(the_shop().zone)))
        .values_list("month", "card__currency", "kind")
        .annotate(in_all=Sum("amount"))
        .order_by("month", "card__currency")
    )
    found: dict[tuple[date, str], CardMonth] = {}
    for month, currency, kind, amount in rows:
        day = month.date()
        own = found.setdefault((day, currency), CardMonth(day, currency))
        if kind in _SOLD:
            own.sold += amount
        elif kind == PostingKind.USE:
            own.used -= amount
        elif kind in _GIVEN_BACK:
            own.given_back += amount
        elif kind == PostingKind.EXPIRY:
            own.expired -= amount
        elif kind == PostingKind.CORRECTION:
            own.corrected += amount
    sums: dict[str, int] = {}
    for own in found.values():
        sums[own.currency] = own.open = sums.get(own.currency, 0) + own.change
    return list(found.values())


@dataclass(frozen=True)
class MonthRow:
    month: str
    sold: str
    used: str
    given_back: str
    expired: str
    corrected: str
    open: str


def month_row(own: CardMonth) -> MonthRow:
    amount = shown.amounts(own.currency)
    return MonthRow(
        month=date_format(own.month, "YEAR_MONTH_FORMAT"),
        sold=amount(own.sold),
        used=amount(own.used),
        given_back=amount(own.given_back),
        expired=amount(own.expired),
        corrected=amount(own.corrected),
        open=amount(own.open),
    )


def chart_of(months: list[CardMonth], currency: str) -> BarChart | None:
    """Return what is owed at the end of the latest months of a currency as bars."""
    own = list(_without_gaps([month for month in months if month.currency == currency]))[-CHARTED:]
    if not own:
        return None
    amount = shown.amounts(currency)
    said = [f"{date_format(month.month, 'YEAR_MONTH_FORMAT')}: {amount(month.open)}" for month in own]
    return BarChart(
        title=_("Owed on gift cards at the end of each month"),
        description=", ".join(said),
        bars=[Bar(label=shown.month(month.month), value=month.open, text=amount(month.open)) for month in own],
    )


def _without_gaps(own: list[CardMonth]) -> Iterator[CardMonth]:
    """Yield the months of a currency with those between in which nothing happened: as much is owed as before."""
    for place, month in enumerate(own):
        yield month
        following = _next(month.month)
        while place + 1 < len(own) and following < own[place + 1].month:
            yield CardMonth(following, month.currency, open=month.open)
            following = _next(following)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def csv_rows(months: list[CardMonth]) -> Iterator[tuple[str, ...]]:
    """Yield a file's head and rows: amounts as plain numbers with a point, whatever the reader's language."""
    yield ("month", "currency", "sold", "used", "given_back", "expired", "corrected", "open")
    for own in months:
        amounts = (own.sold, own.used, own.given_back, own.expired, own.corrected, own.open)
        yield (f"{own.month:%Y-%m}", own.currency, *(_plain(minor, own.currency) for minor in amounts))


def _plain(minor: int, currency: str) -> str:
    decimals = decimals_of(currency)
    if not decimals:
        return str(minor)
    whole, part = divmod(abs(minor), 10**decimals)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{decimals}d}"
