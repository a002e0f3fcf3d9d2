"""The index over the words of customers, and the vocabulary beside it."""

import pytest
from django.db import connection

from stamkunde.customers.models import Customer, NameWord
from stamkunde.customers.recognition import index
from stamkunde.customers.recognition.vocabulary import learn_words, vocabulary
from stamkunde.customers.recognition.words import names_and_places, search_words
from tests.world import make_customer

pytestmark = pytest.mark.django_db


def found(word: str, open_ended: bool = False) -> set[int]:
    return {row.id for row in index.matching([[((word, open_ended),)]], 100)}


def test_the_index_follows_what_happens_to_customers():
    kari = make_customer("Kari", "Nordmann")
    assert found("nordman") == {kari.pk}
    Customer.objects.filter(pk=kari.pk).update(words="kari solheim")
    assert found("nordman") == set()
    assert found("solheim") == {kari.pk}
    Customer.objects.filter(pk=kari.pk).delete()
    assert found("solheim") == set()


def test_the_index_is_there_after_all_migrations():
    """A migration that rebuilds the customers' table on SQLite drops its triggers and must install the index again."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'customers_customer'")
            triggers = {row[0] for row in cursor.fetchall()}
            assert {"customers_search_insert", "customers_search_delete", "customers_search_update"} <= triggers
        else:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'customers_customer'")
            assert "customers_search" in {row[0] for row in cursor.fetchall()}


def test_the_index_can_be_made_anew():
    kari = make_customer("Kari", "Nordmann")
    index.remove(connection)
    index.install(connection)
    index.install(connection)
    assert found("nordm", open_ended=True) == {kari.pk}


def test_a_question_of_several_ways():
    kari, ola = make_customer("Kari", "Nordmann"), make_customer("Ola", "Hansen")
    make_customer("Per", "Olsen")
    both_ways: list[list[tuple[tuple[str, bool], ...]]] = [
        [(("kari", False), ("karl", False)), (("nord", True),)],
        [(("hansen", False),)],
    ]
    assert {row.id for row in index.matching(both_ways, 100)} == {kari.pk, ola.pk}
    assert index.matching([], 100) == []


@pytest.mark.parametrize("word", ["'", '"', "\\", "%", "*", "कि", "王小明", "@oslo"])
def test_any_sign_in_a_question_is_taken_as_it_stands(word):
    make_customer("Kari", "Nordmann")
    assert found(word) == found(word, open_ended=True) == set()


@pytest.mark.parametrize("name", ["王小明", "Γιώργος", "Иванов", "किशोर", "عبد", "กิตติ", "ə", "𞤀𞤣𞤢", "𐖗𐖘"])
def test_names_in_every_script_are_indexed_whole(name):
    customer = make_customer(name, "")
    assert customer.words
    for word in customer.words.split():
        assert found(word) == {customer.pk}


def test_words_of_names_and_of_places_are_told_apart():
    words = search_words(
        given_name="Ann-Kristin",
        family_name="Lie",
        company_name="Lie AS",
        former_names=["Berg"],
        numbers=["987 654 321"],
        places=["Storgata 12", "413 84", "Göteborg"],
    )
    assert words == ("an kristin ankristin lie as berg 987654321 @storgata @12 @storgata12 @413 @84 @41384 @goteborg")
    names, places = names_and_places(words)
    assert "berg" in names
    assert "goteborg" in places


def test_absurd_names_give_words_that_every_index_takes():
    customer = make_customer("x y" * 60, "ø" * 200)
    assert max(map(len, customer.words.split())) <= 41
    assert found(customer.words.split()[0]) == {customer.pk}


def test_words_are_learned_once():
    learn_words(["kari", "nordman", "@oslo", "kari"])
    learn_words(["kari", "ola"])
    assert sorted(NameWord.objects.values_list("word", flat=True)) == ["@oslo", "kari", "nordman", "ola"]
    assert NameWord.objects.get(word="@oslo").sound == "oslo"


def test_the_vocabulary_notices_what_others_have_learned():
    learn_words(["kari"])
    assert set(vocabulary().names.like("krai", 1)) == {"kari"}
    NameWord.objects.create(word="karl", sound="karl")
    assert set(vocabulary().names.like("kar", 1)) == {"kari", "karl"}
    assert vocabulary() is vocabulary()


def test_the_vocabulary_forgets_what_was_rolled_back():
    learn_words(["kari", "rolledback"])
    assert "rolledback" in vocabulary().names.all
    newest = NameWord.objects.get(word="rolledback")
    newest.delete()
    NameWord.objects.create(pk=newest.pk, word="other", sound="other")
    assert "other" in vocabulary().names.all
    assert "rolledback" not in vocabulary().names.all


def test_creating_a_customer_teaches_her_words():
    make_customer("Åse", "Ødegård")
    assert set(NameWord.objects.values_list("word", flat=True)) == {"ase", "odegard"}


def test_a_sound_heard_and_a_key_missed_at_the_same_time():
    learn_words(["christensen", "hansen", "nordman"])
    known = vocabulary().names
    assert "christensen" in known.like("kristenxen", 2, by_ear=True)
    assert known.like("kristenxen", 1) == {}


def test_beginnings_of_longer_words_are_offered_with_a_slip():
    learn_words(["christensen", "hansen"])
    assert any("christensen".startswith(beginning) for beginning in vocabulary().names.beginnings_like("chirst", 1))
    assert vocabulary().names.beginnings_like("chr", 1) == {}
