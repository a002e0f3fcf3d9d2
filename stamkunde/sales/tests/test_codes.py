"""Codes with a purchase: used once, refused with a reason, given back only where the batch says so."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from stamkunde.catalogue.models import Product
from stamkunde.kit.clock import now
from stamkunde.pricing import actions as pricing
from stamkunde.pricing.models import OfferCount, Voucher, VoucherBatch, VoucherRedemption
from stamkunde.pricing.tests.coding import at, coded_offer, generic, unique
from stamkunde.pricing.tests.selling import ENDS, book, live_offer, product, publish
from stamkunde.sales.actions import register_order
from stamkunde.sales.models import OfferUse, Order
from stamkunde.sales.refusals import CodeNotTaken, KeyReused, SaleRefused
from stamkunde.sales.tests.trading import ANNA, bring_back, unwell, values
from stamkunde.sales.values import LineValues
from tests.world import World, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_store(world: World) -> None:
    assert world.store.pk


def buy(world: World, *codes: str, price: str = "100", key: str | None = None, **more: Any) -> Order:
    thing = more.pop("thing", None) or product(f"P{Product.objects.count()}", price)
    lines = more.pop("lines", None) or (LineValues(product_id=thing.pk),)
    may_leave_out = more.pop("may_leave_out_codes", False)
    wanted = values(more.pop("store", world.store), *lines, codes=codes, **more)
    return register_order(wanted, by=ANNA, idempotency_key=key, may_leave_out_codes=may_leave_out)


def refused(world: World, *codes: str, **more: Any) -> CodeNotTaken:
    """Return why a purchase with these codes is refused, with nothing written."""
    before = (Order.objects.count(), VoucherRedemption.objects.count(), OfferUse.objects.count())
    with pytest.raises(CodeNotTaken) as caught:
        buy(world, *codes, **more)
    assert (Order.objects.count(), VoucherRedemption.objects.count(), OfferUse.objects.count()) == before
    return caught.value


def test_p13_a_code_takes_ten_percent_off_what_is_paid(world: World):
    generic()
    shirt = product("4711", "149")

    order = buy(world, "spar 10", thing=shirt)

    assert (order.total, order.discount) == (13_410, 1_490)
    (step,) = order.lines.get().price_steps or []
    assert (step["source"], step["amount"]) == ("code:SPAR10", 1_490)
    redemption = VoucherRedemption.objects.get()
    assert (redemption.order_number, redemption.amount, redemption.store_id) == (order.pk, 1_490, world.store.pk)
    assert Voucher.objects.get().used == 1
    assert unwell() == []


def test_v1_a_code_for_one_use_is_used_once_and_the_loser_is_told_where(world: World):
    (code,) = unique(1)
    with at("2026-05-17T10:00:00+00:00"):
        buy(world, code, till_id=world.till.pk)

    told = refused(world, code)

    assert told.refusal.reason == "USED_UP"
    assert "Majorstuen, Till 1" in told.sentence
    assert "12:00" in told.sentence
    assert Voucher.objects.get().used == 1


def test_v1_on_the_web_the_loser_is_told_nothing_of_it(world: World):
    (code,) = unique(1)
    buy(world, code, till_id=world.till.pk)

    told = refused(world, code, channel="web")

    assert "Majorstuen" not in told.sentence
    assert told.sentence == refused(world, "NEVERWAS99", channel="web").sentence.replace("NEVERWAS99", shown(code))


def shown(code: str) -> str:
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def test_v2_the_same_till_tries_again_and_the_code_is_used_once(world: World):
    (code,) = unique(1)
    sock = product("1", "100")

    first = buy(world, code, thing=sock, key="k")
    second = buy(world, code, thing=sock, key="k")

    assert (second.pk, second.is_repeated) == (first.pk, True)
    assert Voucher.objects.get().used == 1
    assert VoucherRedemption.objects.count() == 1


def test_o7_the_same_key_with_another_code_is_refused(world: World):
    generic("AAA111", coded_offer())
    generic("BBB222", coded_offer(name="Other"))
    sock = product("1", "100")
    buy(world, "AAA111", thing=sock, key="k")

    with pytest.raises(KeyReused):
        buy(world, "BBB222", thing=sock, key="k")

    assert VoucherRedemption.objects.count() == 1


def test_v3_what_a_basket_holds_is_free_after_a_quarter_of_an_hour(world: World):
    (code,) = unique(1)
    with at("2026-05-17T10:00:00+00:00"):
        pricing.reserve(code, "web-basket", store=world.store, by=ANNA)
    with at("2026-05-17T10:14:59+00:00"):
        assert "until" in refused(world, code).sentence
    with at("2026-05-17T10:15:00+00:00"):
        assert buy(world, code).discount == 1_000


def test_the_basket_that_holds_a_code_uses_it_and_lets_go_of_it(world: World):
    (code,) = unique(1)
    pricing.reserve(code, "mine", store=world.store, by=ANNA)

    assert buy(world, code, basket="mine").discount == 1_000

    assert not Voucher.objects.get().reservations.exists()


@pytest.mark.parametrize("state", ["paused", "ended"])
def test_a_code_whose_offer_does_not_hold_is_refused(world: World, state: str):
    offer = coded_offer()
    generic(offer=offer)
    pricing.set_state(offer, state, by=ANNA)

    assert refused(world, "SPAR10").refusal.reason == "EXPIRED"


def test_v5_a_code_that_never_was_is_told_as_one_that_is_over(world: World):
    generic(valid_to=date(2026, 5, 17))
    with at("2026-05-17T21:59:59+00:00"):
        # The last day counts to its end by the clock of the store.
        assert buy(world, "SPAR10").discount == 1_000
    with at("2026-05-17T22:00:00+00:00"):
        over, unknown = refused(world, "SPAR10"), refused(world, "SPAR11")

    assert over.refusal.reason == unknown.refusal.reason == "EXPIRED"
    assert over.sentence.replace("SPAR10", "SPAR11") == unknown.sentence


def test_a_code_that_has_not_begun_says_so(world: World):
    generic(valid_from=date(2026, 5, 18))
    with at("2026-05-17T12:00:00+00:00"):
        assert refused(world, "SPAR10").refusal.reason == "NOT_STARTED"


def test_v7_a_code_of_another_currency_is_refused(world: World):
    generic(currency="NOK")
    assert world.store.pk
    riga = make_store("Riga", country="LV", currency="EUR", zone="Europe/Riga")
    with pytest.raises(CodeNotTaken) as caught:
        register_order(values(riga, LineValues(description="Tea", unit_price=500), codes=("SPAR10",)), by=ANNA)
    assert caught.value.refusal.reason == "WRONG_CURRENCY"


def test_p16_what_is_missing_to_the_minimum_is_said(world: World):
    offer = coded_offer(kind="amount", benefit={"minor": 10_000}, currency="NOK", conditions={"minimum": 100_000})
    generic(offer=offer)

    told = refused(world, "SPAR10", price="950")

    assert told.refusal.reason == "BELOW_MINIMUM"
    assert "50.00" in told.sentence


def test_whoever_was_told_may_go_on_without_the_code(world: World):
    offer = coded_offer(kind="amount", benefit={"minor": 10_000}, currency="NOK", conditions={"minimum": 100_000})
    generic(offer=offer)

    order = buy(world, "SPAR10", price="950", may_leave_out_codes=True)

    assert order.total == 95_000
    assert not VoucherRedemption.objects.exists()
    assert not OfferUse.objects.exists()


def test_p14_an_offer_and_a_code_stack_in_either_order(world: World):
    live_offer(name="Twenty", benefit={"basis_points": 2_000})
    generic(offer=coded_offer(kind="amount", benefit={"minor": 1_000}, currency="NOK"))

    assert buy(world, "SPAR10").total == 7_000


def test_two_codes_of_one_offer_count_once(world: World):
    offer = coded_offer()
    first, second = unique(2, offer)

    told = refused(world, first, second)

    assert told.refusal.reason == "NOT_COMBINABLE"
    assert buy(world, first, first.lower()).discount == 1_000


def test_a_code_takes_nothing_off_what_is_priced_by_hand(world: World):
    generic()
    thing = product("1", "100")
    lines = (LineValues(product_id=thing.pk, unit_price=9_000),)
    assert refused(world, "SPAR10", lines=lines).refusal.reason == "EXCLUDED_ITEM"


def test_p22_the_code_of_another_customer_is_refused_without_a_name(world: World):
    generic("KARI25", owner_id=world.kari.pk)
    told = refused(world, "KARI25", customer_id=world.sven.pk)

    assert told.refusal.reason == "NOT_OWNER"
    assert "Kari" not in told.sentence
    assert buy(world, "KARI25", customer_id=world.kari.pk).discount == 1_000


def test_p22_a_personal_offer_holds_for_its_owner_and_for_nobody_else(world: World):
    live_offer(name="For Kari", audience="customer", owners=(world.kari.pk,))
    live_offer(name="For Sven", audience="customer", owners=(world.sven.pk,), benefit={"basis_points": 2_000})
    generic("KARI25", owner_id=world.kari.pk)

    assert buy(world, customer_id=world.kari.pk).discount == 1_000
    svens = buy(world, "KARI25", customer_id=world.sven.pk, may_leave_out_codes=True)
    assert svens.discount == 2_000
    assert buy(world).discount == 0


def test_an_offer_counted_for_each_customer_is_had_so_often_by_each(world: World):
    offer = live_offer(conditions=ENDS | {"most_per_customer": 1})

    assert buy(world, customer_id=world.kari.pk).discount == 1_000
    assert buy(world, customer_id=world.kari.pk).discount == 0
    assert buy(world, customer_id=world.sven.pk).discount == 1_000
    assert buy(world).discount == 0
    assert OfferUse.objects.filter(offer=offer).count() == 2


def test_a_batch_counts_for_each_customer(world: World):
    codes = unique(3, most_per_customer=1)
    buy(world, codes[0], customer_id=world.kari.pk)

    assert refused(world, codes[1], customer_id=world.kari.pk).refusal.reason == "MEMBER_LIMIT"
    assert refused(world, codes[1]).refusal.reason == "NOT_OWNER"
    assert buy(world, codes[1], customer_id=world.sven.pk).discount == 1_000


def test_the_first_purchase_has_its_offer_and_the_second_has_not(world: World):
    live_offer(conditions=ENDS | {"first_purchase": True})

    assert buy(world, customer_id=world.kari.pk).discount == 1_000
    assert buy(world, customer_id=world.kari.pk).discount == 0
    assert buy(world).discount == 0


@pytest.mark.parametrize(
    ("day", "off"),
    [("2026-02-27", 0), ("2026-02-28", 1_000), ("2026-03-01", 0), ("2028-02-28", 0), ("2028-02-29", 1_000)],
)
def test_x1_born_on_29_february(world: World, day: str, off: int):
    live_offer(conditions=ENDS | {"birthday_before": 0, "birthday_after": 0})
    world.kari.birth_date = date(1980, 2, 29)
    world.kari.save(update_fields=["birth_date"])

    with at(f"{day}T11:00:00+00:00"):
        assert buy(world, customer_id=world.kari.pk).discount == off


def test_x1_a_birthday_is_once_a_year(world: World):
    live_offer(conditions=ENDS | {"birthday_before": 7, "birthday_after": 7})
    world.kari.birth_date = date(1980, 2, 29)
    world.kari.save(update_fields=["birth_date"])

    for day, off in (("2026-02-25", 1_000), ("2026-03-02", 0), ("2027-02-28", 1_000), ("2027-03-01", 0)):
        with at(f"{day}T11:00:00+00:00"):
            assert buy(world, customer_id=world.kari.pk).discount == off


def test_r8_a_part_that_comes_back_leaves_the_code_used(world: World):
    generic(on_return="give_back", limit=1)
    things = [product(sku, "100") for sku in ("1", "2")]
    order = buy(world, "SPAR10", lines=tuple(LineValues(product_id=thing.pk) for thing in things))

    bring_back(order, (order.lines.get(number=1), "1"))
    assert Voucher.objects.get().used == 1

    bring_back(order, (order.lines.get(number=2), "1"))
    assert Voucher.objects.get().used == 0
    assert VoucherRedemption.objects.get().reversed_at is not None
    assert unwell() == []
    assert buy(world, "SPAR10").discount == 1_000


def test_a_code_stays_used_when_all_comes_back_unless_the_batch_says_otherwise(world: World):
    generic(limit=1)
    order = buy(world, "SPAR10")

    bring_back(order, (order.lines.get(), "1"))

    assert Voucher.objects.get().used == 1
    assert refused(world, "SPAR10").refusal.reason == "USED_UP"


def test_a_code_counts_towards_the_limit_of_its_offer(world: World):
    offer = coded_offer(conditions={"most_uses": 1})
    generic(offer=offer)

    assert buy(world, "SPAR10").discount == 1_000
    assert refused(world, "SPAR10").refusal.reason == "USED_UP"
    assert OfferCount.objects.get(offer=offer).uses == 1


def test_a_till_that_could_not_ask_takes_no_code_that_counts(world: World):
    (code,) = unique(1)
    assert refused(world, code, placed_at=now() + timedelta(seconds=1)).refusal.reason == "OFFLINE_NOT_ALLOWED"


def test_a_blocked_batch_holds_no_more(world: World):
    batch = generic()
    pricing.block_batch(batch, by=ANNA)
    assert refused(world, "SPAR10").refusal.reason == "EXPIRED"


def test_a_purchase_from_before_codes_is_still_the_same(world: World):
    """The digest of what was sent before there were codes has not changed."""
    from stamkunde.sales.once import digest_of, laid_out

    plain = values(world.store, LineValues(description="Tea", unit_price=1_00, quantity=Decimal(2)))
    before = laid_out(plain)
    assert not {"codes", "basket"} & set(before)
    assert digest_of(plain) != digest_of(values(world.store, *plain.lines, codes=("A11",)))
    assert digest_of(plain) != digest_of(values(world.store, *plain.lines, basket="b"))


def test_a_member_price_and_a_code_go_together(world: World):
    """P13 with a price book for all in place of the members'."""
    shirt = product("4711", "199")
    publish(book("Spring", "all"), {shirt: "149"})
    generic()
    assert buy(world, "SPAR10", thing=shirt).total == 13_410


def test_what_is_no_code_at_all_is_refused(world: World):
    assert world.store.pk
    assert refused(world, "?!").refusal.reason == "EXPIRED"
    assert VoucherBatch.objects.count() == 0
    with pytest.raises(SaleRefused):
        buy(world, "x")
