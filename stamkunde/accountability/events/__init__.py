"""What can happen in accountability, by noun."""

from stamkunde.accountability.events.breach import (
    AffectedListed,
    BreachChanged,
    BreachClosed,
    BreachRecorded,
    BreachReopened,
)
from stamkunde.accountability.events.processor import (
    ProcessorAdded,
    ProcessorChanged,
    ProcessorRemoved,
    TermsChanged,
)
from stamkunde.accountability.events.retention import RetentionRunEnded, RuleChanged

__all__ = [
    "AffectedListed",
    "BreachChanged",
    "BreachClosed",
    "BreachRecorded",
    "BreachReopened",
    "ProcessorAdded",
    "ProcessorChanged",
    "ProcessorRemoved",
    "RetentionRunEnded",
    "RuleChanged",
    "TermsChanged",
]
