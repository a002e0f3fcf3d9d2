"""The examples of the guide about other programs are carried out, word for word."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from stamkunde.accounts.roles import Role
from tests.machine import Machine
from tests.world import World, make_staff

GUIDE = Path(settings.PROJECT) / "docs" / "guide"
_BLOCK = re.compile(r"```http\n(.*?)\n```", re.DOTALL)


def examples(language: str) -> list[str]:
    return _BLOCK.findall((GUIDE / language / "api.md").read_text())


def holds(real: Any, told: Any, numbers: dict[int, int]) -> None:
    """Check that an answer holds what the guide tells; a number told for the first time stands for the real one."""
    if isinstance(told, dict):
        for name, value in told.items():
            holds(real[name], value, numbers)
    elif isinstance(told, list):
        assert len(real) >= len(told)
        for own, value in zip(real, told, strict=False):
            holds(own, value, numbers)
    elif isinstance(told, int) and told in range(4_000, 10_000):
        assert numbers.setdefault(told, real) == real
    else:
        assert real == told


def carried_out(machine: Machine, example: str, numbers: dict[int, int]) -> None:
    asked, _empty, answer = example.rpartition("\n\n")
    for number, real in numbers.items():
        asked = asked.replace(str(number), str(real))
    head, _empty, body = asked.partition("\n\n")
    line, *headers = head.split("\n")
    method, _space, address = line.partition(" ")
    sent = {name.replace("-", "_"): value for name, _colon, value in (one.partition(": ") for one in headers)}

    response = machine.send(method, address.removeprefix("/api/v1"), json.loads(body) if body else None, **sent)

    status, _line, told = answer.partition("\n")
    assert response.status_code == int(status), f"{line}: {response.content!r}"
    holds(response.json(), json.loads(told), numbers)


@pytest.mark.django_db
def test_what_the_guide_shows_is_what_is_answered(world: World) -> None:
    machine = Machine(make_staff("Lena", Role.LEAD, world.store), store=world.store)
    numbers: dict[int, int] = {}
    assert world.till.store == world.store

    for example in examples("en"):
        carried_out(machine, example, numbers)

    assert len(numbers) == 5


@pytest.mark.parametrize("language", ["nb", "sv", "lv"])
def test_every_language_shows_the_same_examples(language: str) -> None:
    assert examples(language) == examples("en")
