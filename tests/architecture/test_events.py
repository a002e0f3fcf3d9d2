"""What every event must be able to do: say itself, be stored and read back, and lose the person."""

import dataclasses
import typing
from typing import Any

import pytest
from django.utils import translation

from stamkunde.events.event import Event
from stamkunde.events.models import Topic

pytestmark = pytest.mark.page

KINDS = sorted((kind for kind in Event.kinds.values() if ".tests." not in kind.__module__), key=lambda kind: kind.name)
CANARY = "Canary-Kanarifugl"


def example(kind: type[Event]) -> Event:
    """Make an event of a kind out of its types alone; personal fields carry the canary."""
    hints = typing.get_type_hints(kind)
    values: dict[str, Any] = {}
    for field in dataclasses.fields(kind):
        values[field.name] = "NOK" if field.name == "currency" else _example_of(hints[field.name])
    return kind(**values | kind.example())


def _example_of(hint: Any) -> Any:
    options = typing.get_args(hint)
    if type(None) in options:
        hint = next(option for option in options if option is not type(None))
    origin = typing.get_origin(hint) or hint
    if origin is list:
        return [_example_of(typing.get_args(hint)[0])] if typing.get_args(hint) else [CANARY]
    if origin is tuple:
        return (CANARY,)
    if origin is dict:
        return {}
    return {int: 7, bool: True, str: CANARY, float: 1.0}.get(origin, CANARY)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("language", ["en", "nb", "sv", "lv"])
@pytest.mark.django_db
def test_an_event_can_say_itself(kind: type[Event], language: str) -> None:
    with translation.override(language):
        sentence = example(kind).sentence()

    assert sentence
    assert "%(" not in sentence


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_event_is_the_same_after_being_stored(kind: type[Event]) -> None:
    event = example(kind)

    assert kind.from_details(event.details(), event.customer_id) == event


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_event_names_fields_it_has_and_a_topic_there_is(kind: type[Event]) -> None:
    fields = {field.name for field in dataclasses.fields(kind)}

    assert set(kind.PERSONAL) <= fields
    assert not kind.SUBJECT or kind.SUBJECT in fields
    assert kind.topic in Topic


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.PERSONAL], ids=lambda kind: kind.name)
@pytest.mark.django_db
def test_an_event_can_lose_the_person(kind: type[Event]) -> None:
    event = example(kind).without_person()

    for field in kind.PERSONAL:
        assert CANARY not in str(getattr(event, field))
    assert event.sentence()
