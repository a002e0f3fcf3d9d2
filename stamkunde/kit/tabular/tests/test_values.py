"""Numbers and dates as people write them, and those that cannot be."""

from datetime import date, time
from decimal import Decimal

import pytest

from stamkunde.kit.tabular.values import BadValueError, excel_date, parse_moment, parse_number


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1234.50", ".", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1.234,50", ",", "1234.50"),
        ("1 234,50", ",", "1234.50"),
        ("1\u00a0234,5", ",", "1234.5"),
        ("−12", ",", "-12"),
        ("(12.00)", ".", "-12.00"),
        ("12-", ".", "-12"),
        ("007", ".", "7"),
    ],
)
def test_numbers_of_all_common_forms(text, decimal, number):
    assert parse_number(text, decimal) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,5", "12,34.5", "1e400", "NaN", "Infinity", "٣", "9" * 50, "1.2.3", "--1"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BadValueError):
        parse_number(text, ".")


@pytest.mark.parametrize(
    ("text", "order", "day", "clock"),
    [
        ("2024-02-29", "dmy", date(2024, 2, 29), None),
        ("29.02.2024", "dmy", date(2024, 2, 29), None),
        ("12/1/2010 8:26", "mdy", date(2010, 12, 1), time(8, 26)),
        ("1/12/2010 08:26:59", "dmy", date(2010, 12, 1), time(8, 26, 59)),
        ("12/1/2010 8:26 PM", "mdy", date(2010, 12, 1), time(20, 26)),
        ("19970112", "ymd", date(1997, 1, 12), None),
        ("2024-05-17T12:00:00.123Z", "ymd", date(2024, 5, 17), time(12)),
        ("2024.05.17.", "ymd", date(2024, 5, 17), None),
    ],
)
def test_dates_of_all_common_forms(text, order, day, clock):
    assert parse_moment(text, order)[:2] == (day, clock)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("31/02/2024", "does not exist"),
        ("29.02.2027", "does not exist"),
        ("0000-00-00", "zeros"),
        ("01/02/24", "two digits"),
        ("2024-13-01", "does not exist"),
        ("9999-12-31", "too far"),
        ("12:30", "not a date"),
        ("2024-01-01 25:00", "time of day"),
        ("soon", "not a date"),
    ],
)
def test_dates_that_cannot_be_are_refused_with_a_sentence(text, sentence):
    with pytest.raises(BadValueError, match=sentence):
        parse_moment(text, "dmy")


def test_a_slashed_date_without_a_chosen_order_is_refused():
    with pytest.raises(BadValueError, match="day and the month"):
        parse_moment("01/02/2024", "")


def test_excels_two_calendars_and_the_day_that_never_was():
    assert excel_date(45351.0, since_1904=False).date() == date(2024, 2, 29)
    assert excel_date(43889.0, since_1904=True).date() == date(2024, 2, 29)
    assert excel_date(1.0, since_1904=False).date() == date(1900, 1, 1)
    assert excel_date(59.0, since_1904=False).date() == date(1900, 2, 28)
    assert excel_date(61.0, since_1904=False).date() == date(1900, 3, 1)
    with pytest.raises(BadValueError, match="29 February 1900"):
        excel_date(60.0, since_1904=False)
