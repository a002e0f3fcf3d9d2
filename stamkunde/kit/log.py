"""Log lines without personal data: what happened and where in the code, not whom it happened to.

Our own messages never hold a person, but an exception's text may: a database quotes the row it refuses, a parser the
line it cannot read. So of an exception only its kind and its place are written, with the code of the database's
complaint and the rule that was broken; and whatever still looks like an e-mail address, a telephone number or a token
is struck out of every line.
"""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# A stranger writes lines as long as an address may be. Therefore each pattern begins where a word does and nowhere
# within it: tried anew from every letter, one long address would keep the process busy for half a minute.
LONGEST_MESSAGE = 4_000
_STRUCK = (
    (re.compile(r"(?<![^\s@<>\"'(),;:=/])[^\s@<>\"'(),;:=/]++@[^\s@<>\"'(),;:]+"), "[e-mail]"),
    (
        re.compile(r"(?i)\b(bearer|token|password|secret|authorization|cookie)(\W{1,3}(?:bearer )?)[^\s,;&\"']+"),
        r"\1\2[secret]",
    ),
    # Eight digits in a row or more, with the signs people put between; dates and short numbers stay.
    (re.compile(r"(?<![\w.:-])(?!\d{4}-\d\d-\d\d)\+?\d(?:[ ()/-]?\d){7,}(?![\w:])"), "[number]"),
    # What follows the question mark of an address is what somebody typed.
    (re.compile(r"\?[^\s\"']+"), "?[query]"),
)


def without_people(text: str) -> str:
    """Return the text with what looks like a person's address, number or secret struck out."""
    for pattern, instead in _STRUCK:
        text = pattern.sub(instead, text)
    return text


def told_without_people(fault: Fault) -> str:
    """Return an exception's chain of causes by kind and place alone."""
    kind, error, _trace = fault
    if kind is None or error is None:
        return ""
    parts = []
    for cause in _causes(error):
        places = "".join(traceback.format_list(traceback.extract_tb(cause.__traceback__)))
        parts.append(f"{places}{_named(cause)}")
    return "\n".join(reversed(parts))


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def _named(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    diagnosis = getattr(error, "diag", None)
    more = [
        getattr(error, "sqlstate", None),
        getattr(error, "sqlite_errorname", None),
        getattr(diagnosis, "table_name", None),
        getattr(diagnosis, "constraint_name", None),
    ]
    # SQLite names the columns of a broken rule and never their values.
    if getattr(error, "sqlite_errorname", "").startswith("SQLITE_CONSTRAINT"):
        more.append(str(error))
    said = " ".join(str(one) for one in more if one)
    return f"{name} ({said})" if said else name


class LineFormatter(logging.Formatter):
    """One line a message, for people: when, how grave, who says it, what."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        text = f"{at:%Y-%m-%d %H:%M:%S} {record.levelname} {record.name}: {_message(record)}"
        fault = told_without_people(record.exc_info) if record.exc_info else ""
        return f"{text}\n{fault}" if fault else text


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for machines that collect logs."""

    def format(self, record: logging.LogRecord) -> str:
        content: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and (fault := told_without_people(record.exc_info)):
            content["fault"] = fault
        return json.dumps(content, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    # A line break in a message would let a stranger write a line of the log.
    text = without_people(record.getMessage()).replace("\n", " ⏎ ").replace("\r", " ")
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]} …"
