"""How long to wait before touching a database again that was locked or gone."""

import random

_chance = random.SystemRandom()


class Pauses:
    """Waits that double up to a longest one, with jitter, and start over after a success."""

    def __init__(self, first: float = 0.25, longest: float = 5.0) -> None:
        self._first = self._following = first
        self._longest = longest

    def next(self) -> float:
        pause = self._following
        self._following = min(self._longest, pause * 2)
        return pause * _chance.uniform(0.5, 1.0)

    def start_over(self) -> None:
        self._following = self._first
