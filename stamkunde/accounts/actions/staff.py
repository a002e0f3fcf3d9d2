"""Adding staff, changing what they may do, ending their access."""

import secrets
from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from stamkunde.accounts.actions.sign_ins import end_sign_ins
from stamkunde.accounts.events import (
    PasswordChanged,
    SignInEnded,
    StaffAdded,
    StaffChanged,
    StaffDeactivated,
    StaffReactivated,
)
from stamkunde.accounts.models import Department, Shop, Store, Team, User
from stamkunde.accounts.roles import Role
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor

# No letters or digits that are easily taken for one another when read aloud.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Belonging:
    """Where somebody works besides her own store, whether she works there only, and with whom."""

    stores: tuple[Store, ...] = ()
    is_bound: bool = False
    department: Department | None = None
    teams: tuple[Team, ...] = ()


class StaffRefused(Exception):
    """A change to staff that cannot be made; its text tells the person why and what to do."""


def new_password() -> str:
    """Return a password of four groups of four, about 79 bits, that can be read over the telephone."""
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))


@action
def add_staff(
    *,
    email: str,
    name: str,
    role: Role,
    store: Store | None,
    belonging: Belonging | None = None,
    language: str = "",
    by: Actor,
) -> tuple[User, str]:
    """Add a member of staff; return her and the password to hand over, which she must change at the first sign-in."""
    password = new_password()
    user = User(
        email=email.strip().lower(),
        name=name.strip(),
        role=role,
        store=store,
        language=language,
        must_change_password=by is not SYSTEM,
    )
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            _put_in_place(user, belonging or Belonging())
    except IntegrityError as error:
        raise StaffRefused(_("Somebody with this e-mail is on the staff already.")) from error
    publish(StaffAdded(user_id=user.pk, staff_name=user.name, role=role.value), by=by)
    return user, password


@action
def change_staff(
    user: User, *, name: str, role: Role, store: Store | None, belonging: Belonging | None = None, by: Actor
) -> User:
    """Change a member's name, role and places; they hold from her very next request."""
    old_role = user.role
    if old_role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    user.name, user.role, user.store = name.strip(), role, store
    user.save(update_fields=["name", "role", "store"])
    if belonging is not None:
        _put_in_place(user, belonging)
    publish(StaffChanged(user_id=user.pk, staff_name=user.name, old_role=old_role, new_role=role.value), by=by)
    return user


@action
def deactivate_staff(user: User, *, by: Actor) -> None:
    """End a member's access at once: every page asks again whether she may sign in."""
    if by.id == user.pk:
        raise StaffRefused(_("You cannot end your own access; ask another administrator to do it."))
    if user.role == Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    ended = {"is_active": False, "sessions_ended": F("sessions_ended") + 1}
    if User.objects.filter(pk=user.pk, is_active=True).update(**ended):
        user.is_active = False
        end_sign_ins(user)
        publish(StaffDeactivated(user_id=user.pk, staff_name=user.name), by=by)


@action
def reactivate_staff(user: User, *, by: Actor) -> None:
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        user.is_active = True
        publish(StaffReactivated(user_id=user.pk, staff_name=user.name), by=by)


@action
def give_new_password(user: User, *, by: Actor) -> str:
    """Replace a member's password by one to hand over; every session of hers ends, and her PIN and tokens with them."""
    password = new_password()
    user.set_password(password)
    user.must_change_password = True
    user.pin = ""
    user.save(update_fields=["password", "must_change_password", "pin"])
    end_sign_ins(user)
    publish(PasswordChanged(user_id=user.pk, staff_name=user.name, is_handed=True), by=by)
    return password


@action
def change_password(user: User, password: str, *, by: Actor, sign_in: int | None = None) -> None:
    """Set the password a member has chosen; all her sessions end but the one it was chosen in.

    Raises ValidationError when it is too easy to guess.
    """
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_sign_ins(user, except_number=sign_in)
    publish(PasswordChanged(user_id=user.pk, staff_name=user.name), by=by)


@action
def end_all_sessions(user: User, *, by: Actor) -> None:
    """Sign a member out everywhere, for when a device is lost; she may sign in again."""
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    end_sign_ins(user)
    publish(SignInEnded(user_id=user.pk, staff_name=user.name), by=by)


def _put_in_place(user: User, belonging: Belonging) -> None:
    if belonging.is_bound and user.store_id is None and not belonging.stores:
        raise StaffRefused(_("Choose at least one store for somebody who works only in some."))
    user.is_bound, user.department = belonging.is_bound, belonging.department
    user.save(update_fields=["is_bound", "department"])
    user.stores.set(belonging.stores)
    user.teams.set(belonging.teams)
    user.__dict__.pop("own_store_ids", None)


def _keep_an_administrator(leaving: User) -> None:
    """Refuse to lose the last administrator; the shop's row is the lock that lets one such change decide at a time."""
    list(Shop.objects.select_for_update().filter(pk=1))
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=leaving.pk)
    if not others.exists():
        raise StaffRefused(_("This is the only administrator. Make somebody else an administrator first."))
