"""What the accounts' routes share: things named by their numbers, which must be there."""

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model

from stamkunde.accounts.models import Store
from stamkunde.kit.api.problems import invalid

M = TypeVar("M", bound=Model)


def known_store(pk: int | None) -> Store | None:
    if pk is None:
        return None
    return known_rows(Store, [pk], "store_id")[0]


def known_rows(model: type[M], numbers: Sequence[int] | None, field: str) -> list[M]:
    """Return the rows of these numbers; refuse at the field when one of them is nobody's."""
    found = model._default_manager.in_bulk(list(numbers or []))
    if missing := [number for number in numbers or [] if number not in found]:
        raise invalid(f"There is none with the number {missing[0]}.", field)
    return list(found.values())
