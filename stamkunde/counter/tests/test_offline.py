"""What a till's device is given to go on without a connection, and what it may send."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from stamkunde.accounts.actions.devices import end_device, make_device_code, register_device
from stamkunde.accounts.actions.shop import change_shop
from stamkunde.accounts.devices import COOKIE, KEEPS_PEOPLE
from stamkunde.accounts.queries import the_shop_anew
from stamkunde.catalogue.models import Product
from stamkunde.counter.models import ReceiptCount
from stamkunde.counter.queries.offline import BLOCK, digest_of_card, products_of, recent_people
from stamkunde.customers.actions import trash_customer
from stamkunde.customers.models import HitList
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.loyalty.tests.members import card_of, member
from stamkunde.pricing.tests.selling import ENDS, book, live_offer, publish
from stamkunde.sales.models import OfflineSale, Order
from stamkunde.sales.tests.trading import buy, line
from tests.world import World, make_store, make_till, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


class Device:
    """A tablet registered for the world's till; Anna is signed in on it, or nobody."""

    def __init__(self, world: World, *, is_signed_in: bool = True) -> None:
        self.row, token = register_device(make_device_code(world.till, "Tablet", by=world.liga))
        self.client = signed_in(world.anna) if is_signed_in else Client()
        self.client.cookies[COOKIE] = token

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/counter/offline/{path}", headers=headers)

    def send(self, body: Any) -> Any:
        data = body if isinstance(body, str) else json.dumps(body)
        return self.client.post("/counter/offline/sales/", data, content_type="application/json")


@pytest.fixture
def tablet(world: World) -> Device:
    return Device(world)


def sold(world: World, product: Product | None = None, **more: Any) -> dict[str, Any]:
    own = {"product_id": product.pk, "description": product.name} if product else {"description": "Thing"}
    said: dict[str, Any] = {
        "key": "a-sale-of-the-tablet",
        "till_id": world.till.pk,
        "receipt_number": f"F{world.till.pk}-00001",
        "occurred_at": now().isoformat(),
        "sent_at": now().isoformat(),
        "sold_by": world.anna.pk,
        "customer_id": None,
        "lines": [own | {"quantity": "1", "unit_price": 12_450, "vat_basis_points": 2_500}],
        "payments": [{"method": "card", "amount": 12_450, "reference": ""}],
        "points": 0,
        "points_amount": 0,
        "codes": [],
    }
    return said | more


def test_a_stranger_is_told_so_and_gets_nothing(world: World):
    stranger = signed_in(world.anna)
    for path in ("state/", "products/"):
        answer = stranger.get(f"/counter/offline/{path}")
        assert (answer.status_code, answer.json()["refused"]) == (403, "no_device")
    assert stranger.get("/counter/offline/people/").status_code == 302
    assert stranger.get("/counter/offline/").status_code == 302
    assert stranger.post("/counter/offline/numbers/").status_code == 403
    assert stranger.post("/counter/offline/sales/", "{}", content_type="application/json").status_code == 403
    assert not (HitList.objects.exists() or ReceiptCount.objects.exists() or OfflineSale.objects.exists())


def test_a_device_that_was_ended_is_a_stranger(world: World, tablet: Device):
    end_device(tablet.row, by=SYSTEM)
    assert tablet.get("state/").status_code == 403
    assert tablet.send(sold(world)).status_code == 403
    assert not OfflineSale.objects.exists()


def test_it_is_told_where_it_stands_and_the_shops_rules(world: World, tablet: Device):
    world.store.offline_limit = 10_000
    world.store.save()
    told = tablet.get("state/").json()
    assert (told["till"], told["limit"], told["step"], told["seller"]["name"]) == (world.till.pk, 10_000, 100, "Anna")
    assert told["rates"]["standard"] == 2_500
    assert Device(world, is_signed_in=False).get("state/").json()["seller"] is None


def test_no_two_devices_are_given_the_same_receipt_number(world: World, tablet: Device):
    other = Device(world)
    given = [own.client.post("/counter/offline/numbers/").json() for own in (tablet, other, tablet)]
    ranges = [set(range(one["first"], one["last"] + 1)) for one in given]
    assert sum(len(one) for one in ranges) == len(set.union(*ranges)) == 600
    assert {one["prefix"] for one in given} == {f"F{world.till.pk}-"}


