"""Fields that are changed where they stand, and the name: three-way choice, whole page without scripts, and no 500."""

from typing import Any

import pytest

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import change_customer
from stamkunde.customers.models import Customer
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.kit.actor import SYSTEM
from tests.world import World, make_staff, make_store, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
FRAGMENT: dict[str, Any] = {"headers": {"HX-Request": "true"}}


def url_of(customer: Customer, name: str) -> str:
    return f"/customers/{customer.pk}/fields/{name}/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("greeting", "Kjære Kari"),
        ("language", "nb"),
        ("birth_date", "1984-05-17"),
        ("company_number", "912 345 678"),
        ("preferred_name", "Kaja"),
        ("title", "Dr."),
    ],
)
def test_a_field_is_changed_and_shown_with_a_tick(world: World, name: str, value: str) -> None:
    client, url = signed_in(world.anna), url_of(world.kari, name)
    form = client.get(url, **FRAGMENT).content.decode()
    assert 'name="version" value="1"' in form

    saved = client.post(url, {"value": value, "version": "1"}, **FRAGMENT)
    assert saved.status_code == 200
    assert "Saved" in saved.content.decode()
    assert str(getattr(Customer.objects.get(), name)) == value
    assert "Saved" not in client.get(f"{url}?view=1", **FRAGMENT).content.decode()


def test_the_usual_store_is_chosen_from_those_in_use(world: World) -> None:
    store, closed = make_store("Grünerløkka"), make_store("Old shop")
    closed.is_open = False
    closed.save()
    client, url = signed_in(world.anna), url_of(world.kari, "home_store")

    with nothing_changes():
        assert client.post(url, {"value": str(closed.pk), "version": "1"}, **FRAGMENT).status_code == 422
    assert client.post(url, {"value": str(store.pk), "version": "1"}, **FRAGMENT).status_code == 200
    assert Customer.objects.get().home_store == store


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("greeting", "x" * 201),
        ("greeting", "a\0b"),
        ("language", "tlh"),
        ("birth_date", "2023-02-30"),
        ("birth_date", "0001-01-01"),
        ("home_store", "999999"),
        ("home_store", "x"),
    ],
)
@pytest.mark.parametrize("extra", [{}, FRAGMENT], ids=["page", "in place"])
def test_what_cannot_be_kept_is_refused_where_it_stands(
    world: World, name: str, value: str, extra: dict[str, Any]
) -> None:
    client, kari = signed_in(world.anna), world.kari
    with nothing_changes():
        response = client.post(url_of(kari, name), {"value": value, "version": "1"}, **extra)

    assert response.status_code == 422
    assert "field-error" in response.content.decode()


def test_without_scripts_it_is_a_page(world: World) -> None:
    client, url = signed_in(world.anna), url_of(world.kari, "greeting")
    assert "<html" in client.get(url).content.decode()

    saved = client.post(url, {"value": "Hei", "version": "1"})
    assert (saved.status_code, saved["Location"]) == (302, f"/customers/{world.kari.pk}/")


@pytest.mark.parametrize("extra", [{}, FRAGMENT], ids=["page", "in place"])
def test_two_who_changed_the_same_are_asked_which_of_three_is_right(world: World, extra: dict[str, Any]) -> None:
    client, url = signed_in(world.anna), url_of(world.kari, "greeting")
    change_customer(world.kari.pk, {"greeting": "first"}, version=1, by=SYSTEM)
    change_customer(world.kari.pk, {"greeting": "theirs"}, version=2, by=SYSTEM)

    with nothing_changes():
        asked = client.post(url, {"value": "mine", "version": "2"}, **extra)
    page = asked.content.decode()
    assert asked.status_code == 409
    for value in ("mine", "theirs", "first"):
        assert f'name="value" value="{value}"' in page
    assert 'name="version" value="3"' in page

    client.post(url, {"value": "mine", "version": "3"}, **extra)
    assert Customer.objects.get().greeting == "mine"


