"""Departments and teams, and the devices of the tills."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.access import MANAGE_DEVICES, MANAGE_STAFF, device_for, own_tills, visible_devices
from stamkunde.accounts.actions.devices import DeviceRefused, end_device, make_device_code
from stamkunde.accounts.actions.organisation import (
    OrganisationRefused,
    keep_department,
    keep_team,
    remove_department,
    remove_team,
)
from stamkunde.accounts.api.parts import known_rows
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Department, Team, User
from stamkunde.kit.api.fields import Given, Id, PathId, Sent, Word
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import Routes

organisation = Routes("Organisation", "Departments and teams: who answers for what, and who shares work.")
devices = Routes("Devices", "The devices of the tills, on which staff sign in by PIN.")


@said_as(OrganisationRefused)
def _organisation_refused(error: OrganisationRefused) -> Problem:
    return invalid(str(error), "name")


@said_as(DeviceRefused)
def _device_refused(error: DeviceRefused) -> Problem:
    return invalid(str(error))


class DepartmentGiven(Given):
    """Who answers for something."""

    id: int
    name: str = Field(examples=["Workshop"])
    member_ids: list[int]


class Departments(Given):
    items: list[DepartmentGiven]


class DepartmentSent(Sent):
    name: Word = Field(min_length=1, examples=["Workshop"])
    member_ids: list[Id] = Field(default=[], max_length=500, description="Whoever is put into it leaves another one.")


class TeamGiven(DepartmentGiven):
    """Who shares work."""

    department_id: int | None


class Teams(Given):
    items: list[TeamGiven]


class TeamSent(Sent):
    name: Word = Field(min_length=1, examples=["Early shift"])
    department_id: Id | None = Field(None, examples=[None])
    member_ids: list[Id] = Field(default=[], max_length=500)


class DeviceGiven(Given):
    """A device of a till."""

    id: int
    till_id: int
    name: str = Field(examples=["Tablet at the door"])
    registered_at: datetime
    used_at: datetime | None = Field(description="When somebody last signed in on it.")


class Devices(Given):
    items: list[DeviceGiven]


class DeviceSent(Sent):
    till_id: Id
    name: Word = Field(min_length=1, examples=["Tablet at the door"])


class DeviceCodeGiven(Given):
    """A code that makes the device on which it is typed the till's: given this once, good once, for 15 minutes."""

    code: str = Field(examples=["K7MP-Q2XR"])


@organisation.get("/departments", MANAGE_STAFF, Departments)
def list_departments(request: HttpRequest) -> Departments:
    """List the departments and who is in them."""
    return Departments(items=[_department(one) for one in Department.objects.prefetch_related("members")])


@organisation.post("/departments", MANAGE_STAFF, DepartmentGiven)
def add_department(request: HttpRequest, sent: DepartmentSent) -> DepartmentGiven:
    """Add a department."""
    return _keep_department(request, Department(), sent)


@organisation.put("/departments/{department_id}", MANAGE_STAFF, DepartmentGiven)
def change_department(request: HttpRequest, department_id: PathId, sent: DepartmentSent) -> DepartmentGiven:
    """Change a department and who is in it."""
    return _keep_department(request, _one(Department, department_id), sent)


@organisation.remove("/departments/{department_id}", MANAGE_STAFF)
def remove_department_(request: HttpRequest, department_id: PathId) -> None:
    """Remove a department; its people and teams stay, without it."""
    remove_department(_one(Department, department_id), by=bearer(request).actor)


@organisation.get("/teams", MANAGE_STAFF, Teams)
def list_teams(request: HttpRequest) -> Teams:
    """List the teams and who is in them."""
    return Teams(items=[_team(one) for one in Team.objects.prefetch_related("members")])


@organisation.post("/teams", MANAGE_STAFF, TeamGiven)
def add_team(request: HttpRequest, sent: TeamSent) -> TeamGiven:
    """Add a team."""
    return _keep_team(request, Team(), sent)


@organisation.put("/teams/{team_id}", MANAGE_STAFF, TeamGiven)
def change_team(request: HttpRequest, team_id: PathId, sent: TeamSent) -> TeamGiven:
    """Change a team and who is in it."""
    return _keep_team(request, _one(Team, team_id), sent)


@organisation.remove("/teams/{team_id}", MANAGE_STAFF)
def remove_team_(request: HttpRequest, team_id: PathId) -> None:
    """Remove a team; its people stay."""
    remove_team(_one(Team, team_id), by=bearer(request).actor)


@devices.get("/devices", MANAGE_DEVICES, Devices)
def list_devices(request: HttpRequest) -> Devices:
    """List the devices of the tills of one's own stores."""
    return Devices(items=[DeviceGiven.model_validate(one) for one in visible_devices(bearer(request))])


@devices.post("/devices/codes", MANAGE_DEVICES, DeviceCodeGiven)
def make_device_code_(request: HttpRequest, sent: DeviceSent) -> DeviceCodeGiven:
    """Draw a code by which a device becomes a till's: it is typed on the device itself, under `/till/device/`."""
    user = bearer(request)
    till = own_tills(user).filter(pk=sent.till_id).first()
    if till is None:
        raise invalid("There is no such till.", "till_id")
    return DeviceCodeGiven(code=make_device_code(till, sent.name, by=user))


@devices.remove("/devices/{device_id}", MANAGE_DEVICES)
def end_device_(request: HttpRequest, device_id: PathId) -> None:
    """Make a device a stranger at once; whoever is signed in on it by PIN is signed out."""
    user = bearer(request)
    end_device(device_for(user, device_id), by=user.actor)


def _keep_department(request: HttpRequest, department: Department, sent: DepartmentSent) -> DepartmentGiven:
    department.name = sent.name.strip()
    department.full_clean()
    keep_department(department, _people(sent.member_ids), by=bearer(request).actor)
    return _department(department)


def _keep_team(request: HttpRequest, team: Team, sent: TeamSent) -> TeamGiven:
    team.name = sent.name.strip()
    wanted = [sent.department_id] if sent.department_id is not None else []
    team.department = next(iter(known_rows(Department, wanted, "department_id")), None)
    team.full_clean()
    keep_team(team, _people(sent.member_ids), by=bearer(request).actor)
    return _team(team)


def _people(numbers: list[int]) -> Iterable[User]:
    return known_rows(User, numbers, "member_ids")


def _one(model: type[Any], pk: int) -> Any:
    found = model._default_manager.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _department(one: Department) -> DepartmentGiven:
    return DepartmentGiven(id=one.pk, name=one.name, member_ids=sorted(user.pk for user in one.members.all()))


def _team(one: Team) -> TeamGiven:
    return TeamGiven(
        id=one.pk,
        name=one.name,
        department_id=one.department_id,
        member_ids=sorted(user.pk for user in one.members.all()),
    )
