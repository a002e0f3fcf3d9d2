"""The pages of gift cards, and what machines are told of them: the end of the code, and never all of it."""

import re
from typing import Any

import pytest
from django.test import Client

from stamkunde.accounts.models import User
from stamkunde.sales.codes import in_groups, new_code
from stamkunde.sales.models import GiftCard, GiftCardState, Order
from stamkunde.sales.tests.test_gift_cards import by_card, left, sell
from stamkunde.sales.tests.trading import buy, line, paid, unwell
from stamkunde.sales.values import NEW_CARD, LineValues
from tests.machine import Machine, problem
from tests.world import World, make_store, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture
def anna(world: World) -> Client:
    return signed_in(world.anna)


@pytest.fixture
def liga(world: World) -> Client:
    return signed_in(world.liga)


def key_in(page: bytes) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.decode())
    assert found is not None
    return found.group(1)


def test_a_card_is_sold_at_the_desk_and_printed_while_it_is_new(world: World, anna: Client) -> None:
    begun = anna.get(f"/gift-cards/new/?customer={world.kari.pk}").content
    said = {"key": key_in(begun), "amount": "500", "method": "card", "store": world.store.pk,
            "customer": world.kari.pk}  # fmt: skip
    done = anna.post("/gift-cards/new/", said)
    again = anna.post("/gift-cards/new/", said)

    card = GiftCard.objects.get()
    assert done.headers["Location"] == again.headers["Location"] == f"/gift-cards/{card.pk}/"
    assert (card.balance, card.customer, Order.objects.count()) == (50_000, world.kari, 1)
    page = anna.get(f"/gift-cards/{card.pk}/").content.decode()
    assert card.masked in page and card.token not in page and in_groups(card.token) not in page
    assert in_groups(card.token) in anna.get(f"/gift-cards/{card.pk}/paper/").content.decode()

    buy(world.store, line(100), payments=(by_card(card),))
    assert anna.get(f"/gift-cards/{card.pk}/paper/").status_code == 403
    assert unwell() == []


def test_a_card_is_topped_up_by_its_code(world: World, anna: Client) -> None:
    card = sell(world, 10_000)
    key = key_in(anna.get("/gift-cards/new/").content)
    said = {"key": key, "amount": "50", "method": "cash", "store": world.store.pk, "code": in_groups(card.token)}
    assert anna.post("/gift-cards/new/", said).status_code == 302
    wrong = anna.post("/gift-cards/new/", said | {"key": "another-key-of-mine", "code": new_code()})
    assert wrong.status_code == 422 and "There is no gift card with this code" in wrong.content.decode()
    assert left(card) == 15_000


@pytest.mark.parametrize("amount", ["", "0", "-5", "many"])
def test_a_card_without_an_amount_is_not_sold(world: World, anna: Client, amount: str) -> None:
    key = key_in(anna.get("/gift-cards/new/").content)
    answer = anna.post("/gift-cards/new/", {"key": key, "amount": amount, "method": "card", "store": world.store.pk})
    assert (answer.status_code, GiftCard.objects.count()) == (422, 0)


def test_a_card_is_looked_up_by_its_code_wherever_it_is_from(world: World, anna: Client) -> None:
    other = make_store("Bergen")
    User.objects.filter(pk=world.anna.pk).update(is_bound=True)
    buy(other, LineValues(unit_price=20_000, gift_card=NEW_CARD), payments=(paid(),))
    card = GiftCard.objects.get()
    assert anna.get("/gift-cards/").content.decode().count(card.masked) == 0
    page = anna.post("/gift-cards/look-up/", {"code": in_groups(card.token).lower()}).content.decode()
    assert card.masked in page and "NOK\xa0200.00" in page and card.token not in page
    assert anna.get(f"/gift-cards/{card.pk}/").status_code == 404


def test_v5_the_page_lets_nobody_guess(world: World, anna: Client) -> None:
    card = sell(world, 10_000)
    for _time in range(10):
        assert anna.post("/gift-cards/look-up/", {"code": new_code()}).status_code == 422
    page = anna.post("/gift-cards/look-up/", {"code": card.token})
    assert page.status_code == 422 and "Too many wrong" in page.content.decode()


