"""What a refusal of this module is called at the door for machines."""

from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale
from stamkunde.pricing.refusals import PricingRefused, Stale


@said_as(PricingRefused)
def _refused(error: PricingRefused) -> Problem:
    return invalid(error.sentence, f"prices.{error.row - 1}.{error.field}" if error.row else error.field)


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()
