"""What can be done to points. All of it goes through the book, which holds the member and writes double entries."""

from stamkunde.loyalty.actions.points.correcting import (
    approve_correction,
    ask_for_correction,
    correct_points,
    refuse_correction,
)
from stamkunde.loyalty.actions.points.forfeiting import forfeit_points, forget_points
from stamkunde.loyalty.actions.points.moving import move_points, move_points_back
from stamkunde.loyalty.actions.points.past import PastSale, record_past_points
from stamkunde.loyalty.actions.points.reserving import (
    capture_points,
    end_reservation,
    release_points,
    reserve_points,
    use_points,
)
from stamkunde.loyalty.actions.points.returns import return_points
from stamkunde.loyalty.actions.points.sales import PointsOfSale, count_points
from stamkunde.loyalty.actions.points.settled import settle_members

__all__ = [
    "PastSale",
    "PointsOfSale",
    "approve_correction",
    "ask_for_correction",
    "capture_points",
    "correct_points",
    "count_points",
    "end_reservation",
    "forfeit_points",
    "forget_points",
    "move_points",
    "move_points_back",
    "record_past_points",
    "refuse_correction",
    "release_points",
    "reserve_points",
    "return_points",
    "settle_members",
    "use_points",
]
