"""What must always hold of happenings: each of their reactions is carried out in the end."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.events.models import Delivery
from stamkunde.kit.clock import now
from stamkunde.kit.invariants import Invariant

LONG_DUE = timedelta(hours=1)


def deliveries_given_up() -> Iterator[str]:
    for delivery in Delivery.objects.filter(state=Delivery.State.DEAD).order_by("-id").iterator():
        yield _("%(reaction)s of happening %(happening)s was given up after %(attempts)s tries.") % {
            "reaction": delivery.reaction,
            "happening": delivery.happening_id,
            "attempts": delivery.attempts,
        }


def deliveries_nobody_makes() -> Iterator[str]:
    late = Delivery.objects.filter(state=Delivery.State.DUE, due_at__lt=now() - LONG_DUE).order_by("due_at")
    for delivery in late.iterator():
        yield _("%(reaction)s of happening %(happening)s has been due since %(due_at)s.") % {
            "reaction": delivery.reaction,
            "happening": delivery.happening_id,
            "due_at": delivery.due_at,
        }


INVARIANTS = (
    Invariant("deliveries-done", gettext_lazy("No reaction to a happening was given up."), deliveries_given_up),
    Invariant("deliveries-made", gettext_lazy("Every reaction that is due is carried out."), deliveries_nobody_makes),
)
