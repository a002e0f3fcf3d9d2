"""What a letter says besides what was written: the day, the greeting, the closing and the address, in its language."""

from datetime import date
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import pgettext

from stamkunde.customers.models import Address, Customer, CustomerKind
from stamkunde.customers.postal import place_line

# The language in which a country's own post reads the last line of a letter that leaves it.
POST_LANGUAGES = {"NO": "nb", "SE": "sv", "LV": "lv", "FI": "fi", "DK": "da", "EE": "et", "LT": "lt"}


def written_day(day: date, language: str) -> str:
    return format_date(day, "long", locale=Locale.parse(language or "en"))


def greeting_for(customer: Customer | None, language: str) -> str:
    """Return how a letter begins: as the customer likes to be greeted, by name, or to nobody in particular."""
    if customer is not None and customer.greeting.strip():
        return customer.greeting.strip()
    with translation.override(language or "en"):
        if customer is None or customer.kind == CustomerKind.COMPANY:
            return pgettext("letter", "Dear Sir or Madam,")
        return pgettext("letter", "Dear %(name)s,") % {"name": customer.short_name}


def closing_in(language: str) -> str:
    with translation.override(language or "en"):
        return pgettext("letter", "Kind regards")


def enclosures_in(language: str) -> str:
    with translation.override(language or "en"):
        return pgettext("letter", "Enclosed:")


def page_in(language: str) -> str:
    with translation.override(language or "en"):
        return pgettext("letter", "Page %(page)s of %(pages)s")


def reference_in(language: str, number: str) -> str:
    with translation.override(language or "en"):
        return pgettext("letter", "Our reference: %(number)s") % {"number": number}


def address_lines(name: str, address: Address, from_country: str) -> list[str]:
    """Return an address as the post reads it: no empty line, and the country's name last where the letter leaves it."""
    lines = [name, address.care_of, address.street]
    lines.append(place_line(address.postcode, address.town, address.country))
    if address.country != from_country:
        lines.append(country_line(address.country, from_country))
    return [" ".join(line.split()) for line in lines if line.strip()]


@lru_cache(maxsize=1_024)
def country_line(country: str, from_country: str) -> str:
    """Return the name of a country in capitals, in the language of the post that sends the letter out."""
    language = POST_LANGUAGES.get(from_country, "en")
    return str(Locale.parse(language).territories.get(country, country)).upper()
