"""What says who somebody is, and where else it still stands: the needles of an erasure, and the search for them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import BinaryField, CharField, Field, JSONField, Model, TextField

from stamkunde.customers.models import ContactPoint, Customer, StoredFile
from stamkunde.kit.folding import fold
from stamkunde.kit.privacy import Holding, Sensitivity, holdings

_TELLING = frozenset({Sensitivity.IDENTITY, Sensitivity.FREE_TEXT, Sensitivity.SPECIAL})
_FREE = frozenset({Sensitivity.FREE_TEXT, Sensitivity.SPECIAL})
# Names of their own stand there, of staff and of goods, and nothing about customers.
_OF_OTHERS = frozenset({"accounts", "catalogue", "auth", "contenttypes", "sessions"})
# Words that many share, or that only look like they tell of somebody.
_SHARED = frozenset({"town", "country", "label", "language", "title", "digest", "ref", "key", "source"})
_SHORTEST, _FEWEST_DIGITS, _MOST_COMPARED = 8, 6, 200
_LISTED, _MOST_NEEDLES = 500, 300


class Reach(StrEnum):
    """Whose a row is: of the customer it names, of one behind another row, or of our own work."""

    OWNED = "owned"
    BEHIND = "behind"
    WORK = "work"


@dataclass(frozen=True)
class Find:
    """A row in which something of an erased person still stands."""

    model: type[Model]
    pk: Any
    columns: tuple[str, ...]
    customer_id: int | None
    needles: frozenset[str]
    is_free_text: bool
    reach: Reach


def needles_of(customer_id: int, *, with_names: bool = True) -> list[str]:
    """Return the texts that tell who a customer is and are nobody else's: addresses, numbers, names, what was written.

    They are read from the rows that are given out, by the class of their columns: a new table needs no line here.
    """
    found: set[str] = set()
    for customer in Customer.objects.filter(pk=customer_id) if with_names else ():
        found.update(_names(customer))
    for holding in holdings():
        if holding.model is Customer:
            continue
        telling = {name for name, sensitivity in holding.columns.items() if sensitivity in _TELLING} - _SHARED
        if not telling:
            continue
        for row in holding.export(customer_id):
            # A value of the shop's own fields is given out under one name, whichever column it stands in.
            values = [value for name, value in row.items() if name in telling or name == "value"]
            found.update(value for value in values if isinstance(value, str))
    for point in ContactPoint.objects.filter(customer=customer_id):
        found.add(point.value)
    telling = {text.strip()[:_MOST_COMPARED] for text in found if is_telling(text)}
    # The short ones are names, addresses and numbers; of very many notes the rest says no more.
    return sorted(telling, key=lambda text: (len(text), text))[:_MOST_NEEDLES]


def identifiers_of(customer_id: int) -> list[str]:
    """Return what a customer is called and reached by."""
    found = set(ContactPoint.objects.filter(customer=customer_id).values_list("value", flat=True))
    for customer in Customer.objects.filter(pk=customer_id):
        found.update(_names(customer))
    return sorted(text for text in found if is_telling(text))


def _names(customer: Customer) -> Iterator[str]:
    given, family = customer.given_name, customer.family_name
    yield customer.name
    yield customer.company_name
    yield customer.company_number
    yield customer.greeting
    if given and family:
        yield f"{given} {family}"
        yield f"{family}, {given}"
    if customer.preferred_name and family:
        yield f"{customer.preferred_name} {family}"


def is_telling(text: str) -> bool:
    """Say whether a text is one person's: a single name or a town is not, a full name or a number is."""
    plain = text.strip()
    if "@" in plain:
        return len(plain) > _FEWEST_DIGITS
    if sum(sign.isdecimal() for sign in plain) >= _FEWEST_DIGITS:
        return not _is_day(plain)
    return len(plain) >= _SHORTEST and " " in plain


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return False
    return True


def spellings(needles: Sequence[str]) -> list[str]:
    """Return the needles as they may be written elsewhere too: in small letters, folded for a search, or in JSON."""
    found: dict[str, None] = {}
    for needle in needles:
        for text in (needle, needle.lower(), fold(needle)):
            found[text] = None
            found[json.dumps(text)[1:-1]] = None
    return [text for text in found if is_telling(text)]


