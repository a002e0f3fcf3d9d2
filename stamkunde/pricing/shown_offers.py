"""Offers in the reader's words: what they take off, when they hold, and which run when."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from stamkunde.kit import shown
from stamkunde.pricing.boxes import KIND_NAMES, say_scope
from stamkunde.pricing.models import Offer, OfferState
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
