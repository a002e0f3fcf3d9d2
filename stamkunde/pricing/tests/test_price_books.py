"""Publishing prices: from when they hold, for whom, and which earlier price a sign may name."""

from datetime import timedelta

import pytest

from stamkunde.catalogue.actions import set_list_price
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.money import Money
from stamkunde.pricing import actions
from stamkunde.pricing.evaluator.values import Standing
from stamkunde.pricing.models import ForWhom, PriceBook, PriceBookVersion, PriceRow
from stamkunde.pricing.queries.prior import PriorPrices
from stamkunde.pricing.refusals import PricingRefused
from stamkunde.pricing.tests.selling import book, live_offer, product, publish, said
from tests.world import World, make_store

pytestmark = pytest.mark.django_db
MEMBER = Standing(is_member=True)


@pytest.fixture(autouse=True)
def _a_store_that_sells_in_kroner(world: World) -> None:
    assert world.store.currency == "NOK"


def priced_since(thing, days: int) -> None:
    thing.list_prices.update(valid_from=now() - timedelta(days=days))


def test_a_member_pays_the_price_of_the_members_book_and_nobody_else_does(world: World):
    shirt = product(price="199")
    publish(book(), {shirt: "149"})

    assert said(world.store, shirt, at=now(), standing=MEMBER).total == 14_900
    assert said(world.store, shirt, at=now()).total == 19_900


def test_new_prices_take_the_place_of_the_earlier_ones_when_they_begin(world: World):
    shirt, mug = product("1", "199"), product("2", "99")
    members = book()
    publish(members, {shirt: "149", mug: "79"})
    publish(members, {shirt: "139"}, valid_from=now() + timedelta(days=1))

    today = said(world.store, shirt, mug, at=now(), standing=MEMBER)
    tomorrow = said(world.store, shirt, mug, at=now() + timedelta(days=2), standing=MEMBER)

    assert [line.pay for line in today.lines] == [14_900, 7_900]
    assert [line.pay for line in tomorrow.lines] == [13_900, 9_900]


def test_prices_end_when_they_were_said_to_end(world: World):
    shirt = product(price="199")
    publish(book("Spring", ForWhom.ALL), {shirt: "159"}, valid_to=now() + timedelta(days=3))

    assert said(world.store, shirt, at=now()).total == 15_900
    assert said(world.store, shirt, at=now() + timedelta(days=4)).total == 19_900


def test_a_book_holds_in_its_own_stores_only(world: World):
    bergen = make_store("Bergen")
    shirt = product(price="199")
    publish(book(audience=ForWhom.ALL, stores=[bergen.pk]), {shirt: "159"})

    assert said(world.store, shirt, at=now()).total == 19_900
    assert said(bergen, shirt, at=now()).total == 15_900


def test_while_no_book_holds_no_more_is_asked_of_the_database(world: World, django_assert_num_queries):
    shirt = product(price="199")
    said(world.store, shirt, at=now())

    with django_assert_num_queries(1):
        said(world.store, shirt, at=now())


def test_coming_prices_are_withdrawn_and_those_that_hold_stay(world: World):
    shirt = product()
    members = book()
    publish(members, {shirt: "149"})
    publish(members, {shirt: "139"}, valid_from=now() + timedelta(days=1))

    actions.withdraw_coming_prices(members, 2, by=SYSTEM)
    with pytest.raises(PricingRefused):
        actions.withdraw_coming_prices(members, 1, by=SYSTEM)

    assert [version.number for version in PriceBookVersion.objects.all()] == [1]
    assert Happening.objects.filter(name="pricing.prices_withdrawn").count() == 1


@pytest.mark.parametrize(
    ("name", "more", "field"),
    [
        (" ", {}, "name"),
        ("Members", {"audience": "neighbours"}, "audience"),
        ("Members", {"audience": "tier"}, "audience_of"),
        ("Members", {"currency": "XXX"}, "currency"),
        ("Members", {"currency": "JPY"}, "currency"),
        ("Members", {"stores": [999]}, "stores"),
    ],
)
def test_a_book_that_cannot_be_is_refused(world: World, name: str, more: dict, field: str):
    assert world.store.pk

    with pytest.raises(PricingRefused) as refused:
        book(name, **{"audience": ForWhom.MEMBERS} | more)

    assert refused.value.field == field
    assert not PriceBook.objects.exists()


