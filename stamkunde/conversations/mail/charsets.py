"""Letters out of bytes that say wrongly, or not at all, how they were written down.

What is declared is believed while it holds, then UTF-8 is tried, which hardly ever fits by chance, then what the shop's
neighbours used before it; statistics were wrong more often than right on letters as short as people write them.
"""

import binascii
import codecs
import re
from collections.abc import Sequence
from functools import lru_cache

# Nothing that Python calls an encoding and that is not one of letters (rot13), or takes quadratic time (punycode).
KNOWN = re.compile(
    r"ascii|utf-8(-sig)?|utf-(16|32)(-[bl]e)?|utf-7|iso8859-\d+|cp(125\d|437|775|85\d|86\d|874|932|949|950)"
    r"|koi8-[rtu]|gb2312|gbk|gb18030|hz|big5(hkscs)?|shift_jis(x0213|_2004)?|euc_(jp|kr|jis_2004|jisx0213)"
    r"|iso2022_(jp(_1|_2|_3|_ext|_2004)?|kr)|mac-(roman|latin2|cyrillic|greek|turkish|iceland)|tis-620|johab|ptcp154"
)
# What stands for a narrower set in practice: every reader of mail takes the wider one.
WIDER = {"ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "iso8859-9": "cp1254"}
ENCODED_WORD = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# They turn the direction of what follows, so that "gpj.exe" is read as "exe.jpg".
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


@lru_cache(maxsize=256)
def charset(label: str) -> str | None:
    """Return Python's name of a set of letters by the label that a mail gives it, or None if it is unknown."""
    label = label.strip(" \t\"'<>;=").partition("*")[0].lower()
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        # "windows-1252http-equivcontent-type" and the like are not worth guessing.
        return None
    return name if KNOWN.fullmatch(name) else None


def decoded(raw: bytes, label: str | None, fallback_charsets: Sequence[str]) -> tuple[str, bool]:
    """Return the text, and whether its charset had to be guessed; never raises, whatever the bytes are."""
    declared = charset(label) if label else None
    first = [WIDER.get(declared, declared), declared] if declared else []
    for place, name in enumerate([*first, "utf-8", *fallback_charsets]):
        try:
            # A label that names another set of letters was wrong, although the text reads well.
            is_guess = place >= len(first) if label else (place > 0)
            return clean(raw.decode(name)), is_guess and not (raw.isascii() and label is None)
        except (UnicodeError, LookupError, ValueError):
            continue
    return clean(raw.decode("utf-8", "replace")), True


def clean(text: str) -> str:
    """Return text without what no database keeps: NUL, halves of letters; a mark at its start says only how it came."""
    text = text.removeprefix("\ufeff").replace("\x00", "")
    return text.encode("utf-8", "replace").decode() if _has_halves(text) else text


def _has_halves(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def in_one_line(text: str) -> str:
    """Return text without line ends, control characters and what turns the direction of reading; spaces become one."""
    return " ".join(TURNING.sub("", CONTROL.sub(" ", text)).split())


def header_text(text: str, fallback_charsets: Sequence[str]) -> tuple[str, bool]:
    """Return what a header's encoded words say (RFC 2047), and whether something had to be guessed.

    Neighbours in one charset are joined before they are read, since a letter may be cut between them; what cannot be
    read stands as it came.
    """
    if "=?" not in text:
        return text, False
    pieces: list[str] = []
    guessed = False
    waiting: list[bytes] = []
    label = ""
    end = 0

    def settle() -> None:
        nonlocal guessed
        if waiting:
            read, is_guess = decoded(b"".join(waiting), label, fallback_charsets)
            pieces.append(read)
            guessed = guessed or is_guess
            waiting.clear()

    for match in ENCODED_WORD.finditer(text):
        between = text[end : match.start()]
        raw = _word(match[2], match[3])
        is_neighbour = bool(waiting) and not between.strip() and raw is not None
        if not (is_neighbour and match[1].lower() == label.lower()):
            settle()
            label = match[1]
        if not is_neighbour:
            pieces.append(between)
        if raw is None:
            pieces.append(match[0])
            guessed = True
        else:
            waiting.append(raw)
        end = match.end()
    settle()
    pieces.append(text[end:])
    return "".join(pieces), guessed


def _word(how: str, word: str) -> bytes | None:
    raw = word.encode("utf-8", "replace")
    if how in "qQ":
        return binascii.a2b_qp(raw.replace(b"\n", b" "), header=True)
    if re.search(rb"[^A-Za-z0-9+/=\s]", raw):
        return None
    raw = b"".join(raw.split()).rstrip(b"=")
    if len(raw) % 4 == 1:
        return None
    try:
        return binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return None
