"""The pages' threads: who rested last is asked first, nobody is forgotten, and what fails fails alone."""

import threading
import time
from concurrent.futures import wait

import pytest

from stamkunde.config.threads import Threads


def test_one_after_the_other_is_done_by_the_same_thread() -> None:
    threads, names = Threads(4, "pages"), set()
    for _ in range(20):
        names.add(threads.submit(lambda: threading.current_thread().name).result(30))
        # It rests a moment after it has answered.
        while not threads._resting:
            time.sleep(0)

    assert len(names) == 1


def test_more_than_there_are_threads_wait_their_turn_and_all_are_done() -> None:
    threads, begun, free = Threads(2, "pages"), threading.Semaphore(0), threading.Event()

    def work(number: int) -> int:
        begun.release()
        free.wait(30)
        return number

    futures = [threads.submit(work, number) for number in range(6)]
    assert begun.acquire(timeout=30)
    assert begun.acquire(timeout=30)
    assert not begun.acquire(timeout=0.05)
    free.set()
    wait(futures, 30)

    assert [future.result(0) for future in futures] == list(range(6))


def test_what_fails_is_told_and_its_thread_goes_on() -> None:
    threads = Threads(1, "pages")

    def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        threads.submit(fail).result(30)
    assert threads.submit(lambda: 5).result(30) == 5
