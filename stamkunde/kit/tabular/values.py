"""Turns the text of a cell into a number, a date or a yes, or says in a sentence why it cannot."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext as _

from .layout import DAY_FIRST, MONTH_FIRST, YEAR_FIRST

_BLANKS = " \u00a0\u202f\u2009'’"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_LONGEST_NUMBER = 40
_LARGEST_NUMBER = Decimal(10) ** 12
_DATE = re.compile(
    r"(\d{1,4})([./-])\s?(\d{1,2})\2\s?(\d{1,4})\.?"
    r"(?:[T ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
EARLIEST, LATEST = date(1800, 1, 1), date(2200, 12, 31)


class BadValueError(ValueError):
    """The text is not what the column should hold; the message is a sentence."""


@lru_cache(maxsize=50_000)
def parse_number(text: str, decimal: str = ".") -> Decimal:
    """Read a number written with a decimal point or comma, with or without thousands separators."""
    cleaned = text.strip().replace("−", "-")
    if cleaned.startswith("(") and cleaned.endswith(")"):
        cleaned = f"-{cleaned[1:-1]}"
    if cleaned.endswith("-") and not cleaned.startswith("-"):
        cleaned = f"-{cleaned[:-1]}"
    for blank in _BLANKS:
        if blank in cleaned:
            cleaned = cleaned.replace(blank, "")
    thousands = "," if decimal == "." else "."
    if thousands in cleaned:
        whole = cleaned.split(decimal, 1)[0]
        groups = whole.lstrip("+-").split(thousands)
        if (
            any(len(group) != 3 for group in groups[1:])
            or not 1 <= len(groups[0]) <= 3
            or thousands in cleaned[len(whole) :]
        ):
            raise BadValueError(
                _("“%(text)s” is not a number written with “%(decimal)s” before the decimals.")
                % {"text": text[:60], "decimal": decimal}
            )
        cleaned = cleaned.replace(thousands, "")
    if decimal != ".":
        cleaned = cleaned.replace(decimal, ".")
    if len(cleaned) > _LONGEST_NUMBER or not _NUMBER.fullmatch(cleaned) or not cleaned.isascii():
        raise BadValueError(_("“%(text)s” is not a number.") % {"text": text[:60]})
    number = Decimal(cleaned)
    if abs(number) >= _LARGEST_NUMBER:
        raise BadValueError(_("“%(text)s” is too large to be right.") % {"text": text[:60]})
    return number


@lru_cache(maxsize=50_000)
def parse_moment(text: str, order: str, two_digit_years: bool = False) -> tuple[date, time | None, str]:
    """Read a date with or without a time of day; the third part is the offset from UTC as written, if any."""
    cleaned = text.strip()
    if compact := _COMPACT.fullmatch(cleaned):
        year, month, day = (int(part) for part in compact.groups())
        return _date(text, year, month, day), None, ""
    found = _DATE.fullmatch(cleaned)
    if not found:
        raise BadValueError(_("“%(text)s” is not a date.") % {"text": text[:60]})
    first, separator, second, third, hour, minute, second_of_minute, half, offset = found.groups()
    if len(first) == 4:
        year_text, month_text, day_text = first, second, third
    elif len(first) == 3 or len(third) == 3:
        raise BadValueError(_("“%(text)s” is not a date.") % {"text": text[:60]})
    elif order == DAY_FIRST or (separator == "." and order == YEAR_FIRST and len(third) == 4):
        day_text, month_text, year_text = first, second, third
    elif order == MONTH_FIRST:
        month_text, day_text, year_text = first, second, third
    elif order == YEAR_FIRST and len(third) <= 2:
        year_text, month_text, day_text = first, second, third
    else:
        raise BadValueError(
            _("In “%(text)s” the day and the month could be either number. Choose how dates are written.")
            % {"text": text[:60]}
        )
    return (
        _date(text, _year(text, year_text, two_digit_years), int(month_text), int(day_text)),
        _time(text, hour, minute, second_of_minute, half),
        offset or "",
    )


def _year(text: str, written: str, two_digit_years: bool) -> int:
    if len(written) > 2:
        return int(written)
    if not two_digit_years:
        raise BadValueError(
            _("“%(text)s” has a year of two digits, which can mean two centuries. Write the year with four digits.")
            % {"text": text[:60]}
        )
    short = int(written)
    return short + (2000 if short < 70 else 1900)


def _date(text: str, year: int, month: int, day: int) -> date:
    if not year and not month and not day:
        raise BadValueError(
            _("“%(text)s” is a date of zeros. Leave the cell empty where the date is not known.") % {"text": text}
        )
    try:
        found = date(year, month, day)
    except ValueError as error:
        raise BadValueError(_("“%(text)s” is a day that does not exist.") % {"text": text[:60]}) from error
    if not EARLIEST <= found <= LATEST:
        raise BadValueError(_("“%(text)s” is too far from today to be right.") % {"text": text[:60]})
    return found


def _time(text: str, hour: str | None, minute: str | None, second: str | None, half: str | None) -> time | None:
    if hour is None or minute is None:
        return None
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise BadValueError(_("“%(text)s” has a time of day that does not exist.") % {"text": text[:60]})
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    try:
        return time(hours, int(minute), int(second or 0))
    except ValueError as error:
        raise BadValueError(_("“%(text)s” has a time of day that does not exist.") % {"text": text[:60]}) from error


def parse_date(text: str, order: str, two_digit_years: bool = False) -> date:
    return parse_moment(text, order, two_digit_years)[0]


@lru_cache(maxsize=2000)
def excel_date(serial: float, *, since_1904: bool) -> datetime:
    """Turn Excel's day number into a date; number 60 is 29 February 1900, a day that Excel alone believes in."""
    if since_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - a wall-clock date of a sheet, no zone is known
    elif serial >= 61:
        start = datetime(1899, 12, 30)  # noqa: DTZ001 - as above
    elif serial >= 60:
        raise BadValueError(_("Excel's day number 60 is 29 February 1900, which never was."))
    else:
        start = datetime(1899, 12, 31)  # noqa: DTZ001 - as above
    try:
        found = start + timedelta(seconds=round(serial * 86400))
    except OverflowError as error:
        raise BadValueError(_("“%(text)s” is not one of Excel's day numbers.") % {"text": f"{serial:g}"}) from error
    if serial < 0:
        raise BadValueError(_("“%(text)s” is not one of Excel's day numbers.") % {"text": f"{serial:g}"})
    return found
