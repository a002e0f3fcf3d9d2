"""Who works here: roles, stores, departments and teams, and the end of access."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from pydantic import Field

from stamkunde.accounts.access import MANAGE_STAFF
from stamkunde.accounts.actions.devices import remove_pin
from stamkunde.accounts.actions.staff import (
    Belonging,
    StaffRefused,
    add_staff,
    change_staff,
    deactivate_staff,
    end_all_sessions,
    give_new_password,
    reactivate_staff,
)
from stamkunde.accounts.api.parts import known_rows, known_store
from stamkunde.accounts.bearing import bearer
from stamkunde.accounts.models import Department, Language, Store, Team, User
from stamkunde.accounts.roles import ALLOWED, PURPOSES, Role
from stamkunde.kit.api.fields import Flag, Given, Id, Line, PathId, Sent
from stamkunde.kit.api.problems import Problem, invalid, said_as
from stamkunde.kit.api.routes import ANY_TOKEN, Routes

routes = Routes("Staff", "Who works here, in which role and where, and who may no longer sign in.")


@said_as(StaffRefused)
def _refused(error: StaffRefused) -> Problem:
    return invalid(str(error))


class StaffGiven(Given):
    """Somebody who works here."""

    id: int
    name: str
    email: str = Field(examples=["anna@example.org"])
    role: Role
    store_id: int | None
    store_ids: list[int] = Field(description="Where she works besides her own store.", examples=[[]])
    is_bound: bool = Field(description="She works, and sees purchases, only in these stores.")
    department_id: int | None
    team_ids: list[int] = Field(examples=[[]])
    is_active: bool = Field(description="She may sign in.")
    joined_at: datetime


class Staff(Given):
    items: list[StaffGiven]


class RoleGiven(Given):
    """A role, and what it may do."""

    name: Role
    purpose: str = Field(description="In the language asked for.")
    permissions: list[str] = Field(examples=[["customers.see", "sales.register"]])


class Roles(Given):
    items: list[RoleGiven]


class StaffSent(Sent):
    name: Line = Field(examples=["Anna Berg"], min_length=1)
    role: Role
    store_id: Id | None = Field(None, examples=[None])
    store_ids: list[Id] | None = Field(None, max_length=200, description="Where else; they stay if left out.")
    is_bound: Flag | None = Field(None, description="Only in these stores; it stays as it is if left out.")
    department_id: Id | None = Field(None, description="Null takes her out; it stays if left out.", examples=[None])
    team_ids: list[Id] | None = Field(None, max_length=200, description="They stay if left out.")


class NewStaff(StaffSent):
    language: Language | None = Field(None, description="The shop's if left out.", examples=["nb"])
    email: Line = Field(
        examples=["anna@example.org"], pattern=r"^[^\s@\x00]+@[^\s@\x00]+\.[^\s@\x00]+$", max_length=254
    )


class Password(Given):
    """A password to hand over; it must be changed at the first sign-in."""

    password: str


class Added(StaffGiven, Password):
    """Somebody new, and the password to hand over to them."""


@routes.get("/roles", ANY_TOKEN, Roles)
def list_roles(request: HttpRequest) -> Roles:
    """List what each role may do."""
    return Roles(
        items=[RoleGiven(name=role, purpose=str(PURPOSES[role]), permissions=sorted(ALLOWED[role])) for role in Role]
    )


@routes.get("/staff", MANAGE_STAFF, Staff)
def list_staff(request: HttpRequest) -> Staff:
    """List all staff, those who may no longer sign in among them."""
    return Staff(items=[_given(user) for user in members()])


@routes.post("/staff", MANAGE_STAFF, Added)
def add_staff_(request: HttpRequest, sent: NewStaff) -> Added:
    """Add somebody to the staff; the password is given once, to be handed over."""
    user, password = add_staff(
        email=sent.email,
        name=sent.name,
        role=sent.role,
        store=known_store(sent.store_id),
        belonging=_belonging(sent, None),
        language=sent.language or "",
        by=bearer(request).actor,
    )
    return Added(**_given(user).model_dump(), password=password)


@routes.put("/staff/{staff_id}", MANAGE_STAFF, StaffGiven)
def change_staff_(request: HttpRequest, staff_id: PathId, sent: StaffSent) -> StaffGiven:
    """Change somebody's name, role and places; they hold from their very next request."""
    user = _member(staff_id)
    changed = change_staff(
        user,
        name=sent.name,
        role=sent.role,
        store=known_store(sent.store_id),
        belonging=_belonging(sent, user),
        by=bearer(request).actor,
    )
    return _given(changed)


