"""How far what was typed is from a name: 0 the same, about 1 for one slip of a finger, None for no likeness at all."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from stamkunde.kit.names.nicknames import also_called
from stamkunde.kit.names.sounds import sound_key
from stamkunde.kit.names.stems import stem

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


def slips_allowed(word: str) -> int:
    return 1 if len(word) <= 5 else 2


@lru_cache(maxsize=262_144)
def distance(typed: str, word: str, slips: int) -> float | None:
    """Compare one typed word with one word of a name, allowing so many slips."""
    if typed == word:
        return 0.0
    if word.startswith(typed):
        return 0.1 + min(0.02 * (len(word) - len(typed)), 0.2)
    if len(typed) == 1:
        return None
    found: list[float] = []
    if slips:
        found += _slipped(typed, word, slips)
    typed_sound, sound = sound_key(typed), sound_key(word)
    if typed_sound == sound:
        found.append(0.35)
    elif len(typed_sound) > 3 and sound.startswith(typed_sound):
        found.append(0.5)
    elif len(typed_stem := stem(typed_sound)) > 2 and typed_stem == stem(sound):
        found.append(0.6)
    elif slips and len(typed_sound) > 2:
        # Somebody who spells by ear may also miss a key.
        apart = OSA.distance(typed_sound, sound, score_cutoff=slips)
        if apart <= slips:
            found.append(0.4 + apart)
    if word in also_called(typed):
        found.append(0.9)
    return min(found, default=None)


def _slipped(typed: str, word: str, slips: int) -> list[float]:
    found: list[float] = []
    apart = OSA.distance(typed, word, score_cutoff=slips)
    if apart <= slips:
        found.append(apart - 0.2 * _beside(typed, word) + 0.15 * (typed[0] != word[0]))
    if len(typed) > 3 and len(word) > len(typed) + 1:
        # The beginning of a name, misspelt and not yet finished.
        fewest = min(
            OSA.distance(typed, word[:length], score_cutoff=slips) for length in range(len(typed) - 1, len(typed) + 2)
        )
        if fewest <= slips:
            found.append(0.5 + fewest)
    return found


def _beside(typed: str, word: str) -> bool:
    """Tell whether the one letter that differs lies beside the right one on the keyboard."""
    if len(typed) != len(word):
        return False
    differing = [pair for pair in zip(typed, word, strict=True) if pair[0] != pair[1]]
    return len(differing) == 1 and differing[0] in _NEIGHBOURS


def name_distance(typed: Sequence[str], names: Sequence[str], places: Sequence[str], more_slips: int = 0) -> float:
    """Compare all that was typed with the words of a customer; each word of hers answers one typed word."""
    pairs: list[tuple[float, int, int]] = []
    for place, word in enumerate(typed):
        slips = 0 if word.isdigit() else slips_allowed(word) + more_slips
        for position, name in enumerate(names):
            apart = distance(word, name, slips)
            if apart is not None:
                pairs.append((apart, place, position))
        for position, name in enumerate(places, len(names)):
            apart = distance(word, name, slips)
            if apart is not None:
                pairs.append((apart + 0.3, place, position))
    pairs.sort()
    total = 0.0
    answered: set[int] = set()
    used: set[int] = set()
    for apart, place, position in pairs:
        if place not in answered and position not in used:
            answered.add(place)
            used.add(position)
            total += min(apart, UNLIKE)
    total += UNLIKE * (len(typed) - len(answered))
    left_over = sum(position not in used for position in range(len(names)))
    return total + min(0.06 * left_over, 0.3)
