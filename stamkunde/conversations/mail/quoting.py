"""What somebody wrote herself, and what her program put beneath it: folded away, never cut off.

A rule that is not sure leaves the text alone: a fold too few is a line more to read, a fold too many hides an answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MAX_LINES = 20_000
MAX_WRAPPED = 4
MAX_SEEN = 500


class How(StrEnum):
    """How the quoted text lay about the own words."""

    NOTHING = "nothing quoted"
    BENEATH = "quoted beneath"
    ABOVE = "quoted above"
    # Answers stand between the lines they answer: all of it is shown.
    BETWEEN = "answered between the lines"
    FORWARDED = "forwarded"
    ONLY_QUOTED = "only quoted text"


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_quoted: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in pieces that make it up again, one behind the other."""

    pieces: tuple[Piece, ...]
    how: How

    @property
    def own(self) -> str:
        return "".join(piece.text for piece in self.pieces if not piece.is_quoted)

    @property
    def quoted(self) -> str:
        return "".join(piece.text for piece in self.pieces if piece.is_quoted)

    @property
    def whole(self) -> str:
        return "".join(piece.text for piece in self.pieces)


# Who wrote when, as programs say it above a quotation. With neither a time nor an address, "he wrote:" is a sentence.
WROTE = re.compile(
    r"(on\b.+\bwrote|.*\bskrev\b.*|.*\bskreiv\b.*|.*\brakstīja\b.*|.*\bwrote|am .+ schrieb.*|.*\bkirjoitti"
    r"|.*\bkirjutas\b.*|le .+ a écrit)\s*:",
    re.IGNORECASE | re.DOTALL,
)
WHEN = re.compile(r"\d{1,2}[:.]\d{2}|\b(19|20)\d\d\b|[\w.+-]+@[\w.-]+\.\w+|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
FORWARDED = re.compile(
    r"\s*(>\s*)?(-{3,}\s*)?(forwarded message|videresendt melding|vidarebefordrat (meddelande|mejl)|videresendt besked"
    r"|begin forwarded message|pārsūtītā ziņa|pārsūtīts ziņojums|weitergeleitete nachricht|start på videresendt melding"
    r"|starten på vidarebefordrat meddelande)\s*:?\s*(-{3,})?\s*",
    re.IGNORECASE,
)
ORIGINAL = re.compile(
    r"\s*-{2,}\s*(original message|opprinnelig melding|opprinnelig e-?post|ursprungligt meddelande|originalmeddelande"
    r"|oprindelig meddelelse|sākotnējā ziņa|sākotnējais ziņojums|oriģinālā ziņa|original appointment)\s*-{2,}\s*",
    re.IGNORECASE,
)
RULE = re.compile(r"\s*_{10,}\s*")
# The first two and the rest of the heads that Outlook writes, in the languages in which it is used here.
FROM = re.compile(r"\*?(fra|från|no|from|von|lähettäjä)\s*:\*?\s*\S", re.IGNORECASE)
SENT = re.compile(
    r"\*?(sendt|skickat|nosūtīts|sent|gesendet|lähetetty|dato|datum|datums|date)\s*:\*?\s*\S", re.IGNORECASE
)
TO = re.compile(r"\*?(til|till|kam|to|an|kopi|kopia|kopija|cc|vastaanottaja)\s*:\*?\s*\S", re.IGNORECASE)
SUBJECT = re.compile(r"\*?(emne|ämne|tēma|temats|subject|betreff|aihe)\s*:\*?", re.IGNORECASE)
SIGNATURE = re.compile(
    r"\s*(--\s*|sent from my .+|sendt fra min .+|skickat från min .+|nosūtīts no mana? .+)", re.IGNORECASE
)


def folded(text: str) -> Folded:
    """Return the text as own words and quoted text; together they are the text, letter by letter."""
    *ended, last = text.split("\n", MAX_LINES)
    lines = [f"{line}\n" for line in ended] + ([last] if last else [])
    # Looked at as far as any of the rules may look.
    seen = [line[:MAX_SEEN] for line in lines]
    marks = [line.lstrip(" \t").startswith(">") for line in seen]
    for place in range(len(lines)):
        if FORWARDED.fullmatch(seen[place]):
            # What is passed on is what she wants to be read.
            return Folded((Piece(text, False),), How.FORWARDED)
        if _begins_reply_head(seen, place):
            return _beneath(lines, place)
        length = _attribution(seen, marks, place)
        if length:
            return _attributed(lines, marks, place, length)
    return _marked(lines, marks)


def _begins_reply_head(lines: Sequence[str], place: int) -> bool:
    """Return whether a block of Outlook's begins here, with the line that announces it where there is one."""
    line = lines[place]
    if ORIGINAL.fullmatch(line):
        return True
    if RULE.fullmatch(line):
        follows = next((at for at in range(place + 1, min(place + 4, len(lines))) if lines[at].strip()), None)
        return follows is not None and _is_head(lines, follows)
    return _is_head(lines, place)


def _is_head(lines: Sequence[str], place: int) -> bool:
    """Return whether from, sent, to and subject stand here: "Fra: Oslo / Til: Riga" is somebody's journey."""
    if not FROM.match(lines[place].lstrip()):
        return False
    head = []
    for line in lines[place + 1 : place + 12]:
        if line.strip():
            head.append(line.strip())
        elif len(head) >= 3:
            break
    has_sent = any(SENT.match(line) and WHEN.search(line) for line in head)
    is_address = "@" in lines[place] and any(TO.match(line) for line in head)
    return has_sent and (is_address or any(SUBJECT.match(line) for line in head))


def _attribution(lines: Sequence[str], marks: Sequence[bool], place: int) -> int:
    """Return over how many lines "on such a day so-and-so wrote:" runs from here, or 0."""
    if not lines[place].strip() or (
        place and lines[place - 1].strip() and not marks[place] and not _may_begin(lines[place])
    ):
        return 0
    joined = ""
    for length in range(1, MAX_WRAPPED + 1):
        if place + length > len(lines) or not lines[place + length - 1].strip():
            return 0
        joined = f"{joined} {lines[place + length - 1].strip()}".strip()
        if not joined.endswith(":"):
            continue
        said = joined.lstrip("> ")
        is_quoted_soon = _is_quoted_soon(lines, marks, place + length, is_certain="@" in said and not marks[place])
        if len(said) < 400 and WROTE.fullmatch(said) and WHEN.search(said) and is_quoted_soon:
            return length
        return 0
    return 0


def _may_begin(line: str) -> bool:
    return (
        re.match(r"\s*(on |den |le |am |\w{2,9}\.? )", line, re.IGNORECASE) is not None
        and WHEN.search(line) is not None
    )


def _is_quoted_soon(lines: Sequence[str], marks: Sequence[bool], place: int, *, is_certain: bool) -> bool:
    """Return whether what follows is marked as quoted, or need not be: only programs name the address of who wrote."""
    for at in range(place, len(lines)):
        if lines[at].strip():
            return marks[at] or is_certain
    return False


def _attributed(lines: Sequence[str], marks: Sequence[bool], place: int, length: int) -> Folded:
    start = place + length
    if not any(marks[start:]):
        return _beneath(lines, place)
    last = max(at for at in range(len(lines)) if marks[at])
    within = [at for at in range(start, last) if lines[at].strip() and not marks[at]]
    if within and not _are_wrapped(lines, marks, within):
        return _all(lines, How.BETWEEN)
    above, quoted, beneath = lines[:place], lines[place : last + 1], lines[last + 1 :]
    if not _says(above):
        return _pieces(above, quoted, beneath, How.ABOVE if _says(beneath) else How.ONLY_QUOTED)
    return _pieces(above, quoted, beneath, How.BENEATH)


def _marked(lines: Sequence[str], marks: Sequence[bool]) -> Folded:
    """Fold a block of lines with ``>`` that nobody announced."""
    if not any(marks):
        return _all(lines, How.NOTHING)
    first = marks.index(True)
    last = max(at for at in range(len(lines)) if marks[at])
    if any(lines[at].strip() and not marks[at] for at in range(first, last)):
        return _all(lines, How.BETWEEN)
    above, quoted, beneath = lines[:first], lines[first : last + 1], lines[last + 1 :]
    if _says(above) and _says(beneath):
        return _all(lines, How.BETWEEN)
    if _says(above):
        return _pieces(above, quoted, beneath, How.BENEATH)
    return _pieces(above, quoted, beneath, How.ABOVE if _says(beneath) else How.ONLY_QUOTED)


def _are_wrapped(lines: Sequence[str], marks: Sequence[bool], within: Sequence[int]) -> bool:
    """Return whether the unmarked lines are ends of long marked ones that a program broke."""
    return all(at and marks[at - 1] and len(lines[at - 1]) > 60 and len(lines[at]) < 30 for at in within)


def _says(lines: Sequence[str]) -> bool:
    """Return whether somebody says something here that is not only her signature."""
    for line in lines:
        if SIGNATURE.fullmatch(line.rstrip("\r\n")) and line.strip():
            return False
        if line.strip():
            return True
    return False


def _beneath(lines: Sequence[str], place: int) -> Folded:
    above, quoted = lines[:place], lines[place:]
    return _pieces(above, quoted, [], How.BENEATH if _says(above) else How.ONLY_QUOTED)


def _all(lines: Sequence[str], how: How) -> Folded:
    return Folded((Piece("".join(lines), False),), how)


def _pieces(above: Sequence[str], quoted: Sequence[str], beneath: Sequence[str], how: How) -> Folded:
    found = (Piece("".join(above), False), Piece("".join(quoted), True), Piece("".join(beneath), False))
    return Folded(tuple(piece for piece in found if piece.text), how)
