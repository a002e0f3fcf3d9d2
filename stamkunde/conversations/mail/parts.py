"""The parts of a mail as they lie in its bytes: headers, and bodies within bodies.

Written here because of what strangers send: the standard library's parser calls itself for every part within a part and
ends at a thousand of them, holds a large mail several times over, and cuts what follows a line that is no header.
This one walks, holds places instead of copies, and stops at limits.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

MAX_DEPTH = 100
MAX_PARTS = 10_000
# What is beyond is left out, and said so.
READ_PARTS = 1_000
MAX_HEADERS = 20_000
MAX_HEADER_BYTES = 2_000_000
# Taken however many others stand before them.
NEEDED = frozenset({"from", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references", "content-type"})

HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
EMPTY_LINE = re.compile(rb"\n\r?\n")
BARE_RETURN = re.compile(rb"\r(?!\n)")
MAILBOX_LINE = re.compile(rb">?From [^:\s]")
LINE_END = re.compile(rb"\r\n?|\n")
PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;\s]*)')
CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
BROKEN_QUOTED = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


class Reason(StrEnum):
    """Why a mail cannot be read."""

    EMPTY = "empty"
    NO_SENDER = "no sender"
    TOO_DEEP = "too deep"
    TOO_MANY_PARTS = "too many parts"
    BROKEN = "broken"


class Unreadable(Exception):
    """A mail that cannot become a message; it is kept as it came, for somebody to look at."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Parameters:
    """A header such as ``Content-Type: text/plain; charset=utf-8``: its value in lower case, and its parameters.

    Values written in another charset (RFC 2231) keep its label before the bytes: ``(b"caf\\xe9", "latin-1")``.
    """

    value: str
    parameters: dict[str, tuple[bytes, str | None]]

    def get(self, name: str) -> str | None:
        found = self.parameters.get(name)
        return found[0].decode("utf-8", "replace") if found else None


@dataclass(slots=True)
class Part:
    """One part: its headers, and where in the bytes its body lies."""

    headers: list[tuple[str, bytes]]
    raw: bytes
    start: int
    end: int
    depth: int
    # The number of the outermost set of alternatives that it belongs to; None for a part of its own.
    alternative: int | None = None
    is_related: bool = False
    content_type: Parameters = field(default_factory=lambda: Parameters("text/plain", {}))

    def first(self, name: str) -> bytes | None:
        return next((value for known, value in self.headers if known == name), None)

    def parameters(self, name: str) -> Parameters:
        raw = self.first(name)
        return parameters(raw) if raw else Parameters("", {})

    def body(self, most: int | None = None) -> tuple[bytes, bool]:
        """Return the decoded body, of no more than so many encoded bytes, and whether its encoding was whole."""
        encoding = (self.first("content-transfer-encoding") or b"").strip(b" \t\r\n\"';").lower()
        end = self.end if most is None else min(self.end, self.start + most)
        return undone(self.raw[self.start : end], encoding)


def undone(raw: bytes, encoding: bytes) -> tuple[bytes, bool]:
    """Return what a transfer encoding held, as much of it as can be made out, and whether nothing was wrong with it."""
    if encoding == b"base64":
        letters = raw.translate(None, NOT_BASE64)
        length = len(letters)
        padded = letters.rstrip(b"=")
        if b"=" in padded:
            # Several pieces, one behind the other, each with an end of its own.
            return b"".join(undone(piece, encoding)[0] for piece in padded.split(b"=") if piece), False
        if len(padded) % 4 == 1:
            padded = padded[:-1]
        strange = raw.translate(None, b" \t\r\n")
        return binascii.a2b_base64(padded + b"=" * (-len(padded) % 4)), len(strange) == length and length % 4 == 0
    if encoding == b"quoted-printable":
        return binascii.a2b_qp(raw), BROKEN_QUOTED.search(raw) is None
    if encoding in {b"x-uuencode", b"uuencode", b"x-uue", b"uue"}:
        return _out_of_uu(raw)
    return raw, encoding in {b"", b"7bit", b"8bit", b"binary"}


