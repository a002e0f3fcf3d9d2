"""Whose data is restricted is stored and nothing else: no list, search, counter, export or merge finds them."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.http import Http404

from stamkunde.accounts.roles import Role
from stamkunde.customers.access import CustomerRestricted, customer_for, trashed_customers, visible_customers
from stamkunde.customers.actions import (
    lift_restriction,
    record_consent,
    record_objection,
    restore_customer,
    restrict_customer,
    trash_customer,
    write_note,
)
from stamkunde.customers.actions.forgetting import clear_trash
from stamkunde.customers.actions.many import restore_many, trash_many
from stamkunde.customers.actions.merging import merge_customers
from stamkunde.customers.models import (
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    LookUp,
    Note,
    Restriction,
    RestrictionGround,
)
from stamkunde.customers.queries.consents import may_contact
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.values import ConsentValues
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.machine import Machine, problem
from tests.world import World, make_staff, signed_in


@pytest.fixture
def officer(world: World):
    return make_staff("Paula", Role.PRIVACY)


@pytest.fixture
def kari(world: World, officer) -> Customer:
    """Kari, restricted: she says her birthday is wrong."""
    restrict_customer(world.kari.pk, RestrictionGround.ACCURACY, reason="The birthday is wrong.", by=officer.actor)
    world.kari.refresh_from_db()
    return world.kari


def test_who_is_restricted_is_found_by_nobody_else(world, kari, officer):
    assert kari not in visible_customers(world.liga)
    assert kari not in trashed_customers(world.liga)
    assert [one for one in recognise("Kari Nordmann", now=now(), limit=5) if one.customer_id == kari.pk] == []
    with pytest.raises(Http404) as answer:
        customer_for(world.ola, kari.pk, or_trashed=True)
    assert not isinstance(answer.value, CustomerRestricted)
    with pytest.raises(CustomerRestricted):
        customer_for(officer, kari.pk)
    assert may_contact(kari, ConsentChannel.EMAIL) is False


def test_nothing_can_be_done_with_them(world, kari):
    notes, happenings = Note.objects.count(), Happening.objects.count()

    with pytest.raises(ValidationError):
        write_note(kari.pk, "Wants tea.", by=world.ola.actor)
    with pytest.raises(ValidationError):
        merge_customers(world.sven.pk, kari.pk, by=world.ola.actor)
    restore_customer(kari.pk, by=world.ola.actor)
    assert restore_many({kari.pk: {"at": kari.trashed_at.isoformat()}}, by=world.ola.actor) == set()
    assert trash_many([kari.pk], by=world.ola.actor) == {}

    kari.refresh_from_db()
    assert kari.restricted_at is not None
    assert kari.trashed_at is not None
    assert Note.objects.count() == notes
    # Sven came into the world meanwhile.
    assert Happening.objects.exclude(customer_id=world.sven.pk).count() == happenings


def test_they_are_stored_however_long_it_takes(world, kari):
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        clear_trash()

    assert Customer.objects.filter(pk=kari.pk).exists()


def test_restricting_twice_is_restricting_once(kari, officer):
    restrict_customer(kari.pk, RestrictionGround.CLAIMS, reason="Again.", by=officer.actor)

    assert Restriction.objects.get().ground == RestrictionGround.ACCURACY


def test_it_is_lifted_with_a_reason_once_they_have_been_told(kari, officer):
    for because, told in (("", "By e-mail."), ("It is right now.", " ")):
        with pytest.raises(ValidationError):
            lift_restriction(kari.pk, because=because, told_how=told, by=officer.actor)
    assert Restriction.objects.get().lifted_at is None

    lift_restriction(kari.pk, because="It is right now.", told_how="By e-mail.", by=officer.actor)

    kari.refresh_from_db()
    assert (kari.restricted_at, kari.trashed_at) == (None, None)
    lifted = Restriction.objects.get()
    assert (lifted.lifted_by, lifted.told_how) == ("Paula", "By e-mail.")
    names = list(Happening.objects.filter(customer_id=kari.pk).order_by("-pk").values_list("name", flat=True)[:2])
    assert names == ["customers.restriction_lifted", "customers.restricted"]
    with pytest.raises(ValidationError):
        lift_restriction(kari.pk, because="Again.", told_how="By e-mail.", by=officer.actor)


def test_who_lay_in_the_trash_before_lies_there_again(world, officer):
    trash_customer(world.kari.pk, by=SYSTEM)
    before = Customer.objects.get(pk=world.kari.pk).trashed_at
    restrict_customer(world.kari.pk, RestrictionGround.CLAIMS, reason="A claim.", by=officer.actor)
    assert world.kari not in trashed_customers(world.liga)

    lift_restriction(world.kari.pk, because="Settled.", told_how="By letter.", by=officer.actor)

    assert Customer.objects.get(pk=world.kari.pk).trashed_at == before


def test_a_restriction_needs_a_reason(world, officer):
    with pytest.raises(ValidationError):
        restrict_customer(world.kari.pk, RestrictionGround.CLAIMS, reason=" ", by=officer.actor)

    assert not Restriction.objects.exists()
    assert Customer.objects.get(pk=world.kari.pk).trashed_at is None


def test_the_officer_sees_what_is_stored_and_the_look_is_written_down(kari, officer):
    client = signed_in(officer)
    led = client.get(f"/customers/{kari.pk}/", follow=True)
    page = led.content.decode()

    assert led.redirect_chain == [(f"/customers/{kari.pk}/restriction/", 302)]
    assert "+4791234567" in page
    assert "The birthday is wrong." in page
    assert LookUp.objects.filter(customer=kari, actor_label="Paula").count() == 1
    assert "Kari Nordmann" in client.get("/customers/restricted/").content.decode()
    refused = client.post(f"/customers/{kari.pk}/restriction/lifting/", {"because": "Right now.", "told_how": ""})
    assert refused.status_code == 422
    client.post(f"/customers/{kari.pk}/restriction/lifting/", {"because": "Right.", "told_how": "By e-mail."})
    assert client.get(f"/customers/{kari.pk}/").status_code == 200


def test_what_is_owed_to_them_is_still_given(world, kari, officer):
    assert customer_for(officer, kari.pk, or_restricted=True) == kari
    with pytest.raises(Http404):
        customer_for(world.ola, kari.pk, or_restricted=True)


def test_the_officer_restricts_from_the_page(world, officer):
    client = signed_in(officer)
    address = f"/customers/{world.kari.pk}/restriction/"
    assert client.post(address, {"ground": "claims", "reason": ""}).status_code == 422
    assert not Restriction.objects.exists()
    client.post(address, {"ground": "claims", "reason": "A claim."})

    assert Restriction.objects.get().began_by == "Paula"


@pytest.mark.parametrize("who", ["anna", "ola"])
def test_others_are_told_of_nobody(world, kari, who):
    client = signed_in(getattr(world, who))

    assert client.get(f"/customers/{kari.pk}/").status_code == 404
    assert client.get(f"/customers/{kari.pk}/restriction/").status_code == 403
    assert client.get("/customers/restricted/").status_code == 403
    assert "Nordmann" not in client.get("/customers/").content.decode()


def test_machines_that_may_know_are_told_423_and_others_404(world, kari):
    knows, other = Machine(world.liga), Machine(world.ola)

    problem(knows.get(f"/customers/{kari.pk}"), 423, "restricted")
    problem(knows.post(f"/customers/{kari.pk}/notes", {"text": "x"}, Idempotency_Key="a"), 423, "restricted")
    assert other.get(f"/customers/{kari.pk}").content == other.get("/customers/999999").content
    problem(other.get(f"/customers/{kari.pk}"), 404, "not_found")
    assert [one["id"] for one in knows.get("/restrictions").json()["items"]] == [kari.pk]
    assert knows.get(f"/customers/{kari.pk}/restriction").json()["ground"] == "accuracy"
    problem(other.get(f"/customers/{kari.pk}/restriction"), 403, "forbidden")
    sent = {"because": "Right.", "told_how": "By e-mail."}
    knows.post(f"/customers/{kari.pk}/restriction/lifting", sent, Idempotency_Key="b")
    assert knows.get(f"/customers/{kari.pk}").status_code == 200


def say_yes(customer: Customer, channel: ConsentChannel) -> None:
    values = ConsentValues(channel=channel, state=ConsentState.GIVEN, evidence="Said so.")
    record_consent(customer.pk, values, by=SYSTEM)


def test_an_objection_to_marketing_counts_at_once_in_every_channel(world):
    say_yes(world.kari, ConsentChannel.EMAIL)
    say_yes(world.kari, ConsentChannel.PROFILING)
    assert may_contact(world.kari, ConsentChannel.EMAIL)

    record_objection(world.kari.pk, evidence="At the counter, to Anna.", by=world.anna.actor)

    assert not any(may_contact(world.kari, channel) for channel in ConsentChannel)
    assert Happening.objects.get(name="customers.marketing_objected").details["evidence"] == "At the counter, to Anna."
    say_yes(world.kari, ConsentChannel.EMAIL)
    assert may_contact(world.kari, ConsentChannel.EMAIL)
    assert not may_contact(world.kari, ConsentChannel.SMS)


def test_an_objection_to_suggestions_leaves_the_letters(world):
    say_yes(world.kari, ConsentChannel.EMAIL)
    say_yes(world.kari, ConsentChannel.PROFILING)
    signed_in(world.ola).post(
        f"/customers/{world.kari.pk}/objections/", {"against": "profiling", "evidence": "By telephone."}
    )

    assert may_contact(world.kari, ConsentChannel.EMAIL)
    assert not may_contact(world.kari, ConsentChannel.PROFILING)


def test_an_objection_needs_its_proof(world):
    answer = signed_in(world.ola).post(
        f"/customers/{world.kari.pk}/objections/", {"against": "marketing", "evidence": " "}
    )

    assert answer.status_code == 422
    assert not Consent.objects.exists()
    Machine(world.liga).post(f"/customers/{world.kari.pk}/objections", {"evidence": "By e-mail."}, Idempotency_Key="a")
    assert Consent.objects.count() == len(ConsentChannel)
