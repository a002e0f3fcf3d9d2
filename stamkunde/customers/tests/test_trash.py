"""The trash: thirty days and a way back, and whoever the books need stays."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

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
from stamkunde.customers.actions.words import renew_words
from stamkunde.customers.invariants import words_nobody_would_find
from stamkunde.customers.jobs import sweep_unused_words
from stamkunde.customers.models import Customer, FormerName, Note, RelationKind
from stamkunde.customers.models.name_word import NameWord
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.recognition.vocabulary import vocabulary
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.customers.values import CustomerValues
from stamkunde.events.models import Happening
from stamkunde.jobs.models import Job, JobState
from stamkunde.jobs.running import run_due
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from tests.world import World, make_customer, signed_in

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


def test_the_last_person_with_a_name_takes_its_word_along(world: World) -> None:
    tormod, other = make_customer("Tormod", "Sjeldensen"), make_customer("Tormod", "Berg")
    assert "sjeldensen" in vocabulary().names.all
    for customer in (tormod, other):
        trash_customer(customer.pk, by=SYSTEM)
    Customer.objects.filter(pk=tormod.pk).update(trashed_at=now() - timedelta(days=31))

    assert clear_trash() == 1

    # Other processes notice, too, and the name of somebody who is only in the trash is still known.
    assert not NameWord.objects.filter(word="sjeldensen").exists()
    assert "sjeldensen" not in vocabulary().names.all
    assert {"tormod", "berg"} <= vocabulary().names.all


def test_a_word_left_over_by_another_name_is_swept_at_night(world: World) -> None:
    change_customer(world.kari.pk, {"given_name": "Karianne"}, version=1, by=SYSTEM)
    FormerName.objects.all().delete()
    renew_words(Customer.objects.get(pk=world.kari.pk))
    assert NameWord.objects.filter(word="kari").exists()

    sweep_unused_words.enqueue()
    run_due()

    assert {"kariane", "nordman"} == set(NameWord.objects.values_list("word", flat=True))
    assert list(words_nobody_would_find()) == []
    assert Job.objects.get().state == JobState.DONE


def test_a_word_that_somebody_is_just_getting_stays(transactional_db: None) -> None:
    """Two at once: one forgets the last Sjeldensen while another till writes down a new one."""
    old = make_customer("Tormod", "Sjeldensen")
    written, forgotten = threading.Event(), threading.Event()

    def write_down() -> None:
        try:
            with transaction.atomic():
                make_customer("Liv", "Sjeldensen")
                written.set()
                forgotten.wait(2 if connection.vendor == "postgresql" else 0.2)
        finally:
            connection.close()

    till = threading.Thread(target=write_down)
    till.start()
    assert written.wait(10)
    trash_customer(old.pk, by=SYSTEM)
    Customer.objects.filter(pk=old.pk).update(trashed_at=now() - timedelta(days=31))
    clear_trash()
    forgotten.set()
    till.join(20)

    assert not till.is_alive()
    assert list(words_nobody_would_find()) == []
    assert NameWord.objects.filter(word="sjeldensen").exists()
