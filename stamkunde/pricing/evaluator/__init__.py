"""The evaluator: what a basket costs and why, as a pure function of plain values; and what comes back for a return."""

from stamkunde.pricing.evaluator.evaluate import evaluate
from stamkunde.pricing.evaluator.layers import TooMuchOff
from stamkunde.pricing.evaluator.quote import Allocation, Outcome, Quote, QuotedLine, Reason, Step
from stamkunde.pricing.evaluator.returning import ReturnedTooMuch, StoredLine, Thresholds, return_of, stored_lines

__all__ = [
    "Allocation",
    "Outcome",
    "Quote",
    "QuotedLine",
    "Reason",
    "ReturnedTooMuch",
    "Step",
    "StoredLine",
    "Thresholds",
    "TooMuchOff",
    "evaluate",
    "return_of",
    "stored_lines",
]
