"""By when a thing is due, in the words of whoever reads it."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from stamkunde.accounts.queries import the_shop
from stamkunde.kit import shown
from stamkunde.kit.clock import business_day, end_of_day, zone

_AN_INSTANT = timedelta(microseconds=1)


def instant_of(due: date | datetime) -> tuple[datetime, bool]:
    """Return the instant from which something is late, and whether it has the whole day; a day is the shop's."""
    if isinstance(due, datetime):
        return due, False
    return end_of_day(due, the_shop().zone), True


def due_said(due_at: datetime, *, is_whole_day: bool, today: date | None = None) -> str:
    """Return by when something is due: the day, and the time of it where there is one; near days by their names."""
    clock = the_shop().zone
    day = business_day(due_at - _AN_INSTANT if is_whole_day else due_at, clock)
    at = "" if is_whole_day else due_at.astimezone(zone(clock)).strftime("%H:%M")
    if today is None:
        return " ".join(part for part in (shown.day(day), at) if part)
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}.get((day - today).days, "")
    return " ".join(part for part in (near or shown.day(day), at) if part)
