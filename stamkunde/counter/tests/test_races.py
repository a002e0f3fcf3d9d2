"""Two at one till, or two tills, in the same moment: what is paid once is one purchase, on both databases."""

from decimal import Decimal

import pytest

from stamkunde.counter.actions import BasketClosed, add_product, register_basket, take_back
from stamkunde.counter.actions.registering import TotalChanged
from stamkunde.counter.models import Basket
from stamkunde.counter.place import Place
from stamkunde.sales.models import Order, Return
from stamkunde.sales.refusals import MoreThanBought, SaleRefused
from stamkunde.sales.tests.test_races import at_once
from stamkunde.sales.tests.trading import ANNA, buy, line, make_product, paid, unwell
from stamkunde.sales.values import ReturnLineValues, ReturnValues
from tests.world import World, make_till

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "a-basket-of-two-tills"


def begun(world: World, *, price: int = 12_900) -> tuple[Basket, list[Place]]:
    """Return a basket with one thing in it, and two tills of the store at which it may be paid."""
    places = [Place(world.store, world.till), Place(world.store, make_till(world.store, "Till 2"))]
    return add_product(KEY, make_product(price=price), place=places[0], customer_id=world.kari.pk), places


def whole_of(order: Order) -> ReturnValues:
    own = ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(1))
    return ReturnValues(order_id=order.pk, lines=(own,))


def test_a_basket_that_two_tills_finish_at_once_is_one_purchase_and_both_show_it() -> None:
    world = World()
    basket, places = begun(world)

    answers = at_once(
        *[
            lambda place=place: register_basket(basket, (paid(),), place=place, expected=12_900, by=ANNA)
            for place in places * 3
        ]
    )

    assert answers == [Order.objects.get()] * 6
    assert Order.objects.get().total == 12_900
    assert unwell() == []


def test_a_thing_put_in_while_it_is_paid_is_paid_for_or_refused_and_never_given_away() -> None:
    world = World()
    basket, places = begun(world)
    product = make_product("2", "Mitten", price=5_000)

    def put_in() -> object:
        try:
            return add_product(KEY, product, place=places[1])
        except BasketClosed as closed:
            return closed

    put, sold = at_once(put_in, lambda: register_basket(basket, (paid(),), place=places[0], expected=12_900, by=ANNA))

    held = Basket.objects.get()
    if isinstance(put, BasketClosed):
        assert isinstance(sold, Order)
        assert len(held.lines) == sold.lines.count() == 1
    else:
        assert isinstance(sold, TotalChanged)
        assert (len(held.lines), held.order_id, Order.objects.count()) == (2, None, 0)
    assert unwell() == []


def test_the_same_return_sent_by_two_at_once_gives_the_money_back_once() -> None:
    world = World()
    order = buy(world.store, line(10_000), customer_id=world.kari.pk)
    wanted = ReturnValues(
        order_id=order.pk, lines=(ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(1)),)
    )

    answers = at_once(*[lambda: take_back(wanted, till=world.till, key="one-return", by=ANNA)] * 4)

    assert answers == [Return.objects.get()] * 4
    assert Return.objects.get().total == 10_000
    assert unwell() == []


def test_c10_one_thing_brought_to_two_tills_at_once_is_taken_back_at_one() -> None:
    world = World()
    order = buy(world.store, line(10_000), customer_id=world.kari.pk)
    wanted = ReturnValues(
        order_id=order.pk, lines=(ReturnLineValues(order_line_id=order.lines.get().pk, quantity=Decimal(1)),)
    )
    tills = [world.till, make_till(world.store, "Till 2")]

    answers = at_once(
        *[lambda till=till: take_back(wanted, till=till, key=f"return-{till.pk}", by=ANNA) for till in tills]
    )

    refused = [answer for answer in answers if isinstance(answer, SaleRefused)]
    assert [type(answer) for answer in refused] == [MoreThanBought]
    assert Return.objects.get().total == 10_000
    assert unwell() == []
