"""Whose data is restricted is not named on anybody else's page, preview, timeline or line of the audit either."""

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import add_relation, restrict_customer
from stamkunde.customers.actions.human import remove_relation
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.actions.pairs import note_distinct
from stamkunde.customers.models import Customer, RelationKind, RestrictionGround
from stamkunde.kit.actor import SYSTEM
from tests.machine import Machine
from tests.world import World, make_customer, make_staff, signed_in


@pytest.fixture
def kari(world: World) -> Customer:
    """Give Kari a household with Sven, a second profile that was told apart from his, and only then restrict her."""
    twin = make_customer("Karianne", "Nordmann")
    note_distinct(twin.pk, world.sven.pk, by=SYSTEM)
    remove_relation(add_relation(world.sven.pk, twin.pk, RelationKind.GIVES_TO, by=SYSTEM), by=SYSTEM)
    merge_customers(world.kari.pk, twin.pk, by=SYSTEM)
    add_relation(world.kari.pk, world.sven.pk, RelationKind.HOUSEHOLD, by=SYSTEM)
    restrict_customer(world.kari.pk, RestrictionGround.ACCURACY, reason="Kari says it is wrong.", by=SYSTEM)
    return world.kari


@pytest.mark.parametrize(
    "path",
    ["/customers/{sven}/", "/customers/{sven}/peek/", "/customers/{sven}/?find=nordmann", "/audit/", "/customers/"],
)
def test_who_is_restricted_is_not_named_beside_others(world: World, kari: Customer, path: str) -> None:
    client = signed_in(make_staff("Lise", Role.LEAD))

    answer = client.get(path.format(sven=world.sven.pk))

    assert answer.status_code == 200
    for name in ("Nordmann", "Kari", f"/customers/{kari.pk}/"):
        assert name not in answer.content.decode().replace('value="nordmann"', "")


def test_that_there_was_somebody_is_still_told(world: World, kari: Customer) -> None:
    page = signed_in(world.ola).get(f"/customers/{world.sven.pk}/?topic=changes").content.decode()

    assert "Same household as somebody who is not named here" in page
    assert "No longer: Gives to somebody who is not named here" in page


def test_looking_for_the_name_on_anothers_timeline_finds_nothing(world: World, kari: Customer) -> None:
    found = Machine(world.ola).get(f"/customers/{world.sven.pk}/timeline?q=nordmann").json()["items"]

    assert found == []


def test_machines_are_not_told_names_or_numbers(world: World, kari: Customer) -> None:
    lead = Machine(make_staff("Lise", Role.LEAD))

    timeline = lead.get(f"/customers/{world.sven.pk}/timeline").json()["items"]
    audit = lead.get("/audit").json()["items"]
    of_kari = lead.get(f"/audit?customer_id={kari.pk}").json()["items"]

    assert "Nordmann" not in str(timeline + audit)
    assert kari.pk not in {one["subject_id"] for one in timeline}
    assert kari.pk not in {one["customer_id"] for one in audit}
    assert of_kari == []


def test_those_who_answer_for_it_read_the_name(world: World, kari: Customer) -> None:
    page = signed_in(world.liga).get(f"/customers/{world.sven.pk}/?topic=changes").content.decode()

    assert "Same household as Kari Nordmann" in page
    assert "Kari Nordmann" in signed_in(world.liga).get(f"/audit/?customer={kari.pk}").content.decode()
