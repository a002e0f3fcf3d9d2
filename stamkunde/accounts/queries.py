"""Reads about the shop and its staff."""

import time
from copy import copy
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Prefetch

from stamkunde.accounts.agents import said
from stamkunde.accounts.models import Department, Shop, SignIn, SignInMethod, Team, User
from stamkunde.kit import shown
from stamkunde.kit.clock import now as right_now
from stamkunde.kit.shared import Shared

# The shop's row is read by every page and changes once a year. The web processes of a server are told of a change;
# the worker and other servers see it within seconds.
FRESH_SECONDS = 5.0
_lock = Lock()
_kept: list[tuple[float, float, Shop]] = []
_changes = Shared(1)


def the_shop() -> Shop:
    """Return the shop, making its row on the very first look."""
    now = time.monotonic()
    changes = _changes.numbers[0]
    if kept := _kept[:1]:
        since, known_changes, shop = kept[0]
        if now - since < FRESH_SECONDS and known_changes == changes:
            return shop
    shop, _ = Shop.objects.get_or_create(pk=1)
    with _lock:
        _kept[:] = [(now, changes, shop)]
    return shop


def forget_kept_shop() -> None:
    """Read the shop anew at the next look, in all web processes; to be said again once a change is committed."""
    with _changes.alone() as numbers:
        numbers[0] += 1


def the_shop_anew() -> Shop:
    """Return the shop as it is now, for a form to change: a copy of the kept one, which every page reads meanwhile."""
    forget_kept_shop()
    return copy(the_shop())


def organisation() -> dict[str, Any]:
    """Return departments with their people and teams, and who and which teams belong to none; four queries."""
    people = User.objects.filter(is_active=True).order_by("name", "pk")
    teams = Team.objects.prefetch_related(Prefetch("members", people))
    departments = Department.objects.prefetch_related(Prefetch("members", people), Prefetch("teams", teams))
    return {
        "departments": list(departments),
        "teams": list(teams.filter(department=None)),
        "people": list(people.filter(department=None)),
    }


@dataclass(frozen=True)
class ShownSignIn:
    """A sign-in in words."""

    id: int
    device: str
    method: str
    address: str
    started: str
    seen: str
    is_here: bool
    is_new: bool


def open_sign_ins(user: User) -> list[SignIn]:
    """Return where a person is signed in now: whose session is still there and not over."""
    there = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=right_now())
    rows = SignIn.objects.filter(Exists(there), user=user, ended_at=None).select_related("till_device__till__store")
    return list(rows.order_by("-seen_at")[:50])


def sign_ins_shown(user: User, *, here: object = None) -> dict[str, Any]:
    """Return what the page about sessions shows: those that are open, and the latest that ended."""
    opened = open_sign_ins(user)
    ended = SignIn.objects.filter(user=user).exclude(pk__in=[one.pk for one in opened])
    rows = ended.select_related("till_device__till__store").order_by("-started_at")[:10]
    return {
        "open": [_shown(one, here) for one in opened],
        "ended": [_shown(one, here) for one in rows],
    }


def new_sign_ins(user: User, *, here: int | None) -> list[ShownSignIn]:
    """Return sign-ins on devices that are new, which the person has not said were hers; not the one she is in."""
    rows = SignIn.objects.filter(user=user, is_new_device=True, noticed_at=None)
    rows = rows if here is None else rows.exclude(pk=here)
    return [_shown(one, here) for one in rows.order_by("-started_at")[:3]]


def _shown(sign_in: SignIn, here: object) -> ShownSignIn:
    device = sign_in.till_device
    name = f"{device.name} · {device.till.store.name}" if device else said(sign_in.agent)
    return ShownSignIn(
        id=sign_in.pk,
        device=name,
        method=str(SignInMethod(sign_in.method).label),
        address=sign_in.address,
        started=shown.instant(sign_in.started_at),
        seen=shown.instant(sign_in.seen_at),
        is_here=sign_in.pk == here,
        is_new=sign_in.is_new_device,
    )
