"""A receiver on this machine that keeps what it is sent, and the one allowance by which a test reaches it."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import Any

from django.conf import settings
from django.test import override_settings

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True)
class Received:
    """One request as it arrived; names of headers are in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Receiver:
    """Where requests arrive; `reply` decides what is answered."""

    url: str
    port: int
    reply: Callable[[Received], Reply] = lambda _received: (200, {}, b"ok")
    received: list[Received] = field(default_factory=list)


@contextmanager
def receiving(context: ssl.SSLContext | None = None, *, allowed: bool = True) -> Iterator[Receiver]:
    """Stand up a receiver on a free port of the loopback; without `allowed` the way out refuses to go there."""

    class Hands(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            received = Received(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.received.append(received)
            status, headers, content = receiver.reply(received)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hands)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    port = server.server_address[1]
    receiver = Receiver(f"{'https' if context else 'http'}://localhost:{port}/", port)
    serving = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    serving.start()
    try:
        with override_settings(
            INNER_NETWORKS=LOOPBACK if allowed else settings.INNER_NETWORKS,
            OUTGOING_PORTS=settings.OUTGOING_PORTS | {port},
        ):
            yield receiver
    finally:
        server.shutdown()
        server.server_close()
