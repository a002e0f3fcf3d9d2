"""Counting tries in a window of time, exactly, whichever process or machine they come to."""

import hashlib
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from stamkunde.accounts.models import Attempt
from stamkunde.kit.clock import now

# After so many windows in a row that were used up, the wait grows no further: four hours with a window of 15 minutes.
MOST_DOUBLINGS = 4


def note_attempt(what: str, *, window: timedelta, limit: int | None = None) -> int:
    """Count one more try and return how many there have been in the running window, this one included.

    With a limit, the try that reaches it makes the window begin anew, and twice as long as the last time that happened
    in a row: whoever goes on guessing waits longer and longer.
    """
    key = _key(what)
    at = now()
    with transaction.atomic():
        while True:
            if Attempt.objects.filter(key=key, window_ends_at__gt=at).update(count=F("count") + 1):
                break
            if _begin_anew(key, window, limit):
                break
            try:
                with transaction.atomic():
                    Attempt.objects.create(key=key, count=1, window_ends_at=at + window)
                break
            except IntegrityError:
                # Somebody else made the row in this very moment: count on it.
                continue
        row = Attempt.objects.get(key=key)
        if limit is not None and row.count == limit:
            row.window_ends_at = at + window * 2 ** min(row.rounds, MOST_DOUBLINGS)
            row.save(update_fields=["window_ends_at"])
        return row.count


def _begin_anew(key: str, window: timedelta, limit: int | None) -> bool:
    at = now()
    row = Attempt.objects.filter(key=key, window_ends_at__lte=at).first()
    if row is None:
        return False
    is_used_up = limit is not None and row.count >= limit
    is_forgotten = row.window_ends_at < at - window * 2 ** min(row.rounds + 1, MOST_DOUBLINGS)
    rounds = 0 if is_forgotten else row.rounds + is_used_up
    same = Attempt.objects.filter(key=key, window_ends_at=row.window_ends_at)
    return bool(same.update(count=1, rounds=rounds, window_ends_at=at + window))


def is_used_up(what: str, limit: int) -> bool:
    """Say whether the running window has seen as many tries as it may."""
    return attempts_of(what) >= limit


def take_attempt(what: str, *, window: timedelta, limit: int) -> int:
    """Count a try before it is made; return its number, or 0 if there have been too many and it must not be made.

    Counting first is what holds when a thousand tries come in the same instant.
    """
    if is_used_up(what, limit):
        return 0
    number = note_attempt(what, window=window, limit=limit)
    return number if number <= limit else 0


def give_back_attempt(what: str) -> None:
    """Uncount a try that turned out right, where others are counted beside it."""
    Attempt.objects.filter(key=_key(what), count__gt=0).update(count=F("count") - 1)


def attempts_of(what: str) -> int:
    """Return how many tries the running window has seen."""
    row = Attempt.objects.filter(key=_key(what), window_ends_at__gt=now()).values_list("count", flat=True).first()
    return row or 0


def seconds_to_wait(*what: str) -> int:
    """Return in how many seconds the last of these windows ends."""
    ends = Attempt.objects.filter(key__in=[_key(one) for one in what], window_ends_at__gt=now())
    last = max(ends.values_list("window_ends_at", flat=True), default=now())
    return max(1, int((last - now()).total_seconds()))


def forget_attempts(what: str) -> None:
    Attempt.objects.filter(key=_key(what)).delete()


def sweep_attempts() -> int:
    """Delete the windows that have ended; return how many."""
    return Attempt.objects.filter(window_ends_at__lt=now() - timedelta(days=1)).delete()[0]


def _key(what: str) -> str:
    # The digest keeps e-mails and network addresses out of the table, and any length within the column.
    return hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()
