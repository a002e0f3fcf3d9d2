"""Gift cards at the counter: sold, scanned to pay, looked at, given for what comes back; and exchanging at the till."""

import re

import pytest

from stamkunde.catalogue.models import Product
from stamkunde.counter.models import Basket
from stamkunde.counter.tests.test_take_back import form_of
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.sales.actions.gift_cards import block_card
from stamkunde.sales.codes import in_groups, new_code
from stamkunde.sales.models import GiftCard, Order, Return
from stamkunde.sales.tests.test_gift_cards import left, money, sell
from stamkunde.sales.tests.trading import ANNA, buy, line, paid, unwell
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def till(world: World) -> AtTheTill:
    return AtTheTill(world.anna, world.till)


def test_a_card_is_sold_and_its_code_printed_once(till: AtTheTill) -> None:
    till.press("buy")
    till.press("giftcard", gift_card_amount="500")
    page = till.pay("cash")

    card, order = GiftCard.objects.get(), Order.objects.get()
    assert (card.balance, order.total) == (50_000, 50_000)
    assert in_groups(card.token) in page
    again = till.client.get(f"/counter/receipts/{order.pk}/").content.decode()
    assert in_groups(card.token) not in again and card.token not in again
    assert unwell() == []


def test_a_card_without_an_amount_is_not_put_into_the_basket(till: AtTheTill) -> None:
    till.press("buy")
    assert "how much is to be on the gift card" in till.press("giftcard", gift_card_amount="0")
    assert till.answer.status_code == 422


def test_a_card_is_topped_up_and_no_new_one_given_out(world: World, till: AtTheTill) -> None:
    card = sell(world, 4_000)
    till.press("buy")
    page = till.press("giftcard", gift_card_amount="250", gift_card_code=in_groups(card.token))
    assert f"Gift card, topped up {card.masked}" in page
    assert card.token not in page

    till.pay("cash")

    assert (left(card), GiftCard.objects.count()) == (29_000, 1)
    assert unwell() == []


def test_a_wrong_code_to_top_up_is_refused_and_what_was_typed_stays(world: World, till: AtTheTill) -> None:
    blocked, wrong = sell(world, 4_000), new_code()
    block_card(blocked, reason="Lost", by=ANNA)
    till.press("buy")

    assert "There is no gift card with this code" in till.press(
        "giftcard", gift_card_amount="250", gift_card_code=wrong
    )
    page = till.press("giftcard", gift_card_amount="250", gift_card_code=blocked.token)

    assert "is blocked" in page
    assert 'name="gift_card_amount" value="250"' in page
    assert f'name="gift_card_code" value="{blocked.token}"' in page
    assert not Basket.objects.filter(lines__0__isnull=False).exists()


def test_a_scanned_card_pays_as_far_as_it_reaches(world: World, till: AtTheTill, sock: Product) -> None:
    card = sell(world, 4_000)
    till.type(sock.sku)
    page = till.type(in_groups(card.token))
    assert f"Gift card {card.masked} pays NOK\xa040.00" in page and card.token not in page

    till.pay("card")

    order = Order.objects.latest("pk")
    assert money(order) == [("giftcard", 4_000), ("card", order.total - 4_000)]
    assert left(card) == 0
    assert unwell() == []


def test_a_card_that_reaches_pays_all_and_can_be_left(world: World, till: AtTheTill, sock: Product) -> None:
    card = sell(world, 100_000)
    till.type(sock.sku)
    assert "Pay by gift card" in till.type(card.token)
    assert "Pay by gift card" not in till.press(f"leave:{card.pk}")
    till.type(card.token)
    till.pay("giftcard")
    order = Order.objects.latest("pk")
    assert money(order) == [("giftcard", order.total)]
    assert left(card) == 100_000 - order.total


def test_with_nothing_in_the_basket_it_says_what_is_on_the_card(world: World, till: AtTheTill) -> None:
    card = sell(world, 4_000)
    page = till.type(card.token)
    assert "NOK\xa040.00 is left" in page and card.token not in page
    assert "There is no gift card with this code" in till.type(new_code())
    assert till.answer.status_code == 422


def test_another_till_was_quicker(world: World, till: AtTheTill, sock: Product) -> None:
    card = sell(world, 100_000)
    till.type(sock.sku)
    till.type(card.token)
    buy(world.store, line(100_000), payments=(paid(),))
    GiftCard.objects.filter(pk=card.pk).update(balance=1)
    count = Order.objects.count()
    page = till.pay("giftcard")
    assert till.answer.status_code == 422 and "Only NOK\xa00.01 is left" in page
    assert Order.objects.count() == count


def test_store_credit_is_handed_over_with_the_slip(world: World, till: AtTheTill) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    page = till.press(f"receipt:{order.pk}")
    own = order.lines.get()
    sent = form_of(page) | {f"line-{own.pk}-quantity": "1", "method": "credit"}
    page = till.press("register", at="/counter/returns/", **sent)
    card = GiftCard.objects.get()
    assert (card.balance, card.kind) == (8_000, "credit")
    assert in_groups(card.token) in page
    assert unwell() == []


def test_r14_what_comes_back_pays_for_the_basket(world: World, till: AtTheTill, sock: Product) -> None:
    order = buy(world.store, line(3_000), payments=(paid(),))
    till.type(sock.sku)
    page = till.press(f"receipt:{order.pk}")
    sent = form_of(page) | {f"line-{order.lines.get().pk}-quantity": "1", "method": "card"}
    page = till.press("count", at="/counter/returns/", **sent)
    assert "In exchange for the basket" in page
    total = re.search(r'name="total" value="(\d+)"', page)
    assert total is not None

    till.press("exchange:card", at="/counter/returns/", **(sent | {"total": total.group(1)}))

    bought, back = Order.objects.latest("pk"), Return.objects.get()
    assert sorted(money(bought)) == [("card", bought.total - 3_000), ("exchange", 3_000)]
    assert back.exchanged_for == bought
    assert unwell() == []
    # Sent again, the same receipt is shown.
    till.press("exchange:card", at="/counter/returns/", **(sent | {"total": total.group(1)}))
    assert (Order.objects.count(), Return.objects.count()) == (2, 1)


def test_a_till_gives_back_as_it_was_paid(world: World, till: AtTheTill) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))
    page = till.press(f"receipt:{order.pk}")
    sent = form_of(page) | {f"line-{order.lines.get().pk}-quantity": "1", "method": "cash"}
    assert "ask somebody who may decide otherwise" in till.press("register", at="/counter/returns/", **sent)
    assert Return.objects.count() == 0
