"""M-11: two years after a purchase only sums are left of it for those who sell; books and receipt live on."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from stamkunde.accountability.actions.retention import begin_run, carry_out, end_run
from stamkunde.accountability.models import Deletion
from stamkunde.accountability.queries.retention import rehearsal
from stamkunde.accounts.actions.shop import change_shop, move_archive_line
from stamkunde.accounts.models import Shop
from stamkunde.accounts.queries import the_shop
from stamkunde.accounts.roles import Role
from stamkunde.catalogue.models import Category
from stamkunde.customers.actions import trash_customer
from stamkunde.events.models import Happening
from stamkunde.exchange.exports import rows_for, type_for
from stamkunde.kit.actor import SYSTEM
from stamkunde.sales.models import Order, Return
from stamkunde.sales.queries import favourite_products, past_years
from stamkunde.sales.recognising import last_bought, whose_receipt
from stamkunde.sales.tests.trading import bring_back, buy, line, make_product, unwell
from tests.machine import Machine, problem
from tests.privacy.test_erasure import erased
from tests.world import World, make_staff, signed_in

LONG_AGO = datetime(2023, 5, 10, 10, tzinfo=UTC)
TODAY = datetime(2026, 3, 10, 9, tzinfo=UTC)
HISTORY = "sales.history"
_SAID = ("sales.order_placed", "sales.return_registered")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def old(world: World) -> Order:
    """What Kari bought long ago: two mugs for the kitchen and a spade, one of the mugs brought back."""
    kitchen = Category.objects.create(name="Kitchen")
    cups = Category.objects.create(name="Cups", parent=kitchen)
    garden = Category.objects.create(name="Garden")
    mug, spade = make_product("m", "Mug", price=10_000), make_product("s", "Spade", price=20_000)
    type(mug).objects.filter(pk=mug.pk).update(category=cups)
    type(mug).objects.filter(pk=spade.pk).update(category=garden)
    order = buy(
        world.store,
        line(10_000, "2", product_id=mug.pk),
        line(30_000, product_id=spade.pk),
        customer_id=world.kari.pk,
        placed_at=LONG_AGO,
        receipt_number="A-1",
        till_id=world.till.pk,
    )
    bring_back(order, (order.lines.get(number=1), "1"), returned_at=LONG_AGO + timedelta(days=1))
    return order


@pytest.fixture
def new(world: World) -> Order:
    return buy(world.store, line(5_000), customer_id=world.kari.pk, placed_at=TODAY - timedelta(days=30))


def the_night(job_id: int = 1) -> None:
    run = begin_run(job_id=job_id, by=SYSTEM)
    carry_out(run, lambda done: None, lambda: None)
    end_run(run, by=SYSTEM)


def test_the_run_moves_past_what_the_dry_run_lists_and_the_papers_stay(world, old, new):
    before = list(Order.objects.order_by("pk").values()), list(Return.objects.values())
    listed = [(row.rule, row.number) for row in rehearsal(TODAY)]
    assert the_shop().archive_before is None

    the_night()

    assert listed == [(HISTORY, 1), (HISTORY, 2)]
    assert [(one.rule, one.ending, one.number) for one in Deletion.objects.order_by("pk")] == [
        (HISTORY, "aggregate", 1), (HISTORY, "aggregate", 2),
    ]  # fmt: skip
    assert (list(Order.objects.order_by("pk").values()), list(Return.objects.values())) == before
    assert list(Happening.objects.filter(name__in=_SAID).values_list("subject_id", flat=True)) == [new.pk]
    assert rehearsal(TODAY) == []
    assert unwell() == []


@pytest.mark.parametrize(("beyond", "is_hidden"), [(timedelta(seconds=-1), False), (timedelta(seconds=1), True)])
def test_it_moves_exactly_when_the_day_two_years_later_is_over(world, beyond, is_hidden):
    """Bought on 10 March in the afternoon, it goes when 10 March two years later ends in the shop."""
    order = buy(world.store, line(100), customer_id=world.kari.pk, placed_at=datetime(2024, 3, 10, 15, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 3, 10, 23, tzinfo=UTC) + beyond, tick=False):
        the_night()
        found = signed_in(world.ola).get(f"/purchases/{order.pk}/").status_code

    assert found == (404 if is_hidden else 200)


def test_the_line_never_goes_back_however_the_rule_or_the_shop_changes(world, old):
    the_night()
    line_of = Shop.objects.get().archive_before
    assert line_of is not None
    shop = the_shop()
    shop.archive_before = None
    change_shop(shop, by=SYSTEM)
    move_archive_line(line_of - timedelta(days=400))

    assert Shop.objects.get().archive_before == line_of


def test_those_who_sell_see_sums_of_the_year_and_no_single_purchase(world, old, new):
    the_night()
    client = signed_in(world.ola)
    card = client.get(f"/customers/{world.kari.pk}/cards/purchases/").content.decode()
    story = client.get(f"/customers/{world.kari.pk}/").content.decode()
    listed = client.get("/purchases/").content.decode()

    assert "1 purchase: Garden 60 %, Kitchen 40 %" in card.replace("\xa0", " ")
    assert "2023" in card
    for page in (card, story, listed):
        assert "Spade" not in page
        assert "A-1" not in page
    returned = Return.objects.get()
    for address in (f"/purchases/{old.pk}/", f"/purchases/{old.pk}/peek/", f"/returns/{returned.pk}/"):
        assert client.get(address).status_code == 404, address
    assert favourite_products(world.kari) == []
    assert last_bought([world.kari.pk]) == {world.kari.pk: "Thing"}
    assert list(whose_receipt("A-1")) == []


def test_the_sums_are_less_what_came_back_and_follow_what_comes_back_later(world, old):
    the_night()
    (year,) = past_years(world.kari)
    assert (year.year, year.purchases, year.net) == (2023, 1, 40_000)
    assert [(share.name, share.percent) for share in year.shares] == [("Garden", 60), ("Kitchen", 40)]

    bring_back(old, (old.lines.get(number=2), "1"))

    assert past_years(world.kari)[0].net == 10_000


def test_sums_of_ten_years_take_three_questions(world, django_assert_num_queries):
    for year in range(2014, 2024):
        for _time in range(2):
            buy(world.store, line(100), customer_id=world.kari.pk, placed_at=datetime(year, 6, 1, 10, tzinfo=UTC))
    move_archive_line(datetime(2024, 1, 1, tzinfo=UTC))
    the_shop()

    with django_assert_num_queries(3):
        years = past_years(world.kari)

    assert [(year.year, year.purchases) for year in years] == [(year, 2) for year in range(2023, 2013, -1)]


@pytest.mark.parametrize("role", list(Role))
def test_only_the_accountant_and_the_privacy_officer_see_the_archive(world, old, role):
    the_night()
    user = make_staff("Somebody", role)
    client = signed_in(user)
    may_see = role in {Role.ACCOUNTANT, Role.PRIVACY}

    assert client.get(f"/purchases/{old.pk}/").status_code == (200 if may_see else 404)
    assert ("A-1" in client.get("/purchases/").content.decode()) is may_see
    kind = type_for(user, "purchases")
    assert kind is not None
    rows = [cells for cells, _known in rows_for(user, kind, {})]
    assert len(rows) == (3 if may_see else 0)


def test_machines_are_given_sums_too_and_a_receipt_only_by_its_number(world, old):
    the_night()
    machine = Machine(world.ola)
    years = machine.get(f"/customers/{world.kari.pk}/figures").json()["years"]
    assert [(year["year"], year["net"], len(year["shares"])) for year in years] == [(2023, 40_000, 2)]
    assert machine.get("/orders").json()["items"] == []
    assert machine.get("/orders?receipt_number=A-1").json()["items"][0]["customer_id"] is None
    assert machine.get(f"/orders?receipt_number=A-1&customer_id={world.kari.pk}").json()["items"] == []
    problem(machine.get(f"/orders/{old.pk}"), 404, "not_found")
    problem(machine.get(f"/orders/{old.pk}?receipt_number=A-2"), 404, "not_found")
    found = machine.get(f"/orders/{old.pk}?receipt_number=a-1").json()
    assert found["customer_id"] is None

    back = {"order_id": old.pk, "lines": [{"order_line_id": found["lines"][1]["id"], "quantity": "1"}]}
    problem(machine.post("/returns", back, Idempotency_Key="a"), 422, "invalid")
    assert Return.objects.count() == 1
    told = machine.post("/returns", back | {"order_receipt_number": "A-1"}, Idempotency_Key="b").json()
    assert told["total"] == 30_000


def test_what_an_erased_customer_bought_yesterday_is_seen_by_the_same_two(world, new):
    trash_customer(world.kari.pk, by=SYSTEM)
    type(world.kari).objects.filter(pk=world.kari.pk).update(erased_at=TODAY)

    for role in Role:
        status = signed_in(make_staff(f"Somebody {role}", role)).get(f"/purchases/{new.pk}/").status_code
        assert status == (200 if role in {Role.ACCOUNTANT, Role.PRIVACY} else 404), role


def test_the_audit_says_nothing_of_what_an_erased_customer_bought(world, new):
    bring_back(new, (new.lines.get(), "1"))
    lead = make_staff("Lise", Role.LEAD)
    assert "Bought 1 thing" in signed_in(lead).get("/audit/").content.decode()

    erased(world.kari)

    assert not Happening.objects.filter(name__in=_SAID).exists()
    page = signed_in(lead).get("/audit/").content.decode()
    assert "Bought" not in page
    assert f"/purchases/{new.pk}/" not in page
    assert (Order.objects.count(), Return.objects.count()) == (1, 1)
    assert unwell() == []


@pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.PRIVACY])
def test_the_papers_say_that_they_lie_in_the_archive_and_lead_only_where_the_reader_may_go(world, old, new, role):
    client = signed_in(make_staff("Somebody", role))
    returned = Return.objects.get()
    product = old.lines.get(number=1).product_id
    assert "in the archive" not in client.get(f"/purchases/{old.pk}/").content.decode()
    the_night()

    for address in (f"/purchases/{old.pk}/", f"/returns/{returned.pk}/"):
        page = client.get(address).content.decode()
        assert "in the archive" in page
        assert (f"/products/{product}/" in page) is (role == Role.ACCOUNTANT)
    assert "in the archive" not in client.get(f"/purchases/{new.pk}/").content.decode()
