"""Finding people by name: first as typed, then as it may have been meant, and the likeliest of them first.

Each round asks the index a wider question and the search ends as soon as there are enough likely people. Whatever the
index returns is compared anew with what was typed, so a wide question only costs time and never the order.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import exp, log1p

from stamkunde.customers.models import ContactPoint
from stamkunde.customers.recognition import index
from stamkunde.customers.recognition.index import Group, Question, Row
from stamkunde.customers.recognition.likeness import UNLIKE, name_distance, slips_allowed
from stamkunde.customers.recognition.typed import FEWEST_DIGITS, FEWEST_LETTERS, Typed, number_tail
from stamkunde.customers.recognition.vocabulary import Vocabulary, vocabulary
from stamkunde.customers.recognition.words import PLACE, names_and_places

MOST_AS_TYPED = 400
MOST_MISSPELT = 1_500
MOST_LATELY_SEEN = 2_000
MOST_WITH_NUMBER = 500
MOST_ALTERNATIVES = 40
LIKELY = 0.7
PERHAPS = 2.4
_DISTANCE_WEIGHS = 4.0
_SAME_NAME_FIRST = 3
_FIRST = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found, how far the name is from what was typed, and how high to place her."""

    row: Row
    name: tuple[str, ...]
    distance: float
    rank: float


