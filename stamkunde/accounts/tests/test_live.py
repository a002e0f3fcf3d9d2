"""In which rooms a member of staff hears news."""

import pytest
from django.test import Client

from stamkunde.accounts.models import Team
from stamkunde.accounts.roles import Role
from tests.world import World, make_staff, signed_in

pytestmark = pytest.mark.page


def rooms(client: Client) -> frozenset[str]:
    response = client.get("/live/staff/")
    assert response.status_code == 200
    return response.rooms  # type: ignore[attr-defined]


def test_she_hears_in_her_own_room_her_teams_and_the_inbox(world: World) -> None:
    team, other = Team.objects.create(name="Repairs"), Team.objects.create(name="Bikes")
    world.liga.teams.add(team)

    heard = rooms(signed_in(world.liga))

    assert heard == {f"staff:{world.liga.pk}", f"team:{team.pk}", "inbox"}
    assert f"team:{other.pk}" not in heard


def test_who_may_not_read_the_inbox_hears_nothing_of_it(world: World) -> None:
    accountant = make_staff("Ruta", Role.ACCOUNTANT)

    assert rooms(signed_in(accountant)) == {f"staff:{accountant.pk}"}


def test_a_stranger_is_told_so_without_being_led_anywhere(world: World) -> None:
    assert Client().get("/live/staff/").status_code == 401


def test_a_stream_is_no_work_that_keeps_a_session_alive(world: World) -> None:
    client = signed_in(world.liga)
    session = client.session
    session["seen"] = session["started"] = 1_000
    session.save()

    assert client.get("/live/staff/").status_code == 401
