"""What is done at the counter; selling and taking back are `sales`' own actions, called from here."""

from stamkunde.counter.actions.basket import (
    BasketClosed,
    add_gift_card,
    add_product,
    add_words,
    change_line,
    clear_baskets,
    drop_basket,
    leave_gift_card,
    line_of,
    name_customer,
    pay_with_gift_card,
    remove_line,
    show_code,
    step_quantity,
    take_code_away,
    take_off,
    use_points,
)
from stamkunde.counter.actions.deeds import clear_deeds, enrol, note_at_counter
from stamkunde.counter.actions.offline import OfflineNumbers, reserve_numbers
from stamkunde.counter.actions.registering import TotalChanged, exchange_for_basket, register_basket, take_back

__all__ = [
    "BasketClosed",
    "OfflineNumbers",
    "TotalChanged",
    "add_gift_card",
    "add_product",
    "add_words",
    "change_line",
    "clear_baskets",
    "clear_deeds",
    "drop_basket",
    "enrol",
    "exchange_for_basket",
    "leave_gift_card",
    "line_of",
    "name_customer",
    "note_at_counter",
    "pay_with_gift_card",
    "register_basket",
    "remove_line",
    "reserve_numbers",
    "show_code",
    "step_quantity",
    "take_back",
    "take_code_away",
    "take_off",
    "use_points",
]
