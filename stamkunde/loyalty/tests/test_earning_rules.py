"""What earns nothing, and what other currencies are worth: said, refused, and told to other programs."""

from datetime import date
from typing import Any

import pytest

from stamkunde.catalogue.actions import ProductValues, add_category, create_product
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.loyalty import actions
from stamkunde.loyalty.actions.earning import RateValues
from stamkunde.loyalty.models import PointsExchange, PointsExclusion, Programme
from stamkunde.loyalty.queries.earning import excluded, rates
from stamkunde.loyalty.refusals import LoyaltyRefused, Stale
from stamkunde.loyalty.tests.members import open_programme
from tests.machine import Machine, problem
from tests.world import World, make_store

pytestmark = pytest.mark.django_db
SPRING, SUMMER = date(2026, 3, 1), date(2026, 6, 1)


@pytest.fixture
def programme(world: World) -> Programme:
    assert world.store.pk
    make_store("Riga", "LV", "EUR", "Europe/Riga")
    return open_programme()


def exclude(programme: Programme, **what: Any) -> Programme:
    said: dict[str, Any] = {"products": (), "categories": (), "version": programme.version} | what
    return actions.set_exclusions(programme, **said, by=SYSTEM)


def rate(programme: Programme, *said: RateValues, version: int | None = None) -> Programme:
    return actions.set_rates(programme, said, version=version or programme.version, by=SYSTEM)


def happened(name: str) -> int:
    return Happening.objects.filter(name=name).count()


def test_what_is_named_earns_nothing_and_what_is_not_named_earns_again(programme: Programme):
    tobacco, snus = add_category("Tobacco", by=SYSTEM).pk, add_category("Snus", by=SYSTEM).pk
    sock = create_product(ProductValues(sku="1", name="Sock"), by=SYSTEM).pk

    first = exclude(programme, categories=[tobacco], products=[sock])
    assert excluded(programme) == {"products": [sock], "categories": [tobacco]}
    second = exclude(first, categories=[snus, snus])
    assert excluded(programme) == {"products": [], "categories": [snus]}
    assert (first.version, second.version) == (programme.version + 1, programme.version + 2)
    assert happened("loyalty.points_exclusions_changed") == 2


def test_saying_the_same_again_changes_nothing(programme: Programme):
    tobacco = add_category("Tobacco", by=SYSTEM).pk
    first = exclude(programme, categories=[tobacco])
    told = happened("loyalty.points_exclusions_changed")

    assert exclude(first, categories=[tobacco]).version == first.version
    assert happened("loyalty.points_exclusions_changed") == told


@pytest.mark.parametrize("field", ["products", "categories"])
def test_what_does_not_exist_cannot_be_left_out(programme: Programme, field: str):
    with pytest.raises(LoyaltyRefused, match="does not exist") as refused:
        exclude(programme, **{field: [999_999]})

    assert refused.value.field == field
    assert not PointsExclusion.objects.exists()


def test_a_currency_has_one_rate_from_each_day_on(programme: Programme):
    spring, summer = RateValues("EUR", SPRING, 114_000, 10_000), RateValues("EUR", SUMMER, 118_000, 10_000)

    changed = rate(programme, spring, summer)
    assert [(row.valid_from, row.worth) for row in rates(programme)] == [(SUMMER, 118_000), (SPRING, 114_000)]
    rate(changed, RateValues("EUR", SPRING, 115_000, 10_000))
    assert [(row.valid_from, row.worth) for row in rates(programme)] == [(SPRING, 115_000)]
    assert happened("loyalty.points_rates_changed") == 2


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ([RateValues("NOK", SPRING, 1, 1)], "currency"),
        ([RateValues("XXL", SPRING, 1, 1)], "currency"),
        ([RateValues("JPY", SPRING, 1, 1)], "currency"),
        ([RateValues("EUR", SPRING, 0, 1)], "worth"),
        ([RateValues("EUR", SPRING, 1, 0)], "worth"),
        ([RateValues("EUR", SPRING, 9_000_000_000_000_001, 1)], "worth"),
        ([RateValues("EUR", SPRING, 1, 1), RateValues("EUR", SPRING, 2, 1)], "rates"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(programme: Programme, said: list[RateValues], field: str):
    with pytest.raises(LoyaltyRefused) as refused:
        rate(programme, *said)

    assert refused.value.field == field
    assert not PointsExchange.objects.exists()


def test_whoever_saw_older_rules_changes_neither(programme: Programme):
    tobacco = add_category("Tobacco", by=SYSTEM).pk
    with pytest.raises(Stale):
        exclude(programme, categories=[tobacco], version=programme.version - 1)
    with pytest.raises(Stale):
        rate(programme, RateValues("EUR", SPRING, 1, 1), version=programme.version - 1)
    assert not PointsExclusion.objects.exists()
    assert not PointsExchange.objects.exists()


def test_the_rules_of_a_closed_programme_stay(programme: Programme):
    closed = actions.close_programme(programme, by=SYSTEM)
    with pytest.raises(LoyaltyRefused, match="is closed"):
        exclude(closed, categories=[add_category("Tobacco", by=SYSTEM).pk])
    with pytest.raises(LoyaltyRefused, match="is closed"):
        rate(closed, RateValues("EUR", SPRING, 1, 1))


def test_machines_read_and_set_the_same(programme: Programme, world: World):
    machine, own = Machine(world.liga), f"/programmes/{programme.pk}"
    tobacco = add_category("Tobacco", by=SYSTEM).pk

    seen = machine.get(f"{own}/exclusions")
    told = machine.put(f"{own}/exclusions", {"categories": [tobacco]}, if_match=seen["ETag"])
    assert told.json() == {"categories": [tobacco], "products": [], "version": programme.version + 1}
    assert machine.put(f"{own}/exclusions", {}, if_match=seen["ETag"]).status_code == 412
    own_rate = {"currency": "EUR", "valid_from": "2026-03-01", "amount": 10_000, "worth": 114_575}
    assert machine.put(f"{own}/rates", {"rates": [own_rate]}).json()["rates"] == [own_rate]
    assert machine.get(f"{own}/rates").json()["rates"] == [own_rate]

    problem(machine.put(f"{own}/rates", {"rates": [own_rate, own_rate]}), 422, "invalid")
    refused = problem(machine.put(f"{own}/exclusions", {"products": [999_999]}), 422, "invalid")
    assert refused["errors"][0]["field"] == "products"
    assert excluded(programme)["categories"] == [tobacco]
    assert machine.get(f"{own}/rates").json()["rates"] == [own_rate]
