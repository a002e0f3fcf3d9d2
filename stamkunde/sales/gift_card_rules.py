"""How long a gift card can be used and when its VAT is due, by country: data, with the source of each.

A shop may give a card a later day; it may not give it an earlier one than the law of its country lets it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.accounts.models import Country


@dataclass(frozen=True)
class GiftCardRule:
    """`months` is how long a card can be used from the day it is given out, or topped up; None is for ever."""

    months: int | None
    source: Any
    vat_source: Any


# A card that buys anything is a voucher for several purposes: the tax is that of what it buys, on the day it does.
_DIRECTIVE = _("Directive (EU) 2016/1065: the tax on a multi-purpose voucher is due when goods are bought with it.")

RULES: dict[str, GiftCardRule] = {
    Country.NORWAY: GiftCardRule(
        36,
        _("Norway: foreldelsesloven § 2, a claim lapses after three years."),
        _("Norway: a gift card that buys anything is a means of payment; the tax is due on what is bought with it."),
    ),
    Country.SWEDEN: GiftCardRule(120, _("Sweden: preskriptionslagen 2 §, a claim lapses after ten years."), _DIRECTIVE),
    Country.LATVIA: GiftCardRule(
        120, _("Latvia: Civillikums, section 1895, a claim lapses after ten years."), _DIRECTIVE
    ),
    Country.OTHER: GiftCardRule(
        None, _("No law of another country is known here: the card can be used for ever."), _DIRECTIVE
    ),
}


def rule_of(country: str) -> GiftCardRule:
    return RULES.get(country, RULES[Country.OTHER])


def last_day(country: str, given_out: date) -> date | None:
    """Return the last day a card can be used that is given out on a day: the same day of the month, or the last."""
    months = rule_of(country).months
    if months is None:
        return None
    years, month = divmod(given_out.month - 1 + months, 12)
    day = given_out.day
    while True:
        try:
            return date(given_out.year + years, month + 1, day)
        except ValueError:
            day -= 1
