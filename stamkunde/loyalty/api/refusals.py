"""What a refusal of this module is called at the door for machines."""

from http import HTTPStatus

from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale
from stamkunde.loyalty.refusals import LoyaltyRefused, NeedsSecondPerson, PointsKeyReused, Stale, TooFewPoints

# What the boxes of a page are called, and what the fields of a request are.
_FIELDS = {"customer": "customer_id", "programme": "programme_id"}


@said_as(LoyaltyRefused)
def _refused(error: LoyaltyRefused) -> Problem:
    return invalid(error.sentence, _FIELDS.get(error.field, error.field))


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()


@said_as(TooFewPoints)
def _too_few(error: TooFewPoints) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "too_few_points", error.sentence, errors=[("points", error.sentence)])


@said_as(NeedsSecondPerson)
def _needs_second(error: NeedsSecondPerson) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "needs_second_person", error.sentence, errors=[("points", error.sentence)])


@said_as(PointsKeyReused)
def _reused(error: PointsKeyReused) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This key came before with another request. Draw a new key for every new request.",
    )
