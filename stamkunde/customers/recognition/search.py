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
from stamkunde.customers.recognition.likeness import UNLIKE, Pairs, assign, beginning_distance, distance, slips_allowed
from stamkunde.customers.recognition.typed import FEWEST_DIGITS, FEWEST_LETTERS, Typed, number_tail
from stamkunde.customers.recognition.vocabulary import Vocabulary, vocabulary
from stamkunde.customers.recognition.words import PLACE, names_and_places

MOST_AS_TYPED = 400
MOST_MISSPELT = 1_500
MOST_LATELY_SEEN = 2_000
MOST_WITH_NUMBER = 500
MOST_ALTERNATIVES = 40
LIKELY = 0.7
ONE_SLIP = 1.4
PERHAPS = 2.4
_DISTANCE_WEIGHS = 4.0
_SAME_NAME_FIRST = 3
_FIRST = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found, the words that answered, how far they are from what was typed, and how high to place her."""

    row: Row
    answer: tuple[str, ...]
    distance: float
    rank: float


class _Reach:
    """Which words each typed word may stand for, as far as the search has gone."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, float]] = {}
        self.places: dict[str, dict[str, float]] = {}
        self.beginnings: dict[str, dict[str, float]] = {}

    def name(self, typed: str, word: str) -> float | None:
        apart = beginning_distance(typed, word)
        if apart is not None:
            return apart
        near = self.names.get(typed)
        apart = near.get(word) if near else None
        begun = self.beginnings.get(typed)
        if apart is None and begun:
            apart = min((begun[start] for length in _around(typed) if (start := word[:length]) in begun), default=None)
        return apart

    def place(self, typed: str, word: str) -> float | None:
        apart = beginning_distance(typed, word) if len(typed) > 1 else None
        if apart is None and (near := self.places.get(typed)):
            apart = near.get(word)
        return None if apart is None else apart + 0.3