def test_the_list_is_masked_and_empty_says_so(world: World, anna: Client) -> None:
    assert "No gift cards yet" in anna.get("/gift-cards/").content.decode()
    card = sell(world, 10_000)
    page = anna.get("/gift-cards/?state=active").content.decode()
    assert card.masked in page and card.token not in page
    assert "No gift card is in this state" in anna.get("/gift-cards/?state=blocked").content.decode()


def test_who_may_change_cards_blocks_replaces_corrects_and_prolongs_them(world: World, liga: Client) -> None:
    card = sell(world, 10_000)
    url = f"/gift-cards/{card.pk}/change/"
    assert liga.post(url, {"act": "block", "reason": "Lost"}).status_code == 302
    assert liga.post(url, {"act": "block", "reason": "Lost"}).status_code == 409
    assert liga.post(url, {"act": "unblock", "reason": "Found"}).status_code == 302
    key = key_in(liga.get(f"/gift-cards/{card.pk}/").content)
    assert liga.post(url, {"act": "correct", "key": key, "amount": "-30", "reason": "Slip"}).status_code == 302
    assert liga.post(url, {"act": "correct", "key": key, "amount": "", "reason": "Slip"}).status_code == 422
    assert liga.post(url, {"act": "prolong", "expires_on": "2099-01-01", "reason": "Sorry"}).status_code == 302
    assert liga.post(url, {"act": "replace", "reason": ""}).status_code == 422
    assert left(card) == 7_000
    done = liga.post(url, {"act": "replace", "reason": "Worn"})
    fresh = GiftCard.objects.latest("pk")
    assert done.headers["Location"] == f"/gift-cards/{fresh.pk}/"
    assert (left(card), left(fresh)) == (0, 7_000)
    page = liga.get(f"/gift-cards/{card.pk}/").content.decode()
    assert "Worn" in page and fresh.masked in page


def test_a_till_changes_no_card(world: World, anna: Client) -> None:
    card = sell(world, 10_000)
    assert anna.post(f"/gift-cards/{card.pk}/change/", {"act": "block", "reason": "x"}).status_code == 403
    assert "Change the card" not in anna.get(f"/gift-cards/{card.pk}/").content.decode()
    card.refresh_from_db()
    assert card.state == GiftCardState.ACTIVE


def test_the_list_asks_as_often_for_many_as_for_one(
    world: World, anna: Client, django_assert_max_num_queries: Any
) -> None:
    sell(world, 100, customer_id=world.kari.pk)
    anna.get("/gift-cards/")
    with django_assert_max_num_queries(50) as few:
        anna.get("/gift-cards/")
    for _time in range(6):
        sell(world, 100, customer_id=world.sven.pk)
    with django_assert_max_num_queries(len(few.captured_queries)):
        anna.get("/gift-cards/")


# Machines


def test_a_machine_sells_a_card_and_is_told_its_code_once(world: World) -> None:
    machine = Machine(world.ola)
    sent = {"store_id": world.store.pk, "lines": [{"gift_card": "new", "unit_price": 50_000}],
            "payments": [{"method": "card"}]}  # fmt: skip
    sold = machine.post("/orders", sent, Idempotency_Key="k").json()
    card = GiftCard.objects.get()
    assert sold["new_gift_cards"] == [{"gift_card_id": card.pk, "code": card.token}]
    assert machine.post("/orders", sent, Idempotency_Key="k").json() == sold
    assert machine.get(f"/orders/{sold['id']}").json()["new_gift_cards"] == []
    assert card.token not in machine.get(f"/gift-cards/{card.pk}").content.decode()

    paid_with = {"store_id": world.store.pk, "lines": [{"description": "Sock", "unit_price": 20_000}],
                 "payments": [{"method": "giftcard", "gift_card": card.token}]}  # fmt: skip
    order = machine.post("/orders", paid_with).json()
    assert order["payments"] == [{"method": "giftcard", "amount": 20_000, "reference": card.masked}]
    told = machine.post("/gift-cards/look-ups", {"code": card.token}).json()
    assert (told["balance"], told["usable"], told["ending"]) == (30_000, True, card.token[-4:])
    back = {"order_id": order["id"], "lines": [{"order_line_id": order["lines"][0]["id"], "quantity": "1"}],
            "as_paid": True}  # fmt: skip
    assert machine.post("/returns", back).json()["refunds"][0]["method"] == "giftcard"
    assert left(card) == 50_000
    refused = machine.post("/orders", paid_with | {"payments": [{"method": "giftcard", "gift_card": new_code()}]})
    assert problem(refused, 422, "invalid")["errors"][0]["field"] == "payments"


