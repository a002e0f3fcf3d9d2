"""The house over the door for machines: departments, teams, devices, staff and tokens, and imports to their end."""

import pytest

from stamkunde.accounts.models import Department, DeviceCode, SignIn, Team, TillDevice, User
from stamkunde.accounts.roles import Role
from stamkunde.exchange.models import Token
from stamkunde.kit.clock import now
from tests.machine import Machine, problem
from tests.world import World, make_staff, make_store, make_till

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world: World) -> Machine:
    return Machine(world.liga)


def test_departments_and_teams_are_kept_and_removed(manager: Machine, world: World) -> None:
    anna = world.anna
    made = manager.post("/departments", {"name": "Workshop", "member_ids": [anna.pk]}).json()
    team = manager.post("/teams", {"name": "Early", "department_id": made["id"], "member_ids": [anna.pk]}).json()

    assert manager.get("/departments").json()["items"] == [made]
    assert manager.get("/teams").json()["items"] == [team]
    assert (made["member_ids"], team["department_id"]) == ([anna.pk], made["id"])
    changed = manager.put(f"/departments/{made['id']}", {"name": "Service", "member_ids": []}).json()
    assert (changed["name"], changed["member_ids"]) == ("Service", [])
    assert manager.delete(f"/teams/{team['id']}").status_code == 204
    assert manager.delete(f"/departments/{made['id']}").status_code == 204
    assert User.objects.filter(pk=anna.pk).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Workshop"}, "name"),
        ({"name": "Other", "member_ids": [999_999]}, "member_ids"),
        ({"name": "Other", "is_admin": True}, "is_admin"),
    ],
)
def test_a_department_that_cannot_be_is_refused_and_nothing_is_kept(manager: Machine, body, field) -> None:
    Department.objects.create(name="Workshop")

    told = problem(manager.post("/departments", body), 422, "invalid")

    assert told["errors"][0]["field"] == field
    assert Department.objects.count() == 1


def test_staff_are_bound_to_stores_and_stay_where_nothing_was_said(manager: Machine, world: World) -> None:
    anna, bergen, team = world.anna, make_store("Bergen"), Team.objects.create(name="Early")
    sent = {"name": "Anna", "role": "till", "store_id": world.store.pk}

    bound = manager.put(
        f"/staff/{anna.pk}", {**sent, "store_ids": [bergen.pk], "is_bound": True, "team_ids": [team.pk]}
    ).json()
    assert (bound["store_ids"], bound["is_bound"], bound["team_ids"]) == ([bergen.pk], True, [team.pk])

    later = manager.put(f"/staff/{anna.pk}", {**sent, "name": "Anna Berg"}).json()
    assert later == {**bound, "name": "Anna Berg"}


def test_somebody_who_lost_a_device_is_signed_out_and_her_pin_is_gone(manager: Machine, world: World) -> None:
    anna = world.anna
    User.objects.filter(pk=anna.pk).update(pin="kept")
    SignIn.objects.create(user=anna, session_key="x", method="password", started_at=now(), seen_at=now())

    assert manager.delete(f"/staff/{anna.pk}/sessions").status_code == 204
    assert manager.delete(f"/staff/{anna.pk}/pin").status_code == 204

    assert not SignIn.objects.filter(user=anna, ended_at=None).exists()
    assert User.objects.get(pk=anna.pk).pin == ""


def test_what_each_role_may_do_is_told(manager: Machine) -> None:
    roles = {one["name"]: one["permissions"] for one in manager.get("/roles").json()["items"]}

    assert "sales.register" in roles["till"]
    assert "customers.see" not in roles["analyst"]


def test_a_device_is_registered_by_a_code_and_ended(world: World) -> None:
    lead = Machine(make_staff("Lena", Role.LEAD, world.store))
    till = make_till(world.store)

    code = lead.post("/devices/codes", {"till_id": till.pk, "name": "Tablet"}).json()["code"]
    assert len(code) == 9
    assert DeviceCode.objects.get().till == till
    device = TillDevice.objects.create(till=till, name="Tablet", token_digest="x")
    assert [one["id"] for one in lead.get("/devices").json()["items"]] == [device.pk]
    assert lead.delete(f"/devices/{device.pk}").status_code == 204
    assert lead.get("/devices").json()["items"] == []


def test_a_device_of_another_store_is_nobodys_to_whoever_is_bound(world: World) -> None:
    lead = make_staff("Lena", Role.LEAD, world.store)
    User.objects.filter(pk=lead.pk).update(is_bound=True)
    machine = Machine(User.objects.get(pk=lead.pk))
    till = make_till(make_store("Bergen"))
    device = TillDevice.objects.create(till=till, name="Tablet", token_digest="x")

    problem(machine.delete(f"/devices/{device.pk}"), 404, "not_found")
    problem(machine.post("/devices/codes", {"till_id": till.pk, "name": "Tablet"}), 422, "invalid")
    assert TillDevice.objects.get().ended_at is None
    assert not DeviceCode.objects.exists()


def test_tokens_are_listed_without_what_opens_and_one_is_ended(world: World) -> None:
    mine, other = Machine(world.anna), Machine(world.ola)

    (told,) = mine.get("/tokens").json()["items"]
    assert told["id"] == mine.token.pk
    assert not {"digest", "secret"} & set(told)
    problem(mine.delete(f"/tokens/{other.token.pk}"), 404, "not_found")
    assert mine.delete(f"/tokens/{mine.token.pk}").status_code == 204
    problem(mine.get("/tokens"), 401, "unauthorized")
    assert Token.objects.get(pk=other.token.pk).ended_at is None


def test_a_file_is_taken_again_and_what_becomes_of_known_people_is_chosen(manager: Machine) -> None:
    sent = manager.send(
        "POST", "/imports?name=rows.csv&source=old", b"Fornavn;Etternavn\nKari;Nordmann\n", Content_Type="text/csv"
    ).json()
    path = f"/imports/{sent['id']}"

    assert manager.put(f"{path}/known-people", {"known_people": "skip", "choices": {"2": "update"}}).status_code == 200
    assert manager.get(f"{path}/known-people").json()["items"] == []
    problem(manager.put(f"{path}/known-people", {"known_people": "erase"}), 422, "invalid")
    problem(manager.post(f"{path}/repeats"), 409, "not_possible_now")
    assert "customers" in [one["name"] for one in manager.get("/imports/kinds").json()["items"]]
    assert manager.get(f"{path}/problems/content").status_code == 200
