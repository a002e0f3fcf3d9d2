"""What it costs to post a letter: by its weight and where it goes, from what the shop has written down."""

from collections.abc import Iterable

from stamkunde.conversations.models import Letter, Postage, PostalZone

SHEET_GRAMS = 5
"""A sheet of A4 of 80 grams a square metre weighs 4.99 grams."""
ENVELOPE_GRAMS = 6
"""An envelope of C5 with a window; one of DL is lighter, and no step of postage lies between the two."""

# CLDR's territories of Europe, with Cyprus and Türkiye, which European posts count to it.
_EUROPE = frozenset({
    "AD", "AL", "AT", "AX", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FO", "FR", "GB",
    "GG", "GI", "GR", "HR", "HU", "IE", "IM", "IS", "IT", "JE", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT",
    "NL", "NO", "PL", "PT", "RO", "RS", "RU", "SE", "SI", "SJ", "SK", "SM", "TR", "UA", "VA", "XK",
})  # fmt: skip


def grams(pages: int, enclosed_sheets: int) -> int:
    return ENVELOPE_GRAMS + SHEET_GRAMS * (pages + enclosed_sheets)


def zone_of(from_country: str, to_country: str) -> PostalZone:
    if from_country == to_country:
        return PostalZone.DOMESTIC
    return PostalZone.EUROPE if to_country in _EUROPE else PostalZone.WORLD


def costs(letters: Iterable[Letter]) -> dict[int, tuple[int, str]]:
    """Return by their numbers what letters cost, in minor units, and in which currency.

    Those of which the shop says nothing are left out; one query, however many there are.
    """
    steps: dict[tuple[str, str], list[Postage]] = {}
    for row in Postage.objects.order_by("up_to_grams"):
        steps.setdefault((row.country, row.zone), []).append(row)
    found = {}
    for letter in letters:
        weight = grams(letter.pages, letter.enclosed_sheets)
        zone = zone_of(letter.store.country, letter.to_country)
        step = next((one for one in steps.get((letter.store.country, zone), ()) if one.up_to_grams >= weight), None)
        if step is not None:
            found[letter.pk] = step.price, step.currency
    return found
