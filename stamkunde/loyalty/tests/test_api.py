"""Loyalty for other programs: the same as on pages, with the same rights."""

import pytest

from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty.actions import block_card
from stamkunde.loyalty.models import Membership, ProgrammeState
from stamkunde.loyalty.tests.members import card_of, member, open_programme
from tests.machine import Machine, problem
from tests.world import World

pytestmark = pytest.mark.django_db
RULES = {"name": "Stamkunde", "currency": "NOK", "zone": "Europe/Oslo", "earn_per": 1_000}


@pytest.fixture
def machine(world: World) -> Machine:
    assert world.store.pk
    return Machine(world.liga)


def test_a_programme_is_written_changed_opened_and_ended(machine: Machine):
    made = machine.post("/programmes", RULES)
    assert made.status_code == 201
    number = made.json()["id"]
    assert made.json()["rules"][0] == "1 point for each NOK\u00a010.00 of a receipt, rounded down."

    changed = machine.put(f"/programmes/{number}", RULES | {"earn_points": 2}, if_match=made["ETag"])
    assert changed.json()["earn_points"] == 2
    assert machine.put(f"/programmes/{number}", RULES, if_match=made["ETag"]).status_code == 412
    assert machine.put(f"/programmes/{number}/state", {"state": "open"}).json()["state"] == ProgrammeState.OPEN
    assert [row["id"] for row in machine.get("/programmes?state=open").json()["items"]] == [number]
    assert machine.put(f"/programmes/{number}/state", {"state": "closed"}).json()["state"] == ProgrammeState.CLOSED
    problem(machine.put(f"/programmes/{number}/state", {"state": "open"}), 422, "invalid")


def test_a_customer_joins_once_gets_cards_and_leaves(machine: Machine, world: World):
    sent = {"customer_id": world.kari.pk, "programme_id": open_programme().pk}

    first, second = machine.post("/memberships", sent), machine.post("/memberships", sent)

    own = first.json()
    assert own["id"] == second.json()["id"]
    assert (own["source"], own["state"], len(own["cards"])) == ("api", "active", 1)
    card = machine.post(f"/memberships/{own['id']}/cards", {"symbology": "qr"}).json()
    assert machine.put(f"/member-cards/{card['id']}/state", {"state": "blocked"}).json()["state"] == "blocked"
    new = machine.post(f"/member-cards/{card['id']}/replacement", {}).json()
    assert machine.get(f"/member-cards/{card['id']}").json()["replaced_by_id"] == new["id"]
    assert machine.put(f"/memberships/{own['id']}/state", {"state": "closed"}).json()["state"] == "closed"
    assert {one["state"] for one in machine.get(f"/memberships/{own['id']}").json()["cards"]} == {"expired", "replaced"}


def test_members_are_listed_and_narrowed(machine: Machine, world: World):
    kari, sven = member(world.kari), member(world.sven)

    def listed(asked: str = "") -> list[int]:
        return [row["id"] for row in machine.get(f"/memberships?{asked}").json()["items"]]

    assert listed() == [sven.pk, kari.pk]
    assert listed(f"customer_id={world.kari.pk}") == [kari.pk]
    assert listed("text=karlsson") == [sven.pk]
    assert listed("state=closed") == []


def test_a_card_says_who_is_a_member_of_what(machine: Machine, world: World):
    membership = member(world.kari)
    card = card_of(membership)

    told = machine.post("/standings", {"card": card.token}).json()

    assert (told["customer_id"], told["is_member"], told["card_state"]) == (world.kari.pk, True, "active")
    assert told["memberships"][0]["number"] == membership.number

    block_card(card, by=SYSTEM)
    told = machine.post("/standings", {"card": card.token}).json()
    assert told == {"card_state": "blocked", "customer_id": None, "is_member": False, "memberships": []}


@pytest.mark.parametrize(("card", "said"), [("2900000000010", "misread"), ("2900000000018", "No member's card")])
def test_a_card_nobody_has_is_not_a_misread_one(machine: Machine, card: str, said: str):
    """C1."""
    told = problem(machine.post("/standings", {"card": card}), 422, "invalid")

    assert said in told["errors"][0]["detail"]


def test_a_refusal_names_the_field_and_leaves_everything(machine: Machine, world: World):
    programme = machine.post("/programmes", RULES).json()["id"]

    told = problem(
        machine.post("/memberships", {"customer_id": world.kari.pk, "programme_id": programme}), 422, "invalid"
    )

    assert told["errors"][0]["field"] == "programme_id"
    assert not Membership.objects.exists()


def test_a_membership_rests_with_a_reason(machine: Machine, world: World):
    own = member(world.kari).pk

    told = problem(machine.put(f"/memberships/{own}/rest", {"rests": True}), 422, "invalid")
    assert told["errors"][0]["field"] == "reason"
    rests = machine.put(f"/memberships/{own}/rest", {"rests": True, "reason": "Sold the card"})
    assert rests.json()["state"] == "suspended"
    assert machine.put(f"/memberships/{own}/rest", {"rests": False}).json()["state"] == "active"
