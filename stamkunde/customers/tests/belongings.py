"""Everything that belongs to a customer in every table, for tests that compare before and after."""

from typing import Any

from stamkunde.customers.invariants import INVARIANTS
from stamkunde.customers.models import Customer
from stamkunde.events.models import Happening
from stamkunde.kit.merging import followers
from stamkunde.kit.moving import written

# These count up with every change, or say of a figure when it was worked out.
_COUNTERS = ("version",)


def belongings(customer_id: int, *, with_happenings: bool = True) -> dict[str, Any]:
    """Return the customer's own row and all rows of hers, column by column."""
    own = written(Customer.objects.get(pk=customer_id))
    found: dict[str, Any] = {"customer": {name: value for name, value in own.items() if name not in _COUNTERS}}
    for follower in followers():
        if with_happenings or follower.model is not Happening:
            found[follower.name] = [written(row) for row in follower.rows_of(customer_id).order_by("pk")]
    return found


def unwell() -> list[str]:
    """Everything the doctor would find wrong with customers."""
    return [finding for invariant in INVARIANTS for finding in invariant.check()]
