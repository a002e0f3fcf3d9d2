"""Batches of codes: how they are written, drawn, stopped, blocked, held and used by other systems."""

import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from stamkunde.jobs.models import Job
from stamkunde.kit.actor import SYSTEM
from stamkunde.pricing import actions
from stamkunde.pricing.actions.asking import ask_for_batch
from stamkunde.pricing.actions.offers import values_of
from stamkunde.pricing.actions.vouchers import PORTION, clear_reservations, draw_codes, end_making
from stamkunde.pricing.codes import ALPHABET, LENGTH, drawn, grouped, normal, several
from stamkunde.pricing.invariants import INVARIANTS
from stamkunde.pricing.models import BatchState, Voucher, VoucherBatch, VoucherRedemption, VoucherReservation
from stamkunde.pricing.queries.codes import MOST_WRONG, note_guess, shown_codes
from stamkunde.pricing.queries.live import live
from stamkunde.pricing.refusals import CodeRefused, CodeTaken, CodeUnknown, PricingRefused, TooManyCodes
from stamkunde.pricing.tests.coding import at, coded_offer, generic, unique
from stamkunde.pricing.tests.selling import live_offer
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_store(world: World) -> None:
    assert world.store.pk


def unwell() -> list[str]:
    return [finding for invariant in INVARIANTS for finding in invariant.check()]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("spar10", "SPAR10"),
        (" Spar-10 ", "SPAR10"),
        ("SPAR 1O", "SPAR10"),
        ("SPARl0", "SPAR10"),
        ("ＳＰＡＲ１０", "SPAR10"),
        ("sp—ar_1.0", "SPAR10"),
        ("jul€", ""),
        ("ab", ""),
        ("a" * 41, ""),
        ("=1+1", ""),
        ("ābols", "ĀB01S"),
    ],
)
def test_a_code_reads_the_same_however_it_is_written(typed: str, kept: str):
    assert normal(typed) == kept


@pytest.mark.thorough
def test_v14_a_hundred_thousand_codes_are_each_another_and_hard_to_guess():
    assert LENGTH * math.log2(len(ALPHABET)) >= 60
    assert not set(ALPHABET) & set("0O1IL2Z5SBU")
    codes = list(several(100_000))
    assert len(set(codes)) == 100_000
    assert all(normal(code) == code and len(code) == LENGTH for code in codes[:1_000])
    assert normal(grouped(codes[0])) == codes[0]
    # Each letter stands at each place about as often as any other.
    for place in range(LENGTH):
        seen = [code[place] for code in codes]
        assert all(3_500 < seen.count(letter) < 4_500 for letter in ALPHABET)


def test_v14_codes_come_from_the_machines_own_chance(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("stamkunde.pricing.codes.secrets.choice", lambda among: among[0])
    assert drawn() == ALPHABET[0] * LENGTH


def test_a_batch_is_drawn_in_portions_and_goes_on_after_a_fall():
    values = actions.BatchValues(name="Many", offer_id=coded_offer().pk, kind="unique", wanted=PORTION + 500)
    batch = ask_for_batch(values, by=SYSTEM)
    assert Job.objects.get(name="pricing.make_codes").arguments == {"batch_id": batch.pk}

    assert draw_codes(batch.pk) == 500
    assert unwell() == []
    assert draw_codes(batch.pk) == 0
    end_making(batch.pk, by=SYSTEM)

    batch.refresh_from_db()
    assert (batch.state, batch.made, batch.vouchers.count()) == (BatchState.READY, PORTION + 500, PORTION + 500)
    assert draw_codes(batch.pk) == 0
    assert unwell() == []


def test_a_code_that_is_there_already_is_drawn_anew(monkeypatch: pytest.MonkeyPatch):
    (taken,) = unique(1)
    batch = ask_for_batch(
        actions.BatchValues(name="More", offer_id=coded_offer(name="Other").pk, kind="unique", wanted=2), by=SYSTEM
    )
    monkeypatch.setattr("stamkunde.pricing.actions.vouchers.several", lambda _count: [taken, "3" * LENGTH])
    assert draw_codes(batch.pk) == 1
    monkeypatch.undo()
    assert draw_codes(batch.pk) == 0
    assert batch.vouchers.count() == 2


def test_the_making_is_stopped_and_what_is_there_holds():
    values = actions.BatchValues(name="Many", offer_id=coded_offer().pk, kind="unique", wanted=PORTION + 1)
    batch = ask_for_batch(values, by=SYSTEM)
    draw_codes(batch.pk)
    actions.stop_making(batch, by=SYSTEM)
    assert draw_codes(batch.pk) == 0
    end_making(batch.pk, by=SYSTEM)
    batch.refresh_from_db()
    assert (batch.state, batch.made) == (BatchState.STOPPED, PORTION)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"text": "a"}, "text"),
        ({"text": "spar 1O"}, "text"),
        ({"kind": "odd"}, "kind"),
        ({"on_return": "odd"}, "on_return"),
        ({"kind": "unique", "wanted": 0}, "wanted"),
        ({"kind": "unique", "wanted": 100_001}, "wanted"),
        ({"kind": "unique", "limit": None}, "limit"),
        ({"limit": 0}, "limit"),
        ({"most_per_customer": 0}, "most_per_customer"),
        ({"valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, "valid_to"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "EUR"}, "currency"),
        ({"owner_id": 999}, "owner"),
        ({"offer_id": 999}, "offer"),
    ],
)
def test_a_batch_that_cannot_be_is_refused(more: dict[str, Any], field: str):
    generic()
    offer = coded_offer(name="Another")
    values: dict[str, Any] = {"name": "Welcome", "offer_id": offer.pk, "kind": "generic", "text": "HEI2026"} | more
    with pytest.raises(PricingRefused) as caught:
        actions.add_batch(actions.BatchValues(**values), by=SYSTEM)
    assert caught.value.field == field
    assert VoucherBatch.objects.count() == Voucher.objects.count() == 1


