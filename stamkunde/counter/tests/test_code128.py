"""The bars of a receipt: what the standard says of its own example, and what cannot be written in bars."""

import re

import pytest

from stamkunde.counter.code128 import _WIDTHS, bars, signs_of


def test_every_sign_is_eleven_modules_wide_and_like_no_other() -> None:
    assert len(_WIDTHS) == 106
    assert {sum(int(width) for width in sign) for sign in _WIDTHS} == {11}
    assert len(set(_WIDTHS)) == 106


def test_the_check_sign_is_that_of_a_published_example() -> None:
    # "PJJ123C" in set B: Wikipedia's article on Code 128 reckons 68 with start A; with start B it is 55.
    assert signs_of("PJJ123C") == [104, 48, 42, 42, 17, 18, 19, 35, 55]


def test_bars_are_as_wide_as_the_number_is_long() -> None:
    drawn = bars("R2-00001")
    width = int(re.search(r'viewBox="0 0 (\d+)', drawn).group(1))  # type: ignore[union-attr]

    # Start, eight signs, check, stop of thirteen, and the quiet beside.
    assert width == 11 * 10 + 13 + 20
    assert drawn.count("<rect") == 3 * 10 + 4


@pytest.mark.parametrize("number", ["", "Å1", "a\nb"])
def test_a_letter_bars_do_not_know_draws_none(number: str) -> None:
    assert bars(number) == ""
