"""Letting go of happenings whose time is over."""

from collections.abc import Sequence

from stamkunde.events.models import Happening
from stamkunde.events.publishing import action
from stamkunde.kit.bulk_delete import delete_rows


@action
def delete_happenings(numbers: Sequence[int]) -> int:
    """Delete happenings with what is left of their deliveries; return how many there were."""
    there = list(Happening.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    delete_rows(Happening, there)
    return len(there)
