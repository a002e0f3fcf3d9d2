"""Which till a device stands at, and where people land."""

import pytest
from django.test import Client

from stamkunde.accounts.actions.shop import change_till
from stamkunde.accounts.models import Shop
from stamkunde.accounts.queries import forget_kept_shop
from stamkunde.accounts.roles import Role
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.kit.actor import SYSTEM
from tests.world import World, make_staff, make_store, make_till, signed_in

pytestmark = pytest.mark.django_db


def test_a_device_is_asked_once_and_remembers(world: World) -> None:
    other = make_till(make_store("Grünerløkka"))
    client = signed_in(world.anna)
    world.till.refresh_from_db()
    assert client.get("/counter/")["Location"] == "/counter/till/"
    choice = client.get("/counter/till/").content.decode()
    assert choice.index("Majorstuen") < choice.index("Grünerløkka")

    client.post("/counter/till/", {"place": f"till:{other.pk}"})

    assert "Grünerløkka · Till 1" in client.get("/counter/").content.decode()
    assert int(client.cookies["counter"]["max-age"]) > 300 * 24 * 3600
    assert client.cookies["counter"]["httponly"]


def test_where_there_is_one_till_nobody_is_asked(world: World) -> None:
    world.till.refresh_from_db()

    assert "Majorstuen · Till 1" in signed_in(world.anna).get("/counter/").content.decode()


def test_a_made_up_cookie_is_no_till(world: World) -> None:
    other = make_till(make_store("Grünerløkka"))
    client = signed_in(world.anna)
    world.till.refresh_from_db()
    client.cookies["counter"] = f"till:{other.pk}"

    assert client.get("/counter/").status_code == 302


@pytest.mark.parametrize("mark", ["", "till:", "till:999", "till:-1", "till:" + "9" * 30, "shop:1", "store:1x"])
def test_what_is_no_till_is_refused(world: World, mark: str) -> None:
    world.till.refresh_from_db()
    make_till(make_store("Grünerløkka"))
    client = signed_in(world.anna)

    answer = client.post("/counter/till/", {"place": mark})

    assert answer.status_code == 422
    assert "counter" not in client.cookies


def test_a_closed_till_is_chosen_anew(world: World, anna: AtTheTill) -> None:
    make_till(make_store("Grünerløkka"))
    make_till(make_store("Bergen"))
    world.till.is_open = False
    change_till(world.till, by=SYSTEM)

    assert anna.client.get("/counter/")["Location"] == "/counter/till/"


def test_a_shop_without_stores_says_what_to_do(world: World) -> None:
    ola = make_staff("Per", Role.TILL)

    assert "There is no store yet" in signed_in(ola).get("/counter/till/").content.decode()


def test_whoever_works_at_a_till_lands_at_the_counter(world: World, client: Client) -> None:
    for user, lands in ((world.anna, "/counter/"), (world.ola, "/")):
        user.set_password("a lantern on the pier")
        user.save()
        client.logout()
        answer = client.post("/sign-in/", {"email": user.email, "password": "a lantern on the pier"})
        assert answer["Location"] == lands
        client.logout()
        wanted = {"email": user.email, "password": "a lantern on the pier", "next": "/customers/"}
        assert client.post("/sign-in/", wanted)["Location"] == "/customers/"


def test_the_screen_goes_blank_when_the_shop_says(world: World) -> None:
    liga = signed_in(world.liga)
    world.till.refresh_from_db()
    assert 'data-blanks-after="60"' in liga.get("/counter/").content.decode()
    shop = {"name": "Torget", "country": "NO", "currency": "NOK", "language": "nb", "zone": "Europe/Oslo"}

    refused = liga.post("/settings/shop/", shop | {"counter_blanks_after": "5"})
    assert refused.status_code == 422
    assert Shop.objects.get().counter_blanks_after == 60
    liga.post("/settings/shop/", shop | {"counter_blanks_after": "30"})

    forget_kept_shop()
    assert 'data-blanks-after="30"' in liga.get("/counter/").content.decode()


def test_the_desk_leads_to_the_counter_whoever_may_sell(world: World) -> None:
    assert 'href="/counter/"' in signed_in(world.ola).get("/").content.decode()
    assert 'href="/counter/"' not in signed_in(world.eve).get("/").content.decode()
    assert "/counter/" in signed_in(world.ola).get("/palette/?q=counter").content.decode()
