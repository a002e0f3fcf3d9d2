import pytest

from stamkunde.kit.folding import fold, folded_words
from stamkunde.kit.names.nicknames import also_called
from stamkunde.kit.names.sounds import sound_key
from stamkunde.kit.names.stems import is_declined, stem, without_titles


@pytest.mark.parametrize(
    "names",
    [
        "Kristin Christine Kristīne Khristin",
        "Carlsson Karlsson Karlsen Carlson",
        "Hansen Hanssen Hansson Hanzen",
        "Jānis Janis Yanis",
        "Ilze Ilse",
        "Bjørn Björn Bjoern Bjørnh",
        "Hjalmar Jalmar Gjalmar",
        "Kjell Tjell Kell",
        "Michael Mikael",
        "Phillip Filip",
        "Wilhelm Vilhelm",
        "Alexander Aleksander",
        "Thorvald Torvald Torvall",
        "Schmidt Smit Schmit",
        "Erick Eric Erik",
        "Dahl Dal",
        "Ivanoff Ivanov Иванов",
        "Berzinsh Bērziņš",
        "Hval Val",
    ],
)
def test_names_sounding_alike_share_a_key(names):
    assert len({sound_key(word) for word in folded_words(names)}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("Kari", "Karl"), ("Hansen", "Jansen"), ("Anna", "Anne"), ("Berg", "Borg"), ("Ola", "Ole")]
)
def test_names_told_apart_by_ear_keep_their_own_key(one, other):
    assert sound_key(fold(one)) != sound_key(fold(other))


@pytest.mark.parametrize(
    "forms",
    [
        "Bērziņš Bērziņa Bērziņu Bērziņam Bērziņai",
        "Kalniņš Kalniņa Kalniņam",
        "Ozols Ozola Ozolam Ozolu",
        "Liepa Liepai Liepas Liepu",
        "Jānis Jāni Jānim Jāņa",
        "Briedis Brieža Briedim",
        "Krievs Krievam Krieva",
        "Kurmis Kurmja Kurmim",
        "Roberts Robert Robertam",
    ],
)
def test_declined_forms_share_a_stem(forms):
    assert len({stem(word) for word in folded_words(forms)}) == 1


@pytest.mark.parametrize(
    ("form", "name"),
    [("Jānim", "Jānis"), ("Bērziņam", "Bērziņš"), ("Liepai", "Liepa"), ("Bērziņa", "Bērziņš"), ("Brieža", "Briedis")],
)
def test_a_declined_form_belongs_to_its_name_only(form, name):
    assert is_declined(fold(form), fold(name))
    assert not is_declined(fold("Jānim"), fold("Jana"))
    assert not is_declined(fold(form), "nordman")


def test_short_words_keep_enough_to_be_told_apart():
    assert stem("ola") == "ol"
    assert stem("bo") == "bo"
    assert stem("") == ""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Bob", "Robert"),
        ("Lisbeth", "Elisabeth"),
        ("Kalle", "Karl"),
        ("Lasse", "Lars"),
        ("Pelle", "Per"),
        ("Anka", "Anna"),
        ("Jancis", "Jānis"),
        ("Katja", "Katrīna"),
        ("Bill", "William"),
        ("Stina", "Kristina"),
        ("Saša", "Aleksandrs"),
        ("Kajsa", "Katarina"),
    ],
)
def test_nicknames_lead_to_the_name_and_back(said, name):
    assert fold(name) in also_called(fold(said))
    assert fold(said) in also_called(fold(name))


def test_nobody_is_their_own_nickname_and_strangers_have_none():
    assert "kari" not in also_called("kari")
    assert also_called("nordmann") == frozenset()


def test_titles_are_left_out_unless_alone():
    assert without_titles(folded_words("Bērziņa kungs")) == ["berzina"]
    assert without_titles(folded_words("fröken Miss Berg")) == ["berg"]
    assert without_titles(["herr"]) == ["herr"]
