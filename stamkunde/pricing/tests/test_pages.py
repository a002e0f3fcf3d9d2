"""The pages about offers and price books: writing, trying out, publishing, and what is refused there."""

import pytest

from stamkunde.pricing.models import Offer, OfferState, PriceBook, PriceRow
from stamkunde.pricing.tests.selling import book, live_offer, product, publish
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]

TEN_OFF = {
    "name": "Ten off", "kind": "percent", "basis_points": "10", "currency": "NOK", "layer": "line", "audience": "all",
    "stacking": "with_all", "priority": "0", "ends": "2030-12-31T23:59",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _a_store(world: World) -> None:
    assert world.store.pk


def test_an_offer_is_written_tried_and_put_to_work_on_the_page(world: World):
    sock = product("4711", "100")
    client = signed_in(world.liga)

    kinds = client.get("/offers/new/").content.decode()
    assert "?kind=n_for_m" in kinds
    tried = client.post("/offers/trial/", TEN_OFF | {"basket": "4711 2"}).content.decode()
    assert "Ten off: NOK\u00a020.00 off." in tried
    assert "saves NOK\u00a020.00" in tried
    assert not Offer.objects.exists()

    written = client.post("/offers/new/?kind=percent", TEN_OFF | {"products": "4711"})
    offer = Offer.objects.get()
    assert written["Location"] == f"/offers/{offer.pk}/"
    assert (offer.benefit, offer.scope) == ({"basis_points": 1_000, "most": None}, {"products": [sock.pk]})
    assert offer.conditions == {"ends": "2030-12-31T23:59:00"}

    client.post(f"/offers/{offer.pk}/state/", {"state": "live"})
    offer.refresh_from_db()
    assert offer.state == OfferState.LIVE
    shown = client.get(f"/offers/{offer.pk}/").content.decode()
    assert 'value="2030-12-31T23:59"' in shown
    assert "4711" in shown


@pytest.mark.parametrize(
    ("kind", "more", "benefit"),
    [
        ("amount", {"minor": "12,50", "each": "on"}, {"minor": 1_250, "each": True}),
        ("fixed_price", {"price": "99"}, {"price": 9_900}),
        ("n_for_m", {"take": "3", "pay": "2"}, {"take": 3, "pay": 2, "most_times": None}),
        ("cheapest_free", {"of": "3", "basis_points": "50"}, {"of": 3, "basis_points": 5_000}),
        ("points_multiplier", {"basis_points": "20000", "layer": "points"}, {"basis_points": 20_000}),
    ],
)
def test_each_kind_is_written_in_its_own_words(world: World, kind: str, more: dict, benefit: dict):
    client = signed_in(world.liga)
    said = {name: value for name, value in TEN_OFF.items() if name != "basis_points"} | {"kind": kind} | more

    response = client.post(f"/offers/new/?kind={kind}", said)

    assert response.status_code == 302
    offer = Offer.objects.get()
    assert offer.benefit == benefit
    again = client.get(f"/offers/{offer.pk}/")
    assert again.status_code == 200


def test_a_bundle_and_a_gift_are_written_by_product_numbers(world: World):
    bread, soup = product("1", "40"), product("2", "60")
    client = signed_in(world.liga)
    plain = {name: value for name, value in TEN_OFF.items() if name != "basis_points"}

    client.post("/offers/new/?kind=bundle", plain | {"kind": "bundle", "parts": "2 x 1\n2", "price": "99"})
    client.post(
        "/offers/new/?kind=free_item",
        plain | {"kind": "free_item", "bought": "1", "buy": "1", "gift": "2", "free": "1", "basis_points": "100"},
    )

    bundle, gift = Offer.objects.order_by("pk")
    assert [part[1] for part in bundle.benefit["parts"]] == [2, 1]
    assert bundle.benefit["parts"][0][0]["products"] == [bread.pk]
    assert gift.benefit["gift"]["products"] == [soup.pk]
    assert "2 x 1" in client.get(f"/offers/{bundle.pk}/").content.decode()


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(world: World):
    client = signed_in(world.liga)
    for wrong, sentence in (
        ({"basis_points": "120"}, "Write a share between 0 and 100."),
        ({"products": "0815"}, "There is no product or category “0815”."),
        ({"starts": "2031-01-01T00:00"}, "The offer would end before it begins."),
        ({"name": ""}, "field-error"),
    ):
        response = client.post("/offers/new/?kind=percent", TEN_OFF | wrong)
        assert response.status_code == 422
        assert sentence in response.content.decode()
    assert not Offer.objects.exists()


def test_two_who_change_an_offer_at_once_see_it(world: World):
    offer = live_offer()
    client = signed_in(world.liga)

    assert client.post(f"/offers/{offer.pk}/content/", TEN_OFF | {"version": str(offer.version)}).status_code == 302
    stale = client.post(f"/offers/{offer.pk}/content/", TEN_OFF | {"name": "Mine", "version": str(offer.version)})

    assert stale.status_code == 409
    assert Offer.objects.get().name == "Ten off"


def test_a_clerk_sees_offers_and_changes_none(world: World):
    offer = live_offer()
    client = signed_in(world.anna)

    assert client.get("/offers/").status_code == 200
    assert client.get(f"/offers/{offer.pk}/").status_code == 200
    assert client.get("/offers/calendar/").status_code == 200
    assert client.get("/offers/new/").status_code == 403
    assert client.post(f"/offers/{offer.pk}/content/", TEN_OFF).status_code == 403
    assert client.post(f"/offers/{offer.pk}/state/", {"state": "ended"}).status_code == 403
    assert client.post("/price-books/new/", {"name": "Mine", "audience": "all", "currency": "NOK"}).status_code == 403
    offer.refresh_from_db()
    assert (offer.name, offer.state) == ("Ten per cent", OfferState.LIVE)
    assert not PriceBook.objects.exists()


def test_prices_are_published_on_the_page_of_their_book(world: World):
    product("4711", "199")
    client = signed_in(world.liga)

    made = client.post("/price-books/new/", {"name": "Members", "audience": "members", "currency": "NOK"})
    response = client.post(f"{made['Location']}versions/", {"prices": "4711 149,00"})

    assert response.status_code == 302
    assert PriceRow.objects.get().amount == 14_900
    shown = client.get(made["Location"]).content.decode()
    assert "NOK\u00a0149.00" in shown
    assert "4711 149.00" in shown


def test_an_unlawful_earlier_price_is_refused_on_the_page(world: World):
    shirt = product("4711", "199")
    publish(book("Spring", "all"), {shirt: "149"})
    campaign = book("Summer", "all")

    response = signed_in(world.liga).post(f"/price-books/{campaign.pk}/versions/", {"prices": "4711 139 199"})

    assert response.status_code == 422
    assert "it cost NOK\u00a0149.00, so it may not be called reduced from NOK\u00a0199.00" in response.content.decode()
    assert not campaign.versions.exists()


def test_the_page_of_a_product_says_what_it_costs_whom_and_what_a_sign_may_name(world: World):
    shirt = product("4711", "199")
    publish(book("Spring", "all"), {shirt: "149"})
    live_offer(
        name="About shirts", scope={"products": [shirt.pk]}, currency="NOK", conditions={"most_uses": 9, "minimum": 1}
    )
    live_offer(name="About mugs", scope={"products": [product("2").pk]})

    page = signed_in(world.anna).get(f"/products/{shirt.pk}/offers/").content.decode()

    assert "The lowest price of the last 30 days is NOK\u00a0149.00." in page
    assert "Spring" in page
    assert "About shirts" in page
    assert "About mugs" not in page


def test_the_calendar_shows_what_runs(world: World):
    live_offer(name="Runs now")

    assert "Runs now" in signed_in(world.liga).get("/offers/calendar/").content.decode()


def test_the_list_asks_as_much_for_many_as_for_one(world: World, django_assert_max_num_queries):
    client = signed_in(world.liga)
    for number in range(12):
        live_offer(name=f"Offer {number}")
    client.get("/offers/")

    with django_assert_max_num_queries(8):
        client.get("/offers/")
