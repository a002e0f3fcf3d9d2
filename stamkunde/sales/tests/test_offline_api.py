"""A till of another maker tells of what it sold without a connection; the shop sees it and settles it."""

from typing import Any

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.sales.actions.offline import take_in
from stamkunde.sales.models import OfflineSale, Order
from stamkunde.sales.tests.test_offline import SOLD, sold
from stamkunde.sales.tests.trading import ANNA, line
from stamkunde.sales.values import PaymentValues
from tests.machine import Machine, problem
from tests.world import World, make_staff, make_store, make_till, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


def body(world: World, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": "9f86d081884c7d65",
        "till_id": world.till.pk,
        "receipt_number": "F1-00042",
        "occurred_at": SOLD.isoformat(),
        "lines": [{"description": "Green tea", "quantity": "2", "unit_price": 12_900}],
        "payments": [{"method": "card", "amount": 25_800}],
    }
    return said | more


def waiting(world: World) -> OfflineSale:
    """Make one that could not be taken in, of Kari's: the payment is not what it comes to."""
    paid = (PaymentValues(method="card", amount=1),)
    return take_in(sold(world, line(5_000), customer_id=world.kari.pk, payments=paid), by=ANNA)


def test_it_is_taken_in_once_and_read_again(world: World):
    till = Machine(world.anna)
    first, second = (till.post("/offline-sales", body(world)) for _time in range(2))
    assert (first.status_code, first.json()["state"], first.json()["total"]) == (201, "taken_in", 25_800)
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1
    read = till.get(f"/offline-sales/{first.json()['id']}").json()
    assert read == first.json()
    assert [one["id"] for one in till.get("/offline-sales").json()["items"]] == [read["id"]]
    assert till.get("/offline-sales?show=waiting").json()["items"] == []


def test_o7_the_same_key_with_another_body_is_409(world: World):
    till = Machine(world.anna)
    till.post("/offline-sales", body(world))
    problem(
        till.post("/offline-sales", body(world, points=0, receipt_number="F1-00043")), 409, "idempotency_key_reused"
    )
    assert OfflineSale.objects.get().receipt_number == "F1-00042"


def test_who_may_not_use_points_or_see_customers_does_not_by_this_door(world: World):
    allowed = Machine(world.anna, scopes=("sales:write",))
    for more in ({"points": 1, "points_amount": 100}, {"codes": [{"code": "X", "amount": 1}]},
                 {"customer_id": world.kari.pk}):  # fmt: skip
        assert allowed.post("/offline-sales", body(world, **more)).status_code == 422
    other = make_till(make_store("Torget"))
    bound = make_staff("Bo", Role.TILL, world.store)
    bound.is_bound = True
    bound.save()
    assert Machine(bound).post("/offline-sales", body(world, till_id=other.pk)).status_code == 422
    assert not OfflineSale.objects.exists()


def test_it_is_settled_by_who_may(world: World):
    sale = waiting(world)
    path = f"/offline-sales/{sale.pk}/state"
    assert Machine(world.anna).put(path, {"state": "taken_in"}).status_code == 403
    desk = Machine(world.ola)
    assert desk.put(path, {"state": "set_aside", "note": ""}).status_code == 422
    assert desk.put(path, {"state": "set_aside", "note": "On paper"}).json()["note"] == "On paper"
    assert desk.put(path, {"state": "waiting"}).json()["state"] == "waiting"
    assert desk.put(path, {"state": "taken_in"}).status_code == 422
    assert Order.objects.count() == 0


def test_the_page_shows_what_waits_and_names_nobody_to_who_may_not_know(world: World):
    sale = waiting(world)
    ola, eve = signed_in(world.ola), signed_in(world.eve)
    page = ola.get("/purchases/offline/?show=waiting").content.decode()
    assert "Kari Nordmann" in page
    assert sale.receipt_number in page
    assert "Nordmann" not in eve.get("/purchases/offline/").content.decode()
    assert "Nordmann" not in eve.get(f"/purchases/offline/{sale.pk}/").content.decode()
    assert eve.post(f"/purchases/offline/{sale.pk}/settling/", {"act": "settle"}).status_code == 403


def test_it_is_settled_on_the_page_and_a_refusal_keeps_what_was_typed(world: World):
    sale = waiting(world)
    ola = signed_in(world.ola)
    address = f"/purchases/offline/{sale.pk}/settling/"
    refused = ola.post(address, {"act": "settle", "own_number": "1"})
    assert refused.status_code == 422
    assert 'name="own_number" value="1" checked' in refused.content.decode()
    assert OfflineSale.objects.get().state == "waiting"
    assert ola.post(address, {"act": "aside", "note": "On paper"}).status_code == 302
    assert "On paper" in ola.get(f"/purchases/offline/{sale.pk}/").content.decode()
    assert ola.post(address, {"act": "reopen"}).status_code == 302
    assert OfflineSale.objects.get().state == "waiting"


def test_another_stores_are_not_there_for_who_is_bound(world: World):
    sale = waiting(world)
    bound = make_staff("Bo", Role.CARE, make_store("Torget"))
    bound.is_bound = True
    bound.save()
    client = signed_in(bound)
    assert client.get(f"/purchases/offline/{sale.pk}/").status_code == 404
    assert client.post(f"/purchases/offline/{sale.pk}/settling/", {"act": "settle"}).status_code == 404
    assert sale.receipt_number not in client.get("/purchases/offline/").content.decode()
