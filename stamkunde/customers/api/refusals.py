"""How refusals of the customers module are told to machines."""

from stamkunde.customers.actions import StaleCustomer, StaleRow
from stamkunde.kit.api.problems import Problem, not_found, said_as
from stamkunde.kit.api.versions import stale


@said_as(StaleCustomer)
def _stale_customer(error: StaleCustomer) -> Problem:
    return stale()


@said_as(StaleRow)
def _stale_row(error: StaleRow) -> Problem:
    return stale() if error.current is not None else not_found()
