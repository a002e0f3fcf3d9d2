"""What is read by the short way is read as the library reads it: numbers of every country, in every way of writing."""

import random
from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType

from stamkunde.customers.plain_numbers import plain_number

PLACES = ("NO",)
FURTHER_PLACES = ("SE", "LV", "", "FI", "DK", "EE", "LT", "GB", "DE", "US", "IT")
OF_PEOPLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def by_the_library(raw: str, region: str) -> str:
    """Return the number where the library takes it for a person's, and nothing otherwise."""
    try:
        number = phonenumbers.parse(raw, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if phonenumbers.number_type(number) not in OF_PEOPLE:
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def ways_of_writing(digits: str, code: str) -> Iterator[str]:
    yield digits
    yield f"0{digits}"
    yield f"{digits[:3]} {digits[3:5]} {digits[5:]}".strip()
    yield f"0{digits[:2]}-{digits[2:]}"
    yield f"{code}{digits}"
    yield f"+{code}{digits}"
    yield f"+{code} 0{digits}"
    yield f"+{code} {digits[:2]} {digits[2:]}"
    yield f"00{code}{digits}"
    yield f"000{code}{digits}"


def numbers_of(region: str, chance: random.Random) -> Iterator[str]:
    """Yield an example of each kind of number, those near it, and some that were only made up."""
    for kind in PhoneNumberType.values():
        example = phonenumbers.example_number_for_type(region, kind)
        if example is not None:
            own = phonenumbers.national_significant_number(example)
            yield own
            yield own[:-1]
            yield f"{own}{chance.randrange(10)}"
            yield f"{own[:-3]}{chance.randrange(1000):03}"
            yield f"{chance.randrange(10)}{own[1:]}"
            yield f"{own[0]}{chance.randrange(100):02}{own[3:]}"


@pytest.mark.parametrize(
    "place", [*PLACES, *(pytest.param(place, marks=pytest.mark.thorough) for place in FURTHER_PLACES)]
)
def test_a_number_of_any_country_is_read_as_the_library_reads_it(place: str) -> None:
    chance = random.Random(place)
    taken = 0
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        code = str(phonenumbers.country_code_for_region(region))
        for own in numbers_of(region, chance):
            for raw in ways_of_writing(own, code):
                value = plain_number(raw, place)
                assert value in ("", by_the_library(raw, place)), f"{raw!r} in {place or 'no country'}"
                taken += bool(value)
    assert taken > 1_000


@pytest.mark.parametrize("place", ("NO", "SE", "LV", "DK", "FI"))
def test_a_number_of_ones_own_country_is_read_as_the_library_reads_it(place: str) -> None:
    chance = random.Random(f"own {place}")
    code = str(phonenumbers.country_code_for_region(place))
    for _each in range(150):
        own = str(chance.randrange(10 ** chance.choice((5, 6, 7, 8, 8, 8, 9, 9, 10))))
        for raw in ways_of_writing(own, code):
            assert plain_number(raw, place) in ("", by_the_library(raw, place)), f"{raw!r} in {place}"


@pytest.mark.parametrize(
    ("raw", "place", "value"),
    [
        ("912 34 567", "NO", "+4791234567"),
        ("22000000", "NO", "+4722000000"),
        ("070-123 45 67", "SE", "+46701234567"),
        ("21 234 567", "LV", "+37121234567"),
        ("+46 70 123 45 67", "NO", "+46701234567"),
        ("004791234567", "LV", "+4791234567"),
    ],
)
def test_how_people_write_their_number_here_takes_the_short_way(raw: str, place: str, value: str) -> None:
    assert plain_number(raw, place) == value


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "12345",
        "800 12 345",
        "02345",
        "+47",
        "tel 91234567",
        "9123٤567",
        "91234567 x12",
        "++4791234567",
        "-91234567",
    ],
)
def test_what_is_no_plain_number_is_left_to_the_library(raw: str) -> None:
    assert plain_number(raw, "NO") == ""