def test_prices_that_cannot_be_are_refused_all_together(world: World):
    assert world.store.pk
    shirt, own = product(), book()
    for prices, more in (
        ([actions.PriceSaid(product_id=shirt.pk, amount=-1)], {}),
        ([actions.PriceSaid(product_id=999, amount=1)], {}),
        ([actions.PriceSaid(product_id=shirt.pk, amount=1), actions.PriceSaid(product_id=shirt.pk, amount=2)], {}),
        ([actions.PriceSaid(product_id=shirt.pk, amount=1)], {"valid_from": now() - timedelta(days=1)}),
        ([actions.PriceSaid(product_id=shirt.pk, amount=1)], {"valid_to": now() - timedelta(days=1)}),
    ):
        with pytest.raises(PricingRefused):
            actions.publish_prices(own, prices, by=SYSTEM, **more)
    assert not PriceRow.objects.exists()
    assert not PriceBookVersion.objects.exists()


def test_p29_a_price_that_members_had_is_the_earlier_price_of_a_campaign(world: World):
    shirt = product(price="199")
    priced_since(shirt, 100)
    publish(book(), {shirt: "149"}, valid_to=now() + timedelta(days=1))
    PriceBookVersion.objects.update(valid_from=now() - timedelta(days=20), valid_to=now() - timedelta(days=10))
    campaign = book("Campaign", ForWhom.ALL)

    assert PriorPrices([shirt.pk], "NOK", now(), "NO").lowest(shirt.pk) == 14_900
    with pytest.raises(PricingRefused) as refused:
        publish(campaign, {shirt: "139"}, before="199")
    assert "149" in refused.value.sentence
    assert (refused.value.field, refused.value.row) == ("before", 1)
    assert not campaign.versions.exists()

    publish(campaign, {shirt: "139"}, before="149")
    assert PriceRow.objects.get(version__book=campaign).before == 14_900


def test_a_price_of_more_than_thirty_days_ago_is_forgotten(world: World):
    shirt = product(price="199")
    priced_since(shirt, 100)
    publish(book(), {shirt: "149"}, valid_to=now() + timedelta(days=1))
    PriceBookVersion.objects.update(valid_from=now() - timedelta(days=50), valid_to=now() - timedelta(days=31))

    publish(book("Campaign", ForWhom.ALL), {shirt: "159"}, before="199")

    assert world.store.pk
    assert PriorPrices([shirt.pk], "NOK", now()).lowest(shirt.pk) == 15_900


@pytest.mark.parametrize("audience", [ForWhom.EMPLOYEE, ForWhom.SEGMENT, ForWhom.TIER])
def test_p30_a_price_that_only_some_had_does_not_enter(world: World, audience: str):
    assert world.store.pk
    shirt = product(price="199")
    priced_since(shirt, 100)
    publish(book(audience=audience, audience_of="" if audience == ForWhom.EMPLOYEE else "some"), {shirt: "99"})
    PriceBookVersion.objects.update(valid_from=now() - timedelta(days=10))

    assert PriorPrices([shirt.pk], "NOK", now()).lowest(shirt.pk) == 19_900


def test_an_offer_that_everybody_had_enters_and_one_with_a_condition_does_not(world: World):
    assert world.store.pk
    shirt, mug = product("1", "200"), product("2", "200")
    for thing in (shirt, mug):
        priced_since(thing, 100)
    live_offer(scope={"products": [shirt.pk]})
    live_offer(
        name="If much", scope={"products": [mug.pk]}, currency="NOK", conditions={"most_uses": 9, "minimum": 50_000}
    )

    priors = PriorPrices([shirt.pk, mug.pk], "NOK", now() + timedelta(hours=1))

    assert (priors.lowest(shirt.pk), priors.lowest(mug.pk)) == (18_000, 20_000)


def test_a_raised_price_is_not_reduced_from_itself(world: World):
    assert world.store.pk
    shirt = product(price="149")
    priced_since(shirt, 100)
    set_list_price(shirt, Money(19_900, "NOK"), by=SYSTEM)

    with pytest.raises(PricingRefused):
        publish(book(audience=ForWhom.ALL), {shirt: "149"}, before="199")

    assert not PriceRow.objects.exists()


def test_what_nobody_could_buy_has_no_earlier_price(world: World):
    assert world.store.pk
    shirt = product(price="199")
    shirt.list_prices.all().delete()

    with pytest.raises(PricingRefused):
        publish(book(audience=ForWhom.ALL), {shirt: "149"}, before="199")

    assert PriorPrices([shirt.pk], "NOK", now()).lowest(shirt.pk) is None
