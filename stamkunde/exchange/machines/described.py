"""The OpenAPI document as a page for people: subjects, what each knows to do, and how it is asked."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.text import slugify

from stamkunde.exchange.api.description import PROBLEMS
from stamkunde.exchange.machines.asked import Asked, in_javascript, in_python, on_command_line
from stamkunde.kit import papers

TONES = {"GET": "blue", "POST": "green", "PUT": "amber", "PATCH": "amber", "DELETE": "red"}
DEEPEST = 3


@dataclass(frozen=True)
class Value:
    """A parameter or a field: its name, what it is, and what is to be said of it."""

    name: str
    kind: str
    is_required: bool
    text: SafeString


@dataclass(frozen=True)
class OperationShown:
    name: str
    method: str
    tone: str
    path: str
    summary: str
    paragraphs: list[SafeString]
    parameters: list[Value]
    fields: list[Value]
    answer: str
    status: int
    problems: list[tuple[int, str]]
    asked: list[tuple[str, str]]
    """In which language of code, and how."""


@dataclass(frozen=True)
class Subject:
    slug: str
    name: str
    about: str
    operations: list[OperationShown]


def subjects_of(document: Mapping[str, Any]) -> list[Subject]:
    """Return the document by subjects, in its own order."""
    schemas = document["components"]["schemas"]
    by_tag: dict[str, list[OperationShown]] = {tag["name"]: [] for tag in document["tags"]}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            by_tag[operation["tags"][0]].append(_operation(path, method.upper(), operation, schemas))
    return [
        Subject(slugify(tag["name"]), tag["name"], tag["description"], by_tag[tag["name"]]) for tag in document["tags"]
    ]


def _operation(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> OperationShown:
    body = operation.get("requestBody", {}).get("content", {})
    sent = body.get("application/json", {})
    status, answer = next((int(code), one) for code, one in operation["responses"].items() if code.startswith("2"))
    given = answer.get("content", {}).get("application/json", {})
    said = [text for text in operation.get("description", "").split("\n\n") if text]
    asked = Asked(
        method=method,
        url=f"{settings.BASE_URL}{path}",
        body=sent.get("example"),
        sends_file="application/octet-stream" in body,
        takes_key=any(one["name"] == "Idempotency-Key" for one in operation["parameters"]),
        gives_body=bool(given),
    )
    return OperationShown(
        name=operation["operationId"],
        method=method,
        tone=TONES[method],
        path=path,
        summary=operation["summary"],
        paragraphs=[papers.sentence(text) for text in said if text.rstrip(".") != operation["summary"]],
        parameters=[_parameter(one, schemas) for one in operation["parameters"]],
        fields=list(_fields(sent.get("schema", {}), schemas)) if sent else [],
        answer=json.dumps(given["example"], ensure_ascii=False, indent=2) if "example" in given else "",
        status=status,
        problems=[(int(code), PROBLEMS[int(code)]) for code in operation["responses"] if int(code) in PROBLEMS],
        asked=[("curl", on_command_line(asked)), ("Python", in_python(asked)), ("JavaScript", in_javascript(asked))],
    )


def _said(one: Mapping[str, Any]) -> SafeString:
    return papers.sentence(one.get("description", ""))


def _parameter(one: Mapping[str, Any], schemas: Mapping[str, Any]) -> Value:
    name = one["name"] if one["in"] != "header" else f"{one['name']} (header)"
    return Value(name, _kind(one["schema"], schemas), bool(one.get("required")), _said(one))


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[Value]:
    schema = _resolved(schema, schemas)
    required = set(schema.get("required", ()))
    for name, own in schema.get("properties", {}).items():
        yield Value(before + name, _kind(own, schemas), name in required, _said(own))
        inner = _resolved(own, schemas)
        if inner.get("type") == "array":
            inner, mark = _resolved(inner.get("items", {}), schemas), f"{before}{name}[]."
        else:
            mark = f"{before}{name}."
        if "properties" in inner and depth < DEEPEST:
            yield from _fields(inner, schemas, mark, depth + 1)


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference, and a choice between something and null, to what is meant."""
    if "$ref" in schema:
        return _resolved(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    for word in ("anyOf", "allOf", "oneOf"):
        kinds = [kind for kind in schema.get(word, ()) if kind.get("type") != "null"]
        if kinds:
            return _resolved(kinds[0], schemas)
    return schema


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    inner = _resolved(schema, schemas)
    or_null = " | null" if any(kind.get("type") == "null" for kind in schema.get("anyOf", ())) else ""
    if "enum" in inner:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in inner["enum"]) + or_null
    if inner.get("type") == "array":
        return f"[{_kind(inner.get('items', {}), schemas)}]{or_null}"
    return f"{inner.get('format') or inner.get('type') or 'any'}{or_null}"
