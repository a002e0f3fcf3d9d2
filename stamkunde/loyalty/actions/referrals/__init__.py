"""What can be done about friends whom members bring."""

from stamkunde.loyalty.actions.referrals.coming import invite_friend, note_friend
from stamkunde.loyalty.actions.referrals.ending import (
    forget_invitations,
    forget_referrals,
    settle_after_merge,
    settle_referrals,
)
from stamkunde.loyalty.actions.referrals.thanking import Bought, reverse_referrals, thank_for_purchase

__all__ = [
    "Bought",
    "forget_invitations",
    "forget_referrals",
    "invite_friend",
    "note_friend",
    "reverse_referrals",
    "settle_after_merge",
    "settle_referrals",
    "thank_for_purchase",
]
