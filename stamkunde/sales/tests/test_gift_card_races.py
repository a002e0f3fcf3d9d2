"""Two tills and one gift card: the last hundred is spent once."""

import pytest

from stamkunde.sales.actions import register_order
from stamkunde.sales.models import GiftCard, Order
from stamkunde.sales.refusals import CardRefused
from stamkunde.sales.tests.test_gift_cards import by_card, left, sell
from stamkunde.sales.tests.test_races import at_once
from stamkunde.sales.tests.trading import ANNA, bring_back, line, unwell, values
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def test_c2_of_ten_tills_that_take_30_of_100_three_get_it():
    world = World()
    card = sell(world, 10_000)
    given = values(world.store, line(3_000), payments=(by_card(card),))

    answers = at_once(*[lambda: register_order(given, by=ANNA) for _till in range(10)])

    assert sum(isinstance(answer, Order) for answer in answers) == 3
    refused = [answer for answer in answers if isinstance(answer, CardRefused)]
    assert len(refused) == 7
    assert left(card) == 1_000
    assert unwell() == []


def test_l17_two_tills_spend_the_last_hundred_and_the_other_is_told_that_nothing_is_left():
    world = World()
    card = sell(world, 10_000)
    given = values(world.store, line(10_000), payments=(by_card(card, 10_000),))

    answers = at_once(*[lambda: register_order(given, by=ANNA) for _till in range(2)])

    (refused,) = [answer for answer in answers if isinstance(answer, CardRefused)]
    assert refused.balance == 0
    assert (left(card), Order.objects.count()) == (0, 2)
    assert unwell() == []


def test_a_return_and_a_purchase_at_once_leave_the_card_right():
    world = World()
    card = sell(world, 10_000)
    order = register_order(values(world.store, line(10_000), payments=(by_card(card),)), by=ANNA)
    own = order.lines.get()
    at_once(
        *[lambda: bring_back(order, (own, "1"), as_paid=True)] * 3,
        *[lambda: register_order(values(world.store, line(4_000), payments=(by_card(card),)), by=ANNA)] * 3,
    )
    used = Order.objects.filter(total=4_000).count()
    assert left(GiftCard.objects.get()) == 10_000 - 4_000 * used
    assert unwell() == []
