"""PostgreSQL is asked in the quickest way its statistics know of, and whichever it is, the same people are found."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from stamkunde.customers.models import Customer
from stamkunde.customers.recognition import index
from stamkunde.customers.recognition.commonness import Commonness, commonness
from stamkunde.customers.recognition.words import search_words

RARE, COMMON, FIRST = (("mogren", True),), (("ana", True),), (("kari", False), ("karin", False))
KNOWN = Commonness(
    words=["ana", "anas", "hansen", "kari"],
    people=[40_000.0, 2_000.0, 16_000.0, 9_000.0],
    everybody=1_000_000.0,
    fewest=1_500.0,
)


def test_a_beginning_has_all_who_have_one_of_its_words():
    assert KNOWN.of("ana", open_ended=False) == 40_000
    assert KNOWN.of("an", open_ended=True) == 42_000 + 750
    assert KNOWN.of("mogren", open_ended=False) < KNOWN.fewest
    assert KNOWN.of("zz", open_ended=True) < KNOWN.fewest


def test_a_common_word_is_looked_for_among_those_whom_a_rare_one_finds():
    assert index._shared_out([COMMON, RARE], 250, KNOWN) == ([RARE], [COMMON])


def test_of_two_common_words_one_is_looked_for_where_enough_people_soon_have_both():
    crowded = Commonness(words=["ana", "kari"], people=[400_000.0, 500_000.0], everybody=1_000_000.0, fewest=1_500.0)
    assert index._shared_out([FIRST, COMMON], 250, crowded) == ([COMMON], [FIRST])
    assert index._shared_out([FIRST, COMMON], 1_000_000, crowded) == ([COMMON, FIRST], [])


@pytest.fixture
def crowd(db):
    people = [
        (given, family)
        for given in ("Anna", "Anastasija", "Kari", "Karin", "O'Neil", "Åse")
        for family in ("Mogren", "Hansen", "Hanssen", "Berg", "Bērziņa")
    ]
    Customer.objects.bulk_create(
        Customer(
            given_name=given,
            family_name=family,
            words=search_words(given_name=given, family_name=family),
            created_at=datetime(2026, 11, 20, tzinfo=UTC),
        )
        for given, family in people
    )


QUESTIONS = [
    [[COMMON, RARE]],
    [[FIRST, (("hansen", True),)]],
    [[FIRST, (("hansen", False), ("berg", False))], [(("kari", False),), (("han", True), ("ber", True))]],
    [[(("ase", False),)], [(("oneil", True),), (("mo", True),)]],
    [[(("a", True),), (("b", True),), (("berzina", False),)]],
    [[(("kari", False),)]],
]
ALL_LOOKED_FOR = Commonness(words=["a"], people=[1.0], everybody=1e12, fewest=1e9)
NONE_LOOKED_FOR = Commonness(words=["a"], people=[1.0], everybody=1.0, fewest=0.001)


@pytest.mark.django_db
@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("statistics", [KNOWN, ALL_LOOKED_FOR, NONE_LOOKED_FOR])
def test_the_same_people_are_found_whatever_the_statistics_say(crowd, question, statistics, monkeypatch):
    monkeypatch.setattr(index, "commonness", lambda: None)
    plainly = {row.id for row in index.matching(question, 500)}
    monkeypatch.setattr(index, "commonness", lambda: statistics)

    assert {row.id for row in index.matching(question, 500)} == plainly
    assert plainly


@pytest.mark.django_db
def test_the_statistics_are_read_as_the_database_has_them(crowd, monkeypatch):
    monkeypatch.setattr("stamkunde.customers.recognition.commonness._kept", {})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer" if connection.vendor == "postgresql" else "ANALYZE")
    known = commonness() if connection.vendor == "postgresql" else Commonness(words=["kari"], people=[5.0])

    assert known is not None
    assert known.of("kari", open_ended=False) == pytest.approx(5, abs=1)
