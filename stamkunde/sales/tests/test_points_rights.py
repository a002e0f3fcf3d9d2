"""Who may use members' points, and that two people decide about a debt, whatever they ask by."""

import pytest

from stamkunde.loyalty.actions.points import ask_for_correction
from stamkunde.loyalty.models import Membership, PointsRequest
from stamkunde.loyalty.tests.saving import earn, has, make_member
from stamkunde.sales.models import HeldQuote, Order
from tests.machine import Machine, problem
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db
ONLY_SALES = ("customers:read", "sales:write")


@pytest.fixture
def kari(world: World) -> Membership:
    own = make_member(world.kari, earn_points=0)
    earn(own, 100)
    return own


def bought(world: World, **more: object) -> dict[str, object]:
    lines = [{"description": "Tea", "unit_price": 100_000}]
    return {"store_id": world.store.pk, "customer_id": world.kari.pk, "lines": lines, **more}


@pytest.mark.parametrize("path", ["/orders", "/held-quotes"])
def test_a_token_for_sales_alone_cannot_use_a_members_points(world: World, kari: Membership, path: str):
    till = Machine(world.liga, ONLY_SALES)

    problem(till.post(path, bought(world, points=50)), 422, "invalid")
    problem(till.post(path, bought(world, points_reservation_id=1)), 422, "invalid")

    assert has(kari).available == 100
    assert not Order.objects.exists()
    assert not HeldQuote.objects.exists()
    assert till.post(path, bought(world)).status_code == 201


def test_a_held_quote_with_points_is_not_bought_by_a_token_that_may_not_use_them(world: World, kari: Membership):
    held = Machine(world.liga).post("/held-quotes", bought(world, points=50)).json()
    assert held["total"] == 50_000

    refused = Machine(world.liga, ONLY_SALES).post(f"/held-quotes/{held['id']}/commit", {})

    problem(refused, 422, "invalid")
    assert has(kari).available == 100
    assert Machine(world.liga).post(f"/held-quotes/{held['id']}/commit", {}).status_code == 201
    assert has(kari).available == 50


@pytest.mark.page
def test_who_asks_for_a_debt_by_a_token_cannot_approve_it_at_the_desk(world: World, kari: Membership):
    body = {"points": -300, "reason": "Mistake", "allow_debt": True}
    Machine(world.liga).post(f"/memberships/{kari.pk}/points/corrections", body)
    asked = PointsRequest.objects.get()

    signed_in(world.liga).post(f"/points/requests/{asked.pk}/decision/", {"decision": "approve"})

    asked.refresh_from_db()
    assert (asked.state, has(kari).debt) == ("waiting", 0)


def test_another_persons_token_may_decide_about_a_debt(world: World, kari: Membership):
    asked = ask_for_correction(kari, -300, reason="Mistake", by=world.ola.actor)

    decided = Machine(world.liga).put(f"/points/requests/{asked.pk}/decision", {"approve": True})

    assert decided.json()["state"] == "approved"
    assert has(kari).debt == 200
