"""What members pay: at the till, at the desk and by other programs, and what is asked of whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty.actions import block_card, suspend_membership
from stamkunde.loyalty.tests.members import card_of, member
from stamkunde.pricing.models import ForWhom
from stamkunde.pricing.tests.selling import book, product, publish
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import Order
from stamkunde.sales.queries import preview
from stamkunde.sales.values import LineValues, OrderValues
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_store(world: World) -> None:
    assert world.store.pk


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world.liga)


def buy(world: World, *lines: LineValues, **more) -> Order:
    return register_order(OrderValues(store_id=world.store.pk, lines=lines, **more), by=SYSTEM)


def test_a_member_pays_the_members_price_and_the_line_says_so(world: World):
    """P9, without the level: list 199, campaign 159, member 149."""
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})
    publish(book("Spring", ForWhom.ALL), {shirt: "159"})
    member(world.kari)

    order = buy(world, LineValues(product_id=shirt.pk), customer_id=world.kari.pk)

    assert order.total == 14_900
    steps = [(step["name"], step["audience"]) for step in order.lines.get().price_steps or []]
    assert ("Members", "members") in steps


def test_a_price_that_is_the_same_for_everybody_is_named_first(world: World):
    """P10, P11: no saving is told to a member who saves nothing by being one."""
    shirt, mug = product("4711", "199"), product("4712", "199")
    publish(book(), {shirt: "149", mug: "169"})
    publish(book("Spring", ForWhom.ALL), {shirt: "149", mug: "159"})
    member(world.kari)

    order = buy(world, LineValues(product_id=shirt.pk), LineValues(product_id=mug.pk), customer_id=world.kari.pk)

    assert [step["name"] for line in order.lines.all() for step in line.price_steps or ()] == ["Spring", "Spring"]
    assert order.total == 14_900 + 15_900


def test_a_customer_who_is_no_member_and_one_who_is_suspended_pay_like_everybody(world: World):
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})
    suspend_membership(member(world.sven), reason="Sold the card", by=SYSTEM)

    for customer in (world.kari, world.sven):
        assert buy(world, LineValues(product_id=shirt.pk), customer_id=customer.pk).total == 19_900


def test_what_was_bought_before_joining_costs_what_it_cost_then(world: World):
    shirt = product("4711", "199")
    shirt.list_prices.update(valid_from=now() - timedelta(days=9))
    version = publish(book(), {shirt: "149"})
    type(version).objects.update(valid_from=now() - timedelta(days=8))
    member(world.kari)

    earlier = buy(
        world, LineValues(product_id=shirt.pk), customer_id=world.kari.pk, placed_at=now() - timedelta(days=2)
    )

    assert earlier.total == 19_900


def test_prices_set_by_hand_stay_when_a_member_is_named(world: World):
    """P19: the rest is the member's price, and the list's again without the member."""
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})
    member(world.kari)
    lines = (LineValues(product_id=shirt.pk), LineValues(product_id=shirt.pk, unit_price=19_000))

    totals = [
        preview(OrderValues(store_id=world.store.pk, lines=lines, customer_id=customer), world.store).total
        for customer in (None, world.kari.pk, None)
    ]

    assert totals == [19_900 + 19_000, 14_900 + 19_000, 19_900 + 19_000]


def queries_of(world: World, customer_id: int | None, shirt) -> int:
    with CaptureQueriesContext(connection) as asked:
        buy(world, LineValues(product_id=shirt.pk), customer_id=customer_id)
    return len(asked)


def test_a_stranger_costs_no_question_more_and_a_customer_one(world: World):
    shirt = product("4711", "199")
    own = book("Spring", ForWhom.ALL)
    publish(own, {shirt: "159"})
    member(world.kari)
    queries_of(world, None, shirt)
    without = [queries_of(world, customer, shirt) for customer in (None, world.kari.pk)]
    publish(book(), {shirt: "149"})
    queries_of(world, None, shirt)

    with_members = [queries_of(world, customer, shirt) for customer in (None, world.kari.pk)]

    assert with_members[0] == without[0]
    assert with_members[1] <= without[1] + 1


def test_a_quote_is_for_whoever_is_named(world: World, machine: Machine):
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})
    membership = member(world.kari)
    basket = {"store_id": world.store.pk, "lines": [{"product_id": shirt.pk}]}

    def total(**who) -> int:
        return machine.post("/quotes", basket | who).json()["total"]

    assert total(customer_id=world.kari.pk) == 14_900
    assert total(customer_id=world.sven.pk) == 19_900
    assert total(card=card_of(membership).token) == 14_900


def test_a_blocked_card_brings_no_members_price_and_says_why(world: World, machine: Machine):
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})
    card = card_of(member(world.kari))
    block_card(card, by=SYSTEM)
    basket = {"store_id": world.store.pk, "lines": [{"product_id": shirt.pk}]}

    answer = machine.post("/quotes", basket | {"card": card.token}).json()

    assert answer["total"] == 19_900
    assert [step["reason"] for step in answer["steps"]] == ["CARD_BLOCKED"]


@pytest.mark.parametrize(
    ("who", "field", "said"),
    [
        ({"card": "2900000000000"}, "card", "misread"),
        ({"card": "2900000000018"}, "card", "No member"),
        ({"card": "2900000000018", "as_member": True}, "customer_id", "one of these"),
    ],
)
def test_a_quote_for_nobody_known_says_what_is_wrong(world: World, machine: Machine, who, field: str, said: str):
    """C1: a wrong check digit is a misread code and not an unknown member."""
    basket = {"store_id": world.store.pk, "lines": []}

    answer = problem(machine.post("/quotes", basket | who), 422, "invalid")

    assert [error["field"] for error in answer["errors"]] == [field]
    assert said in answer["errors"][0]["detail"]
