"""`/metrics`: figures for the machine, for whoever may have them, and none about a person."""

import re

import pytest
from django.test import Client

from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def figures(response) -> dict[str, float]:
    lines = [line for line in response.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_machine_itself_is_told_the_figures(client: Client, world: World):
    people = (world.kari, world.janis)
    found = figures(client.get("/metrics"))
    assert found["stamkunde_customers"] == len(people)
    assert found['stamkunde_jobs{state="dead"}'] == 0
    assert found["stamkunde_database_bytes"] > 0
    assert found["stamkunde_storage_free_bytes"] > 0


def test_requests_are_counted_by_their_outcome(client: Client):
    before = figures(client.get("/metrics"))
    client.get("/nowhere/")
    after = figures(client.get("/metrics"))
    assert (
        after['stamkunde_requests_total{status="4xx"}'] == before.get('stamkunde_requests_total{status="4xx"}', 0) + 1
    )
    assert after['stamkunde_request_seconds_bucket{le="+Inf"}'] == after["stamkunde_request_seconds_count"]


def test_no_figure_is_about_a_person(client: Client, world: World):
    name = world.kari.family_name
    assert not re.search(f"{name}|@", client.get("/metrics").content.decode())


def test_another_machine_is_answered_as_if_there_were_no_such_address(client: Client, world: World):
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    assert stranger.get("/metrics").status_code == 404
    assert signed_in(world.liga).get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


def test_what_a_proxy_hands_on_is_not_this_machine(client: Client):
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_with_a_token_only_the_token_counts(client: Client, settings):
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    given = {"Authorization": "Bearer a long token", "X-Forwarded-For": "203.0.113.9"}
    assert client.get("/metrics", headers=given).status_code == 200
