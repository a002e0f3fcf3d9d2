"""There is one way out to the network: nobody but `kit/net.py` opens a connection or brings a library that does."""

import ast

import pytest

from tests.architecture.source import PROJECT, python_files

OPENS_CONNECTIONS = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "nntplib", "poplib", "requests", "smtplib", "socket", "ssl",
    "telnetlib", "urllib.request", "urllib3", "websockets", "xmlrpc.client",
}  # fmt: skip
CALLS = {"open_connection", "create_connection", "open_unix_connection"}
# Each with its reason; a new line here is a decision.
ALLOWED = {
    "stamkunde/kit/net.py": "it is the way out",
    "stamkunde/kit/net_session.py": "hands the way out to libraries that ask for a session",
    "stamkunde/config/operations/server.py": "listens, and asks its own /healthz",
    "stamkunde/conversations/imap.py": "speaks over a line that the way out has opened",
    "stamkunde/conversations/smtp.py": "speaks over a line that the way out has opened",
    "stamkunde/kit/live/wires.py": "tells the other processes of this machine, by sockets in the home folder",
    "stamkunde/jobs/worker.py": "reads the name of this machine",
}


def ways_out(source: str) -> list[str]:
    """Return what in the source opens a connection or imports what could."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            found.append(f"{node.lineno}: {node.func.attr}")
            continue
        else:
            continue
        found += [
            f"{node.lineno}: {name}"
            for name in names
            if any(name == way or name.startswith(f"{way}.") for way in OPENS_CONNECTIONS)
        ]
    return found


def product_files() -> list[str]:
    paths = [path.relative_to(PROJECT) for path in python_files()]
    return [str(path) for path in paths if path.parts[0] == "stamkunde" and "tests" not in path.parts]


def test_nobody_else_opens_a_connection() -> None:
    ways = {path: ways_out((PROJECT / path).read_text()) for path in product_files() if path not in ALLOWED}

    assert {path: found for path, found in ways.items() if found} == {}


def test_every_exception_is_still_one() -> None:
    assert [path for path in ALLOWED if not ways_out((PROJECT / path).read_text())] == []


@pytest.mark.parametrize(
    "line",
    [
        "import socket",
        "from urllib.request import urlopen",
        "from urllib import request",
        "import requests.adapters",
        "from http import client",
        "def f():\n    import httpx",
        "asyncio.open_connection('a', 1)",
    ],
)
def test_another_way_out_is_noticed(line: str) -> None:
    assert ways_out(line)


@pytest.mark.parametrize("line", ["from http import HTTPStatus", "from urllib.parse import urlsplit", "import http"])
def test_what_only_sounds_like_one_is_not(line: str) -> None:
    assert not ways_out(line)
