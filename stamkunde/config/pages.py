"""The side of the door that leads to the pages: a whole request goes to a thread, and a whole answer comes back.

Every step from the loop to a thread or back waits for Python's one lock, which under load is most of the way. A request
is therefore read to its end before a thread takes it, and an answer is sent in one piece; only what is larger goes in
parts. When more wait than can be answered soon, the next are told so at once: whoever waits in vain comes again, and
then twice as many wait. Who is still sending waits for nobody and takes no such place: otherwise a hundred connections
that never finish would keep everybody else out.
"""

import asyncio
import contextvars
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from functools import partial
from io import BytesIO
from typing import Any, Protocol, cast

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ
from django.utils.translation import get_supported_language_variant, override
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from stamkunde.config.streaming import Granted, stream
from stamkunde.config.threads import Threads
from stamkunde.kit.api.problems import CONTENT_TYPE, Problem
from stamkunde.kit.live.streams import AGAIN, LiveResponse

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# What is larger is an upload, and is read by its thread as it comes.
LARGEST_WHOLE = 3_000_000
# So long may sending take, and so many may be at it: each holds its body in memory and nothing else.
SECONDS_TO_SEND = 60.0
MOST_SENDING = 512
MOST_UPLOADS = 32
# A thread waits for an upload that comes slower than this, in bytes a second, for no longer than the grace.
SLOWEST_UPLOAD = 32_000
GRACE = 30.0
BODILESS = {204, 304}


class Application(Protocol):
    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any], /) -> Iterable[bytes]: ...


class Pages:
    """A WSGI application in threads; `most` requests are let in at once, those that wait for a thread among them."""

    def __init__(
        self,
        application: Application,
        *,
        threads: int,
        most: int,
        seconds_to_send: float = SECONDS_TO_SEND,
        grace: float = GRACE,
    ) -> None:
        self._application = application
        self._threads = Threads(threads, "pages")
        self._in_parts = WSGIMiddleware(cast(Any, application), workers=4)
        self._most = most
        self._seconds_to_send, self._grace = seconds_to_send, grace
        self._inside = self._sending = self._uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = length_of(scope)
        try:
            if length > LARGEST_WHOLE:
                await self._take_upload(scope, receive, send)
            elif not length:
                granted = await self._let_in(scope, b"", send)
                if granted is not None:
                    # From here on it takes no place of those who wait for a page.
                    await stream(granted, receive, send, partial(self._may_go_on, scope, granted))
            elif (body := await self._sent(receive)) is not None:
                await self._let_in(scope, body, send)
            else:
                await send_whole(send, *too_many(scope))
        except ConnectionResetError:
            # Whoever left before the request was complete is not there to be answered, and nothing was begun.
            return
        except TimeoutError:
            await send_whole(send, *too_slow())

    async def _sent(self, receive: Receive) -> bytes | None:
        """Return the body as soon as it is whole; None when too many are sending."""
        if self._sending >= MOST_SENDING:
            return None
        self._sending += 1
        try:
            async with asyncio.timeout(self._seconds_to_send):
                return await whole_body(receive)
        finally:
            self._sending -= 1

    async def _let_in(self, scope: Scope, body: bytes, send: Send) -> Granted | None:
        """Answer, unless the answer is a stream: that is given back."""
        if self._inside >= self._most:
            await send_whole(send, *too_many(scope))
            return None
        self._inside += 1
        try:
            return await self._answer(scope, body, send)
        finally:
            self._inside -= 1

    async def _may_go_on(self, scope: Scope, granted: Granted) -> bool:
        """Ask the page that granted a stream whether it would still grant the same."""
        if self._inside >= self._most:
            # Asking would only add to the crowd; it is asked again soon.
            return True
        self._inside += 1
        try:
            again = await self._asked(scope, b"", None, {AGAIN: "yes"})
        finally:
            self._inside -= 1
        return isinstance(again, Granted) and again.response.rooms == granted.response.rooms

    async def _take_upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._uploads >= MOST_UPLOADS:
            await send_whole(send, *too_many(scope))
            return
        self._uploads += 1
        upload = Upload(receive, send, self._grace)
        try:
            await self._in_parts(cast(Any, scope), cast(Any, upload.receive), cast(Any, upload.send))
        except OSError:
            if upload.broken is None:
                raise
        finally:
            self._uploads -= 1
        if upload.broken is not None and not upload.has_answered:
            raise upload.broken

    async def _answer(self, scope: Scope, body: bytes, send: Send) -> Granted | None:
        whole = await self._asked(scope, body, send, {})
        if isinstance(whole, Granted):
            return whole
        if whole is not None:
            await send_whole(send, *whole)
        return None

    async def _asked(
        self, scope: Scope, body: bytes, send: Send | None, more: dict[str, str]
    ) -> tuple[int, Headers, bytes] | Granted | None:
        loop = asyncio.get_running_loop()
        environ = cast(dict[str, Any], build_environ(cast(Any, scope), cast(Any, BytesIO(body)))) | more
        answered = partial(contextvars.copy_context().run, self._answered, environ, loop, send)
        return await loop.run_in_executor(self._threads, answered)

    def _answered(
        self, environ: dict[str, Any], loop: asyncio.AbstractEventLoop, send: Send | None
    ) -> tuple[int, Headers, bytes] | Granted | None:
        """Return the answer, or send it in parts where it is one that comes in parts."""
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            begun[:] = [
                int(status[:3]),
                [(name.lower().encode("latin1"), text.encode("latin1")) for name, text in headers],
            ]

        response: Any = self._application(environ, start_response)
        try:
            status, headers = begun
            if isinstance(response, LiveResponse) and environ["REQUEST_METHOD"] == "GET":
                return Granted(status, headers, response)
            if not getattr(response, "streaming", True):
                body = b"".join(response)
                if environ["REQUEST_METHOD"] != "HEAD" and status not in BODILESS:
                    headers.append((b"content-length", str(len(body)).encode()))
                return status, headers, body

            # What a server's own send gives back can be awaited and need be no coroutine, and it belongs to the loop.
            async def sent(message: Message) -> None:
                if send is not None:
                    await send(message)

            def send_now(message: Message) -> None:
                asyncio.run_coroutine_threadsafe(sent(message), loop).result()

            send_now({"type": "http.response.start", "status": status, "headers": headers})
            for chunk in response:
                send_now({"type": "http.response.body", "body": chunk, "more_body": True})
            send_now({"type": "http.response.body", "body": b""})
            return None
        finally:
            response.close()


