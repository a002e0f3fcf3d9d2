"""What the exchange holds about a customer: the keys other systems know her by, and what imports changed on her."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.accounts.keeping import row_until
from stamkunde.accounts.queries import the_shop
from stamkunde.exchange.models import ImportChange, ImportLikeness, ImportRun, Replay, SourceKey
from stamkunde.exchange.retention import FILES_OF_IMPORTS
from stamkunde.kit import shown
from stamkunde.kit.importing import CUSTOMER
from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register


def keys_of(customer_id: int) -> Iterator[dict[str, Any]]:
    """Yield where she is from, and by which key she is known there."""
    for key in SourceKey.objects.filter(kind=CUSTOMER, object_id=customer_id).order_by("pk"):
        yield {"source": key.source, "key": key.key}


def forget_keys(customer_id: int) -> list[str]:
    """Forget her keys, and say which files she came in are still kept and until when."""
    keys = SourceKey.objects.filter(kind=CUSTOMER, object_id=customer_id)
    runs = list(ImportRun.objects.filter(keys__in=keys).exclude(stored_as="").distinct())
    keys.delete()
    return [
        _("The imported file %(file)s, in which this customer stands, is kept until %(day)s.")
        % {"file": run.file_name, "day": shown.day(row_until(FILES_OF_IMPORTS, run, country=the_shop().country))}
        for run in runs
    ]


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
        export=answers_to,
        forget=deleting(Replay),
    ),
)
