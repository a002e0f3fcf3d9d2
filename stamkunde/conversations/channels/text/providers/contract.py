"""What a provider of text messages can do, whichever it is: send one, be believed, be read, hand over a file.

No provider here takes a key under which a message goes out once however often it is asked for. So whatever was handed
over without an answer is in doubt, and a person says what shall become of it; a report that names our own reference
settles it as well.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from stamkunde.conversations.outcomes import Came
from stamkunde.conversations.values import FileValues
from stamkunde.kit import net

SECONDS = 15.0
MOST_BYTES = 200_000
MOST_FIELDS = 400
# Of one call so many messages are read: no provider puts more into one.
MOST_EVENTS = 500


class LineTrouble(Exception):
    """The provider does not let us in, or cannot be reached: nothing was sent. The text is a sentence for staff."""

    @property
    def sentence(self) -> str:
        return str(self)


class NotUnderstood(Exception):
    """What came cannot be read; the text is a code."""


class FileNotFetched(Exception):
    """A file that belongs to a message could not be fetched now."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """By what a line is known to its provider; `hook` is where the provider hands in, key and all."""

    url: str
    account: str
    secret: str
    hook_secret: str
    number: str
    hook: str


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """A message to be handed over; `ref` is ours and comes back in reports. `fields` fill in a template's gaps."""

    ref: str
    to: str
    text: str
    template: str = ""
    language: str = ""
    fields: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """What came of it. `number` is the provider's, by which reports name the message."""

    came: Came
    number: str = ""
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class FileThere:
    """A file that lies at the provider still: its number or address, and what is said of it."""

    place: str
    name: str = ""
    content_type: str = ""


@dataclass(frozen=True, kw_only=True)
class TextIn:
    """A message to the shop."""

    number: str
    sender: str
    text: str
    name: str = ""
    said_at: datetime | None = None
    files: Sequence[FileThere] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """How far a message of ours is: `sent`, `delivered`, `read` or `failed`."""

    number: str
    state: str
    ref: str = ""
    why: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Handed:
    """What one call of a provider holds; some of it may concern nothing that is kept here."""

    texts: list[TextIn] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


class TextProvider(Protocol):
    """A provider. `send`, `fetch` and `try_out` ask the network and must run in no transaction."""

    name: str
    label: Any
    url: str
    account_label: Any
    secret_label: Any
    # Empty where the provider signs by nothing of its own.
    hook_secret_label: Any
    # What a provider is answered with for what it hands in: content and its type.
    thanks: tuple[bytes, str]

    def send(self, account: Account, one: Outbound) -> HandedOver:
        """Hand a message over; raises LineTrouble where nothing was."""
        ...

    def is_genuine(self, account: Account, url: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Say whether the provider sent this; judged by the bytes as they came."""
        ...

    def read(self, account: Account, query: str, body: bytes) -> Handed:
        """Return what is in it; raises NotUnderstood and nothing else."""
        ...

    def fetch(self, account: Account, there: FileThere, most_bytes: int) -> FileValues:
        """Fetch a file; raises FileNotFetched."""
        ...

    def try_out(self, account: Account) -> str:
        """Ask for nothing, to see whether we are let in, and return what the provider calls us."""
        ...


def asked(method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str]) -> net.Answer:
    """Ask a provider. Raises LineTrouble where it was certainly asked nothing, net.NotReached where it perhaps was."""
    try:
        return net.send(method, url, body=body, headers=headers, seconds=SECONDS, most_bytes=MOST_BYTES)
    except (net.NotAllowed, net.NotSent) as error:
        raise LineTrouble(error.sentence) from error


def in_doubt(sentence: str) -> HandedOver:
    return HandedOver(came=Came.UNCERTAIN, answer=sentence[:300])


def judged(status: int, why: str) -> HandedOver | None:
    """Return what a status that is no success means; None for one that is. Raises LineTrouble."""
    if 200 <= status < 300:
        return None
    said = why or str(status)
    if status in (401, 402, 403):
        raise LineTrouble(_("The provider does not let us in: %(why)s") % {"why": said})
    if status in (429, 503):
        return HandedOver(came=Came.LATER, answer=said)
    if status >= 500 or status < 400:
        return in_doubt(said)
    return HandedOver(came=Came.REFUSED, answer=said)


def in_json(body: bytes) -> Any:
    """Return what JSON says; raises NotUnderstood for whatever is none, however deep it goes."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("broken") from error


def as_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form, the first of each name; raises NotUnderstood."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError as error:
        raise NotUnderstood("broken") from error
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, clean(value))
    return found


def clean(text: str) -> str:
    """Return a text without what a database cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def word(values: Any, name: str, longest: int = 300) -> str:
    """Return a text out of what JSON holds; nothing where it is something else."""
    value = values.get(name) if isinstance(values, dict) else None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**30 else ""
    return clean(value)[:longest] if isinstance(value, str) else ""


def rows(values: Any, name: str) -> list[Any]:
    """Return a list out of what JSON holds; an empty one where it is something else."""
    value = values.get(name) if isinstance(values, dict) else None
    return value[:MOST_EVENTS] if isinstance(value, list) else []


def moment(seconds: str) -> datetime | None:
    """Return the moment that seconds since 1970 stand for."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        return None
    return datetime.fromtimestamp(int(seconds), tz=UTC)


def signed(key: str, content: bytes, how: Any) -> bytes:
    return hmac.new(key.encode(), content, how or hashlib.sha256).digest()


def is_under(url: str, hosts: Sequence[str]) -> bool:
    """Say whether an address belongs to one of the hosts or lies beneath one: nobody else is told our keys."""
    host = (urlsplit(url).hostname or "").lower()
    return any(host == one or host.endswith(f".{one}") for one in hosts if one)


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def fetched(url: str, headers: Mapping[str, str], most_bytes: int, name: str, content_type: str) -> FileValues:
    """Fetch a file over one redirect at most, to which no key is told; raises FileNotFetched."""
    try:
        answer = net.send("GET", url, headers=headers, seconds=30.0, most_bytes=most_bytes)
        onward = answer.headers.get("location", "")
        if answer.status in (301, 302, 303, 307, 308) and onward:
            answer = net.send("GET", onward, seconds=30.0, most_bytes=most_bytes)
    except net.NotReached as error:
        raise FileNotFetched from error
    if answer.status != 200 or not answer.body:
        raise FileNotFetched
    return FileValues(name=name, content=answer.body, content_type=content_type)
