"""What can be done to programmes, memberships and cards, by noun."""

from stamkunde.loyalty.actions.cards import block_card, expire_card, issue_card, replace_card, unblock_card
from stamkunde.loyalty.actions.earning import set_exclusions, set_rates
from stamkunde.loyalty.actions.memberships import (
    close_membership,
    confirm_membership,
    drop_unconfirmed_numbers,
    forget_memberships,
    join,
    resume_membership,
    suspend_membership,
)
from stamkunde.loyalty.actions.programmes import change_programme, close_programme, open_programme, write_programme

__all__ = [
    "block_card",
    "change_programme",
    "close_membership",
    "close_programme",
    "confirm_membership",
    "drop_unconfirmed_numbers",
    "expire_card",
    "forget_memberships",
    "issue_card",
    "join",
    "open_programme",
    "replace_card",
    "resume_membership",
    "set_exclusions",
    "set_rates",
    "suspend_membership",
    "unblock_card",
    "write_programme",
]
