"""The OpenAPI document: what the routes say of themselves, and what the door does for all of them, said once."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from stamkunde.exchange.scopes import READING
from stamkunde.kit.api.problems import CONTENT_TYPE
from stamkunde.kit.api.routes import ANY_TOKEN, Route, Routes

ABOUT = """\
Everything that staff do in the desk, a machine does here: find, read and change customers, keep the catalogue,
register purchases and returns, import and export, and follow what happens.

**Tokens.** A member of staff makes one in the settings, under “Tokens”. It is sent as `Authorization: Bearer sk_…` and
does what both its scopes and its owner's role allow. Cookies open nothing here.

**Amounts** are whole numbers in the minor units of their currency: 12900 NOK are kr 129.00. **Moments** carry their
zone.

**Lists** come a page at a time: ask for the next page with the mark `next` of the last answer. Marks mean nothing to
anybody but this program, and work for the list they came from.

**Sending again.** A `POST` with an `Idempotency-Key` is carried out once, however often it is sent: the same request
gets the same answer, byte for byte, with `Idempotency-Replayed: true`, for thirty days; another request with that key
is refused with 422. A request that was refused leaves its key free. Keys belong to the owner of the token. While the
first one is still under way, the answer may be 409 with the code `in_progress` and `Retry-After`.

**Changing what one has seen.** What can be changed carries an `ETag`. Sent back as `If-Match`, it lets a change through
only as long as nobody else made one; otherwise the answer is 412 and nothing is changed.

**Merged customers.** The number of a customer who became part of another one goes on working. An address with it
answers 307 with the same address of the survivor in `Location`, and both numbers in the body as `merged_id` and
`survivor_id`; a body or a filter that names it means the survivor. It is 307, and not 308, because a merge can be taken
apart.

**Problems** are `application/problem+json` with a lasting `code`, a sentence, and the fields concerned. What is not
there and what the token may not see are answered alike, with 404.

