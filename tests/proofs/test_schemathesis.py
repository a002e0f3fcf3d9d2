"""Whatever the description allows, and what it does not, is asked of the API by a program of another make.

It makes its requests out of the description: examples, the ends of every range, missing and doubled and odd values, and
chance; and looks whether each answer is one that the description promises, and never a failure of the server.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from stamkunde.accounts.roles import Role
from tests.machine import Machine
from tests.world import World, make_staff

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)
# Too many things in one request are refused as too large.
CONFIGURATION = """
[checks.negative_data_rejection]
expected-statuses = ["4xx"]
"""
# It would end the token that it comes with.
LEFT_OUT = ("endToken",)
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))
SEED = os.environ.get("SCHEMATHESIS_SEED", "20261126")


@pytest.fixture(autouse=True)
def _nobody_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no invented name of a host be asked for outside."""
    ask = socket.getaddrinfo

    def on_this_machine(host: Any, *args: Any, **more: Any) -> Any:
        if host not in {"localhost", "127.0.0.1", None}:
            raise socket.gaierror(socket.EAI_NONAME, "Nobody has this name.")
        return ask(host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", on_this_machine)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_answered_as_the_description_promises(
    role: Role, world: World, live_server: Any, tmp_path: Path
) -> None:
    world.kari, world.janis  # noqa: B018 - somebody to ask about
    machine = Machine(make_staff("Somebody", role, world.store), store=world.store)
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{live_server.url}/api/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {machine.secret}"),
        *("--checks", ",".join(CHECKS)),
        # Whoever may do everything is asked everything; the others are refused most of it, and by chance is enough.
        *("--phases", "examples,coverage,fuzzing" if role == Role.ADMINISTRATOR else "fuzzing"),
        *("--max-examples", str(EXAMPLES), "--seed", SEED, "--generation-deterministic"),
        *(part for name in LEFT_OUT for part in ("--exclude-operation-id", name)),
        *("--continue-on-failure", "--no-color"),
    ]
    with override_settings(API_REQUESTS_PER_MINUTE=10_000_000):
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=1_800)

    if kept := os.environ.get("SCHEMATHESIS_REPORT"):
        Path(kept).write_text(result.stdout + result.stderr)
    assert result.returncode == 0, f"Seed {SEED}:\n{result.stdout[-20_000:]}{result.stderr[-2_000:]}"
