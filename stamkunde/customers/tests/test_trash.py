"""The trash: thirty days and a way back, and whoever the books need stays."""

from datetime import timedelta

import pytest
import time_machine

from stamkunde.customers.actions import (
    add_relation,
    change_customer,
    create_customer,
    remove_note,
    restore_customer,
    trash_customer,
    write_note,
)
from stamkunde.customers.actions.forgetting import clear_trash, forget_happenings
from stamkunde.customers.models import Customer, Note, RelationKind
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import CustomerValues
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_whoever_is_in_the_trash_is_found_nowhere_and_can_be_taken_back(world: World) -> None:
    client, kari = signed_in(world.ola), world.kari
    client.post(f"/customers/{kari.pk}/removal/")
    assert recognise("kari nordmann", now=now()) == []
    assert client.get(f"/customers/{kari.pk}/name/").status_code == 404
    assert "Kari Nordmann" in client.get("/customers/trash/").content.decode()

    assert client.post(f"/customers/{kari.pk}/return/").status_code == 302
    assert [one.customer_id for one in recognise("kari nordmann", now=now())] == [kari.pk]


def test_twice_in_the_trash_is_once(world: World) -> None:
    trash_customer(world.kari.pk, by=SYSTEM)
    with nothing_changes():
        trash_customer(world.kari.pk, by=SYSTEM)
    restore_customer(world.kari.pk, by=SYSTEM)
    with nothing_changes():
        restore_customer(world.kari.pk, by=SYSTEM)


def test_only_those_who_may_remove_see_the_trash(world: World) -> None:
    kari = world.kari
    for user in (world.anna, world.eve):
        client = signed_in(user)
        with nothing_changes():
            assert client.post(f"/customers/{kari.pk}/removal/").status_code == 403
            assert client.post(f"/customers/{kari.pk}/return/").status_code == 403
            assert client.get("/customers/trash/").status_code == 403


def test_a_new_customer_may_have_the_name_of_one_in_the_trash(world: World) -> None:
    trash_customer(world.kari.pk, by=SYSTEM)

    assert create_customer(CustomerValues(given_name="Kari", family_name="Nordmann"), by=SYSTEM).pk != world.kari.pk


def test_after_thirty_days_and_not_before_the_trash_is_emptied(world: World) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        trash_customer(world.kari.pk, by=SYSTEM)
        remove_note(write_note(world.sven.pk, "old", by=SYSTEM), by=SYSTEM)
    with time_machine.travel(start + timedelta(days=30), tick=False):
        assert clear_trash() == 0
    with time_machine.travel(start + timedelta(days=30, seconds=1), tick=False):
        assert clear_trash() == 2
        assert clear_trash() == 0

    assert not Customer.objects.filter(pk=world.kari.pk).exists()
    assert not Note.objects.exists()


def test_what_happened_loses_the_person_when_she_is_deleted(world: World) -> None:
    change_customer(world.kari.pk, {"family_name": "Kanarifugl"}, version=1, by=SYSTEM)
    write_note(world.kari.pk, "Kanarifugl likes dark coffee", by=SYSTEM)
    add_relation(world.sven.pk, world.kari.pk, RelationKind.GIVES_TO, by=SYSTEM)
    assert forget_happenings(world.kari.pk) > 0

    for happening in Happening.objects.all():
        assert "Kanarifugl" not in f"{happening.details} {happening.words}"
        assert "Nordmann" not in f"{happening.details} {happening.words}" or happening.customer_id != world.kari.pk
    assert forget_happenings(world.kari.pk) == 0
