"""The purchase form of the desk takes codes, and lets offers change the prices that nobody touched."""

from typing import Any

import pytest

from stamkunde.pricing.models import Voucher
from stamkunde.pricing.tests.coding import coded_offer, generic
from stamkunde.pricing.tests.selling import live_offer, product
from stamkunde.sales.models import Order
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


def form(world: World, **more: Any) -> dict[str, Any]:
    sock = product("4711", "100")
    return {
        "key": "k" * 12, "store": world.store.pk, "channel": "shop", "method": "card", "act": "register",
        "line-0-product": sock.pk, "line-0-description": sock.name, "line-0-quantity": "2", "line-0-price": "100",
    } | more  # fmt: skip


def test_a_price_that_nobody_touched_is_that_of_books_and_offers(world: World):
    said = form(world)
    live_offer(name="Ten")
    client = signed_in(world.ola)

    shown = client.post("/purchases/new/", said | {"act": "count"}).content.decode()
    client.post("/purchases/new/", said)

    assert "Ten: NOK\u00a020.00 off." in shown
    assert "NOK\u00a0180.00" in shown
    assert Order.objects.get().total == 18_000


def test_a_price_set_by_hand_stays(world: World):
    said = form(world, **{"line-0-price": "90"})
    live_offer()
    signed_in(world.ola).post("/purchases/new/", said)
    assert Order.objects.get().total == 18_000
    assert Order.objects.get().discount == 0


def test_what_was_sold_at_another_time_costs_what_is_written(world: World):
    said = form(world, placed_at="2026-05-17T12:00")
    live_offer()
    signed_in(world.ola).post("/purchases/new/", said)
    assert Order.objects.get().total == 20_000


def test_a_code_is_typed_where_goods_are_scanned(world: World):
    said = form(world)
    generic()
    client = signed_in(world.ola)

    page = client.post("/purchases/new/", said | {"act": "scan", "scan": "spar 10"}).content.decode()
    assert 'name="codes" value="SPAR10"' in page
    assert "NOK\u00a020.00 off" in page
    without = client.post("/purchases/new/", said | {"act": "uncode:SPAR10", "codes": "SPAR10"}).content.decode()
    assert 'value="SPAR10"' not in without

    client.post("/purchases/new/", said | {"codes": "SPAR10"})
    assert Order.objects.get().total == 18_000
    assert Voucher.objects.get().used == 1


def test_a_code_that_brings_nothing_says_why_and_the_rest_is_registered(world: World):
    said = form(world)
    generic(offer=coded_offer(conditions={"minimum": 30_000}, currency="NOK"))
    client = signed_in(world.ola)

    page = client.post("/purchases/new/", said | {"act": "scan", "scan": "SPAR10"}).content.decode()
    assert "needs NOK\u00a0100.00 more" in page

    client.post("/purchases/new/", said | {"codes": "SPAR10"})
    assert Order.objects.get().total == 20_000
    assert Voucher.objects.get().used == 0


def test_v5_guessing_at_the_desk_comes_to_an_end(world: World):
    said = form(world)
    generic()
    client = signed_in(world.ola)
    for number in range(10):
        client.post("/purchases/new/", said | {"act": "scan", "scan": f"WRONG{number}Q"})
    page = client.post("/purchases/new/", said | {"act": "scan", "scan": "SPAR10"}).content.decode()
    assert "Too many codes were tried" in page
    assert 'name="codes" value="SPAR10"' not in page
