"""Talking with the company's sign-in: what it says of itself, its keys, and a code exchanged for tokens.

Everything goes out by `kit/net.py`, which follows no redirect and reaches inner networks only where a setting says so.
"""

import base64
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from django.utils.translation import gettext as _

from stamkunde.accounts.single_sign_on.configuration import Provider
from stamkunde.kit import net

WELL_KNOWN = "/.well-known/openid-configuration"
# What a provider says of itself seldom changes; its keys are asked for anew when a token names one that is not known.
_FRESH_SECONDS = 600
_ASK_AGAIN_SECONDS = 10
_kept: dict[str, tuple[float, Any]] = {}


class SignOnRefused(Exception):
    """The company's sign-in did not lead in; its text tells the person why and what to do."""


@dataclass(frozen=True)
class Said:
    """What the provider says of itself."""

    authorization: str
    token: str
    keys: str
    person: str
    basic_auth: bool
    names_issuer: bool


def said_of_itself(provider: Provider) -> Said:
    told = _json("GET", provider.issuer.rstrip("/") + WELL_KNOWN, keep=True)
    if told.get("issuer") != provider.issuer:
        raise SignOnRefused(
            _("The company's sign-in calls itself by another name than the settings do. Tell whoever runs the server.")
        )
    addresses = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    secure = urlsplit(provider.issuer).scheme == "https"
    for address in [*addresses, told.get("userinfo_endpoint") or addresses[0]]:
        # A provider that is reached safely must not lead to where it is not.
        if not isinstance(address, str) or (secure and not address.startswith("https://")):
            raise _unusable()
    methods = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Said(
        str(addresses[0]),
        str(addresses[1]),
        str(addresses[2]),
        str(told.get("userinfo_endpoint") or ""),
        basic_auth="client_secret_basic" in methods,
        names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
    )


def keys(said: Said, *, anew: bool = False) -> list[dict[str, Any]]:
    """Return the provider's public keys."""
    if anew and (kept := _kept.get(said.keys)) and time.monotonic() - kept[0] > _ASK_AGAIN_SECONDS:
        _kept.pop(said.keys, None)
    found = _json("GET", said.keys, keep=True).get("keys")
    return [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []


def tokens(provider: Provider, said: Said, code: str, verifier: str) -> dict[str, Any]:
    """Exchange the code that came with the browser for tokens."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.return_url,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if said.basic_auth:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        fields |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    return _json("POST", said.token, body=urlencode(fields).encode(), headers=headers)


def person(said: Said, access_token: str, subject: str) -> dict[str, Any]:
    """Return what the provider tells of a person besides the token; only if it is of the same person."""
    if not said.person:
        return {}
    told = _json("GET", said.person, headers={"Authorization": f"Bearer {access_token}"})
    return told if told.get("sub") == subject else {}


def forget_what_was_said() -> None:
    _kept.clear()


def _json(
    method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None, keep: bool = False
) -> dict[str, Any]:
    if keep and url in _kept and time.monotonic() - _kept[url][0] < _FRESH_SECONDS:
        kept: dict[str, Any] = _kept[url][1]
        return kept
    try:
        answer = net.send(method, url, body=body, headers={"Accept": "application/json", **(headers or {})})
    except net.NotReached as error:
        raise SignOnRefused(
            _("The company's sign-in could not be reached. Please try again in a moment, or sign in with a password.")
        ) from error
    if answer.status != 200:
        raise _unusable()
    try:
        found = json.loads(answer.body)
    except ValueError as error:
        raise _unusable() from error
    if not isinstance(found, dict):
        raise _unusable()
    if keep:
        _kept[url] = (time.monotonic(), found)
    return found


def _unusable() -> SignOnRefused:
    return SignOnRefused(
        _("The company's sign-in gave an answer that cannot be used. Please begin anew, or tell whoever runs it.")
    )
