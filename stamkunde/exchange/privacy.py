"""What the exchange holds about a customer: the keys other systems know her by, and what imports changed on her."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.customers.models import LookUp, LookUpPurpose
from stamkunde.events.models import Happening
from stamkunde.exchange import stored_files
from stamkunde.exchange.actions.exporting import let_go_of_exports
from stamkunde.exchange.actions.running import BUSY, let_go_of_bytes
from stamkunde.exchange.actions.webhooks import EVERYTHING
from stamkunde.exchange.exports import PORTABLE, label_of
from stamkunde.exchange.models import (
    ExportFile,
    ImportChange,
    ImportLikeness,
    ImportRun,
    Replay,
    SourceKey,
    Webhook,
)
from stamkunde.kit.importing import CUSTOMER
from stamkunde.kit.privacy import (
    Holding,
    Recipient,
    Sensitivity,
    deleting,
    register,
    register_keys,
    register_portable,
    register_recipients,
    register_sweep,
)

# The looks at everybody in a file are noted in the transaction that makes it ready, a million of them in a minute.
_NOTED_WITHIN = timedelta(minutes=2)


def keys_of(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield where she is from, and by which key she is known there."""
    for key in SourceKey.objects.filter(kind=CUSTOMER, object_id=customer_id).order_by("pk"):
        yield {"source": key.source, "key": key.key}


def pairs_of(customer_id: int) -> Iterator[tuple[str, str]]:
    yield from SourceKey.objects.filter(kind=CUSTOMER, object_id=customer_id).values_list("source", "key")


def let_go_of_files_with(texts: Sequence[str]) -> int:
    """Let go of the sent files in which one of the texts stands, whoever the rows were taken for."""
    runs = ImportRun.objects.exclude(stored_as="").exclude(state__in=BUSY)
    holding = [run for run in runs if stored_files.holds_any(run.stored_as, texts)]
    let_go_of_bytes(holding)
    return len(holding)


def forget_keys(customer_id: int) -> None:
    """Forget her keys, and the kept files she came in: a file may hold more of her than was taken from it.

    What such an import did can still be undone, for its journal tells; only the file is gone.
    """
    runs = list(_runs_with(customer_id))
    SourceKey.objects.filter(kind=CUSTOMER, object_id=customer_id).delete()
    let_go_of_bytes(runs)


def _runs_with(customer_id: int) -> QuerySet[ImportRun]:
    """Return the imports whose file is kept and from which a customer is known; one at work keeps its file."""
    keys = SourceKey.objects.filter(kind=CUSTOMER, object_id=customer_id)
    changes = ImportChange.objects.filter(kind=CUSTOMER, object_id=customer_id)
    likenesses = ImportLikeness.objects.filter(customer_id=customer_id)
    known = Q(keys__in=keys) | Q(changes__in=changes) | Q(likenesses__in=likenesses)
    return ImportRun.objects.filter(known).exclude(stored_as="").exclude(state__in=BUSY).distinct()


def exports_with(customer_id: int) -> QuerySet[ExportFile]:
    """Return the kept export files that hold a customer, as the look-ups say that were noted when each was written."""
    looks = LookUp.objects.filter(
        customer=customer_id,
        purpose=LookUpPurpose.EXPORT,
        at__gte=OuterRef("ready_at"),
        at__lt=OuterRef("ready_at") + _NOTED_WITHIN,
    )
    return ExportFile.objects.exclude(ready_at=None).filter(Exists(looks))


def exports_given(customer_id: int) -> Iterator[dict[str, Any]]:
    for export in exports_with(customer_id).order_by("pk"):
        yield {"file": label_of(export.kind), "form": export.form, "reason": export.reason, "at": export.ready_at}


def forget_exports(customer_id: int) -> None:
    let_go_of_exports(list(exports_with(customer_id).exclude(stored_as="")))


def told_of(customer_id: int) -> Iterator[Recipient]:
    """Yield who has been given something of her: files that were written, and programs that were told."""
    for export in exports_with(customer_id).select_related("owner").order_by("pk"):
        if export.ready_at is not None:
            role = export.owner.get_role_display()
            what = _("A file with %(what)s, for: %(reason)s") % {
                "what": label_of(export.kind), "reason": export.reason
            }  # fmt: skip
            yield Recipient(_("Staff (%(role)s)") % {"role": role}, what, export.ready_at)
    for webhook in Webhook.objects.order_by("pk"):
        happened = Happening.objects.filter(customer_id=customer_id, pk__lte=webhook.cursor)
        happened = happened.filter(recorded_at__gte=webhook.made_at)
        if EVERYTHING not in webhook.events:
            happened = happened.filter(name__in=webhook.events)
        last = happened.order_by("-pk").first()
        if last is not None:
            what = _("Numbers of what happened, by which the other program can ask for the rest")
            yield Recipient(webhook.name, what, last.recorded_at)


