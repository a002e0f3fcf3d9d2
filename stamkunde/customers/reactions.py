"""What follows for customers from what happened elsewhere."""

from datetime import timedelta

from stamkunde.accounts.events import ShopChanged
from stamkunde.accounts.queries import FRESH_SECONDS
from stamkunde.customers.jobs import sort_customers
from stamkunde.events.reacting import reacts_to
from stamkunde.kit.clock import now


@reacts_to(ShopChanged)
def sort_customers_anew(event: ShopChanged) -> None:
    """Sort the lists by the alphabet of the new language, once every process knows of it."""
    if event.old_language != event.new_language:
        sort_customers.using(run_at=now() + timedelta(seconds=2 * FRESH_SECONDS)).enqueue()
