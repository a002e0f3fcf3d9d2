"""Exchanges: one thing comes back, another goes out, and only the difference is money."""

from typing import Any

import pytest

from stamkunde.sales.actions import register_exchange
from stamkunde.sales.actions.exchanges import Exchange
from stamkunde.sales.models import GiftCard, Order, PurchaseSummary, Return
from stamkunde.sales.refusals import KeyReused, SaleRefused
from stamkunde.sales.tests.test_gift_cards import by_card, left, money, sell
from stamkunde.sales.tests.trading import ANNA, bring_back, buy, line, paid, unwell, values
from stamkunde.sales.values import ExchangeValues, LineValues, PaymentValues, ReturnLineValues, ReturnValues
from tests.machine import Machine
from tests.world import World, make_store

pytestmark = pytest.mark.django_db


def swap(
    world: World, order: Order, *bought: LineValues, payments: tuple[PaymentValues, ...] = (), key: str | None = None,
    **back: Any,
) -> Exchange:  # fmt: skip
    own = order.lines.get()
    return register_exchange(
        ExchangeValues(
            brought_back=ReturnValues(
                order_id=order.pk, lines=(ReturnLineValues(order_line_id=own.pk, quantity=own.quantity),), **back
            ),
            bought=values(world.store, *bought, payments=payments, customer_id=order.customer_id),
        ),
        by=ANNA,
        idempotency_key=key,
    )


def test_r14_a_for_80_goes_and_b_for_110_comes_for_30(world: World) -> None:
    order = buy(world.store, line(8_000), customer_id=world.kari.pk, payments=(paid(),))

    done = swap(world, order, line(11_000), payments=(paid(),))

    assert done.due == 3_000
    assert money(done.returned) == [("exchange", 8_000)]
    assert sorted(money(done.order)) == [("card", 3_000), ("exchange", 8_000)]
    assert done.returned.exchanged_for == done.order
    kept = PurchaseSummary.objects.get(customer=world.kari)
    assert (kept.bought, kept.returned, kept.net) == (19_000, 8_000, 11_000)
    assert unwell() == []


def test_what_is_left_over_goes_back_as_it_was_paid(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    done = swap(world, order, line(5_000), payments=(paid(),), as_paid=True)
    assert sorted(money(done.returned)) == [("card", 3_000), ("exchange", 5_000)]
    assert (money(done.order), done.due) == ([("exchange", 5_000)], -3_000)
    assert unwell() == []


def test_one_for_another_at_the_same_price_moves_no_money(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    done = swap(world, order, line(8_000), payments=(paid(),), as_paid=True)
    assert (money(done.returned), money(done.order)) == ([("exchange", 8_000)], [("exchange", 8_000)])
    assert unwell() == []


def test_only_the_difference_is_rounded_in_cash(world: World) -> None:
    order = buy(world.store, line(8_030), payments=(paid(),))
    done = swap(world, order, line(11_000), payments=(paid(method="cash"),))
    assert (done.order.rounding, done.returned.rounding) == (30, 0)
    assert sorted(money(done.order)) == [("cash", 3_000), ("exchange", 8_030)]
    assert unwell() == []


def test_when_b_cannot_be_sold_a_stays_sold(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    card = sell(world, 1_000)
    with pytest.raises(SaleRefused):
        swap(world, order, line(11_000), payments=(by_card(card, 3_000),))
    order.refresh_from_db()
    assert (Return.objects.count(), Order.objects.count(), order.returned_total, left(card)) == (0, 2, 0, 1_000)


def test_the_same_exchange_twice_is_one(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    first = swap(world, order, line(11_000), payments=(paid(),), key="k")
    again = swap(world, order, line(11_000), payments=(paid(),), key="k")
    assert (first.order, first.returned, again.is_repeated) == (again.order, again.returned, True)
    with pytest.raises(KeyReused):
        swap(world, order, line(12_000), payments=(paid(),), key="k")
    assert (Order.objects.count(), Return.objects.count()) == (2, 1)


def test_the_key_of_a_return_is_no_key_of_an_exchange(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    bring_back(order, (order.lines.get(), "1"), key="k")
    with pytest.raises(KeyReused):
        swap(world, order, line(11_000), payments=(paid(),), key="k")
    assert Order.objects.count() == 1


def test_what_was_exchanged_for_goes_back_the_way_the_first_was_paid(world: World) -> None:
    card = sell(world, 8_000)
    order = buy(world.store, line(8_000), payments=(by_card(card),))
    done = swap(world, order, line(11_000), payments=(paid(),))

    back = bring_back(done.order, (done.order.lines.get(), "1"), as_paid=True)

    assert money(back) == [("giftcard", 8_000), ("card", 3_000)]
    assert left(card) == 8_000
    assert unwell() == []


def test_a_gift_card_pays_the_difference(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    card = sell(world, 10_000)
    done = swap(world, order, line(11_000), payments=(by_card(card),))
    assert sorted(money(done.order)) == [("exchange", 8_000), ("giftcard", 3_000)]
    assert left(card) == 7_000
    assert unwell() == []


def test_nobody_pays_with_an_exchange_by_the_word_alone(world: World) -> None:
    with pytest.raises(SaleRefused):
        buy(world.store, line(100), payments=(PaymentValues(method="exchange"),))
    assert Order.objects.count() == 0


def test_other_money_is_not_exchanged(world: World) -> None:
    riga = make_store("Rīga", "LV", "EUR", "Europe/Riga")
    order = buy(riga, line(8_000), payments=(paid(),))
    with pytest.raises(SaleRefused, match="EUR"):
        swap(world, order, line(11_000), payments=(paid(),))
    assert (Return.objects.count(), Order.objects.count()) == (0, 1)


# By machines


def test_a_machine_exchanges_too(world: World) -> None:
    machine = Machine(world.ola)
    order = buy(world.store, line(8_000), payments=(paid(),))
    sent = {
        "brought_back": {
            "order_id": order.pk, "lines": [{"order_line_id": order.lines.get().pk, "quantity": "1"}], "as_paid": True,
        },
        "bought": {
            "store_id": world.store.pk, "lines": [{"description": "B", "unit_price": 11_000}],
            "payments": [{"method": "card"}],
        },
    }  # fmt: skip
    answer = machine.post("/exchanges", sent, Idempotency_Key="k")
    assert answer.status_code == 201, answer.content
    assert answer.json()["due"] == 3_000
    assert answer.json()["brought_back"]["exchanged_for_id"] == answer.json()["bought"]["id"]
    assert machine.post("/exchanges", sent, Idempotency_Key="k").json() == answer.json()
    assert (Order.objects.count(), GiftCard.objects.count()) == (2, 0)
