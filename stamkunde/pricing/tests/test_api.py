"""Prices at the door for machines: the quote that says why, price books and offers."""

import pytest

from stamkunde.pricing.models import Offer, OfferState, PriceBook, PriceBookVersion
from stamkunde.pricing.tests.selling import ENDS, book, live_offer, product, publish
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(world: World) -> Machine:
    assert world.store.pk
    return Machine(world.liga)


def test_a_quote_says_what_a_member_would_pay_and_why(world: World, machine: Machine):
    shirt = product("4711", "199")
    publish(book(), {shirt: "149"})
    live_offer(layer="order", name="Ten")
    sent = {"store_id": world.store.pk, "lines": [{"product_id": shirt.pk}], "as_member": True}

    answer = machine.post("/quotes", sent).json()

    assert answer["total"] == 13_410
    assert [line["allocations"] for line in answer["lines"]] == [
        [
            {"source": f"book:{PriceBook.objects.get().pk}", "layer": "unit", "amount": 5_000},
            {"source": f"offer:{Offer.objects.get().pk}", "layer": "order", "amount": 1_490},
        ]
    ]
    assert [step["sentence"] for step in answer["steps"]] == [
        "Members: NOK\u00a0149.00 instead of NOK\u00a0199.00.",
        "Ten: NOK\u00a014.90 off.",
    ]
    stranger = machine.post("/quotes", sent | {"as_member": False}).json()
    assert stranger["total"] == 17_910
    assert [step["reason"] for step in stranger["steps"]] == ["NOT_MEMBER", ""]


def test_a_quote_for_what_is_not_there_is_refused(world: World, machine: Machine):
    shirt = product("4711", "199")
    for sent in (
        {"store_id": 999, "lines": []},
        {"store_id": world.store.pk, "lines": [{"product_id": 999}]},
        {"store_id": world.store.pk, "lines": [{"product_id": shirt.pk, "discount": 20_000}]},
        {"store_id": world.store.pk, "lines": [{"product_id": shirt.pk}], "discount": 20_000},
        {"store_id": world.store.pk, "lines": [{"product_id": shirt.pk, "quantity": "0"}]},
    ):
        problem(machine.post("/quotes", sent), 422, "invalid")


def test_an_offer_is_written_changed_started_and_ended(machine: Machine):
    sent = {"name": "Three for two", "kind": "n_for_m", "benefit": {"take": 3, "pay": 2}, "conditions": ENDS}

    made = machine.post("/offers", sent).json()
    assert (made["state"], made["version"]) == ("draft", 1)
    seen = machine.get(f"/offers/{made['id']}")["ETag"]
    changed = machine.put(f"/offers/{made['id']}", sent | {"name": "3 for 2"}, If_Match=seen)
    assert changed.json()["name"] == "3 for 2"
    problem(machine.put(f"/offers/{made['id']}", sent, If_Match=seen), 412, "stale")
    for state in ("live", "paused", "ended"):
        assert machine.put(f"/offers/{made['id']}/state", {"state": state}).json()["state"] == state

    assert Offer.objects.get().state == OfferState.ENDED
    assert [row["id"] for row in machine.get("/offers").json()["items"]] == [made["id"]]
    assert machine.get("/offers?state=live").json()["items"] == []


def test_an_offer_that_contradicts_itself_is_refused(machine: Machine):
    sent = {"name": "Odd", "kind": "n_for_m", "benefit": {"take": 2, "pay": 3}, "conditions": ENDS}

    problem(machine.post("/offers", sent), 422, "invalid")

    assert not Offer.objects.exists()


def test_prices_are_published_and_the_earlier_price_is_told(machine: Machine):
    shirt = product("4711", "199")
    made = machine.post("/price-books", {"name": "Spring", "audience": "all", "currency": "NOK"}).json()

    version = machine.post(
        f"/price-books/{made['id']}/versions", {"prices": [{"product_id": shirt.pk, "amount": 14_900}]}
    ).json()

    assert version["number"] == 1
    prices = machine.get(f"/price-books/{made['id']}/versions/1/prices").json()["items"]
    assert [(row["product_id"], row["amount"]) for row in prices] == [(shirt.pk, 14_900)]
    assert machine.get(f"/products/{shirt.pk}/prior-price").json()["amount"] == 14_900
    unlawful = {"prices": [{"product_id": shirt.pk, "amount": 13_900, "before": 19_900}]}
    told = problem(machine.post(f"/price-books/{made['id']}/versions", unlawful), 422, "invalid")
    assert "149.00" in str(told)
    assert PriceBookVersion.objects.count() == 1
