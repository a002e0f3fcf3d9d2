"""The small forms of the profile: in their card or as a page of their own, refused kindly, and undone in one step."""

from typing import Any

import pytest
from django.test import Client

from stamkunde.accounts.roles import Role
from stamkunde.customers.actions import add_address, add_relation, note_former_name, note_trait, write_note
from stamkunde.customers.models import (
    Address,
    Consent,
    ContactPoint,
    Customer,
    FormerName,
    Relation,
    RelationKind,
    Trait,
)
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import AddressValues, TraitValues
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from tests.world import World, make_customer, make_staff, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.page]
FRAGMENT: dict[str, Any] = {"headers": {"HX-Request": "true"}}

GOOD = {
    "contact-points": {"kind": "phone", "raw": "400 00 000"},
    "addresses": {"street": "Torget 1", "postcode": "0150", "town": "Oslo", "country": "NO"},
    "traits": {"kind": "size", "text": "shoes 38"},
    "consents": {"channel": "email", "state": "given", "evidence": "told Anna"},
    "former-names": {"name": "Kari Hellerud"},
}
BAD = {
    "contact-points": {"kind": "phone", "raw": "12"},
    "addresses": {"street": "Torget 1", "postcode": "x", "country": "NO"},
    "traits": {"kind": "size", "text": ""},
    "consents": {"channel": "email", "state": "", "evidence": "told Anna"},
    "former-names": {"name": "x" * 201},
}
TABLES = {
    "contact-points": ContactPoint,
    "addresses": Address,
    "traits": Trait,
    "consents": Consent,
    "former-names": FormerName,
}


def url_of(customer: Customer, noun: str) -> str:
    return f"/customers/{customer.pk}/{noun}/"


@pytest.mark.parametrize("noun", GOOD)
def test_a_form_in_its_card_answers_with_the_card_and_a_word(world: World, noun: str) -> None:
    client, url = signed_in(world.anna), url_of(world.kari, noun)
    form = client.get(url, **FRAGMENT)
    assert f'hx-post="{url}"' in form.content.decode()
    assert "<html" not in form.content.decode()

    saved = client.post(url, GOOD[noun], **FRAGMENT)
    assert saved.status_code == 200
    assert "toast" in saved["HX-Trigger"]
    assert "hx-post" not in saved.content.decode() or f'hx-post="{url}"' not in saved.content.decode()
    assert TABLES[noun]._default_manager.filter(customer=world.kari).exists()


@pytest.mark.parametrize("noun", GOOD)
def test_the_same_form_is_a_page_without_scripts(world: World, noun: str) -> None:
    client, url = signed_in(world.anna), url_of(world.kari, noun)
    assert "<html" in client.get(url).content.decode()

    saved = client.post(url, GOOD[noun])
    assert (saved.status_code, saved["Location"]) == (302, f"/customers/{world.kari.pk}/")


@pytest.mark.parametrize("noun", BAD)
@pytest.mark.parametrize("extra", [{}, FRAGMENT], ids=["page", "card"])
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    world: World, noun: str, extra: dict[str, Any]
) -> None:
    client, kari = signed_in(world.anna), world.kari
    with nothing_changes():
        response = client.post(url_of(kari, noun), BAD[noun], **extra)

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.both_databases
@pytest.mark.parametrize("noun", GOOD)
def test_text_with_a_nul_or_without_end_is_refused(world: World, noun: str) -> None:
    client, kari = signed_in(world.anna), world.kari
    for name, value in GOOD[noun].items():
        for wrong in (f"{value}\0", value * 5_000):
            with nothing_changes():
                assert client.post(url_of(kari, noun), GOOD[noun] | {name: wrong}).status_code == 422


@pytest.mark.parametrize("noun", GOOD)
def test_those_who_may_only_see_change_nothing(world: World, noun: str) -> None:
    kari = world.kari
    for role in (Role.MARKETING, Role.ANALYST, Role.ACCOUNTANT):
        client = signed_in(make_staff(f"Somebody {role}", role))
        with nothing_changes():
            assert client.post(url_of(kari, noun), GOOD[noun]).status_code == 403


@pytest.mark.both_databases
@pytest.mark.parametrize("noun", GOOD)
def test_nobody_there_is_answered_as_not_found(world: World, noun: str) -> None:
    client = signed_in(world.anna)
    for number in (999_999, 10**30):
        assert client.post(f"/customers/{number}/{noun}/", GOOD[noun]).status_code == 404


def things_of(customer: Customer) -> dict[str, Any]:
    """Return one of each thing that can be removed, by its address."""
    other = make_customer("Nils", "Nilsen")
    return {
        "contact-points": customer.contact_points.get(kind="phone"),
        "addresses": add_address(customer.pk, AddressValues(town="Oslo"), by=SYSTEM),
        "traits": note_trait(customer.pk, TraitValues(text="nuts"), by=SYSTEM),
        "relations": add_relation(customer.pk, other.pk, RelationKind.GIVES_TO, by=SYSTEM),
    }


def undo_of(client: Client) -> str:
    """Return the address behind the Undo of the message that waits for the next page."""
    messages = client.session["_messages"]
    return str(messages).split("undo:")[1].split('"')[0].split("'")[0].split("\\")[0]


