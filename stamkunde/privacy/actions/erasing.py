"""Erasing a person, state by state: planned, locked, erased, checked.

Each step is one transaction and says which state it leaves; done again it does nothing. Between any two the machine may
die: the job goes on with the state that the row says.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress as ignoring
from typing import Any
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.sessions import SessionStore
from stamkunde.customers import files
from stamkunde.customers.actions.suppress import suppress
from stamkunde.customers.models import Customer, StoredFile
from stamkunde.customers.queries.merges import part_of
from stamkunde.customers.recognition.index import let_go_of_old_words
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now
from stamkunde.kit.privacy import holdings, keys_elsewhere, sweep_files
from stamkunde.kit.sealing import SealBroken, seal, unseal
from stamkunde.privacy import log
from stamkunde.privacy.events import CustomerErased
from stamkunde.privacy.models import DataRequest, Erasure, RequestKind, RequestState
from stamkunde.privacy.planning import Plan, plan_of
from stamkunde.privacy.refusals import RequestRefused
from stamkunde.privacy.traces import (
    Find,
    Reach,
    digests_of_files,
    finds,
    identifiers_of,
    needles_of,
    spellings,
    taken_out,
)

_PURPOSE = "erasure"
_SPARED = ("_auth_user_id", "_auth_user_backend", "_auth_user_hash")
State = Erasure.State
Fence = Callable[[], None]


def unfenced() -> None:
    """What a step asks that no other worker can interrupt."""


@action
def plan_erasure(request_id: int, *, by: Actor) -> Erasure:
    """Note that a person is to be erased; the job that does it is enqueued with it."""
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.kind != RequestKind.ERASURE:
        raise RequestRefused(_("Erasure was not asked for. If it is now, take that in as a request of its own."))
    if not request.is_open or request.customer is None:
        raise RequestRefused(_("This request is closed. If the customer asks again, take in a new one."))
    if not request.is_checked:
        raise RequestRefused(_("Check first who asks, and note how. Then the person can be erased."), "identity")
    return _planned(request.customer, request, by)


def _planned(customer: Customer, request: DataRequest | None, by: Actor) -> Erasure:
    try:
        with transaction.atomic():
            return Erasure.objects.create(
                request=request,
                customer_id=customer.pk,
                ref=customer.ref,
                asked_by=by.label[:120],
                asked_at=now(),
            )
    except IntegrityError as error:
        raise RequestRefused(_("This person is being erased already.")) from error


def freeze(erasure_id: int, fence: Fence = unfenced) -> None:
    """Lock the person out of everything, and seal what must be looked for afterwards."""
    erasure = Erasure.objects.filter(pk=erasure_id, state=State.PLANNED).first()
    if erasure is None:
        return
    # Reading all that is held takes a while, so it is done before anybody has to wait for it.
    numbers = [erasure.customer_id, *part_of(erasure.customer_id)]
    sought = {
        "needles": sorted({needle for number in numbers for needle in needles_of(number)}),
        "files": sorted({digest for number in numbers for digest in digests_of_files(number)}),
    }
    _freeze(erasure_id, numbers, sought, fence)


@action
def _freeze(erasure_id: int, numbers: list[int], sought: dict[str, list[str]], fence: Fence) -> None:
    erasure = _in_state(erasure_id, State.PLANNED)
    if erasure is None:
        return
    fence()
    customers = list(Customer.objects.select_for_update(of=("self",)).filter(pk__in=numbers).order_by("pk"))
    at = now()
    for customer in customers:
        customer.trashed_at = customer.trashed_at or at
        customer.erased_at = at
        customer.version += 1
        customer.save(update_fields=["trashed_at", "erased_at", "version"])
    refs = [str(customer.ref) for customer in customers] or [str(erasure.ref)]
    erasure.sealed = seal(json.dumps({**sought, "refs": refs}), purpose=_PURPOSE)
    erasure.state, erasure.frozen_at = State.FROZEN, at
    erasure.save(update_fields=["sealed", "state", "frozen_at"])


def execute(erasure_id: int, fence: Fence = unfenced) -> None:
    """Write the erasure into the log outside the database, then erase."""
    erasure = Erasure.objects.filter(pk=erasure_id, state=State.FROZEN).first()
    if erasure is None:
        return
    sought = _sought(erasure)
    refs = tuple(UUID(ref) for ref in sought.get("refs", [str(erasure.ref)]))
    log.log(now(), refs)
    _overwrite_what_is_deleted()
    _execute(erasure_id, plan_of(erasure.customer_id), fence)


@action
def _execute(erasure_id: int, plan: Plan, fence: Fence) -> None:
    erasure = _in_state(erasure_id, State.FROZEN)
    if erasure is None:
        return
    fence()
    number = erasure.customer_id
    keys = [key for part in (number, *part_of(number)) for key in keys_elsewhere(part)]
    suppress([number, *part_of(number)], keys)
    others = DataRequest.objects.filter(customer=number, state=RequestState.OPEN).exclude(erasure=erasure)
    open_ones = list(others.values_list("pk", flat=True))
    # The profile goes last, for what hangs on it is found by it.
    for holding in sorted(holdings(), key=lambda one: one.model is Customer):
        holding.forget(number)
    # Whatever else was asked has found its answer.
    DataRequest.objects.filter(pk__in=open_ones).update(
        state=RequestState.ANSWERED, outcome=_("Erased."), closed_at=now(), closed_by=erasure.asked_by
    )
    erasure.plan = plan.as_json()
    erasure.receipt = {
        "counts": {one["title"]: one["rows"] for one in erasure.plan["going"]},
        "stays": erasure.plan["staying"],
    }
    erasure.state, erasure.executed_at = State.EXECUTED, now()
    erasure.save(update_fields=["plan", "receipt", "state", "executed_at"])
    publish(CustomerErased(customer_id=number, erasure_id=erasure.pk), by=SYSTEM)


def verify(erasure_id: int, fence: Fence = unfenced) -> None:
    """Look for the person everywhere, take out what is left in work of ours, and note who is mentioned by others."""
    erasure = Erasure.objects.filter(pk=erasure_id, state=State.EXECUTED).first()
    if erasure is None:
        return
    sought = _sought(erasure)
    needles: list[str] = sought.get("needles", [])
    sweep_files(needles)
    _let_go_of_bytes(sought.get("files", []))
    let_go_of_old_words()
    # A minute or more in a large shop, in which nobody waits: it only reads.
    found = list(finds(needles))
    _verify(erasure_id, needles, found, fence)
    _empty_the_log_of_writes()


@action
def _verify(erasure_id: int, needles: list[str], found: list[Find], fence: Fence) -> None:
    erasure = _in_state(erasure_id, State.EXECUTED)
    if erasure is None:
        return
    fence()
    wanted = spellings(needles)
    _take_out_of_sessions(wanted)
    mentions: list[dict[str, Any]] = []
    own: dict[int, set[str]] = {}
    taken = 0
    for find in found:
        is_anothers = find.customer_id is not None and find.customer_id != erasure.customer_id
        if is_anothers or find.reach == Reach.BEHIND:
            if find.is_free_text and not _is_their_own(find, own):
                mentions.append(
                    {"table": find.model._meta.label, "row": find.pk, "customer_id": find.customer_id}
                )  # fmt: skip
            # Otherwise it is a namesake's own name, or a telephone that a household shares.
            continue
        taken += _take_out(find.model, find.pk, find.columns, wanted)
    at = now()
    erasure.receipt = {**erasure.receipt, "taken_out": taken}
    erasure.mentions, erasure.sealed = mentions, ""
    erasure.state, erasure.verified_at = State.VERIFIED, at
    erasure.save(update_fields=["receipt", "mentions", "sealed", "state", "verified_at"])
    DataRequest.objects.filter(erasure=erasure, state=RequestState.OPEN).update(
        state=RequestState.ANSWERED, outcome=_("Erased."), closed_at=at, closed_by=erasure.asked_by
    )


def _is_their_own(find: Find, own: dict[int, set[str]]) -> bool:
    """Say whether what stands in somebody's row is theirs too: a namesake's own name, a telephone they share."""
    if find.customer_id is None:
        return False
    if find.customer_id not in own:
        own[find.customer_id] = set(spellings(identifiers_of(find.customer_id)))
    return find.needles <= own[find.customer_id]


def _in_state(erasure_id: int, state: str) -> Erasure | None:
    return Erasure.objects.select_for_update(of=("self",)).filter(pk=erasure_id, state=state).first()


def _sought(erasure: Erasure) -> dict[str, Any]:
    """Return what is looked for; where the key that sealed it is gone, the rest of the work is done all the same."""
    with ignoring(SealBroken):
        sought: dict[str, Any] = json.loads(unseal(erasure.sealed, purpose=_PURPOSE))
        return sought
    return {}


def _take_out(model: Any, pk: Any, columns: tuple[str, ...], wanted: list[str]) -> int:
    row = model._default_manager.filter(pk=pk).values(*columns).first()
    if row is None:
        return 0
    changed = {name: taken_out(value, wanted) for name, value in row.items()}
    changed = {name: value for name, value in changed.items() if value != row[name]}
    return int(model._default_manager.filter(pk=pk).update(**changed)) if changed else 0


def _take_out_of_sessions(wanted: list[str]) -> None:
    """Take out of staff's sessions what names the person, such as a message that was not shown yet."""
    for session in Session.objects.filter(expire_date__gt=now()).iterator(chunk_size=500):
        data = session.get_decoded()
        kept = {
            name: value
            for name, value in data.items()
            if name in _SPARED or not any(text in json.dumps(value, ensure_ascii=False) for text in wanted)
        }
        if kept != data:
            encoded = SessionStore().encode(kept)
            Session.objects.filter(pk=session.pk).update(session_data=encoded)


