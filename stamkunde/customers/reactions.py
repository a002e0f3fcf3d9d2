"""What follows for customers from what happened elsewhere."""

from datetime import timedelta

from stamkunde.accounts.events import ShopChanged
from stamkunde.accounts.queries import FRESH_SECONDS
from stamkunde.customers.actions.merging import gather_stragglers
from stamkunde.customers.events import CustomerCreated, CustomersMerged
from stamkunde.customers.jobs import find_new_duplicates, sort_customers
from stamkunde.customers.models import Merge
from stamkunde.events.reacting import reacts_to
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now


@reacts_to(ShopChanged)
def sort_customers_anew(event: ShopChanged) -> None:
    """Sort the lists by the alphabet of the new language, once every process knows of it."""
    if event.old_language != event.new_language:
        sort_customers.using(run_at=now() + timedelta(seconds=2 * FRESH_SECONDS)).enqueue()


@reacts_to(CustomerCreated)
def look_at_newcomer(event: CustomerCreated) -> None:
    """Look soon whether somebody new was here already; whoever comes within the minute is looked at together."""
    find_new_duplicates.using(run_at=now() + timedelta(minutes=1)).enqueue_once("customers.find_new_duplicates")


@reacts_to(CustomersMerged)
def gather_what_came_late(event: CustomersMerged) -> None:
    """Move what somebody wrote for the merged customer at the very moment of the merge."""
    merge = Merge.objects.filter(pk=event.merge_id).first()
    if merge is not None:
        gather_stragglers(merge, by=SYSTEM)
