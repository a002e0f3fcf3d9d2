"""Money given back: to the gift cards that paid, by each way no more than was paid by it, and in whole coins."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from stamkunde.sales.actions import register_return
from stamkunde.sales.actions.gift_cards import replace_card
from stamkunde.sales.models import GiftCard, Order, Return
from stamkunde.sales.refusals import CardRefused, SaleRefused
from stamkunde.sales.tests.test_gift_cards import by_card, left, money, postings, sell
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, paid, unwell
from stamkunde.sales.values import NEW_CARD, LooseLineValues, RefundValues, ReturnLineValues, ReturnValues
from tests.world import World

pytestmark = pytest.mark.django_db


# Given back


def test_what_a_card_paid_goes_back_to_the_card(world: World) -> None:
    card = sell(world, 10_000)
    order = buy(world.store, line(8_000), line(7_000), payments=(by_card(card), paid()))
    assert money(order) == [("giftcard", 10_000), ("card", 5_000)]
    first, second = order.lines.all()

    back = bring_back(order, (first, "1"), as_paid=True)
    assert (money(back), left(card)) == ([("giftcard", 8_000)], 8_000)
    back = bring_back(order, (second, "1"), as_paid=True)
    assert (money(back), left(card)) == ([("giftcard", 2_000), ("card", 5_000)], 10_000)
    assert unwell() == []


def test_r19_the_same_return_twice_puts_the_money_back_once(world: World) -> None:
    card = sell(world, 10_000)
    order = buy(world.store, line(8_000), payments=(by_card(card),))
    own = order.lines.get()
    first = bring_back(order, (own, "1"), as_paid=True, key="k")
    again = bring_back(order, (own, "1"), as_paid=True, key="k")
    assert (first, left(card)) == (again, 10_000)


def test_money_goes_back_to_the_card_that_replaced_the_one_that_paid(world: World) -> None:
    card = sell(world, 10_000)
    order = buy(world.store, line(8_000), payments=(by_card(card),))
    fresh = replace_card(card, reason="worn", by=ANNA)
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    assert (left(card), left(fresh)) == (0, 10_000)
    assert unwell() == []


def test_money_for_a_card_past_its_day_comes_onto_a_new_one(world: World) -> None:
    card = sell(world, 10_000)
    order = buy(world.store, line(8_000), payments=(by_card(card),))
    GiftCard.objects.filter(pk=card.pk).update(expires_on=date(2020, 1, 1))
    bring_back(order, (order.lines.get(), "1"), as_paid=True)
    fresh = GiftCard.objects.latest("pk")
    assert (left(card), fresh.kind, left(fresh)) == (2_000, "credit", 8_000)
    assert unwell() == []


def test_store_credit_is_a_new_card(world: World) -> None:
    order = buy(world.store, line(8_000), customer_id=world.kari.pk, payments=(paid(),))
    back = bring_back(order, (order.lines.get(), "1"), refunds=(RefundValues(method="giftcard", gift_card=NEW_CARD),))
    card = GiftCard.objects.get()
    assert (card.kind, card.balance, card.customer) == ("credit", 8_000, world.kari)
    assert (money(back), back.refunds.get().reference) == ([("giftcard", 8_000)], card.masked)
    assert unwell() == []


def test_store_credit_for_what_no_purchase_is_known_of(world: World) -> None:
    register_return(
        ReturnValues(
            store_id=world.store.pk,
            loose_lines=(LooseLineValues(description="Sock", amount=5_000),),
            refunds=(RefundValues(method="giftcard", gift_card=NEW_CARD),),
        ),
        by=ANNA,
    )
    assert GiftCard.objects.get().balance == 5_000
    assert unwell() == []


def test_a_gift_card_is_taken_back_only_with_all_that_was_paid_for_it(world: World) -> None:
    card = sell(world, 10_000)
    bought = Order.objects.get()
    buy(world.store, line(1), payments=(by_card(card),))
    with pytest.raises(CardRefused):
        bring_back(bought, (bought.lines.get(), "1"), as_paid=True)
    with pytest.raises(SaleRefused):
        bring_back(bought, (bought.lines.get(), "0.5"), as_paid=True)
    assert (left(card), Return.objects.count()) == (9_999, 0)

    other = sell(world, 10_000)
    bought = Order.objects.latest("pk")
    bring_back(bought, (bought.lines.get(), "1"), as_paid=True)
    assert (left(other), postings(other)[-1]) == (0, ("back", -10_000, 0))
    assert unwell() == []


# By which way money goes back


def test_by_each_way_no_more_goes_back_than_was_paid_by_it(world: World) -> None:
    order = buy(world.store, line(10_000), payments=(paid(amount=6_000), paid(method="cash")))
    own = order.lines.get()

    def back(*refunds: RefundValues, **others: Any) -> Return:
        lines = (ReturnLineValues(order_line_id=own.pk, quantity=Decimal(1)),)
        return register_return(ReturnValues(order_id=order.pk, lines=lines, refunds=refunds), by=ANNA, **others)

    with pytest.raises(SaleRefused, match="paid by Cash"):
        back(RefundValues(method="cash"), may_choose_way=False)
    with pytest.raises(SaleRefused):
        back(RefundValues(method="card", amount=6_001), RefundValues(method="cash"), may_choose_way=False)
    with pytest.raises(SaleRefused):
        back(RefundValues(method="giftcard"), may_choose_way=False)
    assert Return.objects.count() == 0
    returned = back(RefundValues(method="card", amount=6_000), RefundValues(method="cash"), may_choose_way=False)
    assert money(returned) == [("card", 6_000), ("cash", 4_000)]


def test_somebody_with_the_right_decides_otherwise(world: World) -> None:
    order = buy(world.store, line(10_000), payments=(paid(),))
    returned = bring_back(order, (order.lines.get(), "1"), refunds=(RefundValues(method="cash"),))
    assert money(returned) == [("cash", 10_000)]


def test_how_it_was_paid_is_asked_where_it_is_not_known(world: World) -> None:
    order = buy(world.store, line(10_000))
    with pytest.raises(SaleRefused, match="not known"):
        bring_back(order, (order.lines.get(), "1"), as_paid=True)
    with pytest.raises(SaleRefused, match="both"):
        bring_back(order, (order.lines.get(), "1"), as_paid=True, refunds=(RefundValues(method="cash"),))
    assert Return.objects.count() == 0


def test_ten_cash_returns_of_50_ore_give_5_for_5(world: World) -> None:
    order = buy(world.store, *[line(50)] * 10, payments=(paid(method="cash"),))
    given = [
        sum(amount for _method, amount in money(bring_back(order, (own, "1"), refunds=(RefundValues(method="cash"),))))
        for own in order.lines.all()
    ]
    assert given == [100, 0, 100, 0, 100, 0, 100, 0, 100, 0]
    assert unwell() == []


def test_cash_that_came_back_in_parts_is_what_was_paid(world: World) -> None:
    order = buy(world.store, line(40), line(40), line(40), payments=(paid(method="cash"),))
    assert money(order) == [("cash", 100)]
    given = [
        sum(amount for _method, amount in money(bring_back(order, (own, "1"), as_paid=True)))
        for own in order.lines.all()
    ]
    assert given == [0, 100, 0]
    assert unwell() == []
