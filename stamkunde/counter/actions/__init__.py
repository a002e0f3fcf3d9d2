"""What is done at the counter; selling and taking back are `sales`' own actions, called from here."""

from stamkunde.counter.actions.basket import (
    BasketClosed,
    add_product,
    add_words,
    change_line,
    clear_baskets,
    drop_basket,
    line_of,
    name_customer,
    remove_line,
    step_quantity,
    take_off,
    use_points,
)
from stamkunde.counter.actions.deeds import clear_deeds, enrol, note_at_counter
from stamkunde.counter.actions.registering import register_basket, take_back

__all__ = [
    "BasketClosed",
    "add_product",
    "add_words",
    "change_line",
    "clear_baskets",
    "clear_deeds",
    "drop_basket",
    "enrol",
    "line_of",
    "name_customer",
    "note_at_counter",
    "register_basket",
    "remove_line",
    "step_quantity",
    "take_back",
    "take_off",
    "use_points",
]
