"""Money as whole minor units and an ISO currency: exact, never a float."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Self

from babel.core import Locale
from babel.numbers import format_currency, get_currency_precision, is_currency

# PostgreSQL's bigint; an amount beyond it is a slip of the keyboard and not a price.
LARGEST_MINOR = 9_000_000_000_000_000
_LETTERS_THEN_DIGIT = re.compile(r"(?<=[A-Z]{3})(?=[\d-])")


class MoneyError(ValueError):
    """An amount that is no money: unreadable, too large, too precise, or in another currency."""


@lru_cache(maxsize=256)
def decimals_of(currency: str) -> int:
    """Return how many decimals a currency has, by CLDR: two for NOK, none for JPY, three for KWD."""
    if not is_currency(currency):
        raise MoneyError(f"{currency} is not a currency.")
    return int(get_currency_precision(currency))


def round_half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def nearest(minor: int, step: int) -> int:
    """Return the multiple of a step that lies nearest, a half away from zero; without a step the amount itself."""
    if step < 2:
        return minor
    whole = (2 * abs(minor) + step) // (2 * step) * step
    return -whole if minor < 0 else whole


def percent_of(minor: int, basis_points: int) -> int:
    """Return the share of an amount, rounded half up away from zero; 10 % is 1,000 basis points."""
    return round_half_up(Decimal(minor) * basis_points / 10_000)


def vat_within(gross: int, basis_points: int) -> int:
    """Return the VAT contained in a gross amount, rounded half up; 25 % is 2,500 basis points."""
    return round_half_up(Decimal(gross) * basis_points / (10_000 + basis_points))


def allocate(total: int, weights: Sequence[int]) -> list[int]:
    """Share an amount by weight so that the parts add up to it exactly.

    Largest remainder; a tie goes to the lowest place. Without any weight the parts are as equal as they can be.
    """
    if not weights:
        if total:
            raise MoneyError("An amount cannot be shared among nobody.")
        return []
    if any(weight < 0 for weight in weights):
        raise MoneyError("A share cannot be weighed below zero.")
    if sum(weights) == 0:
        weights = [1] * len(weights)
    whole = sum(weights)
    sign = -1 if total < 0 else 1
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    missing = abs(total) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda place: (-shares[place][1], place))
    for place in by_remainder[:missing]:
        parts[place] += 1
    return [sign * part for part in parts]


@dataclass(frozen=True)
class Money:
    """An amount in minor units (øre, cents, santīmi) of a currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, text: str | Decimal, currency: str) -> Self:
        """Read a plain decimal number such as ``"149.90"``; refuse more decimals than the currency has."""
        try:
            value = Decimal(text)
        except InvalidOperation as error:
            raise MoneyError(f"“{text}” is not an amount.") from error
        if not value.is_finite():
            raise MoneyError(f"“{text}” is not an amount.")
        if value.adjusted() > 15:
            raise MoneyError(f"{text} is too large to be an amount.")
        minor = value.scaleb(decimals_of(currency))
        if minor != minor.to_integral_value():
            raise MoneyError(f"{text} has more decimals than {currency} has.")
        if abs(minor) > LARGEST_MINOR:
            raise MoneyError(f"{text} is too large to be an amount.")
        return cls(int(minor), currency)

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MoneyError(f"{self.currency} and {other.currency} cannot be added.")
        return other.minor

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def shown(self, language: str) -> str:
        """Return the amount as people of the language write it: ``1 248,00 kr``, ``€12.50``."""
        return writing(self.currency, language).write(self.minor)


@dataclass(frozen=True)
class Writing:
    """How amounts of a currency are written in a language, learnt from Babel once: a page writes hundreds of them."""

    decimals: int
    above: tuple[str, str]
    below: tuple[str, str]
    between: str
    mark: str
    parts_thousands: bool

    def write(self, minor: int) -> str:
        digits = str(abs(minor)).rjust(self.decimals + 1, "0")
        whole = digits[: len(digits) - self.decimals]
        after = self.mark + digits[len(digits) - self.decimals :] if self.decimals else ""
        if len(whole) > 4 or (len(whole) == 4 and self.parts_thousands):
            first = len(whole) % 3 or 3
            whole = self.between.join([whole[:first], *(whole[at : at + 3] for at in range(first, len(whole), 3))])
        before, behind = self.below if minor < 0 else self.above
        return f"{before}{whole}{after}{behind}"


@lru_cache(maxsize=256)
def writing(currency: str, language: str) -> Writing:
    decimals = decimals_of(currency)

    def said(number: str) -> str:
        value = Decimal(number).scaleb(-decimals)
        # Babel leaves out CLDR's space between the letters of a currency and the number: NOK 149.00.
        return _LETTERS_THEN_DIGIT.sub("\u00a0", format_currency(value, currency, locale=locale_of(language)))

    def parts(number: str) -> tuple[str, str, str, str]:
        found = re.fullmatch(r"(\D*)1(\D*)234(\D*)567(.*?)(\D*)", said(number + "8" * decimals))
        if found is None:
            raise MoneyError(f"Amounts of {currency} are written in a way that is not known here.")
        before, between, _same, after, behind = found.groups()
        return before, between, after.rstrip("8"), behind

    before, between, mark, behind = parts("1234567")
    minus_before, _between, _mark, minus_behind = parts("-1234567")
    thousand = said("1234" + "8" * decimals)
    return Writing(decimals, (before, behind), (minus_before, minus_behind), between, mark, "1234" not in thousand)


@lru_cache(maxsize=8)
def locale_of(language: str) -> Locale:
    """Return how numbers, amounts and days are written for readers of a language."""
    # English here is that of Europe: the day comes before the month.
    return Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
