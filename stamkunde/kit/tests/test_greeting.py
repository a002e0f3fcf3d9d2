import pytest

from stamkunde.kit.names.greeting import genitive, greeting, vocative


@pytest.mark.parametrize(
    ("language", "given_name", "said"),
    [
        ("nb", "Åse", "Hei, Åse"),
        ("sv", "Björn", "Hej Björn"),
        ("lv", "Jānis", "Sveiki, Jāni"),
        ("lv", "Anna", "Sveiki, Anna"),
        ("lv", "Lars", "Sveiki, Lars"),
        ("en", "Kari", "Hello, Kari"),
        ("en-gb", "Kari", "Hello, Kari"),
        ("xx", "Kari", "Hello, Kari"),
    ],
)
def test_a_customer_is_greeted_by_given_name(language, given_name, said):
    assert greeting(language, given_name=given_name, family_name="Berg") == said


def test_the_preferred_name_is_used():
    assert greeting("nb", given_name="Elisabeth", preferred_name="Lisbeth") == "Hei, Lisbeth"


@pytest.mark.parametrize(
    ("given_name", "family_name", "said"),
    [
        ("Jānis", "", "Labdien, Jāņa kungs"),
        ("Jānis", "Bērziņš", "Labdien, Bērziņa kungs"),
        ("Anna", "Bērziņa", "Labdien, Bērziņas kundze"),
        ("Ilze", "Liepa", "Labdien, Liepas kundze"),
        ("Valdis", "Lācis", "Labdien, Lāča kungs"),
        ("Kārlis", "Briedis", "Labdien, Brieža kungs"),
        ("Artūrs", "Ozols", "Labdien, Ozola kungs"),
        ("", "Kovaļevskis", "Labdien, Kovaļevska kungs"),
    ],
)
def test_a_polite_latvian_greeting_declines_the_surname(given_name, family_name, said):
    assert greeting("lv", given_name=given_name, family_name=family_name, style="polite") == said


def test_no_title_is_guessed_where_the_sex_is_not_known():
    assert greeting("lv", given_name="Kim", family_name="Lee", style="polite") == "Labdien, Kim Lee"
    assert greeting("lv", given_name="Saša", family_name="Grots", style="polite") == "Labdien, Saša Grots"


def test_a_polite_greeting_elsewhere_has_the_whole_name():
    assert greeting("nb", given_name="Åse", family_name="Nordmann", style="polite") == "God dag, Åse Nordmann"
    assert greeting("sv", given_name="Björn", family_name="Ek", style="polite") == "God dag Björn Ek"


def test_the_customers_own_greeting_always_wins():
    assert greeting("lv", given_name="Jānis", override=" Čau, Janci ", style="polite") == "Čau, Janci"


def test_a_firm_is_greeted_by_its_name_and_nobody_by_none():
    assert greeting("nb", company_name="Fjord Blomster AS") == "Hei, Fjord Blomster AS"
    assert greeting("sv") == "Hej"
    assert greeting("lv", style="polite") == "Labdien"


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Mārtiņš", "Mārtiņ"),
        ("Roberts", "Robert"),
        ("Uldis", "Uldi"),
        ("Ilze", "Ilze"),
        ("Jānis Kārlis", "Jāni Kārli"),
        ("Jānis-Pauls", "Jāni-Paul"),
        ("Ivo", "Ivo"),
        ("Hans", "Hans"),
        ("", ""),
    ],
)
def test_latvian_vocative(name, form):
    assert vocative(name) == form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Kalniņš", "Kalniņa"),
        ("Valdis", "Valda"),
        ("Kurmis", "Kurmja"),
        ("Zaķis", "Zaķa"),
        ("Kalnītis", "Kalnīša"),
        ("Mikus", "Mikus"),
        ("Ozols-Liepa", "Ozola-Liepas"),
        ("Otto", "Otto"),
        ("", ""),
    ],
)
def test_latvian_genitive(name, form):
    assert genitive(name) == form