def test_the_choice_between_stores_names_them(world: World) -> None:
    first, second, third = (make_store(name) for name in ("Bergen", "Bodø", "Tromsø"))
    kari = change_customer(world.kari.pk, {"home_store_id": first.pk}, version=1, by=SYSTEM)
    change_customer(kari.pk, {"home_store_id": second.pk}, version=2, by=SYSTEM)

    asked = signed_in(world.anna).post(url_of(kari, "home_store"), {"value": str(third.pk), "version": "2"}, **FRAGMENT)
    page = asked.content.decode()
    for store in (first, second, third):
        assert f'name="value" value="{store.pk}"' in page
        assert store.name in page


def test_a_change_elsewhere_in_the_profile_is_no_conflict(world: World) -> None:
    change_customer(world.kari.pk, {"language": "nb"}, version=1, by=SYSTEM)
    client = signed_in(world.anna)

    assert client.post(url_of(world.kari, "greeting"), {"value": "Hei", "version": "1"}, **FRAGMENT).status_code == 200


@pytest.mark.both_databases
@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "²"])
def test_a_version_that_is_no_number_never_breaks_the_page(world: World, version: str) -> None:
    change_customer(world.kari.pk, {"greeting": "theirs"}, version=1, by=SYSTEM)
    client, kari = signed_in(world.anna), world.kari
    with nothing_changes():
        response = client.post(url_of(kari, "greeting"), {"value": "mine", "version": version}, **FRAGMENT)
    assert response.status_code == 409


@pytest.mark.parametrize("name", ["id", "version", "words", "visits", "trashed_at", "given_name", "ref", "password"])
def test_only_fields_of_the_page_are_changed_this_way(world: World, name: str) -> None:
    client, kari = signed_in(world.liga), world.kari
    with nothing_changes():
        assert client.get(url_of(kari, name)).status_code == 404
        assert client.post(url_of(kari, name), {"value": "1", "version": "1"}).status_code == 404


def test_those_who_may_only_see_do_not_change(world: World) -> None:
    kari = world.kari
    for user in (make_staff("Maja", Role.MARKETING), world.eve):
        client = signed_in(user)
        with nothing_changes():
            assert client.post(url_of(kari, "greeting"), {"value": "Hei", "version": "1"}).status_code == 403
            assert client.post(f"/customers/{kari.pk}/name/", {"given_name": "X", "version": "1"}).status_code == 403


def test_the_name_is_changed_on_its_page_and_the_old_one_is_shown_there(world: World) -> None:
    client, url = signed_in(world.anna), f"/customers/{world.kari.pk}/name/"
    form = {"kind": "person", "given_name": "Kari", "family_name": "Østby", "version": "1"}
    assert client.post(url, form).status_code == 302

    assert Customer.objects.get().name == "Kari Østby"
    assert "Kari Nordmann" in client.get(url).content.decode()


@pytest.mark.both_databases
def test_a_name_cannot_be_emptied_or_endless(world: World) -> None:
    client, url = signed_in(world.anna), f"/customers/{world.kari.pk}/name/"
    for form in (
        {"given_name": ""},
        {"given_name": "x" * 2_000},
        {"given_name": "a\0b"},
        {"given_name": "Kari", "kind": "x"},
    ):
        with nothing_changes():
            assert client.post(url, {"kind": "person", "version": "1"} | form).status_code == 422


def test_two_who_changed_the_name_are_asked_field_by_field(world: World) -> None:
    client, url = signed_in(world.anna), f"/customers/{world.kari.pk}/name/"
    change_customer(world.kari.pk, {"given_name": "Anne"}, version=1, by=SYSTEM)
    form = {"kind": "person", "given_name": "Kaja", "family_name": "Nordmann", "version": "1"}
    with nothing_changes():
        asked = client.post(url, form)

    page = asked.content.decode()
    assert asked.status_code == 409
    for value in ("Kaja", "Anne", "Kari"):
        assert f'type="radio" name="given_name" value="{value}"' in page
    assert 'type="text" name="family_name"' in page
    assert client.post(url, form | {"given_name": "Anne", "family_name": "Lie", "version": "2"}).status_code == 302
    assert Customer.objects.get().name == "Anne Lie"
