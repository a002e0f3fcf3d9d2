"""Finding people by name: first as typed, then as it may have been meant, and the likeliest of them first.

Each round asks the index a wider question and the search ends as soon as there are enough likely people. Whatever the
index returns is compared anew with what was typed, so a wide question only costs time and never the order.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from math import exp, log1p

from rapidfuzz.distance import OSA

from stamkunde.customers.recognition import index
from stamkunde.customers.recognition.index import Group, Question, Row
from stamkunde.customers.recognition.likeness import UNLIKE, Pairs, assign, beginning_distance, distance, slips_allowed
from stamkunde.customers.recognition.looking_up import with_phone
from stamkunde.customers.recognition.typed import FEWEST_DIGITS, FEWEST_LETTERS, Typed
from stamkunde.customers.recognition.vocabulary import Vocabulary, vocabulary
from stamkunde.customers.recognition.words import PLACE, names_and_places, names_of

MOST_AS_TYPED = 250
MOST_MISSPELT = 1_000
MOST_LATELY_SEEN = 2_000
MOST_WITH_NUMBER = 500
MOST_WITH_HINT = 600
MOST_WITHOUT_ONE = 200
MOST_ALTERNATIVES = 40
LIKELY = 0.7
ONE_SLIP = 1.4
PERHAPS = 2.4
_DISTANCE_WEIGHS = 4.0
_PLACE = 0.3
_NAME_AS_PLACE = 0.8
# The street is right and the house is not: still worth showing, if nobody lives in that house.
_OTHER_HOUSE = 0.8
# A word with another after it has most likely been finished.
_UNFINISHED = 0.2
# Two or three letters fit a tenth of all people: who is known here comes first, and is mostly enough.
_FEWEST_TO_LOOK_FAR = 4
_MOST_PARTINGS = 6
_MOST_SLIPS = 3
_SAME_NAME_FIRST = 3
_FIRST = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found, the words that answered, how far they are from what was typed, and how high to place her."""

    row: Row
    answer: tuple[str, ...]
    places: tuple[str, ...]
    distance: float
    rank: float


class _Apart(dict[str, float | None]):
    """How far each word is from a typed one, worked out once: a thousand people share a few hundred words."""

    def __init__(self, compare: Callable[[str], float | None]) -> None:
        super().__init__()
        self._compare = compare

    def __missing__(self, word: str) -> float | None:
        apart = self[word] = self._compare(word)
        return apart


class _Reach:
    """Which words each typed word may stand for, as far as the search has gone."""

    def __init__(self, names_known: set[str]) -> None:
        self.names_known = names_known
        self.names: dict[str, dict[str, float]] = {}
        self.places: dict[str, dict[str, float]] = {}
        self.beginnings: dict[str, dict[str, float]] = {}
        self._apart: dict[tuple[str, str, float, int], _Apart] = {}

    def widen(
        self,
        typed: str,
        *,
        names: dict[str, float] | None = None,
        places: dict[str, float] | None = None,
        beginnings: dict[str, float] | None = None,
    ) -> None:
        """Let a typed word stand for others from now on."""
        for kept, found in ((self.names, names), (self.places, places), (self.beginnings, beginnings)):
            if found is not None:
                kept[typed] = found
        self._apart.clear()

    def names_apart(self, typed: str, unfinished: float, more_slips: int) -> _Apart:
        """Return how far words of names are from a typed one; `unfinished` is the price of its being a beginning."""

        def compare(word: str) -> float | None:
            apart = self._name(typed, word)
            if apart and len(word) > len(typed) and word.startswith(typed):
                apart += unfinished
            if apart is None and more_slips and len(typed) > 1:
                apart = distance(typed, word, slips_allowed(typed) + more_slips)
            return apart

        return self._apart.setdefault(("name", typed, unfinished, more_slips), _Apart(compare))

    def places_apart(self, typed: str) -> _Apart:
        return self._apart.setdefault(("place", typed, 0, 0), _Apart(lambda word: self._place(typed, word)))

    def _name(self, typed: str, word: str) -> float | None:
        apart = beginning_distance(typed, word)
        if apart is not None:
            return apart
        near = self.names.get(typed)
        apart = near.get(word) if near else None
        begun = self.beginnings.get(typed)
        if apart is None and begun:
            apart = min((begun[start] for length in _around(typed) if (start := word[:length]) in begun), default=None)
        return apart

    def _place(self, typed: str, word: str) -> float | None:
        # One sign is no beginning of a place, but may well be the number of a house.
        apart = beginning_distance(typed, word) if len(typed) > 1 or typed == word else None
        if apart is None and (near := self.places.get(typed)):
            apart = near.get(word)
        if apart is None:
            return None
        # Berg is rather a name than the beginning of Bergen.
        return apart + (_NAME_AS_PLACE if apart and typed in self.names_known else _PLACE)


