"""What can be done to prices and offers, by noun."""

from stamkunde.pricing.actions.books import PriceSaid, add_price_book, publish_prices, withdraw_coming_prices
from stamkunde.pricing.actions.offers import (
    change_offer,
    count_uses,
    end_offer,
    pause_offer,
    set_state,
    start_offer,
    write_offer,
)

__all__ = [
    "PriceSaid",
    "add_price_book",
    "change_offer",
    "count_uses",
    "end_offer",
    "pause_offer",
    "publish_prices",
    "set_state",
    "start_offer",
    "withdraw_coming_prices",
    "write_offer",
]
