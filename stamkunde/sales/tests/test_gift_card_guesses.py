"""Wrong codes of gift cards are counted whatever they are tried in, also where nothing else of it is kept."""

import pytest

from stamkunde.sales.actions.gift_cards import WRONG_CODES
from stamkunde.sales.actions.quotes import commit_quote, hold_quote
from stamkunde.sales.codes import new_code
from stamkunde.sales.models import Order, Return
from stamkunde.sales.refusals import CardRefused, TooManyCodes
from stamkunde.sales.tests.test_exchanges import swap
from stamkunde.sales.tests.test_gift_cards import left, sell
from stamkunde.sales.tests.trading import ANNA, buy, line, paid, values
from stamkunde.sales.values import PaymentValues
from tests.machine import Machine
from tests.world import World

pytestmark = pytest.mark.django_db
TEA = {"description": "Tea", "unit_price": 10_000}


def guess() -> PaymentValues:
    return PaymentValues(method="giftcard", gift_card=new_code())


def test_in_an_exchange(world: World) -> None:
    order = buy(world.store, line(8_000), payments=(paid(),))

    for _time in range(WRONG_CODES):
        with pytest.raises(CardRefused, match="no gift card"):
            swap(world, order, line(11_000), payments=(guess(),))
    with pytest.raises(TooManyCodes):
        swap(world, order, line(11_000), payments=(guess(),))

    assert (Order.objects.count(), Return.objects.count()) == (1, 0)


def test_in_many_purchases_sent_at_once(world: World) -> None:
    sent = [
        {"key": f"k{n}", "store_id": world.store.pk, "lines": [TEA],
         "payments": [{"method": "giftcard", "gift_card": new_code()}]}
        for n in range(WRONG_CODES + 2)
    ]  # fmt: skip

    outcomes = Machine(world.liga).post("/orders/many", {"items": sent}).json()["items"]

    codes = [one["problem"]["code"] for one in outcomes]
    assert len(set(codes[:WRONG_CODES])) == 1
    assert codes[WRONG_CODES] == codes[WRONG_CODES + 1] != codes[0]
    assert not Order.objects.exists()


def test_in_buying_what_was_quoted(world: World) -> None:
    held = hold_quote(values(world.store, line(10_000)), by=ANNA)

    for _time in range(WRONG_CODES):
        with pytest.raises(CardRefused, match="no gift card"):
            commit_quote(held, payments=(guess(),), by=ANNA)
    with pytest.raises(TooManyCodes):
        commit_quote(held, payments=(guess(),), by=ANNA)

    assert not Order.objects.exists()


def test_a_machine_pays_what_was_quoted_with_a_card(world: World) -> None:
    card, machine = sell(world, 10_000), Machine(world.liga)
    held = machine.post("/held-quotes", {"store_id": world.store.pk, "lines": [TEA]}).json()

    paid_by = [{"method": "giftcard", "gift_card": card.token}]
    bought = machine.post(f"/held-quotes/{held['id']}/commit", {"payments": paid_by})

    assert bought.status_code == 201, bought.json()
    assert left(card) == 0
