"""Today: what it shows of the day, to whom, and what can be done from it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stamkunde.accounts.roles import Role
from stamkunde.customers.models import Customer
from stamkunde.desk.models import ContactPutOff
from stamkunde.events.models import Happening
from stamkunde.sales.actions import register_order, register_return
from stamkunde.sales.values import LineValues, LooseLineValues, OrderValues, ReturnValues
from tests.world import World, make_customer, make_staff, make_store, signed_in


def make_due(customer: Customer, late: int = 3) -> None:
    Customer.objects.filter(pk=customer.pk).update(
        next_visit_expected_on=timezone.localdate() - timedelta(days=late), typical_interval_days=20, visits=8
    )


def names(response: Any, part: str) -> list[str]:
    return [person.name for person in response.context[part]]


def buy(world: World, *, days: int, amount: int) -> None:
    lines = (LineValues(description="Kopp", quantity=Decimal(1), unit_price=amount),)
    at = timezone.now() - timedelta(days=days)
    register_order(
        OrderValues(store_id=world.store.pk, lines=lines, placed_at=at, customer_id=world.kari.pk), by=world.anna.actor
    )


def test_an_empty_shop_is_shown_how_to_begin(world: World) -> None:
    content = signed_in(world.liga).get("/").content.decode()

    assert "Import a file" in content
    assert "Add a customer" in content
    assert "Import a file" not in signed_in(world.anna).get("/").content.decode()


def test_takings_stand_beside_those_of_the_week_before(world: World) -> None:
    buy(world, days=0, amount=15_000)
    buy(world, days=7, amount=10_000)
    takings = signed_in(world.anna).get("/").context["takings"]

    assert [(one.store, one.share, one.is_as_much) for one in takings] == [("Majorstuen", "150 % of that so far", True)]
    assert takings[0].before == "NOK\xa0100.00 on the same day last week"


def test_a_day_of_last_week_on_which_more_was_given_back_is_said_without_a_minus(world: World) -> None:
    buy(world, days=0, amount=15_000)
    loose = (LooseLineValues(description="Kopp", amount=790),)
    at = timezone.now() - timedelta(days=7)
    register_return(ReturnValues(store_id=world.store.pk, loose_lines=loose, returned_at=at), by=world.anna.actor)

    page = signed_in(world.anna).get("/").content.decode()

    assert "NOK\xa07.90 more given back than taken on the same day last week" in page


def test_a_day_on_which_more_is_given_back_is_said_in_words_and_without_a_minus(world: World) -> None:
    buy(world, days=7, amount=10_000)
    loose = (LooseLineValues(description="Kopp", amount=790),)
    register_return(
        ReturnValues(store_id=world.store.pk, loose_lines=loose, returned_at=timezone.now()), by=world.anna.actor
    )
    response = signed_in(world.anna).get("/")
    taken = response.context["takings"][0]

    assert (taken.today, taken.is_given_back, taken.share) == ("NOK\xa07.90", True, "")
    assert "more given back than taken" in response.content.decode()


def test_whoever_was_contacted_is_due_again_by_her_own_rhythm(world: World) -> None:
    make_due(world.kari)
    client = signed_in(world.anna)
    answer = client.post(f"/customers/{world.kari.pk}/contact/", headers={"Referer": "http://testserver/"})
    undo = next(iter(client.get("/").context["messages"])).extra_tags.removeprefix("undo:")

    assert answer["Location"] == "/"
    assert ContactPutOff.objects.get().until == timezone.localdate() + timedelta(days=20)
    assert names(client.get("/"), "due") == []
    assert "We got in touch" in client.get(f"/customers/{world.kari.pk}/").content.decode()
    assert client.post(undo, headers={"Referer": "http://testserver/"})["Location"] == "/"
    assert names(client.get("/"), "due") == ["Kari Nordmann"]


def test_whoever_may_write_no_note_does_not_settle_contacts(world: World) -> None:
    make_due(world.kari)
    assert signed_in(world.eve).post(f"/customers/{world.kari.pk}/contact/").status_code == 403
    assert not ContactPutOff.objects.exists()


def test_whoever_is_late_is_due_until_she_is_put_off(world: World) -> None:
    make_due(world.kari)
    make_due(world.sven, late=400)
    client = signed_in(world.anna)
    assert names(client.get("/"), "due") == ["Kari Nordmann"]

    until = timezone.localdate() + timedelta(days=7)
    client.post(f"/customers/{world.kari.pk}/put-off/", {"until": until.isoformat(), "back": "/"})
    assert names(client.get("/"), "due") == []
    assert "put off until" in client.get(f"/customers/{world.kari.pk}/").content.decode()

    client.post(f"/customers/{world.kari.pk}/put-off/end/")
    assert names(client.get("/"), "due") == ["Kari Nordmann"]
    told = Happening.objects.about_customer(world.kari.pk).filter(name__startswith="desk.")
    assert {row.name for row in told} == {"desk.contact_postponed", "desk.contact_resumed"}


def test_a_day_that_is_past_or_far_or_none_is_refused(world: World) -> None:
    make_due(world.kari)
    client = signed_in(world.anna)
    today = timezone.localdate()
    for until in (today.isoformat(), (today + timedelta(days=500)).isoformat(), "2026-02-30", "", "9999-99-99"):
        assert client.post(f"/customers/{world.kari.pk}/put-off/", {"until": until}).status_code == 422

    assert not ContactPutOff.objects.exists()


def test_putting_off_leads_back_and_never_elsewhere(world: World) -> None:
    until = (timezone.localdate() + timedelta(days=7)).isoformat()
    client = signed_in(world.anna)
    address = f"/customers/{world.kari.pk}/put-off/"

    assert client.post(address, {"until": until, "back": "/"})["Location"] == "/"
    assert client.post(address, {"until": until, "back": "https://elsewhere.example/"})["Location"].startswith("/cust")


def test_birthdays_of_today_and_the_week(world: World) -> None:
    today = timezone.localdate()
    for name, day in (("Today", today), ("Soon", today + timedelta(days=3)), ("Later", today + timedelta(days=9))):
        make_customer(name, "Person", birth_date=day.replace(year=1980) if (day.month, day.day) != (2, 29) else None)

    assert names(signed_in(world.anna).get("/"), "birthdays") == ["Today Person", "Soon Person"]


def test_new_customers_of_the_week(world: World) -> None:
    old = world.sven
    Customer.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=20))
    world.kari  # noqa: B018

    assert names(signed_in(world.anna).get("/"), "newcomers") == ["Kari Nordmann"]


def test_the_own_store_comes_first_in_takings_and_among_those_who_are_due(world: World) -> None:
    riga = make_store("Rīgas Centrs", "LV", "EUR", world.store.zone)
    buy(world, days=0, amount=15_000)
    for given, store, late in (("Baiba", riga, 9), ("Sven", world.store, 1), ("Ruta", riga, 4)):
        customer = make_customer(given, "Due")
        make_due(customer, late)
        Customer.objects.filter(pk=customer.pk).update(home_store=store)
    sold = (LineValues(description="Krūze", quantity=Decimal(1), unit_price=500),)
    register_order(OrderValues(store_id=riga.pk, lines=sold, placed_at=timezone.now()), by=world.anna.actor)

    at_home = signed_in(world.anna).get("/")
    in_riga = signed_in(make_staff("Inese", Role.LEAD, riga)).get("/")

    assert names(at_home, "due") == ["Sven Due", "Ruta Due", "Baiba Due"]
    assert names(in_riga, "due") == ["Ruta Due", "Baiba Due", "Sven Due"]
    assert [one.store for one in at_home.context["takings"]] == [world.store.name, riga.name]
    assert [one.store for one in in_riga.context["takings"]] == [riga.name, world.store.name]


def test_whoever_may_not_see_customers_sees_trade_without_names(world: World) -> None:
    buy(world, days=0, amount=15_000)
    make_due(world.kari)
    response = signed_in(world.eve).get("/")

    assert len(response.context["trade"]) == 1
    assert "Nordmann" not in response.content.decode()
    assert response.context["due"] == []


def test_the_first_week_ticks_what_was_really_done(world: World) -> None:
    client = signed_in(world.anna)
    world.kari  # noqa: B018

    def done() -> set[str]:
        return {str(step.label) for step in client.get("/").context["steps"] if step.is_done}

    assert "Write your first note" not in done()
    client.post(f"/customers/{world.kari.pk}/notes/", {"text": "En"})
    assert "Write your first note" in done()
    type(world.anna).objects.filter(pk=world.anna.pk).update(joined_at=timezone.now() - timedelta(days=60))
    assert signed_in(type(world.anna).objects.get(pk=world.anna.pk)).get("/").context["steps"] == []


def test_a_busy_day_asks_no_more_than_a_quiet_one(world: World) -> None:
    client = signed_in(world.anna)
    buy(world, days=0, amount=100)
    make_due(world.kari)
    make_customer("Birthday", "Child", birth_date=timezone.localdate().replace(year=1990, day=1))
    Customer.objects.filter(given_name="Birthday").update(
        birth_day=timezone.localdate().month * 100 + timezone.localdate().day
    )
    client.get("/")

    def asked() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get("/")
        return len(counted)

    quiet = asked()
    for number in range(5):
        make_due(make_customer(f"Person {number}", "Due", phone=f"+479123450{number}"))
        buy(world, days=0, amount=100 + number)
    assert asked() == quiet
