"""Finding profiles that are one person: each night, soon after somebody came, by one definition on every engine."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from stamkunde.customers.actions import add_contact_point, remove_contact_point
from stamkunde.customers.actions.pairs import tell_apart
from stamkunde.customers.duplicates.definition import COLUMNS, REASONS, definition
from stamkunde.customers.duplicates.looking import look_at_everybody, look_at_new_ones
from stamkunde.customers.duplicates.people import lay_out
from stamkunde.customers.duplicates.scan import engine
from stamkunde.customers.models import ContactKind, Customer, CustomerKind, DuplicateScan, LikelyPair, PairState
from stamkunde.customers.values import AddressValues, ContactValues
from stamkunde.events.delivering import deliver_due
from stamkunde.jobs.models import Job
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, make_customer

PHONE = "+4791234567"
HOME = AddressValues(street="Storgata 1", postcode="0155", town="Oslo")


def pairs() -> dict[frozenset[int], list[str]]:
    return {frozenset((pair.first_id, pair.second_id)): pair.reasons for pair in LikelyPair.objects.all()}


def of(*customers: Customer) -> frozenset[int]:
    return frozenset(customer.pk for customer in customers)


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
def test_the_definition_needs_no_engine_and_speaks_each(dialect: str) -> None:
    settings = definition().get_settings(dialect)

    names = {comparison.output_column_name for comparison in settings.comparisons}
    assert names == set(REASONS)
    for comparison in settings.comparisons:
        known = [level for level in comparison.comparison_levels if not level.is_null_level]
        assert len(known) == len(REASONS[comparison.output_column_name])
        assert all(0 < (share or 0) < 1 for level in known for share in (level.m_probability, level.u_probability))


@pytest.mark.django_db
def test_people_are_laid_out_in_the_columns_of_the_definition(world: World) -> None:
    make_customer(
        "Kari Anne", "Nordmann", phone=PHONE, email="k@example.org", addresses=(HOME,), former_names=("Kari Alm",)
    )

    with engine() as opened:
        assert lay_out(opened) == 1
        rows = opened.execute("SELECT * FROM people").fetchall()
        columns = {name: kind for name, kind, *_ in opened.execute("DESCRIBE people").fetchall()}

    row = dict(zip(columns, rows[0], strict=True))
    assert columns == COLUMNS
    assert (row["given"], row["given_first"], row["family"]) == ("kari ane", "kari", "nordman")
    assert (row["phones"], row["emails"], row["homes"]) == ([PHONE], ["k@example.org"], ["0155|storgata1"])
    assert sorted(row["families"]) == ["alm", "nordman"]


@pytest.mark.django_db
def test_one_person_is_found_and_a_household_is_not(world: World) -> None:
    born = date(1980, 5, 17)
    kari = make_customer("Kari", "Nordmann", phone=PHONE, birth_date=born, addresses=(HOME,))
    misspelt = make_customer("Kari", "Nordmand", phone=PHONE)
    married = make_customer("Kari", "Berg", email="kari@example.org", birth_date=born, addresses=(HOME,))
    twin = make_customer("Siri", "Nordmann", phone=PHONE, birth_date=born, addresses=(HOME,))
    daughter = make_customer("Kari", "Nordmann", phone=PHONE, birth_date=date(2009, 3, 1), addresses=(HOME,))
    namesake = make_customer("Kari", "Nordmann", birth_date=date(1962, 1, 2), addresses=(AddressValues(town="Oslo"),))
    firm = make_customer("", "", kind=CustomerKind.COMPANY, company_name="Kari Nordmann AS", phone=PHONE)

    scan = look_at_everybody()

    found = pairs()
    assert of(kari, misspelt) in found
    assert of(kari, married) in found
    assert not any({twin.pk, namesake.pk, firm.pk} & pair for pair in found)
    assert of(kari, daughter) not in found
    assert (scan.is_whole, scan.people, scan.pairs) == (True, 7, len(found))


@pytest.mark.django_db
def test_what_is_no_longer_alike_is_let_go_and_what_was_decided_is_kept(world: World) -> None:
    one, other = make_customer("Kari", "Alm", phone=PHONE), make_customer("Kari", "Alm", phone=PHONE)
    third, fourth = make_customer("Per", "Dahl", phone="+4722334455"), make_customer("Per", "Dahl", phone="+4722334455")
    look_at_everybody()
    tell_apart(LikelyPair.objects.get(first=third), by=SYSTEM)
    point = other.contact_points.get()
    remove_contact_point(point, by=SYSTEM)

    with time_machine.travel(now() + timedelta(days=1)):
        look_at_everybody()

    assert [(pair.first_id, pair.second_id, pair.state) for pair in LikelyPair.objects.all()] == [
        (third.pk, fourth.pk, PairState.DISTINCT)
    ]
    assert one.pk


@pytest.mark.django_db
def test_told_apart_is_asked_again_when_they_share_something_more(world: World) -> None:
    one, other = make_customer("Kari", "Alm", phone=PHONE), make_customer("Kari", "Alm", phone=PHONE)
    look_at_everybody()
    tell_apart(LikelyPair.objects.get(), by=SYSTEM)
    look_at_everybody()
    assert LikelyPair.objects.get().state == PairState.DISTINCT

    for customer in (one, other):
        add_contact_point(customer.pk, ContactValues(kind=ContactKind.EMAIL, raw="kari@example.org"), by=SYSTEM)
    look_at_everybody()

    assert LikelyPair.objects.get().state == PairState.OPEN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"phone": PHONE}, {"phone": PHONE}),
        ({"email": "kari@example.org"}, {"email": "kari@example.org"}),
        ({"birth_date": date(1980, 5, 17)}, {"birth_date": date(1980, 5, 17)}),
        ({"addresses": (HOME,)}, {"addresses": (HOME,)}),
    ],
    ids=["telephone", "e-mail", "birthday", "address"],
)
def test_somebody_new_is_compared_with_whoever_shares_something(world: World, first: Any, second: Any) -> None:
    kari = make_customer("Kari", "Nordmann", **first)
    look_at_everybody()
    newcomer = make_customer("Kari", "Nordmann", **second)

    scan = look_at_new_ones()

    assert of(kari, newcomer) in pairs()
    assert scan is not None and not scan.is_whole
    assert look_at_new_ones() is None


@pytest.mark.django_db(transaction=True)
def test_c9_the_same_person_at_two_tills_becomes_two_profiles_and_a_pair_to_look_at() -> None:
    one, other = make_customer("Kari", "Alm", phone=PHONE), make_customer("Kari", "Alm", phone=PHONE)
    deliver_due()
    assert Job.objects.filter(name="customers.find_new_duplicates").count() == 1

    with time_machine.travel(now() + timedelta(minutes=2)):
        run_due()

    assert list(pairs()) == [of(one, other)]
    assert DuplicateScan.objects.count() == 1
