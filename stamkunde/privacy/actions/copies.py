"""The copy of somebody's data: asked for, written by a job, fetched, and cleared away."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.customers.models import LookUp, LookUpPurpose
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.privacy.document import compose
from stamkunde.privacy.events import CopyFetched, CopyWritten
from stamkunde.privacy.models import AccessFile, DataRequest, RequestKind
from stamkunde.privacy.packing import pack
from stamkunde.privacy.refusals import RequestRefused

KEPT_FOR = timedelta(days=7)
FOLDER = "access"
Progress = Callable[[int, int], None]


def path_of(stored_as: str) -> Path:
    return Path(settings.FILES_ROOT) / stored_as


@action
def note_copy_wished(request_id: int, *, by: Actor) -> AccessFile:
    """Note that a copy is wanted; the job that writes it is enqueued with it."""
    request = DataRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.kind != RequestKind.ACCESS:
        raise RequestRefused(_("A copy was not asked for. If it is now, take that in as a request of its own."))
    if not request.is_open or request.customer_id is None:
        raise RequestRefused(_("This request is closed. If the customer asks again, take in a new one."))
    if not request.is_checked:
        raise RequestRefused(_("Check first who asks, and note how. Then the copy can be written."), "identity")
    if request.files.filter(state=AccessFile.State.WAITING).exists():
        raise RequestRefused(_("The copy is being written already."))
    at = now()
    return AccessFile.objects.create(
        request=request,
        language=request.language,
        asked_by_id=by.id if by.kind == ActorKind.STAFF else None,
        asked_by=by.label[:120],
        asked_at=at,
        expires_at=at + KEPT_FOR,
    )


def write_copy(file: AccessFile, progress: Progress, *, by: Actor) -> None:
    """Write everything that is held into one file; one that was not finished is never offered."""
    request = file.request
    if request.customer is None or not request.is_open:
        _end(file, AccessFile.State.FAILED)
        return
    (Path(settings.FILES_ROOT) / FOLDER).mkdir(parents=True, exist_ok=True)
    stored_as = f"{FOLDER}/{uuid.uuid4().hex}.zip"
    path = path_of(stored_as)
    try:
        with translation.override(file.language):
            document = compose(request.customer, names_staff=request.names_staff, progress=progress)
            pack(document, request.customer, path)
        rows = sum(len(section.rows) for section in document.sections)
        is_wanted = _ready(file, stored_as, rows, path.stat().st_size, _digest_of(path), by=by)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not is_wanted:
        path.unlink(missing_ok=True)


def _digest_of(path: Path) -> str:
    with path.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


@action
def _ready(file: AccessFile, stored_as: str, rows: int, size: int, digest: str, *, by: Actor) -> bool:
    """Offer the file, unless another worker was quicker or the person has been erased meanwhile."""
    request = DataRequest.objects.select_for_update(of=("self",)).filter(pk=file.request_id).first()
    if request is None or request.customer_id is None:
        return False
    waiting = AccessFile.objects.filter(pk=file.pk, state=AccessFile.State.WAITING)
    if not waiting.update(
        state=AccessFile.State.READY, stored_as=stored_as, rows=rows, size=size, digest=digest, ready_at=now()
    ):
        return False
    user = User.objects.filter(pk=file.asked_by_id).first() if file.asked_by_id else None
    LookUp.objects.create(
        customer_id=request.customer_id,
        purpose=LookUpPurpose.ACCESS,
        at=now(),
        actor_kind=by.kind.value,
        actor_id=by.id,
        actor_label=by.label[:120],
        role=user.role if user else "",
    )
    publish(CopyWritten(customer_id=request.customer_id, request_id=request.pk, rows=rows), by=by)
    return True


@action
def _end(file: AccessFile, state: AccessFile.State) -> None:
    AccessFile.objects.filter(pk=file.pk, state=AccessFile.State.WAITING).update(state=state)


@action
def note_fetched(file: AccessFile, *, by: Actor) -> None:
    AccessFile.objects.filter(pk=file.pk).update(fetched_at=now())
    publish(CopyFetched(customer_id=file.request.customer_id, request_id=file.request_id), by=by)


@action
def remove_copy(file: AccessFile, *, by: Actor) -> None:
    """Take a copy away before its days are over."""
    let_go_of(file)


@action
def clear_expired_copies() -> int:
    """Take away copies whose days are over; return how many. That there was one stays, for the audit."""
    old = list(AccessFile.objects.filter(expires_at__lte=now()).exclude(stored_as=""))
    for file in old:
        let_go_of(file)
    return len(old)


def let_go_of(file: AccessFile) -> None:
    """Let go of a file within an action; its bytes go with the commit."""
    AccessFile.objects.filter(pk=file.pk).update(state=AccessFile.State.EXPIRED, stored_as="")
    if file.stored_as:
        transaction.on_commit(partial(path_of(file.stored_as).unlink, missing_ok=True))