def _out_of_uu(raw: bytes) -> tuple[bytes, bool]:
    begun, lines, is_whole = False, [], True
    for line in raw.splitlines():
        if not begun:
            begun = line.startswith(b"begin ")
            continue
        if line.strip() in {b"end", b"`", b""}:
            continue
        try:
            lines.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some write more than the line's first letter says.
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                lines.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                is_whole = False
    return (b"".join(lines), is_whole) if begun else (raw, False)


def top(raw: bytes) -> tuple[Part, bool]:
    """Return the mail itself as a part, and whether all its headers were taken."""
    start = 0
    while start < len(raw) and raw[start] in b"\r\n \t" and start < 10_000:
        start += 1
    if raw[start : start + 3] == b"\xef\xbb\xbf":
        start += 3
    if MAILBOX_LINE.match(raw, start):
        # A line of the mailbox file that the mail lay in.
        line = LINE_END.search(raw, start)
        start = line.end() if line else len(raw)
    head = raw[start : start + 65_536].partition(b"\n\r\n")[0].partition(b"\n\n")[0]
    if BARE_RETURN.search(head.rstrip(b"\r")):
        raw, start = LINE_END.sub(b"\n", raw[start:]), 0
    return _part(raw, start, len(raw), 0)


def _part(raw: bytes, start: int, end: int, depth: int) -> tuple[Part, bool]:
    headers, body, is_whole = _headers(raw, start, end)
    part = Part(headers, raw, body, end, depth)
    declared = part.first("content-type")
    if declared:
        part.content_type = parameters(declared)
    return part, is_whole


def _headers(raw: bytes, start: int, end: int) -> tuple[list[tuple[str, bytes]], int, bool]:
    if raw.startswith((b"\n", b"\r\n"), start):
        return [], start + (1 if raw[start] == 10 else 2), True
    limit = min(end, start + MAX_HEADER_BYTES)
    empty = EMPTY_LINE.search(raw, start, limit)
    is_whole = empty is not None or limit == end
    lines = raw[start : empty.start() + 1 if empty else limit].split(b"\n")
    found: list[tuple[str, list[bytes]]] = []
    stray: list[int] = []
    place = start
    for line in lines:
        begin, place = place, place + len(line) + 1
        line = line.rstrip(b"\r")
        if line[:1] in (b" ", b"\t") and found and not stray:
            found[-1][1].append(line)
            continue
        match = HEADER.match(line)
        if match is None:
            if line.strip():
                stray.append(begin)
            continue
        stray.clear()
        name = match[1].decode("ascii").lower()
        if len(found) >= MAX_HEADERS:
            is_whole = False
            if name not in NEEDED:
                continue
        found.append((name, [match[2]]))
    headers = [(name, b"".join(pieces).strip()) for name, pieces in found]
    body = empty.end() if empty else limit
    if not headers or (stray and is_whole and (empty is None or len(stray) > 1)):
        # Text without a header, or the empty line before it was forgotten; one stray line is passed over.
        body = stray[0] if headers else start
    return headers, min(body, end), is_whole


def parameters(raw: bytes) -> Parameters:
    """Read a header with parameters, also those in pieces and in other charsets (RFC 2231)."""
    text = raw[:20_000].decode("latin-1")
    value = text.partition(";")[0].strip(" \t\r\n\"'").lower()
    pieces: dict[str, dict[int, tuple[bytes, bool]]] = {}
    for match in PARAMETER.finditer(text):
        named = CONTINUED.fullmatch(match[1].lower())
        if named is None:
            continue
        written = match[2]
        if written.startswith('"'):
            written = re.sub(r"\\(.)", r"\1", written[1:].removesuffix('"'))
        name, number, is_extended = named[1], named[2], bool(named[3])
        known = pieces.setdefault(name, {})
        if is_extended or int(number or 0) not in known:
            known[int(number or 0)] = (written.encode("latin-1"), is_extended)
    return Parameters(value, {name: _joined(found) for name, found in pieces.items()})


