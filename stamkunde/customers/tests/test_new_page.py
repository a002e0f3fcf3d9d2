"""The page of a new customer: three boxes, whoever may be the same person under them, and nothing typed is lost."""

from datetime import date

import pytest

from stamkunde.customers.actions import add_address, change_customer, trash_customer
from stamkunde.customers.models import Customer, Note
from stamkunde.customers.naming import Newcomer, read_newcomer, split_name
from stamkunde.customers.queries import likely_duplicates
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import AddressValues, CustomerValues
from stamkunde.kit.actor import SYSTEM
from tests.world import World, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]


@pytest.mark.parametrize(
    ("written", "given", "family"),
    [
        ("Kari", "Kari", ""),
        ("Kari Nordmann", "Kari", "Nordmann"),
        ("Anne Kari Nordmann", "Anne Kari", "Nordmann"),
        ("Carl von der Heide", "Carl", "von der Heide"),
        ("Nordmann, Kari Anne", "Kari Anne", "Nordmann"),
        ("de la Cruz", "de", "la Cruz"),
        ("王小明", "王小明", ""),
        (" , ", "", ""),
        ("Kari,", "Kari", ""),
    ],
)
def test_one_box_is_taken_apart_without_losing_a_letter(written: str, given: str, family: str) -> None:
    assert split_name(written) == (given, family)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Kari Nordmann", ("Kari Nordmann", "", "")),
        ("91234567", ("", "91234567", "")),
        ("+47 912 34 567", ("", "+47 912 34 567", "")),
        ("(0047) 91.23.45.67", ("", "(0047) 91.23.45.67", "")),
        ("kari@example.org", ("", "", "kari@example.org")),
        ("Kari Nordmann, 912 34 567", ("Kari Nordmann", "912 34 567", "")),
        ("91234567 Kari", ("Kari", "91234567", "")),
        ("Kari <kari@example.org> 91234567", ("Kari", "91234567", "kari@example.org")),
        ("kari@example.org 91234567", ("", "91234567", "kari@example.org")),
        # Digits that nobody could be called by belong to the name, and so does what only looks like an address.
        ("Kiosk 24", ("Kiosk 24", "", "")),
        ("7-Eleven Torget", ("7-Eleven Torget", "", "")),
        ("Kari 12.05.1980", ("Kari 12.05.1980", "", "")),
        # Five digits or more are a number somebody got wrong, to be said at its own box and not to become a name.
        ("Gunnvor Ullstad 91234", ("Gunnvor Ullstad", "91234", "")),
        ("Gunnvor Ullstad 912 345", ("Gunnvor Ullstad", "912 345", "")),
        ("Kiosk 1905", ("Kiosk 1905", "", "")),
        ("Kari @ Torget", ("Kari @ Torget", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_line_typed_anywhere_becomes_the_boxes_it_looks_like(typed: str, expected: tuple[str, str, str]) -> None:
    found = read_newcomer(typed, "NO")

    assert (found.name, found.phone, found.email) == expected


@pytest.mark.parametrize("sign", [" ,", ";:", "a ,", "1 ", "a 1", "x@", "("])
def test_a_line_of_nothing_but_signs_stays_as_it_was_typed(sign: str) -> None:
    typed = " ".join((sign * 50_000).split()) + "!"

    assert read_newcomer(typed, "NO") == Newcomer(typed, "", "")


def test_commas_around_name_and_number_belong_to_neither() -> None:
    assert read_newcomer("Kari Berg ,;, 91234567", "NO") == Newcomer("Kari Berg", "91234567", "")
    assert read_newcomer("91234567 ,; Kari Berg", "NO") == Newcomer("Kari Berg", "91234567", "")


def test_a_number_in_the_box_of_the_name_goes_to_its_own_and_the_name_is_asked_for(world: World) -> None:
    response = signed_in(world.anna).post("/customers/new/", {"name": "91234567", "note": "rings on Mondays"})

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == ["name"]
    assert [form[box].value() for box in ("name", "phone", "note")] == ["", "91234567", "rings on Mondays"]
    assert not Customer.objects.exists()


def test_a_name_with_number_and_address_in_one_box_makes_a_whole_customer(world: World) -> None:
    signed_in(world.anna).post("/customers/new/", {"name": "Åse Berg 91234567 ase@example.org"})

    customer = Customer.objects.get()
    assert (customer.given_name, customer.family_name) == ("Åse", "Berg")
    assert {point.value for point in customer.contact_points.all()} == {"+4791234567", "ase@example.org"}


def test_a_box_that_was_filled_in_by_hand_is_never_written_over(world: World) -> None:
    signed_in(world.anna).post("/customers/new/", {"name": "Kiosk 91234567", "phone": "+37126123456"})

    customer = Customer.objects.get()
    assert customer.name == "Kiosk 91234567"
    assert [point.value for point in customer.contact_points.all()] == ["+37126123456"]


def test_what_the_palette_hands_over_stands_in_the_boxes_it_looks_like(world: World) -> None:
    world.kari  # noqa: B018
    response = signed_in(world.anna).get("/customers/new/", {"name": "91234567"})

    form = response.context["form"]
    assert [form[box].value() for box in ("name", "phone")] == ["", "91234567"]
    assert "Kari Nordmann" in response.text
    assert not form.errors


def test_a_name_alone_makes_a_customer_and_leads_to_her_page(world: World) -> None:
    response = signed_in(world.anna).post("/customers/new/", {"name": "Åse"})

    customer = Customer.objects.get()
    assert response["Location"] == f"/customers/{customer.pk}/"
    assert (customer.given_name, customer.home_store) == ("Åse", world.store)


def test_add_another_leads_back_to_an_empty_page(world: World) -> None:
    response = signed_in(world.anna).post("/customers/new/", {"name": "Åse", "another": "1"})

    assert response["Location"] == "/customers/new/"


def test_everything_that_is_known_is_kept(world: World) -> None:
    form = {
        "name": "Kaffebua AS",
        "is_company": "on",
        "phone": "07912",
        "street": "Torget 1",
        "postcode": "41384",
        "country": "SE",
        "note": "rings on Mondays",
    }
    assert signed_in(world.anna).post("/customers/new/", form).status_code == 302

    customer = Customer.objects.get()
    assert (customer.company_name, customer.name) == ("Kaffebua AS", "Kaffebua AS")
    assert customer.addresses.get().postcode == "413 84"
    assert Note.objects.get().text == "rings on Mondays"


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 2_000),
        ("name", "a\0b"),
        ("phone", "07912"),
        ("email", "kari@"),
        ("birth_date", "2023-02-30"),
        ("birth_date", "1066-10-14"),
        ("country", "XX"),
        ("language", "tlh"),
        ("note", "x" * 10_001),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World, field: str, value: str) -> None:
    form = {"name": "Kari Ny", "street": "Torget 1", "postcode": "0150", "country": "NO"} | {field: value}
    client = signed_in(world.anna)
    with nothing_changes():
        response = client.post("/customers/new/", form)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in page
    assert 'value="Torget 1"' in page


