"""Rows that change hands, with a journal from which each of them can be put back exactly as it was."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Field, Model, QuerySet

_AT_ONCE = 5_000


class Step(StrEnum):
    """What was done to rows: they changed hands, were put away, had columns changed, or were made."""

    MOVED = "moved"
    REMOVED = "removed"
    CHANGED = "changed"
    MADE = "made"


@dataclass
class Entry:
    """One line of the journal: the numbers of the rows, and of what was changed or put away also its content."""

    follower: str
    step: Step
    numbers: list[int] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


class Moving:
    """Moves the rows of one table from one customer to another and writes down what it does.

    `choices` is what somebody chose where both had something, by names that only the table's own module knows.
    """

    def __init__(
        self,
        *,
        follower: str,
        model: type[Model],
        column: str,
        only: Mapping[str, Any],
        merged_id: int,
        survivor_id: int,
        choices: Mapping[str, str],
        by: str,
    ) -> None:
        self.follower, self.model, self.column, self.only = follower, model, column, only
        self.merged_id, self.survivor_id = merged_id, survivor_id
        self.choices, self.by = choices, by
        self.entries: list[Entry] = []

    def of_merged(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(**self.only, **{self.column: self.merged_id})

    def of_survivor(self) -> QuerySet[Any]:
        return self.model._default_manager.filter(**self.only, **{self.column: self.survivor_id})

    def move_all(self) -> None:
        """Give every row of the merged customer to the survivor, in one statement that says which rows it were.

        What somebody writes at this very moment is thus either moved and known, or not there yet.
        """
        quote = connection.ops.quote_name
        conditions = {self.column: self.merged_id, **self.only}
        where = " AND ".join(f"{quote(column_of(self.model, name))} = %s" for name in conditions)
        statement = (
            f"UPDATE {quote(self.model._meta.db_table)} SET {quote(column_of(self.model, self.column))} = %s"  # noqa: S608
            f" WHERE {where} RETURNING {quote(column_of(self.model, 'id'))}"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.survivor_id, *conditions.values()])
            self._note(Step.MOVED, numbers=sorted(number for (number,) in cursor.fetchall()))

    def move(self, numbers: Collection[int]) -> None:
        for some in _portions(numbers):
            self.model._default_manager.filter(pk__in=some).update(**{self.column: self.survivor_id})
        self._note(Step.MOVED, numbers=sorted(numbers))

    def remove(self, rows: Iterable[Model]) -> None:
        """Put rows away that would be there twice; the journal keeps them whole."""
        gone = list(rows)
        for some in _portions([row.pk for row in gone]):
            self.model._default_manager.filter(pk__in=some).delete()
        self._note(Step.REMOVED, numbers=[row.pk for row in gone], rows=[written(row) for row in gone])

    def change(self, rows: Iterable[Model], **columns: Any) -> None:
        """Change columns of rows, which a later undo changes back unless somebody has changed them again."""
        changed = []
        for row in rows:
            before = {name: getattr(row, name) for name in columns if getattr(row, name) != columns[name]}
            if before:
                self.model._default_manager.filter(pk=row.pk).update(**{name: columns[name] for name in before})
                after = {name: columns[name] for name in before}
                changed.append({"id": row.pk, "before": plain(before), "after": plain(after)})
        self._note(Step.CHANGED, numbers=[one["id"] for one in changed], rows=changed)

    def make(self, row: Model) -> None:
        row.save(force_insert=True)
        self._note(Step.MADE, numbers=[row.pk])

    def _note(self, step: Step, *, numbers: list[int], rows: list[dict[str, Any]] | None = None) -> None:
        if numbers:
            self.entries.append(Entry(self.follower, step, numbers, rows or []))

    def move_or_put_away(self, alike: Sequence[str]) -> None:
        """Move the rows, and put away those that the survivor has already."""
        there = set(self.of_survivor().values_list(*alike)) if alike else set()
        taken = not alike and self.of_survivor().exists()
        twice, own = [], []
        for row in self.of_merged().order_by("pk"):
            if taken or tuple(getattr(row, name) for name in alike) in there:
                twice.append(row)
            else:
                own.append(row.pk)
        self.remove(twice)
        self.move(own)


def put_back(entry: Entry, model: type[Model], column: str, *, survivor_id: int, merged_id: int) -> int:
    """Undo one line of the journal; what somebody has moved, changed or removed since is left as it is."""
    rows = model._default_manager
    if entry.step == Step.MOVED:
        return sum(
            rows.filter(pk__in=some, **{column: survivor_id}).update(**{column: merged_id})
            for some in _portions(entry.numbers)
        )
    if entry.step == Step.MADE:
        return sum(rows.filter(pk__in=some, **{column: survivor_id}).delete()[0] for some in _portions(entry.numbers))
    if entry.step == Step.CHANGED:
        return sum(_change_back(model, one) for one in entry.rows)
    for one in entry.rows:
        made = model(**{name: _read(model, name, value) for name, value in one.items()})
        # Raw, so that the moments which a new row would be given are those it had.
        made.save_base(raw=True, force_insert=True)
    return len(entry.rows)


def _change_back(model: type[Model], one: Mapping[str, Any]) -> int:
    changed = 0
    for name, before in one["before"].items():
        after = _read(model, name, one["after"][name])
        same = model._default_manager.filter(
            pk=one["id"], **({f"{name}__isnull": True} if after is None else {name: after})
        )
        changed |= same.update(**{name: _read(model, name, before)})
    return changed


def written(row: Model) -> dict[str, Any]:
    """Return a row's columns as JSON keeps them."""
    return plain({column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields})


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(dict(values), cls=MicrosecondEncoder))
    return found


class MicrosecondEncoder(DjangoJSONEncoder):
    """Keeps moments to the microsecond, where Django's own stops at the millisecond, and bytes as their digits."""

    def default(self, value: Any) -> Any:
        if isinstance(value, bytes | memoryview):
            return bytes(value).hex()
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)


def column_of(model: type[Model], name: str) -> str:
    found = model._meta.get_field(name)
    if not isinstance(found, Field):
        raise TypeError(f"{name} is no column of {model.__name__}.")
    return str(found.column)


def _read(model: type[Model], name: str, value: Any) -> Any:
    found = model._meta.get_field(name)
    return value if value is None or not isinstance(found, Field) or found.is_relation else found.to_python(value)


def _portions(numbers: Collection[int]) -> Iterator[list[int]]:
    left = iter(numbers)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def packed(numbers: Iterable[int]) -> str:
    """Write ascending numbers shortly: runs as their ends, such as `12-19 22 30-31`."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return " ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def unpacked(text: str) -> list[int]:
    found: list[int] = []
    for run in text.split():
        first, _dash, last = run.partition("-")
        found.extend(range(int(first), int(last or first) + 1))
    return found
