"""Writing down who looked at a customer, for the day the customer asks."""

from datetime import timedelta

from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer, LookUp, LookUpPurpose
from stamkunde.events.publishing import action
from stamkunde.kit.clock import now

ONE_LOOK = timedelta(minutes=10)


def record_lookup(customer: Customer, purpose: LookUpPurpose, *, by: User) -> None:
    """Write a look down once: going to and fro between pages within ten minutes is one look.

    Whether it is one is asked before the transaction begins, or every page shown again would wait for whoever writes.
    Two pages opened at the very same moment are two looks.
    """
    lately = LookUp.objects.filter(
        customer=customer, purpose=purpose, actor_kind=by.actor.kind.value, actor_id=by.pk, at__gt=now() - ONE_LOOK
    )
    if not lately.exists():
        _record_look(customer, purpose, by=by)


@action
def _record_look(customer: Customer, purpose: LookUpPurpose, *, by: User) -> None:
    LookUp.objects.create(
        customer=customer,
        purpose=purpose,
        at=now(),
        actor_kind=by.actor.kind.value,
        actor_id=by.pk,
        actor_label=by.name,
        role=by.role,
    )
