"""What a refusal of this module is called at the door for machines."""

from http import HTTPStatus

from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale
from stamkunde.loyalty.queries.referrals import note_guess
from stamkunde.loyalty.refusals import (
    FriendCodeUnknown,
    LoyaltyRefused,
    NeedsSecondPerson,
    PointsKeyReused,
    Stale,
    TooFewPoints,
    TooManyFriendCodes,
)

# What the boxes of a page are called, and what the fields of a request are.
_FIELDS = {"customer": "customer_id", "programme": "programme_id"}


@said_as(LoyaltyRefused)
def _refused(error: LoyaltyRefused) -> Problem:
    return invalid(error.sentence, _FIELDS.get(error.field, error.field))


@said_as(FriendCodeUnknown)
def _unknown_code(error: FriendCodeUnknown) -> Problem:
    # Here all is undone that the request did, so that a guess is counted for good.
    if error.asker:
        note_guess(error.asker)
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "code_refused",
        error.sentence,
        errors=[("friend", error.sentence)],
    )


@said_as(TooManyFriendCodes)
def _too_many_codes(error: TooManyFriendCodes) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "rate_limited",
        error.sentence,
        errors=[("friend", error.sentence)],
        headers={"Retry-After": "60"},
    )


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
