"""The product as it is served: a real server in a process of its own, on a home of its own."""

import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from stamkunde.accounts.models import User
from stamkunde.config import env
from stamkunde.config.operations.server import serve

PROJECT = Path(__file__).resolve().parents[3]


@dataclass
class Served:
    process: subprocess.Popen
    port: int
    said: str

    def ask(self, method: str, path: str, body=None, headers=None, **options) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers={"Host": "localhost"} | (headers or {}), **options)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def shout(self, request: bytes) -> bytes:
        """Send bytes as they are and return what comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as plain:
            plain.sendall(request)
            answer = b""
            while piece := plain.recv(65536):
                answer += piece
            return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(home: Path) -> dict[str, str]:
    one = {"STAMKUNDE_WEB_PROCESSES": "1"}
    return os.environ | one | {"STAMKUNDE_HOME": str(home), "DATABASE_URL": "", "PYTHONUNBUFFERED": "1"}


def opened(home: Path, *arguments: str, processes: int = 1) -> Served:
    port = free_port()
    command = [sys.executable, "manage.py", "start", "--empty", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=environment(home) | {"STAMKUNDE_WEB_PROCESSES": str(processes)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    assert process.stdout is not None
    while "Stamkunde is open" not in said:
        line = process.stdout.readline()
        assert line, f"the server ended: {said}"
        said += line
    return Served(process, port, said)


def close(served: Served) -> int:
    served.process.send_signal(signal.SIGTERM)
    served.process.communicate(timeout=30)
    return served.process.returncode


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("shop")


@pytest.fixture(scope="module")
def served(home) -> Iterator[Served]:
    shop = opened(home)
    yield shop
    close(shop)


def test_the_first_start_shows_a_password(served):
    assert re.search(r"Sign in as   admin@localhost\n    Password     \S{16,}", served.said)


def test_health_is_one_word(served):
    status, headers, body = served.ask("GET", "/healthz")
    assert (status, body) == (200, b"ok")
    assert "no-cache" in headers["cache-control"]


def test_a_form_with_a_body_reaches_the_page(served):
    """a2wsgi under granian answered every one of these with 500 until `receive` was made a coroutine."""
    status, _, _ = served.ask(
        "POST", "/sign-in/", b"email=kari%40example.org", {"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert status == 403  # no token: the page was reached and refused the form


def test_a_large_body_arrives_whole(served):
    status, _, _ = served.ask("POST", "/language/", b"x" * 2_000_000, {"Content-Type": "text/plain"})
    assert status == 403


def test_the_look_is_sent_packed_and_kept_by_the_browser(served):
    _, _, page = served.ask("GET", "/sign-in/")
    sheet = re.search(rb'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert sheet is not None
    status, headers, body = served.ask("GET", sheet.group(1).decode(), headers={"Accept-Encoding": "gzip"})
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert len(body) < len(gzip.decompress(body)) / 2


def test_a_body_of_unknown_length_is_refused_instead_of_taken_for_an_empty_one(served):
    head = b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = served.shout(head + b"7\r\nemail=a\r\n0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 411 ")
    assert answer.endswith(b"Say how long the body is: send a Content-Length.")


@pytest.mark.parametrize("target", ["/%ff%fe", "/%00", "/?q=%ff", "/?q=\u00f8", "/sign-in/?next=%0d%0aSet-Cookie:x"])
def test_odd_addresses_are_no_fault_of_ours(served, target):
    answer = served.shout(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    status = int(answer.split(b" ", 2)[1])
    assert status < 500
    assert b"\r\nSet-Cookie:x" not in answer


def test_a_request_cut_off_in_its_body_does_nothing_and_harms_nothing(served):
    head = "POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=kari"
    with socket.create_connection(("127.0.0.1", served.port)) as plain:
        plain.sendall(head.encode())
    assert served.ask("GET", "/healthz")[0] == 200


def test_a_header_with_an_underscore_does_not_pass_for_the_proxys(served):
    status, _, _ = served.ask("GET", "/sign-in/", headers={"X_Forwarded_Proto": "https"})
    assert status == 200


def test_a_port_is_not_shared_with_whoever_has_it_already(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert serve("127.0.0.1", port, worker=False) == 1
    assert f"Port {port} on 127.0.0.1 is in use" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_port_that_is_taken_is_told_before_a_shop_is_made(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SystemExit) as ended:
            call_command("start", port=port)
    assert ended.value.code == 1
    assert f"Port {port} on 127.0.0.1 is in use" in capsys.readouterr().err
    assert not User.objects.exists()


def children_of(pid: int) -> set[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()
    return {int(number) for number in found}


def web_and_worker_of(shop: Served) -> set[int]:
    """Return both processes; the worker is started once the pages answer."""
    deadline = time.monotonic() + 10
    while len(children := children_of(shop.process.pid)) < 2:
        assert time.monotonic() < deadline, "the worker was not started"
        time.sleep(0.02)
    return children


def web_processes_of(shop: Served, count: int) -> set[int]:
    deadline = time.monotonic() + 20
    while True:
        found = {pid for pid in children_of(shop.process.pid) if is_alive(pid) and not is_worker(pid)}
        if len(found) == count:
            return found
        assert time.monotonic() < deadline, f"{len(found)} web processes instead of {count}"
        time.sleep(0.02)


def is_worker(pid: int) -> bool:
    return b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_closing_the_server_leaves_no_process_behind(served, home, how):
    shop = opened(home)
    assert "Password" not in shop.said, "it is shown at the first start only"
    children = web_and_worker_of(shop)
    shop.process.send_signal(how)
    code = shop.process.wait(30)
    assert code == (0 if how != signal.SIGKILL else -9)
    deadline = time.monotonic() + 10
    while any(is_alive(child) for child in children):
        assert time.monotonic() < deadline, "a process goes on without its server"
        time.sleep(0.05)


def test_a_worker_that_dies_is_started_again(served):
    web_and_worker = web_and_worker_of(served)
    workers = {pid for pid in web_and_worker if b"work" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")}
    (worker,) = workers
    os.kill(worker, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while len(children_of(served.process.pid) - {worker}) < len(web_and_worker):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert served.ask("GET", "/healthz")[0] == 200


def test_several_web_processes_count_together_and_come_again_however_often_they_are_killed(served, home):
    shop = opened(home, "--no-worker", processes=2)
    try:
        for _ in range(3):
            for pid in web_processes_of(shop, 2):
                os.kill(pid, signal.SIGKILL)
        web_processes_of(shop, 2)
        deadline = time.monotonic() + 20
        while not answers(shop):
            assert time.monotonic() < deadline, "no page after the processes were killed"
            time.sleep(0.05)
        before = counted(shop)
        for _ in range(10):
            # Each over a connection of its own, which the kernel gives to either of the two.
            shop.ask("GET", "/nowhere/")
        assert counted(shop) == before + 10
    finally:
        assert close(shop) == 0


def answers(shop: Served) -> bool:
    try:
        return shop.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False


def counted(shop: Served) -> int:
    """Return how many requests were answered with nothing found, whichever process is asked."""
    figures = shop.ask("GET", "/metrics")[2].decode()
    found = re.search(r'stamkunde_requests_total{status="4xx"} (\d+)', figures)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("text", ["0", "17", "-1", "two"])
def test_a_number_of_web_processes_that_makes_no_sense_is_refused(text, monkeypatch):
    monkeypatch.setenv("STAMKUNDE_WEB_PROCESSES", text)
    with pytest.raises(ImproperlyConfigured, match="STAMKUNDE_WEB_PROCESSES must be"):
        env.number_between("STAMKUNDE_WEB_PROCESSES", 1, 16, default=1)
