"""Signing in with e-mail and password: throttled, and silent about who is a member of staff and who is not."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.core import signing
from django.http import HttpRequest, HttpResponse

from stamkunde.accounts.actions.staff import note_sign_in, note_throttling
from stamkunde.accounts.attempts import attempts_of, forget_attempts, note_attempt
from stamkunde.accounts.models import User

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 60
PER_KNOWN_DEVICE = 10
DEVICE_COOKIE = "known-device"
_DEVICE_SALT = "stamkunde.accounts.known-device"
_DEVICE_AGE = timedelta(days=180)


@dataclass(frozen=True)
class Outcome:
    """Who has signed in, or whether the tries have become too many; neither means wrong e-mail or password."""

    user: User | None = None
    is_throttled: bool = False


def sign_in(request: HttpRequest, email: str, password: str) -> Outcome:
    """Sign the person in if the password is right.

    A flood of wrong passwords slows down strangers only: a device on which the person has signed in before counts on
    its own, so that nobody can lock the owner out.
    """
    email = email.strip().lower()
    known = _is_known_device(request, email)
    counters = _counters(request, email, known=known)
    if any(attempts_of(what) >= limit for what, limit in counters.items()):
        return Outcome(is_throttled=True)
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        for what, limit in counters.items():
            if note_attempt(what, window=WINDOW) == limit:
                note_throttling()
        return Outcome()
    forget_attempts(next(iter(counters)))
    login(request, user)
    note_sign_in(user)
    return Outcome(user=user)


def remember_device(response: HttpResponse, user: User) -> None:
    """Let the device be known again, by a signed cookie that says nothing to anybody else."""
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps(user.pk, salt=_DEVICE_SALT),
        max_age=int(_DEVICE_AGE.total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _is_known_device(request: HttpRequest, email: str) -> bool:
    try:
        owner = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=_DEVICE_SALT, max_age=_DEVICE_AGE)
    except signing.BadSignature:
        return False
    return User.objects.filter(pk=owner, email=email).exists()


def _counters(request: HttpRequest, email: str, *, known: bool) -> dict[str, int]:
    if known:
        return {f"device:{request.COOKIES[DEVICE_COOKIE]}": PER_KNOWN_DEVICE}
    return {f"account:{email}": PER_ACCOUNT, f"address:{network_address(request)}": PER_ADDRESS}


def network_address(request: HttpRequest) -> str:
    """Return where the request comes from; behind a proxy of ours, the last address the proxy wrote down."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and hasattr(settings, "SECURE_PROXY_SSL_HEADER") and settings.SECURE_PROXY_SSL_HEADER:
        return forwarded.rsplit(",", 1)[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
