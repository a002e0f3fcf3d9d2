"""The pages about codes: batches, a new one, a code looked up, a file of them; trying a basket; what offers cost."""

from datetime import date
from typing import Any

import pytest

from stamkunde.jobs.models import Job
from stamkunde.pricing import actions as pricing
from stamkunde.pricing.models import Offer, Voucher, VoucherBatch
from stamkunde.pricing.tests.coding import at, coded_offer, generic, unique
from stamkunde.pricing.tests.selling import live_offer, product
from stamkunde.sales.actions import register_order
from stamkunde.sales.queries.offers import offer_figures
from stamkunde.sales.tests.trading import ANNA, bring_back, values
from stamkunde.sales.values import LineValues
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.fixture(autouse=True)
def _a_store(world: World) -> None:
    assert world.store.pk


def bought(world: World, *codes: str, **more: Any) -> Any:
    thing = product(f"{Offer.objects.count()}-{Voucher.objects.count()}-{len(codes)}", "100")
    return register_order(values(world.store, LineValues(product_id=thing.pk), codes=codes, **more), by=ANNA)


def test_a_generic_code_is_made_on_the_page(world: World):
    offer = coded_offer()
    client = signed_in(world.liga)
    assert "No codes yet" in client.get("/vouchers/").content.decode()
    said = {
        "name": "Welcome", "offer": offer.pk, "kind": "generic", "text": "Hei 2026", "limit": "", "on_return": "keep",
        "valid_to": "2030-12-31",
    }  # fmt: skip

    answer = client.post("/vouchers/new/", said)

    batch = VoucherBatch.objects.get()
    assert answer["Location"] == f"/vouchers/{batch.pk}/"
    assert (batch.limit, batch.valid_to, batch.state) == (None, date(2030, 12, 31), "ready")
    page = client.get(answer["Location"]).content.decode()
    assert "HEI 2026" in page
    listed = client.get("/vouchers/").content.decode()
    assert "Welcome" in listed
    again = client.post("/vouchers/new/", said | {"text": "HE1 2026"})
    assert (again.status_code, VoucherBatch.objects.count()) == (422, 1)
    assert "There is such a code already" in again.content.decode()


def test_many_codes_are_made_in_the_background_and_may_be_stopped(world: World):
    client = signed_in(world.liga)
    said = {"name": "Letters", "offer": coded_offer().pk, "kind": "unique", "wanted": "5000", "limit": "1"}
    answer = client.post("/vouchers/new/", said | {"on_return": "give_back"})
    batch = VoucherBatch.objects.get()
    assert Job.objects.filter(name="pricing.make_codes").count() == 1
    assert "0 of 5000 codes are made." in client.get(answer["Location"]).content.decode()
    client.post(f"/vouchers/{batch.pk}/state/", {"state": "stopped"})
    batch.refresh_from_db()
    assert batch.state == "stopped"


def test_without_an_offer_that_needs_a_code_the_page_leads_to_one(world: World):
    live_offer()
    assert "No offer needs a code yet" in signed_in(world.liga).get("/vouchers/new/").content.decode()


def test_a_code_is_looked_up_with_who_when_and_where(world: World):
    (code,) = unique(1)
    client = signed_in(world.liga)
    assert "It has not been used yet." in client.post("/vouchers/code/", {"code": code}).content.decode()
    with at("2026-05-17T10:00:00+00:00"):
        order = bought(world, code, till_id=world.till.pk, customer_id=world.kari.pk)

    page = client.post("/vouchers/code/", {"code": code.lower()}).content.decode()

    assert "Majorstuen, Till 1" in page
    assert f"/purchases/{order.pk}/" in page
    assert "Kari Nordmann" in page
    # Whoever may not see customers learns where it was and not whose.
    stranger = signed_in(world.eve).post("/vouchers/code/", {"code": code}).content.decode()
    assert "Majorstuen" in stranger
    assert "Kari" not in stranger


def test_v5_looking_up_wrong_codes_comes_to_an_end(world: World):
    (code,) = unique(1)
    client = signed_in(world.anna)
    for number in range(10):
        wrong = client.post("/vouchers/code/", {"code": f"WRONG{number}"})
        assert wrong.status_code == 422
    assert "Too many codes" in client.post("/vouchers/code/", {"code": code}).content.decode()


def test_a_code_is_blocked_and_so_is_a_batch(world: World):
    codes = unique(2)
    batch, voucher = VoucherBatch.objects.get(), Voucher.objects.get(code=codes[0])
    client = signed_in(world.liga)
    client.post(f"/vouchers/{batch.pk}/codes/{voucher.pk}/block/")
    voucher.refresh_from_db()
    assert voucher.blocked_at is not None
    client.post(f"/vouchers/{batch.pk}/state/", {"state": "blocked"})
    batch.refresh_from_db()
    assert batch.state == "blocked"
    assert client.post(f"/vouchers/{batch.pk}/codes/999/block/").status_code == 404


def test_whoever_may_not_make_codes_does_not_see_them(world: World):
    (code,) = unique(1)
    batch = VoucherBatch.objects.get()
    client = signed_in(world.anna)
    page = client.get(f"/vouchers/{batch.pk}/").content.decode()
    assert code[:4] not in page
    assert client.post("/vouchers/new/", {}).status_code == 403
    assert VoucherBatch.objects.count() == 1


