"""Reads about the shop and its staff."""

import time
from copy import copy
from threading import Lock

from stamkunde.accounts.models import Shop

# The shop's row is read by every page and changes once a year; other processes see a change within seconds.
FRESH_SECONDS = 5.0
_lock = Lock()
_kept: list[tuple[float, Shop]] = []


def the_shop() -> Shop:
    """Return the shop, making its row on the very first look."""
    now = time.monotonic()
    if _kept and now - _kept[0][0] < FRESH_SECONDS:
        return _kept[0][1]
    shop, _ = Shop.objects.get_or_create(pk=1)
    with _lock:
        _kept[:] = [(now, shop)]
    return shop


def forget_kept_shop() -> None:
    """Read the shop anew at the next look."""
    with _lock:
        _kept.clear()


def the_shop_anew() -> Shop:
    """Return the shop as it is now, for a form to change: a copy of the kept one, which every page reads meanwhile."""
    forget_kept_shop()
    return copy(the_shop())
