"""What a purchase is told as to whoever looks up a code that was used for it."""

from collections.abc import Collection

from stamkunde.accounts.models import User
from stamkunde.customers.access import sees
from stamkunde.customers.models.customer import page_of
from stamkunde.kit.addresses import address
from stamkunde.pricing.purchases import ToldPurchase
from stamkunde.sales.access import open_orders


def told(numbers: Collection[int], user: User) -> dict[int, ToldPurchase]:
    """Return the purchases of these numbers that the person may open, and whose they were as far as may be known."""
    found = open_orders(user).filter(pk__in=list(numbers)).select_related("customer")
    return {
        order.pk: ToldPurchase(
            called=order.called,
            url=address("sales:order", order.pk),
            customer=order.customer.name if order.customer and sees(user, order.customer) else "",
            customer_url=page_of(order.customer_id) if order.customer and sees(user, order.customer) else "",
        )
        for order in found
    }
