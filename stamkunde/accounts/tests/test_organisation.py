"""Departments and teams, and the page that says what one person may do."""

import pytest

from stamkunde.accounts.models import Department, Team, User
from stamkunde.accounts.roles import ALLOWED, Role
from stamkunde.events.models import Happening
from tests.world import World, signed_in

pytestmark = pytest.mark.django_db


def test_liga_gives_the_shop_a_department_with_a_team(world: World) -> None:
    client = signed_in(world.liga)
    client.post("/settings/departments/new/", {"name": "Customer care", "members": [world.ola.pk, world.anna.pk]})
    department = Department.objects.get()
    client.post(
        "/settings/teams/new/", {"name": "Evening shift", "department": department.pk, "members": [world.ola.pk]}
    )

    page = client.get("/settings/departments/").content.decode()

    assert set(department.members.all()) == {world.ola, world.anna}
    assert list(Team.objects.get().members.all()) == [world.ola]
    assert "Evening shift" in page
    assert Happening.objects.filter(name__in=["accounts.department_added", "accounts.team_added"]).count() == 2


def test_whoever_is_put_into_a_department_leaves_the_one_before(world: World) -> None:
    client = signed_in(world.liga)
    client.post("/settings/departments/new/", {"name": "Care", "members": [world.ola.pk]})
    client.post("/settings/departments/new/", {"name": "Floor", "members": [world.ola.pk, world.anna.pk]})
    floor = Department.objects.get(name="Floor")
    assert not Department.objects.get(name="Care").members.exists()

    client.post(f"/settings/departments/{floor.pk}/", {"name": "Shop floor", "members": [world.anna.pk]})

    assert [one.name for one in Department.objects.filter(members=world.anna)] == ["Shop floor"]
    assert User.objects.get(pk=world.ola.pk).department is None


def test_two_departments_of_one_name_are_refused_and_the_first_stays(world: World) -> None:
    client = signed_in(world.liga)
    client.post("/settings/departments/new/", {"name": "Care", "members": [world.ola.pk]})

    refused = client.post("/settings/departments/new/", {"name": "Care", "members": [world.anna.pk]})

    assert refused.status_code == 422
    assert Department.objects.count() == 1
    assert User.objects.get(pk=world.ola.pk).department is not None


def test_a_removed_department_leaves_its_people_and_teams(world: World) -> None:
    client = signed_in(world.liga)
    client.post("/settings/departments/new/", {"name": "Care", "members": [world.ola.pk]})
    department = Department.objects.get()
    client.post("/settings/teams/new/", {"name": "Evening", "department": department.pk, "members": [world.ola.pk]})

    client.post(f"/settings/departments/{department.pk}/removal/")

    assert not Department.objects.exists()
    assert User.objects.get(pk=world.ola.pk).department is None
    assert Team.objects.get().department is None
    client.post(f"/settings/teams/{Team.objects.get().pk}/removal/")
    assert not Team.objects.exists()


def test_others_neither_see_nor_change_them(world: World) -> None:
    client = signed_in(world.ola)
    for address in ("/settings/departments/", "/settings/departments/new/", "/settings/teams/new/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"name": "Mine"}).status_code in {403, 405}

    assert not Department.objects.exists()
    assert not Team.objects.exists()


def test_a_member_is_put_in_place_on_her_own_page(world: World) -> None:
    department = Department.objects.create(name="Care")
    team = Team.objects.create(name="Evening")
    values = {"name": "Ola", "role": "care", "store": world.store.pk, "is_bound": "on", "department": department.pk,
              "teams": [team.pk]}  # fmt: skip

    assert signed_in(world.liga).post(f"/settings/staff/{world.ola.pk}/", values).status_code == 302

    ola = User.objects.get(pk=world.ola.pk)
    assert (ola.department, list(ola.teams.all()), ola.own_store_ids) == (
        department,
        [team],
        frozenset({world.store.pk}),
    )


def test_nobody_is_bound_to_no_store(world: World) -> None:
    values = {"name": "Ola", "role": "care", "is_bound": "on"}

    assert signed_in(world.liga).post(f"/settings/staff/{world.ola.pk}/", values).status_code == 422

    assert not User.objects.get(pk=world.ola.pk).is_bound


def test_what_anna_may_do_is_what_her_role_holds(world: World) -> None:
    User.objects.filter(pk=world.anna.pk).update(is_bound=True)

    page = signed_in(world.liga).get(f"/settings/rights/{world.anna.pk}/")

    allowed = {row[0].name for _about, rows in page.context["groups"] for row in rows if row[1]}
    every = {row[0].name for _about, rows in page.context["groups"] for row in rows}
    assert allowed == ALLOWED[Role.TILL]
    assert every == set().union(*ALLOWED.values())
    assert page.context["stores"] == [world.store.name]


def test_one_sees_ones_own_rights_and_nobody_elses(world: World) -> None:
    client = signed_in(world.ola)

    assert client.get(f"/settings/rights/{world.ola.pk}/").status_code == 200
    assert client.get(f"/settings/rights/{world.anna.pk}/").status_code == 404
    assert client.get("/settings/rights/999999/").status_code == 404


def test_the_rights_page_names_who_holds_each_role(world: World) -> None:
    _ = world.anna, world.ola, world.liga
    User.objects.filter(pk=world.anna.pk).update(is_active=False)

    roles = signed_in(world.liga).get("/settings/rights/").context["roles"]

    held = {role: [person.name for person in people] for role, _purpose, people in roles}
    assert held[Role.CARE] == ["Ola"]
    assert held[Role.TILL] == []
