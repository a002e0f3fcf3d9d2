"""A mail that a colleague hands on: whose it was, and what it said.

The colleague writes one of the words below above it; whether she may is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stamkunde.conversations.mail.addresses import Mailbox as Address
from stamkunde.conversations.mail.addresses import mailboxes
from stamkunde.conversations.mail.quoting import FROM, SENT, SUBJECT, TO

WORDS = ("@fwd", "@customer", "@kunde", "@kund", "@klients")
MOST_LINES = 200


@dataclass(frozen=True)
class Forwarded:
    sender: Address
    subject: str
    text: str


def handed_on(text: str, fallback_charsets: Sequence[str]) -> Forwarded | None:
    """Return who wrote the mail that was handed on, and what; None where nobody asked for it."""
    lines = [line.removeprefix("> ").rstrip("\r") for line in text.split("\n")]
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    if first is None or lines[first].strip().lower() not in WORDS:
        return None
    for place in range(first + 1, min(first + MOST_LINES, len(lines))):
        if not FROM.match(lines[place].lstrip(" *")):
            continue
        people, _is_whole = mailboxes(_value(lines[place]), fallback_charsets)
        if not people:
            continue
        subject, end = "", place
        # The head of the mail, in whichever language the program wrote it, up to its empty line.
        while end < len(lines) and lines[end].strip():
            line = lines[end].lstrip(" *")
            if SUBJECT.match(line):
                subject = _value(line)
            elif not any(known.match(line) for known in (FROM, SENT, TO)) and end > place + 8:
                break
            end += 1
        return Forwarded(people[0], subject, "\n".join(lines[end:]).strip("\n"))
    return None


def _value(line: str) -> str:
    return line.partition(":")[2].strip(" *")
