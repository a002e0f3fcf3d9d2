"""What the door for machines says of itself: whole, in words, the same as last time unless somebody meant it."""

import json
from enum import Enum
from typing import Any, get_args, get_type_hints

import pytest
from django.test import Client
from pydantic import BaseModel

from stamkunde.config.api import API
from stamkunde.exchange.api.description import example_of, scope_of, written
from stamkunde.exchange.scopes import READING, SCOPES
from tests.architecture.description import SNAPSHOT
from tests.architecture.test_doors import declared

DOCUMENT: dict[str, Any] = API.description()
OPERATIONS = [
    (f"{method} {path}", operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


def test_the_description_is_the_one_that_was_kept() -> None:
    """A change of the door is seen here first: `python -m tests.architecture.description` writes it anew."""
    assert written(DOCUMENT) == SNAPSHOT.read_text()


@pytest.mark.django_db
def test_whoever_asks_is_given_the_description(client: Client) -> None:
    response = client.get("/api/v1/openapi.json")

    assert response.status_code == 200
    assert response.json() == json.loads(written(DOCUMENT))


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _operation in OPERATIONS])
def test_every_operation_says_in_words_what_it_does(name: str, operation: dict[str, Any]) -> None:
    assert operation["summary"], name
    assert operation["summary"][0].isupper()
    assert operation["tags"]
    assert operation["responses"]
    for parameter in operation["parameters"]:
        if parameter["in"] != "path":
            assert parameter["description"], f"{name}: {parameter['name']}"
    for status, response in operation["responses"].items():
        assert "$ref" in response or response["description"], f"{name}: {status}"


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _name, operation in OPERATIONS]

    assert len(names) == len(set(names))


def described_types() -> dict[str, set[type]]:
    """Return every type that a route takes or gives, by the name under which the description knows it."""
    found: dict[str, set[type]] = {}

    def look_at(kind: Any) -> None:
        for part in get_args(kind):
            look_at(part)
        if not isinstance(kind, type) or not issubclass(kind, BaseModel | Enum):
            return
        if kind in found.setdefault(kind.__name__, set()):
            return
        found[kind.__name__].add(kind)
        for field in getattr(kind, "model_fields", {}).values():
            look_at(field.annotation)

    for route in API.routes:
        look_at(route.gives)
        for kind in get_type_hints(route.function).values():
            look_at(kind)
    return found


def test_no_two_types_share_a_name() -> None:
    """The description knows a type by its name: of two that share it, one would be told as the other."""
    types = described_types()

    assert len(types) > 200
    assert {name: kinds for name, kinds in types.items() if len(kinds) > 1} == {}


def test_every_body_has_an_example_that_fits() -> None:
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    for name, operation in OPERATIONS:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content:
            schema = {**content["schema"], "components": DOCUMENT["components"]}
            assert jsonschema_rs.is_valid(schema, content["example"]), f"{name}: {content['example']}"


def test_every_permission_is_let_through_by_a_scope_and_reading_ones_are_declared() -> None:
    assert set(declared()) >= READING
    for permission in declared():
        assert permission in SCOPES[scope_of(permission)].permissions, permission


def test_an_example_is_made_of_what_a_schema_says() -> None:
    schemas = {"Row": {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"examples": ["Kari"]}}}}

    assert example_of({"type": "array", "items": {"$ref": "#/components/schemas/Row"}}, schemas) == [
        {"id": 1, "name": "Kari"}
    ]
