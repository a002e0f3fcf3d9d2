"""How refusals of sales are told to machines, and the key a machine's request has for good."""

import hashlib
from http import HTTPStatus

from django.http import HttpRequest

from stamkunde.accounts.bearing import bearer
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.pricing.api.refusals import code_problem
from stamkunde.sales.refusals import CodeNotTaken, KeyReused, MoreThanBought, ReceiptTaken, SaleRefused, TooManyCodes

# What the boxes of the desk are called, and what the fields of a request are.
_FIELDS = {
    "store": "store_id",
    "till": "till_id",
    "customer": "customer_id",
    "product": "product_id",
    "order": "order_id",
    "reservation": "points_reservation_id",
}


@said_as(SaleRefused)
def _refused(error: SaleRefused) -> Problem:
    field = _FIELDS.get(error.field, error.field)
    # Persons count lines from one, machines from zero.
    return invalid(error.sentence, f"lines.{error.line - 1}.{field}" if error.line else field)


@said_as(CodeNotTaken)
def _code(error: CodeNotTaken) -> Problem:
    return code_problem(error.refusal)


@said_as(KeyReused)
def _reused(error: KeyReused) -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency_key_reused",
        "This key came before with another request. Draw a new key for every new request.",
    )


@said_as(ReceiptTaken)
def _taken(error: ReceiptTaken) -> Problem:
    return Problem(HTTPStatus.CONFLICT, "receipt_taken", error.sentence, errors=[("receipt_number", error.sentence)])


@said_as(MoreThanBought)
def _more(error: MoreThanBought) -> Problem:
    field = f"lines.{error.line - 1}.quantity" if error.line else "lines"
    return Problem(HTTPStatus.CONFLICT, "more_than_bought", error.sentence, errors=[(field, error.sentence)])


@said_as(TooManyCodes)
def _too_many(error: TooManyCodes) -> Problem:
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", error.sentence)


def lasting_key(request: HttpRequest, key: str | None) -> str | None:
    """Return a key under which the purchase itself remembers the request, longer than any answer is kept."""
    if key is None:
        return None
    return "api:" + hashlib.sha256(f"{bearer(request).pk}:{key}".encode()).hexdigest()
