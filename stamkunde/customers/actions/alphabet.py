"""Keeping the lists of customers in the order of the alphabet, which is another one in another language."""

from stamkunde.accounts.queries import the_shop_anew
from stamkunde.customers.models import Customer
from stamkunde.customers.preparing import sort_name
from stamkunde.events.publishing import action
from stamkunde.kit.collation import put_in_order


@action
def put_customers_in_order(after: int = 0) -> tuple[int, int]:
    """Sort some customers anew, as the alphabet of the shop's language is now."""
    language = the_shop_anew().language
    return put_in_order(Customer.objects.all(), lambda customer: sort_name(customer, language), after=after)
