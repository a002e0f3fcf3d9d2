"""What must always hold of what tills sold without a connection."""

from collections.abc import Iterator

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stamkunde.kit.invariants import Invariant
from stamkunde.sales.models import OfflineSale


def offline_sales_unlike_purchases() -> Iterator[str]:
    """Yield what a till sold without a connection and is in the books at another sum, or at another till."""
    taken = OfflineSale.objects.exclude(order=None).select_related("order", "till")
    for sale in taken.exclude(order__total=F("total"), order__till=F("till")).order_by("pk").iterator():
        yield _("%(number)s of till %(till)s, sold without a connection, is not in the books as it was paid.") % {
            "number": sale.receipt_number or sale.key,
            "till": sale.till.name,
        }


OFFLINE_AS_PAID = Invariant(
    "offline-as-paid",
    gettext_lazy("Everything sold without a connection is in the books as it was paid."),
    offline_sales_unlike_purchases,
)
