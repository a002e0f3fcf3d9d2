"""Writing, starting, pausing and ending offers; what contradicts itself is refused and nothing changes."""

from typing import Any

import pytest

from stamkunde.catalogue.actions import add_category
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.pricing import actions
from stamkunde.pricing.evaluator.benefit import Benefit
from stamkunde.pricing.models import Offer, OfferCount, OfferRun, OfferState
from stamkunde.pricing.offers import OFFERS
from stamkunde.pricing.refusals import PricingRefused, Stale, UsedUp
from stamkunde.pricing.schemas import benefit_of, plain_benefit
from stamkunde.pricing.tests.selling import ENDS, live_offer, offer_values, product, said
from stamkunde.pricing.tests.test_offers import GENEROUS
from tests.world import World, make_store

pytestmark = pytest.mark.django_db


def test_an_offer_holds_from_when_it_is_put_to_work_until_it_is_paused(world: World):
    sock = product(price="100")
    offer = actions.write_offer(offer_values(), by=SYSTEM)
    assert said(world.store, sock, at=now()).total == 10_000

    actions.start_offer(offer, by=SYSTEM)
    assert said(world.store, sock, at=now()).total == 9_000

    actions.pause_offer(offer, by=SYSTEM)
    assert said(world.store, sock, at=now()).total == 10_000
    assert [row.name for row in Happening.objects.filter(name__startswith="pricing").order_by("pk")] == [
        "pricing.offer_written",
        "pricing.offer_started",
        "pricing.offer_paused",
    ]
    assert OfferRun.objects.get().ended_at is not None


def test_an_offer_that_has_ended_does_not_come_back():
    offer = actions.end_offer(live_offer(), by=SYSTEM)

    for refused in (
        lambda: actions.start_offer(offer, by=SYSTEM),
        lambda: actions.change_offer(offer, offer_values(name="Again"), version=offer.version, by=SYSTEM),
    ):
        with pytest.raises(PricingRefused):
            refused()
    assert Offer.objects.get().state == OfferState.ENDED
    assert Offer.objects.get().name == "Ten per cent"


def test_what_a_live_offer_was_before_a_change_stays_known(world: World):
    sock = product(price="100")
    offer = live_offer()

    actions.change_offer(offer, offer_values(benefit={"basis_points": 2_000}), version=offer.version, by=SYSTEM)

    assert said(world.store, sock, at=now()).total == 8_000
    runs = list(OfferRun.objects.order_by("pk"))
    assert [run.content["benefit"] for run in runs] == [
        {"basis_points": 1_000, "most": None},
        {"basis_points": 2_000, "most": None},
    ]
    assert [run.ended_at is None for run in runs] == [False, True]


def test_a_change_of_what_somebody_else_has_changed_is_refused():
    offer = actions.write_offer(offer_values(), by=SYSTEM)
    actions.change_offer(offer, offer_values(name="Theirs"), version=1, by=SYSTEM)

    with pytest.raises(Stale):
        actions.change_offer(offer, offer_values(name="Mine"), version=1, by=SYSTEM)

    assert Offer.objects.get().name == "Theirs"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"kind": "magic"}, "kind"),
        ({"benefit": {}}, "benefit"),
        ({"benefit": {"basis_points": 0}}, "benefit"),
        ({"benefit": {"basis_points": 10_001}}, "benefit"),
        ({"benefit": {"basis_points": 1_000.5}}, "benefit"),
        ({"benefit": {"basis_points": "1000"}}, "benefit"),
        ({"kind": "n_for_m", "benefit": {"take": 2, "pay": 2}}, "benefit"),
        ({"kind": "n_for_m", "benefit": {"take": 2, "pay": 3}}, "benefit"),
        ({"kind": "n_for_m", "benefit": {"take": 3, "pay": 2}, "layer": "order"}, "layer"),
        ({"layer": "nowhere"}, "layer"),
        ({"audience": "neighbours"}, "audience"),
        ({"audience": "tier"}, "audience_of"),
        ({"audience": "all", "audience_of": "gold"}, "audience_of"),
        ({"stacking": "one_group"}, "group"),
        ({"priority": 1_001}, "priority"),
        ({"currency": "KRO"}, "currency"),
        ({"currency": "JPY"}, "currency"),
        ({"kind": "amount", "benefit": {"minor": 1_000}}, "currency"),
        ({"conditions": ENDS | {"minimum": 1_000}}, "currency"),
        ({"conditions": ENDS | {"budget": 1_000}}, "currency"),
        ({"conditions": {"starts": "2026-02-02T00:00:00", "ends": "2026-02-01T00:00:00"}}, "conditions.ends"),
        ({"conditions": {"starts": "2026-02-02T00:00:00+01:00"}}, "conditions.starts"),
        ({"conditions": ENDS | {"hours_from": "12:00:00"}}, "conditions.hours_to"),
        ({"conditions": ENDS | {"hours_from": "12:00:00", "hours_to": "12:00:00"}}, "conditions.hours_to"),
        ({"conditions": ENDS | {"weekdays": [7]}}, "conditions"),
        ({"conditions": ENDS | {"most_uses": 0}}, "conditions"),
        ({"conditions": ENDS | {"stores": [999]}}, "stores"),
        ({"conditions": ENDS | {"surprise": 1}}, "conditions"),
        ({"layer": "unit", "currency": "NOK", "conditions": ENDS | {"budget": 1_000}}, "conditions.budget"),
        ({"scope": {"products": [999]}}, "scope.products"),
        ({"scope": {"categories": [999]}}, "scope.categories"),
    ],
)
def test_what_contradicts_itself_or_is_about_nothing_is_refused(world: World, wrong: dict[str, Any], field: str):
    assert world.store.currency == "NOK"

    with pytest.raises(PricingRefused) as refused:
        actions.write_offer(offer_values(**wrong), by=SYSTEM)

    assert refused.value.field.startswith(field)
    assert refused.value.sentence.endswith(".")
    assert not Offer.objects.exists()


