"""Streets and postcodes typed into the box that takes everything."""

from datetime import UTC, datetime, timedelta

import pytest

from stamkunde.customers.models import Customer
from stamkunde.customers.recognition import postcodes
from stamkunde.customers.recognition.candidates import Candidate, recognise
from stamkunde.customers.values import AddressValues
from tests.world import make_customer, make_store

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def living(name: str, street: str, postcode: str, town: str, country: str = "NO", **more) -> Customer:
    given_name, family_name = name.split(" ", 1)
    address = AddressValues(street=street, postcode=postcode, town=town, country=country)
    return make_customer(given_name, family_name, addresses=(address,), **more)


@pytest.fixture
def street(db):
    living("Kari Nordmann", "Østgate 9", "6415", "Molde")
    living("Ola Hansen", "Østgate 14 B", "6415", "Molde")
    living("Eva Lind", "Storgatan 5", "111 20", "Stockholm", "SE")
    living("Anna Liepa", "Brīvības iela 12B", "1010", "Rīga", "LV")
    make_customer("Nils", "Berg")


def found(text: str, **more) -> list[Candidate]:
    return recognise(text, now=NOW, **more)


def names(text: str, **more) -> list[str]:
    return [candidate.name for candidate in found(text, **more)]


@pytest.mark.parametrize("typed", ["Østgate 9", "ostgate 9", "østg 9", "Østgate 9, Molde", "6415 Molde Østgate 9"])
def test_a_street_with_its_number_finds_who_lives_there_and_says_why(street, typed):
    (candidate, *others) = found(typed)
    assert candidate.name == "Kari Nordmann"
    assert candidate.chips[:1] == ("Østgate 9",)
    assert others == []


@pytest.mark.parametrize("typed", ["Østgate", "Østgate 7", "Østgate 7 C", "Østgate 77c"])
def test_a_house_where_nobody_lives_leaves_the_street(street, typed):
    assert {candidate.name: candidate.chips[0] for candidate in found(typed)} == {
        "Kari Nordmann": "Østgate 9",
        "Ola Hansen": "Østgate 14 B",
    }


@pytest.mark.parametrize("typed", ["Østgate 14", "Østgate 14 B", "Østgate 14b"])
def test_an_entrance_does_not_spoil_the_street(street, typed):
    assert "Ola Hansen" in names(typed)


@pytest.mark.parametrize("typed", ["Brīvības iela 12B", "brivibas 12b", "brivibas iela 12"])
def test_a_street_of_several_words(street, typed):
    assert names(typed) == ["Anna Liepa"]


def test_a_number_after_a_name_is_no_house(street):
    living("Per Olsen", "Torget 9", "0150", "Oslo")
    assert names("Zxcvbq 9") == []
    assert names("kari nordmann 9")[:1] == ["Kari Nordmann"]


@pytest.mark.parametrize(
    ("typed", "expected", "chip"),
    [
        ("6415", ["Kari Nordmann", "Ola Hansen"], "6415"),
        ("NO-6415", ["Kari Nordmann", "Ola Hansen"], "6415"),
        ("111 20", ["Eva Lind"], "111 20"),
        ("11120", ["Eva Lind"], "111 20"),
        ("SE-111 20", ["Eva Lind"], "111 20"),
        ("LV-1010", ["Anna Liepa"], "LV-1010"),
        ("lv 1010", ["Anna Liepa"], "LV-1010"),
        ("1010", ["Anna Liepa"], "LV-1010"),
    ],
)
def test_a_postcode_finds_who_lives_there_and_says_why(street, typed, expected, chip):
    people = found(typed)
    assert [candidate.name for candidate in people] == expected
    assert {(candidate.why, candidate.chips[0]) for candidate in people} == {("postcode", chip)}


def test_the_end_of_a_telephone_number_goes_before_a_postcode(street):
    make_customer("Per", "Olsen", phone="+4791236415")
    assert [(one.name, one.why) for one in found("6415")] == [
        ("Per Olsen", "phone"),
        ("Kari Nordmann", "postcode"),
        ("Ola Hansen", "postcode"),
    ]
    assert names("6415", limit=2) == ["Per Olsen", "Kari Nordmann"]


def test_many_telephone_numbers_leave_room_for_the_postcode(street):
    for number in range(5):
        make_customer("Per", "Olsen", phone=f"+4791{number}06415")
    assert [one.why for one in found("6415", limit=4)] == ["phone", "phone", "postcode", "postcode"]
    assert [one.why for one in found("6415", limit=1)] == ["phone"]


def test_of_one_postcode_the_regulars_come_first(street):
    store = make_store()
    for name, days in (("Hansen", 300), ("Nordmann", 900)):
        Customer.objects.filter(family_name=name).update(visits=4, last_visit_at=NOW - timedelta(days=days))
    assert names("6415") == ["Ola Hansen", "Kari Nordmann"]
    Customer.objects.filter(family_name="Nordmann").update(home_store=store)
    assert names("6415", store_id=store.pk) == ["Kari Nordmann", "Ola Hansen"]


def test_a_postcode_with_too_many_people_still_begins_with_the_regulars(street, monkeypatch):
    monkeypatch.setattr(postcodes, "MOST_OF_POSTCODE", 1)
    Customer.objects.filter(family_name="Hansen").update(visits=4, last_visit_at=NOW, home_store=make_store())
    assert names("6415", store_id=make_store().pk)[0] == "Ola Hansen"


def test_a_postcode_does_not_show_who_is_in_the_trash(street):
    Customer.objects.filter(family_name="Hansen").update(trashed_at=NOW)
    assert names("6415") == names("østgate") == ["Kari Nordmann"]


def test_a_name_without_a_place_carries_no_place(street):
    assert all("Østgate 9" not in candidate.chips for candidate in found("kari nordmann"))


def test_a_postcode_takes_few_questions_however_many_live_there(street, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        assert len(found("6415")) == 2