def digests_of_files(customer_id: int) -> list[str]:
    """Return which kept bytes are the customer's; they go when nobody else has the same."""
    return list(StoredFile.objects.filter(customer=customer_id).values_list("digest", flat=True).distinct())


def finds(needles: Sequence[str]) -> Iterator[Find]:
    """Yield every row in which one of the needles stands, in tables about customers and in those about work."""
    wanted = spellings(needles)
    if not wanted:
        return
    held = {holding.model: holding for holding in holdings()}
    for model in apps.get_models():
        if model in held:
            yield from _in(model, _personal(held[model]), wanted, held[model])
        elif model._meta.app_label not in _OF_OTHERS and model.__module__.startswith("stamkunde."):
            yield from _in(model, _written(model), wanted, None)


def _personal(holding: Holding) -> list[Field[Any, Any]]:
    return [field for field in _written(holding.model) if holding.columns.get(field.name, Sensitivity.NONE) in _TELLING]


def _written(model: type[Model]) -> list[Field[Any, Any]]:
    kinds = (CharField, TextField, JSONField, BinaryField)
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, kinds) and not field.choices and not field.is_relation
    ]


def _in(
    model: type[Model], fields: list[Field[Any, Any]], wanted: list[str], holding: Holding | None
) -> Iterator[Find]:
    if not fields:
        return
    quoted = connection.ops.quote_name
    columns = [quoted(field.column or "") for field in fields]
    whose = whose_column(model)
    table, owner = quoted(model._meta.db_table), quoted(whose) if whose else "NULL"
    values = ", ".join(["(%s)"] * len(wanted))
    together = " || ' ' || ".join(_as_text(field, f"t.{column}") for field, column in zip(fields, columns, strict=True))
    holds = f"{'instr' if connection.vendor == 'sqlite' else 'strpos'}({together}, n.needle) > 0"
    # Names of our own tables and columns; what is looked for goes in as parameters.
    sql = (
        f"WITH sought(needle) AS (VALUES {values})"  # noqa: S608
        f" SELECT t.id, {f't.{owner}' if whose else owner}, {', '.join(f't.{column}' for column in columns)}"
        f" FROM {table} t WHERE EXISTS (SELECT 1 FROM sought n WHERE {holds})"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, wanted)
        rows = cursor.fetchmany(_LISTED)
    reach = Reach.WORK
    if holding is not None:
        reach = Reach.OWNED if whose else Reach.BEHIND if _leads_to_owned(model) else Reach.WORK
    for pk, customer_id, *found in rows:
        texts = [_text(value) for value in found]
        standing = [field for field, text in zip(fields, texts, strict=True) if any(one in text for one in wanted)]
        free = holding is None or any(holding.columns[field.name] in _FREE for field in standing)
        needles = frozenset(one for one in wanted if any(one in text for text in texts))
        yield Find(model, pk, tuple(field.name for field in standing), customer_id, needles, free, reach)


def _leads_to_owned(model: type[Model]) -> bool:
    """Say whether a row belongs to one that says whose it is, as a payment belongs to a purchase."""
    return any(
        isinstance(field.related_model, type) and whose_column(field.related_model)
        for field in model._meta.concrete_fields
        if field.is_relation
    )


def whose_column(model: type[Model]) -> str:
    """Return the column that says whose a row is; empty where it takes other tables to know."""
    for field in model._meta.concrete_fields:
        if field.related_model is Customer or field.name == "customer_id":
            return field.column or ""
    return "id" if model is Customer else ""


def _as_text(field: Field[Any, Any], column: str) -> str:
    if connection.vendor == "sqlite":
        return f"COALESCE(CAST({column} AS TEXT), '')"
    if isinstance(field, BinaryField):
        return f"COALESCE(encode({column}, 'escape'), '')"
    return f"COALESCE(CAST({column} AS TEXT), '')"


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def taken_out(value: Any, wanted: Sequence[str]) -> Any:
    """Return a value without the needles, wherever they stand in it; what is around them stays."""
    if isinstance(value, str):
        for text in wanted:
            value = value.replace(text, "…")
        return value
    if isinstance(value, list):
        return [taken_out(inner, wanted) for inner in value]
    if isinstance(value, dict):
        return {taken_out(name, wanted): taken_out(inner, wanted) for name, inner in value.items()}
    if isinstance(value, bytes | memoryview):
        return taken_out(bytes(value).decode("utf-8", "replace"), wanted).encode()
    return value
