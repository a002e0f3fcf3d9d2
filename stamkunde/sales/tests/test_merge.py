"""Purchases of two who were one person: whose they are changes, what stands on the receipt does not."""

import pytest

from stamkunde.accounts.actions.shop import move_archive_line
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.customers.models import Customer
from stamkunde.customers.queries.merges import came_since
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.moving import written
from stamkunde.sales.actions import change_customer_of_order
from stamkunde.sales.models import Order, OrderLine, PurchaseSummary, Return
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, unwell
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def receipts() -> list[dict]:
    """Everything that stands on purchases and returns, but for whose they are."""
    rows = [written(row) for model in (Order, OrderLine, Return) for row in model.objects.order_by("pk")]
    return [{name: value for name, value in row.items() if name != "customer_id"} for row in rows]


def figures(customer: Customer) -> list:
    customer.refresh_from_db()
    sums = PurchaseSummary.objects.filter(customer=customer)
    return [customer.visits, customer.last_visit_at, *sums.values_list("currency", "orders", "bought", "returned")]


def test_purchases_and_figures_are_hers_and_the_receipts_are_as_they_were(world: World) -> None:
    kari, other = world.kari, world.sven
    buy(world.store, line(100), customer_id=kari.pk)
    order = buy(world.store, line(250), line(50), customer_id=other.pk)
    bring_back(order, (order.lines.all()[1], "1"))
    before, stood = [figures(kari), figures(other)], receipts()

    merge = merge_customers(kari.pk, other.pk, by=SYSTEM)

    assert receipts() == stood
    assert figures(kari)[2:] == [("NOK", 2, 400, 50)]
    assert figures(other) == [0, None]
    assert unwell() == []
    unmerge_customers(merge.pk, by=SYSTEM)
    assert [figures(kari), figures(other)] == before
    assert receipts() == stood
    assert unwell() == []


def test_a_sale_that_began_before_the_merge_is_counted_with_the_survivor(world: World) -> None:
    kari, other = world.kari, world.sven
    earlier = buy(world.store, line(300), customer_id=other.pk)
    merge_customers(kari.pk, other.pk, by=SYSTEM)

    bought = buy(world.store, line(100), customer_id=other.pk)
    back = bring_back(earlier, (earlier.lines.get(), "1"))
    loose = change_customer_of_order(buy(world.store, line(50)), customer_id=other.pk, by=ANNA)

    assert bought.customer == back.customer == loose.customer == kari
    assert unwell() == []


def test_a_return_of_a_purchase_seen_before_the_merge_is_hers(world: World) -> None:
    kari, other = world.kari, world.sven
    order = buy(world.store, line(300), customer_id=other.pk)
    stale = Order.objects.get(pk=order.pk)
    merge_customers(kari.pk, other.pk, by=SYSTEM)

    assert change_customer_of_order(stale, customer_id=kari.pk, by=ANNA).customer == kari
    assert change_customer_of_order(stale, customer_id=world.janis.pk, by=ANNA).customer == world.janis
    assert unwell() == []


def test_a_purchase_since_goes_to_the_one_it_is_of_with_what_is_told_of_it(world: World) -> None:
    kari, other = world.kari, world.sven
    merge = merge_customers(kari.pk, other.pk, by=SYSTEM)
    hers = buy(world.store, line(100), customer_id=kari.pk)
    his = buy(world.store, line(200), customer_id=kari.pk)
    (since,) = came_since(merge)
    assert (since.label, [row.id for row in since.rows]) == ("Purchases", [his.pk, hers.pk])

    unmerge_customers(merge.pk, later={since.name: [his.pk]}, by=SYSTEM)

    assert list(Order.objects.order_by("pk").values_list("customer", flat=True)) == [kari.pk, other.pk]
    assert Happening.objects.get(name="sales.order_placed", customer_id=other.pk).subject_id == his.pk
    assert unwell() == []


def test_the_form_of_a_purchase_follows_a_merged_customer(world: World) -> None:
    other = world.sven
    merge_customers(world.kari.pk, other.pk, by=SYSTEM)

    page = signed_in(world.anna).get(f"/purchases/new/?customer={other.pk}")

    assert "Kari Nordmann" in page.content.decode()


def test_what_came_since_and_lies_in_the_archive_is_given_to_either_without_its_amount(world: World) -> None:
    merge = merge_customers(world.kari.pk, world.sven.pk, by=SYSTEM)
    order = buy(world.store, line(12_300), customer_id=world.kari.pk)
    bring_back(order, (order.lines.get(), "1"))
    assert all("123.00" in row.said for rows in came_since(merge) for row in rows.rows)

    move_archive_line(now())

    assert [row.said for rows in came_since(merge) for row in rows.rows] == [f"in the archive · {world.store.name}"] * 2
