"""Running the reactions that happenings are owed, each in its own transaction, until they succeed or are given up.

What floor reacts can never break the floor that acted: the delivery starts after the commit, and what fails stays due.
"""

import logging
import random
from datetime import timedelta
from functools import partial

from django.db import DatabaseError, connection, transaction

from stamkunde.events.event import Event
from stamkunde.events.models import Delivery, Happening
from stamkunde.events.reacting import reaction_named
from stamkunde.kit.clock import now

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


def deliver_soon(happening_id: int) -> None:
    """Run a happening's reactions as soon as its transaction has been committed."""
    transaction.on_commit(partial(_deliver_of, happening_id), robust=True)


def _deliver_of(happening_id: int) -> None:
    for delivery_id in Delivery.objects.filter(happening_id=happening_id, state=Delivery.State.DUE).values_list(
        "pk", flat=True
    ):
        deliver(delivery_id)


def deliver_due(limit: int = 100) -> int:
    """Run what is due and return how many were tried; the worker calls it when it has nothing better to do."""
    due = list(
        Delivery.objects.filter(state=Delivery.State.DUE, due_at__lte=now())
        .order_by("due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(deliver(delivery_id) for delivery_id in due)


def deliver(delivery_id: int) -> bool:
    """Run one reaction if it is still due and nobody else is running it; return whether it was tried."""
    try:
        with transaction.atomic():
            rows = Delivery.objects.filter(pk=delivery_id, state=Delivery.State.DUE)
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True, of=("self",))
            delivery = rows.select_related("happening").first()
            if delivery is None:
                return False
            _run(delivery)
            delivery.state = Delivery.State.DONE
            delivery.attempts += 1
            delivery.last_error = ""
            delivery.save(update_fields=["state", "attempts", "last_error"])
    except Exception as error:
        log.warning("A reaction failed and will be tried again: delivery %s (%s).", delivery_id, type(error).__name__)
        _put_off(delivery_id, error)
    return True


def event_of(happening: Happening) -> Event | None:
    """Make the typed event of a stored row again; None when its kind no longer exists."""
    kind = Event.kinds.get(happening.name)
    return kind.from_details(happening.details, happening.customer_id) if kind else None


def _run(delivery: Delivery) -> None:
    reaction = reaction_named(delivery.reaction)
    event = event_of(delivery.happening)
    if reaction is None or event is None:
        raise LookupError(f"There is no reaction {delivery.reaction} to {delivery.happening.name} any more.")
    reaction.run(event)


def _put_off(delivery_id: int, error: Exception) -> None:
    try:
        with transaction.atomic():
            delivery = Delivery.objects.get(pk=delivery_id)
            delivery.attempts += 1
            delivery.last_error = f"{type(error).__name__}: {error}"[:2_000]
            pause = min(FIRST_PAUSE * 2 ** (delivery.attempts - 1), LONGEST_PAUSE)
            # Jitter keeps a crowd of failures from returning as a crowd.
            delivery.due_at = now() + pause * random.uniform(0.8, 1.2)  # noqa: S311
            if delivery.attempts >= MAX_ATTEMPTS:
                delivery.state = Delivery.State.DEAD
            delivery.save(update_fields=["attempts", "last_error", "due_at", "state"])
    except DatabaseError:
        # It is still due, so the worker finds it again.
        log.warning("The failure of delivery %s could not be written down.", delivery_id)
