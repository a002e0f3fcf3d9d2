"""That a refusal leaves everything as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db.models import Model

from stamkunde.events.models import Happening


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return all rows of the customers' tables and all happenings."""
    models: list[type[Model]] = [*apps.get_app_config("customers").get_models(), Happening]
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in models}


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = everything()
    yield
    assert everything() == before
