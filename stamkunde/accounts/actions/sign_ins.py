"""Writing down sign-ins, and ending the sessions they name."""

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.sessions.models import Session

from stamkunde.accounts.events import SignedIn, SignInEnded, SignInsThrottled
from stamkunde.accounts.models import SignIn, SignInMethod, TillDevice, User
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import SYSTEM, Actor
from stamkunde.kit.clock import now


@action
def begin_sign_in(
    user: User,
    *,
    session_key: str,
    method: SignInMethod,
    agent: str,
    address: str,
    till_device: TillDevice | None,
    is_known_device: bool,
) -> SignIn:
    """Write down a sign-in; one on a device that is new to somebody who has signed in before is marked for her."""
    at = now()
    is_new = till_device is None and not is_known_device and SignIn.objects.filter(user=user).exists()
    sign_in = SignIn.objects.create(
        user=user,
        session_key=session_key,
        method=method,
        agent=agent,
        address=address,
        till_device=till_device,
        is_new_device=is_new,
        started_at=at,
        seen_at=at,
    )
    if till_device is not None:
        TillDevice.objects.filter(pk=till_device.pk).update(used_at=at, used_by=user)
    publish(SignedIn(user_id=user.pk, staff_name=user.name, method=method.value), by=user.actor)
    return sign_in


@action
def keep_sign_in(number: int, *, session_key: str = "") -> None:
    """Note that a session is in use, and under which key."""
    changed = {"session_key": session_key} if session_key else {}
    SignIn.objects.filter(pk=number).update(seen_at=now(), **changed)


@action
def leave_sign_in(number: int) -> None:
    """Note that somebody has signed out herself."""
    SignIn.objects.filter(pk=number, ended_at=None).update(ended_at=now())


@action
def end_sign_in(sign_in: SignIn, *, by: Actor) -> None:
    """End a session from elsewhere: the browser that held it is shown the sign-in page at its next step."""
    if not SignIn.objects.filter(pk=sign_in.pk, ended_at=None).update(ended_at=now()):
        return
    Session.objects.filter(session_key=sign_in.session_key).delete()
    publish(SignInEnded(user_id=sign_in.user_id, staff_name=sign_in.user.name), by=by)


@action
def end_sign_ins(user: User, *, except_number: int | None = None, method: SignInMethod | None = None) -> int:
    """End a person's sessions, all but the one she is in, or those of one kind; return how many there were.

    Whoever calls this publishes what it was for.
    """
    rows = SignIn.objects.filter(user=user, ended_at=None)
    if except_number is not None:
        rows = rows.exclude(pk=except_number)
    if method is not None:
        rows = rows.filter(method=method)
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return rows.update(ended_at=now())


@action
def end_device_sign_ins(device: TillDevice) -> None:
    rows = SignIn.objects.filter(till_device=device, ended_at=None)
    Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.update(ended_at=now())


@action
def notice_sign_ins(user: User, *, by: Actor) -> None:
    """Keep that the person knows of the sign-ins on new devices that she was told of."""
    SignIn.objects.filter(user=user, is_new_device=True, noticed_at=None).update(noticed_at=now())


@action
def note_throttling() -> None:
    publish(SignInsThrottled(), by=SYSTEM)


def close_sign_ins() -> int:
    """Close sign-ins whose session is long gone; return how many. How long they are kept is a rule of retention."""
    long_gone = SignIn.objects.filter(ended_at=None, seen_at__lt=now() - timedelta(days=7))
    return long_gone.update(ended_at=now())


@action
def forget_sign_ins(numbers: Sequence[int]) -> int:
    """Delete these sign-ins; one that is still open stays. Return how many went."""
    return SignIn.objects.filter(pk__in=numbers, ended_at__isnull=False).delete()[0]
