"""What the desk holds about a customer: contacts put off, drafts of notes, and what bulk changes need to be undone."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from stamkunde.desk.bulk_words import said
from stamkunde.desk.models import BulkItem, ContactPutOff, NoteDraft
from stamkunde.kit.privacy import Holding, Sensitivity, deleting, register, rows_about


def bulk_items(customer_id: int) -> Iterator[dict[str, Any]]:
    for item in BulkItem.objects.filter(customer_id=customer_id).select_related("change").order_by("pk"):
        yield {"what": said(item.change.kind, {}), "asked_at": item.change.asked_at, "former_values": item.trace}


register(
    Holding(
        model=BulkItem,
        title=_("Changes of many customers at once"),
        purpose=_("To take back within 30 days what was done to many customers at once."),
        columns={
            "id": Sensitivity.NONE,
            "change": Sensitivity.NONE,
            "customer": Sensitivity.IDENTITY,
            "state": Sensitivity.NONE,
            "trace": Sensitivity.IDENTITY,
        },
        export=bulk_items,
        forget=deleting(BulkItem),
    ),
    Holding(
        model=NoteDraft,
        title=_("Notes begun and not saved"),
        purpose=_("To keep for 30 days what somebody has begun to write about a customer and not saved."),
        columns={
            "id": Sensitivity.NONE,
            "user": Sensitivity.BUSINESS,
            "customer": Sensitivity.IDENTITY,
            "text": Sensitivity.FREE_TEXT,
            "saved_at": Sensitivity.BUSINESS,
        },
        export=rows_about(NoteDraft, "text", "saved_at"),
        forget=deleting(NoteDraft),
    ),
    Holding(
        model=ContactPutOff,
        title=_("When somebody means to get in touch"),
        purpose=_("To get in touch with a customer on a day that suits."),
        columns={
            "id": Sensitivity.NONE,
            "customer": Sensitivity.IDENTITY,
            "until": Sensitivity.BEHAVIOUR,
            "put_off_by": Sensitivity.BUSINESS,
            "put_off_at": Sensitivity.BEHAVIOUR,
        },
        export=rows_about(ContactPutOff, "until", "put_off_at"),
        forget=deleting(ContactPutOff),
    ),
)
