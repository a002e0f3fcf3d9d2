"""Standing in line: one at a time, in the order in which they came, and nobody for longer than said."""

from collections import deque
from threading import Lock


class Line:
    """A lock that is handed from one to the next; Python's own goes to whoever is quickest."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_taken = False
        self._waiting: deque[tuple[Lock, bool]] = deque()

    def take(self, seconds: float, *, is_brief: bool = False) -> bool:
        """Wait for the turn for so long; return whether it came. Who needs it for a moment only says so."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return True
            mine = Lock()
            mine.acquire()
            place = (mine, is_brief)
            self._waiting.append(place)
        if mine.acquire(timeout=seconds):
            return True
        with self._lock:
            if place in self._waiting:
                self._waiting.remove(place)
                return False
        # It was handed over in the very moment in which the wait ended.
        return True

    def give(self) -> None:
        """Hand the turn to whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft()[0].release()
            else:
                self._is_taken = False

    def give_if_brief(self) -> bool:
        """Hand the turn to whoever has waited longest if they need it for a moment only; else keep it, and say so."""
        with self._lock:
            if not self._waiting or not self._waiting[0][1]:
                return False
            self._waiting.popleft()[0].release()
            return True
