"""Breaches in words, with how much of the law's time is left."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stamkunde.accountability.models import Breach, Risk
from stamkunde.kit import shown
from stamkunde.kit.clock import now


@dataclass(frozen=True)
class ShownBreach:
    id: int
    title: str
    known: str
    due: str
    clock: str
    tone: str
    risk: str
    is_closed: bool
    recorded: str


def latest_breaches(most: int = 200) -> list[ShownBreach]:
    """Return the breaches, open ones first and the latest first among them."""
    rows = Breach.objects.order_by("-known_at", "-pk")[:most]
    return [shown_breach(row) for row in sorted(rows, key=lambda row: row.closed_at is not None)]


def shown_breach(breach: Breach, at: datetime | None = None) -> ShownBreach:
    clock, tone = said_clock(breach, at or now())
    return ShownBreach(
        id=breach.pk,
        title=breach.title,
        known=shown.instant(breach.known_at),
        due=shown.instant(breach.due_at),
        clock=clock,
        tone=tone,
        risk=str(Risk(breach.risk).label),
        is_closed=breach.closed_at is not None,
        recorded=f"{shown.instant(breach.recorded_at)}, {breach.recorded_by}",
    )


def said_clock(breach: Breach, at: datetime) -> tuple[str, str]:
    """Say how the clock stands, and how serious that is."""
    if breach.authority_told_at is not None:
        if breach.was_late:
            return _("The authority was told late"), "amber"
        return _("The authority was told in time"), "green"
    if not breach.needs_authority:
        return _("The authority need not be told"), "green"
    hours = int((breach.due_at - at).total_seconds() // 3600)
    if breach.due_at <= at:
        return _("The time to tell the authority is over"), "amber"
    if hours == 0:
        return _("Less than an hour left to tell the authority"), "amber"
    sentence = ngettext(
        "%(hours)s hour left to tell the authority", "%(hours)s hours left to tell the authority", hours
    )
    return sentence % {"hours": hours}, "plain"
