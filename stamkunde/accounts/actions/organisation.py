"""Departments and teams: who answers for what, and who shares work."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from stamkunde.accounts.events import (
    DepartmentAdded,
    DepartmentChanged,
    DepartmentRemoved,
    TeamAdded,
    TeamChanged,
    TeamRemoved,
)
from stamkunde.accounts.models import Department, Team, User
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor


class OrganisationRefused(Exception):
    """A department or team that cannot be kept so; its text tells the person what to do."""


@action
def keep_department(department: Department, members: Iterable[User], *, by: Actor) -> Department:
    """Add a department or change it; whoever is put into it leaves the one before."""
    is_new = department.pk is None
    _save(department)
    chosen = [member.pk for member in members]
    User.objects.filter(department=department).exclude(pk__in=chosen).update(department=None)
    User.objects.filter(pk__in=chosen).update(department=department)
    kind = DepartmentAdded if is_new else DepartmentChanged
    publish(kind(place_id=department.pk, place_name=department.name), by=by)
    return department


@action
def remove_department(department: Department, *, by: Actor) -> None:
    """Take a department away; its people and teams stay, without it."""
    number = department.pk
    department.delete()
    publish(DepartmentRemoved(place_id=number, place_name=department.name), by=by)


@action
def keep_team(team: Team, members: Iterable[User], *, by: Actor) -> Team:
    is_new = team.pk is None
    _save(team)
    team.members.set(members)
    kind = TeamAdded if is_new else TeamChanged
    publish(kind(place_id=team.pk, place_name=team.name), by=by)
    return team


@action
def remove_team(team: Team, *, by: Actor) -> None:
    number = team.pk
    team.delete()
    publish(TeamRemoved(place_id=number, place_name=team.name), by=by)


def _save(part: Department | Team) -> None:
    try:
        with transaction.atomic():
            part.save()
    except IntegrityError as error:
        raise OrganisationRefused(_("There is one of that name already. Please choose another name.")) from error
