"""Sessions of staff: how one begins, how long it may last, what it remembers, and how it is ended from elsewhere."""

import time
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest

from stamkunde.accounts.actions.sign_ins import begin_sign_in, keep_sign_in, leave_sign_in
from stamkunde.accounts.agents import agent_of
from stamkunde.accounts.models import SignInMethod, TillDevice, User
from stamkunde.accounts.queries import the_shop

SEEN, STARTED, PROVEN, SIGN_IN, TILL_DEVICE = "seen", "started", "proven", "sign_in", "till_device"
BACKEND = "django.contrib.auth.backends.ModelBackend"
# How long a proof of who sits there is good for what must not be done on somebody's open screen.
PROOF_LASTS = timedelta(minutes=15)
# Whoever is about to be signed out for want of work is asked early enough to answer in peace (WCAG 2.2.1).
_WARNED_BEFORE = 150


def begin_session(
    request: HttpRequest,
    user: User,
    *,
    method: SignInMethod,
    is_proven: bool = False,
    is_known_device: bool = False,
    till_device: TillDevice | None = None,
) -> None:
    """Sign the person in; the session gets a new key and is written down where she can see and end it."""
    before = request.session.get(SIGN_IN)
    if isinstance(before, int):
        # At a till one person follows another: nothing of the first session is left for the second.
        end_session(request)
    login(request, user, backend=BACKEND)
    at = int(time.time())
    request.session.update({SEEN: at, STARTED: at})
    if is_proven:
        request.session[PROVEN] = at
    if till_device is not None:
        request.session[TILL_DEVICE] = till_device.pk
    sign_in = begin_sign_in(
        user,
        session_key=request.session.session_key or "",
        method=method,
        agent=agent_of(request),
        address=network_address(request),
        till_device=till_device,
        is_known_device=is_known_device,
    )
    request.session[SIGN_IN] = sign_in.pk


def end_session(request: HttpRequest) -> None:
    """Sign out whoever is before the page."""
    number = request.session.get(SIGN_IN)
    logout(request)
    if isinstance(number, int):
        leave_sign_in(number)


def follow_new_key(request: HttpRequest) -> None:
    """Keep the list of sessions true after the session has been given another key, as a new password does."""
    number = request.session.get(SIGN_IN)
    if isinstance(number, int) and request.session.session_key:
        keep_sign_in(number, session_key=request.session.session_key)


def prove(request: HttpRequest) -> None:
    """Note that the person has just shown a second factor."""
    request.session[PROVEN] = int(time.time())


def is_proven(request: HttpRequest) -> bool:
    at = request.session.get(PROVEN)
    return isinstance(at, int) and 0 <= time.time() - at <= PROOF_LASTS.total_seconds()


def is_over(request: HttpRequest) -> bool:
    """Say whether the session has lasted as long as any may, or nobody has done anything for as long as is allowed."""
    at, seen, started = int(time.time()), request.session.get(SEEN), request.session.get(STARTED)
    if isinstance(started, int) and at - started > settings.SESSION_COOKIE_AGE:
        return True
    return isinstance(seen, int) and at - seen > idle_seconds(request)


def idle_seconds(request: HttpRequest) -> int:
    """Return after how long without work this session ends: soon at a till, where the next person stands."""
    minutes = the_shop().till_idle_minutes if TILL_DEVICE in request.session else settings.IDLE_MINUTES
    return int(minutes) * 60


@dataclass(frozen=True)
class TimeLeft:
    """How many seconds a session still lasts if nothing is done, and whether doing something makes it last longer."""

    seconds: int
    can_grow: bool
    warned_before: int

    @property
    def is_short(self) -> bool:
        return self.seconds <= self.warned_before

    @property
    def until_asked_again(self) -> int:
        """Return after how many seconds a page asks again: when it is time to warn, else when it is over."""
        return self.seconds + 1 if self.is_short else self.seconds - self.warned_before


def time_left(request: HttpRequest) -> TimeLeft:
    at, idle = int(time.time()), idle_seconds(request)
    seen, started = request.session.get(SEEN), request.session.get(STARTED)
    without_work = idle - (at - seen if isinstance(seen, int) else 0)
    at_most = settings.SESSION_COOKIE_AGE - (at - started if isinstance(started, int) else 0)
    # A till that asks for the PIN after a minute has no two minutes to warn in.
    return TimeLeft(max(min(without_work, at_most), 0), without_work < at_most, min(_WARNED_BEFORE, idle // 2))


def network_address(request: HttpRequest) -> str:
    """Return where the request comes from; behind a proxy of ours, the last address the proxy wrote down."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and hasattr(settings, "SECURE_PROXY_SSL_HEADER") and settings.SECURE_PROXY_SSL_HEADER:
        return forwarded.rsplit(",", 1)[-1].strip()[:60]
    return str(request.META.get("REMOTE_ADDR", ""))[:60]
