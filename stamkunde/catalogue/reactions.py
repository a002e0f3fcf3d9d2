"""What follows for products from what happened elsewhere."""

from datetime import timedelta

from stamkunde.accounts.events import ShopChanged
from stamkunde.accounts.queries import FRESH_SECONDS
from stamkunde.catalogue.jobs import sort_products
from stamkunde.events.reacting import reacts_to
from stamkunde.kit.clock import now


@reacts_to(ShopChanged)
def sort_products_anew(event: ShopChanged) -> None:
    """Sort the lists by the alphabet of the new language, once every process knows of it."""
    if event.old_language != event.new_language:
        sort_products.using(run_at=now() + timedelta(seconds=2 * FRESH_SECONDS)).enqueue()
