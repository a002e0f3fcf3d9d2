"""Recognising a customer by a receipt, and telling namesakes apart by what they bought last."""

import re
from collections.abc import Collection, Iterable, Mapping

from django.db.models import OuterRef, Subquery

from stamkunde.customers.models import Customer
from stamkunde.kit.recognisers import ChipSource, Recogniser
from stamkunde.sales.models import Order, OrderLine
from stamkunde.sales.numbered import with_number

MOST = 20
_NUMBERED = re.compile(r"#\d{1,18}|[\w./-]{3,60}")


def looks_like_a_receipt(text: str) -> bool:
    """Say whether a text may be a receipt number or `#` and the number of a purchase: one word with a digit in it."""
    return bool(_NUMBERED.fullmatch(text)) and any(letter.isdigit() for letter in text)


def whose_receipt(text: str) -> Iterable[int]:
    """Return the customers of the purchases with a receipt number, the latest first."""
    bought = Order.objects.filter(customer__isnull=False)
    number = text.removeprefix("#")
    if text.startswith("#") and number.isascii() and number.isdecimal() and len(number) < 19:
        bought = bought.filter(pk=int(number))
    else:
        bought = bought.filter(pk__in=with_number(Order, text))
    return list(dict.fromkeys(bought.order_by("-placed_at").values_list("customer_id", flat=True)[:MOST]))


def last_bought(customer_ids: Collection[int]) -> Mapping[int, str]:
    """Return the first line of each customer's last purchase; one query."""
    order = Order.objects.filter(customer=OuterRef("pk")).order_by("-placed_at", "-pk").values("pk")[:1]
    thing = OrderLine.objects.filter(order=OuterRef("last_order"), number=1).values("description")[:1]
    rows = (
        Customer.objects.filter(pk__in=customer_ids)
        .annotate(last_order=Subquery(order))
        .annotate(thing=Subquery(thing))
    )
    return {pk: what[:40] for pk, what in rows.values_list("pk", "thing") if what}


RECEIPTS = Recogniser(name="receipt", looks_like=looks_like_a_receipt, identify=whose_receipt)
LAST_BOUGHT = ChipSource(name="last_bought", chips=last_bought)
