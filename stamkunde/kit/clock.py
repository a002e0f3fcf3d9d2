"""Time as a shop counts it: aware instants, and the business day of the place where something happened."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def is_zone(name: str) -> bool:
    try:
        zone(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def now() -> datetime:
    return timezone.now()


def business_day(at: datetime, zone_name: str) -> date:
    """Return the date on which something happened, as the calendar on the shop's wall shows it."""
    return at.astimezone(zone(zone_name)).date()


def start_of_day(day: date, zone_name: str) -> datetime:
    """Return the first instant of a business day; a day may have 23 or 25 hours."""
    return datetime.combine(day, time.min, tzinfo=zone(zone_name))


def end_of_day(day: date, zone_name: str) -> datetime:
    """Return the first instant after a business day."""
    return start_of_day(day + timedelta(days=1), zone_name)
