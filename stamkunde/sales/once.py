"""Letting the same purchase or return in only once, however often it is sent.

Two things tell that it is the same: the key that its sender gave it, and its receipt number at its till. The look
before writing only spares work; what decides is the unique constraint, and whoever loses against it is given the
winner's row.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from stamkunde.kit.statements import Read
from stamkunde.sales.models import Order, Return
from stamkunde.sales.moments import refuse_far_off
from stamkunde.sales.numbered import with_number
from stamkunde.sales.refusals import CodeNotTaken, KeyReused, ReceiptTaken, SaleRefused
from stamkunde.sales.values import OfflineValues, OrderValues, ReturnValues

P = ParamSpec("P")
Registered = TypeVar("Registered", Order, Return)

LONGEST_KEY = 255
# What was sent before these were known is the same as what is sent without them today.
_CAME_LATER = frozenset({"points", "points_reservation", "codes", "basket", "offline_limit"})
# Fields that came later, and what they are where nobody speaks of them: what was sent before they were there has the
# digest that it had.
_NEWER = {"gift_card": "", "as_paid": False}


def once(model: type[Registered]) -> Callable[[Callable[P, Registered]], Callable[P, Registered]]:
    """Answer a repeated request with the row of the first one; wraps an action with values and `idempotency_key`."""

    def decorate(register: Callable[P, Registered]) -> Callable[P, Registered]:
        @wraps(register)
        def registering(*args: P.args, **kwargs: P.kwargs) -> Registered:
            values: Any = args[0] if args else kwargs["values"]
            key: Any = kwargs.get("idempotency_key")
            _refuse_bad_key(key)
            _refuse_odd_moment(values)
            if earlier := _registered_before(model, values, key):
                return earlier
            try:
                return register(*args, **kwargs)
            except (IntegrityError, CodeNotTaken):
                # A code may be gone because this very purchase, sent twice at once, has just used it.
                winner = _registered_before(model, values, key)
                if winner is None:
                    raise
                return winner

        return registering

    return decorate


def digest_of(values: OrderValues | ReturnValues | OfflineValues) -> str:
    """Return a digest that is the same for the same content only."""
    content = json.dumps(_laid_out(values), default=_plain, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def laid_out(values: OrderValues | OfflineValues) -> dict[str, Any]:
    """Return the values as JSON keeps them."""
    kept: dict[str, Any] = json.loads(json.dumps(_laid_out(values), default=_plain))
    return kept


def _laid_out(values: OrderValues | ReturnValues | OfflineValues) -> dict[str, Any]:
    """Return the values and the parts within them as JSON knows them, in the order in which they are declared.

    What came to be said later is left out while it says nothing: purchases from before are still the same.
    """
    return {
        name: [part if isinstance(part, str | int) else _said(vars(part)) for part in value]
        if isinstance(value, tuple)
        else value
        for name, value in _said(vars(values)).items()
        if name not in _CAME_LATER or value
    }


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if not (name in _NEWER and value == _NEWER[name])}


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        # 2, 2.0 and 2.000 are the same quantity.
        return f"{value.normalize():f}"
    return str(value)


def _refuse_bad_key(key: str | None) -> None:
    if key is not None and (not 1 <= len(key) <= LONGEST_KEY or not key.isprintable()):
        raise SaleRefused(_("The key of this request is not one that can be kept."), "idempotency_key")


def _refuse_odd_moment(values: OrderValues | ReturnValues) -> None:
    """Refuse before the digest is worked out, which says the moment in another zone."""
    if isinstance(values, OrderValues):
        refuse_far_off(values.placed_at, "placed_at")
    else:
        refuse_far_off(values.returned_at, "returned_at")


@cache
def _with_key(model: type[Registered]) -> Read[Registered]:
    return Read(model, "WHERE idempotency_key = %s")


def _registered_before(
    model: type[Registered], values: OrderValues | ReturnValues, key: str | None
) -> Registered | None:
    number = values.receipt_number.strip()
    rows = model._default_manager.all()
    found: list[Registered] = list(_with_key(model).all(key)) if key is not None else []
    if values.till_id is not None and number and "\x00" not in number:
        # Two questions and not one: together they would keep SQLite from using either index.
        found += rows.filter(pk__in=with_number(model, number, most=None), till_id=values.till_id).exclude(
            pk__in=[row.pk for row in found]
        )
    if not found:
        return None
    digest = digest_of(values)
    for row in found:
        if key is not None and row.idempotency_key == key and row.body_digest != digest:
            raise KeyReused
    for row in found:
        if row.body_digest != digest:
            raise ReceiptTaken(number)
        row.is_repeated = True
    return found[0] if found else None
