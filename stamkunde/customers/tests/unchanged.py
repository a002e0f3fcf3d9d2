"""That a refusal leaves everything as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection
from django.db.models import Model

from stamkunde.events.models import Happening


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of the customers' tables and all happenings."""
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in _models()}


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = _rows()
    yield
    assert _rows() == before


def _models() -> list[type[Model]]:
    return [*apps.get_app_config("customers").get_models(), Happening]


def _rows() -> dict[str, list[tuple[object, ...]]]:
    """Return the same as the database holds it, which takes a quarter of the time."""
    found = {}
    with connection.cursor() as cursor:
        for model in _models():
            query, values = model._default_manager.order_by("pk").query.sql_with_params()
            cursor.execute(query, values)
            found[model.__name__] = cursor.fetchall()
    return found
