"""Which device at a till a request comes from, and who may sign in there by PIN: what the till's face asks."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from stamkunde.accounts.actions.devices import note_pin_throttling
from stamkunde.accounts.attempts import (
    attempts_of,
    forget_attempts,
    give_back_attempt,
    note_attempt,
    seconds_to_wait,
    take_attempt,
)
from stamkunde.accounts.cookies import YEAR, cookie_of, drop_cookie, keep_cookie
from stamkunde.accounts.device_tokens import digest_of
from stamkunde.accounts.models import SignInMethod, Till, TillDevice, User
from stamkunde.accounts.presence import begin_session, network_address
from stamkunde.accounts.roles import roles_with

COOKIE = "till-device"
# That a till's device may keep recent customers: readable by its page, which forgets them as soon as it is gone.
KEEPS_PEOPLE = "till-people"
NEEDED = "sales.register"
WINDOW = timedelta(minutes=5)
PINS = 5
PINS_OF_DEVICE = 20
_ASKED = "_till_device"


def device_of(request: HttpRequest) -> TillDevice | None:
    """Return the registered device that the request comes from; its `till` and `till.store` come with it."""
    if not hasattr(request, _ASKED):
        token = cookie_of(request, COOKIE)
        rows = TillDevice.objects.select_related("till__store").filter(token_digest=digest_of(token), ended_at=None)
        setattr(request, _ASKED, rows.first() if token else None)
    found: TillDevice | None = getattr(request, _ASKED)
    return found


def till_of(request: HttpRequest) -> Till | None:
    """Return the till that the device before us belongs to."""
    device = device_of(request)
    return device.till if device else None


def staff_at(device: TillDevice) -> QuerySet[User]:
    """Return who may sign in by PIN on a device: those who sell, have chosen a PIN, and may work in its store."""
    store = device.till.store_id
    there = Q(is_bound=False) | Q(store=store) | Q(stores=store)
    rows = User.objects.filter(there, is_active=True, must_change_password=False, role__in=roles_with(NEEDED))
    return rows.exclude(pin="").distinct().order_by("name", "pk")


def remember_till_device(response: HttpResponse, token: str) -> None:
    keep_cookie(response, COOKIE, token, seconds=YEAR)


def forget_till_device(response: HttpResponse) -> None:
    drop_cookie(response, COOKIE)


def let_keep_people(response: HttpResponse, *, seconds: int) -> None:
    """Let the device keep the customers it was just given for so long, signed out before that or not at all."""
    response.set_cookie(
        KEEPS_PEOPLE, "1", max_age=seconds, secure=settings.SESSION_COOKIE_SECURE, httponly=False, samesite="Lax"
    )


def keep_people_no_longer(response: HttpResponse) -> None:
    response.delete_cookie(KEEPS_PEOPLE, samesite="Lax")


def may_type_device_code(request: HttpRequest) -> bool:
    """Say whether this network address may try another code."""
    return take_attempt(f"device-code:{network_address(request)}", window=timedelta(minutes=15), limit=10) > 0


def sign_in_by_pin(request: HttpRequest, device: TillDevice, user: User, pin: str) -> int | None:
    """Sign in with a PIN, on a registered device only; return None if it was right, else how many seconds to wait.

    Zero seconds means wrong, try again. Few digits are soon guessed: tries are counted by device and person, and for
    the device in all.
    """
    counters = {f"pin:{device.pk}:{user.pk}": PINS, f"pins:{device.pk}": PINS_OF_DEVICE}
    if any(attempts_of(what) >= limit for what, limit in counters.items()):
        return seconds_to_wait(*counters)
    numbers = {what: note_attempt(what, window=WINDOW, limit=limit) for what, limit in counters.items()}
    if any(numbers[what] > limit for what, limit in counters.items()):
        return seconds_to_wait(*counters)
    if not user.check_pin(pin):
        if any(numbers[what] == limit for what, limit in counters.items()):
            note_pin_throttling(user, device)
        return 0
    of_person, of_device = counters
    forget_attempts(of_person)
    # Only this right one is uncounted: whoever guesses others' PINs does not begin anew by typing an own one between.
    give_back_attempt(of_device)
    begin_session(request, user, method=SignInMethod.PIN, till_device=device, is_known_device=True)
    return None
