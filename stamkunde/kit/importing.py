"""What can be imported: the contract between the face that reads files and the modules that know their own records.

A module's `imports.py` declares a `RecordType` with its fields and the words by which other systems name them. For each
run it starts an `Importer`, which is handed lines of values in batches and decides about each: created, updated,
unchanged or skipped with a reason. It asks `Keys` what a key of the source system became here, and tells the `Journal`
what it did, so that the run can be undone by the module's `Undoer`s.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, runtime_checkable

from stamkunde.kit.actor import Actor

_REF = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# The kinds of things that records of several modules speak of.
CUSTOMER, PRODUCT, ORDER, RETURN = "customers.customer", "catalogue.product", "sales.order", "sales.return"

# What may be done with a row whose person is likely here already.
CREATE_ANYWAY, LEAVE_OUT, UPDATE_KNOWN = "create", "skip", "update"


class FieldKind(StrEnum):
    """How the text of a cell becomes a value; an empty cell becomes None whatever the kind."""

    TEXT = "text"
    KEY = "key"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    CURRENCY = "currency"
    COUNTRY = "country"
    LANGUAGE = "language"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value of a record; `synonyms` are the names other systems and other languages give its column.

    With `unknown_is_blank` a text that cannot be read counts as nothing: a “?” is no consent.
    What `is_never_blank` need not be in the file, but a file that has its column must fill it in every row.
    """

    name: str
    label: Any
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    synonyms: tuple[str, ...] = ()
    max_length: int = 0
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_is_blank: bool = False
    is_never_blank: bool = False
    hint: Any = ""


class Line(NamedTuple):
    """One row of a file with its values by field; `cells` is what stood there, for the file of errors."""

    number: int
    values: dict[str, Any]
    cells: list[str]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for a whole run: where from, and what stands in for columns the file does not have."""

    source: str
    file_name: str
    currency: str
    store_id: int
    zone: str
    country: str
    at: datetime
    is_rehearsal: bool
    by: Actor
    # What is done with a row whose person is likely here already, and what was chosen for single rows by their number.
    known_people: str = CREATE_ANYWAY
    choices: Mapping[int, str] = field(default_factory=dict)

    def choice_for(self, line: Line) -> str:
        return self.choices.get(line.number, self.known_people)

    @property
    def evidence(self) -> str:
        """How a record says where it came from."""
        return f"import {self.file_name} {self.at:%Y-%m-%d}"[:300]


class Keys(Protocol):
    """The keys of the source system and what they became here."""

    def find(self, kind: str, keys: Collection[str]) -> dict[str, int]: ...

    def add(self, kind: str, found: Mapping[str, int]) -> None: ...


class Journal(Protocol):
    """What a run did, in the order it did it."""

    def created(self, kind: str, ids: Iterable[int]) -> None: ...

    def updated(self, kind: str, before: Mapping[int, dict[str, Any]]) -> None: ...


def as_refs(keys: Iterable[str]) -> list[str]:
    """Return those keys that may be references this system once gave out, in an export of its own."""
    return [key for key in keys if _REF.fullmatch(key)]


@dataclass
class Tally:
    """What became of the lines of a batch; every line is counted once. `also` counts what was made on the way."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    alike: list[Alike] = field(default_factory=list)
    also: dict[str, int] = field(default_factory=dict)

    def skip(self, line: Line, reason: str, sentence: str = "") -> None:
        self.skipped.append(Skipped(line, reason, sentence or reason))

    def count(self, name: str, number: int = 1) -> None:
        if number:
            self.also[name] = self.also.get(name, 0) + number


class Skipped(NamedTuple):
    """A line that was not taken: `reason` groups such lines, `sentence` says it of this one."""

    line: Line
    reason: str
    sentence: str


class Alike(NamedTuple):
    """A line that is likely about somebody who is here already: what the line calls her, who that is, and why."""

    line: Line
    name: str
    object_id: int
    reasons: tuple[str, ...]


class Importer(Protocol):
    """Takes the lines of one run, batch by batch, each batch in one transaction."""

    def remember(self, lines: Sequence[Line]) -> None:
        """Note what an earlier attempt has already taken, as far as later lines depend on it; write nothing."""

    def take(self, lines: Sequence[Line]) -> Tally: ...


@runtime_checkable
class Prepares(Protocol):
    """An importer that reads the lines of a batch before its transaction begins, for that is most of the work."""

    def prepare(self, lines: Sequence[Line]) -> None:
        """Read the lines that will be taken next; neither write anything nor look at what a batch may change."""


class Change(NamedTuple):
    """One entry of the journal, handed back to be undone; `before` is empty for what was created."""

    object_id: int
    before: dict[str, Any]
    was_created: bool


class Kept(NamedTuple):
    """Something an undo left alone, by its name, and why."""

    kind: str
    object_id: int
    name: str
    reason: str


class Undoer(Protocol):
    """Takes back what imports did to one kind of thing, unless somebody has touched it since."""

    @property
    def kind(self) -> str: ...

    @property
    def happenings(self) -> tuple[str, ...]:
        """The events whose subject such a thing is; they go with it when its creation is undone."""

    @property
    def key_kinds(self) -> tuple[str, ...]:
        """Further kinds of keys that lead to such a thing, beside its own."""

    def undo(self, changes: Sequence[Change], *, since: datetime) -> list[Kept]: ...


class RecordType(Protocol):
    """A kind of record that can be imported: its names, its fields, and how a run of it starts."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> Any: ...

    @property
    def sentence(self) -> Any: ...

    @property
    def fields(self) -> tuple[Field, ...]: ...

    @property
    def group_by(self) -> str:
        """The field by which neighbouring lines belong together; empty where each line stands alone."""

    @property
    def example(self) -> tuple[dict[str, str], ...]:
        """Rows for the template that people can download and fill in."""

    @property
    def also_labels(self) -> Mapping[str, Any]:
        """How the report names what `Tally.also` counts."""

    @property
    def undoers(self) -> tuple[Undoer, ...]: ...

    def refusal(self, mapped: Collection[str]) -> str:
        """Say what else must be mapped before lines can be read, or nothing."""

    def start(self, terms: Terms, keys: Keys, journal: Journal) -> Importer: ...
