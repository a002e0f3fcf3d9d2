"""The shop, its stores and its tills."""

import multiprocessing

import pytest
from django.test import Client

from stamkunde.accounts.models import Shop, Store, Till
from stamkunde.accounts.queries import forget_kept_shop, the_shop
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_liga_opens_a_store_in_riga_with_a_till(world: World) -> None:
    client = signed_in(world.liga)

    client.post(
        "/settings/stores/new/",
        {"name": "Rīga Centrs", "country": "LV", "currency": "eur", "zone": "Europe/Riga", "is_open": "on"},
    )
    store = Store.objects.get(name="Rīga Centrs")
    client.post(f"/settings/stores/{store.pk}/tills/new/", {"name": "Kase 1", "is_open": "on"})

    assert store.currency == "EUR"
    assert Till.objects.get().store == store


@pytest.mark.parametrize(
    ("field", "value"), [("currency", "XXQ"), ("zone", "Europe/Atlantis"), ("zone", "../etc/passwd")]
)
def test_a_store_needs_a_real_currency_and_zone(world: World, field: str, value: str) -> None:
    values = {"name": "Nowhere", "country": "NO", "currency": "NOK", "zone": "Europe/Oslo", field: value}

    assert signed_in(world.liga).post("/settings/stores/new/", values).status_code == 422

    assert not Store.objects.filter(name="Nowhere").exists()


def test_two_tills_of_one_store_have_two_names(world: World) -> None:
    address = f"/settings/stores/{world.till.store_id}/tills/new/"

    assert signed_in(world.liga).post(address, {"name": world.till.name, "is_open": "on"}).status_code == 422

    assert Till.objects.count() == 1


def test_the_new_name_of_the_shop_is_seen_at_once(world: World) -> None:
    values = {"name": "Torget", "country": "NO", "currency": "NOK", "language": "nb", "zone": "Europe/Oslo"}

    page = signed_in(world.liga).post("/settings/shop/", values, follow=True)

    assert the_shop().name == "Torget"
    assert "Torget" in page.content.decode()


def test_a_till_clerk_may_not_change_the_shop(world: World) -> None:
    signed_in(world.anna).post("/settings/shop/", {"name": "Mine", "country": "NO", "currency": "NOK"})

    assert not Shop.objects.filter(name="Mine").exists()


@pytest.mark.parametrize(("code", "word"), [("nb", "nb"), ("lv", "lv"), ("sv", "sv"), ("en", "en")])
def test_the_page_says_which_language_it_is_in(client: Client, db: None, code: str, word: str) -> None:
    client.post("/language/", {"language": code, "next": "/sign-in/"})

    assert f'<html lang="{word}"' in client.get("/sign-in/").content.decode()


def test_a_refused_change_of_the_shop_reaches_nobody(world: World) -> None:
    """The kept row is read by every page: a form must not write into it before it is allowed to."""
    anna, liga = signed_in(world.anna), signed_in(world.liga)
    anna.get("/settings/profile/")
    values = {"name": "Torget", "country": "NO", "currency": "NOK", "language": "nb", "zone": "Europe/Olso"}

    assert liga.post("/settings/shop/", values).status_code == 422

    page = anna.get("/settings/profile/")
    assert page.status_code == 200
    assert "Torget" not in page.content.decode()


def test_what_another_web_process_changes_in_the_shop_is_seen_at_once(world: World) -> None:
    before = the_shop().name
    Shop.objects.update(name="Torget")
    assert the_shop().name == before, "the row is kept for a while"

    other = multiprocessing.get_context("fork").Process(target=forget_kept_shop)
    other.start()
    other.join(60)

    assert the_shop().name == "Torget"
