"""Letters of the demo shop: some wait to be printed, some are posted, and one has come back."""

from collections.abc import Sequence

from stamkunde.accounts.models import Store
from stamkunde.conversations.actions import note_returned, post_letters, print_letters, start_letter
from stamkunde.conversations.actions.letter_settings import PostageValues, add_postage
from stamkunde.conversations.models import Letter
from stamkunde.conversations.values import LetterValues
from stamkunde.customers.models import Address, Customer
from stamkunde.kit.actor import SYSTEM

MOST = 14
# Invented prices: what a post takes changes, and a shop writes down its own.
_POSTAGE = (
    ("NO", "domestic", 20, 2_700, "NOK"), ("NO", "domestic", 50, 4_300, "NOK"), ("NO", "europe", 20, 3_800, "NOK"),
    ("SE", "domestic", 50, 2_200, "SEK"), ("LV", "domestic", 20, 131, "EUR"),
)  # fmt: skip
_TEXTS = {
    "nb": ("Reparasjonen er klar", "Kaffekvernen din er reparert og venter på deg i butikken.\n\nTa med dette brevet "
           "når du henter den, så slipper du å lete etter kvitteringen."),
    "sv": ("Reparationen är klar", "Din kaffekvarn är lagad och väntar på dig i butiken.\n\nTa med det här brevet när "
           "du hämtar den, så slipper du leta efter kvittot."),
    "lv": ("Remonts ir pabeigts", "Jūsu kafijas dzirnaviņas ir salabotas un gaida jūs veikalā.\n\nPaņemiet līdzi šo "
           "vēstuli, tad čeks nebūs jāmeklē."),
    "en": ("Your repair is done", "Your coffee grinder is repaired and waits for you in the store.\n\nBring this letter "
           "when you come for it, and nobody needs to look for the receipt."),
}  # fmt: skip


def write_letters(customers: Sequence[Customer], stores: dict[str, list[Store]]) -> None:
    """Write letters to customers who have an address; of those that are posted one comes back."""
    for country, zone, grams, price, currency in _POSTAGE:
        add_postage(
            PostageValues(country=country, zone=zone, up_to_grams=grams, price=price, currency=currency), by=SYSTEM
        )
    known = {
        one.customer_id: one
        for one in Address.objects.filter(customer__in=[c.pk for c in customers[:400]])
        .exclude(street="")
        .exclude(town="")
    }
    written: list[Letter] = []
    for customer in customers[:400]:
        place = known.get(customer.pk)
        store = next(iter(stores.get(place.country, ())), None) if place else None
        if place is None or store is None or customer.language not in _TEXTS or len(written) == MOST:
            continue
        subject, text = _TEXTS[customer.language]
        values = LetterValues(text=text, subject=subject, address_id=place.pk, store_id=store.pk)
        written.append(start_letter(customer.pk, values, by=SYSTEM).letter)
    gone = written[: len(written) // 2]
    if gone:
        print_letters([letter.pk for letter in gone], by=SYSTEM)
        post_letters(gone, by=SYSTEM)
        note_returned(gone[-1], "", by=SYSTEM)
