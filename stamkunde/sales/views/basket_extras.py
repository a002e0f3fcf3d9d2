"""Points and gift cards in the desk's basket, as the counter takes them.

Codes of gift cards stand in the form, as everything of this basket does, and are shown by their end alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from stamkunde.accounts.access import own_stores
from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.kit.clock import now
from stamkunde.loyalty.access import USE_POINTS
from stamkunde.loyalty.shown_points import usable_points
from stamkunde.sales.access import GIFT_CARDS, most_discount
from stamkunde.sales.actions.gift_cards import card_with, refuse_unusable
from stamkunde.sales.codes import looks_like_a_code, plain_code
from stamkunde.sales.queries.gift_cards import said_of_card
from stamkunde.sales.queries.preview import preview
from stamkunde.sales.refusals import SaleRefused
from stamkunde.sales.values import OrderValues

MOST_GIFT_CARDS = 10


@dataclass(frozen=True)
class PayingCard:
    """A gift card that pays for the basket: its code, its end, and how much it pays in words."""

    code: str
    masked: str
    pays: str


@dataclass(frozen=True)
class PayingCards:
    """The cards that pay; `rest` is what is still to be paid besides, in words, and `is_covered` says nothing is."""

    cards: list[PayingCard]
    rest: str
    is_covered: bool


def is_gift_card(text: str, user: User) -> bool:
    return looks_like_a_code(text) and user.may(GIFT_CARDS.name)


def with_card(codes: Sequence[str], text: str, currency: str, user: User) -> list[str]:
    """Return the codes with one more that was scanned; raises SaleRefused where it cannot pay here."""
    card = card_with(text, by=user.actor)
    refuse_unusable(card, currency, now())
    if not card.balance:
        raise SaleRefused(said_of_card(card), "gift_cards")
    code = plain_code(text)
    if code not in codes and len(codes) >= MOST_GIFT_CARDS:
        raise SaleRefused(_("Ten gift cards pay already. Let the rest be paid in another way."), "gift_cards")
    return [*(own for own in codes if own != code), code]


def paying_cards(codes: Sequence[str], total: int, for_cards: int, currency: str, user: User) -> PayingCards:
    """Return how much each card pays of a total in minor units, of which so much buys gift cards and is paid otherwise.

    A code that leads to no card is left out; it is counted as any wrong one is.
    """
    left, found = total - for_cards, []
    for code in codes:
        try:
            card = card_with(code, by=user.actor)
        except SaleRefused:
            continue
        paid = min(card.balance, left)
        left -= paid
        found.append(PayingCard(code, card.masked, shown.amount(paid, currency)))
    rest = left + for_cards
    return PayingCards(found, shown.amount(rest, currency) if found else "", bool(found) and not rest)


def is_covered_by_cards(codes: Sequence[str], values: OrderValues, user: User) -> bool:
    """Say whether gift cards pay for all of a purchase as it would be registered now."""
    store = own_stores(user).filter(pk=values.store_id).first() if codes else None
    if store is None:
        return False
    total = preview(values, store, most_discount=most_discount(user)).total
    for_cards = sum(line.unit_price or 0 for line in values.lines if line.gift_card)
    return paying_cards(codes, total, for_cards, store.currency, user).is_covered


def points_at_hand(customer: Customer | None, user: User) -> int:
    """Return how many points of the customer could be used now by whoever serves her."""
    if customer is None or not user.may(USE_POINTS.name):
        return 0
    return usable_points(customer.pk, now())