def test_a_store_of_another_currency_is_refused(world: World):
    riga = make_store("Centrs", "LV", "EUR", "Europe/Riga")
    assert world.store.pk

    with pytest.raises(PricingRefused) as refused:
        actions.write_offer(offer_values(currency="NOK", conditions=ENDS | {"stores": [riga.pk]}), by=SYSTEM)

    assert refused.value.field == "stores"


def test_something_named_and_left_out_at_once_is_refused():
    sock = product()

    with pytest.raises(PricingRefused):
        actions.write_offer(offer_values(scope={"products": [sock.pk], "without_products": [sock.pk]}), by=SYSTEM)


def test_an_offer_without_an_end_is_written_but_not_put_to_work():
    offer = actions.write_offer(offer_values(conditions={}), by=SYSTEM)

    with pytest.raises(PricingRefused) as refused:
        actions.start_offer(offer, by=SYSTEM)

    assert refused.value.field == "conditions.ends"
    assert Offer.objects.get().state == OfferState.DRAFT
    assert not OfferRun.objects.exists()


def test_an_offer_about_a_category_is_about_what_lies_within(world: World):
    clothes = add_category("Clothes", by=SYSTEM)
    socks = add_category("Socks", parent=clothes, by=SYSTEM)
    sock, mug = product("1", "100", category_id=socks.pk), product("2", "100")
    live_offer(scope={"categories": [clothes.pk]})

    answer = said(world.store, sock, mug, at=now())

    assert [line.pay for line in answer.lines] == [9_000, 10_000]


def test_a_limit_holds_whatever_was_seen_beforehand(world: World):
    offer = live_offer(conditions=ENDS | {"most_uses": 2})

    for _time in range(2):
        actions.count_uses({offer.pk: 500})
    with pytest.raises(UsedUp):
        actions.count_uses({offer.pk: 500})

    count = OfferCount.objects.get()
    assert (count.uses, count.spent) == (2, 1_000)
    assert said(world.store, product(price="100"), at=now()).total == 10_000


def test_a_budget_is_never_overspent(world: World):
    assert world.store.pk
    offer = live_offer(currency="NOK", conditions=ENDS | {"budget": 1_000})
    actions.count_uses({offer.pk: 600})

    with pytest.raises(UsedUp):
        actions.count_uses({offer.pk: 600})

    assert OfferCount.objects.get().spent == 600


def test_an_offer_without_limits_is_not_counted():
    offer = live_offer()

    actions.count_uses({offer.pk: 500})

    assert OfferCount.objects.get().uses == 0


@pytest.mark.parametrize("kind", OFFERS, ids=lambda kind: kind.kind)
def test_every_kind_is_kept_as_data_and_read_again_as_it_was(kind: type[Benefit]):
    benefit = GENEROUS[kind]

    kept = plain_benefit(benefit)

    assert benefit_of(kind.kind, kept) == benefit
    assert plain_benefit(benefit_of(kind.kind, kept)) == kept
    assert benefit.says("NOK")


def test_an_offer_from_and_to_the_wall_of_the_store_is_kept_as_written(world: World):
    """X6: opened and saved again and again, the end stays where it is."""
    offer = live_offer(conditions={"starts": "2026-01-01T00:00:00", "ends": "2026-03-31T23:59:00"})

    for _time in range(10):
        offer = actions.change_offer(
            offer, offer_values(conditions=dict(offer.conditions)), version=offer.version, by=SYSTEM
        )

    assert offer.conditions == {"starts": "2026-01-01T00:00:00", "ends": "2026-03-31T23:59:00"}
    assert offer.version == 2
