"""What somebody else changed meanwhile, for the small things of a profile that are changed as a whole."""

from typing import Any, TypeVar

from django.db.models import F, Model

M = TypeVar("M", bound=Model)


class StaleRow(Exception):
    """Somebody else changed or removed it meanwhile; nothing was written. `current` is how it is now, if it is."""

    def __init__(self, current: Model | None) -> None:
        super().__init__(current.pk if current else None)
        self.current = current


def update_seen(row: M, version: int, **columns: Any) -> M:
    """Write columns if the row still is as it was seen, and return it as it is then."""
    rows = type(row)._default_manager.filter(pk=row.pk)
    if not rows.filter(version=version).update(**columns, version=F("version") + 1):
        raise StaleRow(rows.first())
    return rows.get()
