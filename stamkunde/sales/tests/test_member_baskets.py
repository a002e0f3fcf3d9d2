"""How members buy beside others: who counts as what, what comes back, and what page, file and program are told."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from stamkunde.customers.models import Customer
from stamkunde.kit import shown
from stamkunde.loyalty.models import Membership
from stamkunde.loyalty.tests.saving import make_member
from stamkunde.sales.queries.member_baskets import Baskets, member_baskets, together
from stamkunde.sales.tests.trading import bring_back, buy, line
from tests.machine import Machine, problem
from tests.world import World, make_store, signed_in

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 17, 10, tzinfo=UTC)
JUNE = datetime(2026, 6, 2, 10, tzinfo=UTC)
SPRING = date(2026, 5, 1), date(2026, 6, 30)


def member(world: World, joined_at: datetime = MAY - timedelta(days=1)) -> Membership:
    own = make_member(world.kari)
    own.joined_at = joined_at
    own.save()
    return own


def kinds(found: list[Baskets]) -> dict[tuple[int, str], int]:
    return {(one.month.month, one.kind): one.purchases for one in found}


def test_members_known_ones_and_strangers_are_told_apart(world: World):
    member(world)
    other = Customer.objects.create(given_name="Ola", created_at=MAY)
    buy(world.store, line(10_000), line(5_000, "2"), customer_id=world.kari.pk, placed_at=MAY)
    buy(world.store, line(30_000), customer_id=world.kari.pk, placed_at=JUNE)
    buy(world.store, line(7_000), customer_id=other.pk, placed_at=MAY)
    buy(world.store, line(900), placed_at=MAY)

    found = member_baskets(*SPRING)

    assert kinds(found) == {(5, "member"): 1, (5, "known"): 1, (5, "unnamed"): 1, (6, "member"): 1}
    assert (found[0].average, found[0].things, found[0].currency) == (20_000, Decimal(3), "NOK")
    both = together([one for one in found if one.kind == "member"])
    assert (both.purchases, both.average, both.things_each) == (2, 25_000, Decimal("2.0"))


def test_somebody_is_a_member_from_joining_on_and_no_longer_once_she_left(world: World):
    own = member(world, MAY + timedelta(seconds=1))
    buy(world.store, line(100), customer_id=world.kari.pk, placed_at=MAY)
    buy(world.store, line(100), customer_id=world.kari.pk, placed_at=JUNE)
    own.state, own.closed_at = "closed", JUNE + timedelta(seconds=1)
    own.save()
    buy(world.store, line(100), customer_id=world.kari.pk, placed_at=JUNE + timedelta(days=1))

    assert kinds(member_baskets(*SPRING)) == {(5, "known"): 1, (6, "member"): 1, (6, "known"): 1}


def test_what_came_back_is_taken_off_the_basket(world: World):
    order = buy(world.store, line(10_000, "4"), placed_at=MAY)
    bring_back(order, (order.lines.get(), "1"))

    (found,) = member_baskets(*SPRING)

    assert (found.total, found.returned, found.average, found.return_rate) == (40_000, 10_000, 30_000, 2_500)


def test_what_is_weighed_is_one_thing_and_a_gift_card_is_none(world: World):
    buy(world.store, line(10_000, "0.750"), line(100, "2.5"), line(100, "3"), placed_at=MAY)

    (found,) = member_baskets(*SPRING)

    assert found.things == 5


def test_only_the_days_and_the_stores_asked_for_count(world: World):
    other = make_store("Grünerløkka")
    buy(world.store, line(100), placed_at=MAY)
    buy(other, line(200), placed_at=MAY)
    buy(world.store, line(400), placed_at=MAY - timedelta(days=40))

    assert [one.total for one in member_baskets(*SPRING)] == [300]
    assert [one.total for one in member_baskets(*SPRING, store=other.pk)] == [200]
    assert [one.total for one in member_baskets(*SPRING, among=[world.store.pk])] == [100]
    assert member_baskets(*SPRING, among=[]) == []


def test_the_page_and_the_file_say_the_same(world: World):
    member(world)
    buy(world.store, line(10_000), customer_id=world.kari.pk, placed_at=MAY)
    buy(world.store, line(30_000), placed_at=MAY)
    client, asked = signed_in(world.liga), "?since=2026-05-01&until=2026-06-30"

    page = client.get(f"/purchases/members/{asked}").content.decode()
    file = client.get(f"/purchases/members/file/{asked}").content.decode().lstrip("\ufeff").splitlines()

    assert {shown.percent(2_500), shown.percent(7_500)} <= set(re.findall(r">([^<>]+)</td>", page))
    assert "<title>Average basket by month</title><desc>Members: NOK\u00a0100.00, Nobody named: NOK\u00a0300.00" in page
    assert file[1:] == ["2026-05,,NOK,member,1,10000,0,1", "2026-05,,NOK,unnamed,1,30000,0,1"]
    assert "Nothing was bought" in client.get("/purchases/members/?since=2020-05-01&until=2020-06-30").content.decode()
    assert client.get("/purchases/members/?since=x&store=99999999999999999999").status_code == 200


def test_a_program_is_told_the_same_and_refused_what_cannot_be(world: World):
    buy(world.store, line(10_000), placed_at=MAY)
    machine = Machine(world.liga)

    (told,) = machine.get("/figures/members?since=2026-05-01&until=2026-06-30").json()

    assert told == {
        "month": "2026-05-01", "currency": "NOK", "kind": "unnamed", "purchases": 1, "total": 10_000, "returned": 0,
        "average": 10_000, "things": "1",
    }  # fmt: skip
    problem(machine.get("/figures/members?since=2026-06-01&until=2026-05-30"), 422, "invalid")
    problem(machine.get("/figures/members?since=2026-05-01&until=2026-05-30&store_id=99"), 422, "invalid")
