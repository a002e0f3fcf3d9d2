"""The door the web server knocks on: a small shell that sends each request to the part that serves it best.

Pages go to the WSGI side in a pool of threads, which needs a third of the processor time that Django's ASGI side does.
A stream (`/live/...`) begins there too, as a page that answers with its grant, and is then kept open without a thread,
so that a thousand of them cost next to nothing. Hashed static files are answered from memory, packed.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, cast
from urllib.parse import quote_from_bytes

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stamkunde.config.settings")
health = get_asgi_application()

# After the line above, because the pages' door reads the settings as it is imported.
from stamkunde.config.operations.lifeline import die_with_parent, until_closing  # noqa: E402
from stamkunde.config.pages import Pages  # noqa: E402
from stamkunde.config.static import StaticFiles  # noqa: E402
from stamkunde.config.wsgi import application as pages  # noqa: E402
from stamkunde.kit.live.hub import hub  # noqa: E402
from stamkunde.kit.sqlite.base import write_over_one_connection  # noqa: E402

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PROCESSES = settings.WEB_PROCESSES
# A stalled reader holds a thread, so there are more threads than the processors could keep busy. Each keeps a
# connection with its memory, so that more processes have fewer threads each.
THREADS = max(4, 24 // PROCESSES)
# More could not be answered within about a second by one processor, nor more by several processes that share one.
MOST_AT_ONCE = 96 * min(PROCESSES, os.cpu_count() or 1) // PROCESSES

threads = Pages(pages, threads=THREADS, most=MOST_AT_ONCE)
# A thread that works keeps Python for so long from the one that has just been handed the turn to write.
sys.setswitchinterval(0.001)
static_files = StaticFiles(settings.STATIC_ROOT, settings.STATIC_URL)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await live_and_die(receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    elif (reply := static_files.reply_to(scope)) is not None:
        await answer(send, *reply)
    elif scope["path"] == "/healthz":
        # Asked elsewhere than pages, so that it answers even while every thread for pages waits for a lock.
        await health(cast(Any, scope), cast(Any, receive), cast(Any, send))
    elif is_unmeasured(scope):
        await answer(send, 411, [], b"Say how long the body is: send a Content-Length.")
    else:
        await threads(tidied(scope), whole_bodies(receive), send)


async def live_and_die(receive: Receive, send: Send) -> None:
    watch = asyncio.create_task(until_closing(hub().end))
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            die_with_parent()
            write_over_one_connection()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            watch.cancel()
            return


async def answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    if not headers:
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def is_unmeasured(scope: Scope) -> bool:
    """Return whether the request has a body of unknown length, which WSGI would take for an empty one."""
    names = {name for name, _ in scope["headers"]}
    return b"transfer-encoding" in names and b"content-length" not in names


def tidied(scope: Scope) -> Scope:
    """Return the scope without what WSGI cannot tell apart or cannot read.

    `X_Forwarded_Proto` would become the same variable as `X-Forwarded-Proto`, which a proxy sets; and a query with
    unquoted letters is quoted, as a browser would have done.
    """
    return {
        **scope,
        "headers": [(name, value) for name, value in scope["headers"] if b"_" not in name],
        "query_string": quote_from_bytes(scope["query_string"], safe=ASCII).encode(),
    }


ASCII = bytes(range(128))


def whole_bodies(receive: Receive) -> Receive:
    """Return a receiver for a2wsgi: a real coroutine, and one that never passes half a body off as a whole."""

    async def receive_body() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("The client left before its request was complete.")
        return message

    return receive_body
