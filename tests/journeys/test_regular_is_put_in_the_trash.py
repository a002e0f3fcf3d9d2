"""A customer with purchases is put in the trash: the books keep her there, and the page says so."""

from datetime import timedelta
from decimal import Decimal

import time_machine

from stamkunde.customers.actions import trash_customer
from stamkunde.customers.actions.forgetting import clear_trash
from stamkunde.customers.models import Customer
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.sales.actions import register_order
from stamkunde.sales.values import LineValues, OrderValues
from tests.world import World, signed_in


def test_whoever_has_purchases_stays_in_the_trash_and_the_page_says_so(world: World) -> None:
    line = LineValues(quantity=Decimal(1), unit_price=1_000, description="Coffee")
    register_order(OrderValues(store_id=world.store.pk, customer_id=world.kari.pk, lines=(line,)), by=SYSTEM)
    start = now()
    trash_customer(world.kari.pk, by=SYSTEM)
    trash_customer(world.sven.pk, by=SYSTEM)

    with time_machine.travel(start + timedelta(days=90), tick=False):
        page = signed_in(world.liga).get("/customers/trash/").content.decode()
        assert clear_trash() == 1

    assert page.count("kept because of purchases") == 1
    assert page.count("deleted after") == 1
    assert list(Customer.objects.filter(trashed_at__isnull=False)) == [world.kari]
