"""How far what was typed is from a name: 0 the same, about 1 for one slip of a finger, None for no likeness at all."""

from functools import lru_cache

from rapidfuzz.distance import OSA

from stamkunde.kit.names.nicknames import also_called
from stamkunde.kit.names.sounds import sound_key
from stamkunde.kit.names.stems import is_declined, stem

UNLIKE = 3.0
_KEYBOARD = ("1234567890", "qwertyuiopå", "asdfghjkløæ", "zxcvbnm")
_NEIGHBOURS = frozenset(
    pair
    for upper, lower in zip(_KEYBOARD, (*_KEYBOARD[1:], ""), strict=True)
    for place, key in enumerate(upper)
    for other in (upper[place + 1 : place + 2], lower[max(place - 1, 0) : place], lower[place : place + 1])
    if other
    for pair in ((key, other), (other, key))
)


# The sounds of known words, as the vocabulary keeps them, so that they need not be worked out again.
heard: dict[str, str] = {}


def slips_allowed(word: str) -> int:
    return 1 if len(word) <= 5 else 2


def beginning_distance(typed: str, word: str) -> float | None:
    """Compare as far as typing has come, without allowing any slip."""
    if typed == word:
        return 0.0
    if word.startswith(typed):
        return 0.15 + min(0.03 * (len(word) - len(typed)), 0.25)
    # A name of two or three letters of which only one was caught.
    return 1.2 if len(typed) == 1 and len(word) <= 3 and typed in word else None


@lru_cache(maxsize=131_072)
def distance(typed: str, word: str, slips: int) -> float | None:
    """Compare one typed word with one word of a name, allowing so many slips."""
    begun = beginning_distance(typed, word)
    if begun is not None or len(typed) == 1:
        return begun
    found: list[float] = []
    apart = OSA.distance(typed, word)
    if apart <= slips:
        found.append(apart - 0.2 * _beside(typed, word) + 0.15 * (typed[0] != word[0]))
    typed_sound, sound = sound_key(typed), heard.get(word) or sound_key(word)
    if typed_sound == sound:
        # The more differently it is spelt, the less likely it was meant.
        found.append(0.2 + 0.15 * apart)
    elif len(typed_sound) > 3 and sound.startswith(typed_sound):
        found.append(0.5)
    elif len(typed_stem := stem(typed_sound)) > 2 and typed_stem == stem(sound):
        found.append(0.35 if is_declined(typed, word) else 0.5 + 0.25 * apart)
    elif slips and len(typed_sound) > 2:
        # Somebody who spells by ear may also miss a key.
        sounds_apart = OSA.distance(typed_sound, sound, score_cutoff=slips)
        if sounds_apart <= slips:
            found.append(0.4 + sounds_apart)
    if word in also_called(typed):
        found.append(0.9)
    return min(found, default=None)


def _beside(typed: str, word: str) -> bool:
    """Tell whether the one letter that differs lies beside the right one on the keyboard."""
    if len(typed) != len(word):
        return False
    differing = [pair for pair in zip(typed, word, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and differing[0] in _NEIGHBOURS


Pairs = list[tuple[float, int, int]]


def assign(pairs: Pairs, asked: int, names: int) -> tuple[float, tuple[int, ...]]:
    """Give every typed word at most one word of the customer, the closest first.

    A pair is a distance, the place of the typed word and the place of the customer's; names come before places.
    Return the distance of the whole and which of the customer's words answered.
    """
    pairs.sort()
    total = 0.0
    answered: set[int] = set()
    used: set[int] = set()
    for apart, place, position in pairs:
        if place not in answered and position not in used:
            answered.add(place)
            used.add(position)
            total += min(apart, UNLIKE)
    total += UNLIKE * (asked - len(answered))
    left_over = names - sum(position < names for position in used)
    return total + min(0.12 * left_over, 0.5), tuple(sorted(used))
