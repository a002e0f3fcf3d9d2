"""News for open pages: told once it is written, to all processes, in order, and never waited for."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import RequestFactory, override_settings

from stamkunde.kit.live import Ear, LiveResponse, News, announce, open_streams, stream_of
from stamkunde.kit.live.hub import Hub
from stamkunde.kit.live.streams import AGAIN, OpenStreams, told
from stamkunde.kit.live.wires import NotifyWire, SocketWire

PROJECT = Path(__file__).resolve().parents[3]


def test_news_is_the_same_after_its_way() -> None:
    news = News("staff:7", "call", {"number": 3, "is_known": False, "who": None, "text": "Kāpēc?\n\n"})

    assert News.unpacked(news.packed()) == news
    assert news.told().count(b"\n") == 2
    assert news.told().startswith(b"data: ")


@pytest.mark.parametrize("packed", [b"", b"{}", b"[1]", b'["a","b","c"]', b"\xff\xfe", b'[1,"b",{}]'])
def test_what_is_no_news_is_left_out(packed: bytes) -> None:
    assert News.unpacked(packed) is None


def test_news_that_is_too_large_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="too large"):
        announce("inbox", "message", {"text": "x" * 5_000})


@pytest.mark.django_db(transaction=True)
def test_what_is_not_written_is_not_told(heard: Queue[News]) -> None:
    class Broken(Exception):
        pass

    with pytest.raises(Broken), transaction.atomic():
        announce("inbox", "never")
        raise Broken
    with transaction.atomic():
        announce("inbox", "written", {"number": 1})
        with pytest.raises(Empty):
            heard.get(timeout=0.2)

    assert heard.get(timeout=5) == News("inbox", "written", {"number": 1})


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue[News]]:
    """Hear everything that is announced, by the wire of the database that the tests run on."""
    came: Queue[News] = Queue()
    listener = NotifyWire() if connection.vendor == "postgresql" else SocketWire(tmp_path / "run")
    teller = NotifyWire() if connection.vendor == "postgresql" else SocketWire(tmp_path / "run")
    monkeypatch.setattr("stamkunde.kit.live.news.wire", lambda: teller)
    listener.listen(lambda packed: came.put(News.unpacked(packed) or News("", "")))
    yield came
    listener.close()


def words_of(came: Queue[bytes], count: int) -> list[bytes]:
    return [came.get(timeout=5) for _ in range(count)]


def test_sockets_tell_all_who_listen_and_each_once(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first, second, silent = SocketWire(folder), SocketWire(folder), SocketWire(folder)
    at_first: Queue[bytes] = Queue()
    at_second: Queue[bytes] = Queue()
    first.listen(at_first.put)
    first.listen(at_first.put)
    second.listen(at_second.put)

    for number in range(300):
        silent.send(b"%d" % number)
    expected = [b"%d" % number for number in range(300)]
    assert words_of(at_first, 300) == expected
    assert words_of(at_second, 300) == expected

    first.send(b"own")
    assert [at_first.get(timeout=5), at_second.get(timeout=5)] == [b"own", b"own"]
    assert at_first.empty()


def test_sockets_are_their_owners_only_and_those_left_behind_are_swept(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("1-dead.live", "2-dead.live"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
            left.bind(str(folder / name))
    SocketWire(folder).send(b"found out")
    assert list(folder.iterdir()) == []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as left:
        left.bind(str(folder / "3-dead.live"))
    SocketWire(folder).listen(lambda packed: None)

    (mine,) = folder.iterdir()

    assert mine.stat().st_mode & 0o777 == 0o600


def test_a_home_deeper_than_a_socket_may_lie_is_no_trouble(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / ("deeper" * 20)
    came: Queue[bytes] = Queue()
    SocketWire(folder).listen(came.put)

    SocketWire(folder).send(b"down there")

    assert came.get(timeout=5) == b"down there"


def test_whoever_does_not_keep_up_is_passed_over_and_holds_nobody_up(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    teller = SocketWire(folder)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stuck:
        stuck.bind(str(folder / "stuck.live"))
        began = time.monotonic()
        for _ in range(5_000):
            teller.send(b"x" * 100)
        assert time.monotonic() - began < 5


def test_a_listener_in_another_process_hears(tmp_path: Path) -> None:
    """The worker tells, a web process hears: two programs, one folder."""
    came: Queue[bytes] = Queue()
    SocketWire(tmp_path / "run").listen(came.put)
    program = (
        "from pathlib import Path; from stamkunde.kit.live.wires import SocketWire;"
        f"SocketWire(Path({str(tmp_path / 'run')!r})).send(b'from outside')"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "stamkunde.config.settings"}

    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=environment, check=True)  # noqa: S603

    assert came.get(timeout=5) == b"from outside"


def test_whoever_has_closed_hears_no_more_and_leaves_nothing_behind(tmp_path: Path) -> None:
    came: Queue[bytes] = Queue()
    closed = SocketWire(tmp_path / "run")
    closed.listen(came.put)
    closed.close()

    SocketWire(tmp_path / "run").send(b"too late")

    assert list((tmp_path / "run").iterdir()) == []
    assert came.get(timeout=5) == b""
    assert came.empty()


def in_rooms(*rooms: str, most: int = 100) -> tuple[Hub, Ear]:
    hub, ear = Hub(), Ear(rooms, most)
    hub.add(ear)
    return hub, ear


def test_a_listener_hears_its_rooms_alone_and_in_order() -> None:
    async def listened() -> list[News | None]:
        hub, ear = in_rooms("staff:1", "inbox")
        for room in ("staff:2", "inbox", "staff:1"):
            hub.heard(News(room, "said").packed())
        hub.heard(b"no news")
        return [await ear.next(5), await ear.next(5), await ear.next(0.01)]

    assert asyncio.run(listened()) == [News("inbox", "said"), News("staff:1", "said"), None]


def test_a_listener_that_does_not_keep_up_is_let_go() -> None:
    async def listened() -> tuple[bool, bool]:
        hub, ear = in_rooms("inbox", most=3)
        for _ in range(3):
            hub.heard(News("inbox", "said").packed())
        await asyncio.sleep(0.01)
        kept_up = not ear.has_ended
        hub.heard(News("inbox", "said").packed())
        await asyncio.sleep(0.01)
        return kept_up, ear.has_ended

    assert asyncio.run(listened()) == (True, True)


def test_a_listener_that_left_is_forgotten() -> None:
    async def listened() -> dict[str, Any]:
        hub, ear = in_rooms("inbox", "staff:1")
        hub.remove(ear)
        hub.remove(ear)
        return hub._rooms

    assert asyncio.run(listened()) == {}


def test_a_listener_whose_loop_is_over_breaks_nothing_for_others() -> None:
    hub = Hub()

    async def join() -> Ear:
        ear = Ear(["inbox"])
        hub.add(ear)
        return ear

    asyncio.run(join())
    hub.heard(News("inbox", "said").packed())

    assert hub._rooms == {}


def said_by(
    may_go_on: Callable[[], bool], *, seconds: float = 0.5, news: int = 0, end: bool = False, **pace: float
) -> list[bytes]:
    """Return what a stream says within so many seconds, with news in its room at the beginning."""

    async def listened() -> list[bytes]:
        ear = Ear(["inbox"])
        for number in range(news):
            ear.hear(News("inbox", "said", {"number": number}))
        if end:
            ear.end()

        async def asked() -> bool:
            return may_go_on()

        parts: list[bytes] = []
        try:
            async with asyncio.timeout(seconds):
                granted = LiveResponse(["inbox"], holder="staff:1", address="10.0.0.1")
                async for part in told(granted, ear, asked, **pace):
                    parts.append(part)
        except TimeoutError:
            parts.append(b"goes on")
        return parts

    return asyncio.run(listened())


def test_a_stream_tells_news_and_shows_that_it_lives() -> None:
    parts = said_by(lambda: True, news=2, beat=0.1)

    assert parts[0] == b"retry: 3000\n\n"
    assert [b'"number":0' in parts[1], b'"number":1' in parts[2]] == [True, True]
    assert set(parts[3:-1]) == {b":\n\n"}
    assert parts[-1] == b"goes on"


def test_a_stream_ends_when_its_page_would_be_refused() -> None:
    answers = iter([True, False])

    assert said_by(lambda: next(answers), seconds=3, asked_again=0.05) == [b"retry: 3000\n\n"]
    assert list(answers) == []


def test_a_stream_is_asked_about_also_while_news_never_ceases() -> None:
    async def listened() -> int:
        ear = Ear(["inbox"])

        async def asked() -> bool:
            return False

        count = 0
        async for _ in told(LiveResponse([], holder="", address=""), ear, asked, asked_again=0.1):
            count += 1
            ear.hear(News("inbox", "again"))
            await asyncio.sleep(0.001)
        return count

    assert asyncio.run(asyncio.wait_for(listened(), 5)) > 5


def test_a_stream_ends_when_it_is_told_to_and_when_it_has_lasted_long() -> None:
    assert said_by(lambda: True, news=1, end=True) == [b"retry: 3000\n\n"]
    assert said_by(lambda: True, longest=0.05) == [b"retry: 3000\n\n"]


@pytest.mark.parametrize(
    ("limits", "may"),
    [
        ({}, True),
        ({"LIVE_STREAMS": 2}, False),
        ({"LIVE_STREAMS_EACH": 2}, False),
        ({"LIVE_STREAMS_PER_ADDRESS": 2}, False),
        ({"LIVE_STREAMS": 3, "LIVE_STREAMS_EACH": 3, "LIVE_STREAMS_PER_ADDRESS": 3}, True),
    ],
)
def test_there_is_an_end_to_how_many_are_open(limits: dict[str, int], may: bool) -> None:
    streams = OpenStreams()
    with override_settings(**limits), streams.holding("staff:1", "10.0.0.1"), streams.holding("staff:1", "10.0.0.1"):
        assert streams.has_room("staff:1", "10.0.0.1") is may
    assert streams.has_room("staff:1", "10.0.0.1")
    assert not streams._by


def test_one_too_many_is_refused_with_a_sentence_and_one_that_is_open_may_go_on() -> None:
    request = RequestFactory().get("/live/staff/")
    with override_settings(LIVE_STREAMS_EACH=1), open_streams.holding("staff:1", "10.0.0.1"):
        refused = stream_of(request, ["inbox"], holder="staff:1", address="10.0.0.2")
        other = stream_of(request, ["inbox"], holder="staff:2", address="10.0.0.2")
        request.META[AGAIN] = "yes"
        again = stream_of(request, ["inbox"], holder="staff:1", address="10.0.0.2")

    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert b"Close some of them" in refused.content
    assert isinstance(other, LiveResponse)
    assert isinstance(again, LiveResponse)
