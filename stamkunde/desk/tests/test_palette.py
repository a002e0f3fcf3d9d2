"""The palette: what it finds, what it offers, and to whom."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from stamkunde.catalogue.models import Product
from stamkunde.customers.models import HitList
from stamkunde.desk.palette import CUSTOMER_ACTIONS
from stamkunde.desk.places import all_places
from stamkunde.kit.clock import now
from stamkunde.sales.actions import register_order
from stamkunde.sales.values import LineValues, OrderValues
from tests.world import World, signed_in

pytestmark = pytest.mark.page


def groups(client: Client, text: str = "", **more: Any) -> dict[str, list[str]]:
    response = client.get("/palette/", {"q": text, **more})
    assert response.status_code == 200
    return {str(group.label): [item.label for item in group.items] for group in response.context["groups"]}


def test_an_empty_box_offers_actions_first_and_then_whom_one_saw_last(world: World) -> None:
    client = signed_in(world.anna)
    for customer in (world.kari, world.janis, world.kari):
        client.get(f"/customers/{customer.pk}/")
    found = groups(client)

    assert list(found) == ["Actions", "Lately"]
    assert found["Actions"][0] == "New customer"
    assert set(found["Lately"]) == {"Kari Nordmann", "Jānis Bērziņš"}


def test_a_person_is_found_by_a_name_half_heard(world: World) -> None:
    world.janis  # noqa: B018

    assert groups(signed_in(world.anna), "janis berzins")["Customers"] == ["Jānis Bērziņš"]
    assert groups(signed_in(world.anna), "@berz")["Customers"] == ["Jānis Bērziņš"]


def test_whom_the_palette_has_shown_is_written_down(world: World) -> None:
    janis, client = world.janis, signed_in(world.anna)

    groups(client, "janis berzins")
    groups(client, "nobody of that name")
    client.get("/search/", {"q": "janis"})

    rows = HitList.objects.order_by("pk")
    assert [row.shown.split() for row in rows] == [[str(janis.pk)], [str(janis.pk)]]
    assert {row.actor_label for row in rows} == {"Anna"}


def test_nobody_found_means_that_the_first_line_creates_the_name_typed(world: World) -> None:
    found = groups(signed_in(world.anna), "Ingeborg Haugland")

    assert next(iter(found)) == "New"
    assert found["New"] == ["Create “Ingeborg Haugland”"]
    assert "New" not in groups(signed_in(world.eve), "Ingeborg Haugland")


def test_a_number_is_offered_as_a_number_and_never_as_a_name(world: World) -> None:
    client = signed_in(world.anna)

    assert groups(client, "98765432")["New"] == ["New customer with 98765432"]
    assert groups(client, "liv@example.org")["New"] == ["New customer with liv@example.org"]
    assert groups(client, "Liv Dahl 98765432")["New"] == ["Create “Liv Dahl”"]


def test_what_was_typed_reaches_the_form_of_the_new_customer(world: World) -> None:
    response = signed_in(world.anna).get("/palette/?q=Ingeborg Haugland")

    assert reverse("customers:new") + "?name=Ingeborg+Haugland" in response.content.decode()


def test_a_receipt_is_found_by_its_number(world: World) -> None:
    values = OrderValues(
        store_id=world.store.pk,
        till_id=world.till.pk,
        receipt_number="R-1001",
        lines=(LineValues(description="Kopp", quantity=Decimal(1), unit_price=100),),
        customer_id=world.kari.pk,
    )
    register_order(values, by=world.anna.actor)

    assert groups(signed_in(world.anna), "#R-1001") == {"Receipts": ["Receipt R-1001"]}
    assert "Nordmann" not in signed_in(world.eve).get("/palette/?q=%23R-1001").content.decode()


def test_a_product_is_found_by_its_number(world: World) -> None:
    Product.objects.create(sku="K-7", name="Tekanne", created_at=now())

    assert groups(signed_in(world.anna), "K-7")["Products"] == ["Tekanne"]


def test_only_what_one_may_do_is_offered(world: World) -> None:
    assert "Staff" in groups(signed_in(world.liga), "/staff")["Settings"]
    assert "Settings" not in groups(signed_in(world.anna), "/staff")
    assert "New customer" in groups(signed_in(world.anna), ">new")["Actions"]
    assert "Actions" not in groups(signed_in(world.eve), ">new")


@pytest.mark.both_databases
def test_the_page_under_the_palette_adds_its_own_actions(world: World) -> None:
    client = signed_in(world.anna)
    kari = world.kari
    by_page = client.get("/palette/", HTTP_HX_CURRENT_URL=f"http://testserver/customers/{kari.pk}/?topic=notes")

    assert "Write a note about Kari Nordmann" in by_page.content.decode()
    assert "Write a note about Kari Nordmann" in groups(client, ctx=f"customer:{kari.pk}")["Actions"]
    assert "Kari" not in str(groups(signed_in(world.eve), ctx=f"customer:{kari.pk}"))
    for odd in ("customer:", "customer:x", "customer:" + "9" * 40, "nonsense", "customer:-1"):
        assert "Kari" not in str(groups(signed_in(world.anna), ">", ctx=odd))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "text", ["'", '"', "%", "_", "\\", "a\0b", "@", "#", ">", "/", "x" * 5_000, "; DROP TABLE", "李"]
)
def test_whatever_is_typed_gets_an_answer(world: World, text: str) -> None:
    client = signed_in(world.liga)

    assert client.get("/palette/", {"q": text}).status_code == 200
    assert client.get("/search/", {"q": text}).status_code in {200, 302}


def test_without_scripts_the_search_is_a_page(world: World) -> None:
    world.kari  # noqa: B018
    content = signed_in(world.anna).get("/search/?q=Nordmann").content.decode()

    assert "Found for “Nordmann”" in content
    assert f"/customers/{world.kari.pk}/" in content


def test_every_place_and_action_leads_somewhere(world: World) -> None:
    for place in all_places():
        assert reverse(place.view)
    for action in CUSTOMER_ACTIONS:
        assert reverse(action.view, args=[] if action.is_query else [1])
