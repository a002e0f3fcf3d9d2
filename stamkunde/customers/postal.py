"""Postal addresses by country: how a postcode is written, and in which order the lines stand on a letter."""

import re
from functools import lru_cache

from babel.core import Locale
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stamkunde.customers.written import line, refused
from stamkunde.kit.collation import alphabetical

# Each with the form in which the postal service prints it.
_POSTCODES: dict[str, tuple[re.Pattern[str], str, str]] = {
    "NO": (re.compile(r"(\d{4})"), r"\1", "0150"),
    "DK": (re.compile(r"(\d{4})"), r"\1", "1050"),
    "SE": (re.compile(r"(\d{3})(\d{2})"), r"\1 \2", "413 84"),
    "FI": (re.compile(r"(\d{5})"), r"\1", "00100"),
    "EE": (re.compile(r"(\d{5})"), r"\1", "10111"),
    "DE": (re.compile(r"(\d{5})"), r"\1", "10115"),
    "LV": (re.compile(r"(?:LV)?(\d{4})"), r"LV-\1", "LV-1010"),
    "LT": (re.compile(r"(?:LT)?(\d{5})"), r"LT-\1", "LT-01100"),
}
_TOWN_FIRST = frozenset({"LV", "GB", "IE"})
_NEAR = ("NO", "SE", "LV", "DK", "FI", "EE", "LT")
# What CLDR also names, but no letter can be addressed to.
_NOWHERE = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def read_postcode(text: str, country: str, field: str = "postcode") -> str:
    """Return a postcode as its country writes it; an empty one stays empty, and of other countries any is believed."""
    written = line(text, 20, field)
    known = _POSTCODES.get(country)
    if not written or known is None:
        return written
    pattern, form, example = known
    match = pattern.fullmatch(re.sub(r"[\s-]", "", written.upper()))
    if match is None:
        raise refused(
            _("“%(postcode)s” is no postcode of %(country)s; there it is written like %(example)s.")
            % {"postcode": written, "country": country_name(country), "example": example},
            field,
        )
    return match.expand(form)


def read_country(text: str, field: str = "country") -> str:
    code = line(text, 20, field).upper()
    if code not in _territories("en"):
        raise refused(_("“%(country)s” is no country's code; write two letters such as NO.") % {"country": code}, field)
    return code


def country_name(code: str) -> str:
    return _territories(_reader()).get(code, code)


def countries() -> list[tuple[str, str]]:
    """Return every country with its name in the reader's language, the neighbours first."""
    names = _territories(_reader())
    others = (item for item in names.items() if item[0] not in _NEAR)
    rest = alphabetical(others, lambda item: item[1], language=_reader())
    return [(code, names[code]) for code in _NEAR] + rest


def place_line(postcode: str, town: str, country: str) -> str:
    """Return postcode and town in the order of the country."""
    parts = (town, postcode) if country in _TOWN_FIRST else (postcode, town)
    return (", " if country in _TOWN_FIRST else " ").join(part for part in parts if part)


def _reader() -> str:
    return (get_language() or "en").replace("-", "_")


@lru_cache(maxsize=16)
def _territories(language: str) -> dict[str, str]:
    territories = Locale.parse(language).territories
    return {
        code: name for code, name in territories.items() if len(code) == 2 and code.isalpha() and code not in _NOWHERE
    }