@action
def _let_go_of_bytes(digests: list[str]) -> None:
    """Delete kept bytes that no row names any more. Being an action, it holds the database meanwhile."""
    for digest in digests:
        if not StoredFile.objects.filter(digest=digest).exists():
            files.place_of(digest).unlink(missing_ok=True)


def _overwrite_what_is_deleted() -> None:
    """Have SQLite write over what this connection deletes, so that the file itself does not hold it any longer."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _empty_the_log_of_writes() -> None:
    """Have SQLite move its log of writes into the file and cut it to nothing, for old pages stand in it."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


STEPS: tuple[Callable[..., None], ...] = (freeze, execute, verify)


def finish(erasure_id: int) -> None:
    """Do whatever is left of an erasure, here and now."""
    for step in STEPS:
        step(erasure_id)


def erase_again() -> int:
    """Erase whoever the log says was erased and who is here again, as after a restore; return how many."""
    count = 0
    for one in log.logged():
        here = Customer.objects.filter(ref__in=one.refs).order_by("pk")
        # Whoever lives on first: what became part of them goes along.
        for customer in sorted(here, key=lambda one: one.trashed_at is not None):
            if not Customer.objects.filter(pk=customer.pk).exists():
                continue
            unfinished = Erasure.objects.filter(customer_id=customer.pk).exclude(state=State.VERIFIED).first()
            finish(_again(customer) if unfinished is None else unfinished.pk)
            count += 1
    return count


@action
def _again(customer: Customer) -> int:
    request = DataRequest.objects.filter(customer=customer, kind=RequestKind.ERASURE, state=RequestState.OPEN).first()
    if request is not None and Erasure.objects.filter(request=request).exists():
        request = None
    return _planned(customer, request, SYSTEM).pk
