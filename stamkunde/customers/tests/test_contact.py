"""How a customer is reached: numbers as they are dialled, addresses as they are written, and one preferred of each."""

import pytest
from django.core.exceptions import ValidationError

from stamkunde.customers.actions import (
    StaleRow,
    add_address,
    add_contact_point,
    change_address,
    change_contact_point,
    confirm_contact_point,
    create_customer,
    remove_address,
    remove_contact_point,
    undo_removal,
)
from stamkunde.customers.models import Address, ContactKind, ContactPoint, ContactStatus, Customer, CustomerKind
from stamkunde.customers.phones import read_phone, shown_phone
from stamkunde.customers.postal import place_line, read_postcode
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.tests.test_change import at_once
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import AddressValues, ContactValues, CustomerValues
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World


def phone(raw: str, **values: object) -> ContactValues:
    return ContactValues(kind=ContactKind.PHONE, raw=raw, region="NO", **values)  # type: ignore[arg-type]


def email(raw: str) -> ContactValues:
    return ContactValues(kind=ContactKind.EMAIL, raw=raw)


@pytest.mark.parametrize(
    ("written", "region", "value", "tail"),
    [
        ("912 34 567", "NO", "+4791234567", "7654321974"),
        ("0047 91234567", "NO", "+4791234567", "7654321974"),
        ("(+47) 912-34-567", "SE", "+4791234567", "7654321974"),
        ("070-123 45 67", "SE", "+46701234567", "76543210764"),
        ("26 123 456", "LV", "+37126123456", "65432162173"),
    ],
)
def test_a_number_is_kept_as_it_is_dialled_from_anywhere(written: str, region: str, value: str, tail: str) -> None:
    read = read_phone(written, region)

    assert (read.value, read.raw, read.tail) == (value, written, tail)


@pytest.mark.parametrize(
    "written", ["07912", "815 49 300", "829 00 000", "12", "+47 123", "call me", "+999 1", "1" * 60, "٣"]
)
def test_what_reaches_no_person_is_refused_kindly(written: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read_phone(written, "NO", field="raw")

    assert refusal.value.message_dict["raw"][0].endswith(".")


def test_a_company_may_have_a_service_number() -> None:
    assert read_phone("07912", "NO", for_company=True).value == "+4707912"


def test_without_a_country_a_number_needs_its_code() -> None:
    assert read_phone("+47 912 34 567", "").value == "+4791234567"
    with pytest.raises(ValidationError):
        read_phone("912 34 567", "")


def test_a_number_is_shown_as_it_is_dialled_here() -> None:
    assert shown_phone("+4791234567", "NO") == "91 23 45 67"
    assert shown_phone("+4791234567", "SE") == "+47 91 23 45 67"
    assert shown_phone("call me", "NO") == "call me"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "written", ["kari", "kari@", "kari@local", "@example.org", "a b@example.org", "k@" + "a" * 300 + ".no"]
)
def test_half_an_email_address_is_refused_and_nothing_changes(world: World, written: str) -> None:
    kari = world.kari
    with nothing_changes(), pytest.raises(ValidationError):
        add_contact_point(kari.pk, email(written), by=SYSTEM)


@pytest.mark.django_db
def test_an_address_in_other_letters_is_kept(world: World) -> None:
    point = add_contact_point(world.kari.pk, email("Jānis@Pasts.LV"), by=SYSTEM)

    assert (point.value, point.raw) == ("jānis@pasts.lv", "Jānis@Pasts.LV")


@pytest.mark.django_db
def test_a_household_may_share_a_number(world: World) -> None:
    add_contact_point(world.sven.pk, phone("912 34 567"), by=SYSTEM)
    assert world.kari.contact_points.filter(value="+4791234567").exists()

    found = {one.customer_id for one in recognise("91234567", now=now())}
    assert found == {world.kari.pk, world.sven.pk}


@pytest.mark.django_db
def test_the_same_number_again_is_said_to_be_there(world: World) -> None:
    kari = world.kari
    with nothing_changes(), pytest.raises(ValidationError, match="already"):
        add_contact_point(kari.pk, phone("+47 91 23 45 67"), by=SYSTEM)


@pytest.mark.django_db
def test_one_number_is_the_preferred_one_and_has_an_heir(world: World) -> None:
    first = world.kari.contact_points.get(kind=ContactKind.PHONE)
    second = add_contact_point(world.kari.pk, phone("22 33 44 55", is_preferred=True), by=SYSTEM)
    first.refresh_from_db()
    assert (first.is_preferred, second.is_preferred) == (False, True)

    remove_contact_point(second, by=SYSTEM)
    first.refresh_from_db()
    assert first.is_preferred


@pytest.mark.django_db
def test_another_number_has_to_be_confirmed_anew(world: World) -> None:
    point = world.kari.contact_points.get(kind=ContactKind.PHONE)
    point = confirm_contact_point(point, ContactStatus.VERIFIED, evidence="answered", by=SYSTEM)
    assert point.verified_at is not None

    relabelled = change_contact_point(point, phone("91234567", label="work"), version=point.version, by=SYSTEM)
    assert relabelled.status == ContactStatus.VERIFIED
    changed = change_contact_point(relabelled, phone("400 00 000"), version=relabelled.version, by=SYSTEM)
    assert (changed.status, changed.verified_at, changed.evidence) == (ContactStatus.UNVERIFIED, None, "")