def test_products_come_with_codes_and_what_they_cost_whom(world: World, sock: Product, coffee: Product):
    assert world.store.pk
    publish(book(), {sock: "100"})
    live_offer(name="Coffee -20", benefit={"basis_points": 2_000}, scope={"products": [coffee.pk]}, conditions=ENDS)
    found = {one["id"]: one for one in products_of(sock.pk // BLOCK, world.store, now())}
    assert found[sock.pk]["codes"] == ["4006381333931"]
    assert found[sock.pk]["prices"] == {"": 12_450, "member": 10_000}
    assert found[coffee.pk]["prices"] == {"": 7_120}
    assert found[sock.pk]["rate"] == 2_500


def test_offers_that_ask_for_more_than_one_thing_are_left_to_the_server(world: World, coffee: Product):
    assert world.store.pk
    for own in (
        {"minimum_units": 2},
        {"most_uses": 5},
        {"first_purchase": True},
        {"needs_code": True},
    ):
        live_offer(name=str(own), benefit={"basis_points": 2_000}, conditions=ENDS | own)
    (found,) = products_of(coffee.pk // BLOCK, world.store, now())
    assert found["prices"] == {"": 8_900}


def test_what_the_device_has_is_not_sent_again(tablet: Device, sock: Product):
    index = tablet.get("products/").json()["blocks"]
    first = tablet.get(f"products/?block={index[0]}")
    again = tablet.get(f"products/?block={index[0]}", If_None_Match=first["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    sock.name = "Another name"
    sock.save()
    assert tablet.get(f"products/?block={index[0]}", If_None_Match=first["ETag"]).status_code == 200
    assert tablet.get("products/?block=x").status_code == 404


def test_people_are_bounded_masked_and_written_down(world: World, tablet: Device):
    own = member(world.kari)
    buy(world.store, line(100), customer_id=world.kari.pk)
    buy(world.store, line(100), customer_id=world.sven.pk)
    buy(make_store("Torget"), line(100), customer_id=world.janis.pk)
    answer = tablet.get("people/")
    told = answer.json()
    sven, kari = told["people"]
    assert (kari["name"], kari["shown"], kari["ends"], kari["for"]) == (
        "Kari Nordmann", "··· 45 67", ["4567"], ["", "member"],
    )  # fmt: skip
    assert kari["cards"] == [digest_of_card(card_of(own).token, told["salt"])]
    assert (sven["id"], sven["shown"]) == (world.sven.pk, "")
    for secret in ("912345", "example.org", card_of(own).token):
        assert secret not in answer.content.decode()
    assert answer.cookies[KEEPS_PEOPLE]["max-age"] == 24 * 3600
    listed = HitList.objects.get()
    assert listed.shown.split() == [str(world.sven.pk), str(world.kari.pk)]
    assert (listed.till, listed.actor_label) == (world.till, "Anna")


def test_nobody_put_away_erased_or_restricted_is_among_them(world: World):
    for own in (world.kari, world.sven, world.janis):
        buy(world.store, line(100), customer_id=own.pk)
    trash_customer(world.kari.pk, by=SYSTEM)
    world.sven.restricted_at = world.sven.trashed_at = now()
    world.sven.save()
    assert recent_people(world.store, now(), salt="x").numbers == [world.janis.pk]


def test_with_no_hours_nobody_is_given_out(world: World, tablet: Device):
    buy(world.store, line(100), customer_id=world.kari.pk)
    shop = the_shop_anew()
    shop.offline_hours = 0
    change_shop(shop, by=SYSTEM)
    answer = tablet.get("people/")
    assert (answer.json()["people"], answer.cookies[KEEPS_PEOPLE]["max-age"]) == ([], 0)
    assert not HitList.objects.exists()


def test_signing_out_takes_the_sign_away_by_which_people_are_kept(world: World, tablet: Device):
    tablet.get("people/")
    answer = tablet.client.post("/sign-out/")
    assert answer.cookies[KEEPS_PEOPLE]["max-age"] == 0


def test_a_sale_is_taken_in_also_while_nobody_is_signed_in(world: World, sock: Product):
    nobody = Device(world, is_signed_in=False)
    body = sold(world, sock)
    answer = nobody.send(body)
    assert (answer.status_code, answer.json()["state"]) == (200, "taken_in")
    order = Order.objects.get()
    assert (order.total, order.registered_by, order.receipt_number) == (12_450, "Anna", f"F{world.till.pk}-00001")
    assert OfflineSale.objects.get().device == nobody.row
    again = nobody.send(body | {"sent_at": (now() + timedelta(seconds=9)).isoformat()})
    assert (again.json()["id"], again.json()["is_repeated"]) == (answer.json()["id"], True)
    assert Order.objects.count() == 1


def test_whoever_does_not_sell_there_is_not_believed_to_have_sold(world: World, tablet: Device):
    for number, seller in enumerate((world.eve.pk, 987_654, "1", None)):
        answer = tablet.send(sold(world, key=f"a-sale-number-{number}", sold_by=seller, receipt_number=""))
        assert answer.status_code == 200
    assert set(OfflineSale.objects.values_list("sold_by", flat=True)) == {"Tablet"}


def test_what_is_not_kept_says_so_and_the_device_keeps_it(world: World, tablet: Device):
    other = make_till(make_store("Torget"))
    for body, status in (
        ("no json", 422), ("[]", 422), ({}, 422), (sold(world, lines=[]), 422), (sold(world, till_id=other.pk), 403),
        (sold(world) | {"more": 1}, 422),
    ):  # fmt: skip
        answer = tablet.send(body)
        assert (answer.status_code, bool(answer.json()["said"])) == (status, True)
    assert not OfflineSale.objects.exists()


def test_o7_the_same_key_with_another_purchase_is_answered_409(world: World, tablet: Device):
    same = sold(world)
    assert tablet.send(same).status_code == 200
    other = tablet.send(same | {"points": 1})
    assert (other.status_code, other.json()["refused"]) == (409, "key_reused")
    assert OfflineSale.objects.count() == Order.objects.count() == 1


def test_the_app_is_called_in_the_shops_language_and_the_worker_names_its_files(world: World):
    shop = the_shop_anew()
    shop.language, shop.name = "nb", "Nordlys te"
    change_shop(shop, by=SYSTEM)
    told = Client().get("/counter/manifest.webmanifest")
    assert told["Content-Type"] == "application/manifest+json"
    said = told.json()
    assert (said["lang"], said["scope"], said["display"]) == ("nb", "/counter/", "standalone")
    assert said["name"].endswith("· Nordlys te")
    assert "Counter" not in said["name"]
    script = Client().get("/counter/worker.js")
    assert script["Content-Type"].startswith("text/javascript")
    assert "offline.js" in script.content.decode()


def test_the_page_holds_nobodys_data_and_nothing_from_elsewhere(world: World, tablet: Device):
    buy(world.store, line(100), customer_id=world.kari.pk)
    page = tablet.get("").content.decode()
    assert "Nordmann" not in page
    assert "https://" not in page
    assert "onclick" not in page
