"""Guesses which column holds which field, by the names that other systems and four languages give them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stamkunde.kit.folding import fold
from stamkunde.kit.importing import Field, RecordType

_HUMPS = re.compile(r"(?<=[a-zæøåäöāčēģīķļņšūž])(?=[A-ZÆØÅÄÖĀČĒĢĪĶĻŅŠŪŽ])")
REASON_COLUMN = "Stamkunde: reason"
ROW_COLUMN = "Stamkunde: row"
OWN_COLUMNS = (REASON_COLUMN, ROW_COLUMN)


def _folded(name: str) -> str:
    return fold(_HUMPS.sub(" ", name).replace("_", " ")).replace(" ", "")


def guess_mapping(record_type: RecordType, columns: Sequence[str]) -> dict[str, str]:
    """Return the column for each field whose name is known; each column is given to one field."""
    by_name = {_folded(column): column for column in columns if column not in OWN_COLUMNS}
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for names_of in (_own_names, _other_names):
        for field in record_type.fields:
            if field.name in mapping:
                continue
            known = (by_name[name] for name in names_of(field) if name in by_name)
            column = next((column for column in known if column not in taken), None)
            if column is not None:
                mapping[field.name] = column
                taken.add(column)
    return mapping


def _own_names(field: Field) -> list[str]:
    return [_folded(field.name), _folded(str(field.label))]


def _other_names(field: Field) -> list[str]:
    return [_folded(name) for name in field.synonyms]


def unknown_columns(columns: Sequence[str], mapping: dict[str, str]) -> list[str]:
    """Return the columns that no field takes, to be shown and not dropped silently."""
    used = set(mapping.values())
    return [column for column in columns if column not in used and column not in OWN_COLUMNS]


def guess_kind(record_types: Sequence[RecordType], columns: Sequence[str]) -> str:
    """Return the kind of record most of whose columns are known by name."""

    def fit(record_type: RecordType) -> tuple[bool, int, float]:
        mapping = guess_mapping(record_type, columns)
        is_whole = not record_type.refusal(mapping) and all(
            field.name in mapping for field in record_type.fields if field.is_required
        )
        return is_whole, len(mapping), len(mapping) / len(record_type.fields)

    return max(record_types, key=fit).name
