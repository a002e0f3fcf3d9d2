"""What a refusal of this module is called at the door for machines."""

from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale

# What the boxes of a page are called, and what the fields of a request are.
_FIELDS = {"customer": "customer_id", "programme": "programme_id"}


@said_as(LoyaltyRefused)
def _refused(error: LoyaltyRefused) -> Problem:
    return invalid(error.sentence, _FIELDS.get(error.field, error.field))


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()
