"""What is typed at the counter, and who is found by it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stamkunde.accounts.models import Store
from stamkunde.customers.models import Customer
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.recognition.vocabulary import learn_words
from stamkunde.customers.recognition.words import search_words
from stamkunde.customers.values import AddressValues
from stamkunde.kit import recognisers
from stamkunde.kit.recognisers import ChipSource, Recogniser
from tests.world import make_customer, make_store

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def found(text: str, **more) -> list[str]:
    return [candidate.name for candidate in recognise(text, now=NOW, **more)]


@pytest.fixture
def crowd(db):
    """A few other people, so that being found means something; written plainly, for there are many tests."""
    people = [
        name.split() for name in ("Ola Hansen", "Per Olsen", "Eva Lind", "Nils Berg", "Anna Liepa", "Uldis Ozols")
    ]
    rows = [
        Customer(
            given_name=given,
            family_name=family,
            words=search_words(given_name=given, family_name=family),
            created_at=NOW,
        )
        for given, family in people
    ]
    Customer.objects.bulk_create(rows)
    learn_words(word for row in rows for word in row.words.split())


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Kari Nordmann", "kari nordmann"),
        ("Kari Nordmann", "Nordmann, Kari"),
        ("Kari Nordmann", "nordm ka"),
        ("Kari Nordmann", "kari nordmn"),
        ("Kari Nordmann", "krai nordmann"),
        ("Kari Nordmann", "karinordmann"),
        ("Kari Nordmann", "kari nord mann"),
        ("Kari Nordmann", "kar inordmann"),
        ("Kari Nordmann", "karibnordmann"),
        ("Kari Nordmann", "K. Nordmann"),
        ("Kari Nordmann", "fru Nordmann"),
        ("Kari Nordmann", "jari nirdmann"),
        ("Kristoffer Hanssen", "cristopher hanson"),
        ("Christine Carlsson", "kristin karlsen"),
        ("Bjørn Ødegård", "bjoern oedegaard"),
        ("Bjørn Ødegård", "bjorn odegard"),
        ("Björn Åström", "bjørn aastrøm"),
        ("Bjorn Astrom", "Björn Åström"),
        ("Jānis Bērziņš", "janis berzins"),
        ("Jānis Bērziņš", "jānim bērziņam"),
        ("Jānis Bērziņš", "Bērziņa kungs"),
        ("Jānis Bērziņš", "jannis berzinsh"),
        ("Ilze Kalniņa", "ilse kalniņš"),
        ("Robert Smith", "bob smith"),
        ("Elisabeth Moe", "lisbeth moe"),
        ("Kārlis Briedis", "Briedim"),
        ("Иван Петров", "иван петр"),
        ("Ivans Petrovs", "Иван Петров"),
        ("Γιώργος Παππάς", "γιωργος"),
        ("Ann-Kristin Lie", "annkristin lie"),
        ("Ann-Kristin Lie", "kristin lie"),
        ("Sinéad O'Brien", "sinead obrien"),
        ("Wilhelm Thoresen", "vilhelm tore"),
        ("Sissel Ødegård", "sissel øegård"),
        ("Silje Nordmann", "siljenorfmann"),
        ("Gro Strøm", "grostrøm"),
        ("Nina Pedersen", "nina åedersen"),
    ],
)
def test_a_name_half_heard_finds_the_person(crowd, name, typed):
    given_name, family_name = name.split(" ", 1)
    make_customer(given_name, family_name)
    assert found(typed)[:1] == [name]


def test_nobody_is_found_by_a_strange_name(crowd):
    make_customer("Kari", "Nordmann")
    assert found("Zxcvbq Wqrtpz") == []


def test_living_in_the_town_is_not_enough(namesakes):
    assert found("Zxcvbq oslo") == []
    assert found("oslo") == ["Kari Hansen"]


def test_searching_starts_at_two_letters(crowd):
    make_customer("Kari", "Nordmann")
    assert found("k") == []
    assert found("ka") == ["Kari Nordmann"]


@pytest.mark.parametrize("typed", ["+47 912 34 567", "91234567", "0047 91 23 45 67", "912-34-567", "4567", "34567"])
def test_a_telephone_number_in_any_form_or_its_end(crowd, typed):
    make_customer("Kari", "Nordmann", phone="+4791234567")
    (candidate,) = recognise(typed, now=NOW)
    assert (candidate.name, candidate.why) == ("Kari Nordmann", "phone")


def test_three_digits_are_no_telephone_number(crowd):
    make_customer("Kari", "Nordmann", phone="+4791234567")
    assert found("567") == []


def test_a_whole_number_goes_before_a_name(crowd):
    kari = make_customer("Kari", "Nordmann", phone="+4791234567")
    assert recognise("912 34 567", now=NOW)[0].score == 100
    assert recognise("4567", now=NOW)[0].score < 100
    assert [candidate.customer_id for candidate in recognise(str(kari.pk), now=NOW)] == [kari.pk]


@pytest.mark.parametrize("typed", ["kari@example.org", "KARI@Example.org", "<kari@example.org>", "kari@ex"])
def test_an_email_address_or_its_beginning(crowd, typed):
    make_customer("Kari", "Nordmann", email="kari@example.org")
    make_customer("Karin", "Lind", email="karin@example.org")
    assert found(typed) == ["Kari Nordmann"]


def test_a_household_sharing_a_number_is_shown_whole():
    make_customer("Kari", "Nordmann", phone="+4791234567")
    make_customer("Ola", "Nordmann", phone="+4791234567")
    assert sorted(found("91234567")) == ["Kari Nordmann", "Ola Nordmann"]


@pytest.fixture
def namesakes(db):
    """Three of one name, in three towns."""
    return {
        town: make_customer(
            "Kari",
            "Hansen",
            phone=phone,
            birth_date=date(year, 5, 17),
            addresses=(AddressValues(street=street, postcode=postcode, town=town, country="NO"),),
        )
        for town, street, postcode, phone, year in (
            ("Oslo", "Majorstuveien 5", "0361", "+4791111111", 1970),
            ("Bergen", "Torgallmenningen 8", "5014", "+4792222222", 1985),
            ("Tromsø", "Storgata 12", "9008", "+4793333333", 1999),
        )
    }


@pytest.mark.parametrize("hint", ["oslo", "0361", "majorstu", "1111", "1970", "Majorstuveien 5", "majorstuen 0361"])
def test_namesakes_are_told_apart_by_one_more_hint(namesakes, hint):
    assert recognise(f"kari hansen {hint}", now=NOW)[0].customer_id == namesakes["Oslo"].pk


@pytest.mark.parametrize("hint", ["tromso", "9008", "3333"])
def test_a_name_misspelt_twice_is_found_with_a_hint(namesakes, hint):
    assert recognise(f"karri hanzn {hint}", now=NOW)[0].customer_id == namesakes["Tromsø"].pk
    assert recognise(f"krai hnasen {hint}", now=NOW)[0].customer_id == namesakes["Tromsø"].pk


@pytest.mark.parametrize(
    "typed", ["oslo ka", "oslo majorstuveien zq", "zq oslo", "ka 0361", "tromsø storgata zq 9008", "zq"]
)
def test_short_words_among_places_do_no_harm(namesakes, typed):
    towns = [candidate.town for candidate in recognise(typed, now=NOW)]
    assert towns == [] or towns[0] in {"Oslo", "Tromsø"}


def test_a_name_without_its_space_is_found_with_digits_though_both_halves_are_misspelt(namesakes):
    assert recognise("krihasnen 3333", now=NOW)[0].customer_id == namesakes["Tromsø"].pk


def test_an_address_alone_finds_who_lives_there(namesakes):
    assert [candidate.customer_id for candidate in recognise("storgata 12", now=NOW)] == [namesakes["Tromsø"].pk]


def test_namesakes_carry_what_tells_them_apart_and_no_more(namesakes):
    candidate = next(one for one in recognise("kari hansen", now=NOW) if one.town == "Bergen")
    assert candidate.birth_year == 1985
    assert candidate.masked == ("…22 22",)
    assert "+4792222222" not in repr(candidate)


def test_an_email_is_masked():
    make_customer("Kari", "Nordmann", email="kari@example.org")
    assert recognise("kari", now=NOW)[0].masked == ("k…@example.org",)


def test_who_comes_here_often_goes_before_a_namesake(namesakes):
    here, elsewhere = make_store(), Store.objects.create(name="Elsewhere")
    visited = {"Oslo": (elsewhere, 40, 1), "Bergen": (here, 40, 1), "Tromsø": (here, 1, 900)}
    for town, (store, visits, days) in visited.items():
        Customer.objects.filter(pk=namesakes[town].pk).update(
            home_store=store, visits=visits, last_visit_at=NOW - timedelta(days=days)
        )
    assert [one.town for one in recognise("kari hansen", store_id=here.pk, now=NOW)] == ["Bergen", "Oslo", "Tromsø"]
    assert recognise("kari hansen", store_id=elsewhere.pk, now=NOW)[0].town == "Oslo"


def test_a_regular_with_another_name_does_not_go_before_the_name_typed():
    make_customer("Karl", "Hansen")
    kari = make_customer("Kari", "Hansen")
    Customer.objects.filter(pk=kari.pk).update(visits=500, last_visit_at=NOW, home_store=make_store())
    assert found("karl hansen", store_id=make_store().pk) == ["Karl Hansen", "Kari Hansen"]


def test_many_of_one_name_leave_room_for_the_name_that_may_have_been_meant():
    for _ in range(12):
        make_customer("Karl", "Hansen")
    make_customer("Kari", "Hansen")
    assert "Kari Hansen" in found("karl hansen")[:5]
    assert len(found("karl hansen")) == 10


def test_a_crowd_too_large_to_rank_begins_with_this_shops_regulars(monkeypatch):
    monkeypatch.setattr("stamkunde.customers.recognition.search.MOST_AS_TYPED", 3)
    for number in range(6):
        make_customer(f"Kari{'abcdef'[number]}", "Nordmann")
    regular = make_customer("Karin", "Zetterberg")
    Customer.objects.filter(pk=regular.pk).update(visits=9, last_visit_at=NOW, home_store=make_store())
    assert found("ka", store_id=make_store().pk)[0] == "Karin Zetterberg"


def test_former_and_preferred_names_and_firms_are_found():
    make_customer("Kari", "Nordmann", former_names=("Solheim",), preferred_name="Kaia")
    make_customer("", "", company_name="Fjord Blomster AS")
    assert found("solheim") == ["Kari Nordmann"]
    assert found("kaia") == ["Kari Nordmann"]
    assert found("fjord blomst") == ["Fjord Blomster AS"]


def test_who_is_in_the_trash_is_not_found():
    kari = make_customer("Kari", "Nordmann", phone="+4791234567", email="kari@example.org")
    Customer.objects.filter(pk=kari.pk).update(trashed_at=NOW)
    for typed in ("kari", "kari nordmn", "91234567", "kari@example.org", str(kari.pk)):
        assert found(typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        "%", "_", "ka%", "'", '"', '"kari" OR "ola"', "kari AND NOT ola", "NEAR(kari ola)", "words:kari", "ka*", "*",
        "(", "kari:*", "a & b | !c", "\\", "^kari", "-kari", "\0", "ka\0ri", "x" * 2_000, "ka " * 700, "9" * 2_000,
        "1 " * 900, "🙂", "كريم", "𞤀𞤣𞤢𞤥", "王小明", "กิตติ", "ı İ ß", "\ud7ff\u202e", "\ud800", "a\udfff@b", "@", "a@",
        "@oslo", "a@b@c", "+", "00", "٤٥٦٧", "²³", "0000", "९९९९", "ka\u0301\u0301\u0301" * 50,
    ],
)  # fmt: skip
def test_nothing_that_can_be_typed_does_harm(crowd, typed):
    make_customer("Kari", "Nordmann", phone="+4791234567")
    assert isinstance(found(typed), list)
    assert found("kari nordmann") == ["Kari Nordmann"]


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_at_all_gets_an_answer(crowd, text):
    assert len(recognise(text, now=NOW)) <= 10


def test_signs_that_mean_something_to_a_database_are_only_signs(crowd):
    make_customer("Kari", "Nordmann")
    assert found("%") == found("*") == found('""') == []
    assert found('"kari"* nordmann') == ["Kari Nordmann"]


@pytest.fixture
def alone(monkeypatch):
    """Without what other modules have registered."""
    monkeypatch.setattr(recognisers, "_recognisers", {})
    monkeypatch.setattr(recognisers, "_chip_sources", {})


def test_cards_and_receipts_are_recognised_by_the_modules_they_belong_to(alone, crowd):
    kari = make_customer("Kari", "Nordmann")
    asked: list[str] = []

    def of_receipt(text: str) -> list[int]:
        asked.append(text)
        return [kari.pk] if text == "R-1007" else []

    recognisers.register(
        Recogniser(name="receipt", looks_like=lambda text: text.startswith("R-"), identify=of_receipt),
        ChipSource(name="last bought", chips=lambda ids: dict.fromkeys(ids, "Lantern")),
    )
    (candidate,) = recognise("R-1007", now=NOW)
    assert (candidate.customer_id, candidate.why, candidate.score) == (kari.pk, "receipt", 100)
    assert candidate.chips == ("Lantern",)
    assert found("ola hansen") == ["Ola Hansen"]
    assert asked == ["R-1007"]


def test_an_ordinary_search_takes_few_questions(alone, crowd, django_assert_max_num_queries):
    for number in range(12):
        make_customer("Kari", "Nordmann", phone=f"+479{number:02}34567")
    found("warm up the vocabulary")
    with django_assert_max_num_queries(3):
        assert found("+4790134567") == ["Kari Nordmann"]
    with django_assert_max_num_queries(4):
        assert len(found("kari nordm")) == 10


def test_no_more_questions_are_asked_for_ten_people_than_for_one(django_assert_num_queries, crowd):
    make_customer("Kari", "Nordmann", phone="+4791234567")
    found("warm up the vocabulary")
    with CaptureQueriesContext(connection) as one:
        found("4567")
    for number in range(8):
        make_customer(f"Kari{'abcdefgh'[number]}", "Nordmann", phone=f"+4791{number}24567")
    with django_assert_num_queries(len(one)):
        assert len(found("4567")) == 9
