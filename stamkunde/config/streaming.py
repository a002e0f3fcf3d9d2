"""The side of the door where streams are kept open: each costs the loop a little memory and no thread."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from stamkunde.kit.live.hub import Ear, hub
from stamkunde.kit.live.streams import LiveResponse, listening, told

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

# Whoever takes no more for so long is not reading.
SECONDS_TO_TAKE = 15.0


@dataclass(frozen=True)
class Granted:
    """What a view answered: a stream in place of a page."""

    status: int
    headers: Headers
    response: LiveResponse


async def stream(granted: Granted, receive: Receive, send: Send, may_go_on: Callable[[], Awaitable[bool]]) -> None:
    """Tell news until the page is left, does not take it, or may not have it any more."""
    await asyncio.get_running_loop().run_in_executor(None, hub().listen)
    with listening(granted.response) as ear:
        gone = asyncio.create_task(end_when_gone(receive, ear))
        try:
            async with asyncio.timeout(SECONDS_TO_TAKE):
                await send({"type": "http.response.start", "status": granted.status, "headers": granted.headers})
            async for part in told(granted.response, ear, may_go_on):
                async with asyncio.timeout(SECONDS_TO_TAKE):
                    await send({"type": "http.response.body", "body": part, "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        except (TimeoutError, OSError):
            # What it missed it asks for when it comes again.
            return
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone


async def end_when_gone(receive: Receive, ear: Ear) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    ear.end()
