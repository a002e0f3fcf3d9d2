"""Offers in the reader's words: what they take off, when they hold, and which run when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from stamkunde.catalogue.models import Product
from stamkunde.catalogue.scopes import say_scope
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.pricing.boxes import KIND_NAMES
from stamkunde.pricing.models import Offer, OfferState, PriceBookVersion, PriceRow
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.schemas import benefit_of, conditions_of

TONES = {
    OfferState.DRAFT: "plain",
    OfferState.LIVE: "green",
    OfferState.PAUSED: "amber",
    OfferState.ENDED: "plain",
}
WEEKS = 5


@dataclass(frozen=True)
class OfferRow:
    id: int
    name: str
    kind: Any
    benefit: str
    time: str
    audience: str
    state: Any
    tone: str


def offer_row(offer: Offer) -> OfferRow:
    return OfferRow(
        id=offer.pk,
        name=offer.name,
        kind=KIND_NAMES[offer.kind],
        benefit=benefit_of(offer.kind, offer.benefit).says(offer.currency),
        time=when(offer),
        audience=offer.audience_of or offer.get_audience_display(),
        state=offer.get_state_display(),
        tone=TONES[OfferState(offer.state)],
    )


def when(offer: Offer) -> str:
    """Return from when until when an offer holds, in days."""
    conditions = conditions_of(offer.conditions)
    starts = shown.day(conditions.starts.date()) if conditions.starts else ""
    ends = shown.day(conditions.ends.date()) if conditions.ends else ""
    if starts and ends:
        return f"{starts} – {ends}"
    if ends:
        return _("until %(day)s") % {"day": ends}
    return _("from %(day)s") % {"day": starts} if starts else ""


def scope_said(offer: Offer) -> str:
    return say_scope(offer.scope) or _("everything")


@dataclass(frozen=True)
class BookPrice:
    """What a product costs by a price book that holds now."""

    book_id: int
    name: str
    audience: str
    price: str
    until: str


def book_prices(product_id: int) -> list[BookPrice]:
    """Return a product's prices in all books that hold at this moment, in whatever store."""
    moment = now()
    latest: dict[int, PriceBookVersion] = {}
    for version in PriceBookVersion.objects.filter(valid_from__lte=moment).order_by("valid_from"):
        latest[version.book_id] = version
    holding = [own.pk for own in latest.values() if own.valid_to is None or own.valid_to > moment]
    rows = PriceRow.objects.filter(product=product_id, version__in=holding).select_related("version__book")
    return [
        BookPrice(
            book_id=row.version.book_id,
            name=row.version.book.name,
            audience=row.version.book.audience_of or row.version.book.get_audience_display(),
            price=shown.amount(row.amount, row.version.book.currency),
            until=shown.day(timezone.localtime(row.version.valid_to).date()) if row.version.valid_to else "",
        )
        for row in rows.order_by("version__book__name", "pk")
    ]


def offers_about(product: Product) -> list[OfferRow]:
    """Return the live offers that are about a product by its number or by what it lies in."""
    known = live()
    shelves = known.shelves_of(product.category_id)
    about = [
        offer.id
        for offer in known.offers
        if offer.scope.covers(product.pk, shelves)
        and (not offer.benefit.scopes() or any(scope.covers(product.pk, shelves) for scope in offer.benefit.scopes()))
    ]
    return [offer_row(offer) for offer in Offer.objects.filter(pk__in=about).order_by("name", "pk")]


@dataclass(frozen=True)
class CalendarRow:
    """An offer and on which of the weeks it runs; what is said of each to those who do not see the table."""

    id: int
    name: str
    tone: str
    state: Any
    time: str
    weeks: list[bool]


def calendar_weeks(first: date) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(weeks=number) for number in range(WEEKS)]


def calendar_rows(offers: list[Offer], weeks: list[date]) -> list[CalendarRow]:
    """Return what runs in these weeks, what begins first at the top."""
    found: list[tuple[str, CalendarRow]] = []
    for offer in offers:
        conditions = conditions_of(offer.conditions)
        runs = [
            not (
                (conditions.ends is not None and conditions.ends.date() < week)
                or (conditions.starts is not None and conditions.starts.date() >= week + timedelta(days=7))
            )
            for week in weeks
        ]
        if any(runs):
            row = CalendarRow(
                id=offer.pk,
                name=offer.name,
                tone=TONES[OfferState(offer.state)],
                state=offer.get_state_display(),
                time=when(offer),
                weeks=runs,
            )
            found.append((conditions.starts.isoformat() if conditions.starts else "", row))
    return [row for _starts, row in sorted(found, key=lambda one: (one[0], one[1].name))]
