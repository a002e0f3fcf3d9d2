"""Reading JSON that somebody may have made to do harm: nothing is guessed, nothing is silently put right."""

import json
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from stamkunde.kit.api.problems import Problem

DEEPEST = 20
_LONGEST_NUMBER = 40


def unreadable(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "unreadable", detail)


def read_json(body: bytes) -> Any:
    """Return what the body says; raise a Problem for what two readers could understand in two ways."""
    if body.startswith(b"\xef\xbb\xbf"):
        raise unreadable("Send the JSON without a byte order mark.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise unreadable("Send the JSON in UTF-8.") from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once_each,
            parse_int=_whole,
            parse_float=_exact,
            parse_constant=_no_number,
        )
    except (ValueError, RecursionError) as error:
        raise unreadable("The body is not JSON that can be read.") from error
    _refuse_unsound(value, 0, escaped="\\u" in text)
    return value


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise unreadable("A name stands twice in one object. Which value counts cannot be known.")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise unreadable("A number is too long.")
    return int(digits)


def _exact(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(digits) > _LONGEST_NUMBER or abs(number.adjusted()) > _LONGEST_NUMBER:
        raise unreadable("A number is too long.")
    return number


def _no_number(word: str) -> Any:
    raise unreadable(f"{word} is no number in JSON.")


def _refuse_unsound(value: Any, depth: int, *, escaped: bool) -> None:
    if depth > DEEPEST:
        raise unreadable("The body is nested too deeply.")
    if isinstance(value, dict):
        for name, inner in value.items():
            if escaped:
                _refuse_half_letter(name)
            _refuse_unsound(inner, depth + 1, escaped=escaped)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unsound(inner, depth + 1, escaped=escaped)
    elif escaped and isinstance(value, str):
        _refuse_half_letter(value)


def _refuse_half_letter(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise unreadable("A text holds half of a letter, which nothing can keep.") from error
