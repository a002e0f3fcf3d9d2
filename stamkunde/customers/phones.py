"""Telephone numbers: read as people of the country write them, kept as E.164, shown as they are dialled here."""

import re
from dataclasses import dataclass

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from stamkunde.customers.plain_numbers import plain_number
from stamkunde.customers.recognition.typed import LONGEST_TAIL, number_tail
from stamkunde.customers.written import line, refused

LONGEST = 60
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_OF_PEOPLE = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
_OF_COMPANIES = _OF_PEOPLE | {PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}
_EXAMPLES = {"NO": "912 34 567", "SE": "070-123 45 67", "LV": "21 234 567"}


@dataclass(frozen=True)
class Phone:
    """A number as it is compared, as it was typed, and its digits from the last to the first."""

    value: str
    raw: str
    tail: str


def region_of(country: str) -> str:
    """Return the country whose way of dialling applies; none where only numbers with a country code can be read."""
    return country if country in phonenumbers.SUPPORTED_REGIONS else ""


def read_phone(text: str, region: str, *, for_company: bool = False, field: str = "") -> Phone:
    """Return the number that was typed; raise ValidationError when nobody could be called by it."""
    raw = line(text, LONGEST, field)
    if value := plain_number(raw, region):
        return Phone(value, raw, value[:0:-1][:LONGEST_TAIL])
    try:
        number = phonenumbers.parse(raw, region_of(region) or None)
    except NumberParseException as error:
        raise refused(_no_number(raw, region), field) from error
    kind = phonenumbers.number_type(number)
    # Just those that are valid have a kind, so that whether one is need not be found out a second time.
    if kind == PhoneNumberType.UNKNOWN:
        raise refused(_no_number(raw, region), field)
    if kind not in (_OF_COMPANIES if for_company else _OF_PEOPLE):
        raise refused(
            _("%(number)s is a service number that reaches nobody in person. Please write the customer's own number.")
            % {"number": raw},
            field,
        )
    value = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(value, raw, number_tail(value))


def unread_phone(text: str) -> Phone:
    """Keep a number that cannot be called as it was written, leading noughts and all, so that nothing is lost."""
    raw = line(text, LONGEST)
    return Phone(raw, raw, number_tail(raw))


def shown_phone(value: str, region: str) -> str:
    """Return a number as people of the country dial it: without the country code when it is their own."""
    number = _kept(value)
    if number is None:
        return value
    is_here = number.country_code == phonenumbers.country_code_for_region(region)
    return str(
        phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL if is_here else PhoneNumberFormat.INTERNATIONAL)
    )


def _kept(value: str) -> PhoneNumber | None:
    """Return the number that was kept, without looking for one in it as one does in what was typed."""
    if not _E164.fullmatch(value):
        return None
    for length in (1, 2, 3):
        code, rest = int(value[1 : 1 + length]), value[1 + length :]
        if code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            noughts = len(rest) - len(rest.lstrip("0"))
            return PhoneNumber(
                country_code=code,
                national_number=int(rest),
                italian_leading_zero=bool(noughts) or None,
                number_of_leading_zeros=noughts if noughts > 1 else None,
            )
    return None


def _no_number(raw: str, region: str) -> str:
    if example := _EXAMPLES.get(region):
        return _(
            "“%(number)s” is no complete telephone number. Write it like %(example)s, or with its country code."
        ) % {
            "number": raw,
            "example": example,
        }
    return _(
        "“%(number)s” is no complete telephone number. Write it with its country code, such as +47 912 34 567."
    ) % {"number": raw}
