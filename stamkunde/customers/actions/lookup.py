"""Writing down who looked at a customer, for the day the customer asks."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer, HitList, LookUp, LookUpPurpose
from stamkunde.events.publishing import action
from stamkunde.kit.brief import brief
from stamkunde.kit.clock import now
from stamkunde.kit.retry import retry_on_conflict
from stamkunde.kit.statements import insert, new

ONE_LOOK = timedelta(minutes=10)


def record_lookup(
    customer: Customer, purpose: LookUpPurpose, *, by: User, store_id: int | None = None, till_id: int | None = None
) -> None:
    """Write a look down once: going to and fro between pages within ten minutes is one look.

    Whether it is one is asked before the transaction begins, or every page shown again would wait for whoever writes.
    Two pages opened at the very same moment are two looks.
    """
    lately = LookUp.objects.filter(
        customer=customer,
        purpose=purpose,
        actor_kind=by.actor.kind.value,
        actor_id=by.actor.id,
        at__gt=now() - ONE_LOOK,
    )
    if not lately.exists():
        _record_look(customer, purpose, by=by, store_id=store_id, till_id=till_id)


@action
def _record_look(
    customer: Customer, purpose: LookUpPurpose, *, by: User, store_id: int | None, till_id: int | None
) -> None:
    LookUp.objects.create(
        customer=customer,
        purpose=purpose,
        at=now(),
        actor_kind=by.actor.kind.value,
        actor_id=by.actor.id,
        actor_label=by.actor.label,
        role=by.role,
        store_id=store_id,
        till_id=till_id,
    )


@retry_on_conflict
@brief
@action
def record_list(customer_ids: Sequence[int], *, by: User) -> None:
    """Write down who was on a list that somebody, or a program with somebody's token, was shown once."""
    if not customer_ids:
        return
    row = new(
        HitList,
        key=secrets.token_urlsafe(18),
        at=now(),
        actor_kind=by.actor.kind.value,
        actor_id=by.actor.id,
        actor_label=by.actor.label,
        role=by.role,
        shown=_numbers(customer_ids),
    )
    insert([row])


@retry_on_conflict
@action
def record_hit_list(
    key: str, customer_ids: Sequence[int], *, by: User, store_id: int | None = None, till_id: int | None = None
) -> None:
    """Write down who was on the list of a search; each further list of the same search adds whom it shows anew."""
    if not customer_ids:
        return
    row, is_new = HitList.objects.get_or_create(
        key=key,
        defaults={
            "at": now(),
            "actor_kind": by.actor.kind.value,
            "actor_id": by.actor.id,
            "actor_label": by.actor.label,
            "role": by.role,
            "store_id": store_id,
            "till_id": till_id,
            "shown": _numbers(customer_ids),
        },
    )
    if is_new:
        return
    held = HitList.objects.select_for_update().get(pk=row.pk)
    known = [int(number) for number in held.shown.split()]
    together = list(dict.fromkeys([*known, *customer_ids]))
    if len(together) > len(known):
        held.shown = _numbers(together)
        held.save(update_fields=["shown"])


def _numbers(customer_ids: Sequence[int]) -> str:
    return f" {' '.join(str(number) for number in customer_ids)} "


@action
def forget_hit_lists(numbers: Sequence[int]) -> int:
    """Delete these lists of searches; return how many went."""
    return HitList.objects.filter(pk__in=numbers).delete()[0]


@action
def forget_lookups(numbers: Sequence[int]) -> int:
    """Delete these rows of the read log; return how many went."""
    return LookUp.objects.filter(pk__in=numbers).delete()[0]
