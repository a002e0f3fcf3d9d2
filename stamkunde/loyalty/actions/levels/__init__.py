"""The levels of programmes: written, counted towards, reached and given."""

from stamkunde.loyalty.actions.levels.counting import (
    Bought,
    count_bought,
    count_brought_back,
    record_past_levels,
    settle_levels,
)
from stamkunde.loyalty.actions.levels.giving import end_given_level, give_level
from stamkunde.loyalty.actions.levels.writing import change_level, remove_level, write_level

__all__ = [
    "Bought",
    "change_level",
    "count_bought",
    "count_brought_back",
    "end_given_level",
    "give_level",
    "record_past_levels",
    "remove_level",
    "settle_levels",
    "write_level",
]