def test_an_offer_for_single_customers_is_written_on_the_page(world: World):
    client = signed_in(world.liga)
    said = {
        "name": "For Kari", "kind": "percent", "basis_points": "10", "currency": "NOK", "layer": "line",
        "audience": "customer", "owners": str(world.kari.pk), "stacking": "with_all", "priority": "0",
        "ends": "2030-12-31T23:59",
    }  # fmt: skip
    client.post("/offers/new/?kind=percent", said)
    offer = Offer.objects.get()
    assert list(offer.owners.values_list("customer", flat=True)) == [world.kari.pk]
    page = client.get(f"/offers/{offer.pk}/").content.decode()
    assert f'value="{world.kari.pk}"' in page
    client.post(f"/offers/{offer.pk}/content/", said | {"owners": f"{world.sven.pk}", "version": offer.version})
    assert list(offer.owners.values_list("customer", flat=True)) == [world.sven.pk]
    wrong = client.post("/offers/new/?kind=percent", said | {"owners": "999"})
    assert "One of the customers is not there" in wrong.content.decode()


def test_x6_saving_an_offer_again_changes_nothing_of_it(world: World):
    """Ten times from a browser in another zone, with all that asks who buys."""
    client = signed_in(world.liga)
    said = {
        "name": "Birthday", "kind": "percent", "basis_points": "10", "currency": "NOK", "layer": "line",
        "audience": "all", "stacking": "with_all", "priority": "0", "ends": "2030-12-31T23:59",
        "birthday_before": "0", "birthday_after": "7", "most_per_customer": "1", "needs_code": "on",
        "first_purchase": "on",
    }  # fmt: skip
    client.post("/offers/new/?kind=percent", said)
    offer = Offer.objects.get()
    before = offer.conditions
    assert before["birthday_before"] == 0
    for _time in range(10):
        offer.refresh_from_db()
        client.post(f"/offers/{offer.pk}/content/", said | {"version": offer.version}, HTTP_COOKIE="tz=Asia/Tokyo")
    offer.refresh_from_db()
    assert (offer.conditions, offer.version) == (before, 1)


def test_a_basket_is_tried_with_a_code_and_for_a_customer(world: World):
    product("4711", "100")
    generic()
    live_offer(name="For Kari", audience="customer", owners=(world.kari.pk,), benefit={"basis_points": 2_000})
    client = signed_in(world.liga)
    assert "What it comes to appears here." in client.get("/offers/basket/").content.decode()

    tried = client.post("/offers/basket/", {"basket": "4711", "codes": "spar 10", "customer": world.kari.pk})

    page = tried.content.decode()
    assert "Code SPAR10: NOK\u00a08.00 off." in page
    assert "NOK\u00a072.00" in page
    assert Voucher.objects.get().used == 0
    nobody = client.post("/offers/basket/", {"basket": "4711", "customer": 999}).content.decode()
    assert "There is no such customer." in nobody
    assert "does not hold" in client.post("/offers/basket/", {"basket": "4711", "codes": "NEVER1"}).content.decode()


def test_what_offers_cost_is_shown_and_fetched(world: World):
    offer = coded_offer(name="=Ten")
    generic(offer=offer)
    with at("2026-05-17T10:00:00+00:00"):
        bought(world, "SPAR10")
        bought(world)
    client = signed_in(world.liga)

    page = client.get("/offers/figures/?since=2026-05-01&until=2026-05-31").content.decode()
    file = client.get("/offers/figures/file/?since=2026-05-01&until=2026-05-31").content.decode()

    assert "NOK\u00a010.00" in page
    assert "NOK\u00a0190.00" in page
    assert file.lstrip("\ufeff").splitlines()[1] == "'=Ten,NOK,1,1,10.00,0.00,10.00,90.00"
    assert "No offer was had" in client.get("/offers/figures/?since=2026-06-01&until=2026-06-30").content.decode()
    assert client.get("/offers/figures/?since=x&until=2026-06-30").status_code == 200


def test_of_what_came_back_offers_cost_nothing_in_the_end(world: World):
    offer = coded_offer(name="Ten")
    generic(offer=offer)
    with at("2026-05-17T10:00:00+00:00"):
        order = bought(world, "SPAR10")
        bought(world)
        bring_back(order, (order.lines.get(), "1"))
    client = signed_in(world.liga)

    (found,) = offer_figures(date(2026, 5, 1), date(2026, 5, 31))
    file = client.get("/offers/figures/file/?since=2026-05-01&until=2026-05-31").content.decode()

    assert (found.amount, found.back, found.net, found.sold) == (1_000, 1_000, 0, 9_000)
    assert file.splitlines()[1] == "Ten,NOK,1,1,10.00,10.00,0.00,90.00"


def test_the_pages_about_prices_stand_beside_one_another_and_in_the_menu(world: World):
    client = signed_in(world.liga)
    for address in (
        "/offers/",
        "/vouchers/",
        "/price-books/",
        "/offers/calendar/",
        "/offers/basket/",
        "/offers/figures/",
    ):
        page = client.get(address).content.decode()
        assert page.count('aria-current="page"') >= 2, address
        assert 'href="/vouchers/"' in page


def test_a_release_is_no_secret(world: World):
    """A code that was let go of is free at once."""
    (code,) = unique(1)
    pricing.reserve(code, "a", store=world.store, by=ANNA)
    pricing.release(None, "a", by=ANNA)
    assert bought(world, code).discount == 1_000
