"""Looking at an ID token: who signed it, for whom, when, in answer to which question (OpenID Connect Core 3.1.3.7)."""

from typing import Any

import jwt
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from stamkunde.accounts.single_sign_on.configuration import Provider
from stamkunde.accounts.single_sign_on.talking import Said, SignOnRefused, keys

# Signed by a key pair: what is signed by a shared secret, or by nobody, is worth nothing here.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS = 60
NEEDED = ["exp", "iat", "iss", "aud", "sub"]


def claims_of(token: object, provider: Provider, said: Said, *, nonce: str) -> dict[str, Any]:
    """Return what the token says, once all that must fit has been looked at."""
    if not isinstance(token, str):
        raise _not_believed()
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key_for(token, said),
            algorithms=list(ALGORITHMS),
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": NEEDED, "strict_aud": False},
        )
    except jwt.PyJWTError as error:
        raise _not_believed() from error
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != provider.client_id:
        raise _not_believed()
    if "azp" in claims and claims["azp"] != provider.client_id:
        raise _not_believed()
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise _not_believed()
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise _not_believed()
    return claims


def _key_for(token: str, said: Said) -> jwt.PyJWK:
    header = jwt.get_unverified_header(token)
    if header.get("alg") not in ALGORITHMS:
        raise _not_believed()
    # A key that has come since: asked for once more before the token is refused.
    for anew in (False, True):
        fitting = [key for key in keys(said, anew=anew) if _fits(key, header)]
        if len(fitting) == 1:
            return jwt.PyJWK(fitting[0], algorithm=header["alg"])
    raise _not_believed()


def _fits(key: dict[str, Any], header: dict[str, Any]) -> bool:
    if key.get("use", "sig") != "sig" or key.get("kty") == "oct" or key.get("alg", header["alg"]) != header["alg"]:
        return False
    return "kid" not in header or key.get("kid") == header["kid"]


def _not_believed() -> SignOnRefused:
    return SignOnRefused(
        _("What the company's sign-in sent cannot be believed, so nobody was signed in. Please begin anew.")
    )
