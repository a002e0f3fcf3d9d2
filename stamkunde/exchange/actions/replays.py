"""Keeping the answer to a request with a key, beside what the request did."""

from collections.abc import Mapping
from datetime import timedelta

from stamkunde.accounts.models import User
from stamkunde.events.publishing import action
from stamkunde.exchange.models import Replay
from stamkunde.kit.clock import now
from stamkunde.kit.statements import insert, new

KEPT_FOR = timedelta(days=30)
PORTION = 2_000
# The status of an answer that is still to come, and how long one is waited for.
UNDER_WAY = 0
LONGEST_WAY = timedelta(minutes=10)


class AnsweredMeanwhile(Exception):
    """The same key was answered by another request in this very moment."""


@action(is_step=True)
def keep_answer(
    *,
    owner: User,
    key: str,
    request_digest: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    customer_id: int | None = None,
) -> None:
    replay = new(
        Replay,
        owner_id=owner.pk,
        key=key,
        request_digest=request_digest,
        status=status,
        headers=dict(headers),
        body=body,
        customer_id=customer_id,
        at=now(),
    )
    if not insert([replay], unless_there=True):
        raise AnsweredMeanwhile


@action
def reserve_key(*, owner: User, key: str, request_digest: str) -> None:
    """Say that a request is under way whose work is several transactions; raise AnsweredMeanwhile if it is already.

    One that was reserved long ago belongs to a process that is no more, and whoever sends it again takes it over.
    """
    values = {"request_digest": request_digest, "status": UNDER_WAY, "headers": {}, "body": b"", "at": now()}
    lost = Replay.objects.filter(owner_id=owner.pk, key=key, status=UNDER_WAY, at__lt=now() - LONGEST_WAY)
    if lost.update(**values):
        return
    if not insert([Replay(owner_id=owner.pk, key=key, **values)], unless_there=True):
        raise AnsweredMeanwhile


@action
def free_key(*, owner: User, key: str) -> None:
    """Let a key be used anew whose request was refused."""
    Replay.objects.filter(owner_id=owner.pk, key=key, status=UNDER_WAY).delete()


@action
def fill_answer(
    *,
    owner: User,
    key: str,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    customer_id: int | None = None,
) -> None:
    """Keep the answer to a request that was under way."""
    Replay.objects.filter(owner_id=owner.pk, key=key, status=UNDER_WAY).update(
        status=status, headers=dict(headers), body=body, customer_id=customer_id, at=now()
    )


@action
def forget_answers() -> int:
    """Forget some answers that nobody will ask for again; return how many."""
    old = Replay.objects.filter(at__lt=now() - KEPT_FOR).order_by("at").values_list("pk", flat=True)[:PORTION]
    return Replay.objects.filter(pk__in=list(old)).delete()[0]
