"""Deletes many rows and all that hangs on them by a few statements, without making an instance of any.

Django's own deletion reads every row that goes, and every row that goes with it, and asks again for each handful. Where
a hundred thousand purchases are taken back that is nearly all it costs. What follows from the relations is the same:
rows that belong go too, and references that may be empty become so. What is protected is not asked about: that is the
caller's part, and the database refuses where the caller forgot.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import ForeignObjectRel, Model

_AT_ONCE = 5_000


def delete_rows(model: type[Model], ids: Collection[int]) -> None:
    """Delete the rows of these numbers; only inside a transaction."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        for relation in _leaning_on(model):
            _let_go(relation, some)
        _execute(f"DELETE FROM {_table(model)} WHERE id", some)  # noqa: S608


def _leaning_on(model: type[Model]) -> list[Any]:
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and (relation.one_to_many or relation.one_to_one)
    ]


def _let_go(relation: Any, ids: list[int]) -> None:
    model, how = relation.related_model, getattr(relation.on_delete, "__name__", "")
    column = connection.ops.quote_name(relation.field.column)
    if how == "SET_NULL":
        _execute(f"UPDATE {_table(model)} SET {column} = NULL WHERE {column}", ids)  # noqa: S608
    elif how == "CASCADE" and _leaning_on(model):
        rows = model._default_manager.filter(**{f"{relation.field.attname}__in": ids}).order_by()
        delete_rows(model, list(rows.values_list("pk", flat=True)))
    elif how == "CASCADE":
        _execute(f"DELETE FROM {_table(model)} WHERE {column}", ids)  # noqa: S608


def _execute(statement: str, ids: list[int]) -> None:
    # Whole numbers of our own making: ten thousand parameters would cost more than the deletion.
    marks = ",".join(str(int(number)) for number in ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} IN ({marks})")


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
