"""What a refusal of this module is called at the door for machines."""

from http import HTTPStatus

from stamkunde.accounts.models import User
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.versions import stale
from stamkunde.pricing.queries.codes import note_guess
from stamkunde.pricing.refusals import CodeRefused, CodeTaken, CodeUnknown, PricingRefused, Stale, TooManyCodes


@said_as(PricingRefused)
def _refused(error: PricingRefused) -> Problem:
    return invalid(error.sentence, f"prices.{error.row - 1}.{error.field}" if error.row else error.field)


@said_as(CodeRefused)
def code_problem(error: CodeRefused) -> Problem:
    """Say why a code cannot be used; here all is undone that the request did, so that a guess is counted for good."""
    status, name = HTTPStatus.UNPROCESSABLE_ENTITY, "code_refused"
    headers = {}
    if isinstance(error, CodeUnknown) and error.asker:
        note_guess(error.asker)
    elif isinstance(error, CodeTaken):
        status, name = HTTPStatus.CONFLICT, "code_taken"
    elif isinstance(error, TooManyCodes):
        status, name, headers = HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", {"Retry-After": "60"}
    return Problem(
        status,
        name,
        error.sentence,
        errors=[("codes", error.sentence)],
        headers=headers,
        members={"reason": error.reason},
    )


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return stale()


def asker_of(user: User) -> str:
    """Return by what a token that shows codes is told apart from others."""
    return f"{user.actor.kind.value}:{user.actor.id}:"
