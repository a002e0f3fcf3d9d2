"""Changing a profile: what two people do at once is never lost, and an old name is still known."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from stamkunde.customers.actions import StaleCustomer, change_customer, note_former_name, remove_former_name
from stamkunde.customers.models import Customer, FormerName
from stamkunde.customers.recognition.candidates import recognise
from stamkunde.customers.tests.unchanged import nothing_changes
from stamkunde.events.delivering import event_of
from stamkunde.events.models import Happening
from stamkunde.kit.actor import SYSTEM
from stamkunde.kit.clock import now
from stamkunde.kit.collation import sort_key
from tests.world import World


@pytest.mark.django_db
def test_a_change_counts_the_version_up_and_says_what_became_of_what(world: World) -> None:
    after = change_customer(world.kari.pk, {"birth_date": date(1984, 5, 17)}, version=1, by=world.ola.actor)

    happening = Happening.objects.filter(customer_id=world.kari.pk).latest("pk")
    event = event_of(happening)
    assert (after.version, after.birth_day) == (2, 517)
    assert (happening.actor_label, event.sentence() if event else "") == ("Ola", "Date of birth: 17 May 1984")


@pytest.mark.django_db
def test_saving_what_is_there_already_changes_nothing(world: World) -> None:
    kari = world.kari
    with nothing_changes():
        change_customer(kari.pk, {"given_name": "Kari", "language": ""}, version=1, by=SYSTEM)


@pytest.mark.django_db
def test_somebody_who_marries_is_found_by_either_name(world: World) -> None:
    change_customer(world.kari.pk, {"family_name": "Østby"}, version=1, by=SYSTEM)

    assert FormerName.objects.get().name == "Kari Nordmann"
    for typed in ("kari nordmann", "kari ostby"):
        assert [one.customer_id for one in recognise(typed, now=now())] == [world.kari.pk]
    assert Customer.objects.get().sort_name == sort_key("Østby", "Kari", language="en")


@pytest.mark.django_db
def test_an_accent_put_right_makes_no_former_name(world: World) -> None:
    change_customer(world.janis.pk, {"given_name": "Janis", "title": "Dr."}, version=1, by=SYSTEM)

    assert not FormerName.objects.exists()


@pytest.mark.django_db
def test_whoever_takes_an_old_name_back_no_longer_had_it_before(world: World) -> None:
    after = change_customer(world.kari.pk, {"family_name": "Lie"}, version=1, by=SYSTEM)
    change_customer(world.kari.pk, {"family_name": "Nordmann"}, version=after.version, by=SYSTEM)

    assert [former.name for former in FormerName.objects.all()] == ["Kari Lie"]


@pytest.mark.django_db
def test_former_names_are_noted_and_removed(world: World) -> None:
    former = note_former_name(world.kari.pk, "Kari Hellerud", by=SYSTEM)
    assert [one.customer_id for one in recognise("hellerud", now=now())] == [world.kari.pk]

    remove_former_name(former, by=SYSTEM)
    assert recognise("hellerud", now=now()) == []


@pytest.mark.django_db
def test_a_customer_cannot_lose_every_name(world: World) -> None:
    kari = world.kari
    with nothing_changes(), pytest.raises(ValidationError):
        change_customer(kari.pk, {"given_name": "", "family_name": " "}, version=1, by=SYSTEM)


@pytest.mark.django_db
def test_a_field_changed_meanwhile_is_asked_about_with_all_three_values(world: World) -> None:
    change_customer(world.kari.pk, {"greeting": "Kjære Kari"}, version=1, by=world.ola.actor)

    with nothing_changes(), pytest.raises(StaleCustomer) as stale:
        change_customer(world.kari.pk, {"greeting": "Hei du"}, version=1, by=world.anna.actor)

    conflict = stale.value.conflicts["greeting"]
    assert (conflict.mine, conflict.theirs, conflict.original) == ("Hei du", "Kjære Kari", "")
    assert stale.value.current.version == 2


@pytest.mark.django_db
def test_the_original_is_what_stood_there_when_the_form_was_opened(world: World) -> None:
    kari = change_customer(world.kari.pk, {"greeting": "one"}, version=1, by=SYSTEM)
    opened = kari.version
    for greeting in ("two", "three"):
        kari = change_customer(kari.pk, {"greeting": greeting}, version=kari.version, by=SYSTEM)

    with pytest.raises(StaleCustomer) as stale:
        change_customer(kari.pk, {"greeting": "mine"}, version=opened, by=SYSTEM)
    assert stale.value.conflicts["greeting"].original == "one"


@pytest.mark.django_db
def test_another_field_changed_meanwhile_is_no_obstacle(world: World) -> None:
    change_customer(world.kari.pk, {"greeting": "Kjære Kari"}, version=1, by=world.ola.actor)
    after = change_customer(world.kari.pk, {"language": "nb"}, version=1, by=world.anna.actor)

    assert (after.greeting, after.language, after.version) == ("Kjære Kari", "nb", 3)


@pytest.mark.django_db
def test_both_wrote_the_same_so_there_is_nothing_to_ask(world: World) -> None:
    change_customer(world.kari.pk, {"language": "nb"}, version=1, by=world.ola.actor)

    assert change_customer(world.kari.pk, {"language": "nb"}, version=1, by=world.anna.actor).version == 2


@pytest.mark.django_db
def test_nobody_changes_a_customer_in_the_trash(world: World) -> None:
    Customer.objects.filter(pk=world.kari.pk).update(trashed_at=now())
    with nothing_changes(), pytest.raises(ValidationError):
        change_customer(world.kari.pk, {"language": "nb"}, version=1, by=SYSTEM)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; return what each returned or raised."""
    gate = threading.Barrier(len(jobs))
    outcomes: list[Any] = [None] * len(jobs)

    def run(place: int, job: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[place] = job()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, job)) for place, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_same_field_at_once_one_is_asked() -> None:
    kari = World().kari
    outcomes = at_once(
        *(
            lambda text=text: change_customer(kari.pk, {"greeting": text}, version=1, by=SYSTEM)
            for text in ("Hei", "Hallo")
        )
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Customer", "StaleCustomer"]
    assert Customer.objects.get(pk=kari.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_change_different_fields_at_once_both_succeed() -> None:
    kari = World().kari
    outcomes = at_once(
        lambda: change_customer(kari.pk, {"greeting": "Hei"}, version=1, by=SYSTEM),
        lambda: change_customer(kari.pk, {"family_name": "Lie"}, version=1, by=SYSTEM),
    )

    assert all(isinstance(outcome, Customer) for outcome in outcomes), outcomes
    after = Customer.objects.get(pk=kari.pk)
    assert (after.greeting, after.family_name, after.version) == ("Hei", "Lie", 3)
