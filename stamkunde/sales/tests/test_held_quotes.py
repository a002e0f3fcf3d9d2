"""Prices that are held: bought at once, after the price rose, after they ran out, twice, and with other content."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from stamkunde.catalogue.actions import set_list_price
from stamkunde.catalogue.models import Product
from stamkunde.kit import clock
from stamkunde.kit.money import Money
from stamkunde.pricing.evaluator import Quote
from stamkunde.pricing.models import OfferCount
from stamkunde.pricing.tests.selling import ENDS, live_offer
from stamkunde.sales.actions.quotes import commit_quote, hold_quote
from stamkunde.sales.models import HeldQuote, Order, OrderLine
from stamkunde.sales.refusals import KeyReused, PriceChanged, SaleRefused
from stamkunde.sales.tests.trading import ANNA, make_product, paid, unwell, values
from stamkunde.sales.values import LineValues
from tests.machine import Machine
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sock(world: World) -> Product:
    assert world.store.pk
    return make_product(price=10_000)


def held(world: World, sock: Product, **more: Any) -> HeldQuote:
    basket = values(world.store, LineValues(product_id=sock.pk, quantity=Decimal(3)), channel="web")
    return hold_quote(basket, by=ANNA, **more)


def later(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    at = clock.now() + timedelta(minutes=minutes)
    for module in ("quotes", "checks"):
        monkeypatch.setattr(f"stamkunde.sales.actions.{module}.now", lambda: at)


def test_p24_a_price_that_rose_is_kept_until_the_quote_has_run_out(world: World, sock: Product):
    quote = held(world, sock)
    set_list_price(sock, Money(15_000, "NOK"), by=ANNA)

    order = commit_quote(quote, payments=(paid(),), by=ANNA)

    line = order.lines.get()
    assert (order.total, line.unit_price, order.channel) == (30_000, 10_000, "web")
    assert quote.valid_until - quote.made_at == timedelta(minutes=15)
    assert order.payments.get().amount == 30_000
    assert unwell() == []


def test_p24_afterwards_the_new_total_must_be_accepted_and_nothing_is_written(
    world: World, sock: Product, monkeypatch: pytest.MonkeyPatch
):
    quote = held(world, sock)
    set_list_price(sock, Money(15_000, "NOK"), by=ANNA)
    later(monkeypatch, 16)

    for accepted in (None, 30_001):
        with pytest.raises(PriceChanged) as refused:
            commit_quote(quote, accepted_total=accepted, by=ANNA)
        assert refused.value.total == 45_000
    assert not Order.objects.exists()
    assert HeldQuote.objects.count() == 1

    assert commit_quote(quote, accepted_total=45_000, by=ANNA).total == 45_000


def test_a_quote_that_ran_out_and_costs_the_same_is_simply_bought(
    world: World, sock: Product, monkeypatch: pytest.MonkeyPatch
):
    quote = held(world, sock)
    later(monkeypatch, 60 * 24)

    assert commit_quote(quote, by=ANNA).total == 30_000


def test_a_quote_becomes_one_purchase_however_often_it_is_bought(world: World, sock: Product):
    quote = held(world, sock)

    first = commit_quote(quote, by=ANNA)
    again = commit_quote(HeldQuote.objects.get(pk=quote.pk), payments=(paid(),), by=ANNA)
    stale = commit_quote(quote, by=ANNA)

    assert first.pk == again.pk == stale.pk
    assert again.is_repeated
    assert Order.objects.count() == 1


def test_the_same_key_answers_with_the_same_quote_and_another_basket_is_refused(world: World, sock: Product):
    first = held(world, sock, idempotency_key="k")
    assert held(world, sock, idempotency_key="k").pk == first.pk

    with pytest.raises(KeyReused):
        hold_quote(values(world.store, LineValues(product_id=sock.pk)), by=ANNA, idempotency_key="k")
    assert HeldQuote.objects.count() == 1


def test_what_is_kept_says_the_same_to_the_last_byte(world: World, sock: Product):
    live_offer()
    quote = held(world, sock)
    quote.refresh_from_db()

    kept = Quote.of(quote.result)

    assert kept.canonical() == Quote.of(kept.as_dict() | {}).canonical()
    assert (kept.total, quote.total, quote.engine_version) == (27_000, 27_000, kept.engine_version)
    assert quote.trace[0]["text"]["nb"]


def test_limits_are_settled_when_it_is_bought(world: World, sock: Product):
    live_offer(name="First one", conditions=ENDS | {"most_uses": 1})
    first, second = held(world, sock), held(world, sock)

    assert commit_quote(first, by=ANNA).total == 27_000
    with pytest.raises(SaleRefused) as refused:
        commit_quote(second, by=ANNA)

    assert "First one" in refused.value.sentence
    assert OfferCount.objects.get().uses == 1
    assert Order.objects.count() == 1
    assert HeldQuote.objects.get(pk=second.pk).order_id is None


def test_a_quote_keeps_allocations_with_the_lines_it_becomes(world: World, sock: Product):
    live_offer()

    commit_quote(held(world, sock), by=ANNA)

    kept = OrderLine.objects.get().allocations
    assert kept is not None
    assert kept["units"] == [[3, 9_000]]


def test_a_basket_with_payments_is_no_quote(world: World, sock: Product):
    with pytest.raises(SaleRefused):
        hold_quote(values(world.store, LineValues(product_id=sock.pk), payments=(paid(),)), by=ANNA)
    assert not HeldQuote.objects.exists()


def test_a_machine_holds_a_price_and_is_told_when_it_has_changed(
    world: World, sock: Product, monkeypatch: pytest.MonkeyPatch
):
    web = Machine(world.liga)
    sent = {"store_id": world.store.pk, "channel": "web", "lines": [{"product_id": sock.pk, "quantity": "2"}]}

    made = web.post("/held-quotes", sent, Idempotency_Key="one")
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    assert (made.json()["total"], made.json()["lines"][0]["pay"]) == (20_000, 20_000)
    assert web.post("/held-quotes", sent, Idempotency_Key="one").json()["id"] == number
    assert web.get(f"/held-quotes/{number}").json()["order_id"] is None

    set_list_price(sock, Money(11_000, "NOK"), by=ANNA)
    HeldQuote.objects.update(valid_until=clock.now() - timedelta(seconds=1))
    refused = web.post(f"/held-quotes/{number}/commit", {})
    assert (refused.status_code, refused.json()["code"], refused.json()["total"]) == (409, "price_changed", 22_000)
    assert not Order.objects.exists()

    bought = web.post(f"/held-quotes/{number}/commit", {"accepted_total": 22_000, "payments": [{"method": "card"}]})
    assert (bought.status_code, bought.json()["total"]) == (201, 22_000)
    assert web.post(f"/held-quotes/{number}/commit", {}).json()["id"] == bought.json()["id"]
