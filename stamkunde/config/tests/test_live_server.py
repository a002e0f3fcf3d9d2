"""Streams as they are served: by a real server of two processes, told by others, and ended with what granted them."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from stamkunde.config.tests.test_server import PROJECT, Served, close, environment, opened


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    shop = opened(home, processes=2)
    yield shop
    close(shop)


def done_at(home: Path, code: str) -> str:
    """Run a few lines in the shop, as the worker or a second server would, and return the last that was said."""
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    said = subprocess.run(command, cwd=PROJECT, env=environment(home), capture_output=True, text=True, check=True)  # noqa: S603
    return said.stdout.strip().rpartition("\n")[2]


SIGNED_IN = """
from django.test import Client
from stamkunde.accounts.models import User
User.objects.update(must_change_password=False, is_active=True)
client = Client()
client.force_login(User.objects.get())
print(client.cookies["session"].value)
"""


class Heard:
    """One open stream."""

    def __init__(self, served: Served, session: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        self._connection.request("GET", "/live/staff/", headers={"Host": "localhost", "Cookie": f"session={session}"})
        self.answer = self._connection.getresponse()

    def next(self) -> dict[str, object] | None:
        """Return the next news; None where the stream has ended."""
        while line := self.answer.readline():
            if line.startswith(b"data: "):
                news: dict[str, object] = json.loads(line[6:])
                return news
        return None


def test_all_streams_of_both_processes_hear_what_a_third_announces(home: Path, served: Served) -> None:
    session = done_at(home, SIGNED_IN)
    streams = [Heard(served, session) for _ in range(8)]
    headers = streams[0].answer

    done_at(
        home,
        "from stamkunde.kit.live import announce\n"
        "announce('inbox', 'conversation', {'conversation': 3})\nannounce('staff:999', 'secret')\n"
        "announce('inbox', 'conversation', {'conversation': 4})",
    )

    assert [stream.next() for stream in streams] == [
        {"room": "inbox", "name": "conversation", "data": {"conversation": 3}}
    ] * 8
    assert {str(stream.next()) for stream in streams} == {
        "{'room': 'inbox', 'name': 'conversation', 'data': {'conversation': 4}}"
    }
    assert headers.getheader("Content-Type") == "text/event-stream; charset=utf-8"
    assert "no-store" in (headers.getheader("Cache-Control") or "")
    assert len(os.listdir(home / "run")) == 2


def test_a_stranger_hears_nothing(served: Served) -> None:
    status, _headers, body = served.ask("GET", "/live/staff/")

    assert (status, body) == (401, b"")


def test_pages_are_answered_while_many_streams_are_open(home: Path, served: Served) -> None:
    session = done_at(home, SIGNED_IN)
    streams = [Heard(served, session) for _ in range(12)]

    assert served.ask("GET", "/sign-in/")[0] == 200
    assert {stream.answer.status for stream in streams} == {200}


@pytest.mark.proof
def test_a_stream_ends_soon_after_its_reader_was_deactivated(home: Path, served: Served) -> None:
    session = done_at(home, SIGNED_IN)
    stream = Heard(served, session)
    done_at(home, "from stamkunde.accounts.models import User; User.objects.update(is_active=False)")

    began = time.monotonic()

    assert stream.next() is None
    assert time.monotonic() - began < 40
    assert Heard(served, session).answer.status == 401


def test_open_streams_do_not_keep_the_server_from_closing(tmp_path: Path) -> None:
    shop = opened(tmp_path, processes=2)
    session = done_at(tmp_path, SIGNED_IN)
    streams = [Heard(shop, session) for _ in range(4)]
    began = time.monotonic()

    code = close(shop)

    assert code == 0
    assert time.monotonic() - began < 15
    assert [stream.next() for stream in streams] == [None] * 4
