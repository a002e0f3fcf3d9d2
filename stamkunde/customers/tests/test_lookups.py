"""Who looked at a customer is written down once a look, and only the few who may can read it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from stamkunde.customers.actions import record_lookup
from stamkunde.customers.models import LookUp, LookUpPurpose
from stamkunde.kit.clock import now
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_going_to_and_fro_is_one_look_and_coming_back_later_another(world: World) -> None:
    start = now()
    for minutes in (0, 5, 10, 21):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.anna)

    looks = LookUp.objects.order_by("at")
    assert [round((look.at - start).total_seconds() / 60) for look in looks] == [0, 10, 21]
    assert {(look.actor_label, look.role) for look in looks} == {("Anna", "till")}


def test_a_page_shown_again_waits_for_nobody_who_writes(world: World, django_assert_num_queries: Any) -> None:
    record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.anna)

    # One question, and no transaction around it: on SQLite that would wait for an import.
    with django_assert_num_queries(1):
        record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.anna)


def test_another_person_another_purpose_or_another_customer_is_another_look(world: World) -> None:
    record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.anna)
    record_lookup(world.kari, LookUpPurpose.SEARCH, by=world.anna)
    record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.ola)
    record_lookup(world.sven, LookUpPurpose.PROFILE, by=world.anna)

    assert LookUp.objects.count() == 4


def test_only_those_who_answer_for_privacy_see_who_looked(world: World) -> None:
    record_lookup(world.kari, LookUpPurpose.PROFILE, by=world.anna)
    url = f"/customers/{world.kari.pk}/look-ups/"

    assert "Anna" in signed_in(world.liga).get(url).content.decode()
    for user in (world.anna, world.ola, world.eve):
        assert signed_in(user).get(url).status_code == 403


def test_a_long_list_has_pages_and_a_made_up_mark_leads_nowhere(world: World) -> None:
    LookUp.objects.bulk_create(
        LookUp(customer=world.kari, purpose="profile", at=now(), actor_kind="staff", actor_label=f"Look {number}")
        for number in range(60)
    )
    client, url = signed_in(world.liga), f"/customers/{world.kari.pk}/look-ups/"

    assert "?page=" in client.get(url).content.decode()
    assert client.get(url, {"page": "nonsense"}).status_code == 404