class Upload:
    """A body that its thread reads as it comes: one that trickles, or whose sender left, is broken off for good.

    Whatever the page makes of half a body is not sent: `broken` says why there is no answer of its own.
    """

    def __init__(self, receive: Receive, send: Send, grace: float) -> None:
        self._receive, self._send, self._grace = receive, send, grace
        self._begun_at: float | None = None
        self._came = 0
        self.has_answered = False
        self.broken: OSError | None = None

    async def receive(self) -> Message:
        if self.broken is not None:
            raise self.broken
        loop = asyncio.get_running_loop()
        if self._begun_at is None:
            # It waited for a thread until now, which is not the sender's fault.
            self._begun_at = loop.time()
        try:
            async with asyncio.timeout_at(self._begun_at + self._grace + self._came / SLOWEST_UPLOAD):
                message = await self._receive()
        except TimeoutError as error:
            self.broken = error
            raise
        if message["type"] == "http.disconnect":
            self.broken = ConnectionResetError("The client left before its upload was complete.")
            raise self.broken
        self._came += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if self.broken is None or self.has_answered:
            self.has_answered = True
            await self._send(message)


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def whole_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Half a body is never passed off as a whole.
            raise ConnectionResetError("The client left before its request was complete.")
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def length_of(scope: Scope) -> int:
    """Return how long the body says it is; what is no number is left to the page to refuse."""
    said = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(said[:18]) if said.isdigit() else 1


def too_many(scope: Scope) -> tuple[int, Headers, bytes]:
    """Return the answer to whoever would wait too long, in the language that the request asks for."""
    with override(_language(scope)):
        sentence = _("Too many are asking at once just now. Nothing was changed; please try again in a moment.")
    if scope["path"].startswith("/api/"):
        kind = CONTENT_TYPE.encode()
        body = json.dumps(Problem(503, "busy", sentence).as_dict()).encode()
    else:
        kind, body = b"text/plain; charset=utf-8", sentence.encode()
    length = str(len(body)).encode()
    return 503, [(b"content-type", kind), (b"content-length", length), (b"retry-after", b"1")], body


def too_slow() -> tuple[int, Headers, bytes]:
    """Return the answer to whoever has not sent all of the request in time; a program, for a browser is not so slow."""
    body = b"The request did not arrive whole in time. Nothing was changed; send it again."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    return 408, [*headers, (b"connection", b"close")], body


def _language(scope: Scope) -> str:
    said = next((value for name, value in scope["headers"] if name == b"accept-language"), b"").decode("latin1")
    for wanted, _weight in parse_accept_lang_header(said.lower()):
        try:
            return get_supported_language_variant(wanted)
        except LookupError:
            continue
    return "en"