def changes_of(customer_id: int) -> Iterator[dict[str, Any]]:
    for change in ImportChange.objects.filter(kind=CUSTOMER, object_id=customer_id, was_created=False).order_by("pk"):
        yield {"former_values": change.before}


def likenesses_of(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield in which files a row was found that seemed to be about her."""
    for like in ImportLikeness.objects.filter(customer_id=customer_id).select_related("run").order_by("pk"):
        yield {"file": like.run.file_name, "row": like.row, "name": like.name, "alike": like.reasons}


def answers_to(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield when another program was told about them; the answer itself is kept only to be repeated."""
    for answer in Replay.objects.filter(customer_id=customer_id).order_by("pk"):
        yield {"answered_at": answer.at.isoformat()}


register(
    Holding(
        model=SourceKey,
        title=gettext_lazy("Where your data came from"),
        purpose=gettext_lazy("To know customers, products and purchases of other systems again."),
        columns={
            "id": Sensitivity.NONE,
            "source": Sensitivity.BUSINESS,
            "kind": Sensitivity.NONE,
            "key": Sensitivity.IDENTITY,
            "object_id": Sensitivity.IDENTITY,
            "run": Sensitivity.NONE,
        },
        export=keys_of,
        forget=forget_keys,
    ),
    Holding(
        model=ImportChange,
        title=gettext_lazy("What imports changed"),
        purpose=gettext_lazy("To undo an import."),
        columns={
            "id": Sensitivity.NONE,
            "run": Sensitivity.NONE,
            "kind": Sensitivity.NONE,
            "object_id": Sensitivity.IDENTITY,
            "was_created": Sensitivity.NONE,
            "before": Sensitivity.IDENTITY,
        },
        export=changes_of,
        forget=deleting(ImportChange, by="object_id", kind=CUSTOMER),
    ),
    Holding(
        model=ImportLikeness,
        title=gettext_lazy("Rows of files that seemed to be about you"),
        purpose=gettext_lazy("To ask before an import makes somebody a second time."),
        columns={
            "id": Sensitivity.NONE,
            "run": Sensitivity.NONE,
            "row": Sensitivity.NONE,
            "name": Sensitivity.IDENTITY,
            "customer_id": Sensitivity.IDENTITY,
            "reasons": Sensitivity.IDENTITY,
        },
        export=likenesses_of,
        forget=deleting(ImportLikeness),
    ),
    Holding(
        model=Replay,
        title=gettext_lazy("Answers given to other programs"),
        purpose=gettext_lazy("To answer a request that another program sends twice just as the first time."),
        columns={
            "id": Sensitivity.NONE,
            "owner": Sensitivity.NONE,
            "key": Sensitivity.NONE,
            "request_digest": Sensitivity.NONE,
            "status": Sensitivity.NONE,
            "headers": Sensitivity.NONE,
            "body": Sensitivity.FREE_TEXT,
            "customer_id": Sensitivity.IDENTITY,
            "at": Sensitivity.NONE,
        },
        withheld={"body": gettext_lazy("It repeats what is given already, as another program was told it.")},
        export=answers_to,
        forget=deleting(Replay),
    ),
    Holding(
        model=ExportFile,
        title=gettext_lazy("Files that were written with your data"),
        purpose=gettext_lazy("To let staff take out of the house what they need elsewhere, and to answer for it."),
        columns={
            "id": Sensitivity.NONE,
            "kind": Sensitivity.BUSINESS,
            "form": Sensitivity.BUSINESS,
            "reason": Sensitivity.FREE_TEXT,
            "selection": Sensitivity.BUSINESS,
            "state": Sensitivity.BUSINESS,
            "stored_as": Sensitivity.NONE,
            "rows": Sensitivity.BUSINESS,
            "size": Sensitivity.BUSINESS,
            "names_customers": Sensitivity.BUSINESS,
            "digest": Sensitivity.BUSINESS,
            "job_id": Sensitivity.NONE,
            "owner": Sensitivity.BUSINESS,
            "asked_at": Sensitivity.BUSINESS,
            "ready_at": Sensitivity.BUSINESS,
            "expires_at": Sensitivity.BUSINESS,
        },
        export=exports_given,
        forget=forget_exports,
    ),
)

register_recipients(told_of)
register_keys(pairs_of)
register_sweep(let_go_of_files_with)
register_portable(*PORTABLE)