@routes.post("/staff/{staff_id}/deactivation", MANAGE_STAFF, StaffGiven, 200)
def deactivate_staff_(request: HttpRequest, staff_id: PathId) -> StaffGiven:
    """End somebody's access at once, and their tokens with it."""
    user = _member(staff_id)
    if user.pk == bearer(request).pk:
        raise PermissionDenied
    deactivate_staff(user, by=bearer(request).actor)
    return _given(user)


@routes.post("/staff/{staff_id}/reactivation", MANAGE_STAFF, StaffGiven, 200)
def reactivate_staff_(request: HttpRequest, staff_id: PathId) -> StaffGiven:
    """Let somebody sign in again."""
    user = _member(staff_id)
    reactivate_staff(user, by=bearer(request).actor)
    return _given(user)


@routes.post("/staff/{staff_id}/password", MANAGE_STAFF, Password)
def give_new_password_(request: HttpRequest, staff_id: PathId) -> Password:
    """Draw a new password for somebody, to be changed at the next sign-in; all their sessions and tokens end."""
    return Password(password=give_new_password(_member(staff_id), by=bearer(request).actor))


@routes.remove("/staff/{staff_id}/sessions", MANAGE_STAFF)
def end_sessions_of_staff(request: HttpRequest, staff_id: PathId) -> None:
    """Sign somebody out everywhere, as when a device is lost; they may sign in again."""
    end_all_sessions(_member(staff_id), by=bearer(request).actor)


@routes.remove("/staff/{staff_id}/pin", MANAGE_STAFF)
def remove_pin_of_staff(request: HttpRequest, staff_id: PathId) -> None:
    """Remove somebody's PIN; at the tills they sign in by password until they choose another one."""
    remove_pin(_member(staff_id), by=bearer(request).actor)


def _member(pk: int) -> User:
    user = User.objects.filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def members() -> Iterable[User]:
    return User.objects.select_related("store", "department").prefetch_related("stores", "teams")


def _belonging(sent: StaffSent, user: User | None) -> Belonging:
    """Return the places that were sent; of what was left out, those there are."""
    stores = known_rows(Store, sent.store_ids, "store_ids")
    teams = known_rows(Team, sent.team_ids, "team_ids")
    departments = known_rows(Department, [sent.department_id] if sent.department_id else None, "department_id")
    if "department_id" not in sent.model_fields_set and user is not None and user.department is not None:
        departments = [user.department]
    return Belonging(
        stores=tuple(user.stores.all()) if user and sent.store_ids is None else tuple(stores),
        is_bound=(user.is_bound if user else False) if sent.is_bound is None else sent.is_bound,
        department=departments[0] if departments else None,
        teams=tuple(user.teams.all()) if user and sent.team_ids is None else tuple(teams),
    )


def _given(user: User) -> StaffGiven:
    return StaffGiven(
        id=user.pk,
        name=user.name,
        email=user.email,
        role=Role(user.role),
        store_id=user.store_id,
        store_ids=sorted(store.pk for store in user.stores.all()),
        is_bound=user.is_bound,
        department_id=user.department_id,
        team_ids=sorted(team.pk for team in user.teams.all()),
        is_active=user.is_active,
        joined_at=user.joined_at,
    )
