"""Who is meant by a list's selection, for faces that stand side by side and do not know each other.

The desk knows its lists and registers how a kept selection becomes rows again; the exchange writes files and registers
how one is asked for. A selection is plain JSON, made of filters, so that "everybody in this view" can be a million.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import QuerySet

from stamkunde.kit.policy import Permitted

Selection = dict[str, Any]


class Asker(Protocol):
    """Ask for a file with the records of a selection; it is written with the rights the owner has then."""

    def __call__(self, *, form: str, reason: str, selection: Selection, owner: Any, by: Any) -> object: ...


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """A face that writes files: by which permission, how it is asked, and the page on which the file will stand."""

    permission: str
    ask: Asker
    view: str


class SelectionError(ValueError):
    """A kept selection that can no longer be understood; the text is a sentence for whoever asked."""


_lists: dict[str, Callable[[Permitted, Selection], QuerySet[Any]]] = {}
_exporters: list[Exporter] = []


def register_list(entity: str, rows: Callable[[Permitted, Selection], QuerySet[Any]]) -> None:
    """Let selections of a list be understood: `rows` gives those of it that the person may see now."""
    _lists[entity] = rows


def register_exporter(exporter: Exporter) -> None:
    _exporters[:] = [exporter]


def selected(user: Permitted, selection: Selection) -> QuerySet[Any]:
    """Return the rows a kept selection means, as far as the person may see them; raises SelectionError."""
    return _lists[selection["entity"]](user, selection)


def exporter_for(user: Permitted) -> Exporter | None:
    """Return who writes files for this person, if anybody does."""
    return next((one for one in _exporters if user.may(one.permission)), None)
