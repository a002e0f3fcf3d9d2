"""Keys that came already are known again, and no others."""

import random
import sys

from stamkunde.kit.many_keys import ManyKeys, ManyNumbers


def test_it_knows_the_same_keys_as_a_set() -> None:
    chance = random.Random(7)
    keys, plain = ManyKeys(), set[str]()
    for _each in range(300_000):
        key = f"K-{chance.randrange(200_000)}"
        assert keys.add(key) == (key not in plain)
        plain.add(key)


def test_odd_keys_are_keys_too() -> None:
    keys = ManyKeys()
    odd = ("", " ", "Å", "A\u030a", "\ud800", "1", "01", "k" * 200)
    assert all(keys.add(key) for key in odd)
    assert not any(keys.add(key) for key in odd)


def test_a_key_takes_about_ten_bytes() -> None:
    keys = ManyKeys()
    keys.update(f"customer-{number}" for number in range(500_000))
    buckets = [bucket for bucket in keys._buckets if bucket is not None]
    # Beside the buckets' own size, which does not grow.
    grown = sum(sys.getsizeof(bucket) - sys.getsizeof(bytearray()) for bucket in buckets)
    assert grown < 500_000 * 12


def test_it_knows_the_same_numbers_as_a_dict() -> None:
    chance = random.Random(7)
    numbers, plain = ManyNumbers(), dict[str, int]()
    for _each in range(200_000):
        key = f"K-{chance.randrange(100_000)}"
        assert numbers.get(key) == plain.get(key)
        number = chance.choice((-1, 0, chance.randrange(1 << 40)))
        numbers.put(key, number)
        plain[key] = number
    assert all(numbers.get(key) == number for key, number in plain.items())


def test_odd_keys_have_numbers_of_their_own() -> None:
    numbers = ManyNumbers()
    odd = ("", " ", "Å", "A\u030a", "\ud800", "1", "01", "k" * 200)
    for number, key in enumerate(odd):
        numbers.put(key, number)
    assert [numbers.get(key) for key in odd] == list(range(len(odd)))
    assert numbers.get("2") is None


def test_a_number_takes_about_fifteen_bytes() -> None:
    numbers = ManyNumbers()
    for number in range(500_000):
        numbers.put(f"customer-{number}", -1)
    grown = sum(sys.getsizeof(bucket) - sys.getsizeof(bytearray()) for bucket in numbers._buckets if bucket is not None)
    assert grown < 500_000 * 18
