"""Telephone, e-mail and town changed where a list shows them: the first of them, and never over somebody else's."""

from typing import Any

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import add_address, add_contact_point, change_contact_point, remove_contact_point
from stamkunde.customers.models import Address, ContactKind, ContactPoint
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import AddressValues, ContactValues
from stamkunde.kit.actor import SYSTEM
from tests.world import World, make_customer, make_staff, signed_in

pytestmark = pytest.mark.django_db
FRAGMENT: dict[str, Any] = {"headers": {"HX-Request": "true"}}


def opened(client: Any, pk: int, name: str) -> tuple[str, str]:
    """Open the cell; return where its form is sent and the version it was made from."""
    html = client.get(f"/customers/{pk}/first/{name}/", **FRAGMENT).content.decode()
    return html.split('action="')[1].split('"')[0], html.split('name="version" value="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("name", "typed", "shown"),
    [("phone", "+46 70 174 06 05", "+46 70 174 06 05"), ("email", "Kari@Example.NO", "Kari@Example.NO"),
     ("town", "Bergen", "Bergen")],
)  # fmt: skip
def test_the_first_one_is_changed_and_shown_with_a_tick(world: World, name: str, typed: str, shown: str) -> None:
    kari = world.kari
    add_address(kari.pk, AddressValues(street="Storgata 1", postcode="0155", town="Oslo"), by=SYSTEM)
    client = signed_in(world.anna)
    url, version = opened(client, kari.pk, name)

    saved = client.post(url, {"value": typed, "version": version}, **FRAGMENT)

    assert saved.status_code == 200
    assert shown in saved.content.decode()
    assert "Saved" in saved.content.decode()
    assert "Saved" not in client.get(f"{url}?view=1", **FRAGMENT).content.decode()
    assert (ContactPoint.objects.count(), Address.objects.get().street) == (2, "Storgata 1")


@pytest.mark.parametrize(("name", "typed"), [("phone", "912 34 567"), ("email", "ny@example.no"), ("town", "Bodø")])
def test_where_there_was_none_it_is_added(world: World, name: str, typed: str) -> None:
    sara = make_customer("Sara", "Berg")
    client = signed_in(world.anna)
    url, version = opened(client, sara.pk, name)

    assert client.post(url, {"value": typed, "version": version}, **FRAGMENT).status_code == 200
    assert [
        *sara.contact_points.values_list("is_preferred", flat=True),
        *sara.addresses.values_list("town", flat=True),
    ] == (["Bodø"] if name == "town" else [True])


@pytest.mark.parametrize(
    ("name", "typed"), [("phone", "12"), ("phone", ""), ("email", "no at sign"), ("email", ""), ("phone", "9\0"),
                        ("town", "x" * 121)]
)  # fmt: skip
@pytest.mark.parametrize("extra", [{}, FRAGMENT], ids=["page", "in place"])
def test_what_cannot_be_kept_is_refused_where_it_stands(
    world: World, name: str, typed: str, extra: dict[str, Any]
) -> None:
    client, kari = signed_in(world.anna), world.kari
    url, version = opened(client, kari.pk, name)

    with nothing_changes():
        response = client.post(url, {"value": typed, "version": version}, **extra)

    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_what_a_colleague_changed_meanwhile_is_asked_about(world: World) -> None:
    client, kari = signed_in(world.anna), world.kari
    url, version = opened(client, kari.pk, "phone")
    point = kari.contact_points.get(kind=ContactKind.PHONE)
    change_contact_point(point, ContactValues(kind=ContactKind.PHONE, raw="+4792345678"), version=1, by=SYSTEM)

    with nothing_changes():
        asked = client.post(url, {"value": "93456789", "version": version}, **FRAGMENT)
    page = asked.content.decode()

    assert asked.status_code == 409
    assert "+4792345678" in page
    assert "93456789" in page
    settled = client.post(
        url, {"value": "93456789", "version": page.split('name="version" value="')[1].split('"')[0]}, **FRAGMENT
    )
    assert settled.status_code == 200
    assert kari.contact_points.get(kind=ContactKind.PHONE).value == "+4793456789"


def test_another_number_that_became_the_first_is_not_written_over(world: World) -> None:
    client, kari = signed_in(world.anna), world.kari
    url, version = opened(client, kari.pk, "phone")
    new = ContactValues(kind=ContactKind.PHONE, raw="+4799887766", is_preferred=True)
    other = add_contact_point(kari.pk, new, by=SYSTEM)

    with nothing_changes():
        assert client.post(url, {"value": "93456789", "version": version}, **FRAGMENT).status_code == 409
    remove_contact_point(other, by=SYSTEM)
    assert client.post(url, {"value": "93456789", "version": version}, **FRAGMENT).status_code == 200


def test_without_scripts_it_is_a_page_of_its_own(world: World) -> None:
    client, kari = signed_in(world.anna), world.kari
    page = client.get(f"/customers/{kari.pk}/first/phone/")
    assert "<main" in page.content.decode()
    url, version = opened(client, kari.pk, "phone")

    assert client.post(url, {"value": "93456789", "version": version})["Location"] == kari.get_absolute_url()


def test_who_may_not_change_customers_and_what_is_no_value_are_refused(world: World) -> None:
    kari = world.kari
    marketing = signed_in(make_staff("Mia", Role.MARKETING, world.store))

    with nothing_changes():
        assert marketing.post(f"/customers/{kari.pk}/first/phone/1/", {"value": "93456789"}).status_code == 403
        assert signed_in(world.anna).get(f"/customers/{kari.pk}/first/visits/").status_code == 404
        assert signed_in(world.anna).get("/customers/999999/first/phone/").status_code == 404


def test_the_list_says_where_each_is_changed(world: World) -> None:
    name = world.kari.name
    page = signed_in(world.anna).get("/customers/?columns=town,phone,email").content.decode()

    assert name in page
    assert all(f'data-edit="first/{name}/"' in page for name in ("town", "phone", "email"))
