"""The tables of loyalty, by noun."""

from stamkunde.loyalty.models.card import CardMedium, CardState, MemberCard, Symbology
from stamkunde.loyalty.models.membership import Membership, MembershipSource, MembershipState
from stamkunde.loyalty.models.points import (
    OF_MEMBERS,
    OF_PROGRAMMES,
    AccountKind,
    CorrectionState,
    Lot,
    LotUse,
    PointsAccount,
    PointsExchange,
    PointsExclusion,
    PointsKind,
    PointsRequest,
    PointsReservation,
    PointsSource,
    PointsTransaction,
    Posting,
    ReservationState,
)
from stamkunde.loyalty.models.programme import ExpiryKind, Programme, ProgrammeState

__all__ = [
    "OF_MEMBERS",
    "OF_PROGRAMMES",
    "AccountKind",
    "CardMedium",
    "CardState",
    "ExpiryKind",
    "Lot",
    "LotUse",
    "MemberCard",
    "Membership",
    "MembershipSource",
    "MembershipState",
    "PointsAccount",
    "PointsExchange",
    "PointsExclusion",
    "PointsKind",
    "PointsRequest",
    "PointsReservation",
    "PointsSource",
    "PointsTransaction",
    "Posting",
    "Programme",
    "ProgrammeState",
    "CorrectionState",
    "ReservationState",
    "Symbology",
]
