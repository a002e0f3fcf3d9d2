"""Standing in line: whoever came first goes first, and nobody waits longer than said."""

import threading

from stamkunde.kit.lines import Line


def test_each_goes_in_the_order_in_which_they_came() -> None:
    line, went = Line(), []
    assert line.take(1)

    def stand(number: int) -> None:
        assert line.take(30)
        went.append(number)
        line.give()

    threads = []
    for number in range(5):
        thread = threading.Thread(target=stand, args=(number,))
        thread.start()
        threads.append(thread)
        while len(line._waiting) <= number:
            pass
    line.give()
    for thread in threads:
        thread.join(30)

    assert went == [0, 1, 2, 3, 4]
    assert line.take(0)


def test_whoever_waits_in_vain_leaves_the_line_and_holds_up_nobody() -> None:
    line = Line()
    assert line.take(0)
    assert not line.take(0.01)
    line.give()
    assert line.take(0)


def test_only_one_has_the_turn() -> None:
    line, inside, most = Line(), [], []

    def work() -> None:
        for _ in range(200):
            assert line.take(30)
            inside.append(1)
            most.append(len(inside))
            inside.pop()
            line.give()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert set(most) == {1}
    assert len(most) == 800
