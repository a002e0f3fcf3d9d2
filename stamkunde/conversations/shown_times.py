"""How the moments of conversations are written, shortly, for the reader of the page."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from stamkunde.kit import shown

_LONG_MINUTES = 24 * 60


def ago(at: datetime) -> str:
    """Return the time of today, or the day of what lies longer back."""
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else shown.day(local.date())


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def waited(since: datetime | None, until: datetime) -> int | None:
    """Return for how many minutes somebody has waited; None when nobody does."""
    return None if since is None else max(int((until - since).total_seconds() // 60), 0)


def waits_in_words(since: datetime | None, until: datetime) -> str:
    """Say for how long somebody has waited, as shortly as there is room for; empty when nobody waits."""
    minutes = waited(since, until)
    if minutes is None:
        return ""
    if minutes < 60:
        return _("waits %(number)s min") % {"number": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("waits %(number)s h") % {"number": minutes // 60}
    return _("waits %(number)s days") % {"number": shown.number(minutes // (24 * 60))}


def is_long(since: datetime | None, until: datetime) -> bool:
    """Say whether somebody has waited for a day or longer."""
    return (waited(since, until) or 0) >= _LONG_MINUTES
