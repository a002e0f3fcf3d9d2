"""Records are asked for with a reason, written into a file by a job, fetched by who asked, and cleared away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.models import User
from stamkunde.customers.models import Customer, LookUp, LookUpPurpose
from stamkunde.events.publishing import action, publish
from stamkunde.exchange import stored_files
from stamkunde.exchange.access import EXPORT
from stamkunde.exchange.actions.receiving import NotYet
from stamkunde.exchange.events import ExportAsked, ExportFetched, ExportWritten
from stamkunde.exchange.exports import rows_for, type_for
from stamkunde.exchange.models import ExportFile
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now
from stamkunde.kit.selections import Selection, SelectionError
from stamkunde.kit.tabular.reading import digest_of
from stamkunde.kit.tabular.writing import FORMATS, open_writer

KEPT_FOR = timedelta(days=3)
_AT_ONCE = 5_000


@action
def note_wish(
    *, kind: str, form: str, reason: str, owner: User, by: Actor, selection: Selection | None = None
) -> ExportFile:
    """Note who wants what for which purpose; the file is written by the job that is enqueued with it."""
    reason = reason.strip()
    if type_for(owner, kind) is None or form not in FORMATS:
        raise NotYet(_("Choose what to export and into which format."))
    if len(reason) < 3:
        raise NotYet(_("Write what the file is needed for; it is kept with the export."))
    export = ExportFile.objects.create(
        kind=kind,
        form=form,
        reason=reason[:300],
        selection=selection or {},
        owner=owner,
        asked_at=now(),
        expires_at=now() + KEPT_FOR,
    )
    publish(ExportAsked(export_id=export.pk, kind=kind, form=form, reason=export.reason), by=by)
    return export


def write_file(export: ExportFile, progress: Callable[[int], None], *, by: Actor) -> None:
    """Write the rows as they come; a file that was not finished is never offered.

    What the owner may see counts as it is now, not as it was when the file was asked for.
    """
    kind = type_for(export.owner, export.kind)
    if kind is None or not export.owner.may(EXPORT.name):
        _refuse(export)
        return
    stored_as = stored_files.new_name(stored_files.EXPORTS, f".{export.form}")
    path = stored_files.path_of(stored_as)
    rows = 0
    seen: set[int] = set()
    try:
        with open_writer(path, export.form, kind.columns(export.owner)) as writer:
            for cells, customer_id in rows_for(export.owner, kind, export.selection):
                writer.write(cells)
                rows += 1
                if customer_id is not None:
                    seen.add(customer_id)
                if rows % _AT_ONCE == 0:
                    progress(rows)
        _ready(export, stored_as, rows, path.stat().st_size, digest_of(path), seen, by=by)
    except SelectionError:
        stored_files.remove(stored_as)
        _refuse(export)
    except BaseException:
        stored_files.remove(stored_as)
        raise


@action
def _refuse(export: ExportFile) -> None:
    ExportFile.objects.filter(pk=export.pk).update(state=ExportFile.State.FAILED)


@action
def _ready(
    export: ExportFile, stored_as: str, rows: int, size: int, digest: str, seen: Collection[int], *, by: Actor
) -> None:
    ExportFile.objects.filter(pk=export.pk).update(
        state=ExportFile.State.READY,
        stored_as=stored_as,
        rows=rows,
        size=size,
        names_customers=bool(seen),
        digest=digest,
        ready_at=now(),
    )
    _note_looks(export, seen, by=by)
    publish(ExportWritten(export_id=export.pk, kind=export.kind, rows=rows), by=by)


def _note_looks(export: ExportFile, customers: Collection[int], *, by: Actor) -> None:
    """Each customer may ask who took her data out of the house, and when."""
    at = now()
    ordered = sorted(customers)
    for start in range(0, len(ordered), _AT_ONCE):
        # Somebody deleted meanwhile has nothing left that could be looked at.
        there = Customer.objects.filter(pk__in=ordered[start : start + _AT_ONCE]).values_list("pk", flat=True)
        LookUp.objects.bulk_create(
            [
                LookUp(
                    customer_id=number,
                    purpose=LookUpPurpose.EXPORT,
                    at=at,
                    actor_kind=by.kind.value,
                    actor_id=by.id,
                    actor_label=by.label[:120],
                    role=export.owner.role if by.kind == ActorKind.STAFF else "",
                )
                for number in there
            ]
        )


@action
def note_fetched(export: ExportFile, *, by: Actor) -> None:
    publish(ExportFetched(export_id=export.pk, kind=export.kind), by=by)


@action
def remove_export(export: ExportFile, *, by: Actor) -> None:
    """Take the file away before its days are over."""
    stored_files.remove(export.stored_as)
    ExportFile.objects.filter(pk=export.pk).update(state=ExportFile.State.EXPIRED, stored_as="")


@action
def let_go_of_exports(exports: Iterable[ExportFile]) -> None:
    """Take away files because somebody in them is erased; the bytes go with the commit."""
    for export in exports:
        ExportFile.objects.filter(pk=export.pk).update(state=ExportFile.State.EXPIRED, stored_as="")
        transaction.on_commit(partial(stored_files.remove, export.stored_as))


@action
def clear_expired(*, by: Actor) -> None:
    """Take away files whose days are over; the row stays, for the audit."""
    for export in ExportFile.objects.filter(expires_at__lte=now()).exclude(stored_as=""):
        stored_files.remove(export.stored_as)
        ExportFile.objects.filter(pk=export.pk).update(state=ExportFile.State.EXPIRED, stored_as="")
