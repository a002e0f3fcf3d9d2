"""Handing out how many requests a token may make, the same for all processes."""

from datetime import datetime

from stamkunde.events.publishing import action
from stamkunde.exchange.models import Pace
from stamkunde.kit.retry import retry_on_conflict

_TRIES = 5


@retry_on_conflict
@action
def hand_out(token_id: int, wanted: int, *, most: int, at: datetime) -> tuple[int, float]:
    """Return how many of the wanted requests a token may make now, and if none, in how many seconds one.

    `most` is how many it may make in a minute; that many are there at the beginning, and they come back steadily.
    """
    for _attempt in range(_TRIES):
        pace, _is_new = Pace.objects.get_or_create(token_id=token_id, defaults={"left": float(most), "at": at})
        passed = max(0.0, (at - pace.at).total_seconds())
        left = min(float(most), pace.left + passed * most / 60)
        if left < 1:
            return 0, (1 - left) * 60 / most
        number = min(wanted, int(left))
        seen = Pace.objects.filter(token_id=token_id, left=pace.left, at=pace.at)
        if seen.update(left=left - number, at=max(at, pace.at)):
            return number, 0.0
    # Others were quicker every time: there is still room, but somebody has to wait a moment.
    return 0, 1.0
