"""All words by which customers are found, held in the memory of each process and asked which a misspelt one may be.

There are some tens of thousands of distinct words in a million names, so comparing with all of them takes a
millisecond or two. The newest row tells whether another process has learned words since.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from stamkunde.customers.models.name_word import NameWord
from stamkunde.customers.recognition.index import words_in_use
from stamkunde.customers.recognition.likeness import distance, heard
from stamkunde.customers.recognition.words import PLACE
from stamkunde.kit.names.nicknames import also_called
from stamkunde.kit.names.sounds import sound_key
from stamkunde.kit.names.stems import stem

_AT_ONCE = 500
_LEARNING = 0x576F7264
"""The number under which PostgreSQL keeps apart those who learn words and those who take them away."""
# Numbers are given out before they are committed: what was learned just before the newest may have come later.
_OVERLAP = 5_000


class _Words:
    """The words of one kind, arranged for finding those like another."""

    def __init__(self) -> None:
        self.all: set[str] = set()
        self.by_length: defaultdict[int, list[str]] = defaultdict(list)
        self.by_end: defaultdict[str, list[str]] = defaultdict(list)
        self.by_sound: defaultdict[str, list[str]] = defaultdict(list)
        self.by_stem: defaultdict[str, list[str]] = defaultdict(list)
        self.sounds_by_length: defaultdict[int, list[str]] = defaultdict(list)
        self._in_order: list[str] = []
        self._beginnings: dict[int, list[str]] = {}

    def add(self, word: str, sound: str) -> None:
        if word in self.all:
            return
        self.all.add(word)
        heard[word] = sound
        self.by_length[len(word)].append(word)
        for end in _ends(word):
            self.by_end[end].append(word)
        if sound not in self.by_sound:
            self.sounds_by_length[len(sound)].append(sound)
        self.by_sound[sound].append(word)
        self.by_stem[stem(sound)].append(word)

    def arrange(self) -> None:
        self._in_order = sorted(self.all)
        self._beginnings = {}

    def has_beginning(self, beginning: str) -> bool:
        place = bisect_left(self._in_order, beginning)
        return place < len(self._in_order) and self._in_order[place].startswith(beginning)

    def like(self, typed: str, slips: int, *, by_ear: bool = False) -> dict[str, float]:
        """Return the words that may have been meant, with their distance.

        Only `by_ear` also compares how they sound, letting a key be missed at the same time: twice the work.
        """
        sound = sound_key(typed)
        candidates = {*also_called(typed)} & self.all
        candidates.update(self.by_sound.get(sound, ()))
        root = stem(sound)
        if len(root) > 2:
            candidates.update(self.by_stem.get(root, ()))
        if slips == 1 and len(typed) > 4:
            # One slip leaves at least one end of the word as it was, so a fraction of all words is compared.
            for end in _ends(typed):
                candidates.update(_near(typed, self.by_end.get(end), 1))
        else:
            for length in range(len(typed) - slips, len(typed) + slips + 1):
                candidates.update(_near(typed, self.by_length.get(length), slips))
        if by_ear and len(sound) > 2:
            for length in range(len(sound) - 1, len(sound) + 2):
                for near in _near(sound, self.sounds_by_length.get(length), 1):
                    candidates.update(self.by_sound[near])
        likely = {word: distance(typed, word, slips) for word in candidates}
        return {word: apart for word, apart in likely.items() if apart is not None}

    def beginnings_like(self, typed: str, slips: int) -> dict[str, float]:
        """Return beginnings of longer words that may have been meant."""
        found: dict[str, float] = {}
        if len(typed) < 4:
            return found
        for length in range(len(typed) - 1, len(typed) + 2):
            for near in _near(typed, self._of_length(length), slips):
                found[near] = 0.5 + OSA.distance(typed, near)
        return found

    def _of_length(self, length: int) -> list[str]:
        if length not in self._beginnings:
            self._beginnings[length] = list({word[:length] for word in self.all if len(word) > length})
        return self._beginnings[length]


def _ends(word: str) -> tuple[str, str]:
    return f"{word[:2]}-", f"-{word[-2:]}"


def _near(typed: str, words: list[str] | None, slips: int) -> list[str]:
    if not words:
        return []
    return [found[0] for found in extract(typed, words, scorer=OSA.distance, score_cutoff=slips, limit=None)]


class Vocabulary:
    """The names and the places known in one database."""

    def __init__(self) -> None:
        self.names = _Words()
        self.places = _Words()
        self.newest: tuple[int, str] | None = None

    def add(self, rows: Iterable[tuple[int, str, str]]) -> None:
        for number, word, sound in rows:
            self.newest = max(self.newest or (0, ""), (number, word))
            if word.startswith(PLACE):
                self.places.add(word[1:], sound)
            else:
                self.names.add(word, sound)
        self.names.arrange()
        self.places.arrange()


_kept: dict[str, Vocabulary] = {}
_keeping = threading.Lock()


def vocabulary() -> Vocabulary:
    """Return the vocabulary as it stands now."""
    database = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, word FROM customers_nameword ORDER BY id DESC LIMIT 1")
        newest = cursor.fetchone()
    with _keeping:
        known = _kept.get(database)
        if known is not None and known.newest == newest:
            return known
        if known is None or newest is None or not _continues(known.newest):
            known = Vocabulary()
        since = known.newest[0] - _OVERLAP if known.newest else 0
        known.add(NameWord.objects.filter(pk__gt=since).values_list("pk", "word", "sound").iterator(5_000))
        _kept[database] = known
        return known


def _continues(newest: tuple[int, str] | None) -> bool:
    """Tell whether the newest word known is still that row: a rolled-back number is given out again."""
    return newest is not None and NameWord.objects.filter(pk=newest[0], word=newest[1]).exists()


def learn_words(words: Iterable[str]) -> None:
    """Add words of `Customer.words` to the vocabulary; those known already cost a look-up only."""
    wanted = sorted(set(words))
    if connection.vendor == "postgresql" and wanted:
        # Whoever takes words away waits until this transaction has said whose they are.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LEARNING])
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        known = set(NameWord.objects.filter(word__in=some).values_list("word", flat=True))
        NameWord.objects.bulk_create(
            [NameWord(word=word, sound=sound_key(word.removeprefix(PLACE))) for word in some if word not in known],
            ignore_conflicts=True,
        )


def unlearn_words(words: Iterable[str], *, wait: bool = False) -> int:
    """Take words out of the vocabulary that nobody has any more; return how many.

    Somebody who is about to get one of them is waited for, or else everything is left to the next night: a
    transaction that holds customers must not wait, for the other may be waiting for those.
    """
    wanted = sorted(set(words))
    unused = set(wanted) - words_in_use(wanted)
    if not unused or not _alone(wait=wait):
        return 0
    gone, _each = NameWord.objects.filter(word__in=unused - words_in_use(unused)).delete()
    newest = NameWord.objects.order_by("-pk").first() if gone else None
    if newest is not None:
        # All processes look at the newest row only: under another number it tells them to learn everything anew.
        newest.delete()
        NameWord.objects.create(word=newest.word, sound=newest.sound)
    return gone


def _alone(*, wait: bool) -> bool:
    """Keep everybody else from learning words to the end of the transaction, as SQLite's one writer does anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LEARNING])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LEARNING])
        row = cursor.fetchone()
    return bool(row and row[0])
