"""Merges at the same moment as merges and sales: one survivor, no circle, every purchase counted, nobody sent away."""

import pytest
from django.core.exceptions import ValidationError

from stamkunde.customers.actions import write_note
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.unmerging import unmerge_customers
from stamkunde.customers.models import Customer, Merge
from stamkunde.customers.queries.merges import survivor_of
from stamkunde.customers.tests import belongings
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import Order
from stamkunde.sales.tests.test_races import at_once
from stamkunde.sales.tests.trading import ANNA, buy, line, unwell, values
from tests.world import World, make_customer

pytestmark = pytest.mark.django_db(transaction=True)


def all_well() -> bool:
    return unwell() == [] and belongings.unwell() == []


@pytest.mark.parametrize("turn", range(3))
def test_c7_merged_into_each_other_at_once_one_survives(turn: int) -> None:
    world = World()
    a, b = world.kari.pk, world.sven.pk
    buy(world.store, line(100), customer_id=a)
    buy(world.store, line(200), customer_id=b)

    answers = at_once(lambda: merge_customers(a, b, by=SYSTEM), lambda: merge_customers(b, a, by=SYSTEM))

    assert all(isinstance(answer, Merge) for answer in answers)
    merge = Merge.objects.get()
    assert set(Order.objects.values_list("customer", flat=True)) == {merge.survivor_id}
    assert all_well()


@pytest.mark.parametrize("turn", range(3))
def test_c7_a_chain_made_at_once_ends_with_one(turn: int) -> None:
    world = World()
    a, b, c = (make_customer("Kari", name).pk for name in ("Alm", "Berg", "Dahl"))
    for number in (a, b, c):
        buy(world.store, line(100), customer_id=number)

    answers = at_once(
        lambda: merge_customers(b, a, by=SYSTEM),
        lambda: merge_customers(c, b, by=SYSTEM),
        lambda: merge_customers(a, c, by=SYSTEM),
    )

    assert all(isinstance(answer, Merge) for answer in answers)
    (end,) = {survivor_of(number) for number in (a, b, c)}
    assert Customer.objects.present().get() == Customer.objects.get(pk=end)
    assert set(Order.objects.values_list("customer", flat=True)) == {end}
    assert all_well()


def test_a_sale_and_a_note_at_the_moment_of_a_merge_are_with_the_survivor() -> None:
    world = World()
    kari, sven = world.kari.pk, world.sven.pk
    given = values(world.store, line(100), customer_id=sven)

    def note() -> object:
        try:
            return write_note(sven, "Came by.", by=SYSTEM)
        except ValidationError as refusal:
            return refusal

    answers = at_once(
        lambda: merge_customers(kari, sven, by=SYSTEM),
        note,
        *[lambda key=key: register_order(given, by=ANNA, idempotency_key=key) for key in ("1", "2", "3")],
    )

    assert sum(isinstance(answer, Order) for answer in answers) == 3
    assert set(Order.objects.values_list("customer", flat=True)) == {kari}
    assert all_well()


def test_taken_apart_by_two_at_once_and_merged_again_meanwhile() -> None:
    world = World()
    kari, sven = world.kari.pk, world.sven.pk
    buy(world.store, line(100), customer_id=sven)
    merge = merge_customers(kari, sven, by=SYSTEM)

    at_once(
        lambda: unmerge_customers(merge.pk, by=SYSTEM),
        lambda: unmerge_customers(merge.pk, by=SYSTEM),
        lambda: merge_customers(sven, kari, by=SYSTEM),
    )

    assert Merge.objects.filter(undone_at=None).count() <= 1
    assert all_well()
