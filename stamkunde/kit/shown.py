"""How numbers, amounts and days are written for the reader of the page, in the language that is active."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from stamkunde.kit.clock import zone
from stamkunde.kit.money import Money, decimals_of, locale_of, writing


def language() -> str:
    return get_language() or "en"


def _locale() -> Locale:
    return locale_of(language())


def amount(minor: int, currency: str) -> str:
    """Return an amount with its currency: ``1 248,00 kr``."""
    return Money(minor, currency).shown(language())


def amounts(currency: str) -> Callable[[int], str]:
    """Return what writes amounts of a currency for the reader; where there are many of them, ask for it once."""
    return writing(currency, language()).write


def quantity(stored: str) -> str:
    """Return a quantity, stored as plain digits, as the reader writes it."""
    # So few digits look the same everywhere.
    return stored if len(stored) < 4 and stored.isdecimal() else number(Decimal(stored))


def plain_amount(minor: int, currency: str) -> str:
    """Return an amount as it is typed into a box, with the reader's decimal mark and nothing else."""
    decimals = decimals_of(currency)
    return number(Decimal(minor).scaleb(-decimals), decimals=decimals, grouped=False)


def number(value: Decimal | int, *, decimals: int | None = None, grouped: bool = True) -> str:
    """Return a number without needless decimals, or with exactly so many."""
    return _number(value, decimals, grouped, language())


@lru_cache(maxsize=4_096)
def _number(value: Decimal | int, decimals: int | None, grouped: bool, written_in: str) -> str:
    pattern = "#,##0" if grouped else "0"
    pattern += "." + ("0" * decimals if decimals is not None else "###") if decimals != 0 else ""
    return format_decimal(value, format=pattern, locale=locale_of(written_in))


def percent(basis_points: int) -> str:
    return f"{number(Decimal(basis_points) / 100)} %"


def day(value: date) -> str:
    return _day(value, language())


# A list holds a hundred days, and they are the days of other lists too.
@lru_cache(maxsize=4_096)
def _day(value: date, written_in: str) -> str:
    return date_format(value, "SHORT_DATE_FORMAT")


def long_day(value: date) -> str:
    return _long_day(value, language())


# A timeline holds fifty days, and they are the days of other timelines too.
@lru_cache(maxsize=4_096)
def _long_day(value: date, written_in: str) -> str:
    return format_date(value, "long", locale=locale_of(written_in))


def month(value: date) -> str:
    """Return the name of a month in as few letters as the language has."""
    return format_skeleton("MMM", value, locale=_locale()).rstrip(".")


def month_and_year(value: date) -> str:
    return format_skeleton("yMMMM", value, locale=_locale())


def instant(value: datetime, zone_name: str = "") -> str:
    """Return a day and time on the clock of a place, of the shop where none is named."""
    local = value.astimezone(zone(zone_name)) if zone_name else timezone.localtime(value)
    return date_format(local, "SHORT_DATETIME_FORMAT")
