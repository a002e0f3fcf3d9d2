"""A machine at its door: a client with a token, which speaks JSON and remembers nothing."""

import json
from typing import Any

from django.test import Client

from stamkunde.accounts.models import Store, User
from stamkunde.exchange.actions.tokens import make_token
from stamkunde.exchange.scopes import MODULES
from stamkunde.kit.actor import SYSTEM

EVERYTHING = tuple(f"{module}:write" for module in MODULES)


class Machine:
    """Calls the door with a token; answers are Django's, with `json()`."""

    def __init__(self, owner: User, scopes: tuple[str, ...] = EVERYTHING, *, store: Store | None = None) -> None:
        self.token, self.secret = make_token(name="Test", owner=owner, scopes=scopes, store=store, by=SYSTEM)
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PUT", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.send("DELETE", path, **headers)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send a body as JSON, or as it is when it is bytes; headers are named with underscores."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.secret}", **own}
        kind = sent.pop("Content-Type", "application/json")
        response: Any = self.client.generic(
            method, f"/api/v1{path}", data, content_type=kind, headers={k: v for k, v in sent.items() if v}
        )
        return response


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that the answer is this problem, and return what it tells."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = response.json()
    assert (told["status"], told["code"]) == (status, code)
    return told
