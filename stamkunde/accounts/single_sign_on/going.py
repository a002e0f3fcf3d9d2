"""The way there and back: a browser is sent to the company's sign-in and comes back with a code, by PKCE and nonce."""

import base64
import hashlib
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from stamkunde.accounts.actions.identity import whose_identity
from stamkunde.accounts.models import SignInMethod
from stamkunde.accounts.signing_in import Outcome, admit, is_known_device
from stamkunde.accounts.single_sign_on.configuration import Provider
from stamkunde.accounts.single_sign_on.talking import SignOnRefused, person, said_of_itself, tokens
from stamkunde.accounts.single_sign_on.tokens import claims_of

_GOING = "single_sign_on"
_LASTS_SECONDS = 600


def way_there(request: HttpRequest, provider: Provider, target: str) -> str:
    """Return the address to send the browser to, and remember in its session what must come back."""
    said = said_of_itself(provider)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _secret in range(3))
    request.session[_GOING] = {
        "state": state, "nonce": nonce, "verifier": verifier, "next": target, "at": int(time.time())
    }  # fmt: skip
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": provider.return_url,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{said.authorization}{'&' if '?' in said.authorization else '?'}{urlencode(asked)}"


def way_back(request: HttpRequest, provider: Provider) -> tuple[Outcome, str]:
    """Take what the browser brought back; return who is let in and where she was going.

    Raises SignOnRefused. What was remembered is good once, whatever comes of it.
    """
    going: Any = request.session.pop(_GOING, None)
    state = request.GET.get("state", "")
    if not isinstance(going, dict) or not 0 <= time.time() - going["at"] <= _LASTS_SECONDS:
        raise SignOnRefused(_("That took long, or was begun in another browser. Please begin anew."))
    if not constant_time_compare(state, going["state"]):
        raise SignOnRefused(_("That was not the answer to what this browser asked. Please begin anew."))
    if "error" in request.GET:
        raise SignOnRefused(_("The company's sign-in did not let you in. Please begin anew, or ask whoever runs it."))
    said = said_of_itself(provider)
    issuer = request.GET.get("iss", "")
    if (issuer or said.names_issuer) and issuer != provider.issuer:
        # Somebody mixes two providers up (RFC 9207).
        raise SignOnRefused(_("That was not the answer to what this browser asked. Please begin anew."))
    answer = tokens(provider, said, request.GET.get("code", "")[:4_000], going["verifier"])
    claims = claims_of(answer.get("id_token"), provider, said, nonce=going["nonce"])
    access_token = answer.get("access_token")
    if isinstance(access_token, str) and ("email" not in claims or provider.role_claim not in claims):
        # Many providers keep the token small and tell the rest when asked; what the token says counts first.
        claims = {**person(said, access_token, claims["sub"]), **claims}
    user = whose_identity(claims, provider)
    is_proven = bool(provider.trusted_methods & set(_methods(claims)))
    known = is_known_device(request, user.email)
    outcome = admit(request, user, method=SignInMethod.ELSEWHERE, is_known=known, is_proven=is_proven)
    return outcome, str(going["next"])


def _methods(claims: dict[str, Any]) -> list[str]:
    methods = claims.get("amr", [])
    return [method for method in methods if isinstance(method, str)] if isinstance(methods, list) else []