def test_a_name_that_fits_no_column_is_refused_by_the_page(world: World) -> None:
    client = signed_in(world.anna)
    with nothing_changes():
        assert client.post("/customers/new/", {"name": "y" * 399}).status_code == 422


def test_those_who_may_not_create_do_not(world: World) -> None:
    client = signed_in(world.eve)
    with nothing_changes():
        assert client.post("/customers/new/", {"name": "Kari"}).status_code == 403
        assert client.get("/customers/likely/", {"name": "Kari"}).status_code == 403


def test_the_same_number_shows_everybody_who_has_it(world: World) -> None:
    kari = world.kari
    page = signed_in(world.anna).get("/customers/likely/", {"phone": "912 34 567"}).content.decode()

    assert "same telephone number" in page
    assert f'href="/customers/{kari.pk}/"' in page


@pytest.mark.parametrize("typed", ["Kari Nordmann", "nordmann kari", "Kari Nordman"])
def test_a_similar_name_is_shown_while_typing(world: World, typed: str) -> None:
    kari = world.kari

    assert f"/customers/{kari.pk}/" in signed_in(world.anna).get("/customers/new/", {"name": typed}).content.decode()


def test_a_birthday_or_a_town_makes_a_namesake_likelier(world: World) -> None:
    kari = change_customer(world.kari.pk, {"birth_date": date(1984, 5, 17)}, version=1, by=SYSTEM)
    add_address(kari.pk, AddressValues(town="Bodø"), by=SYSTEM)
    by_year = CustomerValues(given_name="Kari", birth_date=date(1984, 1, 1))
    by_town = CustomerValues(given_name="Kari", addresses=(AddressValues(town="bodo"),))

    assert [one.reasons for one in likely_duplicates(by_year)] == [("similar name, same year of birth",)]
    assert [one.reasons for one in likely_duplicates(by_town)] == [("similar name, same town",)]
    assert likely_duplicates(CustomerValues(given_name="Kari")) == []


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query", [{}, {"name": "\0"}, {"name": "%"}, {"phone": "x"}, {"email": "@"}, {"name": "K" * 3_000}]
)
def test_half_written_boxes_are_no_obstacle(world: World, query: dict[str, str]) -> None:
    assert signed_in(world.anna).get("/customers/likely/", query).status_code == 200


def test_whoever_is_in_the_trash_is_not_offered(world: World) -> None:
    trash_customer(world.kari.pk, by=SYSTEM)

    page = signed_in(world.anna).get("/customers/likely/", {"phone": "91234567", "name": "Kari Nordmann"})
    assert "Kari Nordmann" not in page.content.decode()
