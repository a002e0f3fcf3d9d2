"""What our own receiving server found out about where a mail came from (RFC 8601)."""

import re
from dataclasses import dataclass
from enum import StrEnum

RESULT = re.compile(r"\s*(spf|dkim|dmarc)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)
MOST_LETTERS = 20_000


class Verdict(StrEnum):
    PASS = "pass"  # noqa: S105 — no password
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"
    # Nobody whom we trust has looked.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdicts:
    spf: Verdict = Verdict.UNKNOWN
    dkim: Verdict = Verdict.UNKNOWN
    dmarc: Verdict = Verdict.UNKNOWN

    @property
    def is_forged(self) -> bool:
        """Return whether the domain of the sender says that this mail is not from it."""
        return self.dmarc is Verdict.FAIL


def verdicts(header: str | None, receiver: str) -> Verdicts:
    """Read the topmost ``Authentication-Results`` if it is our receiver's; a sender may have written any other one.

    `receiver` is the name by which our server signs such headers, its authserv-id; empty, nothing is believed.
    """
    if not header or not receiver:
        return Verdicts()
    who, *results = _without_remarks(header[:MOST_LETTERS]).split(";")
    named = who.split()
    if not named or named[0].strip('"').lower() != receiver.lower():
        return Verdicts()
    found: dict[str, Verdict] = {}
    for result in results:
        match = RESULT.match(result)
        if match is None:
            continue
        method = match[1].lower()
        verdict = _verdict(match[2].lower())
        # Of several signatures one that holds is enough.
        if method not in found or verdict is Verdict.PASS:
            found[method] = verdict
    unknown = Verdict.UNKNOWN
    return Verdicts(found.get("spf", unknown), found.get("dkim", unknown), found.get("dmarc", unknown))


def _verdict(word: str) -> Verdict:
    if word == "hardfail":
        return Verdict.FAIL
    return Verdict(word) if word in set(Verdict) else Verdict.UNKNOWN


def _without_remarks(text: str) -> str:
    """Return the text without what stands in brackets or in quotation marks: neither may hold a verdict."""
    kept, depth, is_quoted = [], 0, False
    for letter in text:
        if letter == '"' and depth == 0:
            is_quoted = not is_quoted
        elif letter == "(" and not is_quoted:
            depth += 1
        elif letter == ")" and not is_quoted and depth:
            depth -= 1
        elif depth == 0 and not is_quoted:
            kept.append(letter)
    return "".join(kept)
