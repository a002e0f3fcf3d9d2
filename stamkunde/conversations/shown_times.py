"""How the moments of conversations are written, shortly, for the reader of the page."""

from datetime import datetime

from django.utils import timezone

from stamkunde.kit import shown


def ago(at: datetime) -> str:
    """Return the time of today, or the day of what lies longer back."""
    local = timezone.localtime(at)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else shown.day(local.date())


def clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def waited(since: datetime | None, until: datetime) -> int | None:
    """Return for how many minutes somebody has waited; None when nobody does."""
    return None if since is None else max(int((until - since).total_seconds() // 60), 0)
