"""Registering devices for the tills, ending them, and the PINs that are typed on them."""

import re
import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from stamkunde.accounts.actions.sign_ins import end_device_sign_ins, end_sign_ins
from stamkunde.accounts.device_tokens import digest_of, new_token
from stamkunde.accounts.events import DeviceEnded, DeviceRegistered, PinRemoved, PinSet, PinsThrottled
from stamkunde.accounts.events.place import DeviceEvent
from stamkunde.accounts.models import DeviceCode, SignInMethod, Till, TillDevice, User
from stamkunde.events.publishing import action, publish
from stamkunde.kit.actor import Actor, ActorKind
from stamkunde.kit.clock import now

CODE_LASTS = timedelta(minutes=15)
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_PIN = re.compile(r"[0-9]{4,6}", re.ASCII)


class DeviceRefused(Exception):
    """A device or a PIN that cannot be taken; its text tells the person what to do."""


@action
def make_device_code(till: Till, name: str, *, by: User) -> str:
    """Return a code that makes the device on which it is typed this till's; shown once, good once, for 15 minutes."""
    if not name.strip():
        raise DeviceRefused(_("Give the device a name, such as “Tablet at the door”."))
    if not till.is_open:
        raise DeviceRefused(_("This till is not in use. Choose another one."))
    code = "".join(secrets.choice(_LETTERS) for _letter in range(8))
    DeviceCode.objects.create(
        till=till, name=name.strip()[:60], digest=_digest(code), made_by=by, expires_at=now() + CODE_LASTS
    )
    return f"{code[:4]}-{code[4:]}"


@action
def register_device(typed: str) -> tuple[TillDevice, str]:
    """Make a device a till's by its code; return it and the token it is to keep. Whoever made the code did it."""
    codes = DeviceCode.objects.filter(digest=_digest(typed), used_at=None, expires_at__gt=now())
    code = codes.select_related("till__store", "made_by").first()
    if code is None or code.made_by is None or not codes.filter(pk=code.pk).update(used_at=now()):
        raise DeviceRefused(_("This code is not known, or its time is over. Please ask for a new one."))
    if not code.made_by.may("accounts.manage_devices"):
        raise DeviceRefused(_("Whoever made this code may not register devices any more. Please ask for a new one."))
    token = new_token()
    device = TillDevice.objects.create(
        till=code.till, name=code.name, token_digest=digest_of(token), registered_by=code.made_by
    )
    _tell(DeviceRegistered, device, by=code.made_by.actor)
    return device, token


@action
def end_device(device: TillDevice, *, by: Actor) -> None:
    """Make a device a stranger at once: whoever is signed in on it by PIN is signed out."""
    if TillDevice.objects.filter(pk=device.pk, ended_at=None).update(ended_at=now()):
        end_device_sign_ins(device)
        _tell(DeviceEnded, device, by=by)


@action
def set_pin(user: User, pin: str, *, by: Actor) -> None:
    """Keep a PIN of four to six digits that is not the first that anybody would try."""
    if not _PIN.fullmatch(pin):
        raise DeviceRefused(_("A PIN has four to six digits."))
    if _is_guessed_first(pin):
        raise DeviceRefused(_("This PIN is among the first that anybody would try. Please choose another one."))
    user.pin = make_password(pin)
    user.pin_set_at = now()
    user.save(update_fields=["pin", "pin_set_at"])
    publish(PinSet(user_id=user.pk, staff_name=user.name), by=by)


@action
def remove_pin(user: User, *, by: Actor) -> None:
    """Take a PIN away, and end the sessions that began with it."""
    if User.objects.filter(pk=user.pk).exclude(pin="").update(pin="", pin_set_at=None):
        user.pin = ""
        end_sign_ins(user, method=SignInMethod.PIN)
        publish(PinRemoved(user_id=user.pk, staff_name=user.name), by=by)


@action
def note_pin_throttling(user: User, device: TillDevice) -> None:
    publish(PinsThrottled(user_id=user.pk, staff_name=user.name, device_name=device.name), by=device_actor(device))


def device_actor(device: TillDevice) -> Actor:
    return Actor(ActorKind.MACHINE, device.pk, device.name)


def _is_guessed_first(pin: str) -> bool:
    steps = {int(after) - int(before) for before, after in zip(pin, pin[1:], strict=False)}
    return len(set(pin)) == 1 or steps in ({1}, {-1}) or pin in {"1212", "2580", "1122", "6969", "0852", "123123"}


def _digest(typed: str) -> str:
    return digest_of("code\0" + "".join(sign for sign in typed.upper() if sign.isalnum()))


def _tell(kind: type[DeviceEvent], device: TillDevice, *, by: Actor) -> None:
    till = device.till
    publish(kind(place_id=device.pk, place_name=device.name, till_name=till.name, store_name=till.store.name), by=by)
