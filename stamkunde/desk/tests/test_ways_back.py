"""Ways about the desk: back to the list in its view and at its page, and on to people like somebody."""

import pytest

from stamkunde.customers.models import Customer
from stamkunde.customers.values import AddressValues
from stamkunde.desk.alike import filters_like
from tests.world import World, make_customer, signed_in

LIST = "/customers/?view=best&f=town%3Ais%3AOslo&page=WyJv"
FROM_LIST = {"Referer": f"http://testserver{LIST}"}


def test_whoever_came_from_a_list_is_led_back_to_it_as_it_was(world: World) -> None:
    client = signed_in(world.ola)
    page = client.get(f"/customers/{world.kari.pk}/", headers=FROM_LIST)

    assert page.context["list_url"] == LIST
    assert "Back to the list" in page.content.decode()
    assert "Back to the list" not in client.get(f"/customers/{world.kari.pk}/").content.decode()


@pytest.mark.parametrize(
    "came_from", ["https://elsewhere.example/customers/", "http://testserver//customers/", "http://testserver/", "x"]
)
def test_nobody_is_led_out_of_the_house(world: World, came_from: str) -> None:
    page = signed_in(world.ola).get(f"/customers/{world.kari.pk}/", headers={"Referer": came_from})

    assert page.context["list_url"] == ""


def test_the_trash_and_its_undo_keep_the_list_where_it_was(world: World) -> None:
    client = signed_in(world.ola)
    answer = client.post(f"/customers/{world.kari.pk}/removal/", {"back": LIST})
    assert answer["Location"] == LIST
    undo = next(iter(client.get("/customers/").context["messages"])).extra_tags.removeprefix("undo:")

    assert client.post(undo, headers=FROM_LIST)["Location"] == LIST
    assert Customer.objects.present().count() == 1
    elsewhere = client.post(f"/customers/{world.kari.pk}/removal/", {"back": "https://elsewhere.example/"})
    assert elsewhere["Location"] == "/customers/"


def test_people_like_somebody_are_those_with_the_same_chips(world: World) -> None:
    oslo = (AddressValues(town="Oslo"),)
    kari = make_customer("Kari", "Nordmann", language="nb", home_store_id=world.store.pk, addresses=oslo)
    make_customer("Anne", "Alike", language="nb", home_store_id=world.store.pk, addresses=oslo)
    make_customer("Carl", "Swede", language="sv", home_store_id=world.store.pk, addresses=oslo)
    Customer.objects.update(visits=6)
    make_customer("Berit", "Rare", language="nb", home_store_id=world.store.pk, addresses=oslo)
    client = signed_in(world.anna)
    page = client.get(f"/customers/{kari.pk}/alike/", follow=True)

    assert [row.name for row in page.context["rows"]] == ["Anne Alike", "Kari Nordmann"]
    chips = page.context["state"].chips
    assert [chip["text"] for chip in chips] == [
        "Town: Oslo", "Usual store: Majorstuen", "Language: Norsk bokmål", "Visits: at least 5", "Visits: at most 9",
    ]  # fmt: skip
    without_language = client.get(chips[2]["remove"])
    assert [row.name for row in without_language.context["rows"]] == ["Anne Alike", "Kari Nordmann", "Carl Swede"]


@pytest.mark.parametrize(
    ("visits", "band"),
    [(0, ["at_most:0"]), (1, ["at_least:1", "at_most:1"]), (2, ["at_least:2", "at_most:4"]),
     (24, ["at_least:10", "at_most:24"]), (49, ["at_least:25", "at_most:49"]), (900, ["at_least:50"])],
)  # fmt: skip
@pytest.mark.django_db
def test_how_often_somebody_comes_is_a_band(visits: int, band: list[str]) -> None:
    assert [text for _f, text in filters_like(Customer(pk=0, given_name="X", visits=visits))] == [
        f"visits:{one}" for one in band
    ]


def test_whoever_may_see_no_customer_finds_none_alike(world: World) -> None:
    assert signed_in(world.eve).get(f"/customers/{world.kari.pk}/alike/").status_code == 403


def test_the_palette_offers_people_alike_on_her_page(world: World) -> None:
    answer = signed_in(world.anna).get(f"/palette/?ctx=customer:{world.kari.pk}").content.decode()

    assert f"/customers/{world.kari.pk}/alike/" in answer
