"""A mail server of another make on this machine, which does what a test asks of it: refuses, drops the line, hangs."""

import asyncio
import base64
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from django.conf import settings
from django.test import override_settings

from tests.receiver import LOOPBACK

# What a hook may answer beside a reply: the line is cut, or nothing comes any more.
DROP, HANG = "drop", "hang"
Hook = Callable[[str], str | None]


@dataclass(frozen=True)
class Arrived:
    """One mail with its envelope, as the server took it, its bytes as they came."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class MailServer:
    """Where mails arrive. Each hook is asked with what was said and may answer; without an answer all is taken.

    `taking` is asked when the whole mail is there: what it answers comes instead of the acknowledgement, and the mail
    counts as arrived unless that is a refusal.
    """

    host: str = "127.0.0.1"
    port: int = 0
    arrived: list[Arrived] = field(default_factory=list)
    lines: int = 0
    signed_in: list[tuple[str, str]] = field(default_factory=list)
    greeting: Hook = lambda _said: None
    sender: Hook = lambda _said: None
    recipient: Hook = lambda _said: None
    taking: Hook = lambda _said: None
    user: tuple[str, str] = ("", "")

    async def handle_EHLO(self, server: Any, session: Any, envelope: Envelope, name: str, answers: list[str]) -> Any:
        self.lines += 1
        session.host_name = name
        if answer := self.greeting(name):
            await self._answered(server, answer)
            return [f"{answer}"]
        return answers

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if answer := self.sender(address):
            return await self._answered(server, answer)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: Any) -> str:
        if answer := self.recipient(address):
            return await self._answered(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        answer = self.taking(content.decode("utf-8", "replace"))
        if answer is None or answer in (DROP, HANG):
            self.arrived.append(Arrived((envelope.mail_from or "").strip("<>"), tuple(envelope.rcpt_tos), content))
        return await self._answered(server, answer) if answer else "250 2.0.0 taken"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1]).decode()
        user, token = said.split("\1")[0].removeprefix("user="), said.split("auth=Bearer ")[1].split("\1")[0]
        self.signed_in.append((user, token))
        if (user, token) != self.user:
            return AuthResult(success=False, handled=False, message="535 5.7.8 no such token")
        return AuthResult(success=True)

    def knows(self, server: Any, session: Any, envelope: Any, mechanism: str, said: Any) -> AuthResult:
        if isinstance(said, LoginPassword):
            name, password = said.login.decode(), said.password.decode()
            self.signed_in.append((name, password))
            return AuthResult(success=(name, password) == self.user, handled=False)
        return AuthResult(success=False, handled=False)

    async def _answered(self, server: Any, answer: str) -> str:
        if answer == DROP:
            server.transport.abort()
        elif answer == HANG:
            await asyncio.sleep(3_600)
        return answer


class OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None, asks_who: bool = False, **more: Any
) -> Iterator[MailServer]:
    """Stand up a mail server on a free port of the loopback, to which the way out is allowed."""
    desk = MailServer()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    given: dict[str, Any] = {"tls_context": starttls, "require_starttls": starttls is not None} if starttls else {}
    if asks_who:
        given |= {"authenticator": desk.knows, "auth_required": True, "auth_require_tls": bool(starttls)}
    controller = OnAnyPort(desk, hostname="127.0.0.1", port=0, ssl_context=tls, ready_timeout=20, **given, **more)
    controller.start()
    # It has looked at itself by a connection of its own.
    desk.lines = 0
    try:
        desk.port = controller.port
        with override_settings(INNER_NETWORKS=LOOPBACK, MAIL_PORTS=settings.MAIL_PORTS | {desk.port}):
            yield desk
    finally:
        controller.stop(no_assert=True)
