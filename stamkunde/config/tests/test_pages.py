"""Whole requests to the threads and whole answers back, larger things in parts, and no line longer than is served."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import pytest
from django.http import HttpResponse, StreamingHttpResponse

from stamkunde.config.pages import LARGEST_WHOLE, Pages, whole_body

Message = dict[str, Any]


def scope(path: str = "/", method: str = "POST", **headers: str) -> Message:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "http_version": "1.1",
        "headers": [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()],
    }


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    response = HttpResponse(environ["wsgi.input"].read(), status=201)
    start_response("201 Created", list(response.items()))
    return response


async def asked(pages: Pages, wanted: Message, parts: Iterable[bytes] = ()) -> list[Message]:
    """Ask for a page with the body in so many parts, and return all that was sent."""
    sent: list[Message] = []
    bodies = list(parts)

    async def receive() -> Message:
        return {"type": "http.request", "body": bodies.pop(0), "more_body": bool(bodies)}

    def send(message: Any) -> Awaitable[None]:
        """Send as the server does: in the loop alone, and by something that can be awaited and is no coroutine."""
        sent.append(message)
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    await pages(wanted, receive, send)
    return sent


def test_a_body_in_parts_arrives_whole_and_the_answer_goes_in_one_piece() -> None:
    pages = Pages(echo, threads=1, most=4)

    sent = asyncio.run(asked(pages, scope(content_length="6"), [b"abc", b"", b"def"]))

    assert sent[0]["status"] == 201
    assert (b"content-length", b"6") in sent[0]["headers"]
    assert [message["body"] for message in sent[1:]] == [b"abcdef"]


def test_an_answer_that_comes_in_parts_is_sent_in_parts_by_one_thread() -> None:
    by: set[int] = set()

    def told() -> Iterator[bytes]:
        for part in (b"one", b"two"):
            by.add(threading.get_ident())
            yield part

    def stream(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        by.add(threading.get_ident())
        start_response("200 OK", [])
        return StreamingHttpResponse(told())

    sent = asyncio.run(asked(Pages(stream, threads=4, most=4), scope(method="GET")))

    assert [message.get("body") for message in sent] == [None, b"one", b"two", b""]
    assert len(by) == 1


def test_an_upload_larger_than_is_read_at_once_arrives_whole_too() -> None:
    size = LARGEST_WHOLE + 10
    body = bytes(size)

    sent = asyncio.run(asked(Pages(echo, threads=1, most=4), scope(content_length=str(size)), [body[:99], body[99:]]))

    assert len(b"".join(message.get("body", b"") for message in sent)) == size


def test_whoever_never_finishes_sending_keeps_nobody_out() -> None:
    """A hundred connections, each with two bytes of its form, shut the shop for everybody else."""
    pages = Pages(echo, threads=1, most=4)

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing ever comes")

    async def ignored(message: Any) -> None:
        raise AssertionError(message)

    async def crowd() -> list[list[Message]]:
        stalled = [asyncio.create_task(pages(scope(content_length="50000"), never, ignored)) for _ in range(100)]
        await asyncio.sleep(0)
        sent = [await asked(pages, scope(method="GET")), await asked(pages, scope(content_length="2"), [b"ab"])]
        for task in stalled:
            task.cancel()
        return sent

    assert [sent[0]["status"] for sent in asyncio.run(crowd())] == [201, 201]


def test_a_request_that_does_not_arrive_in_time_is_refused_and_never_begun() -> None:
    begun: list[int] = []

    def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        begun.append(1)
        return echo(environ, start_response)

    sent: list[Message] = []

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing ever comes")

    async def send(message: Any) -> None:
        sent.append(message)

    pages = Pages(counted, threads=1, most=4, seconds_to_send=0.01)
    asyncio.run(pages(scope(content_length="50000"), never, send))

    assert sent[0]["status"] == 408
    assert not begun


def test_half_a_body_is_never_passed_off_as_a_whole() -> None:
    messages = [{"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    with pytest.raises(ConnectionResetError):
        asyncio.run(whole_body(receive))


def test_whoever_leaves_in_the_middle_is_not_served_and_takes_no_room() -> None:
    served: list[int] = []

    def counted(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        served.append(1)
        return echo(environ, start_response)

    async def gone() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError

    async def leave_and_come() -> list[Message]:
        pages = Pages(counted, threads=1, most=1)
        await pages(scope(content_length="6"), gone, send)
        return await asked(pages, scope(content_length="1"), [b"x"])

    assert asyncio.run(leave_and_come())[0]["status"] == 201
    assert served == [1]


def test_whoever_would_wait_too_long_is_told_at_once_and_let_in_as_soon_as_there_is_room() -> None:
    """R-10: too many at once are answered with 503 and not kept waiting."""
    go_on = threading.Event()

    def slow(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        go_on.wait(30)
        return echo(environ, start_response)

    async def crowd() -> tuple[list[Message], list[Message], list[list[Message]], list[Message]]:
        pages = Pages(slow, threads=1, most=3)
        inside = [asyncio.create_task(asked(pages, scope(method="GET"))) for _ in range(3)]
        await asyncio.sleep(0)
        machine = await asked(pages, scope("/api/v1/orders", "GET"))
        person = await asked(pages, scope("/customers/", "GET", accept_language="nb-NO,nb;q=0.9"))
        go_on.set()
        served = [await one for one in inside]
        return machine, person, served, await asked(pages, scope(method="GET"))

    machine, person, served, after = asyncio.run(crowd())

    assert machine[0]["status"] == person[0]["status"] == 503
    assert (b"retry-after", b"1") in machine[0]["headers"]
    assert json.loads(machine[1]["body"])["code"] == "busy"
    assert "prøv igjen" in person[1]["body"].decode()
    assert [one[0]["status"] for one in served] == [201, 201, 201]
    assert after[0]["status"] == 201


def test_an_upload_that_trickles_holds_no_thread() -> None:
    """Four uploads of a byte a minute were all uploads there could be."""
    size = LARGEST_WHOLE + 10
    pages = Pages(echo, threads=1, most=4, grace=0.3)

    async def trickle() -> Message:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def trickled() -> list[Message]:
        sent: list[Message] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await pages(scope(content_length=str(size)), trickle, send)
        return sent

    async def crowd() -> tuple[list[list[Message]], list[Message]]:
        slow = await asyncio.gather(*(trickled() for _ in range(4)))
        return slow, await asked(pages, scope(content_length=str(size)), [bytes(size)])

    slow, after = asyncio.run(asyncio.wait_for(crowd(), 20))

    assert [[message["status"] for message in sent if "status" in message] for sent in slow] == [[408]] * 4
    assert after[0]["status"] == 201


def test_an_upload_that_comes_fast_enough_may_take_longer_than_the_grace() -> None:
    size, parts = LARGEST_WHOLE + 10, 10
    left = [bytes(size // parts)] * parts + [bytes(size % parts)]

    async def receive() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": left.pop(), "more_body": bool(left)}

    sent: list[Message] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(Pages(echo, threads=1, most=4, grace=0.1)(scope(content_length=str(size)), receive, send))

    assert sent[0]["status"] == 201


def test_half_an_upload_is_never_passed_off_as_a_whole() -> None:
    read: list[int] = []

    def kept(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        read.append(len(environ["wsgi.input"].read()))
        return echo(environ, start_response)

    messages = [{"type": "http.request", "body": b"ab", "more_body": True}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    asyncio.run(Pages(kept, threads=1, most=4)(scope(content_length=str(LARGEST_WHOLE + 10)), receive, send))

    assert not read
