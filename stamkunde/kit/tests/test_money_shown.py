"""Amounts are written quickly, and exactly as Babel writes them."""

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from stamkunde.kit.money import LARGEST_MINOR, Money, locale_of


def by_babel(money: Money, language: str) -> str:
    written = format_currency(money.decimal, money.currency, locale=locale_of(language))
    # Babel leaves out the space that CLDR asks for between letters and a number.
    if written[-1].isdigit() and written.lstrip("-\u2212")[:3] == money.currency:
        place = written.index(money.currency) + 3
        written = f"{written[:place]}\u00a0{written[place:].lstrip()}"
    return written


@given(
    minor=st.integers(-LARGEST_MINOR, LARGEST_MINOR) | st.integers(-200_000, 200_000),
    currency=st.sampled_from(["NOK", "SEK", "DKK", "EUR", "GBP", "USD", "PLN", "JPY", "ISK", "KWD"]),
    language=st.sampled_from(["en", "nb", "sv", "lv"]),
)
def test_an_amount_is_written_as_babel_writes_it(minor: int, currency: str, language: str) -> None:
    money = Money(minor, currency)

    assert money.shown(language) == by_babel(money, language)


@pytest.mark.parametrize(
    ("minor", "language", "written"),
    [(124_800, "nb", "1\u00a0248,00\u00a0kr"), (1_250, "en", "NOK\u00a012.50"), (-5, "sv", "-0,05\u00a0Nkr")],
)
def test_amounts_as_people_write_them(minor: int, language: str, written: str) -> None:
    assert Money(minor, "NOK").shown(language) == written
