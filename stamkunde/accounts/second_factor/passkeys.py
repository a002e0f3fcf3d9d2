"""Passkeys: the ceremonies of WebAuthn, on python-fido2. A challenge is good once, whatever comes of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from stamkunde.accounts.models import Passkey, User
from stamkunde.accounts.queries import the_shop

LONGEST = 20_000
_STATE = "passkey_challenge"


class PasskeyRefused(Exception):
    """A passkey that cannot be taken; its text tells the person what to do."""


@dataclass(frozen=True)
class NewPasskey:
    credential_id: str
    credential: bytes
    sign_count: int


@dataclass(frozen=True)
class Shown:
    """A passkey that was shown and is the right one."""

    passkey: Passkey
    sign_count: int
    # The device itself made sure of the person, by finger, face or its own PIN.
    is_verified: bool


def registration_options(request: HttpRequest, user: User, known: Iterable[Passkey]) -> dict[str, Any]:
    """Return what the browser needs to make a passkey, and remember its challenge."""
    entity = PublicKeyCredentialUserEntity(name=user.email, display_name=user.name, id=user_handle(user))
    options, state = _server(request).register_begin(
        entity,
        credentials=[AttestedCredentialData(bytes(passkey.credential)) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    request.session[_STATE] = {**_plain(state), "for": "new"}
    return dict(options.public_key)


def registered(request: HttpRequest, sent: str) -> NewPasskey:
    """Return the passkey that the browser made, after all that must fit has been looked at."""
    state = _state_once(request, "new")
    try:
        response = RegistrationResponse.from_dict(_read(sent))
        data = _server(request).register_complete(state, response)
    except (ValueError, TypeError, KeyError) as error:
        raise _not_taken() from error
    if data.credential_data is None:
        raise _not_taken()
    return NewPasskey(websafe_encode(data.credential_data.credential_id), bytes(data.credential_data), data.counter)


def sign_in_options(request: HttpRequest, user: User | None) -> dict[str, Any]:
    """Return what the browser needs to show a passkey: one of this person's, or whichever it has for us."""
    known = [AttestedCredentialData(bytes(own.credential)) for own in user.passkeys.all()] if user else None
    wanted = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    options, state = _server(request).authenticate_begin(known, user_verification=wanted)
    request.session[_STATE] = {**_plain(state), "for": user.pk if user else "anyone"}
    return dict(options.public_key)


def shown(request: HttpRequest, sent: str, user: User | None) -> Shown:
    """Return the passkey that was shown; raises PasskeyRefused with the same sentence whatever was wrong."""
    state = _state_once(request, user.pk if user else "anyone")
    try:
        response = AuthenticationResponse.from_dict(_read(sent))
        rows = Passkey.objects.select_related("user").filter(credential_id=websafe_encode(response.raw_id))
        passkey = (rows.filter(user=user) if user else rows).first()
        if passkey is None or not _is_whose(response, passkey.user):
            raise _not_taken()
        credential = AttestedCredentialData(bytes(passkey.credential))
        _server(request).authenticate_complete(state, [credential], response)
        data = response.response.authenticator_data
    except (ValueError, TypeError, KeyError) as error:
        raise _not_taken() from error
    return Shown(passkey, data.counter, data.is_user_verified())


def user_handle(user: User) -> bytes:
    return f"staff-{user.pk}".encode()


def _is_whose(response: AuthenticationResponse, user: User) -> bool:
    handle = response.response.user_handle
    return not handle or bytes(handle) == user_handle(user)


def _server(request: HttpRequest) -> Fido2Server:
    # The host has been held against the list of names this house answers to; the browser says which page it was on.
    entity = PublicKeyCredentialRpEntity(name=the_shop().name, id=request.get_host().rsplit(":", 1)[0])
    origin = f"{request.scheme}://{request.get_host()}"
    return Fido2Server(entity, verify_origin=lambda told: told == origin)


def _state_once(request: HttpRequest, purpose: object) -> dict[str, Any]:
    state = request.session.pop(_STATE, None)
    if not isinstance(state, dict) or state.pop("for", None) != purpose:
        raise _not_taken()
    wanted = state["user_verification"]
    return {**state, "user_verification": UserVerificationRequirement(wanted) if wanted else None}


def _plain(state: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if value is not None else None for name, value in state.items()}


def _read(sent: str) -> dict[str, Any]:
    if len(sent) > LONGEST:
        raise ValueError
    found = json.loads(sent)
    if not isinstance(found, dict):
        raise TypeError
    return found


def _not_taken() -> PasskeyRefused:
    return PasskeyRefused(_("That passkey could not be used. Please try once more, or choose another way."))
