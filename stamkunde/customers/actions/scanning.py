"""Writing down what a look through the customers found, and letting go of what it no longer finds."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Max

from stamkunde.customers.actions.merging import gather_stragglers
from stamkunde.customers.actions.pairs import FoundPair, drop_settled_pairs, note_pairs
from stamkunde.customers.models import Customer, DuplicateScan, LikelyPair, Merge, PairState
from stamkunde.events.publishing import action
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now

_LATELY = timedelta(days=3)
_AT_ONCE = 500


def highest_number() -> int:
    return Customer.objects.aggregate(highest=Max("pk"))["highest"] or 0


@action
def end_scan(
    found: Sequence[FoundPair], *, people: int, started_at: datetime, highest_id: int, is_whole: bool
) -> DuplicateScan:
    """Keep the pairs that were found; a look at everybody also takes away what is no longer alike."""
    new = note_pairs(found)
    if is_whole:
        drop_settled_pairs()
        _drop_unlike({pair.key for pair in found}, started_at)
    return DuplicateScan.objects.create(
        started_at=started_at,
        finished_at=now(),
        is_whole=is_whole,
        people=people,
        pairs=new,
        highest_id=highest_id,
    )


def _drop_unlike(found: set[tuple[int, int]], before: datetime) -> None:
    """Let go of pairs that nobody has decided on and that are alike no more, because somebody put a number right."""
    open_ones = LikelyPair.objects.filter(found_at__lt=before).exclude(state=PairState.DISTINCT)
    gone = [
        pk
        for pk, first, second in open_ones.values_list("pk", "first", "second").iterator(chunk_size=2_000)
        if (first, second) not in found
    ]
    for start in range(0, len(gone), _AT_ONCE):
        LikelyPair.objects.filter(pk__in=gone[start : start + _AT_ONCE]).delete()


def gather_late_rows() -> int:
    """Move what was written for merged customers at the very moment of their merge; return how many rows."""
    lately = Merge.objects.filter(undone_at=None, at__gt=now() - _LATELY).order_by("pk")
    return sum(gather_stragglers(merge, by=SYSTEM) for merge in lately)
