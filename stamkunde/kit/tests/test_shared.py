"""Numbers that are the same in all copies of a process, and that no killed copy keeps from the others."""

import multiprocessing
import os
import signal
import threading

from stamkunde.kit.shared import Shared

copies = multiprocessing.get_context("fork")


def add(shared: Shared, times: int) -> None:
    for _ in range(times):
        with shared.alone() as numbers:
            numbers[0] = numbers[0] + 1


def test_what_copies_and_their_threads_add_at_once_is_all_there() -> None:
    shared = Shared(1)
    adding = [copies.Process(target=add, args=(shared, 2_000)) for _ in range(2)]
    adding += [threading.Thread(target=add, args=(shared, 2_000)) for _ in range(2)]  # type: ignore[misc]

    for one in adding:
        one.start()
    for one in adding:
        one.join(60)

    assert shared.numbers[0] == 8_000


def test_a_copy_that_is_killed_in_the_middle_holds_up_nobody() -> None:
    shared = Shared(1)

    def die_inside() -> None:
        with shared.alone() as numbers:
            numbers[0] = 7
            os.kill(os.getpid(), signal.SIGKILL)

    dying = copies.Process(target=die_inside)
    dying.start()
    dying.join(60)

    assert dying.exitcode == -signal.SIGKILL
    with shared.alone() as numbers:
        assert numbers[0] == 7
