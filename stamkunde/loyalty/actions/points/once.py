"""Letting the same command about points in only once, however often it is sent."""

import hashlib
import json
from collections.abc import Callable

from django.db import IntegrityError
from django.utils.translation import gettext as _

from stamkunde.loyalty.models import PointsTransaction
from stamkunde.loyalty.refusals import LoyaltyRefused, PointsKeyReused, PointsRefused

LONGEST_KEY = 255


def digest_of(*content: object) -> str:
    """Return a digest that is the same for the same command only."""
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def entered_once(key: str | None, digest: str, enter: Callable[[], PointsTransaction]) -> PointsTransaction:
    """Enter something, or return what was entered under the same key; with another digest raise PointsKeyReused.

    The look beforehand only spares work. Of two at once the unique key decides, and whoever comes second, or finds the
    points used by the first, is given what the first one entered.
    """
    if key is None:
        return enter()
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise PointsRefused(_("The key of this request is not one that can be kept."), "idempotency_key")
    if earlier := _entered_before(key, digest):
        return earlier
    try:
        return enter()
    except (IntegrityError, LoyaltyRefused):
        winner = _entered_before(key, digest)
        if winner is None:
            raise
        return winner


def _entered_before(key: str, digest: str) -> PointsTransaction | None:
    found = PointsTransaction.objects.select_related("membership__programme").filter(idempotency_key=key).first()
    if found is not None and found.body_digest != digest:
        raise PointsKeyReused
    if found is not None:
        found.is_repeated = True
    return found
