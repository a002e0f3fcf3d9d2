"""The tables of loyalty, by noun."""

from stamkunde.loyalty.models.card import CardMedium, CardState, MemberCard, Symbology
from stamkunde.loyalty.models.membership import Membership, MembershipSource, MembershipState
from stamkunde.loyalty.models.programme import ExpiryKind, Programme, ProgrammeState

__all__ = [
    "CardMedium",
    "CardState",
    "ExpiryKind",
    "MemberCard",
    "Membership",
    "MembershipSource",
    "MembershipState",
    "Programme",
    "ProgrammeState",
    "Symbology",
]