@pytest.mark.parametrize("noun", ["contact-points", "addresses", "traits", "relations"])
def test_what_was_removed_comes_back_by_undo(world: World, noun: str) -> None:
    thing = things_of(world.kari)[noun]
    client = signed_in(world.anna)

    assert client.post(f"{url_of(world.kari, noun)}{thing.pk}/removal/").status_code == 302
    assert not type(thing)._default_manager.filter(pk=thing.pk).exists()
    assert client.post(undo_of(client)).status_code == 302
    assert type(thing)._default_manager.filter(customer=world.kari).exists()


@pytest.mark.parametrize("noun", ["contact-points", "addresses", "traits", "relations"])
def test_what_is_anothers_is_not_found_under_a_customer(world: World, noun: str) -> None:
    thing = things_of(world.kari)[noun]
    stranger = make_customer("Ida", "Idasen")
    client = signed_in(world.anna)
    with nothing_changes():
        assert client.post(f"{url_of(stranger, noun)}{thing.pk}/removal/").status_code == 404
        assert client.get(f"{url_of(stranger, noun)}{thing.pk}/").status_code == 404


def test_only_a_removal_can_be_undone(world: World) -> None:
    write_note(world.kari.pk, "hello", by=SYSTEM)
    happening = Happening.objects.get(name="customers.note_written")
    client = signed_in(world.anna)
    people = (world.kari, world.sven)
    with nothing_changes():
        for customer in people:
            assert client.post(f"/customers/{customer.pk}/removals/{happening.pk}/undoing/").status_code == 404


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("noun", "changed"),
    [
        ("contact-points", {"kind": "phone", "raw": "400 00 001"}),
        ("addresses", {"town": "Bergen", "country": "NO"}),
        ("traits", {"kind": "other", "text": "no nuts"}),
    ],
)
def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(
    world: World, noun: str, changed: dict[str, str]
) -> None:
    thing = things_of(world.kari)[noun]
    client, url = signed_in(world.anna), f"{url_of(world.kari, noun)}{thing.pk}/"
    assert client.post(url, changed | {"version": "1"}).status_code == 302

    with nothing_changes():
        for version in ("1", "", "x", "-1", "9" * 50):
            stale = client.post(url, changed | {"version": version, "is_preferred": "on"}, **FRAGMENT)
            assert stale.status_code == 409
    assert 'name="version" value="2"' in stale.content.decode()
    assert client.post(url, changed | {"version": "2", "is_preferred": "on"}).status_code == 302


def test_a_contact_point_is_confirmed_with_its_proof(world: World) -> None:
    point = world.kari.contact_points.get(kind="phone")
    client, url = signed_in(world.anna), f"{url_of(world.kari, 'contact-points')}{point.pk}/state/"
    with nothing_changes():
        assert client.post(url, {"status": "verified", "evidence": ""}).status_code == 422

    assert client.post(url, {"status": "verified", "evidence": "answered"}).status_code == 302
    point.refresh_from_db()
    assert (point.status, point.evidence) == ("verified", "answered")


def test_a_relation_is_made_by_typing_a_name_that_only_one_has(world: World) -> None:
    janis = world.janis
    response = signed_in(world.anna).post(url_of(world.kari, "relations"), {"kind": "gives_to", "other": "berzins"})

    assert response.status_code == 302
    assert Relation.objects.get().other == janis


@pytest.mark.both_databases
def test_of_several_of_a_name_one_is_chosen(world: World) -> None:
    first, second = make_customer("Ida", "Idasen"), make_customer("Ida", "Idason")
    client, url = signed_in(world.anna), url_of(world.kari, "relations")
    with nothing_changes():
        asked = client.post(url, {"kind": "gives_to", "other": "ida"})
        assert client.post(url, {"kind": "gives_to", "other": "zzzz"}).status_code == 422
        assert client.post(url, {"kind": "gives_to", "other": "x", "picked": "9" * 30}).status_code == 422
    assert asked.status_code == 422
    for one in (first, second):
        assert f'name="picked" value="{one.pk}"' in asked.content.decode()

    client.post(url, {"kind": "gives_to", "other": "ida", "picked": str(second.pk)})
    assert Relation.objects.get().other == second


def test_a_consent_is_never_given_in_passing(world: World) -> None:
    """Every part of the answer is asked for: without yes or no, or without proof, nothing is recorded."""
    client, kari = signed_in(world.anna), world.kari
    for missing in ("channel", "state", "evidence"):
        form = {name: value for name, value in GOOD["consents"].items() if name != missing}
        with nothing_changes():
            assert client.post(url_of(kari, "consents"), form).status_code == 422
    assert "Nobody has asked yet" in client.get(f"{url_of(kari, 'consents')}answers/").content.decode()


def test_a_former_name_is_removed(world: World) -> None:
    former = note_former_name(world.kari.pk, "Kari Hellerud", by=SYSTEM)
    signed_in(world.anna).post(f"{url_of(world.kari, 'former-names')}{former.pk}/removal/")

    assert not FormerName.objects.exists()
