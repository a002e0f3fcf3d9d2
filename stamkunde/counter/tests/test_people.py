"""Somebody nobody knows yet, and what is worth writing down about somebody known."""

import re
from datetime import date

import pytest

from stamkunde.counter.enrolling import split_typed
from stamkunde.counter.queries.card import card, rhythm
from stamkunde.counter.tests.till import AtTheTill
from stamkunde.customers.models import Customer, LookUp, Note, TraitKind
from stamkunde.customers.values import TraitValues
from tests.world import World, make_customer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "name", "phone", "email"),
    [
        ("kari nordmann", "Kari Nordmann", "", ""),
        ("McDonald", "McDonald", "", ""),
        ("anna-lena van der berg", "Anna-Lena van der Berg", "", ""),
        ("912 34 567", "", "912 34 567", ""),
        ("kari 91234567", "Kari", "91234567", ""),
        ("kari@example.org", "", "", "kari@example.org"),
        ("", "", "", ""),
    ],
)
def test_what_was_typed_goes_where_it_belongs(typed: str, name: str, phone: str, email: str) -> None:
    assert split_typed(typed, "NO") == {"name": name, "phone": phone, "email": email}


def enrol_key(page: str) -> str:
    found = re.search(r'name="enrol_key" value="([^"]+)"', page)
    assert found
    return found.group(1)


def test_one_key_brings_the_form_and_enter_makes_the_customer(world: World, anna: AtTheTill) -> None:
    page = anna.press("enrol", typed="åse moen 98765432")
    assert 'value="Åse Moen"' in page
    assert 'value="98765432"' in page

    page = anna.press("create", at="/counter/customers/", name="Åse Moen", phone="98765432", enrol_key=enrol_key(page))

    customer = Customer.objects.get()
    assert (customer.name, customer.home_store) == ("Åse Moen", world.store)
    assert customer.contact_points.get().value == "+4798765432"
    assert anna.state()["customer"] == str(customer.pk)
    assert "Åse Moen is now among your customers." in page


def test_a_number_with_a_digit_missing_is_asked_for_again_and_becomes_nobodys_name(
    world: World, anna: AtTheTill
) -> None:
    page = anna.press("enrol", typed="åse moen 9876543")
    typed = {"name": "Åse Moen", "phone": "9876543"}
    assert all(f'value="{text}"' in page for text in typed.values())

    refused = anna.press("create", at="/counter/customers/", **typed, enrol_key=enrol_key(page))

    assert anna.answer.status_code == 422
    assert "9876543" in refused
    assert not Customer.objects.exists()


def test_somebody_new_is_greeted_in_the_language_of_the_store(world: World, anna: AtTheTill) -> None:
    page = anna.press("enrol", typed="åse moen")

    page = anna.press("create", at="/counter/customers/", name="Åse Moen", enrol_key=enrol_key(page))

    assert "Hei, Åse" in page


def test_only_a_name_is_needed_and_without_one_nothing_typed_is_lost(world: World, anna: AtTheTill) -> None:
    page = anna.press("enrol", typed="98765432")

    refused = anna.press("create", at="/counter/customers/", name="", phone="98765432", enrol_key=enrol_key(page))

    assert anna.answer.status_code == 422
    assert "Please write a name; a first name is enough." in refused
    assert 'value="98765432"' in refused
    assert not Customer.objects.exists()


def test_a_lost_answer_enrols_nobody_twice(world: World, anna: AtTheTill) -> None:
    key = enrol_key(anna.press("enrol", typed="Åse"))

    for _time in range(3):
        anna.press("create", at="/counter/customers/", name="Åse", enrol_key=key)

    assert Customer.objects.count() == 1
    assert anna.state()["customer"] == str(Customer.objects.get().pk)


def test_who_is_perhaps_here_already_is_shown_and_taken(world: World, anna: AtTheTill) -> None:
    kari = world.kari

    page = anna.press("enrol", typed="91234567")
    assert "same telephone number" in page
    likely = anna.press("likely", at="/counter/customers/", name="kari nordmann")
    assert f'value="customer:{kari.pk}"' in likely
    anna.page = page
    anna.press(f"customer:{kari.pk}")

    assert Customer.objects.count() == 1
    assert anna.state()["customer"] == str(kari.pk)


