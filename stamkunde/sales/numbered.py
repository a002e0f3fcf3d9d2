"""Finding a purchase or a return by its receipt number, quickly also where hardly any receipt has one."""

from django.db.models import Q

from stamkunde.sales.models import Order, Return

MOST = 500


def with_number(model: type[Order] | type[Return], *numbers: str, most: int | None = MOST) -> list[int]:
    """Return the numbers of the rows that carry a receipt number; all of them, or so many.

    Asked for alone: in a shop that brought years of purchases without numbers, SQLite holds the index for useless and
    rather reads the whole table in another order. What only wants the index itself it does look up there; and the index
    holds no purchase without a number, which must be said for SQLite to use it.
    """
    rows = model._default_manager.filter(
        ~Q(receipt_number=""), receipt_number__in=[number for number in numbers if number]
    )
    return list(rows.order_by().values_list("pk", flat=True)[:most])
