"""How many people have a word, as PostgreSQL's own statistics tell: what its planner knows, and GIN does not use.

GIN reads the people of every word it is asked for, or looks each of those found up among them; of a common word that
takes longer than reading the rows that a rare one has found. Statistics are some minutes old, and nobody minds: they
choose the way and never the answer.
"""

import time
from bisect import bisect_left
from dataclasses import dataclass, field

from django.db import connection

_KEPT_FOR = 600
"""Seconds."""

_STATISTICS = """
SELECT word, share, min(share) OVER (), reltuples
FROM pg_stats JOIN pg_class ON pg_class.oid = to_regclass('customers_customer'),
    LATERAL unnest(most_common_elems::text::text[], most_common_elem_freqs) AS common (word, share)
WHERE schemaname = current_schema() AND tablename = 'customers_search' AND word IS NOT NULL ORDER BY word COLLATE "C"
"""


@dataclass(frozen=True)
class Commonness:
    """How many people have each of the commonest words."""

    words: list[str] = field(default_factory=list)
    """In the order of their letters."""

    people: list[float] = field(default_factory=list)
    """Of each of them, how many have it."""

    everybody: float = 0.0
    fewest: float = 0.0
    """How many have the least common of them: nobody else's word is more common."""

    def of(self, word: str, *, open_ended: bool) -> float:
        """Return how many have the word, or one that begins so."""
        place = bisect_left(self.words, word)
        if not open_ended:
            is_common = place < len(self.words) and self.words[place] == word
            return self.people[place] if is_common else self.fewest / 4
        total = self.fewest / 2
        while place < len(self.words) and self.words[place].startswith(word):
            total += self.people[place]
            place += 1
        return total


_kept: dict[str, tuple[float, Commonness]] = {}


def commonness() -> Commonness | None:
    """Return what the statistics of this database say now, or nothing where it has none yet."""
    database = str(connection.settings_dict["NAME"])
    read_at, known = _kept.get(database, (0.0, Commonness()))
    if not read_at or time.monotonic() - read_at > _KEPT_FOR:
        with connection.cursor() as cursor:
            cursor.execute(_STATISTICS)
            rows = cursor.fetchall()
        known = Commonness(
            words=[word for word, *_ in rows],
            people=[share * everybody for _word, share, _least, everybody in rows],
            everybody=rows[0][3] if rows else 0.0,
            fewest=rows[0][2] * rows[0][3] if rows else 0.0,
        )
        _kept[database] = (time.monotonic(), known)
    return known if known.words and known.everybody > 0 else None
