"""Signing in at the desk: throttled, silent about who is a member of staff, and not over before the second factor."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from stamkunde.accounts.actions.second_factor import note_second_factor_throttling, use_code, use_passkey
from stamkunde.accounts.actions.sign_ins import note_throttling
from stamkunde.accounts.attempts import (
    forget_attempts,
    give_back_attempt,
    is_used_up,
    note_attempt,
    seconds_to_wait,
    take_attempt,
)
from stamkunde.accounts.cookies import cookie_of, keep_cookie
from stamkunde.accounts.models import SignInMethod, User
from stamkunde.accounts.presence import begin_session, network_address
from stamkunde.accounts.second_factor import passkeys

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 60
PER_KNOWN_DEVICE = 10
# Wrong passwords of all strangers together: one password tried on a thousand names comes from many addresses.
EVERYBODY = 300
CODES = 5
DEVICE_COOKIE = "known-device"
_DEVICE_SALT = "stamkunde.accounts.known-device"
_DEVICE_AGE = timedelta(days=180)
_PENDING = "second_factor_of"
# How long the page that asks for the second factor is good for.
_PENDING_LASTS = 600


@dataclass(frozen=True)
class Outcome:
    """Who has signed in, or still needs a second factor, or how long to wait; none means wrong e-mail or password."""

    user: User | None = None
    needs_second_factor: bool = False
    wait_seconds: int = 0

    @property
    def is_throttled(self) -> bool:
        return self.wait_seconds > 0


@dataclass(frozen=True)
class Pending:
    """Somebody whose first factor was right."""

    user: User
    method: SignInMethod
    is_known_device: bool


def sign_in(request: HttpRequest, email: str, password: str) -> Outcome:
    """Take the first factor: sign the person in, or remember her until the second one is shown.

    A flood of wrong passwords slows down strangers only: a device on which the person has signed in before counts on
    its own, so that nobody can lock the owner out.
    """
    email = email.strip().lower()
    known = is_known_device(request, email)
    counters = _counters(request, email, known=known)
    if any(is_used_up(what, limit) for what, limit in counters.items()):
        return Outcome(wait_seconds=seconds_to_wait(*counters))
    # Counted before it is tried, so that a thousand tries in one instant are a thousand.
    numbers = {what: note_attempt(what, window=WINDOW, limit=limit) for what, limit in counters.items()}
    if any(numbers[what] > limit for what, limit in counters.items()):
        return Outcome(wait_seconds=seconds_to_wait(*counters))
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        if any(numbers[what] == limit for what, limit in counters.items()):
            note_throttling()
        return Outcome()
    own, *shared = counters
    forget_attempts(own)
    for what in shared:
        give_back_attempt(what)
    return admit(request, user, method=SignInMethod.PASSWORD, is_known=known)


def admit(
    request: HttpRequest, user: User, *, method: SignInMethod, is_known: bool, is_proven: bool = False
) -> Outcome:
    """Let in whoever showed who she is; with a second factor to show, only as far as the page that asks for it."""
    if user.has_second_factor and not is_proven:
        request.session.cycle_key()
        request.session[_PENDING] = {
            "user": user.pk,
            "method": method.value,
            "known": is_known,
            "at": int(time.time()),
            # A password given anew in the meantime makes this worthless.
            "hash": user.get_session_auth_hash(),
        }
        return Outcome(user=user, needs_second_factor=True)
    begin_session(request, user, method=method, is_known_device=is_known, is_proven=is_proven)
    return Outcome(user=user)


def pending(request: HttpRequest) -> Pending | None:
    """Return who has shown the first factor in this browser within ten minutes."""
    kept: Any = request.session.get(_PENDING)
    if not isinstance(kept, dict) or not 0 <= time.time() - kept["at"] <= _PENDING_LASTS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True, has_second_factor=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Pending(user, SignInMethod(kept["method"]), bool(kept["known"]))


def finish_with_code(request: HttpRequest, waiting: Pending, typed: str) -> Outcome:
    """Take a code of the app or one from paper as the second factor."""
    wrong = check_code(request, waiting.user, typed)
    return wrong or _finish(request, waiting)


def finish_with_passkey(request: HttpRequest, waiting: Pending, sent: str) -> Outcome:
    """Take a passkey as the second factor; raises PasskeyRefused."""
    if not use_passkey(passkeys.shown(request, sent, waiting.user)):
        return Outcome()
    return _finish(request, waiting)


def sign_in_with_passkey(request: HttpRequest, sent: str) -> Outcome:
    """Sign in by a passkey alone: the device has made sure of the person, so it is both factors at once.

    Raises PasskeyRefused. Nothing can be guessed here, so no count keeps an owner from her own key.
    """
    shown = passkeys.shown(request, sent, None)
    user = shown.passkey.user
    if not shown.is_verified or not user.is_active or not use_passkey(shown):
        return Outcome()
    return admit(
        request, user, method=SignInMethod.PASSKEY, is_known=is_known_device(request, user.email), is_proven=True
    )


def may_begin_with_passkey(request: HttpRequest) -> bool:
    """Say whether this network address may have another challenge: each costs a row."""
    return take_attempt(f"passkeys:{network_address(request)}", window=WINDOW, limit=PER_ADDRESS) > 0


def check_code(request: HttpRequest, user: User, typed: str) -> Outcome | None:
    """Return None if the code is right; else what to say. After five wrong ones nobody may go on for a while.

    The device a person has used before counts by itself: whoever knows her password cannot lock her out by guessing.
    """
    known = is_known_device(request, user.email)
    what = f"code-device:{user.pk}:{cookie_of(request, DEVICE_COOKIE)}" if known else f"code:{user.pk}"
    number = take_attempt(what, window=WINDOW, limit=CODES)
    if not number:
        return Outcome(wait_seconds=seconds_to_wait(what))
    if use_code(user, typed):
        forget_attempts(what)
        return None
    if number == CODES:
        note_second_factor_throttling(user)
    return Outcome()


def remember_device(response: HttpResponse, user: User) -> None:
    """Let the device be known again, by a signed cookie that says nothing to anybody else."""
    value = signing.dumps(user.pk, salt=_DEVICE_SALT)
    keep_cookie(response, DEVICE_COOKIE, value, seconds=int(_DEVICE_AGE.total_seconds()))


def is_known_device(request: HttpRequest, email: str) -> bool:
    try:
        owner = signing.loads(cookie_of(request, DEVICE_COOKIE), salt=_DEVICE_SALT, max_age=_DEVICE_AGE)
    except signing.BadSignature:
        return False
    return User.objects.filter(pk=owner, email=email).exists()


def _finish(request: HttpRequest, waiting: Pending) -> Outcome:
    request.session.pop(_PENDING, None)
    begin_session(request, waiting.user, method=waiting.method, is_known_device=waiting.is_known_device, is_proven=True)
    return Outcome(user=waiting.user)


def _counters(request: HttpRequest, email: str, *, known: bool) -> dict[str, int]:
    if known:
        return {f"device:{cookie_of(request, DEVICE_COOKIE)}": PER_KNOWN_DEVICE}
    return {
        f"account:{email}": PER_ACCOUNT,
        f"address:{network_address(request)}": PER_ADDRESS,
        "everybody": EVERYBODY,
    }
