"""Codes at the door for machines: made, looked up, held, used, and with a purchase."""

from typing import Any

import pytest

from stamkunde.pricing.models import Voucher, VoucherBatch, VoucherRedemption, VoucherReservation
from stamkunde.pricing.tests.coding import coded_offer, generic, unique
from stamkunde.pricing.tests.selling import product
from stamkunde.sales.models import Order
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(world: World) -> Machine:
    assert world.store.pk
    return Machine(world.liga)


def bought(world: World, *codes: str, **more: Any) -> dict[str, Any]:
    from stamkunde.catalogue.models import Product

    thing = Product.objects.first() or product("1", "100")
    return {"store_id": world.store.pk, "lines": [{"product_id": thing.pk}], "codes": list(codes)} | more


def test_a_purchase_uses_a_code_and_says_so(world: World, machine: Machine):
    generic()
    answer = machine.post("/orders", bought(world, "spar 10"))
    assert (answer.status_code, answer.json()["total"]) == (201, 9_000)
    assert answer.json()["lines"][0]["price_steps"][0]["source"] == "code:SPAR10"
    assert Voucher.objects.get().used == 1


def test_c1_a_code_that_is_taken_is_a_conflict_that_says_where(world: World, machine: Machine):
    (code,) = unique(1)
    assert machine.post("/orders", bought(world, code, till_id=world.till.pk)).status_code == 201
    told = problem(machine.post("/orders", bought(world, code)), 409, "code_taken")
    assert "Majorstuen, Till 1" in told["detail"]
    assert told["reason"] == "USED_UP"
    on_web = problem(machine.post("/orders", bought(world, code, channel="web")), 422, "code_refused")
    assert "Majorstuen" not in str(on_web)
    assert Order.objects.count() == 1


