"""What a till's device is given beforehand, so that it can sell without a connection."""

from dataclasses import dataclass

from django.db.models import F

from stamkunde.accounts.models import Till
from stamkunde.counter.models import ReceiptCount
from stamkunde.events.publishing import action
from stamkunde.kit.retry import retry_on_conflict

NUMBERS_AT_ONCE = 200


@dataclass(frozen=True)
class OfflineNumbers:
    """Receipt numbers that nobody else is given: the prefix, and the first and the last that may follow it."""

    prefix: str
    first: int
    last: int


@retry_on_conflict
@action
def reserve_numbers(till: Till) -> OfflineNumbers:
    """Give a device of the till the next receipt numbers; those it never uses stay unused.

    They begin with a letter of their own, so that they never meet the numbers that the till gives out with a
    connection, whichever of them ran ahead.
    """
    ReceiptCount.objects.get_or_create(till=till)
    ReceiptCount.objects.filter(till=till).update(reserved=F("reserved") + NUMBERS_AT_ONCE)
    last = ReceiptCount.objects.get(till=till).reserved
    return OfflineNumbers(f"F{till.pk}-", last - NUMBERS_AT_ONCE + 1, last)
