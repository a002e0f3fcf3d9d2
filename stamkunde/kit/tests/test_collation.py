"""Names stand where the alphabet of the language has them."""

import pytest

from stamkunde.kit.collation import LONGEST_KEY, alphabetical, sort_key

ALPHABETS = {
    "en": ["Aagaard", "Abel", "Ås", "Berg", "Čaks", "Cook", "Muller", "Müller", "Østby", "Smith", "Šmits", "Zorn"],
    "nb": ["Abel", "Berg", "Čaks", "Muller", "Smith", "Yde", "Üde", "Zorn", "Ærø", "Ödman", "Østby", "Ås", "Aasen"],
    "sv": ["Aagaard", "Abel", "Berg", "Čaks", "Smith", "Yde", "Zorn", "Ås", "Ängström", "Ærø", "Ödman", "Østby"],
    "lv": ["Abols", "Azars", "Ābele", "Āze", "Berga", "Cīrulis", "Čaks", "Ezera", "Ērglis", "Gulbis", "Ģēģeris",
           "Irbe", "Īle", "Kalns", "Ķēniņš", "Lapa", "Ļaudis", "Niedra", "Ņikitins", "Svars", "Šmits", "Upe", "Ūdris",
           "Zvirbulis", "Žagars"],
}  # fmt: skip


@pytest.mark.parametrize("language", ALPHABETS)
def test_names_stand_in_the_order_of_the_language_s_own_alphabet(language):
    names = ALPHABETS[language]

    assert alphabetical(reversed(names), str, language=language) == names


@pytest.mark.parametrize("language", ALPHABETS)
def test_the_same_name_has_the_same_place_however_it_is_typed(language):
    composed, taken_apart = "Åse Šmits", "A\u030ase S\u030cmits"

    assert sort_key(composed, language=language) == sort_key(taken_apart, language=language)
    assert sort_key("BERG", language=language) == sort_key("berg", language=language)
    assert sort_key("O'Brien", language=language)[:6] == sort_key("OBrien", language=language)


def test_a_family_ends_before_a_longer_one_begins():
    berg, berg_hansen = sort_key("Berg", "Ole", language="nb"), sort_key("Berg-Hansen", "Anna", language="nb")
    bergen = sort_key("Bergen", "Anna", language="nb")

    assert berg < berg_hansen < bergen


def test_accents_decide_only_between_names_that_are_otherwise_the_same():
    keys = [sort_key(*name, language="en") for name in (("Müller", "Anna"), ("Muller", "Bo"), ("Müller", "Bo"))]

    assert keys == sorted(keys)


def test_an_ordinary_name_costs_no_more_room_than_its_letters():
    assert len(sort_key("Østby", "Åse", language="nb")) == len("Østby") + 1 + len("Åse")
    assert len(sort_key("Østby", "Åse", language="en")) > len("Østby") + 1 + len("Åse")


@pytest.mark.parametrize("name", ["Мария", "王小明", "★", "?", "\u202e", "𝔄", "ß" * 500, "é" * 500, "", "कि"])
def test_whatever_somebody_is_called_the_key_is_short_and_can_stand_in_a_page_mark(name):
    for language in ALPHABETS:
        key = sort_key(name, "Åse", language=language)

        assert len(key) <= LONGEST_KEY
        assert key.isprintable()


def test_other_scripts_come_after_the_alphabet_in_their_own_order():
    names = ["Zorn", "Åse", "Анна", "Йонас", "Мария"]

    assert alphabetical(reversed(names), str, language="nb") == names