@pytest.mark.django_db
def test_a_state_without_proof_is_refused(world: World) -> None:
    point = world.kari.contact_points.get(kind=ContactKind.PHONE)
    with nothing_changes(), pytest.raises(ValidationError):
        confirm_contact_point(point, ContactStatus.FAILING, evidence="  ", by=SYSTEM)


@pytest.mark.django_db
def test_a_stale_change_is_not_made(world: World) -> None:
    point = world.kari.contact_points.get(kind=ContactKind.PHONE)
    change_contact_point(point, phone("400 00 000"), version=1, by=SYSTEM)
    with nothing_changes(), pytest.raises(StaleRow) as stale:
        change_contact_point(point, phone("400 00 001"), version=1, by=SYSTEM)
    assert str(stale.value.current) == "+4740000000"


@pytest.mark.django_db
def test_a_removed_number_comes_back_as_it_was_and_only_once(world: World) -> None:
    point = world.kari.contact_points.get(kind=ContactKind.PHONE)
    happening = Happening.objects.get(pk=remove_contact_point(point, by=SYSTEM) or 0)
    assert remove_contact_point(point, by=SYSTEM) is None

    undo_removal(happening, by=SYSTEM)
    assert world.kari.contact_points.get(kind=ContactKind.PHONE).value == "+4791234567"
    with nothing_changes(), pytest.raises(ValidationError):
        undo_removal(happening, by=SYSTEM)


@pytest.mark.parametrize(
    ("written", "country", "kept"),
    [
        ("0150", "NO", "0150"),
        ("41384", "SE", "413 84"),
        ("413 84", "SE", "413 84"),
        ("1010", "LV", "LV-1010"),
        ("lv-1010", "LV", "LV-1010"),
        ("SW1A 1AA", "GB", "SW1A 1AA"),
        ("", "NO", ""),
    ],
)
def test_a_postcode_is_kept_as_its_country_writes_it(written: str, country: str, kept: str) -> None:
    assert read_postcode(written, country) == kept


@pytest.mark.parametrize(("written", "country"), [("150", "NO"), ("O150", "NO"), ("4138", "SE"), ("LV-10", "LV")])
def test_a_postcode_of_another_form_is_refused_with_an_example(written: str, country: str) -> None:
    with pytest.raises(ValidationError, match="there it is written like"):
        read_postcode(written, country)


def test_the_lines_of_an_address_stand_in_the_order_of_their_country() -> None:
    assert place_line("0150", "Oslo", "NO") == "0150 Oslo"
    assert place_line("LV-1010", "Rīga", "LV") == "Rīga, LV-1010"


@pytest.mark.django_db
def test_who_moves_is_found_at_the_new_place_and_not_at_the_old(world: World) -> None:
    values = AddressValues(street="Bogstadveien 12", postcode="0355", town="Oslo")
    address = add_address(world.kari.pk, values, by=SYSTEM)
    assert address.is_preferred
    assert len(recognise("kari bogstadveien", now=now())) == 1

    moved = AddressValues(street="Strandgaten 3", postcode="5013", town="Bergen")
    changed = change_address(address, moved, version=1, by=SYSTEM)
    assert "strandgaten" in Customer.objects.get(pk=world.kari.pk).words
    assert "bogstadveien" not in Customer.objects.get(pk=world.kari.pk).words
    with nothing_changes(), pytest.raises(StaleRow):
        change_address(address, values, version=1, by=SYSTEM)

    happening = Happening.objects.get(pk=remove_address(changed, by=SYSTEM) or 0)
    assert "strandgaten" not in Customer.objects.get(pk=world.kari.pk).words
    undo_removal(happening, by=SYSTEM)
    assert str(Address.objects.get()) == "Strandgaten 3, 5013 Bergen"


@pytest.mark.django_db
def test_an_empty_address_is_refused(world: World) -> None:
    kari = world.kari
    with nothing_changes(), pytest.raises(ValidationError):
        add_address(kari.pk, AddressValues(care_of="somebody", postcode=" "), by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_the_same_number_added_at_two_tills_at_once_is_there_once() -> None:
    kari = World().kari
    outcomes = at_once(*[lambda: add_contact_point(kari.pk, phone("400 00 000"), by=SYSTEM)] * 2)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ContactPoint", "ValidationError"]
    assert ContactPoint.objects.filter(value="+4740000000").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_person_created_at_two_tills_at_once_is_there_twice_and_nothing_breaks() -> None:
    values = CustomerValues(given_name="Kari", contacts=(phone("912 34 567"), email("kari@example.org")))
    outcomes = at_once(*[lambda: create_customer(values, by=SYSTEM)] * 2)

    assert all(isinstance(outcome, Customer) for outcome in outcomes), outcomes
    assert len(recognise("91234567", now=now())) == 2


@pytest.mark.django_db
def test_a_companys_own_number_is_added_to_a_company_only(world: World) -> None:
    company = create_customer(CustomerValues(kind=CustomerKind.COMPANY, company_name="Kaffebua AS"), by=SYSTEM)

    assert add_contact_point(company.pk, phone("07912"), by=SYSTEM).value == "+4707912"
    with pytest.raises(ValidationError):
        add_contact_point(world.kari.pk, phone("07912"), by=SYSTEM)
