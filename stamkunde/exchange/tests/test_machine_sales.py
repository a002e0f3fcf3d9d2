"""Purchases and returns at the door for machines: registered once, refunded no more than was paid, told as they are."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from stamkunde.catalogue.models import Product
from stamkunde.sales.models import Order, Return
from stamkunde.sales.tests.trading import make_product
from tests.machine import Machine, problem
from tests.world import World


def a_purchase(world: World, **more):
    product = Product.objects.filter(sku="1").first() or make_product(price=12_900)
    return {"store_id": world.store.pk, "lines": [{"product_id": product.pk, "quantity": "2"}], **more}


def test_a_purchase_is_registered_counted_with_its_customer_and_read_again(world: World) -> None:
    machine = Machine(world.anna)

    made = machine.post("/orders", a_purchase(world, customer_id=world.kari.pk, payments=[{"method": "card"}]))

    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["total"], told["currency"], told["customer_id"]) == (25_800, "NOK", world.kari.pk)
    assert told["payments"] == [{"method": "card", "amount": 25_800, "reference": ""}]
    assert machine.get(f"/orders/{told['id']}").json() == told
    assert machine.get(f"/customers/{world.kari.pk}").json()["visits"] == 1
    assert machine.get(f"/customers/{world.kari.pk}/figures").json()["sums"][0]["net"] == 25_800
    assert [one["id"] for one in machine.get(f"/orders?customer_id={world.kari.pk}").json()["items"]] == [told["id"]]


def test_a_receipt_of_a_till_is_let_in_once(world: World) -> None:
    machine = Machine(world.ola)
    receipt = a_purchase(world, till_id=world.till.pk, receipt_number="42", placed_at="2026-01-05T12:30:00+01:00")
    receipt["lines"][0]["unit_price"] = 9_900

    first, again = machine.post("/orders", receipt), machine.post("/orders", receipt)
    other = machine.post("/orders", {**receipt, "discount": 100})

    assert again.status_code == first.status_code == 201, (first.content, again.content)
    assert again.json()["id"] == first.json()["id"]
    assert again["Idempotency-Replayed"] == "true"
    problem(other, 409, "receipt_taken")
    assert Order.objects.count() == 1


def test_another_price_than_that_of_the_list_needs_the_right_to_set_one(world: World) -> None:
    """As at the desk and at the counter: Anna stands at the till, Ola in customer care may set prices."""
    cheap = a_purchase(world)
    cheap["lines"][0]["unit_price"] = 1
    anna, ola = Machine(world.anna), Machine(world.ola)

    refused = anna.post("/orders", cheap, Idempotency_Key="k-1")
    many = anna.post("/orders/many", {"items": [{"key": "r-1", **cheap}]}).json()

    assert [one["field"] for one in problem(refused, 422, "invalid")["errors"]] == ["lines.0.unit_price"]
    assert (many["done"], many["refused"]) == (0, 1)
    assert not Order.objects.exists()

    cheap["lines"][0]["unit_price"] = 12_900
    assert anna.post("/orders", cheap, Idempotency_Key="k-2").status_code == 201
    unlisted = {"store_id": world.store.pk, "lines": [{"description": "Gift wrapping", "unit_price": 500}]}
    assert anna.post("/orders", unlisted).status_code == 201
    cheap["lines"][0]["unit_price"] = 1
    assert ola.post("/orders", cheap).json()["total"] == 2


def test_a_purchase_remembers_its_key_longer_than_the_answer_is_kept(world: World) -> None:
    from stamkunde.exchange.models import Replay

    machine = Machine(world.anna)
    sent = a_purchase(world)
    first = machine.post("/orders", sent, Idempotency_Key="k-1")
    Replay.objects.all().delete()

    again = machine.post("/orders", sent, Idempotency_Key="k-1")

    assert again.json()["id"] == first.json()["id"]
    assert again["Idempotency-Replayed"] == "true"


def test_a_batch_of_a_till_that_was_offline_is_registered_once_however_it_is_sent(world: World) -> None:
    """D-11: five hundred receipts, three times, in another order each time."""
    machine = Machine(world.anna)
    product = make_product(price=12_900)
    items = [
        {"key": f"r-{number}", "store_id": world.store.pk, "lines": [{"product_id": product.pk}]}
        for number in range(500)
    ]

    for order in (items, items[::-1], items[250:] + items[:250]):
        answer = machine.post("/orders/many", {"items": order})
        assert answer.status_code == 200, answer.content
        assert (answer.json()["done"], answer.json()["refused"]) == (500, 0)

    assert Order.objects.count() == 500


def test_each_of_a_batch_is_refused_by_itself(world: World) -> None:
    machine = Machine(world.anna)
    product = make_product(price=12_900)
    good = {"store_id": world.store.pk, "lines": [{"product_id": product.pk}]}

    told = machine.post(
        "/orders/many",
        {"items": [{**good, "key": "a"}, {**good, "key": "b", "discount": 99_999_999}, {**good, "key": "c"}]},
    ).json()

    assert [one["status"] for one in told["items"]] == [201, 422, 201]
    assert Order.objects.count() == 2


def test_what_is_wrong_with_a_line_is_told_at_its_place(world: World) -> None:
    machine = Machine(world.anna)
    sent = a_purchase(world)
    sent["lines"] += [{"product_id": 999_999}]

    told = problem(machine.post("/orders", sent), 422, "invalid")

    assert [error["field"] for error in told["errors"]] == ["lines.1.product_id"]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"customer_id": 999_999}, {"store_id": 999_999}, {"till_id": 999_999}, {"lines": []}, {"discount": -1},
     {"lines": [{"description": "x", "unit_price": 1, "quantity": 0}]},
     {"lines": [{"description": "x", "unit_price": 1, "quantity": "NaN"}]},
     {"lines": [{"description": "x", "unit_price": 1.5}]},
     {"lines": [{"description": "x", "unit_price": 1, "quantity": "1.0001"}]},
     {"placed_at": "2026-01-05T12:30:00"}, {"placed_at": "2226-01-05T12:30:00Z"}, {"placed_at": 1767612600},
     {"payments": [{"method": "gold"}]}, {"channel": "door"}],
)  # fmt: skip
def test_a_purchase_that_cannot_be_is_refused_and_nothing_is_written(world: World, change: dict) -> None:
    response = Machine(world.anna).post("/orders", {**a_purchase(world), **change})

    assert response.status_code == 422, response.content
    assert response.json()["errors"]
    assert not Order.objects.exists()


def test_goods_come_back_for_what_was_paid_and_never_more_than_was_bought(world: World) -> None:
    machine = Machine(world.anna)
    bought = machine.post("/orders", a_purchase(world, customer_id=world.kari.pk)).json()
    back = {"order_id": bought["id"], "lines": [{"order_line_id": bought["lines"][0]["id"], "quantity": "2"}]}

    first = machine.post("/returns", back, Idempotency_Key="r-1")
    again = machine.post("/returns", back, Idempotency_Key="r-1")
    more = machine.post("/returns", back)

    assert first.status_code == 201, first.content
    assert first.json()["total"] == 25_800
    assert again.content == first.content
    problem(more, 409, "more_than_bought")
    told = machine.get(f"/orders/{bought['id']}").json()
    assert (told["returned_total"], told["return_ids"]) == (25_800, [first.json()["id"]])
    assert Decimal(told["lines"][0]["returned_quantity"]) == 2
    assert Return.objects.count() == 1


def test_what_nobody_knows_the_purchase_of_comes_back_too(world: World) -> None:
    machine = Machine(world.anna, store=world.store)

    back = machine.post("/returns", {"loose_lines": [{"amount": 5_000, "description": "A cup"}], "note": "no receipt"})

    assert back.status_code == 201, back.content
    assert back.json()["stands_alone"]
    assert machine.get(f"/returns/{back.json()['id']}").json() == back.json()


def test_whoever_may_not_see_customers_is_not_told_whose_a_purchase_was(world: World) -> None:
    order = Machine(world.anna).post("/orders", a_purchase(world, customer_id=world.kari.pk)).json()
    analyst = Machine(world.eve)

    assert analyst.get(f"/orders/{order['id']}").json()["customer_id"] is None
    assert analyst.get(f"/orders?customer_id={world.kari.pk}").status_code == 400
    assert analyst.get(f"/customers/{world.kari.pk}/figures").status_code == 404


def test_whose_a_purchase_was_is_said_afterwards(world: World) -> None:
    machine = Machine(world.anna)
    order = machine.post("/orders", a_purchase(world)).json()

    told = machine.put(f"/orders/{order['id']}/customer", {"customer_id": world.kari.pk})

    assert told.json()["customer_id"] == world.kari.pk
    assert machine.get(f"/customers/{world.kari.pk}").json()["visits"] == 1


def test_pages_lead_on_and_back(world: World) -> None:
    machine = Machine(world.anna)
    numbers = [machine.post("/orders", a_purchase(world)).json()["id"] for _purchase in range(5)]

    first = machine.get("/orders?limit=2").json()
    second = machine.get(f"/orders?limit=2&mark={first['next']}").json()
    last = machine.get(f"/orders?limit=2&mark={second['next']}").json()
    back = machine.get(f"/orders?limit=2&mark={last['previous']}").json()

    seen = [one["id"] for told in (first, second, last) for one in told["items"]]
    assert seen == numbers[::-1]
    assert last["next"] == first["previous"] == ""
    assert back["items"] == second["items"]
    problem(machine.get(f"/returns?mark={first['next']}"), 422, "invalid")


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_the_same_instant_is_one_purchase(world: World) -> None:
    """D-2: twenty at once; one row, and every answer is the same."""
    machine = Machine(world.anna)
    sent = a_purchase(world)
    answers: list = []

    def send() -> None:
        try:
            answers.append(machine.post("/orders", sent, Idempotency_Key="k-1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _thread in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1
    assert Order.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_batch_at_the_same_instant_is_registered_once(world: World) -> None:
    """D-11: what comes second finds what the first has done, or is told to wait, and never fails."""
    machine = Machine(world.anna)
    items = [{**a_purchase(world), "key": f"till-{number}"} for number in range(20)]
    answers: list = []

    def send(place: int) -> None:
        try:
            answers.append(machine.post("/orders/many", {"items": items[place:] + items[:place]}))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(place,)) for place in (0, 5, 10, 15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [answer.json()["refused"] for answer in answers] == [0] * 4
    assert Order.objects.count() == 20
