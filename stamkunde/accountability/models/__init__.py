"""The tables of accountability, by noun."""

from stamkunde.accountability.models.breach import Breach, Risk
from stamkunde.accountability.models.processor import Processor
from stamkunde.accountability.models.retention import Deletion, RetentionRun, RuleChange
from stamkunde.accountability.models.terms import Terms

__all__ = ["Breach", "Deletion", "Processor", "RetentionRun", "Risk", "RuleChange", "Terms"]
