"""What came of handing a message over to a mail server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto


class Came(Enum):
    SENT = auto()
    # Not now: the server says so, or was lost before it could have taken the message.
    LATER = auto()
    REFUSED = auto()
    # Everything was handed over and no answer came: it may have gone out.
    UNCERTAIN = auto()
    # It was not begun.
    NOT_TRIED = auto()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`answer` is what the server said last. Of several recipients some may be `refused` for good, some `put_off`."""

    dispatch_id: int
    came: Came
    answer: str = ""
    # What the other side calls it, where it gives a number.
    number: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    put_off: Mapping[str, str] = field(default_factory=dict)
