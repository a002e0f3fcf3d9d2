"""Counting tries in a window of time, exactly, whichever process or machine they come to."""

import hashlib
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F

from stamkunde.accounts.models import Attempt
from stamkunde.kit.clock import now


def note_attempt(what: str, *, window: timedelta) -> int:
    """Count one more try and return how many there have been in the running window, this one included."""
    key = _key(what)
    at = now()
    with transaction.atomic():
        while True:
            if Attempt.objects.filter(key=key, window_ends_at__gt=at).update(count=F("count") + 1):
                break
            if Attempt.objects.filter(key=key, window_ends_at__lte=at).update(count=1, window_ends_at=at + window):
                break
            try:
                with transaction.atomic():
                    Attempt.objects.create(key=key, count=1, window_ends_at=at + window)
                break
            except IntegrityError:
                # Somebody else made the row in this very moment: count on it.
                continue
        return Attempt.objects.values_list("count", flat=True).get(key=key)


def attempts_of(what: str) -> int:
    """Return how many tries the running window has seen."""
    row = Attempt.objects.filter(key=_key(what), window_ends_at__gt=now()).values_list("count", flat=True).first()
    return row or 0


def forget_attempts(what: str) -> None:
    Attempt.objects.filter(key=_key(what)).delete()


def sweep_attempts() -> int:
    """Delete the windows that have ended; return how many."""
    return Attempt.objects.filter(window_ends_at__lt=now() - timedelta(days=1)).delete()[0]


def _key(what: str) -> str:
    # The digest keeps e-mails and network addresses out of the table, and any length within the column.
    return hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()
