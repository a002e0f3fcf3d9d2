"""Guesses how text is encoded, and says when it cannot know: a name spelt wrong for ever is worse than a question.

UTF-8 and UTF-16 prove themselves. The single-byte encodings do not, so the letters around each byte above 127 are read
in every candidate and weighed by how common such a letter is in the languages of our shops.
"""

from __future__ import annotations

import codecs
import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Order matters where two candidates read the same: the commoner one is named.
SINGLE_BYTE = (
    "cp1252",
    "cp1257",
    "iso8859-1",
    "iso8859-13",
    "iso8859-15",
    "iso8859-4",
    "iso8859-10",
    "iso8859-2",
    "cp1250",
    "mac_roman",
    "cp850",
)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", *SINGLE_BYTE)
LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (LE)",
    "utf-16-be": "UTF-16 (BE)",
    "cp1252": "Windows-1252",
    "cp1257": "Windows-1257",
    "cp1250": "Windows-1250",
    "cp850": "DOS 850",
    "mac_roman": "MacRoman",
    "iso8859-1": "ISO-8859-1",
    "iso8859-2": "ISO-8859-2",
    "iso8859-4": "ISO-8859-4",
    "iso8859-10": "ISO-8859-10",
    "iso8859-13": "ISO-8859-13",
    "iso8859-15": "ISO-8859-15",
}
# How the letters beyond a-z share the text of each language, in parts of a hundred.
LETTERS: dict[str, dict[str, int]] = {
    "nb": {"å": 38, "ø": 40, "æ": 16, "é": 3, "ö": 1, "ä": 1, "ü": 1},
    "sv": {"ä": 40, "ö": 28, "å": 28, "é": 3, "ü": 1},
    "lv": {"ā": 34, "ī": 15, "ē": 14, "š": 11, "ū": 5, "ņ": 6, "ž": 4, "ķ": 4, "ļ": 5, "č": 2, "ģ": 2},
    "lt": {"ė": 24, "ų": 18, "š": 15, "į": 8, "ž": 12, "ą": 8, "č": 6, "ū": 6, "ę": 3},
    "et": {"ä": 38, "õ": 30, "ü": 20, "ö": 8, "š": 2, "ž": 2},
    "fi": {"ä": 78, "ö": 20, "å": 2},
    "de": {"ü": 40, "ä": 33, "ö": 18, "ß": 9},
    "fr": {"é": 66, "è": 10, "à": 10, "ê": 5, "ç": 3, "ô": 2, "î": 1, "â": 1, "û": 1, "ë": 1},
    "is": {"í": 18, "á": 20, "ð": 27, "þ": 6, "ö": 9, "é": 6, "ó": 9, "ú": 6, "æ": 5, "ý": 2},
    "pl": {"ł": 25, "ą": 12, "ę": 13, "ó": 11, "ż": 11, "ś": 9, "ć": 6, "ń": 3, "ź": 1},
    "es": {"ó": 28, "í": 22, "á": 18, "é": 13, "ñ": 11, "ú": 6, "ü": 1},
}
_SYMBOLS = set("£€§°½¼¾²³µ×±®©™–—…‘’“”„«»•· \u00a0´¨")
_CERTAIN_ODDS = 6.0
_WINDOW = 24
_ENOUGH = 4000


@dataclass(frozen=True)
class EncodingGuess:
    name: str
    certain: bool
    alternatives: tuple[str, ...] = ()


def guess_encoding(blocks: Iterable[bytes]) -> EncodingGuess:
    """Read the whole stream once and say how it is encoded; only windows around unusual bytes are kept."""
    iterator = iter(blocks)
    head = next(iterator, b"")
    if head.startswith(codecs.BOM_UTF8):
        return EncodingGuess("utf-8", certain=True)
    if head.startswith(codecs.BOM_UTF16_LE):
        return EncodingGuess("utf-16-le", certain=True)
    if head.startswith(codecs.BOM_UTF16_BE):
        return EncodingGuess("utf-16-be", certain=True)
    if wide := _utf16_without_mark(head):
        return EncodingGuess(wide, certain=True)
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    is_utf8 = True
    windows: list[bytes] = []
    block = head
    while block:
        if not block.isascii() or not is_utf8:
            if is_utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf8 = False
            if len(windows) < _ENOUGH:
                windows += _windows(block, _ENOUGH - len(windows))
            elif not is_utf8:
                break
        block = next(iterator, b"")
    if is_utf8 and not decoder.getstate()[0]:
        return EncodingGuess("utf-8", certain=True)
    return _guess_single_byte(windows)


def _utf16_without_mark(head: bytes) -> str:
    sample = head[:4096]
    if len(sample) < 8 or b"\0" not in sample:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    return ""


def _windows(block: bytes, most: int) -> list[bytes]:
    found: list[bytes] = []
    position = 0
    unusual = block.translate(None, bytes(range(128)))
    if not unusual:
        return found
    length = len(block)
    while position < length and len(found) < most:
        while position < length and block[position] < 128:
            step = block[position : position + 4096]
            if step.isascii():
                position += len(step)
                continue
            position += 1
        if position >= length:
            break
        found.append(block[max(0, position - _WINDOW) : position + _WINDOW])
        position += _WINDOW
    return found


def _guess_single_byte(windows: list[bytes]) -> EncodingGuess:
    scored: list[tuple[float, str, str]] = []
    for encoding in SINGLE_BYTE:
        try:
            text = "\n".join(window.decode(encoding) for window in windows)
        except UnicodeDecodeError:
            continue
        scored.append((_plausibility(text), encoding, text))
    scored.sort(key=lambda entry: -entry[0])
    best, name, text = scored[0]
    others = [entry for entry in scored[1:] if entry[2] != text]
    if not others:
        return EncodingGuess(name, certain=True)
    # Many letters make any small lead look large, so the odds are also asked per letter.
    lead = best - others[0][0]
    unusual = sum(1 for char in text if ord(char) > 127)
    certain = lead >= _CERTAIN_ODDS and lead / max(unusual, 1) >= 0.2
    return EncodingGuess(name, certain, tuple(entry[1] for entry in others[:4]))


def _plausibility(text: str) -> float:
    """The log-likelihood of the unusual characters in the language that explains them best."""
    shape = 0.0
    letters: dict[str, int] = {}
    previous = " "
    for position, char in enumerate(text):
        if char < "\x80":
            previous = char
            continue
        following = text[position + 1] if position + 1 < len(text) else " "
        if char.isalpha() and unicodedata.category(char) != "Lo":
            lowered = char.lower()
            letters[lowered] = letters.get(lowered, 0) + 1
            if not previous.isalpha() and not following.isalpha():
                shape -= 6.0
            if char.isupper() and previous.islower():
                shape -= 4.0
            if char.islower() and previous.isupper() and following.isupper():
                shape -= 4.0
        elif char in _SYMBOLS:
            between = previous.isalpha() and following.isalpha()
            shape -= 7.0 if between and char != "’" else 3.0
        elif unicodedata.category(char) == "Cc":
            shape -= 20.0
        else:
            shape -= 8.0
        previous = char
    best = max(
        sum(count * math.log(shares.get(letter, 0.05) / 100) for letter, count in letters.items())
        for shares in LETTERS.values()
    )
    return shape + best
