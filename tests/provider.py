"""A company's sign-in, run by the tests: an OpenID Connect provider of another make (Authlib on Flask), on loopback.

It keeps to the standard: discovery, keys, codes good once, PKCE demanded, nonces, tokens signed by a key of its own.
`lie` lets it send any token in place of the right one, for the stories in which somebody forges one.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import flask
import jwt
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "stamkunde", "a secret of two"


class Client(ClientMixin):  # type: ignore[misc]
    def __init__(self, return_url: str) -> None:
        self.return_url = return_url

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.return_url

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.return_url

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    def __init__(self, code: str, asked: Any, person: dict[str, Any]) -> None:
        self.code, self.person = code, person
        self.redirect_uri, self.scope = asked["redirect_uri"], asked["scope"]
        self.nonce, self.code_challenge = asked.get("nonce"), asked.get("code_challenge")
        self.code_challenge_method = asked.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return str(self.redirect_uri)

    def get_scope(self) -> str:
        return str(self.scope)

    def get_nonce(self) -> Any:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> Any:
        return self.person.get("amr")


@cache
def made_key() -> RSAKey:
    """Return the key of every provider; a new one for each would cost more than the rest of its story."""
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})


class Provider:
    """The provider as a story sees it: who is signed in there, and what it lies about."""

    def __init__(self, return_url: str) -> None:
        self.key = made_key()
        self.person: dict[str, Any] = {}
        self.lie: Callable[[dict[str, Any]], str] | None = None
        self.issuer = ""
        self.said: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.codes: dict[str, Code] = {}
        self.app = self._app(return_url)

    def sign(self, claims: dict[str, Any], **header: Any) -> str:
        """Return a token signed as the right one would be."""
        return jwt.encode(claims, self.key.as_pem(private=True), algorithm="RS256", headers={"kid": "one", **header})

    def _app(self, return_url: str) -> flask.Flask:
        provider, client = self, Client(return_url)

        class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
            TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

            def save_authorization_code(self, code: str, request: Any) -> None:
                provider.codes[code] = Code(code, flask.request.args, dict(provider.person))

            def query_authorization_code(self, code: str, client: Any) -> Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: Code) -> None:
                provider.codes.pop(authorization_code.code, None)

            def authenticate_user(self, authorization_code: Code) -> dict[str, Any]:
                return authorization_code.person

        class IDTokens(OpenIDCode):  # type: ignore[misc]
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return False

            def resolve_client_private_key(self, client: Any) -> Any:
                return provider.key

            def get_client_algorithm(self, client: Any) -> str:
                return "RS256"

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer}

            def get_encode_header(self, client: Any) -> dict[str, Any]:
                return {"alg": "RS256", "kid": "one"}

            def generate_user_info(self, user: Any, scope: str) -> UserInfo:
                return UserInfo(user)

        app = flask.Flask("provider")
        app.config["SECRET_KEY"] = "tests"
        server = AuthorizationServer(app, query_client=lambda _id: client, save_token=lambda _token, _request: None)
        server.register_grant(CodeGrant, [IDTokens(require_nonce=True), CodeChallenge(required=True)])

        @app.get("/.well-known/openid-configuration")
        def discovery() -> Any:
            return {
                "issuer": provider.issuer,
                "authorization_endpoint": f"{provider.issuer}/authorize",
                "token_endpoint": f"{provider.issuer}/token",
                "jwks_uri": f"{provider.issuer}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                **provider.said,
            }

        @app.get("/keys")
        def keys() -> Any:
            return KeySet([provider.key]).as_dict(private=False)

        @app.get("/authorize")
        def authorize() -> Any:
            provider.asked.append(flask.request.args.to_dict())
            if not provider.person:
                return flask.redirect(f"{return_url}?error=access_denied&state={flask.request.args['state']}")
            try:
                grant = server.get_consent_grant(end_user=provider.person)
            except OAuth2Error as error:
                return {"error": error.error}, 400
            return server.create_authorization_response(grant_user=provider.person, grant=grant)

        @app.post("/token")
        def token() -> Any:
            answer = server.create_token_response()
            found = answer.get_json()
            if provider.lie is None or "id_token" not in found:
                return answer
            claims = jwt.decode(found["id_token"], options={"verify_signature": False})
            return {**found, "id_token": provider.lie(claims)}

        return app


@contextmanager
def run_provider(return_url: str) -> Iterator[Provider]:
    provider = Provider(return_url)
    server = make_server("127.0.0.1", 0, provider.app, threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
