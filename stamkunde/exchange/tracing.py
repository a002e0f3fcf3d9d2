"""The keys of source systems and the journal of a run, as importers are given them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from stamkunde.exchange.models import ImportChange, ImportRun, SourceKey
from stamkunde.kit.bulk_insert import insert_rows
from stamkunde.kit.many_keys import ManyNumbers

_AT_ONCE = 900


class RunKeys:
    """Keys of one source system; a rehearsal keeps those it would have made in its memory only."""

    def __init__(self, run: ImportRun, *, is_rehearsal: bool) -> None:
        self._run, self._is_rehearsal = run, is_rehearsal
        self._imagined: dict[str, ManyNumbers] = {}

    def find(self, kind: str, keys: Collection[str]) -> dict[str, int]:
        wanted = sorted(set(keys))
        found: dict[str, int] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            found.update(
                SourceKey.objects.filter(
                    source=self._run.source, kind=kind, key__in=wanted[start : start + _AT_ONCE]
                ).values_list("key", "object_id")
            )
        if imagined := self._imagined.get(kind):
            for key in wanted:
                if key not in found and (number := imagined.get(key)) is not None:
                    found[key] = number
        return found

    def add(self, kind: str, found: Mapping[str, int]) -> None:
        if self._is_rehearsal:
            imagined = self._imagined.setdefault(kind, ManyNumbers())
            for key, number in found.items():
                imagined.put(key, number)
            return
        source, run = self._run.source, self._run.pk
        rows = ((source, kind, key, number, run) for key, number in found.items())
        insert_rows(SourceKey, ("source", "kind", "key", "object_id", "run"), rows)


class RunJournal:
    """Collects what a batch did and writes it at the batch's end, in its transaction."""

    def __init__(self, run: ImportRun, *, is_rehearsal: bool) -> None:
        self._run, self._is_rehearsal = run, is_rehearsal
        self._entries: list[tuple[int, str, int, bool, str]] = []

    def created(self, kind: str, ids: Iterable[int]) -> None:
        self._entries += [(self._run.pk, kind, number, True, "{}") for number in ids]

    def updated(self, kind: str, before: Mapping[int, dict[str, Any]]) -> None:
        self._entries += [(self._run.pk, kind, number, False, json.dumps(values)) for number, values in before.items()]

    def write(self) -> None:
        if not self._is_rehearsal:
            insert_rows(ImportChange, ("run", "kind", "object_id", "was_created", "before"), self._entries)
        self._entries = []
