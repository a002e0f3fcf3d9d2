"""A new customer: as little as a name, in any script, and everything else checked before anything is written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from stamkunde.customers.actions import create_customer, create_customers
from stamkunde.customers.models import (
    ConsentChannel,
    ConsentState,
    ContactKind,
    ContactPoint,
    ContactStatus,
    Customer,
    CustomerKind,
)
from stamkunde.customers.preparing import prepare_customer
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import AddressValues, ConsentValues, ContactValues, CustomerValues
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.collation import sort_key
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "name", ["Kari", "王小明", "علي", "Ἀγαθή", "Nguyễn", "Өнөр", "O’Brien-Łukasz", "🙂", "X Æ A-12", "ы"]
)
def test_one_name_in_any_script_is_enough(name: str) -> None:
    customer = create_customer(CustomerValues(given_name=name), by=SYSTEM)

    assert Customer.objects.get(pk=customer.pk).name == name
    assert customer.sort_name
    assert Happening.objects.get(customer_id=customer.pk).name == "customers.customer_created"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (CustomerValues(), "given_name"),
        (CustomerValues(given_name=" \t "), "given_name"),
        (CustomerValues(given_name="Ka\0ri"), "given_name"),
        (CustomerValues(given_name="\ud800"), "given_name"),
        (CustomerValues(family_name="a" * 2_000), "family_name"),
        (CustomerValues(given_name="Kari", birth_date=date(1066, 10, 14)), "birth_date"),
        (CustomerValues(given_name="Kari", birth_date=date(1890, 1, 1)), "birth_date"),
        (CustomerValues(given_name="Kari", birth_date=date(9999, 12, 31)), "birth_date"),
        (CustomerValues(given_name="Kari", language="tlh"), "language"),
        (CustomerValues(given_name="Kari", home_store_id=999_999), "home_store"),
        (CustomerValues(given_name="Kari", addresses=(AddressValues(postcode="12", country="NO"),)), "postcode"),
        (CustomerValues(given_name="Kari", addresses=(AddressValues(town="Oslo", country="XX"),)), "country"),
        (CustomerValues(given_name="Kari", custom={"no_such_field": "1"}), "no_such_field"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field_and_nothing_is_written(values: CustomerValues, field: str) -> None:
    with nothing_changes(), pytest.raises(ValidationError) as refusal:
        create_customer(values, by=SYSTEM)

    assert list(refusal.value.message_dict) == [field]


def test_somebody_born_today_may_be_a_customer_and_somebody_born_tomorrow_not() -> None:
    today = now().date()

    oldest = today.replace(year=today.year - 120, day=min(today.day, 28))
    assert create_customer(CustomerValues(given_name="Alma", birth_date=oldest), by=SYSTEM).birth_date == oldest
    assert create_customer(CustomerValues(given_name="Nora", birth_date=today), by=SYSTEM).birth_date == today
    with pytest.raises(ValidationError):
        create_customer(CustomerValues(given_name="Nora", birth_date=today + timedelta(days=2)), by=SYSTEM)


def test_spaces_and_marks_that_turn_the_writing_round_are_taken_out() -> None:
    customer = create_customer(CustomerValues(given_name="  Ka\u202eri\tAnne ", family_name="Lie\n"), by=SYSTEM)

    assert customer.name == "Kari Anne Lie"


def test_a_company_is_called_by_its_name_and_ordered_by_it() -> None:
    values = CustomerValues(kind=CustomerKind.COMPANY, company_name="Østby & Sønner AS", given_name="Per")
    customer = create_customer(values, by=SYSTEM)

    assert customer.name == "Østby & Sønner AS"
    assert customer.sort_name == sort_key("Østby & Sønner AS", language="en")


def test_a_new_customer_is_found_by_name_phone_and_street(world: World) -> None:
    values = CustomerValues(
        given_name="Jānis",
        family_name="Bērziņš",
        contacts=(ContactValues(kind=ContactKind.PHONE, raw="26 123 456", region="LV"),),
        addresses=(AddressValues(street="Brīvības iela 4", postcode="1010", town="Rīga", country="LV"),),
    )
    customer = create_customer(values, by=SYSTEM)

    for typed in ("berzins", "123456", "berzins brivibas"):
        assert [one.customer_id for one in recognise(typed, now=now())] == [customer.pk], typed


def test_the_same_number_written_twice_is_kept_once_and_one_of_a_kind_is_preferred() -> None:
    contacts = (
        ContactValues(kind=ContactKind.PHONE, raw="91 23 45 67", region="NO"),
        ContactValues(kind=ContactKind.PHONE, raw="+47 912 34 567"),
        ContactValues(kind=ContactKind.PHONE, raw="22 33 44 55", region="NO", is_preferred=True),
        ContactValues(kind=ContactKind.EMAIL, raw="Kari@Example.org"),
    )
    customer = create_customer(CustomerValues(given_name="Kari", contacts=contacts), by=SYSTEM)

    points = {point.value: point.is_preferred for point in ContactPoint.objects.filter(customer=customer)}
    assert points == {"+4791234567": False, "+4722334455": True, "kari@example.org": True}


def test_an_import_keeps_a_number_nobody_can_call_as_it_was_written() -> None:
    contacts = (
        ContactValues(kind=ContactKind.PHONE, raw="00 12-x", region="NO", kept_as_written=True),
        ContactValues(kind=ContactKind.EMAIL, raw="kari at home", kept_as_written=True),
    )
    customer = create_customer(CustomerValues(given_name="Kari", contacts=contacts), by=SYSTEM)

    kept = {point.value: point.status for point in ContactPoint.objects.filter(customer=customer)}
    assert kept == {"00 12-x": ContactStatus.FAILING, "kari at home": ContactStatus.FAILING}


def test_a_consent_that_comes_along_is_told_and_a_missing_one_is_no_consent() -> None:
    given = ConsentValues(
        channel=ConsentChannel.EMAIL, state=ConsentState.GIVEN, evidence="form", at=datetime(2024, 5, 3, tzinfo=UTC)
    )
    customer = create_customer(CustomerValues(given_name="Kari", consents=(given,)), by=SYSTEM)

    assert customer.consents.get().evidence == "form"
    assert Happening.objects.filter(customer_id=customer.pk, name="customers.consent_given").count() == 1


def test_many_are_made_at_once_each_with_what_is_hers() -> None:
    values = [
        CustomerValues(
            given_name=f"Kari {number}", contacts=(ContactValues(kind=ContactKind.EMAIL, raw=f"k{number}@e.no"),)
        )
        for number in range(30)
    ]
    customers = create_customers([prepare_customer(one) for one in values], by=SYSTEM)

    assert [customer.contact_points.get().value for customer in customers] == [
        f"k{number}@e.no" for number in range(30)
    ]
    assert Happening.objects.filter(name="customers.customer_created").count() == 30
