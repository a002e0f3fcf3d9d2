"""Recognising a customer by a receipt, and telling namesakes apart by what they bought last."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime

from django.db import connection

from stamkunde.accounts.queries import the_shop
from stamkunde.kit.recognisers import ChipSource, Recogniser
from stamkunde.sales.models import Order
from stamkunde.sales.numbered import with_number

MOST = 20
_NUMBERED = re.compile(r"#\d{1,18}|[\w./-]{3,60}")


def looks_like_a_receipt(text: str) -> bool:
    """Say whether a text may be a receipt number or `#` and the number of a purchase: one word with a digit in it."""
    return bool(_NUMBERED.fullmatch(text)) and any(letter.isdigit() for letter in text)


def whose_receipt(text: str) -> Iterable[int]:
    """Return the customers of the purchases with a receipt number, the latest first; the archive names nobody."""
    bought = Order.objects.filter(customer__isnull=False)
    if (line := the_shop().archive_before) is not None:
        bought = bought.filter(placed_at__gte=line)
    number = text.removeprefix("#")
    if text.startswith("#") and number.isascii() and number.isdecimal() and len(number) < 19:
        bought = bought.filter(pk=int(number))
    else:
        bought = bought.filter(pk__in=with_number(Order, text))
    return list(dict.fromkeys(bought.order_by("-placed_at").values_list("customer_id", flat=True)[:MOST]))


_EVER = datetime(1900, 1, 1, tzinfo=UTC)
# Asked at every key pressed while somebody is looked for: composing it would take longer than answering it.
_LAST_BOUGHT = """
SELECT customer.id, (
    SELECT description FROM sales_orderline WHERE number = 1 AND order_id = (
        SELECT id FROM sales_order WHERE customer_id = customer.id AND placed_at >= %s
         ORDER BY placed_at DESC, id DESC LIMIT 1))
  FROM customers_customer AS customer WHERE customer.id IN ({customers})
"""


def last_bought(customer_ids: Collection[int]) -> Mapping[int, str]:
    """Return the first line of each customer's last purchase; one query."""
    if not customer_ids:
        return {}
    since = connection.ops.adapt_datetimefield_value(the_shop().archive_before or _EVER)
    with connection.cursor() as cursor:
        cursor.execute(_LAST_BOUGHT.format(customers=", ".join(["%s"] * len(customer_ids))), [since, *customer_ids])
        return {number: thing[:40] for number, thing in cursor.fetchall() if thing}


RECEIPTS = Recogniser(name="receipt", looks_like=looks_like_a_receipt, identify=whose_receipt)
LAST_BOUGHT = ChipSource(name="last_bought", chips=last_bought)