def test_an_offer_that_holds_without_a_code_gets_none():
    with pytest.raises(PricingRefused) as caught:
        generic(offer=live_offer())
    assert caught.value.field == "offer"


def test_an_offer_with_codes_goes_on_needing_one():
    offer = coded_offer()
    generic(offer=offer)
    values = values_of(offer)
    plain = type(values)(**vars(values) | {"conditions": {"ends": "2030-12-31T23:59:59"}})
    with pytest.raises(PricingRefused) as caught:
        actions.change_offer(offer, plain, version=offer.version, by=SYSTEM)
    assert caught.value.field == "conditions.needs_code"


def test_a_personal_offer_names_customers_who_are_there(world: World):
    for owners, field in (((), "owners"), ((999,), "owners")):
        with pytest.raises(PricingRefused) as caught:
            live_offer(audience="customer", owners=owners)
        assert caught.value.field == field
    with pytest.raises(PricingRefused):
        live_offer(owners=(world.kari.pk,))
    assert live_offer(audience="customer", owners=(world.kari.pk,)).owners.count() == 1


def test_a_code_is_held_by_one_basket_at_a_time(world: World):
    (code,) = unique(1)
    held = actions.reserve(code, "first", store=world.store, till=world.till, by=SYSTEM)

    with pytest.raises(CodeTaken) as caught:
        actions.reserve(code, "second", store=world.store, by=SYSTEM)
    assert "Majorstuen, Till 1" in caught.value.sentence

    assert actions.reserve(code.lower(), "first", store=world.store, by=SYSTEM).pk == held.pk
    assert actions.release([code], "first", by=SYSTEM) == 1
    assert actions.reserve(code, "second", store=world.store, by=SYSTEM).key == "second"


def test_what_no_basket_holds_any_more_is_cleared_away(world: World):
    (code,) = unique(1)
    with at("2026-05-17T10:00:00+00:00"):
        actions.reserve(code, "first", store=world.store, by=SYSTEM)
    with at("2026-05-17T11:00:00+00:00"):
        assert clear_reservations() == 1
    assert not VoucherReservation.objects.exists()


def test_another_system_uses_a_code_once_for_its_purchase(world: World):
    (code,) = unique(1)
    first = actions.redeem_elsewhere(code, "web-1", store=world.store, by=SYSTEM)
    assert actions.redeem_elsewhere(code, "web-1", store=world.store, by=SYSTEM).pk == first.pk
    with pytest.raises(CodeTaken):
        actions.redeem_elsewhere(code, "web-2", store=world.store, by=SYSTEM)
    assert (Voucher.objects.get().used, VoucherRedemption.objects.count()) == (1, 1)

    assert actions.give_back([first], by=SYSTEM) == 1
    assert actions.give_back([first], by=SYSTEM) == 0
    assert Voucher.objects.get().used == 0
    with pytest.raises(PricingRefused):
        actions.redeem_elsewhere(code, "web-1", store=world.store, by=SYSTEM)
    assert actions.redeem_elsewhere(code, "web-2", store=world.store, by=SYSTEM).purchase == "elsewhere:web-2"
    assert unwell() == []


def test_a_blocked_code_holds_no_more(world: World):
    (code,) = unique(1)
    actions.block_voucher(Voucher.objects.get(), by=SYSTEM)
    with pytest.raises(CodeRefused) as caught:
        actions.reserve(code, "first", store=world.store, by=SYSTEM)
    assert caught.value.reason == "EXPIRED"


def test_v5_after_ten_wrong_codes_in_a_minute_nobody_is_told_anything(world: World):
    (code,) = unique(1)
    for number in range(MOST_WRONG):
        with pytest.raises(CodeUnknown) as caught:
            actions.reserve(f"WRONG{number}", "first", store=world.store, by=SYSTEM, asker="till 1")
        note_guess(caught.value.asker)

    with pytest.raises(TooManyCodes):
        actions.reserve(code, "first", store=world.store, by=SYSTEM, asker="till 1")

    assert not VoucherReservation.objects.exists()
    # Another till is not kept waiting for it.
    assert actions.reserve(code, "first", store=world.store, by=SYSTEM, asker="till 2").key == "first"


def test_a_codes_offer_says_what_it_is(world: World):
    generic("SPAR10", currency="NOK")
    (found,) = shown_codes(["spar 1o", "SPAR10"], world.store, datetime(2026, 5, 17, 12, tzinfo=UTC), live())
    assert (found.text, found.code.text, found.code.refused) == ("SPAR10", "SPAR10", "")


def test_the_doctor_notices_a_code_that_was_used_otherwise():
    generic()
    Voucher.objects.update(used=2)
    assert len(unwell()) == 1
    Voucher.objects.update(used=0)
    VoucherBatch.objects.update(made=0)
    assert len(unwell()) == 1