**Pace.** Each token may make a certain number of requests a minute, whichever process serves them; beyond it the answer
is 429 with `Retry-After`.
"""

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Why a request was not served. Nothing was changed.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "description": "The status in words.", "examples": ["Unprocessable Entity"]},
        "status": {"type": "integer", "examples": [422]},
        "code": {
            "type": "string",
            "description": "What a program can act on; it never changes.",
            "examples": ["invalid"],
        },
        "detail": {
            "type": "string",
            "description": "A sentence for a person, in the language asked for where it is about what was sent.",
            "examples": ["Please write a name; a first name is enough."],
        },
        "errors": {
            "type": "array",
            "description": "The fields concerned; a step into a list is its place, counted from 0.",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {
                    "field": {"type": "string", "examples": ["lines.0.quantity"]},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

PROBLEMS: dict[int, str] = {
    400: "The request cannot be read.",
    401: "There is no token, or it is not valid.",
    403: "The token may not do this.",
    404: "There is nothing here under that number, or the token may not see it.",
    409: "It stands against what is there already, or is already under way.",
    412: "Somebody else has changed it meanwhile.",
    413: "The request is too large.",
    415: "The body is of a kind that is not taken here.",
    422: "Something in the request cannot be taken; the fields concerned are named.",
    423: "The data of this customer may only be stored for now: they are restricted.",
    429: "The token has made too many requests. `Retry-After` says when to go on.",
    503: "The database cannot take this right now. `Retry-After` says when to try again.",
}

MERGED_RESPONSE: dict[str, Any] = {
    "description": "The customer is part of another one by now: ask again at the address in `Location`.",
    "headers": {"Location": {"description": "The same address of the survivor.", "schema": {"type": "string"}}},
    "content": {
        CONTENT_TYPE: {
            "schema": {
                "allOf": [
                    {"$ref": "#/components/schemas/Problem"},
                    {
                        "type": "object",
                        "required": ["merged_id", "survivor_id"],
                        "properties": {
                            "merged_id": {"type": "integer", "examples": [4712]},
                            "survivor_id": {"type": "integer", "examples": [4711]},
                        },
                    },
                ]
            }
        }
    },
}

IDEMPOTENCY_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "A word drawn anew for each new request, by which sending it again does it once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "example": "5f0c7a52-6a0e-4a41-9f3c-6a5d0c1b7f11",
}
IF_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag of what you have seen; without it the newest is changed.",
    "schema": {"type": "string", "pattern": '^(\\*|(W/)?"[0-9]{1,10}\\.[0-9a-f]+")$'},
    "example": '"3.5f0c7a526a0e4a41"',
}
IF_NONE_MATCH: dict[str, Any] = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "The ETag of what you have; if it is still that, the answer is 304 without a body.",
    "schema": {"type": "string"},
    "example": '"3.5f0c7a526a0e4a41"',
}


PARAMETERS: dict[str, str] = {
    "limit": "How many at most come with one answer.",
    "mark": "The mark `next` or `previous` of an earlier answer; without one the first page comes.",
    "store_id": "Only of this store.",
    "customer_id": "Only of this customer.",
    "receipt_number": "Only of this number.",
    "channel": "Only by this channel.",
    "state": "Only in this state.",
}


def described(made: Mapping[str, Any], subjects: Iterable[Routes]) -> dict[str, Any]:
    """Return the whole document, from what ninja made of the routes."""
    document: dict[str, Any] = json.loads(json.dumps(made, default=str))
    subjects = list(subjects)
    routes = {route.operation: route for subject in subjects for route in subject.routes}
    document["info"] = {
        "title": "Stamkunde",
        "version": "1",
        "description": ABOUT,
        "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    }
    document["servers"] = [{"url": "/"}]
    document["tags"] = [{"name": subject.tag, "description": subject.about} for subject in subjects]
    document["security"] = [{"token": []}]
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    components["schemas"] = {name: schemas[name] for name in sorted(schemas)}
    components["responses"] = {f"Problem{status}": _problem_response(status) for status in PROBLEMS} | {
        "Merged": MERGED_RESPONSE
    }
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "A token made in the settings of the desk."}
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete(operation, routes[operation["operationId"]], components["schemas"])
    return document


def written(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def scope_of(permission: str) -> str:
    """Return the narrowest scope that lets a permission through."""
    return f"{permission.split('.')[0]}:{'read' if permission in READING else 'write'}"


def _problem_response(status: int) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": PROBLEMS[status],
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in {409, 429, 503}:
        response["headers"] = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
    return response


def _complete(operation: dict[str, Any], route: Route, schemas: Mapping[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
        # Of a parameter, unlike of a schema, OpenAPI takes examples by name, or one without.
        if examples := parameter.pop("examples", None):
            parameter["example"] = examples[0]
    responses = operation["responses"]
    has_body = "requestBody" in operation
    statuses = {400, 401, 429, 503, *route.also}
    if route.permission is not ANY_TOKEN:
        statuses.add(403)
        scope = scope_of(route.permission.name)
        operation["x-permission"] = route.permission.name
        operation["x-scope"] = scope
        needs = f"Needs the scope `{scope}` and a role that may do this (`{route.permission.name}`)."
        operation["description"] = f"{operation.get('description', '')}\n\n{needs}".strip()
    if parameters or has_body:
        statuses.add(422)
    if "{" in route.path:
        statuses.add(404)
    if "{customer_id}" in route.path:
        statuses.add(423)
        responses["307"] = {"$ref": "#/components/responses/Merged"}
    if route.takes_body or route.writes:
        statuses |= {400, 409, 413, 415, 422, 423}
    if route.method == "POST" and route.writes and not route.takes_file:
        parameters.append(IDEMPOTENCY_KEY)
    if route.checks_version:
        parameters.append(IF_MATCH)
        statuses.add(412)
    if route.method == "GET" and not route.gives_file:
        parameters.append(IF_NONE_MATCH)
        statuses.add(422)
        responses["304"] = {"description": "It is still what you have."}
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    good = responses[str(route.status)]
    good["description"] = _GOOD[route.status]
    if route.gives_file:
        good["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    elif "content" in good:
        good["headers"] = {"ETag": {"description": "What this is a version of.", "schema": {"type": "string"}}}
        _with_example(good["content"], schemas)
    if route.takes_file:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    elif has_body:
        _with_example(operation["requestBody"]["content"], schemas)


_GOOD = {
    200: "Here it is.",
    201: "It was made.",
    202: "It will be done; the answer says how far it is.",
    204: "It was done; there is nothing to say.",
}


def _with_example(content: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    for kind in content.values():
        kind["example"] = example_of(kind["schema"], schemas)


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value of a schema, from its examples and bounds."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas, depth)
    if schema.get("examples"):
        return schema["examples"][0]
    if "example" in schema:
        return schema["example"]
    if "default" in schema:
        return schema["default"]
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            kinds = [kind for kind in schema[word] if kind.get("type") != "null"]
            return example_of(kinds[0], schemas, depth) if kinds else None
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type")
    if kind == "object":
        return {name: example_of(own, schemas, depth + 1) for name, own in schema.get("properties", {}).items()}
    if kind == "array":
        return [] if depth > 4 else [example_of(schema.get("items", {}), schemas, depth + 1)]
    return _PLAIN.get((kind, schema.get("format")), _PLAIN.get((kind, None)))


_PLAIN: dict[tuple[Any, Any], Any] = {
    ("string", None): "text",
    ("string", "date"): "2026-05-17",
    ("string", "date-time"): "2026-05-17T12:30:00+02:00",
    ("string", "uuid"): "0b7f0f3c-9a7e-4c56-9a3e-6a5d0c1b7f11",
    ("integer", None): 1,
    ("number", None): 1,
    ("boolean", None): True,
}
