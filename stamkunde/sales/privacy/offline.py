"""What sales holds about a person's purchases that a till made without a connection, beside the purchases."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy

from stamkunde.kit.privacy import Holding, Sensitivity, register
from stamkunde.sales.models import OfflineSale
from stamkunde.sales.privacy.trade import money

_NONE, _BUSINESS, _IDENTITY = Sensitivity.NONE, Sensitivity.BUSINESS, Sensitivity.IDENTITY
_BEHAVIOUR, _FREE_TEXT = Sensitivity.BEHAVIOUR, Sensitivity.FREE_TEXT

# What of a sale that was told of leads to whoever bought.
_OF_THE_BUYER = ("customer_id", "codes")


def _offline_sales(customer_id: int) -> Iterator[dict[str, Any]]:
    own = OfflineSale.objects.filter(customer=customer_id).select_related("store", "till").order_by("pk")
    for sale in own:
        yield {
            "receipt_number": sale.receipt_number,
            "occurred_at": sale.occurred_at,
            "recorded_at": sale.recorded_at,
            "store": sale.store.name,
            "till": sale.till.name,
            "state": sale.state,
            "total": money(sale.total, sale.store.currency),
            "sent": sale.sent,
            "note": sale.note,
        }


def _forget_offline_sales(customer_id: int) -> None:
    """Part them from the person; what was sold and how it was paid belongs to the books."""
    for sale in OfflineSale.objects.filter(customer=customer_id):
        kept = {name: value for name, value in sale.sent.items() if name not in _OF_THE_BUYER}
        OfflineSale.objects.filter(pk=sale.pk).update(customer=None, note="", sent=kept)


register(
    Holding(
        model=OfflineSale,
        title=gettext_lazy("Purchases made while a till had no connection"),
        purpose=gettext_lazy("To bring what was sold without a connection into the books, once and as it was paid."),
        columns={
            "id": _NONE,
            "store": _BEHAVIOUR,
            "till": _BEHAVIOUR,
            "device": _BUSINESS,
            "key": _NONE,
            "body_digest": _NONE,
            "sent": _BEHAVIOUR,
            "customer": _IDENTITY,
            "receipt_number": _BUSINESS,
            "sold_by": _BUSINESS,
            "occurred_at": _BEHAVIOUR,
            "recorded_at": _BEHAVIOUR,
            "clock_off_seconds": _NONE,
            "is_clock_wrong": _NONE,
            "total": _BEHAVIOUR,
            "would_total": _BUSINESS,
            "differences": _BUSINESS,
            "state": _BUSINESS,
            "reason": _BUSINESS,
            "refusal": _BUSINESS,
            "order": _BEHAVIOUR,
            "settled_at": _BUSINESS,
            "settled_by": _BUSINESS,
            "note": _FREE_TEXT,
        },
        export=_offline_sales,
        forget=_forget_offline_sales,
    )
)
