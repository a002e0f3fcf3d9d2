"""What must always hold of happenings: each of their reactions is carried out in the end."""

from collections.abc import Iterator
from datetime import timedelta

from stamkunde.events.models import Delivery
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant

LONG_DUE = timedelta(hours=1)


def deliveries_given_up() -> Iterator[str]:
    for delivery in Delivery.objects.filter(state=Delivery.State.DEAD).order_by("-id").iterator():
        yield f"{delivery.reaction} of happening {delivery.happening_id} was given up after {delivery.attempts} tries."


def deliveries_nobody_makes() -> Iterator[str]:
    late = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lt=now() - LONG_DUE).order_by("due_at")
    for delivery in late.iterator():
        yield f"{delivery.reaction} of happening {delivery.happening_id} has been due since {delivery.due_at}."


INVARIANTS = (
    Invariant("deliveries-done", "No reaction to a happening was given up.", deliveries_given_up),
    Invariant("deliveries-made", "Every reaction that is due is carried out.", deliveries_nobody_makes),
)
