"""The purchase form of the desk takes points and gift cards, as the counter does."""

from typing import Any

import pytest

from stamkunde.accounts.models import User
from stamkunde.loyalty.access import USE_POINTS
from stamkunde.loyalty.tests.saving import earn, has, make_member
from stamkunde.pricing.tests.selling import product
from stamkunde.sales.codes import in_groups, new_code
from stamkunde.sales.models import GiftCard, Order
from stamkunde.sales.tests.test_gift_cards import left, money, sell
from stamkunde.sales.tests.trading import unwell
from tests.world import World, make_customer, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
NEW = "/purchases/new/"


def form(world: World, **more: Any) -> dict[str, Any]:
    sock = product("4711", "100")
    return {
        "key": "k" * 12, "store": world.store.pk, "channel": "shop", "method": "card", "act": "register",
        "line-0-product": sock.pk, "line-0-description": sock.name, "line-0-quantity": "2", "line-0-price": "100",
    } | more  # fmt: skip


def test_a_members_points_are_offered_and_taken_off(world: World) -> None:
    own = make_member(world.kari)
    earn(own, 30)
    said = form(world, customer=world.kari.pk, points="5")
    client = signed_in(world.ola)

    shown = client.post(NEW, said | {"act": "count"}).content.decode()
    client.post(NEW, said)

    assert "30 can be used now." in shown
    assert "Uses 5 points." in shown
    assert Order.objects.get().total == 15_000
    assert has(own).available == 30 - 5 + 15


def test_more_points_than_there_are_are_told_beside_their_box_and_nothing_is_registered(world: World) -> None:
    earn(make_member(world.kari), 3)

    answer = signed_in(world.ola).post(NEW, form(world, customer=world.kari.pk, points="5"))

    assert answer.status_code == 422
    assert 'name="points" value="5"' in answer.content.decode()
    assert Order.objects.count() == 0


def test_points_of_one_customer_are_not_left_behind_for_the_next(world: World) -> None:
    earn(make_member(world.kari), 30)
    other = make_customer("Astrid", "Ravndal")
    said = form(world, customer=world.kari.pk, points="5")

    page = signed_in(world.ola).post(NEW, said | {"act": f"customer:{other.pk}"}).content.decode()

    assert 'name="points" value=""' in page


def test_who_may_not_use_points_does_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    earn(make_member(world.kari), 30)
    may = User.may
    monkeypatch.setattr(User, "may", lambda self, name: name != USE_POINTS.name and may(self, name))

    answer = signed_in(world.ola).post(NEW, form(world, customer=world.kari.pk, points="5"))

    assert answer.status_code == 403
    assert Order.objects.count() == 0


def test_a_gift_card_is_scanned_where_goods_are_and_pays_as_far_as_it_reaches(world: World) -> None:
    card = sell(world, 15_000)
    said, client = form(world), signed_in(world.ola)

    page = client.post(NEW, said | {"act": "scan", "scan": in_groups(card.token)}).content.decode()
    assert f"Gift card {card.masked} pays NOK\u00a0150.00" in page
    assert "NOK\u00a050.00" in page
    without = client.post(NEW, said | {"act": f"leave:{card.token}", "gift_cards": card.token}).content.decode()
    assert card.token not in without

    client.post(NEW, said | {"gift_cards": card.token})
    assert money(Order.objects.latest("pk")) == [("giftcard", 15_000), ("card", 5_000)]
    assert (left(card), unwell()) == (0, [])


def test_where_a_gift_card_pays_all_nothing_else_does(world: World) -> None:
    card = sell(world, 50_000)

    signed_in(world.ola).post(NEW, form(world, gift_cards=card.token))

    assert money(Order.objects.latest("pk")) == [("giftcard", 20_000)]
    assert left(card) == 30_000


def test_codes_that_lead_to_no_card_are_counted_wherever_they_stand(world: World) -> None:
    client, said = signed_in(world.ola), form(world)

    page = client.post(NEW, said | {"act": "scan", "scan": new_code()}).content.decode()
    assert "There is no gift card with this code" in page
    for _turn in range(5):
        client.post(NEW, said | {"act": "count", "gift_cards": f"{new_code()},{new_code()}"})

    card = sell(world, 5_000)
    assert card.masked not in client.post(NEW, said | {"act": "count", "gift_cards": card.token}).content.decode()


def test_a_gift_card_is_sold_and_another_topped_up(world: World) -> None:
    card, client = sell(world, 5_000), signed_in(world.ola)
    usual = {"key": "k" * 12, "store": world.store.pk, "channel": "shop", "method": "card"}
    page = client.post(NEW, usual | {"act": "giftcard"}).content.decode()
    assert 'name="line-0-gift_card"' in page
    assert 'name="line-0-card_code"' in page

    lines = {
        "line-0-description": "Gift card", "line-0-quantity": "1", "line-0-price": "300", "line-0-gift_card": "1",
        "line-1-description": "Gift card", "line-1-quantity": "1", "line-1-price": "200", "line-1-gift_card": "1",
        "line-1-card_code": in_groups(card.token),
    }  # fmt: skip
    client.post(NEW, usual | lines | {"act": "register"})

    assert left(card) == 25_000
    assert GiftCard.objects.latest("pk").balance == 30_000
    assert unwell() == []


def test_a_wrong_code_to_top_up_stands_beside_its_box(world: World) -> None:
    lines = {
        "line-0-description": "Gift card", "line-0-quantity": "1", "line-0-price": "300", "line-0-gift_card": "1",
        "line-0-card_code": new_code(),
    }  # fmt: skip
    usual = {"key": "k" * 12, "store": world.store.pk, "channel": "shop", "method": "card", "act": "register"}

    answer = signed_in(world.ola).post(NEW, usual | lines)

    assert answer.status_code == 422
    assert 'id="id_line-0-card_code-error"' in answer.content.decode() or "no gift card" in answer.content.decode()
    assert Order.objects.count() == 0