class _Search:
    def __init__(self, typed: Typed, *, store_id: int | None, limit: int, now: datetime) -> None:
        self.typed = typed
        self.store_id = store_id
        self.limit = limit
        self.now = now
        self.hits: dict[int, Hit] = {}
        self.with_number: dict[str, set[int]] = {}
        self.years = {int(number) for number in typed.numbers if len(number) == 4 and number[:2] in {"19", "20"}}
        self._compared: dict[tuple[str, tuple[str, ...], int], tuple[tuple[str, ...], float]] = {}
        # An initial alone would fetch a tenth of all people; it only helps to rank.
        long = tuple(word for word in typed.words if len(word) >= FEWEST_LETTERS)
        self.words = long or (typed.words if typed.numbers else ())

    def run(self) -> list[Hit]:
        for number in self.typed.numbers:
            if len(number) >= FEWEST_DIGITS:
                self.with_number[number] = _ids_with_tail(number)
        if not self.words:
            return self._as_places() if self.typed.numbers else []
        self._as_typed()
        self._with_hint()
        if self._few(LIKELY) or len(self.words) > 1:
            self._as_meant(vocabulary())
        return self._in_order()

    def _as_places(self) -> list[Hit]:
        self._ask([[(((PLACE + number), True),) for number in self.typed.numbers]], MOST_AS_TYPED)
        return self._in_order()

    def _as_typed(self) -> None:
        names: list[Group] = [((word, True),) for word in self.words]
        numbers: list[Group] = [((PLACE + number, True), (number, True)) for number in self.typed.numbers]
        if numbers:
            self._ask([names + numbers], MOST_AS_TYPED)
        found = self._ask([names], MOST_AS_TYPED)
        if found >= MOST_AS_TYPED:
            self._add(index.lately_seen(self.store_id, MOST_LATELY_SEEN), at_most=LIKELY)
            if len(self.words) > 1:
                self._ask([[((word, False),) for word in self.words]], MOST_AS_TYPED)
        if self._few(LIKELY):
            either: list[Group] = [((word, True), (PLACE + word, True)) for word in self.words]
            self._ask([either + numbers], MOST_AS_TYPED)

    def _with_hint(self) -> None:
        """Compare everybody whose telephone number ends as typed: a few hundred at most, however misspelt the name."""
        for ids in self.with_number.values():
            self._add(index.numbered(ids - self.hits.keys()), more_slips=1, at_most=UNLIKE)

    def _as_meant(self, known: Vocabulary) -> None:
        meant = [self._alternatives(word, known) for word in self.words]
        plain = [self._plain(word, known) for word in self.words]
        # Most often one word only is misspelt.
        one_slip = [
            [meant[place] if place == slipped else plain[place] for place in range(len(self.words))]
            for slipped in range(len(self.words))
        ]
        self._ask(one_slip, MOST_MISSPELT)
        if not self._few(PERHAPS):
            return
        if len(self.words) > 1:
            self._ask([meant], MOST_MISSPELT)
        for words in self._parted_otherwise(known):
            self._ask([[self._plain(word, known) for word in words]], MOST_AS_TYPED, words)
        if len(self.words) > 2 and self._few(PERHAPS):
            without_one = [[group for other, group in enumerate(meant) if other != left] for left in range(len(meant))]
            self._ask(without_one, MOST_MISSPELT, more_slips=1)

    def _plain(self, word: str, known: Vocabulary) -> Group:
        group: Group = ((word, True),)
        return (*group, (PLACE + word, True)) if known.places.has_beginning(word) else group

    def _alternatives(self, word: str, known: Vocabulary) -> Group:
        slips = slips_allowed(word)
        names = known.names.like(word, slips)
        # A beginning is a guess at far more people than a whole word is.
        if len(names) < 5 or word == self.words[-1]:
            beginnings = known.names.beginnings_like(word, 1)
        else:
            beginnings = {}
        places = known.places.like(word, slips) if len(word) > 3 else {}
        terms = [
            *((apart, (name, False)) for name, apart in names.items()),
            *((apart, (name, True)) for name, apart in beginnings.items()),
            *((apart + 0.3, (PLACE + name, False)) for name, apart in places.items()),
        ]
        return (*self._plain(word, known), *(term for _, term in sorted(terms)[:MOST_ALTERNATIVES]))

    def _parted_otherwise(self, known: Vocabulary) -> Iterator[tuple[str, ...]]:
        """Yield the words with a space more, less or elsewhere, where all of them are known then."""
        words = self.words
        for place in range(len(words) - 1):
            joined = words[place] + words[place + 1]
            rest = (words[:place], words[place + 2 :])
            if joined in known.names.all:
                yield (*rest[0], joined, *rest[1])
            for halves in _halves(joined, known):
                if halves != words[place : place + 2]:
                    yield (*rest[0], *halves, *rest[1])
        for place, word in enumerate(words):
            for halves in _halves(word, known):
                yield (*words[:place], *halves, *words[place + 1 :])

    def _ask(self, question: Question, most: int, words: tuple[str, ...] | None = None, more_slips: int = 0) -> int:
        rows = index.matching(question, most)
        self._add(rows, words, more_slips)
        return len(rows)

    def _add(
        self,
        rows: Iterable[Row],
        words: tuple[str, ...] | None = None,
        more_slips: int = 0,
        at_most: float = float("inf"),
    ) -> None:
        for row in rows:
            hit = self._judge(row, words or self.typed.words, more_slips)
            before = self.hits.get(row.id)
            if hit.distance <= at_most and (before is None or hit.distance < before.distance):
                self.hits[row.id] = hit

    def _judge(self, row: Row, words: tuple[str, ...], more_slips: int) -> Hit:
        answered = {number for number, ids in self.with_number.items() if row.id in ids}
        if row.birth_date is not None and row.birth_date.year in self.years:
            answered.add(str(row.birth_date.year))
        asked = words + tuple(number for number in self.typed.numbers if number not in answered)
        key = (row.words, asked, more_slips)
        if key not in self._compared:
            names, places = names_and_places(row.words)
            self._compared[key] = (tuple(names), name_distance(asked, names, places, more_slips))
        name, apart = self._compared[key]
        return Hit(row, name, apart, self._familiarity(row) - _DISTANCE_WEIGHS * apart)

    def _familiarity(self, row: Row) -> float:
        """Return 0 for a stranger to 3 for somebody who comes to this shop often and came lately."""
        if row.last_visit_at is None:
            return 0.0
        days = max((self.now - row.last_visit_at).total_seconds() / 86_400, 0)
        here = self.store_id is not None and row.home_store_id == self.store_id
        return here + min(log1p(row.visits) / 4, 1) + exp(-days / 180)

    def _few(self, apart: float) -> bool:
        return sum(hit.distance <= apart for hit in self.hits.values()) < self.limit

    def _in_order(self) -> list[Hit]:
        """Put the likeliest first, but among the very first no more than a few of one name if others are close."""
        ordered = sorted(
            (hit for hit in self.hits.values() if hit.distance < UNLIKE * max(len(self.typed.everything), 1) * 0.67),
            key=lambda hit: (-hit.rank, hit.row.id),
        )
        first: list[Hit] = []
        later: list[Hit] = []
        namesakes: Counter[tuple[str, ...]] = Counter()
        for hit in ordered:
            if len(first) >= _FIRST:
                break
            if namesakes[hit.name] < _SAME_NAME_FIRST and (not first or hit.distance < PERHAPS):
                namesakes[hit.name] += 1
                first.append(hit)
        chosen = {hit.row.id for hit in first}
        later = [hit for hit in ordered if hit.row.id not in chosen]
        return (first + later)[: self.limit]


def _halves(word: str, known: Vocabulary) -> Iterator[tuple[str, str]]:
    for place in range(2, len(word) - 1):
        if word[:place] in known.names.all:
            if word[place:] in known.names.all:
                yield word[:place], word[place:]
            elif word[place + 1 :] in known.names.all:
                # Another key was hit instead of the space bar.
                yield word[:place], word[place + 1 :]


def _ids_with_tail(digits: str) -> set[int]:
    tail = number_tail(digits)
    # Letters sort after digits under every collation, so this is all that begins with the tail.
    found = ContactPoint.objects.filter(tail__gte=tail, tail__lt=f"{tail}a").values_list("customer_id", flat=True)
    return set(found[:MOST_WITH_NUMBER])


def search_people(typed: Typed, *, store_id: int | None, limit: int, now: datetime) -> list[Hit]:
    """Return those who may have been meant, the likeliest first."""
    return _Search(typed, store_id=store_id, limit=limit, now=now).run()
