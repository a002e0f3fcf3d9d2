import pytest
from hypothesis import given
from hypothesis import strategies as st

from stamkunde.kit import folding
from stamkunde.kit.folding import LONGEST_WORD, MOST_WORDS, fold, folded_words, plain_letters, spelt_forms


@pytest.mark.parametrize(
    "spellings",
    [
        "Bjørn Björn Bjorn Bjoern BJØRN",
        "Åse Aase Ase åse",
        "Ærlig Aerlig Arlig",
        "Östberg Oestberg Ostberg Østberg",
        "Pärsson Paerson Parson",
        "Ķirsis Kirsis ķirsis",
        "Čakste Cakste",
        "Žūks Zuks",
        "Māliņš Malins",
        "Šēfers Sefers",
        "Ģirts Girts",
        "Müller Mueller Muller",
        "Strauß Strauss Straus",
        "Þór Thor",
        "Guðrún Gudrun",
        "Łukasz Lukasz",
        "Hanssen Hansen",
        "O'Brien O’Brien OBrien",
        "Іван іван",
        "Семён Семен",
        "Γιώργος Γιωργος ΓΙΩΡΓΟΣ",
        "\ufb01nn finn",
    ],
)
def test_every_spelling_of_a_name_folds_alike(spellings):
    folded = {fold(spelling) for spelling in spellings.split()}
    assert len(folded) == 1
    assert folded != {""}


def test_accents_written_apart_fold_like_accents_written_together():
    assert fold("A\u030ase Be\u0304rzin\u0327s\u030c") == fold("Åse Bērziņš")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ann-Kristin  Lie", "an kristin lie"),
        ("Nordmann, Kari", "nordman kari"),
        ("K. Nordmann", "k nordman"),
        ("Йорг Иванов", "йорг иванов"),
        ("Kari 🙂 Nordmann", "kari nordman"),
        ("🙂", ""),
        ("a\0b", "a b"),
        ("王小明", "王小明"),
        ("कि कु", "कि कु"),
        ("０３６１ 1001", "0361 1001"),
        ("%_\"*()' OR", "or"),
        ("", ""),
    ],
)
def test_what_is_no_letter_only_parts_words(text, folded):
    assert fold(text) == folded


def test_digits_are_never_merged():
    assert fold("0055 22") == "0055 22"


NORDIC = st.text(alphabet="abdeghijklmnorstuvy æøåäöāēģīķļņšūžþß-", max_size=30)


@given(NORDIC, st.integers(0, 30))
def test_a_beginning_stays_a_beginning(name, length):
    assert fold(name).startswith(fold(name[:length]))


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=200))
def test_any_text_folds_to_words_with_single_spaces(text):
    assert fold(text) == " ".join(fold(text).split())


def test_absurdly_long_names_are_cut():
    assert max(map(len, folded_words("ab" * 1_000))) == LONGEST_WORD
    assert len(folded_words("ab " * 1_000)) == MOST_WORDS


def test_a_hyphenated_name_is_also_kept_written_together():
    assert spelt_forms("Ann-Kristin Lie") == ("an", "kristin", "lie", "ankristin")


def test_a_plain_name_is_kept_once():
    assert spelt_forms("Kari Kari") == ("kari",)


@given(st.text(max_size=80))
def test_plain_letters_are_parted_into_the_same_words(text):
    assert len(plain_letters(text).split()) == len(fold(text).split())
    assert fold(plain_letters(text)) == fold(text)


def test_plain_letters_keep_what_folding_shortens():
    assert plain_letters("Øegård Hanssen") == "oegard hanssen"


def test_only_what_can_be_a_word_is_remembered():
    folding.fold("ordinary")
    before = folding._known_part.cache_info().currsize

    for number in range(3):
        assert len(folding.fold(f"{'ab' * 1_500}{number}")) == 3_001

    assert folding._known_part.cache_info().currsize == before