def test_whoever_is_enrolled_during_a_purchase_gets_it(world: World, anna: AtTheTill, sock) -> None:
    anna.type("4006381333931")
    page = anna.press("enrol", typed="Åse")
    anna.press("create", at="/counter/customers/", name="Åse", enrol_key=enrol_key(page))
    anna.pay()

    assert Customer.objects.get().orders.count() == 1


def test_a_note_is_written_once_and_pinned_where_wanted(world: World, anna: AtTheTill) -> None:
    anna.press(f"customer:{world.kari.pk}")
    page = anna.press("note")
    key = re.search(r'name="note_key" value="([^"]+)"', page)
    assert key
    state = anna.state()
    empty = anna.press("write", at="/counter/notes/", text=" ", note_key=key.group(1))
    assert anna.answer.status_code == 422
    assert 'id="note-text"' in empty
    assert not Note.objects.exists()

    for _time in range(2):
        page = anna.press("write", at="/counter/notes/", text="Vil ha pose", pin="1", note_key=key.group(1), **state)

    note = Note.objects.get()
    assert (note.text, note.is_pinned, note.written_by) == ("Vil ha pose", True, "Anna")
    assert "Vil ha pose" in page


def test_every_allergy_stands_first_and_two_facts_at_most_beside(world: World) -> None:
    facts = [(TraitKind.LIKES, "Te"), (TraitKind.SIZE, "38"), (TraitKind.ALLERGY, "Nøtter"), (TraitKind.OTHER, "Hund")]
    kari = make_customer("Kari", traits=tuple(TraitValues(kind=kind, text=text) for kind, text in facts))
    shown = card(kari, world.anna)
    assert [fact.text for fact in shown.facts] == ["Nøtter", "38"]
    assert [fact.text for fact in shown.more_facts] == ["Te", "Hund"]

    allergies = tuple(TraitValues(kind=TraitKind.ALLERGY, text=text) for text in ("Nøtter", "Melk", "Egg"))
    assert len(card(make_customer("Per", traits=allergies), world.anna).facts) == 3


def test_a_birthday_is_worth_a_word_a_week_before(world: World) -> None:
    kari = make_customer("Kari", birth_date=date(1980, 1, 2))
    leap = make_customer("Per", birth_date=date(1980, 2, 29))

    assert "Has a birthday in 4 days" in [fact.text for fact in card(kari, world.anna, date(2026, 12, 29)).facts]
    assert card(kari, world.anna, date(2026, 12, 20)).facts == []
    assert [fact.text for fact in card(leap, world.anna, date(2027, 2, 28)).facts] == ["Has a birthday today"]


@pytest.mark.parametrize(
    ("interval", "due", "said"),
    [
        (1, date(2026, 5, 1), "Usually comes every day. Today is about the day."),
        (21, date(2026, 5, 6), "Usually comes about every 3 weeks. The next visit would be in 5 days."),
        (90, date(2026, 4, 22), "Usually comes about every 3 months. It has been 9 days longer than usual."),
        (None, None, "Too few visits yet to know a rhythm."),
    ],
)
def test_the_rhythm_is_said_in_words(interval: int | None, due: date | None, said: str) -> None:
    kari = Customer(given_name="Kari", visits=5, typical_interval_days=interval, next_visit_expected_on=due)

    assert rhythm(kari, date(2026, 5, 1)) == said


def test_who_never_bought_is_told_so() -> None:
    assert rhythm(Customer(given_name="Kari"), date(2026, 5, 1)) == "Has not bought anything yet."


def test_one_card_opened_again_and_again_is_one_look(world: World, anna: AtTheTill) -> None:
    for _time in range(3):
        anna.press(f"customer:{world.kari.pk}")

    assert LookUp.objects.count() == 1
