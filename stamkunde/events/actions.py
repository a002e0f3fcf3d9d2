"""Letting go of happenings whose time is over."""

from collections.abc import Sequence

from stamkunde.events.chains import HAPPENINGS
from stamkunde.events.models import Amendment, Happening
from stamkunde.events.publishing import action
from stamkunde.events.sealing import amend
from stamkunde.kit.bulk_delete import delete_rows


@action
def delete_happenings(numbers: Sequence[int], reason: Amendment.Reason = Amendment.Reason.OVER) -> int:
    """Delete happenings with what is left of their deliveries; return how many there were."""
    there = list(Happening.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    amend(HAPPENINGS, there, reason)
    delete_rows(Happening, there)
    return len(there)