def test_the_same_purchase_sent_again_is_given_the_same_answer(world: World, machine: Machine):
    (code,) = unique(1)
    sent = bought(world, code)
    first = machine.post("/orders", sent, Idempotency_Key="k")
    again = machine.post("/orders", sent, Idempotency_Key="k")
    assert (first.status_code, again.content) == (201, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert VoucherRedemption.objects.count() == 1


def test_a_code_that_brings_nothing_refuses_the_purchase(world: World, machine: Machine):
    generic(offer=coded_offer(conditions={"minimum": 50_000}, currency="NOK"))
    told = problem(machine.post("/orders", bought(world, "SPAR10")), 422, "code_refused")
    assert told["reason"] == "BELOW_MINIMUM"
    assert not Order.objects.exists()


def test_v5_the_eleventh_wrong_code_of_a_minute_is_not_answered(world: World, machine: Machine):
    (code,) = unique(1)
    for number in range(10):
        problem(machine.post("/orders", bought(world, f"WRONG{number}")), 422, "code_refused")
    answer = machine.post("/orders", bought(world, code))
    problem(answer, 429, "rate_limited")
    assert answer["Retry-After"] == "60"
    problem(machine.post("/vouchers/lookups", {"code": code}), 429, "rate_limited")
    assert not Order.objects.exists()
    # Somebody else's token is not kept waiting.
    assert Machine(world.ola).post("/orders", bought(world, code)).status_code == 201


def test_a_quote_takes_codes_and_keeps_nothing(world: World, machine: Machine):
    generic()
    quote = machine.post("/quotes", bought(world, "SPAR10")).json()
    assert quote["total"] == 9_000
    assert [step["source"] for step in quote["steps"]] == ["code:SPAR10"]
    wrong = machine.post("/quotes", bought(world, "NEVER1")).json()
    assert [(step["reason"], step["name"]) for step in wrong["steps"]] == [("EXPIRED", "NEVER1")]
    assert Voucher.objects.get().used == 0


def test_v5_a_quote_counts_wrong_codes_too(world: World, machine: Machine):
    (code,) = unique(1)
    for number in range(10):
        machine.post("/quotes", bought(world, f"WRONG{number}"))
    (step,) = machine.post("/quotes", bought(world, code)).json()["steps"]
    assert step["reason"] == "RATE_LIMITED"


def test_codes_are_made_listed_and_blocked(world: World, machine: Machine):
    offer = coded_offer()
    sent = {"name": "Welcome", "offer_id": offer.pk, "kind": "generic", "text": "Hei-2026", "limit": None}
    made = machine.post("/voucher-batches", sent).json()
    assert (made["state"], made["made"], made["text"]) == ("ready", 1, "HEI-2026")
    problem(machine.post("/voucher-batches", sent | {"text": "HE1 2026"}), 422, "invalid")
    assert [row["id"] for row in machine.get("/voucher-batches").json()["items"]] == [made["id"]]
    (code,) = machine.get(f"/voucher-batches/{made['id']}/codes").json()["items"]
    assert (code["code"], code["used"], code["is_blocked"]) == ("HEI-2026", 0, False)
    assert machine.put(f"/voucher-batches/{made['id']}/codes/{code['id']}/block").json()["is_blocked"]
    blocked = machine.put(f"/voucher-batches/{made['id']}/state", {"state": "blocked"}).json()
    assert blocked["state"] == "blocked"
    problem(machine.put(f"/voucher-batches/{made['id']}/codes/999/block"), 404, "not_found")
    assert VoucherBatch.objects.count() == 1


def test_many_codes_are_made_in_the_background(world: World, machine: Machine):
    sent = {"name": "Letters", "offer_id": coded_offer().pk, "kind": "unique", "wanted": 100_000}
    made = machine.post("/voucher-batches", sent).json()
    assert (made["state"], made["wanted"], made["made"]) == ("making", 100_000, 0)
    assert machine.put(f"/voucher-batches/{made['id']}/state", {"state": "stopped"}).json()["state"] == "stopped"


def test_a_code_is_held_used_and_given_back_for_another_system(world: World, machine: Machine):
    (code,) = unique(1)
    held = {"code": code, "key": "b-1", "store_id": world.store.pk}
    assert machine.post("/vouchers/reservations", held).status_code == 201
    problem(machine.post("/vouchers/reservations", held | {"key": "b-2"}), 409, "code_taken")
    used = {"code": code, "purchase": "web-7", "store_id": world.store.pk, "key": "b-1"}
    first = machine.post("/vouchers/redemptions", used).json()
    assert machine.post("/vouchers/redemptions", used).json()["id"] == first["id"]
    problem(machine.post("/vouchers/redemptions", used | {"purchase": "web-8"}), 409, "code_taken")
    told = machine.post("/vouchers/lookups", {"code": code.lower()}).json()
    assert (told["used"], [row["purchase"] for row in told["redemptions"]]) == (1, ["elsewhere:web-7"])
    assert machine.post(f"/vouchers/redemptions/{first['id']}/reversals").json()["reversed_at"]
    assert Voucher.objects.get().used == 0
    assert machine.post("/vouchers/reservations", held).status_code == 201
    assert machine.post("/vouchers/releases", {"code": code, "key": "b-1"}).json() == {"released": 1}
    assert not VoucherReservation.objects.exists()


def test_whoever_may_not_have_the_codes_sees_the_batch_without_them(world: World, machine: Machine):
    generic()
    batch = VoucherBatch.objects.get()
    till = Machine(world.anna)
    assert till.get(f"/voucher-batches/{batch.pk}").json()["text"] == ""
    problem(till.get(f"/voucher-batches/{batch.pk}/codes"), 403, "forbidden")
    problem(till.post("/voucher-batches", {}), 403, "forbidden")
    assert till.post("/vouchers/lookups", {"code": "SPAR10"}).status_code == 200


def test_a_personal_offer_is_written_and_read_by_those_who_see_customers(world: World, machine: Machine):
    sent = {
        "name": "For Kari", "kind": "percent", "benefit": {"basis_points": 1_000}, "audience": "customer",
        "conditions": {"ends": "2030-12-31T23:59:59"}, "customer_ids": [world.kari.pk],
    }  # fmt: skip
    made = machine.post("/offers", sent).json()
    assert made["customer_ids"] == [world.kari.pk]
    assert Machine(world.eve).get(f"/offers/{made['id']}").json()["customer_ids"] == []
    problem(machine.post("/offers", sent | {"customer_ids": []}), 422, "invalid")