class _Search:
    def __init__(self, typed: Typed, *, store_id: int | None, limit: int, now: datetime) -> None:
        self.typed = typed
        self.store_id = store_id
        self.limit = limit
        self.now = now
        self.hits: dict[int, Hit] = {}
        self.reach = _Reach()
        self.with_number: dict[str, set[int]] = {}
        self.years = {int(number) for number in typed.numbers if len(number) == 4 and number[:2] in {"19", "20"}}
        # An initial alone would fetch a tenth of all people; it only helps to rank.
        long = tuple(word for word in typed.words if len(word) >= FEWEST_LETTERS)
        self.words = long or (typed.words if typed.numbers else ())
        self.numbers: list[Group] = [((PLACE + number, True), (number, True)) for number in typed.numbers]

    def run(self) -> list[Hit]:
        for number in self.typed.numbers:
            if len(number) >= FEWEST_DIGITS:
                self.with_number[number] = _ids_with_tail(number)
        if not self.words:
            if self.numbers:
                self._ask([self.numbers], MOST_AS_TYPED)
            return self._in_order()
        self._as_typed()
        self._with_hint()
        if self._few(LIKELY) or len(self.words) > 1:
            self._as_meant(vocabulary())
        return self._in_order()

    def _as_typed(self) -> None:
        names: list[Group] = [((word, True),) for word in self.words]
        if self.numbers:
            self._ask([names + self.numbers], MOST_AS_TYPED)
        found = self._ask([names], MOST_AS_TYPED)
        if found >= MOST_AS_TYPED:
            self._add(index.lately_seen(self.store_id, MOST_LATELY_SEEN), at_most=LIKELY)
            if len(self.words) > 1:
                self._ask([[((word, False),) for word in self.words]], MOST_AS_TYPED)
        if self._few(LIKELY) and (len(self.words) > 1 or self.numbers):
            either: list[Group] = [((word, True), (PLACE + word, True)) for word in self.words]
            self._ask([either + self.numbers], MOST_AS_TYPED)

    def _with_hint(self) -> None:
        """Compare everybody whose telephone number ends as typed: a few hundred at most, however misspelt the name."""
        for ids in self.with_number.values():
            self._add(index.numbered(ids - self.hits.keys()), more_slips=1)

    def _as_meant(self, known: Vocabulary) -> None:
        for word in self.words:
            self.reach.names[word] = known.names.like(word, 1)
        self._ask(self._one_slip(known), MOST_MISSPELT)
        if self._enough():
            return
        for word in self.words:
            slips = slips_allowed(word)
            self.reach.names[word] = known.names.like(word, slips, by_ear=True)
            self.reach.places[word] = known.places.like(word, slips) if len(word) > 3 else {}
        # Only the word being typed is likely to be both misspelt and unfinished.
        self.reach.beginnings[self.words[-1]] = known.names.beginnings_like(self.words[-1], 1)
        self._ask(self._one_slip(known), MOST_MISSPELT)
        if self._enough():
            return
        meant = [self._meant(word, known) for word in self.words]
        if len(meant) > 1:
            self._ask([meant], MOST_MISSPELT)
        if not self._few(PERHAPS):
            return
        for words in self._parted_otherwise(known):
            self._ask([[self._plain(word, known) for word in words]], MOST_AS_TYPED, words)
        if len(meant) > 1 and self._none(PERHAPS):
            without_one = [[group for other, group in enumerate(meant) if other != left] for left in range(len(meant))]
            self._ask(without_one, MOST_AS_TYPED, more_slips=1)

    def _one_slip(self, known: Vocabulary) -> Question:
        """Most often one word only is misspelt."""
        plain = [self._plain(word, known) for word in self.words]
        return [
            [self._meant(word, known) if place == slipped else plain[place] for place, word in enumerate(self.words)]
            for slipped in range(len(self.words))
        ]

    def _plain(self, word: str, known: Vocabulary) -> Group:
        return ((word, True), (PLACE + word, True)) if known.places.has_beginning(word) else ((word, True),)

    def _meant(self, word: str, known: Vocabulary) -> Group:
        terms = [
            *((apart, (name, False)) for name, apart in self.reach.names.get(word, {}).items()),
            *((apart, (name, True)) for name, apart in self.reach.beginnings.get(word, {}).items()),
            *((apart + 0.3, (PLACE + name, False)) for name, apart in self.reach.places.get(word, {}).items()),
        ]
        return (*self._plain(word, known), *(term for _, term in sorted(terms)[:MOST_ALTERNATIVES]))

    def _parted_otherwise(self, known: Vocabulary) -> Iterator[tuple[str, ...]]:
        """Yield the words with a space more, less or elsewhere, where all of them are known then."""
        words = self.words
        for place in range(len(words) - 1):
            joined = words[place] + words[place + 1]
            before, after = words[:place], words[place + 2 :]
            if joined in known.names.all:
                yield (*before, joined, *after)
            for halves in _halves(joined, known):
                if halves != words[place : place + 2]:
                    yield (*before, *halves, *after)
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
        compared: dict[tuple[str, tuple[str, ...]], tuple[float, tuple[str, ...]]] = {}
        for row in rows:
            asked = (words or self.typed.words) + self._unanswered_numbers(row)
            key = (row.words, asked)
            if key not in compared:
                compared[key] = self._compare(row.words, asked, more_slips)
            apart, answer = compared[key]
            before = self.hits.get(row.id)
            if apart <= at_most and (before is None or apart < before.distance):
                self.hits[row.id] = Hit(row, answer, apart, self._familiarity(row) - _DISTANCE_WEIGHS * apart)

    def _unanswered_numbers(self, row: Row) -> tuple[str, ...]:
        born = str(row.birth_date.year) if row.birth_date is not None and row.birth_date.year in self.years else ""
        return tuple(
            number for number in self.typed.numbers if number != born and row.id not in self.with_number.get(number, ())
        )

    def _compare(self, words: str, asked: tuple[str, ...], more_slips: int) -> tuple[float, tuple[str, ...]]:
        names, places = names_and_places(words)
        pairs: Pairs = []
        for place, word in enumerate(asked):
            for position, name in enumerate(names):
                apart = self.reach.name(word, name)
                if apart is None and more_slips and len(word) > 1:
                    apart = distance(word, name, slips_allowed(word) + more_slips)
                if apart is not None:
                    pairs.append((apart, place, position))
            for position, name in enumerate(places, len(names)):
                apart = self.reach.place(word, name)
                if apart is not None:
                    pairs.append((apart, place, position))
        apart, used = assign(pairs, len(asked), len(names))
        return apart, tuple(names[position] for position in used if position < len(names))

    def _familiarity(self, row: Row) -> float:
        """Return 0 for a stranger to 3 for somebody who comes to this shop often and came lately."""
        if row.last_visit_at is None:
            return 0.0
        days = max((self.now - row.last_visit_at).total_seconds() / 86_400, 0)
        here = self.store_id is not None and row.home_store_id == self.store_id
        return here + min(log1p(row.visits) / 4, 1) + exp(-days / 180)

    def _few(self, apart: float) -> bool:
        return sum(hit.distance <= apart for hit in self.hits.values()) < self.limit

    def _none(self, apart: float) -> bool:
        return all(hit.distance > apart for hit in self.hits.values())

    def _enough(self) -> bool:
        """Somebody answers every word with one slip at most, or there is a list full of people not far from it."""
        return not self._few(PERHAPS) or (len(self.words) > 1 and not self._none(ONE_SLIP))

    def _in_order(self) -> list[Hit]:
        """Put the likeliest first, but among the very first no more than a few of one name if others are close."""
        farthest = UNLIKE * max(len(self.typed.everything), 1) * 0.67
        ordered = sorted(
            (hit for hit in self.hits.values() if hit.distance < farthest), key=lambda hit: (-hit.rank, hit.row.id)
        )
        first: list[Hit] = []
        namesakes: Counter[tuple[str, ...]] = Counter()
        for hit in ordered:
            if len(first) >= _FIRST:
                break
            if namesakes[hit.answer] < _SAME_NAME_FIRST and (not first or hit.distance < PERHAPS):
                namesakes[hit.answer] += 1
                first.append(hit)
        chosen = {hit.row.id for hit in first}
        return (first + [hit for hit in ordered if hit.row.id not in chosen])[: self.limit]


def _around(typed: str) -> tuple[int, int, int]:
    return len(typed) - 1, len(typed), len(typed) + 1


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
