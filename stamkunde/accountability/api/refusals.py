"""How this module's refusals are told to machines."""

from http import HTTPStatus

from stamkunde.accountability.refusals import Refused, Stale
from stamkunde.kit.api.problems import Problem, invalid, said_as


@said_as(Refused)
def _refused(error: Refused) -> Problem:
    return invalid(str(error), error.field)


@said_as(Stale)
def _stale(error: Stale) -> Problem:
    return Problem(HTTPStatus.PRECONDITION_FAILED, "stale", str(error))