def _joined(pieces: dict[int, tuple[bytes, bool]]) -> tuple[bytes, str | None]:
    label: str | None = None
    whole = []
    for number in sorted(pieces):
        written, is_extended = pieces[number]
        if is_extended:
            if number == min(pieces) and written.count(b"'") >= 2:
                declared, _, written = written.split(b"'", 2)
                label = declared.decode("latin-1") or "utf-8"
            written = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), written)
        whole.append(written)
    return b"".join(whole), label


@dataclass(slots=True)
class Leaves:
    """The parts that hold something, in their order, and what was odd about the way they lay."""

    parts: list[Part]
    is_whole: bool
    is_cut: bool


def leaves(mail: Part) -> Leaves:
    """Return the parts that hold something; refuse what is nested or divided beyond measure."""
    found = Leaves([], is_whole=True, is_cut=False)
    waiting = [mail]
    alternatives = seen = 0
    while waiting:
        part = waiting.pop()
        if not part.content_type.value.startswith("multipart/"):
            found.parts.append(part)
            continue
        if part.depth >= MAX_DEPTH:
            raise Unreadable(Reason.TOO_DEEP)
        if part.alternative is None and part.content_type.value == "multipart/alternative":
            alternatives += 1
            part.alternative = alternatives
        places, is_closed = _places(part)
        found.is_whole = found.is_whole and is_closed
        seen += len(places)
        if seen > MAX_PARTS:
            raise Unreadable(Reason.TOO_MANY_PARTS)
        if seen > READ_PARTS:
            found.is_cut = True
            places = places[: max(0, READ_PARTS - (seen - len(places)))]
            if not places:
                continue
        if not places:
            # No boundary, or one that does not occur: what is there is shown as text.
            part.content_type = Parameters("text/plain", {})
            part.headers = [(name, value) for name, value in part.headers if name != "content-disposition"]
            if part.raw[part.start : part.end].strip():
                found.parts.append(part)
            continue
        children = []
        for start, end in places:
            child, is_whole = _part(part.raw, start, end, part.depth + 1)
            child.alternative = part.alternative
            child.is_related = part.is_related or part.content_type.value == "multipart/related"
            found.is_cut = found.is_cut or not is_whole
            children.append(child)
        waiting.extend(reversed(children))
    return found


def _places(part: Part) -> tuple[list[tuple[int, int]], bool]:
    """Return where the parts of a multipart lie, and whether it had the end that it should have."""
    named = part.content_type.parameters.get("boundary")
    boundary = named[0].rstrip() if named else b""
    if not boundary or len(boundary) > 1_000:
        return [], False
    places: list[tuple[int, int]] = []
    begun: int | None = None
    for line_start, line_end, is_last in _delimiters(part, b"--" + boundary):
        if begun is not None:
            places.append((begun, max(begun, line_start)))
        begun = None if is_last else line_end
        if is_last or len(places) > MAX_PARTS:
            return places, True
    if begun is not None and begun < part.end:
        places.append((begun, part.end))
    return places, False


def _delimiters(part: Part, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield where the text before a delimiter ends, where what follows it starts, and whether it is the last."""
    raw = part.raw
    line = re.compile(rb"^%b(--)?[ \t]*\r?$" % re.escape(delimiter), re.MULTILINE)
    for match in line.finditer(raw, part.start, part.end):
        # The line end before it belongs to it.
        before = match.start()
        if before > part.start and raw[before - 1] == 10:
            before -= 1
            if before > part.start and raw[before - 1] == 13:
                before -= 1
        yield before, min(match.end() + 1, part.end), match[1] is not None