class _Search:
    def __init__(self, typed: Typed, *, store_id: int | None, limit: int, now: datetime) -> None:
        self.typed = typed
        self.store_id = store_id
        self.limit = limit
        self.now = now
        self.hits: dict[int, Hit] = {}
        self.known = vocabulary()
        self.reach = _Reach(self.known.names.all)
        self.with_number: dict[str, set[int]] = {}
        self.years = {int(number) for number in typed.numbers if len(number) == 4 and number[:2] in {"19", "20"}}
        # An initial alone would fetch a tenth of all people; it only helps to rank.
        long = tuple(word for word in typed.words if len(word) >= FEWEST_LETTERS)
        self.words = long or (typed.words if typed.numbers else ())
        # Nor is a beginning of two letters worth asking for, when the other words may be misspelt.
        self.firm = tuple(word for word in self.words if len(word) > 2 or word in self.known.names.all) or self.words
        self.places = {word for word in self.words if self.known.places.has_beginning(word)}
        # What can only be a place narrows too many down, but need not be asked for where the names are enough.
        self.hints = {word for word in self.places if len(word) > 3 and not self.known.names.has_beginning(word)}
        if len(self.hints) == len(self.words):
            self.hints = set()
        self.numbers: list[Group] = [((PLACE + number, len(number) > 1), (number, True)) for number in typed.numbers]

    def run(self) -> list[Hit]:
        for number in self.typed.numbers:
            if len(number) >= FEWEST_DIGITS and number.isdecimal():
                self.with_number[number] = set(with_phone(number, MOST_WITH_NUMBER))
        if not self.words:
            if self.numbers:
                self._ask([self.numbers], MOST_AS_TYPED)
            return self._in_order()
        self._as_typed()
        self._with_hint()
        # "Karl Hansen" may be Kari misspelt, though there are many of either name.
        if self._few(LIKELY) or (len(self.words) > 1 and self.known.names.all.issuperset(self.words)):
            self._as_meant()
        return self._in_order()

    def _as_typed(self) -> None:
        names: list[Group] = [((word, True),) for word in self.words]
        either = [self._plain(word) for word in self.words]
        if self.numbers:
            self._ask([either + self.numbers], MOST_AS_TYPED)
        if self.hints:
            self._ask([either], MOST_AS_TYPED)
            return
        if len(self.words) == 1 and len(self.words[0]) < _FEWEST_TO_LOOK_FAR:
            self._add_lately_seen()
            if not self._few(LIKELY):
                return
        found = self._ask([names], MOST_AS_TYPED)
        if found >= MOST_AS_TYPED:
            self._add_lately_seen()
            if len(self.words) > 1:
                self._ask([[((word, False),) for word in self.words]], MOST_AS_TYPED)
        if self.places and self._few(LIKELY):
            self._ask([either], MOST_AS_TYPED)

    def _add_lately_seen(self) -> None:
        """Of a crowd too large to rank take those whom this shop knows."""
        self._add(index.lately_seen(self.words, self.store_id, MOST_LATELY_SEEN, MOST_AS_TYPED))

    def _with_hint(self) -> None:
        """Compare everybody whose telephone number ends as typed: a few hundred at most, however misspelt the name."""
        for ids in self.with_number.values():
            self._add(index.numbered(ids - self.hits.keys()), more_slips=1)

    def _as_meant(self) -> None:
        known = self.known
        for word in self.words:
            self.reach.widen(word, names=self._like(word, 1))
        self._ask_narrowing(self._one_slip())
        if self._enough():
            return
        for word in self.words:
            if word in known.names.all or word in self.hints:
                continue
            slips = slips_allowed(word)
            places = known.places.like(word, slips) if len(word) > 3 else {}
            self.reach.widen(word, names=self._like(word, slips, by_ear=True), places=places)
        # Only the word being typed is likely to be both misspelt and unfinished.
        self.reach.widen(self.words[-1], beginnings=known.names.beginnings_like(self.words[-1], 1))
        self._ask_narrowing(self._one_slip())
        if self._enough():
            return
        meant = {word: self._meant(word) for word in self.firm}
        if len(meant) > 1:
            self._ask_narrowing([meant])
        if not self._few(PERHAPS) and (len(self.words) > 1 or not self._none(ONE_SLIP)):
            return
        for words in self._parted_otherwise():
            self._ask([[self._whole(word) for word in words]], MOST_AS_TYPED, words)
        if self._none(PERHAPS):
            self._as_parted_and_misspelt()
        if len(meant) > 1 and self._none(PERHAPS):
            without_one = [[meant[word] for word in meant if word != left] for left in meant]
            self._ask(without_one, MOST_WITHOUT_ONE, more_slips=1)

    def _as_parted_and_misspelt(self) -> None:
        """Look for a name whose space was missed, together with a slip in one of its halves."""
        known = self.known.names
        partings = [
            (len(half), place, half, rest)
            for place, word in enumerate(self.words)
            for at in range(3, len(word) - 2)
            for half, rest in ((word[:at], word[at:]), (word[at:], word[:at]))
            if half in known.all
        ]
        for _, place, half, rest in sorted(partings, reverse=True)[:_MOST_PARTINGS]:
            if rest not in self.reach.names:
                self.reach.widen(rest, names=known.like(rest, 1))
            if self.reach.names[rest] or rest in known.all:
                words = (*self.words[:place], half, rest, *self.words[place + 1 :])
                self._ask(
                    [[self._meant(one) if one == rest else self._whole(one) for one in words]], MOST_AS_TYPED, words
                )

    def _like(self, word: str, slips: int, *, by_ear: bool = False) -> dict[str, float]:
        likely = self.known.names.like(word, slips, by_ear=by_ear)
        if spelt := self.typed.spelt.get(word):
            for name, apart in self.known.names.like(spelt, slips).items():
                likely[name] = min(apart, likely.get(name, apart))
        return likely

    def _one_slip(self) -> list[dict[str, Group]]:
        """Most often one word only is misspelt."""
        plain = {word: self._whole(word) for word in self.firm}
        return [plain | {slipped: self._meant(slipped)} for slipped in self.firm if slipped not in self.hints]

    def _ask_narrowing(self, ways: list[dict[str, Group]]) -> None:
        """Ask for the names; ask with the places as well where that were too many."""
        if self.hints:
            names = [[group for word, group in way.items() if word not in self.hints] for way in ways]
            if self._ask(names, MOST_WITH_HINT) < MOST_WITH_HINT:
                return
        self._ask([list(way.values()) for way in ways], MOST_MISSPELT)

    def _plain(self, word: str) -> Group:
        """Return the word as a name or a place.

        A place known by just this word is not also taken for a beginning: an index reads all of Oslo for that.
        """
        place = (PLACE + word, word not in self.known.places.all)
        return ((word, True), place) if word in self.places else ((word, True),)

    def _whole(self, word: str) -> Group:
        """Return a word that is known, and not still being typed, as the whole word only: quicker to look up."""
        if word not in self.known.names.all or (word == self.words[-1] and 2 < len(word) < 5):
            return self._plain(word)
        return tuple((term, False) for term, open_ended in self._plain(word) if term == word or not open_ended)

    def _meant(self, word: str) -> Group:
        terms = [
            *((apart, (name, False)) for name, apart in self.reach.names.get(word, {}).items()),
            *((apart, (name, True)) for name, apart in self.reach.beginnings.get(word, {}).items()),
            *((apart + _PLACE, (PLACE + name, False)) for name, apart in self.reach.places.get(word, {}).items()),
        ]
        return (*self._whole(word), *(term for _, term in sorted(terms)[:MOST_ALTERNATIVES]))

    def _parted_otherwise(self) -> Iterator[tuple[str, ...]]:
        """Yield the words with a space more, less or elsewhere, where all of them are known then."""
        words, known = self.words, self.known
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
    ) -> None:
        compared: dict[tuple[str, tuple[str, ...]], tuple[float, tuple[str, ...], tuple[str, ...]]] = {}
        for row in rows:
            asked = (words or self.typed.words) + self._unanswered_numbers(row)
            key = (row.words, asked)
            if key not in compared:
                compared[key] = self._compare(row.words, asked, more_slips)
            apart, answer, places = compared[key]
            before = self.hits.get(row.id)
            if before is None or apart < before.distance:
                familiar = familiarity(row, self.store_id, self.now)
                self.hits[row.id] = Hit(row, answer, places, apart, familiar - _DISTANCE_WEIGHS * apart)

    def _unanswered_numbers(self, row: Row) -> tuple[str, ...]:
        born = str(row.birth_date.year) if row.birth_date is not None and row.birth_date.year in self.years else ""
        return tuple(
            number for number in self.typed.numbers if number != born and row.id not in self.with_number.get(number, ())
        )

    def _compare(
        self, words: str, asked: tuple[str, ...], more_slips: int
    ) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
        if self.places or self.reach.places or self.typed.numbers:
            names, places = names_and_places(words)
        else:
            names, places = names_of(words), []
        pairs: Pairs = []
        streets: set[str] = set()
        for place, word in enumerate(asked):
            unfinished = _UNFINISHED if place < len(asked) - 1 and not word.isdecimal() else 0.0
            name_apart = self.reach.names_apart(word, unfinished, more_slips)
            for position, name in enumerate(names):
                apart = name_apart[name]
                if apart is not None:
                    pairs.append((apart, place, position))
            place_apart = self.reach.places_apart(word)
            for position, name in enumerate(places, len(names)):
                apart = place_apart[name]
                if apart is not None:
                    pairs.append((apart, place, position))
                    streets.add(word)
        for place, word in enumerate(asked):
            if self.typed.houses.get(word) in streets:
                pairs.append((_OTHER_HOUSE, place, len(names) + len(places) + place))
        apart, used = assign(pairs, len(asked), len(names))
        if more_slips and apart > PERHAPS:
            # However the spaces fell, the letters of the whole name may be the same but for a few.
            slipped = OSA.distance("".join(asked), "".join(names), score_cutoff=_MOST_SLIPS)
            if slipped <= _MOST_SLIPS and slipped + _PLACE < apart:
                return slipped + _PLACE, tuple(names), ()
        answer = tuple(names[position] for position in used if position < len(names))
        return apart, answer, tuple(places[at] for position in used if 0 <= (at := position - len(names)) < len(places))

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
        # Living in the town is not enough, unless nothing but a place was asked for.
        likely = [hit for hit in self.hits.values() if hit.distance < (farthest if hit.answer else PERHAPS)]
        houses = tuple(number for number in self.typed.houses if number[0].isdecimal())
        if houses and any(_lives_in(hit, houses) for hit in likely):
            likely = [hit for hit in likely if hit.answer or _lives_in(hit, houses)]
        ordered = sorted(likely, key=lambda hit: (-hit.rank, hit.row.id))
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


def _lives_in(hit: Hit, houses: tuple[str, ...]) -> bool:
    return any(place.startswith(houses) for place in hit.places)


def familiarity(row: Row, store_id: int | None, now: datetime) -> float:
    """Return 0 for a stranger to 3 for somebody who comes to this shop often and came lately."""
    if row.last_visit_at is None:
        return 0.0
    days = max((now - row.last_visit_at).total_seconds() / 86_400, 0)
    here = store_id is not None and row.home_store_id == store_id
    return here + min(log1p(row.visits) / 4, 1) + exp(-days / 180)


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


def search_people(typed: Typed, *, store_id: int | None, limit: int, now: datetime) -> list[Hit]:
    """Return those who may have been meant, the likeliest first."""
    return _Search(typed, store_id=store_id, limit=limit, now=now).run()