def test_a_machine_gives_store_credit_and_is_told_its_code(world: World) -> None:
    machine = Machine(world.ola)
    order = buy(world.store, line(8_000), payments=(paid(),))
    sent = {"order_id": order.pk, "lines": [{"order_line_id": order.lines.get().pk, "quantity": "1"}],
            "refunds": [{"method": "giftcard", "gift_card": "new"}]}  # fmt: skip
    given = machine.post("/returns", sent).json()
    card = GiftCard.objects.get()
    assert given["new_gift_cards"] == [{"gift_card_id": card.pk, "code": card.token}]


def test_a_machine_without_the_right_gives_back_as_it_was_paid(world: World) -> None:
    machine = Machine(world.anna)
    order = buy(world.store, line(8_000), payments=(paid(),))
    sent = {"order_id": order.pk, "lines": [{"order_line_id": order.lines.get().pk, "quantity": "1"}],
            "refunds": [{"method": "cash"}]}  # fmt: skip
    assert "ask somebody who may decide otherwise" in machine.post("/returns", sent).json()["detail"]
    assert machine.post("/returns", sent | {"refunds": [{"method": "card"}]}).status_code == 201


def test_a_machine_changes_a_card_as_a_person_does(world: World) -> None:
    machine, card = Machine(world.liga), sell(world, 10_000)
    at = f"/gift-cards/{card.pk}"
    blocked = machine.put(f"{at}/state", {"state": "blocked", "reason": "Lost"}).json()
    assert (blocked["state"], blocked["usable"]) == ("blocked", False)
    assert machine.put(f"{at}/state", {"state": "active", "reason": "Found"}).json()["usable"] is True
    sent = {"amount": -10_001, "reason": "Slip"}
    assert machine.post(f"{at}/corrections", sent, Idempotency_Key="a").status_code == 422
    sent = {"amount": -4_000, "reason": "Slip"}
    assert machine.post(f"{at}/corrections", sent, Idempotency_Key="b").json()["balance"] == 6_000
    assert machine.post(f"{at}/corrections", sent, Idempotency_Key="b").json()["balance"] == 6_000
    assert machine.put(f"{at}/last-day", {"expires_on": "2099-01-01", "reason": "Sorry"}).json()["expires_on"] == (
        "2099-01-01"
    )
    fresh = machine.post(f"{at}/replacements", {"reason": "Worn"}).json()
    assert fresh["code"] == GiftCard.objects.latest("pk").token and fresh["balance"] == 6_000
    assert machine.get("/gift-cards?state=replaced").json()["items"][0]["id"] == card.pk


def test_v5_a_machine_guesses_no_code(world: World) -> None:
    machine, card = Machine(world.ola), sell(world, 10_000)
    for _time in range(10):
        assert machine.post("/gift-cards/look-ups", {"code": new_code()}).status_code == 422
    problem(machine.post("/gift-cards/look-ups", {"code": card.token}), 429, "rate_limited")


@pytest.mark.parametrize("beside", ["/gift-cards/", "/invoices/", "/handing-over/", "/bookings/", "/quotes/"])
def test_what_lies_beside_the_purchases_is_found_under_them(liga: Client, beside: str) -> None:
    page = liga.get(beside).content.decode()
    assert re.findall(r'<a href="([^"]+)"[^>]* aria-current="page"[^>]*><svg', page)[:1] == ["/purchases/"]
