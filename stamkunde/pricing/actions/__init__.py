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
from stamkunde.pricing.actions.vouchers import (
    BatchValues,
    add_batch,
    block_batch,
    block_voucher,
    give_back,
    redeem_elsewhere,
    release,
    reserve,
    stop_making,
)

__all__ = [
    "BatchValues",
    "PriceSaid",
    "add_batch",
    "add_price_book",
    "block_batch",
    "block_voucher",
    "change_offer",
    "count_uses",
    "end_offer",
    "give_back",
    "pause_offer",
    "publish_prices",
    "redeem_elsewhere",
    "release",
    "reserve",
    "set_state",
    "start_offer",
    "stop_making",
    "withdraw_coming_prices",
    "write_offer",
]
