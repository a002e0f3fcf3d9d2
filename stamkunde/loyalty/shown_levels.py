"""Levels as people read them: how one is reached, which one a member has, and what is missing for the next."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stamkunde.kit import shown
from stamkunde.kit.clock import business_day
from stamkunde.loyalty.models import Programme, Tier, TierMetric, TierPeriod, TierReason
from stamkunde.loyalty.queries.levels import LevelNow
from stamkunde.loyalty.shown_points import said_points

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class ShownLevel:
    """A member's level; `until` is said where it is kept or given up to a day, `progress` where one is higher."""

    name: str
    until: str
    progress: str
    is_given: bool


def shown_level(now: LevelNow, programme: Programme) -> ShownLevel:
    said_until = now.until is not None and now.reason != TierReason.AUTO
    return ShownLevel(
        name=now.tier.name if now.tier is not None else "",
        until=_until(now.until, programme.zone) if said_until and now.until is not None else "",
        progress=_progress(now, programme),
        is_given=now.reason == TierReason.MANUAL,
    )


def _until(until: datetime, zone: str) -> str:
    return _("until %(day)s") % {"day": shown.day(business_day(until - _INSTANT, zone))}


def _progress(now: LevelNow, programme: Programme) -> str:
    if now.next_tier is None or not now.missing:
        return ""
    return pgettext("level", "%(amount)s to %(level)s") % {
        "amount": said_amount(now.next_tier.metric, now.missing, programme.currency),
        "level": now.next_tier.name,
    }


def said_amount(metric: str, amount: int, currency: str) -> str:
    if metric == TierMetric.SPEND:
        return shown.amount(amount, currency)
    if metric == TierMetric.POINTS:
        return said_points(amount)
    return ngettext("%(number)s purchase", "%(number)s purchases", amount) % {"number": shown.number(amount)}


def level_said(tier: Tier, currency: str) -> str:
    """Return how a level is reached and how long it lasts, in sentences."""
    amount = said_amount(tier.metric, tier.threshold, currency)
    if tier.period == TierPeriod.YEAR:
        said = _("Reached with %(amount)s in a calendar year, and held to the end of the next one.") % {
            "amount": amount
        }
    else:
        said = _("Reached with %(amount)s in twelve months, and held as long as that much counts.") % {"amount": amount}
    if not tier.grace_days:
        return said
    kept = ngettext(
        "After that it is kept for %(days)s day.", "After that it is kept for %(days)s days.", tier.grace_days
    )
    return f"{said} {kept % {'days': tier.grace_days}}"
