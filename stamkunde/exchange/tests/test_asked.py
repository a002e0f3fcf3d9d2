"""The examples of the door for machines: what is copied from them can be run."""

import ast
import json
import shlex
from importlib import import_module
from itertools import chain

import pytest
from django.conf import settings

from stamkunde.exchange.api.root import the_api
from stamkunde.exchange.machines.asked import Asked, in_javascript, in_python, on_command_line
from stamkunde.exchange.machines.described import OperationShown, subjects_of

WORDS = {"name": "Kari's shop", "tags": ["æ", "ē"], "is_open": True, "until": None}
WRITES = Asked(method="POST", url="http://shop/api/v1/things", body=WORDS, takes_key=True)


def every_operation() -> list[OperationShown]:
    # The door is put together with the addresses.
    import_module(settings.ROOT_URLCONF)
    return list(chain.from_iterable(subject.operations for subject in subjects_of(the_api().description())))


def test_the_command_line_is_taken_for_what_was_meant() -> None:
    words = shlex.split(on_command_line(WRITES).replace("\\\n", ""))

    assert words[:4] == ["curl", "-X", "POST", "http://shop/api/v1/things"]
    assert json.loads(words[words.index("-d") + 1]) == WORDS
    assert "Idempotency-Key: $(uuidgen)" in words


def test_the_example_in_python_sends_the_body_under_a_key() -> None:
    tree = ast.parse(in_python(WRITES))
    call = next(
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "requests.request"
    )
    said = {word.arg: word.value for word in call.keywords}

    assert [ast.literal_eval(word) for word in call.args] == ["POST", "http://shop/api/v1/things"]
    assert ast.literal_eval(said["json"]) == WORDS
    assert "Idempotency-Key" in ast.unparse(said["headers"])


def test_the_example_in_javascript_holds_the_body_and_the_key() -> None:
    said = in_javascript(WRITES)

    assert json.loads(said[said.index("JSON.stringify(") + 15 : said.index("),\n});")]) == WORDS
    assert "crypto.randomUUID()" in said


def test_what_takes_no_body_and_no_key_is_asked_without() -> None:
    for said in (
        way(Asked(method="GET", url="http://shop/api/v1/things")) for way in (on_command_line, in_python, in_javascript)
    ):
        assert "Idempotency-Key" not in said
        assert "json" not in said.replace("answer.json()", "")


@pytest.mark.parametrize("language", ["curl", "Python", "JavaScript"])
def test_every_operation_is_shown_in_three_languages(language: str) -> None:
    operations = every_operation()

    assert operations
    for one in operations:
        code = dict(one.asked)[language]
        assert one.path in code
        if language == "Python":
            ast.parse(code)
        if language == "curl":
            assert shlex.split(code.replace("\\\n", ""))
