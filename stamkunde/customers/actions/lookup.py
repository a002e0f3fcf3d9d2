"""Writing down who looked at a customer, for the day the customer asks."""

from datetime import timedelta

from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer, LookUp, LookUpPurpose
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now

ONE_LOOK = timedelta(minutes=10)


@action
def record_lookup(customer: Customer, purpose: LookUpPurpose, *, by: User) -> None:
    """Write a look down once: going to and fro between pages within ten minutes is one look."""
    at = now()
    lately = LookUp.objects.filter(
        customer=customer, purpose=purpose, actor_kind=by.actor.kind.value, actor_id=by.pk, at__gt=at - ONE_LOOK
    )
    if lately.exists():
        return
    LookUp.objects.create(
        customer=customer,
        purpose=purpose,
        at=at,
        actor_kind=by.actor.kind.value,
        actor_id=by.pk,
        actor_label=by.name,
        role=by.role,
    )
